"""The AWS CLI as a user types it. Its driver runs in this process, because to
start Python for each command takes longer than the commands."""
import base64
import contextlib
import io
import types

import awscli.clidriver

STREAM = "cli-stream"
SHARD = "shardId-000000000000"


def run(*arguments):
    os.environ["AWS_MAX_ATTEMPTS"] = "1"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = awscli.clidriver.create_clidriver().main(["--endpoint-url", os.environ["KINESIS_URL"], "--output", "json", "kinesis", *arguments])
    return types.SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def aws(*arguments):
    """The output of a command that must succeed."""
    done = run(*arguments)
    hold(done.returncode == 0, f"aws kinesis {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def settle():
    """The stream is ACTIVE again after 0.3 s; the CLI's waiter would look after 10 s."""
    time.sleep(0.5)


def refused(code, *arguments):
    done = run(*arguments)
    same((done.returncode, f"({code})" in done.stderr), (255, True), f"exit code and {code} in: {done.stderr.strip()}")


@operation("create-stream, wait stream-exists")
def create():
    aws("create-stream", "--stream-name", STREAM, "--shard-count", "1")
    aws("wait", "stream-exists", "--stream-name", STREAM)
    refused("ResourceInUseException", "create-stream", "--stream-name", STREAM, "--shard-count", "1")
    return "made; a second time exit 255"


@operation("put-record, put-records")
def put():
    one = aws("put-record", "--stream-name", STREAM, "--partition-key", "k", "--data", "first")
    same((one["ShardId"], len(one["SequenceNumber"])), (SHARD, 56), "shard, digits")
    entries = json.dumps([{"PartitionKey": "k", "Data": f"r-{i}"} for i in range(20)])
    many = aws("put-records", "--stream-name", STREAM, "--records", entries)
    same((many["FailedRecordCount"], len(many["Records"])), (0, 20), "failed, answered")
    return "21 of 21 taken"


@operation("get-shard-iterator, get-records")
def get():
    at = aws("get-shard-iterator", "--stream-name", STREAM, "--shard-id", SHARD, "--shard-iterator-type", "TRIM_HORIZON")["ShardIterator"]
    page = aws("get-records", "--shard-iterator", at, "--limit", "5")
    rest = aws("get-records", "--shard-iterator", page["NextShardIterator"])
    same([base64.b64decode(r["Data"]).decode() for r in page["Records"] + rest["Records"]], ["first"] + [f"r-{i}" for i in range(20)], "data")
    same(rest["MillisBehindLatest"], 0, "MillisBehindLatest")
    refused("InvalidArgumentException", "get-records", "--shard-iterator", "nonsense")
    return "21 of 21 in order, in pages of 5 and 16"


@operation("describe-stream, describe-stream-summary, list-streams, describe-limits")
def describe():
    d = aws("describe-stream", "--stream-name", STREAM)["StreamDescription"]
    same((d["StreamStatus"], len(d["Shards"])), ("ACTIVE", 1), "state, shards")
    same(aws("describe-stream-summary", "--stream-arn", d["StreamARN"])["StreamDescriptionSummary"]["OpenShardCount"], 1, "open shards")
    hold(STREAM in aws("list-streams")["StreamNames"], "the stream is not listed")
    hold(aws("describe-limits")["OpenShardCount"] >= 1, "no open shard in the account")
    refused("ResourceNotFoundException", "describe-stream", "--stream-name", "none")
    return "one open shard, by name and by ARN"


@operation("split-shard, merge-shards, update-shard-count, list-shards")
def reshard():
    aws("split-shard", "--stream-name", STREAM, "--shard-to-split", SHARD, "--new-starting-hash-key", str(2**127))
    settle()
    aws("merge-shards", "--stream-name", STREAM, "--shard-to-merge", "shardId-000000000001", "--adjacent-shard-to-merge", "shardId-000000000002")
    settle()
    same(aws("update-shard-count", "--stream-name", STREAM, "--target-shard-count", "2", "--scaling-type", "UNIFORM_SCALING")["TargetShardCount"], 2, "target")
    settle()
    every = aws("list-shards", "--stream-name", STREAM)["Shards"]
    latest = aws("list-shards", "--stream-name", STREAM, "--shard-filter", "Type=AT_LATEST")["Shards"]
    same((len(every), [s["ShardId"] for s in latest]), (6, ["shardId-000000000004", "shardId-000000000005"]), "all shards, open ones")
    # Its own paging sends the name with the token, which the service refuses (boto/botocore issue 2009).
    refused("InvalidArgumentException", "list-shards", "--stream-name", STREAM, "--page-size", "2")
    return "1 to 2 to 1 to 2 shards, 6 in all; the CLI's own paging is refused as by the service"


@operation("register-, describe-, list-, deregister-stream-consumer")
def consumers():
    arn = aws("describe-stream", "--stream-name", STREAM)["StreamDescription"]["StreamARN"]
    consumer = aws("register-stream-consumer", "--stream-arn", arn, "--consumer-name", "app")["Consumer"]["ConsumerARN"]
    same(aws("describe-stream-consumer", "--consumer-arn", consumer)["ConsumerDescription"]["ConsumerName"], "app", "name")
    same([c["ConsumerARN"] for c in aws("list-stream-consumers", "--stream-arn", arn)["Consumers"]], [consumer], "listed")
    aws("deregister-stream-consumer", "--stream-arn", arn, "--consumer-name", "app")
    return "there, then on its way out"


@operation("increase-stream-retention-period, add-tags-to-stream, list-tags-for-stream")
def settings():
    aws("increase-stream-retention-period", "--stream-name", STREAM, "--retention-period-hours", "48")
    settle()
    same(aws("describe-stream-summary", "--stream-name", STREAM)["StreamDescriptionSummary"]["RetentionPeriodHours"], 48, "hours")
    aws("add-tags-to-stream", "--stream-name", STREAM, "--tags", "a=1,b=2")
    same(aws("list-tags-for-stream", "--stream-name", STREAM)["Tags"], [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], "tags")
    return "48 hours, 2 tags"


@operation("delete-stream, wait stream-not-exists")
def delete():
    aws("delete-stream", "--stream-name", STREAM, "--enforce-consumer-deletion")
    aws("wait", "stream-not-exists", "--stream-name", STREAM)
    refused("ResourceNotFoundException", "list-shards", "--stream-name", STREAM)
    return "gone"


hear()

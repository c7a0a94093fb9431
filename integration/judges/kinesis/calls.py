"""What the Python judges of Kinesis have in common: calls, and what they must come to."""
import hashlib

import boto3
import botocore.config
import botocore.exceptions


def client(variable="KINESIS_URL", **config):
    """A client that tries each call once and leaves all checks to the server."""
    config = botocore.config.Config(retries={"total_max_attempts": 1}, parameter_validation=False, **config)
    return boto3.client("kinesis", endpoint_url=os.environ[variable], config=config)


def refusal(code, call, **arguments):
    """Checks which error a call ends with, and returns its message."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as e:
        same(e.response["Error"]["Code"], code, f"error of {arguments}")
        return e.response["Error"]["Message"]
    raise AssertionError(f"{arguments} went through, want {code}")


def wait(condition, what, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        hold(time.monotonic() < until, f"not within {seconds} s: {what}")
        time.sleep(0.05)


def md5(key):
    return int.from_bytes(hashlib.md5(key.encode()).digest(), "big")


def shards(kinesis, stream, **arguments):
    """All shards of a stream by id, over as many pages as there are."""
    found = {}
    arguments = {"StreamName": stream, **arguments}
    while True:
        page = kinesis.list_shards(**arguments)
        found.update((s["ShardId"], s) for s in page["Shards"])
        if "NextToken" not in page:
            return found
        arguments = {"NextToken": page["NextToken"], **({"MaxResults": arguments["MaxResults"]} if "MaxResults" in arguments else {})}


def owner(found, key):
    """The open shard that owns a hash key."""
    for shard in found.values():
        keys = shard["HashKeyRange"]
        if "EndingSequenceNumber" not in shard["SequenceNumberRange"] and int(keys["StartingHashKey"]) <= key <= int(keys["EndingHashKey"]):
            return shard["ShardId"]
    raise AssertionError(f"no open shard owns {key}")


def iterator(kinesis, stream, shard, kind, **place):
    return kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind, **place)["ShardIterator"]


def read(kinesis, at, **limit):
    """All records from an iterator to the tip or the shard's end, and the last answer."""
    records = []
    while True:
        answer = kinesis.get_records(ShardIterator=at, **limit)
        records += answer["Records"]
        at = answer.get("NextShardIterator")
        if at is None or answer["MillisBehindLatest"] == 0:
            return records, answer

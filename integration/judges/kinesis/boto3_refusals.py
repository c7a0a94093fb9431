"""What boto3 is refused: malformed input, expired iterators, too much at once."""
kinesis = client()
STREAM = "boto3-refusals"
SHARD = "shardId-000000000000"
kinesis.create_stream(StreamName=STREAM, ShardCount=1)
kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
number = kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=b"x")["SequenceNumber"]


@operation("malformed requests")
def malformed():
    record = {"PartitionKey": "k", "Data": b"x"}
    arn = kinesis.describe_stream(StreamName=STREAM)["StreamDescription"]["StreamARN"]
    cases = [
        ("ValidationException", kinesis.create_stream, {"StreamName": "a b", "ShardCount": 1}),
        ("ValidationException", kinesis.create_stream, {"StreamName": "x" * 129, "ShardCount": 1}),
        ("ValidationException", kinesis.create_stream, {"StreamName": "zero", "ShardCount": 0}),
        ("ValidationException", kinesis.put_record, {"StreamName": STREAM, "PartitionKey": "", "Data": b"x"}),
        ("ValidationException", kinesis.put_record, {"StreamName": STREAM, "PartitionKey": "k" * 257, "Data": b"x"}),
        ("ValidationException", kinesis.put_record, {"StreamName": STREAM, "PartitionKey": "k"}),
        ("ValidationException", kinesis.put_record, {"StreamName": STREAM, "PartitionKey": "k", "Data": b"x" * ((1 << 20) + 1)}),
        ("ValidationException", kinesis.put_record, {"StreamName": STREAM, "ExplicitHashKey": "-1", **record}),
        ("InvalidArgumentException", kinesis.put_record, {"StreamName": STREAM, "ExplicitHashKey": str(2**128), **record}),
        ("InvalidArgumentException", kinesis.put_record, record),
        ("ResourceNotFoundException", kinesis.put_record, {"StreamName": "none", **record}),
        ("ValidationException", kinesis.put_records, {"StreamName": STREAM, "Records": []}),
        ("ValidationException", kinesis.put_records, {"StreamName": STREAM, "Records": [record] * 501}),
        ("InvalidArgumentException", kinesis.put_records, {"StreamName": STREAM, "Records": [{"PartitionKey": "k", "Data": b"x" * (1 << 20)}] * 11}),
        ("ValidationException", kinesis.get_shard_iterator, {"StreamName": STREAM, "ShardId": SHARD, "ShardIteratorType": "FIRST"}),
        ("ResourceNotFoundException", kinesis.get_shard_iterator, {"StreamName": STREAM, "ShardId": "shardId-000000000009", "ShardIteratorType": "LATEST"}),
        ("InvalidArgumentException", kinesis.get_shard_iterator, {"StreamName": STREAM, "ShardId": SHARD, "ShardIteratorType": "AT_SEQUENCE_NUMBER"}),
        ("InvalidArgumentException", kinesis.get_shard_iterator,
         {"StreamName": STREAM, "ShardId": SHARD, "ShardIteratorType": "LATEST", "StartingSequenceNumber": number}),
        ("InvalidArgumentException", kinesis.get_shard_iterator,
         {"StreamName": STREAM, "ShardId": SHARD, "ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "12345"}),
        ("InvalidArgumentException", kinesis.get_shard_iterator,
         {"StreamName": STREAM, "ShardId": SHARD, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": time.time() + 3600}),
        ("InvalidArgumentException", kinesis.get_records, {"ShardIterator": "made-up"}),
        ("ValidationException", kinesis.get_records, {"ShardIterator": iterator(kinesis, STREAM, SHARD, "LATEST"), "Limit": 10_001}),
        ("ValidationException", kinesis.list_shards, {"StreamName": STREAM, "ShardFilter": {"Type": "SOME"}}),
        ("ResourceNotFoundException", kinesis.describe_stream, {"StreamName": "none"}),
        ("ResourceNotFoundException", kinesis.describe_stream_consumer, {"StreamARN": arn, "ConsumerName": "none"}),
        ("InvalidArgumentException", kinesis.describe_stream_consumer, {}),
        ("ValidationException", kinesis.subscribe_to_shard, {"ConsumerARN": arn, "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}),
        ("InvalidArgumentException", kinesis.merge_shards, {"StreamName": STREAM, "ShardToMerge": SHARD, "AdjacentShardToMerge": SHARD}),
        ("ValidationException", kinesis.update_shard_count, {"StreamName": STREAM, "TargetShardCount": 0, "ScalingType": "UNIFORM_SCALING"}),
        ("ValidationException", kinesis.start_stream_encryption, {"StreamName": STREAM, "EncryptionType": "ROT13", "KeyId": "k"}),
    ]
    for code, call, arguments in cases:
        refusal(code, call, **arguments)
    return f"{len(cases)} of {len(cases)} refused with the service's code"


@operation("request without a signature")
def unsigned():
    import botocore

    anonymous = client(signature_version=botocore.UNSIGNED)
    return refusal("MissingAuthenticationTokenException", anonymous.list_streams)


@operation("expired iterator")
def expired():
    short = client("KINESIS_SHORT_URL")
    short.create_stream(StreamName=STREAM, ShardCount=1)
    at = iterator(short, STREAM, SHARD, "LATEST")
    time.sleep(1.2)
    return refusal("ExpiredIteratorException", short.get_records, ShardIterator=at)


limited = client("KINESIS_LIMITED_URL")
limited.create_stream(StreamName=STREAM, ShardCount=1)


def ahead(allowed, ask, margin):
    """Asks until more was asked for than the elapsed seconds allow, by a margin:
    from there on the server must have refused, however fast the machine is.
    ask returns how much it asked for, and how much of it was taken."""
    asked = taken = 0
    began = time.monotonic()
    while True:
        more, went = ask()
        asked, taken, most = asked + more, taken + went, allowed(time.monotonic() - began)
        hold(taken <= most, f"{taken} of {asked} taken, {most:.1f} allowed")
        if asked >= most + margin:
            return asked, taken


def windows(limit):
    """What a limit of calls in any one second allows in so many seconds. The
    server counts in whole milliseconds."""
    return lambda seconds: limit * (1 + int(seconds + 0.002))


def one_call(code, call, **arguments):
    """A call that is taken, or refused with a code and no other."""

    def ask():
        try:
            call(**arguments)
        except botocore.exceptions.ClientError as e:
            same(e.response["Error"]["Code"], code, "refusal")
            return 1, 0
        return 1, 1

    return ask


def one_batch(records, size):
    """PutRecords of records that count for size each."""

    def ask():
        answer = limited.put_records(StreamName=STREAM, Records=records)
        failed = [r["ErrorCode"] for r in answer["Records"] if "ErrorCode" in r]
        same((len(failed), set(failed) - {"ProvisionedThroughputExceededException"}), (answer["FailedRecordCount"], set()), "entries that failed")
        return len(records) * size, (len(records) - len(failed)) * size

    return ask


@operation("5 GetRecords a second")
def reads():
    at = iterator(limited, STREAM, SHARD, "LATEST")
    asked, taken = ahead(windows(5), one_call("ProvisionedThroughputExceededException", limited.get_records, ShardIterator=at), 5)
    hold(taken >= 5, f"{taken} of {asked} taken")
    time.sleep(1.1)
    limited.get_records(ShardIterator=at)
    return f"{asked - taken} of {asked} calls refused, no more taken than their time allows; a second later one went through"


@operation("1,000 records a second")
def writes():
    # The one that fills the bucket may come before it is full, and another by the millisecond.
    asked, taken = ahead(lambda seconds: 1002 + 1000 * seconds, one_batch([{"PartitionKey": "k", "Data": b"x"}] * 500, 1), 500)
    hold(taken >= 1000, f"{taken} of {asked} taken")
    return f"{asked - taken} of {asked} failed one by one with ProvisionedThroughputExceededException"


@operation("1 MiB a second written")
def bytes_written():
    time.sleep(2)
    # In MiB: one second's worth, and a last record that begins within it. 9 go
    # in one request, which is ahead of the limit on any machine.
    asked, taken = ahead(lambda seconds: 2.01 + seconds, one_batch([{"PartitionKey": "k", "Data": b"x" * (1 << 20)}] * 9, 1), 3)
    hold(taken >= 1, f"{taken} of {asked} taken")
    again = one_call("ProvisionedThroughputExceededException", limited.put_record, StreamName=STREAM, PartitionKey="k", Data=b"later")
    wait(lambda: again()[1] == 1, "a record taken again", 30)
    return f"{asked - taken} of {asked} records of 1 MiB refused; later one went through"


@operation("10 DescribeStream a second")
def describes():
    ask = one_call("LimitExceededException", limited.describe_stream, StreamName=STREAM)
    time.sleep(1.1)
    asked, taken = ahead(windows(10), ask, 4)
    hold(taken >= 10, f"{taken} of {asked} taken")
    time.sleep(1.1)
    same(ask(), (1, 1), "asked and taken a second later")
    return f"{asked - taken} of {asked} calls refused, no more taken than their time allows; a second later one went through"


@operation("the SDK's own retries")
def retries():
    import concurrent.futures

    patient = boto3.client("kinesis", endpoint_url=os.environ["KINESIS_LIMITED_URL"],
                           config=botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 10}))
    calls, tried, began = 0, 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        while tried == 0:  # on a machine that asks less often than 10 times a second
            answers = list(pool.map(lambda _: patient.describe_stream(StreamName=STREAM), range(40)))
            calls += len(answers)
            tried += sum(a["ResponseMetadata"]["RetryAttempts"] for a in answers)
            took = time.monotonic() - began
            hold(calls <= windows(10)(took), f"{calls} calls went through in {took:.1f} s")
    return f"{calls} of {calls} DescribeStream went through after {tried} retries: the refusal is a throttle to the SDK"


hear()

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


def refused_of(calls, call, **arguments):
    """How many of so many calls in a row were refused, by code, and the seconds
    that they took: what is allowed grows with them."""
    codes, began = {}, time.monotonic()
    for _ in range(calls):
        try:
            call(**arguments)
        except botocore.exceptions.ClientError as e:
            codes[e.response["Error"]["Code"]] = codes.get(e.response["Error"]["Code"], 0) + 1
    return codes, time.monotonic() - began


def within_a_second(want, calls, call, **arguments):
    """Holds the refusals of a burst to what must be. A burst that took longer
    than a second says nothing, and is repeated."""
    for _ in range(5):
        time.sleep(1.1)
        codes, took = refused_of(calls, call, **arguments)
        if took < 1:
            same(codes, want, f"refused of {calls}")
            return
    raise AssertionError(f"{calls} calls take {took:.1f} s: the machine is too slow to say")


@operation("5 GetRecords a second")
def reads():
    at = iterator(limited, STREAM, SHARD, "LATEST")
    within_a_second({"ProvisionedThroughputExceededException": 5}, 10, limited.get_records, ShardIterator=at)
    time.sleep(1)
    limited.get_records(ShardIterator=at)
    return "5 of 10 calls within a second refused, a second later one went through"


@operation("1,000 records a second")
def writes():
    records, began = [{"PartitionKey": "k", "Data": b"x"}] * 500, time.monotonic()
    answers = [limited.put_records(StreamName=STREAM, Records=records) for _ in range(4)]
    allowed = 1000 * (1 + time.monotonic() - began)
    taken = 2000 - sum(a["FailedRecordCount"] for a in answers)
    hold(1000 <= taken <= allowed, f"{taken} of 2,000 taken, {allowed:.0f} allowed")
    failed = [r for a in answers for r in a["Records"] if "ErrorCode" in r]
    same((len(failed), {r["ErrorCode"] for r in failed}), (2000 - taken, {"ProvisionedThroughputExceededException"}), "entries that failed")
    return f"{len(failed)} of 2,000 failed one by one with ProvisionedThroughputExceededException"


@operation("1 MiB a second written")
def bytes_written():
    time.sleep(2)
    codes, took = refused_of(6, limited.put_record, StreamName=STREAM, PartitionKey="k", Data=b"x" * (1 << 20))
    refused = codes.pop("ProvisionedThroughputExceededException", 0)
    hold(not codes and 6 - refused <= 2 + took, f"{refused} of 6 refused in {took:.1f} s, others {codes}")
    return f"{refused} of 6 records of 1 MiB refused in {took:.1f} s"


@operation("10 DescribeStream a second")
def describes():
    within_a_second({"LimitExceededException": 4}, 14, limited.describe_stream, StreamName=STREAM)
    return "4 of 14 calls within a second refused"


@operation("the SDK's own retries")
def retries():
    import concurrent.futures

    patient = boto3.client("kinesis", endpoint_url=os.environ["KINESIS_LIMITED_URL"],
                           config=botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 10}))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: patient.describe_stream(StreamName=STREAM), range(40)))
    tried = sum(a["ResponseMetadata"]["RetryAttempts"] for a in answers)
    hold(tried > 0, "nothing was retried")
    return f"40 of 40 DescribeStream went through after {tried} retries: the refusal is a throttle to the SDK"


hear()

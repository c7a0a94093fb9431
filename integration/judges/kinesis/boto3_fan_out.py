"""boto3 registers consumers and reads shards by SubscribeToShard."""
import threading

kinesis = client(max_pool_connections=20)
STREAM = "boto3-fan-out"
SHARD = "shardId-000000000000"
arn = None


def setting():
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    return kinesis.describe_stream(StreamName=STREAM)["StreamDescription"]["StreamARN"]


stream_arn = setting()


def active(name):
    def status():
        return kinesis.describe_stream_consumer(StreamARN=stream_arn, ConsumerName=name)["ConsumerDescription"]["ConsumerStatus"]

    wait(lambda: status() == "ACTIVE", f"{name} ACTIVE")


def subscribe(consumer, **position):
    return kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=SHARD, StartingPosition=position)["EventStream"]


def events(subscription):
    for event in subscription:
        yield event["SubscribeToShardEvent"]


@operation("RegisterStreamConsumer, DescribeStreamConsumer")
def register():
    global arn
    c = kinesis.register_stream_consumer(StreamARN=stream_arn, ConsumerName="app", Tags={"a": "1"})["Consumer"]
    arn = c["ConsumerARN"]
    same((c["ConsumerStatus"], c["ConsumerName"]), ("CREATING", "app"), "state and name")
    same(arn, f"{stream_arn}/consumer/app:{int(c['ConsumerCreationTimestamp'].timestamp())}", "ARN")
    refusal("ResourceInUseException", kinesis.register_stream_consumer, StreamARN=stream_arn, ConsumerName="app")
    refusal("ResourceInUseException", kinesis.subscribe_to_shard, ConsumerARN=arn, ShardId=SHARD, StartingPosition={"Type": "LATEST"})
    active("app")
    d = kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]
    same((d["ConsumerStatus"], d["StreamARN"]), ("ACTIVE", stream_arn), "by ARN")
    same(kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "a", "Value": "1"}], "tags")
    return "CREATING, no subscription yet, then ACTIVE; by ARN and by name; the name is taken"


@operation("ListStreamConsumers")
def listing():
    for i in range(4):
        kinesis.register_stream_consumer(StreamARN=stream_arn, ConsumerName=f"other-{i}")
    names = [c["ConsumerName"] for p in kinesis.get_paginator("list_stream_consumers").paginate(
        StreamARN=stream_arn, PaginationConfig={"PageSize": 2}) for c in p["Consumers"]]
    same(sorted(names), ["app"] + [f"other-{i}" for i in range(4)], "names")
    same(kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["ConsumerCount"], 5, "ConsumerCount")
    return "5 consumers in pages of 2"


@operation("SubscribeToShard")
def subscription():
    records = [{"PartitionKey": "k", "Data": f"r-{i}".encode()} for i in range(500)]
    put = [r["SequenceNumber"] for r in kinesis.put_records(StreamName=STREAM, Records=records)["Records"]]
    got, last = [], None
    stream = subscribe(arn, Type="TRIM_HORIZON")
    for event in events(stream):
        got += [(r["SequenceNumber"], r["Data"]) for r in event["Records"]]
        last = event
        if len(got) == 500:
            break
    same(got, [(n, r["Data"]) for n, r in zip(put, records)], "records")
    same((last["MillisBehindLatest"], last["ContinuationSequenceNumber"]), (0, put[-1]), "behind, continuation")
    threading.Timer(0.2, lambda: kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=b"later")).start()
    for event in events(stream):
        if event["Records"]:
            same([r["Data"] for r in event["Records"]], [b"later"], "what came later")
            break
    stream.close()
    return "500 of 500 in order, then one that was put meanwhile"


@operation("SubscribeToShard again within 5 s")
def in_use():
    message = refusal("ResourceInUseException", kinesis.subscribe_to_shard, ConsumerARN=arn, ShardId=SHARD, StartingPosition={"Type": "LATEST"})
    return message


@operation("SubscribeToShard takes over after 5 s")
def take_over():
    time.sleep(5)
    old = subscribe(arn, Type="LATEST")
    time.sleep(5)
    new = subscribe(arn, Type="LATEST")
    try:
        for _ in old:
            pass
        raise AssertionError("the old subscription ended without a word")
    except botocore.exceptions.EventStreamError as e:
        same(e.response["Error"]["Code"], "ResourceInUseException", "end of the old one")
    kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=b"to the new one")
    for event in events(new):
        if event["Records"]:
            same([r["Data"] for r in event["Records"]], [b"to the new one"], "records")
            break
    new.close()
    return "the old one fails with ResourceInUseException, the new one gets what comes"


@operation("SubscribeToShard while idle")
def idle():
    time.sleep(5)
    began = time.monotonic()
    stream = subscribe(arn, Type="LATEST")
    numbers, at = [], []
    for event in events(stream):  # ends with the server's shortened session
        same(event["Records"], [], "records of an idle event")
        numbers.append(int(event["ContinuationSequenceNumber"]))
        at.append(time.monotonic() - began)
    # The server's session of 10 s bounds how many come. The bound of the gaps
    # is three times its 4 s: a busy machine reads late what was sent in time.
    hold(len(at) >= 2 and max(b - a for a, b in zip([0] + at, at)) < 12, f"events after {at} s")
    hold(numbers == sorted(set(numbers)), f"continuations {numbers}")
    return f"{len(at)} events within the session of 10 s, continuations rise; the session ends without a word"


@operation("SubscribeToShard from a continuation")
def resumed():
    time.sleep(1)
    stream = subscribe(arn, Type="AT_TIMESTAMP", Timestamp=1)
    for event in events(stream):
        number = event["ContinuationSequenceNumber"]
        if event["MillisBehindLatest"] == 0:
            break
    stream.close()
    kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=b"after it")
    time.sleep(5)
    for event in events(subscribe(arn, Type="AFTER_SEQUENCE_NUMBER", SequenceNumber=number)):
        if event["Records"]:
            same([r["Data"] for r in event["Records"]], [b"after it"], "records")
            return "AFTER a continuation comes the next record"


@operation("SubscribeToShard to the end of a shard")
def ended():
    time.sleep(5)
    stream = subscribe(arn, Type="LATEST")
    kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=b"the last")
    kinesis.split_shard(StreamName=STREAM, ShardToSplit=SHARD, NewStartingHashKey=str(2**127))
    seen = list(events(stream))
    same([r["Data"] for e in seen for r in e["Records"]], [b"the last"], "records")
    same(seen[-1].get("ContinuationSequenceNumber"), None, "last continuation")
    same([c["ShardId"] for c in seen[-1]["ChildShards"]], ["shardId-000000000001", "shardId-000000000002"], "ChildShards")
    time.sleep(5)
    again = list(events(subscribe(arn, Type="LATEST")))
    same((len(again), len(again[-1]["ChildShards"])), (1, 2), "events of LATEST on the closed shard, its children")
    return "the last record, then no continuation and 2 ChildShards, then the stream ends; LATEST says it again"


@operation("DeregisterStreamConsumer")
def deregister():
    kinesis.deregister_stream_consumer(ConsumerARN=arn)
    same(kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]["ConsumerStatus"], "DELETING", "state")
    wait(lambda: "app" not in [c["ConsumerName"] for c in kinesis.list_stream_consumers(StreamARN=stream_arn)["Consumers"]], "app gone")
    refusal("ResourceNotFoundException", kinesis.describe_stream_consumer, ConsumerARN=arn)
    refusal("ResourceNotFoundException", kinesis.subscribe_to_shard, ConsumerARN=arn, ShardId=SHARD, StartingPosition={"Type": "LATEST"})
    again = kinesis.register_stream_consumer(StreamARN=stream_arn, ConsumerName="app")["Consumer"]["ConsumerARN"]
    hold(again != arn, f"the new consumer has the old ARN {arn}")
    refusal("ResourceInUseException", kinesis.delete_stream, StreamName=STREAM)
    kinesis.delete_stream(StreamName=STREAM, EnforceConsumerDeletion=True)
    return "DELETING, then gone; the next of that name has a new ARN; its stream goes with it only by EnforceConsumerDeletion"


hear()

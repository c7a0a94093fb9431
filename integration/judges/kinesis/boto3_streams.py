"""boto3 makes a stream, puts, reads, reshards, changes and deletes it."""
kinesis = client()
STREAM = "boto3-streams"
SPACE = 2**128
put = {}  # data -> what PutRecord or PutRecords said


@operation("CreateStream, waiter stream_exists")
def create():
    kinesis.create_stream(StreamName=STREAM, ShardCount=3, Tags={"team": "judges"})
    same(kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"], "CREATING", "state at first")
    refusal("ResourceInUseException", kinesis.create_stream, StreamName=STREAM, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    return "CREATING, then ACTIVE; the name is taken"


@operation("DescribeStream")
def describe():
    d = kinesis.describe_stream(StreamName=STREAM)["StreamDescription"]
    same((d["StreamStatus"], d["RetentionPeriodHours"], d["EncryptionType"]), ("ACTIVE", 24, "NONE"), "state, retention, encryption")
    same(d["StreamModeDetails"]["StreamMode"], "PROVISIONED", "mode")
    hold(abs(d["StreamCreationTimestamp"].timestamp() - time.time()) < 60, f"created {d['StreamCreationTimestamp']}")
    edges = sorted((int(s["HashKeyRange"]["StartingHashKey"]), int(s["HashKeyRange"]["EndingHashKey"])) for s in d["Shards"])
    same((edges[0][0], edges[-1][1]), (0, SPACE - 1), "ends of the key space")
    same([a[1] + 1 for a in edges[:-1]], [b[0] for b in edges[1:]], "edges of the shards")
    page = kinesis.describe_stream(StreamARN=d["StreamARN"], Limit=2)["StreamDescription"]
    rest = kinesis.describe_stream(StreamName=STREAM, ExclusiveStartShardId=page["Shards"][-1]["ShardId"])["StreamDescription"]
    same((len(page["Shards"]), page["HasMoreShards"], len(rest["Shards"]), rest["HasMoreShards"]), (2, True, 1, False), "pages of 2")
    return "3 shards cover the 128-bit key space without gap; by name, by ARN, in pages"


@operation("DescribeStreamSummary")
def summary():
    d = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    same((d["OpenShardCount"], d["ConsumerCount"], d["StreamName"]), (3, 0, STREAM), "open shards, consumers, name")
    return "3 open shards, 0 consumers"


@operation("PutRecord")
def put_one():
    found = shards(kinesis, STREAM)
    for i in range(30):
        key = f"key-{i}"
        answer = put[f"one-{i}"] = kinesis.put_record(StreamName=STREAM, PartitionKey=key, Data=f"one-{i}".encode())
        same(answer["ShardId"], owner(found, md5(key)), f"shard of {key}")
    for shard in found.values():
        explicit = shard["HashKeyRange"]["EndingHashKey"]
        answer = kinesis.put_record(StreamName=STREAM, PartitionKey="x", ExplicitHashKey=explicit, Data=b"explicit")
        same(answer["ShardId"], shard["ShardId"], f"shard of hash key {explicit}")
    return "30 keys went where their MD5 says, 3 where ExplicitHashKey says"


@operation("PutRecords")
def put_many():
    records = [{"PartitionKey": f"many-{i % 50}", "Data": f"many-{i}".encode()} for i in range(500)]
    answer = kinesis.put_records(StreamName=STREAM, Records=records)
    same((answer["FailedRecordCount"], len(answer["Records"])), (0, 500), "failed, answered")
    by_shard = {}
    for i, entry in enumerate(answer["Records"]):
        put[f"many-{i}"] = entry
        by_shard.setdefault(entry["ShardId"], []).append(int(entry["SequenceNumber"]))
    for shard, numbers in by_shard.items():
        same(numbers, sorted(set(numbers)), f"numbers of {shard} in the order of the request")
        hold(all(len(str(n)) == 56 for n in numbers), "a sequence number has not 56 digits")
    return f"500 of 500 taken by {len(by_shard)} shards, numbers rise in each"


@operation("GetShardIterator + GetRecords TRIM_HORIZON")
def from_horizon():
    seen = 0
    for shard in shards(kinesis, STREAM):
        records, last = read(kinesis, iterator(kinesis, STREAM, shard, "TRIM_HORIZON"), Limit=70)
        numbers = [int(r["SequenceNumber"]) for r in records]
        same(numbers, sorted(set(numbers)), f"order in {shard}")
        for r in records:
            data = r["Data"].decode()
            if data != "explicit":
                same((r["SequenceNumber"], shard), (put[data]["SequenceNumber"], put[data]["ShardId"]), f"place of {data}")
                seen += 1
            hold(abs(r["ApproximateArrivalTimestamp"].timestamp() - time.time()) < 60, f"arrival {r['ApproximateArrivalTimestamp']}")
        same(last["MillisBehindLatest"], 0, "MillisBehindLatest at the tip")
    same(seen, 530, "records read back")
    return "530 of 530 records, each in its shard under its number, in pages of 70"


@operation("GetShardIterator AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER")
def by_number():
    shard = put["many-0"]["ShardId"]
    records, _ = read(kinesis, iterator(kinesis, STREAM, shard, "TRIM_HORIZON"))
    number = records[9]["SequenceNumber"]
    at, _ = read(kinesis, iterator(kinesis, STREAM, shard, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number))
    after, _ = read(kinesis, iterator(kinesis, STREAM, shard, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number))
    same([r["SequenceNumber"] for r in at], [r["SequenceNumber"] for r in records[9:]], "AT the tenth")
    same([r["SequenceNumber"] for r in after], [r["SequenceNumber"] for r in records[10:]], "AFTER the tenth")
    return f"AT gives {len(at)} records, AFTER one less"


@operation("GetShardIterator LATEST, AT_TIMESTAMP")
def by_time():
    time.sleep(0.05)
    before = time.time()
    time.sleep(0.05)
    answer = kinesis.put_record(StreamName=STREAM, PartitionKey="t", Data=b"timed-0")
    shard = answer["ShardId"]
    latest = iterator(kinesis, STREAM, shard, "LATEST")
    kinesis.put_record(StreamName=STREAM, PartitionKey="t", Data=b"timed-1")
    same([r["Data"] for r in read(kinesis, latest)[0]], [b"timed-1"], "from LATEST")
    same([r["Data"] for r in read(kinesis, iterator(kinesis, STREAM, shard, "AT_TIMESTAMP", Timestamp=before))[0]], [b"timed-0", b"timed-1"], "AT_TIMESTAMP")
    old, _ = read(kinesis, iterator(kinesis, STREAM, shard, "AT_TIMESTAMP", Timestamp=1))
    same(len(old), len(read(kinesis, iterator(kinesis, STREAM, shard, "TRIM_HORIZON"))[0]), "AT_TIMESTAMP 1970 and TRIM_HORIZON")
    return "LATEST skips what was put, a time finds the next later record, an old time the horizon"


@operation("SplitShard")
def split():
    found = shards(kinesis, STREAM)
    parent = found["shardId-000000000000"]
    middle = int(parent["HashKeyRange"]["EndingHashKey"]) // 2
    kinesis.split_shard(StreamName=STREAM, ShardToSplit=parent["ShardId"], NewStartingHashKey=str(middle))
    refusal("ResourceInUseException", kinesis.split_shard, StreamName=STREAM, ShardToSplit="shardId-000000000001", NewStartingHashKey=str(SPACE // 2))
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    children = [s for s in shards(kinesis, STREAM).values() if s.get("ParentShardId") == parent["ShardId"]]
    same([(c["HashKeyRange"]["StartingHashKey"], c["HashKeyRange"]["EndingHashKey"]) for c in children],
         [("0", str(middle - 1)), (str(middle), parent["HashKeyRange"]["EndingHashKey"])], "keys of the children")
    closed = shards(kinesis, STREAM)[parent["ShardId"]]["SequenceNumberRange"]
    for child in children:
        hold(int(child["SequenceNumberRange"]["StartingSequenceNumber"]) > int(put["one-0"]["SequenceNumber"]), "a child begins before its parent's records")
    hold("EndingSequenceNumber" in closed, "the parent has no EndingSequenceNumber")
    refusal("InvalidArgumentException", kinesis.split_shard, StreamName=STREAM, ShardToSplit=parent["ShardId"], NewStartingHashKey="5")
    return "UPDATING meanwhile; 2 children share the keys; the parent is closed for good"


@operation("GetRecords to a closed shard's end")
def ended():
    parent = "shardId-000000000000"
    records, last = read(kinesis, iterator(kinesis, STREAM, parent, "TRIM_HORIZON"))
    same(last.get("NextShardIterator"), None, "NextShardIterator")
    same([(c["ShardId"], c["ParentShards"]) for c in last["ChildShards"]],
         [("shardId-000000000003", [parent]), ("shardId-000000000004", [parent])], "ChildShards")
    again = kinesis.get_records(ShardIterator=iterator(kinesis, STREAM, parent, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=records[-1]["SequenceNumber"]))
    same((again["Records"], again.get("NextShardIterator"), len(again["ChildShards"])), ([], None, 2), "behind the last record")
    return f"{len(records)} records, then no iterator and 2 ChildShards"


@operation("MergeShards")
def merge():
    kinesis.merge_shards(StreamName=STREAM, ShardToMerge="shardId-000000000003", AdjacentShardToMerge="shardId-000000000004")
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    merged = shards(kinesis, STREAM)["shardId-000000000005"]
    same((merged["ParentShardId"], merged["AdjacentParentShardId"]), ("shardId-000000000003", "shardId-000000000004"), "parents")
    refusal("InvalidArgumentException", kinesis.merge_shards, StreamName=STREAM,
            ShardToMerge="shardId-000000000005", AdjacentShardToMerge="shardId-000000000002")
    at = iterator(kinesis, STREAM, "shardId-000000000003", "TRIM_HORIZON")
    same([c["ParentShards"] for c in kinesis.get_records(ShardIterator=at)["ChildShards"]],
         [["shardId-000000000003", "shardId-000000000004"]], "ChildShards of a merged parent")
    return "two parents, one child over both; shards that are not adjacent are refused"


@operation("UpdateShardCount")
def scale():
    answer = kinesis.update_shard_count(StreamName=STREAM, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    same((answer["CurrentShardCount"], answer["TargetShardCount"]), (3, 4), "current and target")
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    still = [s for s in shards(kinesis, STREAM).values() if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
    same(sorted(int(s["HashKeyRange"]["StartingHashKey"]) for s in still), [SPACE // 4 * i for i in range(4)], "starts of the open shards")
    refusal("LimitExceededException", kinesis.update_shard_count, StreamName=STREAM, TargetShardCount=9, ScalingType="UNIFORM_SCALING")
    refusal("LimitExceededException", kinesis.update_shard_count, StreamName=STREAM, TargetShardCount=1, ScalingType="UNIFORM_SCALING")
    return "4 open shards of equal size; more than double and less than half are refused"


@operation("ListShards filters")
def filters():
    every = shards(kinesis, STREAM)
    still = {i for i, s in every.items() if "EndingSequenceNumber" not in s["SequenceNumberRange"]}
    for kind, want in {
        "FROM_TRIM_HORIZON": set(every),
        "AT_TRIM_HORIZON": {"shardId-000000000000", "shardId-000000000001", "shardId-000000000002"},
        "AT_LATEST": still,
    }.items():
        same(set(shards(kinesis, STREAM, ShardFilter={"Type": kind})), want, kind)
    same(set(shards(kinesis, STREAM, ShardFilter={"Type": "AFTER_SHARD_ID", "ShardId": "shardId-000000000002"})),
         {i for i in every if i > "shardId-000000000002"}, "AFTER_SHARD_ID")
    same(set(shards(kinesis, STREAM, ShardFilter={"Type": "AT_TIMESTAMP", "Timestamp": time.time()})), still, "AT_TIMESTAMP now")
    same(set(shards(kinesis, STREAM, ShardFilter={"Type": "FROM_TIMESTAMP", "Timestamp": 1})), set(every), "FROM_TIMESTAMP 1970")
    refusal("InvalidArgumentException", kinesis.list_shards, StreamName=STREAM, ShardFilter={"Type": "AFTER_SHARD_ID"})
    return f"6 types over {len(every)} shards, {len(still)} of them open"


@operation("ListShards paging")
def paging():
    every = shards(kinesis, STREAM)
    same(list(shards(kinesis, STREAM, MaxResults=2)), list(every), "pages of 2")
    page = kinesis.list_shards(StreamName=STREAM, MaxResults=2)
    refusal("InvalidArgumentException", kinesis.list_shards, StreamName=STREAM, NextToken=page["NextToken"])
    refusal("InvalidArgumentException", kinesis.list_shards, NextToken=page["NextToken"][:-4] + "AAAA")
    return f"{len(every)} shards in pages of 2; a token stands alone and cannot be made up"


@operation("ListShards by boto3's paginator")
def paginator():
    """It sends the name with the token, which the service refuses (boto/botocore issue 2009)."""
    try:
        for _ in kinesis.get_paginator("list_shards").paginate(StreamName=STREAM, PaginationConfig={"PageSize": 3}):
            pass
    except botocore.exceptions.ClientError as e:
        same(e.response["Error"]["Message"], "NextToken and StreamName cannot be provided together.", "message")
        return "refused in the words of the service: " + e.response["Error"]["Message"]
    raise AssertionError("it went through, which it does not with the service")


@operation("ListStreams")
def streams():
    for i in range(5):
        kinesis.create_stream(StreamName=f"boto3-list-{i}", ShardCount=1)
    names = [n for p in kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 2}) for n in p["StreamNames"]]
    same(names, sorted(set(names)), "names in order, each once")
    hold({f"boto3-list-{i}" for i in range(5)} < set(names), f"{names} lack some of five")
    page = kinesis.list_streams(Limit=2, ExclusiveStartStreamName="boto3-list-1")
    same((page["StreamNames"], page["HasMoreStreams"]), (["boto3-list-2", "boto3-list-3"], True), "behind boto3-list-1")
    same(page["StreamSummaries"][0]["StreamName"], "boto3-list-2", "summary")
    return f"{len(names)} streams in pages of 2"


@operation("IncreaseStreamRetentionPeriod, DecreaseStreamRetentionPeriod")
def retention():
    def changed(hours):
        kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        same(kinesis.describe_stream(StreamName=STREAM)["StreamDescription"]["RetentionPeriodHours"], hours, "hours")

    kinesis.increase_stream_retention_period(StreamName=STREAM, RetentionPeriodHours=48)
    changed(48)
    refusal("InvalidArgumentException", kinesis.increase_stream_retention_period, StreamName=STREAM, RetentionPeriodHours=30)
    refusal("InvalidArgumentException", kinesis.decrease_stream_retention_period, StreamName=STREAM, RetentionPeriodHours=72)
    refusal("InvalidArgumentException", kinesis.decrease_stream_retention_period, StreamName=STREAM, RetentionPeriodHours=23)
    refusal("ValidationException", kinesis.increase_stream_retention_period, StreamName=STREAM, RetentionPeriodHours=8761)
    kinesis.decrease_stream_retention_period(StreamName=STREAM, RetentionPeriodHours=24)
    changed(24)
    return "24 to 48 to 24 hours; the wrong direction, 23 and 8,761 hours are refused"


@operation("AddTagsToStream, ListTagsForStream, RemoveTagsFromStream")
def tags():
    kinesis.add_tags_to_stream(StreamName=STREAM, Tags={"env": "test", "team": "juges", "zone": ""})
    kinesis.remove_tags_from_stream(StreamName=STREAM, TagKeys=["zone"])
    answer = kinesis.list_tags_for_stream(StreamName=STREAM)
    same({t["Key"]: t["Value"] for t in answer["Tags"]}, {"env": "test", "team": "juges"}, "tags")
    arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    kinesis.tag_resource(ResourceARN=arn, Tags={"by": "arn"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["env"])
    same({t["Key"]: t["Value"] for t in kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"]}, {"team": "juges", "by": "arn"}, "tags by ARN")
    return "one given with CreateStream was replaced, others added and removed, by name and by ARN"


@operation("StartStreamEncryption, StopStreamEncryption")
def encryption():
    kinesis.start_stream_encryption(StreamName=STREAM, EncryptionType="KMS", KeyId="alias/aws/kinesis")
    same(kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"], "UPDATING", "state")
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    d = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    same((d["EncryptionType"], d["KeyId"]), ("KMS", "alias/aws/kinesis"), "encryption")
    answer = kinesis.put_record(StreamName=STREAM, PartitionKey="e", Data=b"secret")
    same(answer["EncryptionType"], "KMS", "EncryptionType of the put")
    at = iterator(kinesis, STREAM, answer["ShardId"], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=answer["SequenceNumber"])
    same([(r["Data"], r["EncryptionType"]) for r in kinesis.get_records(ShardIterator=at)["Records"]], [(b"secret", "KMS")], "record")
    kinesis.stop_stream_encryption(StreamName=STREAM, EncryptionType="KMS", KeyId="alias/aws/kinesis")
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    same(kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["EncryptionType"], "NONE", "in the end")
    return "UPDATING, then KMS in summary, put and record, then NONE"


@operation("EnableEnhancedMonitoring, DisableEnhancedMonitoring")
def monitoring():
    on = kinesis.enable_enhanced_monitoring(StreamName=STREAM, ShardLevelMetrics=["IncomingBytes", "OutgoingBytes"])
    same((on["CurrentShardLevelMetrics"], sorted(on["DesiredShardLevelMetrics"])), ([], ["IncomingBytes", "OutgoingBytes"]), "enabled")
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    off = kinesis.disable_enhanced_monitoring(StreamName=STREAM, ShardLevelMetrics=["ALL"])
    same((sorted(off["CurrentShardLevelMetrics"]), off["DesiredShardLevelMetrics"]), (["IncomingBytes", "OutgoingBytes"], []), "disabled")
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    return "current and desired metrics, and ALL"


@operation("UpdateStreamMode, DescribeLimits")
def mode():
    arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    before = kinesis.describe_limits()
    kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    refusal("ValidationException", kinesis.update_shard_count, StreamName=STREAM, TargetShardCount=5, ScalingType="UNIFORM_SCALING")
    after = kinesis.describe_limits()
    same(after["OnDemandStreamCount"] - before["OnDemandStreamCount"], 1, "more on-demand streams")
    hold(after["OpenShardCount"] >= 9 and after["ShardLimit"] >= after["OpenShardCount"], f"limits {after}")
    return f"on demand, which cannot be scaled by hand; {after['OpenShardCount']} open shards in the account"


@operation("UpdateMaxRecordSize")
def size():
    refusal("ValidationException", kinesis.put_record, StreamName=STREAM, PartitionKey="k", Data=b"x" * (1 << 21))
    arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=4096)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    answer = kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=b"x" * (1 << 21))
    at = iterator(kinesis, STREAM, answer["ShardId"], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=answer["SequenceNumber"])
    same(len(kinesis.get_records(ShardIterator=at)["Records"][0]["Data"]), 1 << 21, "bytes read back")
    return "2 MiB refused, then taken and read back"


@operation("DeleteStream, waiter stream_not_exists")
def delete():
    kinesis.delete_stream(StreamName=STREAM)
    same(kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"], "DELETING", "state at first")
    kinesis.get_waiter("stream_not_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    refusal("ResourceNotFoundException", kinesis.list_shards, StreamName=STREAM)
    return "DELETING, then gone"


hear()

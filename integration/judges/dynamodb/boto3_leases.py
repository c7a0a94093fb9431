"""A lease table's life through boto3: client, resource, paginators and waiters."""
from decimal import Decimal

import boto3
import botocore.config
import botocore.exceptions
from boto3.dynamodb.conditions import Attr, Key

CONFIG = botocore.config.Config(retries={"total_max_attempts": 1})
db = boto3.client("dynamodb", endpoint_url=os.environ["DYNAMODB_URL"], config=CONFIG)
bound = boto3.client("dynamodb", endpoint_url=os.environ["POLICY_URL"], config=CONFIG)
resource = boto3.resource("dynamodb", endpoint_url=os.environ["DYNAMODB_URL"], config=CONFIG)
SOON = {"Delay": 0.05, "MaxAttempts": 200}  # seconds; tables change state within 0.3
LEASES = {
    "TableName": "leases", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "streamName", "KeyType": "HASH"}, {"AttributeName": "shardId", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "streamName", "AttributeType": "S"}, {"AttributeName": "shardId", "AttributeType": "S"}],
}


def refusal(code, call, **arguments):
    """Checks which error a call ends with, and returns the exception."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as e:
        same(e.response["Error"]["Code"], code, f"error of {arguments}")
        return e
    raise AssertionError(f"{arguments} went through, want {code}")


def shard(n):
    return {"streamName": {"S": "quakes"}, "shardId": {"S": f"shardId-{n:012d}"}}


@operation("create_table, waiter table_exists")
def create():
    refusal("ResourceNotFoundException", db.describe_table, TableName="leases")
    made = db.create_table(**LEASES)["TableDescription"]
    same((made["TableStatus"], made["BillingModeSummary"]["BillingMode"]), ("CREATING", "PAY_PER_REQUEST"), "state, billing mode")
    refusal("ResourceNotFoundException", db.get_item, TableName="leases", Key=shard(0))
    refusal("ResourceInUseException", db.create_table, **LEASES)
    db.get_waiter("table_exists").wait(TableName="leases", WaiterConfig=SOON)
    table = db.describe_table(TableName="leases")["Table"]
    same([(k["AttributeName"], k["KeyType"]) for k in table["KeySchema"]], [("streamName", "HASH"), ("shardId", "RANGE")], "key")
    return "CREATING, not readable, then ACTIVE"


@operation("put_item, conditional")
def put():
    for n in range(25):
        db.put_item(TableName="leases", Item={**shard(n), "leaseCounter": {"N": "0"}}, ConditionExpression="attribute_not_exists(shardId)")
    e = refusal("ConditionalCheckFailedException", db.put_item, TableName="leases", Item=shard(0),
                ConditionExpression="attribute_not_exists(shardId)", ReturnValuesOnConditionCheckFailure="ALL_OLD")
    same(e.response["Item"], {**shard(0), "leaseCounter": {"N": "0"}}, "the item in the way")
    return "25 rows; the 26th put shows the row in the way"


@operation("update_item: claim, renew, fence, release")
def lease():
    def update(change, condition, **values):
        return db.update_item(TableName="leases", Key=shard(3), UpdateExpression=change, ConditionExpression=condition, ReturnValues="ALL_NEW",
                              ExpressionAttributeValues={f":{k}": v for k, v in values.items()})["Attributes"]

    got = update("SET leaseOwner = :me, leaseCounter = leaseCounter + :one", "attribute_not_exists(leaseOwner)", me={"S": "a"}, one={"N": "1"})
    same((got["leaseOwner"], got["leaseCounter"]), ({"S": "a"}, {"N": "1"}), "after the claim")
    got = update("SET leaseCounter = leaseCounter + :one", "leaseOwner = :me AND leaseCounter = :seen", me={"S": "a"}, one={"N": "1"}, seen={"N": "1"})
    same(got["leaseCounter"], {"N": "2"}, "after the renewal")
    refusal("ConditionalCheckFailedException", update, change="SET leaseCounter = leaseCounter + :one", condition="leaseOwner = :me", me={"S": "b"}, one={"N": "1"})
    got = update("REMOVE leaseOwner ADD leaseCounter :one", "leaseOwner = :me", me={"S": "a"}, one={"N": "1"})
    same(got, {**shard(3), "leaseCounter": {"N": "3"}}, "after the release")
    return "counter 0, 1, 2, 3; another owner refused"


@operation("Expected and AttributeUpdates, as KCL sends them")
def kcl():
    out = db.update_item(TableName="leases", Key=shard(4), ReturnValues="ALL_NEW",
                         Expected={"leaseCounter": {"Value": {"N": "0"}}, "checkpointOwner": {"Exists": False}},
                         AttributeUpdates={"leaseCounter": {"Value": {"N": "1"}, "Action": "PUT"}, "childShardIds": {"Value": {"SS": ["x", "y"]}, "Action": "PUT"}})
    same(out["Attributes"]["leaseCounter"], {"N": "1"}, "counter")
    same(sorted(out["Attributes"]["childShardIds"]["SS"]), ["x", "y"], "children")
    refusal("ConditionalCheckFailedException", db.update_item, TableName="leases", Key=shard(4), Expected={"leaseCounter": {"Value": {"N": "0"}}},
            AttributeUpdates={"leaseCounter": {"Value": {"N": "1"}, "Action": "PUT"}})
    refusal("ConditionalCheckFailedException", db.put_item, TableName="leases", Item=shard(4), Expected={"shardId": {"Exists": False}})
    return "one of two renewals, no second creation"


@operation("paginators query and scan")
def pages():
    query = db.get_paginator("query").paginate(TableName="leases", KeyConditionExpression="streamName = :s", ConsistentRead=True,
                                               ExpressionAttributeValues={":s": {"S": "quakes"}}, PaginationConfig={"PageSize": 4})
    found = [page["Items"] for page in query]
    same([len(p) for p in found], [4, 4, 4, 4, 4, 4, 1], "pages of the query")
    same([i["shardId"]["S"] for p in found for i in p], [f"shardId-{n:012d}" for n in range(25)], "rows of the query")
    scanned = [i["shardId"]["S"] for page in db.get_paginator("scan").paginate(TableName="leases", PaginationConfig={"PageSize": 7}) for i in page["Items"]]
    same(sorted(scanned), [f"shardId-{n:012d}" for n in range(25)], "rows of the scan")
    parts = [{i["shardId"]["S"] for page in db.get_paginator("scan").paginate(TableName="leases", Segment=n, TotalSegments=3) for i in page["Items"]} for n in range(3)]
    same((len(set.union(*parts)), sum(map(len, parts))), (25, 25), "rows of three segments, together and one by one")
    return "25 rows in 7 pages, in 4 pages, in 3 segments"


@operation("resource: Table, Key, Attr, Decimal")
def objects():
    table = resource.Table("leases")
    table.put_item(Item={"streamName": "types", "shardId": "1", "n": Decimal("1.50"), "b": b"\x00\xff", "l": [1, "x", None, True], "m": {"k": {"a", "b"}}, "s": {1, 2}})
    item = table.get_item(Key={"streamName": "types", "shardId": "1"})["Item"]
    same((item["n"], item["b"].value, item["l"], item["m"], item["s"]), (Decimal("1.5"), b"\x00\xff", [1, "x", None, True], {"k": {"a", "b"}}, {1, 2}), "values")
    out = table.query(KeyConditionExpression=Key("streamName").eq("quakes") & Key("shardId").between("shardId-000000000002", "shardId-000000000005"),
                      FilterExpression=Attr("leaseCounter").gt(0) & Attr("leaseOwner").not_exists())
    same([int(i["leaseCounter"]) for i in out["Items"]], [3, 1], "counters of the filtered rows")
    same(out["ScannedCount"], 4, "rows read")
    return "six kinds of values come back; 2 of 4 rows pass the filter"


@operation("batch_writer, batch_get_item")
def batch():
    with resource.Table("leases").batch_writer() as writer:
        for n in range(60):
            writer.put_item(Item={"streamName": "batch", "shardId": f"{n:02d}"})
        writer.delete_item(Key={"streamName": "batch", "shardId": "00"})
    keys = [{"streamName": {"S": "batch"}, "shardId": {"S": f"{n:02d}"}} for n in range(60)]
    got = db.batch_get_item(RequestItems={"leases": {"Keys": keys, "ConsistentRead": True}})
    same((len(got["Responses"]["leases"]), got["UnprocessedKeys"]), (59, {}), "items, keys left over")
    return "60 written in batches of 25, one deleted, 59 read"


@operation("transact_write_items, transact_get_items")
def together():
    put = lambda n, **more: {"Put": {"TableName": "leases", "Item": {"streamName": {"S": "together"}, "shardId": {"S": str(n)}}, **more}}
    db.transact_write_items(TransactItems=[put(1), put(2)], ClientRequestToken="once")
    db.transact_write_items(TransactItems=[put(1), put(2)], ClientRequestToken="once")
    refusal("IdempotentParameterMismatchException", db.transact_write_items, TransactItems=[put(1), put(3)], ClientRequestToken="once")
    e = refusal("TransactionCanceledException", db.transact_write_items, TransactItems=[put(3), put(1, ConditionExpression="attribute_not_exists(shardId)")])
    same([r["Code"] for r in e.response["CancellationReasons"]], ["None", "ConditionalCheckFailed"], "reasons")
    get = lambda n: {"Get": {"TableName": "leases", "Key": {"streamName": {"S": "together"}, "shardId": {"S": str(n)}}}}
    got = db.transact_get_items(TransactItems=[get(1), get(2), get(3)])["Responses"]
    same(["Item" in r for r in got], [True, True, False], "items that are there")
    return "two rows, the third never"


@operation("update_table: index LeaseOwnerToLeaseKeyIndex")
def index():
    db.create_table(TableName="kcl", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "leaseKey", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "leaseKey", "AttributeType": "S"}], DeletionProtectionEnabled=True, Tags=[{"Key": "app", "Value": "kcl"}])
    db.get_waiter("table_exists").wait(TableName="kcl", WaiterConfig=SOON)
    for n in range(10):
        db.put_item(TableName="kcl", Item={"leaseKey": {"S": f"shard-{n}"}, "checkpoint": {"S": "LATEST"}, **({"leaseOwner": {"S": f"worker-{n % 2}"}} if n < 8 else {})})
    out = db.update_table(TableName="kcl", AttributeDefinitions=[{"AttributeName": a, "AttributeType": "S"} for a in ("leaseKey", "leaseOwner")],
                          GlobalSecondaryIndexUpdates=[{"Create": {"IndexName": "LeaseOwnerToLeaseKeyIndex", "Projection": {"ProjectionType": "KEYS_ONLY"},
                                                                   "KeySchema": [{"AttributeName": "leaseOwner", "KeyType": "HASH"}, {"AttributeName": "leaseKey", "KeyType": "RANGE"}]}}])
    made = out["TableDescription"]["GlobalSecondaryIndexes"][0]
    same((made["IndexStatus"], out["TableDescription"]["TableStatus"]), ("CREATING", "UPDATING"), "states")
    ask = dict(TableName="kcl", IndexName="LeaseOwnerToLeaseKeyIndex", KeyConditionExpression="leaseOwner = :o", ExpressionAttributeValues={":o": {"S": "worker-1"}})
    refusal("ValidationException", db.query, **ask)
    until = time.monotonic() + 10
    while db.describe_table(TableName="kcl")["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] != "ACTIVE":
        hold(time.monotonic() < until, "the index never became ACTIVE")
        time.sleep(0.02)
    items = db.query(**ask)["Items"]
    same(items, [{"leaseKey": {"S": f"shard-{n}"}, "leaseOwner": {"S": "worker-1"}} for n in (1, 3, 5, 7)], "rows of the index")
    refusal("ValidationException", db.query, ConsistentRead=True, **ask)
    return "CREATING and not readable, then ACTIVE: 4 of 10 rows, keys only, in order"


@operation("deletion protection, point-in-time recovery, tags, time to live")
def table_settings():
    refusal("ValidationException", db.delete_table, TableName="kcl")
    db.update_table(TableName="kcl", DeletionProtectionEnabled=False)
    status = lambda d: d["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    same(status(db.describe_continuous_backups(TableName="kcl")), "DISABLED", "recovery")
    same(status(db.update_continuous_backups(TableName="kcl", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})), "ENABLED", "recovery")
    arn = db.describe_table(TableName="kcl")["Table"]["TableArn"]
    db.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "x"}])
    db.untag_resource(ResourceArn=arn, TagKeys=["app"])
    same(db.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "team", "Value": "x"}], "tags")
    db.update_time_to_live(TableName="kcl", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    same(db.describe_time_to_live(TableName="kcl")["TimeToLiveDescription"], {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}, "time to live")
    return "each as it was set"


@operation("delete_table, waiter table_not_exists")
def delete():
    until = time.monotonic() + 10
    while db.describe_table(TableName="kcl")["Table"]["TableStatus"] != "ACTIVE":
        hold(time.monotonic() < until, "the table never became ACTIVE again")
        time.sleep(0.02)
    same(db.delete_table(TableName="kcl")["TableDescription"]["TableStatus"], "DELETING", "state")
    db.get_waiter("table_not_exists").wait(TableName="kcl", WaiterConfig=SOON)
    same(db.list_tables()["TableNames"], ["leases"], "tables left")
    return "DELETING, then gone"


@operation("errors by name")
def errors():
    for code, call, arguments in (
        ("ValidationException", db.query, dict(TableName="leases", KeyConditionExpression="streamName")),
        ("ValidationException", db.update_item, dict(TableName="leases", Key=shard(0), UpdateExpression="SET shardId = :x", ExpressionAttributeValues={":x": {"S": ""}})),
        ("ValidationException", db.get_item, dict(TableName="leases", Key={"streamName": {"S": "x"}})),
        ("ResourceNotFoundException", db.scan, dict(TableName="nowhere")),
        ("ResourceNotFoundException", db.delete_table, dict(TableName="nowhere")),
        ("TableNotFoundException", db.describe_continuous_backups, dict(TableName="nowhere")),
        ("LimitExceededException", db.update_table, dict(TableName="leases", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "one"}}, {"Delete": {"IndexName": "two"}}])),
    ):
        e = refusal(code, call, **arguments)
        hold(e.response["Error"]["Message"], f"{code} has no message")
    return "7 errors with their codes and messages"


@operation("documented policy: eight actions on two tables")
def allowed():
    for name in ("leases", "leases_migration"):
        bound.create_table(**{**LEASES, "TableName": name})
        bound.get_waiter("table_exists").wait(TableName=name, WaiterConfig=SOON)
        bound.put_item(TableName=name, Item=shard(0))
        bound.update_item(TableName=name, Key=shard(0), UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"N": "1"}})
        same(bound.get_item(TableName=name, Key=shard(0))["Item"]["n"], {"N": "1"}, "item")
        same(bound.query(TableName=name, KeyConditionExpression="streamName = :s", ExpressionAttributeValues={":s": {"S": "quakes"}})["Count"], 1, "rows queried")
        same(bound.scan(TableName=name)["Count"], 1, "rows scanned")
    bound.delete_table(TableName="leases_migration")
    return "CreateTable, DescribeTable, PutItem, UpdateItem, GetItem, Query, Scan, DeleteTable"


@operation("documented policy: what a KCL needs besides is refused")
def denied():
    index = dict(Create=dict(IndexName="LeaseOwnerToLeaseKeyIndex", Projection={"ProjectionType": "KEYS_ONLY"}, KeySchema=[{"AttributeName": "leaseOwner", "KeyType": "HASH"}]))
    for call, arguments, action in (
        (bound.delete_item, dict(TableName="leases", Key=shard(0)), "DeleteItem"),
        (bound.update_table, dict(TableName="leases", AttributeDefinitions=[{"AttributeName": "leaseOwner", "AttributeType": "S"}], GlobalSecondaryIndexUpdates=[index]), "UpdateTable"),
        (bound.query, dict(TableName="leases", IndexName="LeaseOwnerToLeaseKeyIndex", KeyConditionExpression="leaseOwner = :o", ExpressionAttributeValues={":o": {"S": "x"}}), "Query"),
        (bound.create_table, {**LEASES, "TableName": "leases-WorkerMetricStats"}, "CreateTable"),
        (bound.update_continuous_backups, dict(TableName="leases", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}), "UpdateContinuousBackups"),
        (bound.create_table, {**LEASES, "Tags": [{"Key": "a", "Value": "b"}]}, "TagResource"),
        (bound.batch_get_item, dict(RequestItems={"leases": {"Keys": [shard(0)]}}), "BatchGetItem"),
        (bound.list_tables, {}, "ListTables"),
    ):
        message = refusal("AccessDeniedException", call, **arguments).response["Error"]["Message"]
        hold(f"is not authorized to perform: dynamodb:{action} on resource: arn:aws:dynamodb:" in message, message)
    same(bound.scan(TableName="leases")["Count"], 1, "rows afterwards")
    return "8 of 8 with AccessDeniedException"


hear()

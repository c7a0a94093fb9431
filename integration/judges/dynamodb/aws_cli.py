"""The AWS CLI as a user types it, one process a command."""
import subprocess
import sys


def run(*arguments):
    line = [sys.executable, "-m", "awscli", "--endpoint-url", os.environ["DYNAMODB_URL"], "--output", "json", "dynamodb", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, env={**os.environ, "AWS_MAX_ATTEMPTS": "1"})


def aws(*arguments):
    """The output of a command that must succeed."""
    done = run(*arguments)
    hold(done.returncode == 0, f"aws dynamodb {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def refused(code, *arguments):
    done = run(*arguments)
    same((done.returncode, f"({code})" in done.stderr), (255, True), f"exit code and {code} in: {done.stderr.strip()}")


@operation("create-table")
def create():
    made = aws("create-table", "--table-name", "cli", "--billing-mode", "PAY_PER_REQUEST", "--key-schema", "AttributeName=h,KeyType=HASH", "AttributeName=r,KeyType=RANGE",
               "--attribute-definitions", "AttributeName=h,AttributeType=S", "AttributeName=r,AttributeType=N")
    same(made["TableDescription"]["TableStatus"], "CREATING", "state")
    time.sleep(0.4)  # the CLI's waiter would look again after 20 s
    aws("wait", "table-exists", "--table-name", "cli")
    refused("ResourceInUseException", "create-table", "--table-name", "cli", "--billing-mode", "PAY_PER_REQUEST", "--key-schema", "AttributeName=h,KeyType=HASH",
            "--attribute-definitions", "AttributeName=h,AttributeType=S")
    return "CREATING, then ACTIVE; a second time exit 255"


@operation("put-item, get-item")
def put():
    aws("put-item", "--table-name", "cli", "--item", '{"h": {"S": "a"}, "r": {"N": "1"}, "b": {"B": "hi"}, "l": {"L": [{"NULL": true}, {"BOOL": false}]}}')
    got = aws("get-item", "--table-name", "cli", "--key", '{"h": {"S": "a"}, "r": {"N": "1.0"}}', "--consistent-read")
    same(got["Item"], {"h": {"S": "a"}, "r": {"N": "1"}, "b": {"B": "aGk="}, "l": {"L": [{"NULL": True}, {"BOOL": False}]}}, "item")
    return "one item, its number key in another form"


@operation("update-item")
def update():
    change = ["update-item", "--table-name", "cli", "--key", '{"h": {"S": "a"}, "r": {"N": "1"}}', "--update-expression", "SET #n = if_not_exists(#n, :zero) + :one",
              "--expression-attribute-names", '{"#n": "n"}', "--return-values", "UPDATED_NEW"]
    got = aws(*change, "--expression-attribute-values", '{":zero": {"N": "0"}, ":one": {"N": "1"}}')
    same(got, {"Attributes": {"n": {"N": "1"}}}, "answer")
    refused("ConditionalCheckFailedException", *change, "--condition-expression", "#n = :seven", "--expression-attribute-values", '{":zero": {"N": "0"}, ":one": {"N": "1"}, ":seven": {"N": "7"}}')
    return "counted once, fenced once"


@operation("batch-write-item, query, scan, with the CLI's paging")
def read():
    for first in (2, 22):
        puts = [{"PutRequest": {"Item": {"h": {"S": "a"}, "r": {"N": str(n)}}}} for n in range(first, first + 20)]
        same(aws("batch-write-item", "--request-items", json.dumps({"cli": puts}))["UnprocessedItems"], {}, "left over")
    got = aws("query", "--table-name", "cli", "--key-condition-expression", "h = :h", "--expression-attribute-values", '{":h": {"S": "a"}}', "--page-size", "7", "--no-scan-index-forward")
    same([i["r"]["N"] for i in got["Items"]], [str(n) for n in range(41, 0, -1)], "rows of the query")
    part = aws("scan", "--table-name", "cli", "--max-items", "10")
    rest = aws("scan", "--table-name", "cli", "--starting-token", part["NextToken"])
    same((len(part["Items"]), len(rest["Items"])), (10, 31), "rows of two scans")
    return "41 rows, backwards in pages of 7; 10 and 31 by token"


@operation("transact-write-items")
def together():
    refused("TransactionCanceledException", "transact-write-items", "--transact-items", json.dumps([
        {"Delete": {"TableName": "cli", "Key": {"h": {"S": "a"}, "r": {"N": "2"}}}},
        {"ConditionCheck": {"TableName": "cli", "Key": {"h": {"S": "a"}, "r": {"N": "3"}}, "ConditionExpression": "attribute_not_exists(h)"}}]))
    same(aws("query", "--table-name", "cli", "--select", "COUNT", "--key-condition-expression", "h = :h", "--expression-attribute-values", '{":h": {"S": "a"}}')["Count"], 41, "rows")
    return "cancelled, nothing deleted"


@operation("describe-table, list-tables, describe-limits")
def describe():
    table = aws("describe-table", "--table-name", "cli")["Table"]
    same((table["ItemCount"], table["TableStatus"]), (41, "ACTIVE"), "items, state")
    same(aws("list-tables")["TableNames"], ["cli"], "tables")
    hold(aws("describe-limits")["TableMaxReadCapacityUnits"] > 0, "limits")
    return "41 items in one table"


@operation("delete-table")
def delete():
    same(aws("delete-table", "--table-name", "cli")["TableDescription"]["TableStatus"], "DELETING", "state")
    time.sleep(0.4)  # the CLI's waiter would look again after 20 s
    aws("wait", "table-not-exists", "--table-name", "cli")
    refused("ResourceNotFoundException", "describe-table", "--table-name", "cli")
    return "DELETING, then gone"


hear()

"""Asks Snowflake with snowflake-connector-python as it comes from the registry.

The arguments of connect() are one JSON object on the command line. One JSON
object a line on stdin: {"sql": ..}. One a line on stdout: {"answer": {"columns":
[{"name": .., "type": ..}], "rows": [[text or null, ..]]}} or {"error": ..}.
"""
import json
import sys

import snowflake.connector
from snowflake.connector.constants import FIELD_ID_TO_NAME


def text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


connection = snowflake.connector.connect(**json.loads(sys.argv[1]))
cursor = connection.cursor()
print(json.dumps({"answer": f"snowflake-connector-python {snowflake.connector.__version__}"}), flush=True)
for line in sys.stdin:
    try:
        cursor.execute(json.loads(line)["sql"])
        columns = [{"name": c[0], "type": FIELD_ID_TO_NAME[c[1]]} for c in cursor.description]
        answer = {"columns": columns, "rows": [[text(v) for v in row] for row in cursor.fetchall()]}
        out = json.dumps({"answer": answer})
    except Exception as e:
        out = json.dumps({"error": f"{type(e).__name__}: {e}"})
    print(out, flush=True)
connection.close()

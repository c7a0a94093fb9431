"""Aggregates each line of user records and answers it with a line of one Kinesis record."""

import base64
import json
import os
import sys

os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"

from aws_kinesis_agg.aggregator import RecordAggregator  # noqa: E402

for line in sys.stdin:
    aggregator = RecordAggregator()
    for u in json.loads(line):
        aggregator.add_user_record(u["key"], base64.b64decode(u["data"]), u["hash"] or None)
    key, _, data = aggregator.clear_and_get().get_contents()
    print(json.dumps({"key": key, "data": base64.b64encode(data).decode()}), flush=True)

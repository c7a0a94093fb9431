"""Streams a file of JSON lines with Snowflake's Python SDK; the offset token of
a row is its line. Dies at line DIE, where that is given: kill -9."""

import json
import os
import signal
import sys

from snowflake.ingest.streaming import StreamingIngestClient

file, die = sys.argv[1], int(sys.argv[2])
properties = json.loads(os.environ["PROPERTIES"])
properties["private_key"] = open(os.environ["KEY_FILE"]).read()

client = StreamingIngestClient("quakes", "DB", "S", "EARTHQUAKES-STREAMING", properties=properties)
channel, status = client.open_channel("FEED")
committed = status.latest_committed_offset_token
print(f"opened {channel.channel_name}: {status.status_code}, committed {committed}")

last = None
for offset, line in enumerate(open(file, encoding="utf-8")):
    if committed is not None and offset <= int(committed):
        continue
    channel.append_row(json.loads(line), str(offset))
    last = offset
    if die and offset == die // 2:
        channel.wait_for_commit(lambda token: token is not None and int(token) >= offset, timeout_seconds=60)
        print(f"appended to {offset} and saw it committed")
    if die and offset == die:
        print(f"appended to {offset}; kill -9", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

channel.wait_for_commit(lambda token: token is not None and int(token) >= last, timeout_seconds=60)
status = channel.get_channel_status()
print(f"committed {status.latest_committed_offset_token}: {status.rows_inserted_count} rows inserted, {status.rows_error_count} errors")
client.close()

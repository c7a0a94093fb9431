"""Does what it is told with Snowflake's streaming SDK.

Reads one JSON command per line from standard input and writes one line with
"@ " and a JSON answer to standard output, between the SDK's own log lines.
"""

import datetime
import decimal
import json
import os
import random
import sys

from snowflake.ingest.streaming import StreamingIngestClient, StreamingIngestError

clients = {}
channels = {}


def status_of(status):
    error_at = status.last_error_timestamp
    return {
        "database": status.database_name,
        "schema": status.schema_name,
        "pipe": status.pipe_name,
        "channel": status.channel_name,
        "code": status.status_code,
        "committed": status.latest_committed_offset_token,
        "created_ms": round(status.created_on.timestamp() * 1000),
        "inserted": status.rows_inserted_count,
        "parsed": status.rows_parsed_count,
        "errors": status.rows_error_count,
        "error_offset": status.last_error_offset_token_upper_bound,
        "error_message": status.last_error_message,
        "error_ms": round(error_at.timestamp() * 1000) if error_at else None,
    }


def client(name, database, schema, pipe, properties, table="", **_):
    with open(os.environ["KEY_FILE"]) as key:
        properties["private_key"] = key.read()
    if table:
        clients[name] = StreamingIngestClient.from_table(name, database, schema, table, properties=properties)
    else:
        clients[name] = StreamingIngestClient(name, database, schema, pipe, properties=properties)
    return {}


def open_channel(client, channel, offset=None, **_):
    channels[client, channel], status = clients[client].open_channel(channel, offset)
    return {"status": status_of(status)}


def append(client, channel, rows, start=None, end=None, **_):
    channels[client, channel].append_rows(rows, start, end)
    return {}


def generate(client, channel, first, count, batch, size, **_):
    """Appends rows {"N": first...} with text that does not compress."""
    noise = random.Random(first)
    for begin in range(first, first + count, batch):
        ns = range(begin, min(begin + batch, first + count))
        rows = [{"N": n, "V": noise.randbytes(size // 2).hex()} for n in ns]
        channels[client, channel].append_rows(rows, str(ns[0]), str(ns[-1]))
    return {}


def native(client, channel, **_):
    """Appends one row of what Python has, to see how the SDK writes it."""
    row = {
        "N": 2**70,
        "D": decimal.Decimal("12345678901234567890.123456789"),
        "B": b"\x00\x01\xfe\xff",
        "T": datetime.datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=datetime.timezone.utc),
        "DAY": datetime.date(2026, 2, 3),
        "V": {"list": [1, 2.5, None, True], "text": "naïve \u2028 \U0001f30b \"quoted\""},
    }
    channels[client, channel].append_row(row, "native")
    return {}


def wait(client, channel, token, timeout, **_):
    channels[client, channel].wait_for_commit(
        lambda committed: committed is not None and int(committed) >= int(token), timeout_seconds=timeout)
    return {"committed": channels[client, channel].get_latest_committed_offset_token()}


def flush(client, channel, timeout, **_):
    channels[client, channel].wait_for_flush(timeout)
    return {}


def status(client, channels, **_):
    found = clients[client].get_channel_statuses(channels)
    return {"statuses": {name: status_of(found[name]) for name in found}}


def tokens(client, channels, **_):
    return {"tokens": clients[client].get_latest_committed_offset_tokens(channels)}


def drop(client, channel, **_):
    clients[client].drop_channel(channel)
    return {}


def close_channel(client, channel, **_):
    channels.pop((client, channel)).close(wait_for_flush=True, timeout_seconds=30)
    return {}


def close(client, timeout=60, **_):
    clients.pop(client).close(wait_for_flush=True, timeout_seconds=timeout)
    return {}


def elastic(client, rows, timeout, **_):
    channel = clients[client].get_elastic_channel()
    futures = [channel.append_row_with_wait(row, str(row["N"])) for row in rows]
    for future in futures:
        future.result(timeout)
    return {"acknowledged": len(futures)}


def answer(command):
    do = {
        "client": client, "open": open_channel, "append": append, "generate": generate, "native": native,
        "wait": wait, "flush": flush, "status": status, "tokens": tokens, "drop": drop,
        "close_channel": close_channel, "close": close, "elastic": elastic,
    }[command.pop("do")]
    try:
        return do(**command)
    except StreamingIngestError as e:
        return {"error": {"name": e.error_code.value, "http": e.http_status_code, "message": str(e)}}
    except Exception as e:
        return {"error": {"name": type(e).__name__, "http": 0, "message": str(e)}}


for line in sys.stdin:
    sys.stdout.write("@ " + json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
os._exit(0)

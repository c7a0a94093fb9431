"""Calls AWS with boto3 as it comes from the registry.

One JSON object a line on stdin: {"service": .., "call": .., "args": {..}}.
One a line on stdout: {"answer": ..} or {"error": ..}.
Bytes are {"base64": ..} both ways; times come out as microseconds since 1970.
Where the services are, and as whom: AWS_* in the environment.
"""
import base64
import datetime
import json
import sys

import boto3
import botocore

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def decode(value):
    if isinstance(value, dict):
        if value.keys() == {"base64"}:
            return base64.b64decode(value["base64"])
        return {k: decode(v) for k, v in value.items()}
    if isinstance(value, list):
        return [decode(v) for v in value]
    return value


def encode(value):
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(microseconds=1)
    raise TypeError(type(value).__name__)


clients = {}
print(json.dumps({"answer": f"boto3 {boto3.__version__}, botocore {botocore.__version__}"}), flush=True)
for line in sys.stdin:
    try:
        request = json.loads(line)
        service = request["service"]
        if service not in clients:
            clients[service] = boto3.client(service)
        answer = getattr(clients[service], request["call"])(**decode(request.get("args") or {}))
        answer.pop("ResponseMetadata", None)
        text = json.dumps({"answer": answer}, default=encode)
    except Exception as e:
        text = json.dumps({"error": f"{type(e).__name__}: {e}"})
    print(text, flush=True)

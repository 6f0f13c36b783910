"""Records for crafted inputs: ordinary ones, in which single texts can be replaced."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def call(number: int, *, name: str = "user/eve", event: str = "InvokeModel", **more: Any) -> bytes:
    """A record of CloudTrail without a newline; `more` are keys that it has as well or instead."""
    account = "111122223333"
    hour, minute, second = number // 3600 % 24, number // 60 % 60, number % 60
    record = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser",
            "arn": f"arn:aws:iam::{account}:{name}",
            "accountId": account,
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        },
        "eventTime": f"2024-03-05T{hour:02}:{minute:02}:{second:02}Z",
        "eventSource": "bedrock.amazonaws.com",
        "eventName": event,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "2001:db8::1",
        "userAgent": "Boto3/1.34.51",
        "requestParameters": {"modelId": "anthropic.claude-v2"},
        "eventID": f"{number:08x}-0000-4000-8000-000000000000",
        **more,
    }
    return json.dumps(record, separators=(",", ":")).encode()


def lines(records: Iterable[bytes]) -> bytes:
    return b"".join(record + b"\n" for record in records)

"""Small CloudTrail records for tests that do not depend on a record's details."""

from __future__ import annotations

import json
from typing import Any

START = 1_709_596_800  # 2024-03-05T00:00:00Z


def call(caller: str = "alice", second: int = 0, **members: Any) -> bytes:
    """A successful SendEmail in the first minute of the day."""
    record = {
        "eventTime": f"2024-03-05T00:00:{second:02}Z",
        "eventSource": "ses.amazonaws.com",
        "eventName": "SendEmail",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "2001:db8::1",
        "userIdentity": {"type": "IAMUser", "arn": caller},
        **members,
    }
    return json.dumps(record).encode()


def is_of(raw: bytes, principal: str) -> bool:
    """Whether the principal (a user, a role or a session) made the call in the record."""
    identity = json.loads(raw)["userIdentity"]
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    return principal in (identity.get("arn"), issuer.get("arn"))


def lines(count: int, caller: str = "alice", **members: Any) -> bytes:
    """This many records, one per line."""
    return b"".join(call(caller, second % 60, **members) + b"\n" for second in range(count))

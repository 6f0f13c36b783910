"""Measures the peak memory of a program, and makes records to fill it with."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

# On Linux a process inherits the peak of the process that it was forked from. This process may hold
# all the events, so a small process in between starts the program and reports its peak.
_MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as report:
    report.write(str(usage.ru_maxrss * 1024))
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measured(argv: list[str], report: Path) -> list[str]:
    """A command line that runs the program and reports its peak resident memory in bytes."""
    return [sys.executable, "-I", "-S", "-c", _MEASURE, str(report), *argv]


def bulky_record(rng: random.Random, caller: int, hour: int, address: int) -> bytes:
    """One model call as long as real ones, with different identities each time."""
    record = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE{caller:09}:session",
            "arn": f"arn:aws:sts::111122223333:assumed-role/service-{caller}/session",
            "accountId": "111122223333",
            "sessionContext": {"sessionIssuer": {"type": "Role", "userName": f"service-{caller}"}},
        },
        "eventTime": f"2024-03-05T{hour:02}:00:00Z",
        "eventSource": "bedrock.amazonaws.com",
        "eventName": "InvokeModel",
        "awsRegion": "us-east-1",
        "sourceIPAddress": f"2001:db8::{address:x}",
        "userAgent": "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1 lang/python#3.11.7",
        "requestParameters": {"modelId": "anthropic.claude-v2", "text": "x" * rng.randrange(600)},
        "requestID": f"{rng.getrandbits(128):032x}",
        "eventID": f"{rng.getrandbits(128):032x}",
    }
    return json.dumps(record).encode()

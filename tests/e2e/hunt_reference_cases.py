"""Calls, and rows of a baseline, for tests of the reference of hunt mode."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hunt_reference import HuntExpected, Reason, expected_hunt
from hunt_reference_baseline import Baseline, from_columns
from hunt_reference_calls import DAY, HOUR
from shipped_catalogue import catalogue_calls
from volume_reference import IndexedEvent, Row

ACCOUNT = "111111111111"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/backoffice"
STORY = 1_772_409_600 + 10 * HOUR  # Monday, 2026-03-02T10:00:00Z
NOW = STORY + 30 * DAY

HOME, OFFICE, STRANGE, INSIDE = "52.1.0.1", "52.2.0.1", "52.90.0.1", "10.0.0.1"
_SOURCES = {call.name: call.source for call in catalogue_calls()}
_SOURCES["AssumeRole"] = "sts.amazonaws.com"  # of a service that is shipped disabled
LONG = "2025-12-20/2026-02-20"  # long enough to be usual
SHORT = "2026-02-20/2026-02-26"  # 6 days: too short to be usual


def at(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def identity(principal: str) -> dict[str, Any]:
    if ":user/" in principal:
        return {"type": "IAMUser", "arn": principal, "accessKeyId": "ASIAX"}
    issuer = {"sessionIssuer": {"type": "Role", "arn": principal}}
    return {"type": "AssumedRole", "arn": "x/job", "sessionContext": issuer}


def call(
    time: int,
    name: str,
    who: str = USER,
    place: str | None = HOME,
    agent: str = "app",
    parameters: Any = None,
    **members: Any,
) -> IndexedEvent:
    record = {
        "eventTime": at(time),
        "eventSource": _SOURCES[name],
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": place,
        "userAgent": agent,
        "userIdentity": identity(who),
        "recipientAccountId": ACCOUNT,
        "requestParameters": parameters,
        "sessionCredentialFromConsole": "true",
        **members,
    }
    return None, json.dumps(record).encode()


def mails(time: int, count: int, **more: Any) -> list[IndexedEvent]:
    """This many messages within a minute, at most 50 per event."""
    events = []
    for number, start in enumerate(range(0, count, 50)):
        to = ["x"] * min(50, count - start)
        parameters = {"destination": {"toAddresses": to}}
        events.append(call(time + number, "SendEmail", parameters=parameters, **more))
    return events


def row(
    principal: str, service: str = "account", first: int = STORY - 60 * DAY, **columns: str
) -> Any:
    """A row of the file; the principal's first day is long ago."""
    return from_columns(
        {
            "account": ACCOUNT,
            "principal": principal,
            "service": service,
            "first_seen": at(first),
            "last_seen": at(STORY - 3 * DAY),
            "peak_hour": "0",
            **columns,
        }
    )


# The account is known: another principal works from the office with the client `app`.
KNOWN = row(OTHER, networks=f"52.2.0.0/16={LONG}", clients=f"app={LONG}")
# The user is known too and works from home.
AT_HOME = row(USER, networks=f"52.1.0.0/16={LONG} 52.3.0.0/16={SHORT}", clients=f"app={LONG}")


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def reason_for(evidence: str, expected: HuntExpected) -> Reason:
    """The reason for a piece of evidence in the first row."""
    names = listed(expected.rows[0]["Evidence"])
    return expected.texts[0].reasons[names.index(evidence)]


def signs(events: list[IndexedEvent], *rows: Any, who: str = USER, **given: Any) -> dict[str, int]:
    """The rules that fire for a principal, and their scores."""
    # Only this principal's row counts here; tests request other principals' rows separately.
    expected = expected_hunt(events, min_risk=0, baseline=Baseline(dict(rows)), **given)
    found_rows = [one for one in expected.rows if who in listed(one["Members"])]
    [found] = found_rows or [{"Evidence": ""}]
    names = listed(found["Evidence"])
    return {name: score for name, score in expected.fired if name in names}


def rows_of(events: list[IndexedEvent], *rows: Any, **given: Any) -> list[Row]:
    """All rows, in the order of their principals."""
    expected = expected_hunt(events, **{"min_risk": 0, "baseline": Baseline(dict(rows)), **given})
    return sorted(expected.rows, key=lambda one: str(one["Principal"]))


def user(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def trusting(*principals: str, external_id: bool = False) -> str:
    """A trust policy document."""
    condition = {"StringEquals": {"sts:ExternalId": "1"}} if external_id else None
    statement = {"Effect": "Allow", "Principal": {"AWS": principals}, "Condition": condition}
    return json.dumps({"Statement": [statement]})


def made(
    time: int, name: str, who: str = USER, place: str = STRANGE, by: str = "CreateUser", **more: str
) -> IndexedEvent:
    kind = "roleName" if by in ("CreateRole", "UpdateAssumeRolePolicy") else "userName"
    return call(time, by, who, place, parameters={kind: name, **more})

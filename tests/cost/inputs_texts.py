"""Crafted texts within records: names, addresses, agents, regions, policy documents, times."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cost_records import call, lines
from measured_cost import CraftedInput, Input


def _scan(mode: str, *more: str) -> tuple[str, ...]:
    return ("scan", "--mode", mode, "--threads", "1", *more, "-")


_HUNT = _scan("hunt", "--min-risk", "0", "--format", "csv")
_VOLUME = _scan("volume", "--min-score", "0", "--bedrock-threshold", "0", "--format", "csv")
_COVERAGE = _scan("coverage", "--format", "csv")


def _each(**texts: Callable[[int], Any]) -> Callable[[int], Input]:
    """As many records, in which texts are made of the number."""
    return lambda count: Input(
        lines(call(at, **{key: make(at) for key, make in texts.items()}) for at in range(count))
    )


def _one(make: Callable[[int], dict[str, Any]]) -> Callable[[int], Input]:
    """One record with a text of a given length."""
    return lambda count: Input(call(0, **make(count)) + b"\n")


def _identity(arn: str) -> dict[str, Any]:
    return {"type": "AssumedRole", "arn": arn, "accountId": "111122223333"}


def _policy(statements: list[Any]) -> dict[str, Any]:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return {
        "eventSource": "iam.amazonaws.com",
        "eventName": "UpdateAssumeRolePolicy",
        "requestParameters": {"roleName": "a", "policyDocument": document},
    }


def _statement(at: int) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{at:012}:root"},
    }


def _time(at: int) -> str:
    """A time in another year, month and hour than the ones before, from year 1 on."""
    return f"{at * 37 % 9998 + 1:04}-{at % 12 + 1:02}-03T{at % 24:02}:00:00Z"


_PREFIX = "a" * 900

INPUTS = [
    *(
        CraftedInput(f"{arguments[2]}: {name}", _each(**texts), 300, arguments)
        for arguments, name, texts in (
            (
                _HUNT,
                "an address for each record",
                {"sourceIPAddress": lambda at: f"2001:db8::{at:x}"},
            ),
            (_HUNT, "a long agent for each record", {"userAgent": lambda at: f"{_PREFIX}/{at}"}),
            (_VOLUME, "a principal for each record", {"name": lambda at: f"user/{at}"}),
            (_VOLUME, "a long region for each record", {"awsRegion": lambda at: f"{_PREFIX}{at}"}),
            (_VOLUME, "times from all years", {"eventTime": _time}),
            (
                _COVERAGE,
                "a long region for each record",
                {"awsRegion": lambda at: f"{_PREFIX}{at}"},
            ),
        )
    ),
    CraftedInput(
        "an ARN of slashes", _one(lambda n: {"userIdentity": _identity("arn:" + "/" * n)}), 100_000
    ),
    CraftedInput(
        "a session name of dashes and digits",
        _one(
            lambda n: {
                "userIdentity": _identity("arn:aws:sts::111122223333:assumed-role/" + "-1A" * n)
            }
        ),
        50_000,
    ),
    CraftedInput("a user agent of words", _one(lambda n: {"userAgent": "a/1 " * n}), 25_000),
    CraftedInput("a user agent of slashes", _one(lambda n: {"userAgent": "/" * n}), 100_000),
    CraftedInput("an address of colons", _one(lambda n: {"sourceIPAddress": ":" * n}), 100_000),
    CraftedInput(
        "an error message of words",
        _one(lambda n: {"errorMessage": "max_tokens " * n, "errorCode": "ValidationException"}),
        20_000,
    ),
    CraftedInput(
        "a policy of statements", _one(lambda n: _policy([_statement(at) for at in range(n)])), 500
    ),
    CraftedInput(
        "a policy with one statement of accounts",
        _one(
            lambda n: _policy(
                [
                    {
                        "Effect": "Allow",
                        "Action": "*",
                        "Principal": {"AWS": [f"{at:012}" for at in range(n)]},
                    }
                ]
            )
        ),
        4_000,
    ),
    CraftedInput(
        "a policy of conditions",
        _one(
            lambda n: _policy(
                [{**_statement(1), "Condition": {f"A{at}": {"b": "c"} for at in range(n)}}]
            )
        ),
        4_000,
    ),
    CraftedInput(
        "request parameters in depth",
        _one(
            lambda n: {
                "requestParameters": json.loads(
                    '{"a":' * 500 + "[" + ",".join(["{}"] * n) + "]" + "}" * 500
                )
            }
        ),
        20_000,
    ),
]

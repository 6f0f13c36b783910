"""CloudTrail's records in the Open Cybersecurity Schema Framework, as in Amazon Security Lake."""

from __future__ import annotations

import datetime
import json
import random
from typing import Any

# The members that have a field in the schema. All others go under `unmapped`, by their path.
_MAPPED = {
    "eventTime",
    "eventSource",
    "eventName",
    "eventID",
    "eventCategory",
    "errorCode",
    "errorMessage",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "requestParameters",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.principalId",
    "userIdentity.accountId",
    "userIdentity.accessKeyId",
    "userIdentity.invokedBy",
    "userIdentity.sessionContext.sessionIssuer.arn",
}


def _leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [
            leaf
            for key, inner in value.items()
            for leaf in _leaves(inner, f"{path}.{key}" if path else key)
        ]
    return [(path, value)]


def _unmapped(record: dict[str, Any], rng: random.Random) -> Any:
    rest = {
        path: value if isinstance(value, str) else json.dumps(value)
        for path, value in _leaves({k: v for k, v in record.items() if k != "requestParameters"})
        if path not in _MAPPED and value is not None
    }
    forms = [
        lambda: rest,
        lambda: json.dumps(rest),
        lambda: [[key, value] for key, value in rest.items()],
        lambda: [{"key": key, "value": value} for key, value in rest.items()],
    ]
    return rng.choice(forms)()


def as_ocsf(line: bytes, rng: random.Random | None = None) -> bytes:
    """The same call in OCSF; writers and schema versions differ, so `rng` chooses the form."""
    rng = rng or random.Random(line)
    record = json.loads(line)
    identity = record.get("userIdentity") or {}
    at = datetime.datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00"))
    names = rng.choice([("uid", "uid_alt"), ("uuid", "uid")])
    user: dict[str, Any] = {
        "type": identity.get("type"),
        names[0]: identity.get("arn"),
        names[1]: identity.get("principalId"),
        "credential_uid": identity.get("accessKeyId"),
    }
    if rng.random() < 0.5:
        user["account"] = {"uid": identity.get("accountId")}
    else:
        user["account_uid"] = identity.get("accountId")
    issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    parameters = record.get("requestParameters")
    time: dict[str, Any] = {"time": int(at.timestamp()) * 1000}
    if rng.random() < 0.3:
        time = {"time_dt": at.isoformat()}
    ocsf = {
        "class_uid": rng.choice([3001, 3002, 3005, 6003]),
        **time,
        "metadata": {
            "product": {
                "name": rng.choice(["CloudTrail", "cloudtrail"]),
                "vendor_name": "AWS",
                "feature": {"name": record.get("eventCategory")},
            },
            "uid": record.get("eventID"),
        },
        "api": {
            "operation": record.get("eventName"),
            "service": {"name": record.get("eventSource")},
            "request": {
                "data": parameters if rng.random() < 0.5 else parameters and json.dumps(parameters)
            },
            "response": {
                "error": record.get("errorCode"),
                "message": record.get("errorMessage"),
            },
        },
        "cloud": {"provider": "AWS", "region": record.get("awsRegion")},
        "src_endpoint": (
            {"domain": record.get("sourceIPAddress")}
            if str(record.get("sourceIPAddress")).endswith(".com")
            else {"ip": record.get("sourceIPAddress")}
        ),
        "http_request": {"user_agent": record.get("userAgent")},
        "actor": {
            "user": user,
            "session": {"issuer": issuer.get("arn")},
            "invoked_by": identity.get("invokedBy"),
        },
        "unmapped": _unmapped(record, rng),
    }
    return json.dumps(ocsf, separators=(",", ":")).encode()

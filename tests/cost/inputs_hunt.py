"""Crafted records that make the state of hunt mode grow."""

from __future__ import annotations

import datetime
from typing import Any

from cost_records import call, lines
from hunt_history import CALLS
from measured_cost import CraftedInput, Input

_EVE = "arn:aws:iam::111122223333:user/eve"
_IAM = "iam.amazonaws.com"


def _id(at: int, kind: int = 1) -> str:
    return f"{at:08x}-0000-4000-8000-{kind:012}"


def _regions(event: str, source: str = "bedrock.amazonaws.com") -> Any:
    def make(count: int) -> Input:
        return Input(
            lines(
                call(
                    at % 3600,
                    event=event,
                    eventSource=source,
                    awsRegion=f"region-{at}",
                    eventID=_id(at),
                )
                for at in range(count)
            )
        )

    return make


def _stopped_trails(count: int) -> Input:
    """Trails that are stopped in one second, each in another region."""
    return Input(
        lines(
            call(
                0,
                event="StopLogging",
                eventSource="cloudtrail.amazonaws.com",
                awsRegion=f"region-{at}",
                requestParameters={"name": f"trail-{at}"},
                eventID=_id(at),
            )
            for at in range(count)
        )
    )


def _day(number: int) -> str:
    return (datetime.date.fromordinal(number)).isoformat() + "T00:00:00Z"


def _days(count: int) -> Input:
    """The same call on this many days, newest first."""
    return Input(
        lines(call(0, eventTime=_day(500_000 - at), eventID=_id(at)) for at in range(count))
    )


def _chain(count: int) -> Input:
    """Users of whom each made the next one."""
    return Input(
        lines(
            call(
                at % 86400,
                name=f"user/u{at}",
                event="CreateUser",
                eventSource=_IAM,
                requestParameters={"userName": f"u{at + 1}"},
                eventID=_id(at),
            )
            for at in range(count)
        )
    )


def _star(count: int) -> Input:
    """A user who made all the others."""
    return Input(
        lines(
            record
            for at in range(count)
            for record in (
                call(
                    at % 3600,
                    name="user/head",
                    event="CreateUser",
                    eventSource=_IAM,
                    requestParameters={"userName": f"u{at}"},
                    eventID=_id(at),
                ),
                call(3600 + at % 3600, name=f"user/u{at}", eventID=_id(at, 2)),
            )
        )
    )


def _all_bounds(count: int) -> Input:
    """Records of one principal in which every text is new."""
    return Input(
        lines(
            call(
                at % 3600,
                awsRegion=f"{at}-{'r' * 500}",
                userAgent=f"{at}-{'a' * 500}",
                sourceIPAddress=f"2001:db8::{at >> 16:x}:{at & 0xFFFF:x}",
                requestParameters={"modelId": f"{at}-{'m' * 500}"},
                eventID=_id(at),
            )
            for at in range(count)
        )
    )


_BASELINE_HEADER = (
    "account,principal,service,first_seen,last_seen,peak_hour,peak_day,peaks,phases,models,"
    "regions,networks,clients,parents,made,peak_cost\n"
)
_SEEN = "2024-01-01/2024-03-01"


def _account_row(
    principal: str,
    *,
    networks: str = "2001:db8::/32",
    clients: str = "",
    parents: str = "",
    made: str = "",
) -> str:
    networks = f"{networks}={_SEEN}"
    return (
        f"111122223333,{principal},account,2024-01-01T00:00:00Z,2024-03-01T00:00:00Z,0,,,"
        f"recon={_SEEN},,,{networks},{clients and f'{clients}={_SEEN}'},{parents},{made},\n"
    )


def _with_baseline(records: Any, rows: list[str], **more: bytes) -> Input:
    return Input(
        lines(records),
        {
            "baseline.csv": (_BASELINE_HEADER + "".join(rows)).encode(),
            **{k.replace("_", "."): v for k, v in more.items()},
        },
    )


_SCAN = ("scan", "--mode", "hunt", "--min-risk", "0", "--threads", "1", "--format", "csv")
_WITH_BASELINE = (*_SCAN, "--baseline", "baseline.csv", "-")
_WITH_LINKS = (*_SCAN, "--config", "links.conf", "--baseline", "baseline.csv", "-")
_LINKS = b"[service:links]\ndisabled = false\n"
_STS = "sts.amazonaws.com"


def _namesakes(count: int) -> Input:
    """Roles of one name under many paths, and calls that assume the role."""

    def role(at: int) -> dict[str, Any]:
        arn = f"arn:aws:iam::111122223333:role/p{at}/app"
        return {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/app/s",
            "accountId": "111122223333",
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": arn, "userName": "app"}},
        }

    records = [
        record
        for at in range(count)
        for record in (
            call(at % 3600, userIdentity=role(at), eventID=_id(at)),
            call(
                at % 86400,
                event="AssumeRole",
                eventSource=_STS,
                eventID=_id(at, 2),
                requestParameters={
                    "roleArn": "arn:aws:iam::111122223333:role/app",
                    "roleSessionName": "s",
                },
            ),
        )
    ]
    return _with_baseline(records, [_account_row(_EVE)], links_conf=_LINKS)


def _vouched(count: int) -> Input:
    """Calls that make a user whom the baseline knows under many paths."""
    made = " ".join(f"2024-03-01T00:00:0{at}Z/{_EVE}/k" for at in range(4))
    rows = [_account_row(_EVE)] + [
        _account_row(f"arn:aws:iam::111122223333:user/p{at}/u", made=made) for at in range(count)
    ]
    records = [
        call(
            at % 86400,
            event="CreateAccessKey",
            eventSource=_IAM,
            eventID=_id(at),
            requestParameters={"userName": "u"},
        )
        for at in range(count)
    ]
    return _with_baseline([*records, call(5, name="user/u")], rows)


def _looks(count: int) -> Input:
    """Recon calls of all names."""
    names = _recon_names()
    return Input(
        lines(
            call(
                at % 3600,
                event=names[at % len(names)][1],
                eventSource=names[at % len(names)][0],
                awsRegion=f"r-{at % 8}",
                eventID=_id(at),
            )
            for at in range(count)
        )
    )


def _recon_names() -> list[tuple[str, str]]:
    return sorted(
        {
            (named.source, named.name)
            for (service, phase), calls in CALLS.items()
            if phase == "recon"
            for named in calls
            if not named.conditions
        }
    )


def _child_of_many_places(count: int) -> Input:
    """A made user with a history, who calls from many places that are not new."""
    child = "arn:aws:iam::111122223333:user/u"
    rows = [_account_row(_EVE), _account_row(child)]
    records = [
        call(
            0,
            event="CreateAccessKey",
            eventSource=_IAM,
            requestParameters={"userName": "u"},
            sourceIPAddress="3fff::1",
        )
    ]
    records += [
        call(
            at % 3600,
            name="user/u",
            sourceIPAddress=f"2001:db8::{at + 2:x}",
            awsRegion=f"r{at}",
            eventID=_id(at, 3),
        )
        for at in range(count)
    ]
    return _with_baseline(records, rows)


def _years(count: int) -> Input:
    """Calls from the year 1 to 9999."""
    step = 3_600_000 // count
    return Input(
        lines(call(0, eventTime=_day(1 + at * step), eventID=_id(at)) for at in range(count))
    )


INPUTS = [
    CraftedInput("regions: use in ever new ones", _regions("InvokeModel"), 1500),
    CraftedInput("regions: trails that are stopped in one second", _stopped_trails, 150),
    CraftedInput("times: calls on many days, newest first", _days, 1000),
    CraftedInput("links: users of whom each made the next", _chain, 500),
    CraftedInput("links: a user who made all the others", _star, 500),
    CraftedInput("records in which every text is new", _all_bounds, 1500),
    CraftedInput("links: namesakes of a role that is assumed", _namesakes, 800, _WITH_LINKS),
    CraftedInput("history: a user whom many rows vouch for", _vouched, 800, _WITH_BASELINE),
    CraftedInput("recon calls of all names", _looks, 1500),
    CraftedInput(
        "places: a child that calls from many", _child_of_many_places, 1500, _WITH_BASELINE
    ),
    CraftedInput(
        "times: the years 1 to 9999, in a report",
        _years,
        1000,
        (*_SCAN[:-1], "html", "-o", "report.html", "-"),
    ),
]

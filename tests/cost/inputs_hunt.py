"""Crafted records and partial documents that make the state of hunt mode grow."""

from __future__ import annotations

import datetime
import json
from typing import Any

from chunk_body import EventRow, Layout, write_body
from cluster import COLUMNS, PARTIAL, Peer, run_cluster
from cost_records import call, lines
from hunt_history import CALLS
from measured_cost import CraftedInput, Input
from program_under_test import program
from splunkd import execute, frame, getinfo

_ARGUMENTS = ["mode=hunt", "min_risk=0"]
_EVE = "arn:aws:iam::111122223333:user/eve"
_ALL_SECONDS = (1 << 60) - 1
_LARGEST_DOCUMENT = 32_000
_IAM = "iam.amazonaws.com"
_MINUTE = 29_540_760  # 2026-03-02T10:00:00Z


def _id(at: int, kind: int = 1) -> str:
    return f"{at:08x}-0000-4000-8000-{kind:012}"


def _document(records: list[bytes]) -> dict[str, Any]:
    """The document with which an indexer answers these records."""
    _, traffic, _ = run_cluster(
        program(), _ARGUMENTS, [Peer([{"_time": b"1", "_raw": raw} for raw in records])]
    )
    [document] = traffic.documents
    return json.loads(document)


def _search(documents: list[dict[str, Any]]) -> Input:
    rows: list[EventRow] = []
    for document in documents:
        document["tally"][0][10] = 1
        text = json.dumps(document, separators=(",", ":"))
        rows.append({"_time": b"1", PARTIAL: text.encode()})
    body = write_body(rows, Layout(tuple(COLUMNS)))
    return Input(frame(getinfo(_ARGUMENTS)) + frame(execute(finished=True), body))


def _forged_items(document: dict[str, Any], name: str, items: list[list[int]]) -> Input:
    """Documents like this one, except that one list has these items."""
    documents = []
    size = len(json.dumps({**document, name: []}))
    left = _LARGEST_DOCUMENT - size
    some: list[list[int]] = []
    for item in items:
        needed = len(json.dumps(item, separators=(",", ":"))) + 1
        if needed > left and some:
            documents.append({**document, name: some})
            some, left = [], _LARGEST_DOCUMENT - size
        some.append(item)
        left -= needed
    documents.append({**document, name: some})
    return _search(documents)


def _with_minutes(head: list[int], first: int, count: int) -> list[list[int]]:
    """Items with this head, each with some of the minutes, and all seconds of each minute."""
    per_item = 100
    return [
        head
        + [
            x
            for minute in range(begin, min(begin + per_item, first + count))
            for x in (minute, _ALL_SECONDS)
        ]
        for begin in range(first, first + count, per_item)
    ]


def _forged_mail_users(count: int) -> Input:
    """A user who is made and may send mail in every second of this many minutes."""
    policy = {"userName": "mallory", "policyArn": "arn:aws:iam::aws:policy/AmazonSESFullAccess"}
    document = _document(
        [
            call(
                0, event="CreateUser", eventSource=_IAM, requestParameters={"userName": "mallory"}
            ),
            call(1, event="AttachUserPolicy", eventSource=_IAM, requestParameters=policy),
        ]
    )
    items = [
        item
        for head in (subject[:-2] for subject in document["subjects"])
        for item in _with_minutes(head, _MINUTE, count)
    ]
    return _forged_items(document, "subjects", items)


def _forged_sums(event: str, source: str) -> Any:
    def make(count: int) -> Input:
        """Sums with all seconds, for calls of this many regions."""
        document = _document([call(0, event=event, eventSource=source)])
        [one] = document["calls"]
        kind = one[:5]
        texts = document["texts"]
        documents = []
        per_document = 300
        for begin in range(0, count, per_document):
            names = [f"r{at}" for at in range(begin, min(begin + per_document, count))]
            items = [
                [*kind, 0, one[15], one[12], one[11], len(texts) + at, 0, 60, 60, _ALL_SECONDS]
                for at in range(len(names))
            ]
            documents.append(
                {
                    **{k: v for k, v in document.items() if k != "calls"},
                    "texts": texts + names,
                    "sums": items,
                }
            )
        return _search(documents)

    return make


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


def _forged_days(count: int) -> Input:
    """Days of one model, from the newest to the oldest."""
    document = _document([call(0)])
    [item] = document["models"]
    items = [
        item[:-2] + [x for day in range(begin, begin - 100, -1) for x in (day, 1)]
        for begin in range(2_000_000, 2_000_000 - count, -100)
    ]
    return _forged_items(document, "models", items)


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


def _tiny_documents(count: int) -> Input:
    """Documents of one principal, each with one call."""
    document = _document([call(0)])
    [one] = document["calls"]
    documents = []
    for at in range(count):
        item = [*one]
        item[5] = at << 1
        documents.append({**document, "calls": [item]})
    return _search(documents)


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
    CraftedInput("forged minutes: users who may send mail", _forged_mail_users, 50, ()),
    CraftedInput(
        "forged sums: recon calls in many regions",
        _forged_sums("ListFoundationModels", "bedrock.amazonaws.com"),
        500,
        (),
    ),
    CraftedInput(
        "forged sums: stopped trails in many regions",
        _forged_sums("StopLogging", "cloudtrail.amazonaws.com"),
        500,
        (),
    ),
    CraftedInput("regions: use in ever new ones", _regions("InvokeModel"), 1500),
    CraftedInput("regions: trails that are stopped in one second", _stopped_trails, 150),
    CraftedInput("times: calls on many days, newest first", _days, 1000),
    CraftedInput("forged days of a model, newest first", _forged_days, 5000, ()),
    CraftedInput("links: users of whom each made the next", _chain, 500),
    CraftedInput("links: a user who made all the others", _star, 500),
    CraftedInput("documents: 1 call in each, all of one principal", _tiny_documents, 100, ()),
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

"""Forged partial documents that make the state of hunt mode grow."""

from __future__ import annotations

import json
from typing import Any

from chunk_body import EventRow, Layout, write_body
from cluster import COLUMNS, PARTIAL, Peer, run_cluster
from cost_records import call
from measured_cost import CraftedInput, Input
from program_under_test import program
from splunkd import execute, frame, getinfo

_ARGUMENTS = ["mode=hunt", "min_risk=0"]
_ALL_SECONDS = (1 << 60) - 1
_LARGEST_DOCUMENT = 32_000
_IAM = "iam.amazonaws.com"
_MINUTE = 29_540_760  # 2026-03-02T10:00:00Z


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


def _forged_days(count: int) -> Input:
    """Days of one model, from the newest to the oldest."""
    document = _document([call(0)])
    [item] = document["models"]
    items = [
        item[:-2] + [x for day in range(begin, begin - 100, -1) for x in (day, 1)]
        for begin in range(2_000_000, 2_000_000 - count, -100)
    ]
    return _forged_items(document, "models", items)


def _forged_deliveries(count: int) -> Input:
    """Calls without an id, each of which was delivered as often as calls are kept one by one."""
    record = json.loads(call(0))
    del record["eventID"]
    document = _document([json.dumps(record).encode()])
    [one] = document["calls"]
    items = [[*one[:4], one[4] - at, *one[5:-1], 1024] for at in range(count)]
    return _forged_items(document, "calls", items)


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
    CraftedInput("forged days of a model, newest first", _forged_days, 5000, ()),
    # Each item stands for 1,024 calls, and costs what they would.
    CraftedInput(
        "forged deliveries of calls without an id",
        _forged_deliveries,
        50,
        (),
        times_alone=4,
        most_per_byte=100_000,
    ),
    CraftedInput("documents: 1 call in each, all of one principal", _tiny_documents, 100, ()),
]

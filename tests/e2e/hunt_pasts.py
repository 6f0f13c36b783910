"""Pasts of random histories: the events that a baseline learns before the story begins.

The callers of a story, their peers and others of the account did much the same in the weeks before,
from the same places and from others. Values are close to the limits that decide: days 6 or 7 apart,
first rows 7 or 14 days old, lists exactly at their caps, hours shortly before the cutoff.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from hunt_history import (
    DAY,
    HOUR,
    START,
    Caller,
    Event,
    History,
    Json,
    pick,
    shuffled,
    upto,
)
from hunt_values import AGENTS, MODELS, REGIONS

# The newest event of the past; the hours that end in the 24 h before the run are left for the next
# run.
END = START - HOUR
_STEADY_DAYS = 63


def stamp(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sibling(h: History, identity: Any) -> Any:
    """Somebody else, mostly of the same family."""
    text = json.dumps(identity)
    change = pick(h.rng, ["number", "suffix", "hex", "person", "name"])
    if change == "number":
        text = re.sub("(worker|pr-)[0-9]+", r"\g<1>99", text)
    elif change == "suffix":
        text = re.sub('(role/deploy)(-[A-Z0-9]+)?"', r'\1-ZZ99ZZ99ZZ99"', text)
    elif change == "hex":
        text = text.replace("Task0A1B2C3D", "TaskFFFFFFFF")
    elif change == "person":
        text = re.sub("(ann|ben)@", "cleo@", text)
    else:
        text = text.replace("user/", "user/x").replace("role/deploy", "role/rolled")
    return json.loads(text)


def again(h: History, event: Event, time: int, changes: Json) -> None:
    """The same call at another time, mostly successful."""
    record = {**event.record, "eventTime": stamp(time), "eventID": h.uuid(), **changes}
    if h.rng.random() < 0.85:
        record.pop("errorCode", None)
    h.events.append(Event(time, record))


def _change(h: History, event: Event) -> Json:
    rng = h.rng
    changes: Json = {}
    if rng.random() < 0.25:
        changes["sourceIPAddress"] = h.place(upto(rng, 6), 1 + upto(rng, 3))
    if rng.random() < 0.15:
        changes["userAgent"] = pick(rng, AGENTS[:7])
    if rng.random() < 0.1:
        changes["awsRegion"] = pick(rng, [*REGIONS, None, "unknown", "moon % 1=2"])
    if rng.random() < 0.1 and event.record.get("eventSource") == "bedrock.amazonaws.com":
        changes["requestParameters"] = {"modelId": pick(rng, [*MODELS, "a b=c%20/d e=f%"])}
    if rng.random() < 0.25:
        changes["userIdentity"] = sibling(h, event.record.get("userIdentity"))
    return changes


def days_apart(h: History, oldest: int) -> list[int]:
    """One or two times between the oldest and the end."""
    rng = h.rng
    first = oldest + upto(rng, max(0, END - DAY - oldest))
    last = first // DAY * DAY + pick(rng, [6, 7, 7, 7, 8, 20]) * DAY + upto(rng, DAY - 1)
    if last > END - DAY:  # then the times are close to the end of the range
        last = END - DAY - pick(rng, [0, 1, HOUR - 1, HOUR, 2 * HOUR, upto(rng, 3 * DAY)])
        first = last // DAY * DAY - pick(rng, [6, 7, 7, 8, 20]) * DAY + upto(rng, DAY - 1)
    return [max(first, oldest), last] if rng.random() < 0.9 else [max(first, oldest)]


def _done_before(h: History, story: list[Event], oldest: int) -> None:
    rng = h.rng
    for event in shuffled(rng, story)[: pick(rng, [1, 2, 4, 8])]:
        changes = _change(h, event)
        times = days_apart(h, oldest)
        if rng.random() < 0.08:  # a young principal
            times = [event.time - 7 * DAY + pick(rng, [-HOUR, -1, 0, 0, 1, HOUR])]
        for time in times:
            again(h, event, time, changes)


def _others(h: History, oldest: int) -> None:
    """Others that use the services every week from their usual places."""
    rng = h.rng
    for name in shuffled(rng, ["backoffice", "front"])[: pick(rng, [1, 1, 2])]:
        role = Caller(h.session(name, "job"), place=h.place(pick(rng, [1, 2, 3]), 9))
        role.agent = pick(rng, AGENTS[:4])
        for service in shuffled(rng, ["bedrock", "ses", "sns", "sms_voice"])[: upto(rng, 3)]:
            for time in days_apart(h, oldest):
                h.use(role, time, service, 1)
        call = pick(rng, ["GetSendQuota", "CreateUser", "ListFoundationModels"])
        for time in (oldest, max(oldest, END - 3 * DAY)):
            h.add(role, time, call)


def _many_values(h: History, story: list[Event], oldest: int) -> None:
    """Lists that are exactly at their caps, or above them."""
    rng = h.rng
    event = pick(rng, story)
    key = pick(rng, ["sourceIPAddress", "userAgent", "awsRegion"])
    count = pick(rng, [16, 17, 17] if key == "userAgent" else [32, 33, 33])
    for number in range(count):
        value = {
            "sourceIPAddress": h.address_in(100 + number, "1.1"),
            "userAgent": f"client-{chr(97 + number)}",
            "awsRegion": f"mars-{number}",
        }[key]
        for time in (oldest + upto(rng, DAY), END - 2 * DAY - upto(rng, 9 * DAY)):
            again(h, event, time, {key: value})


def _makings(h: History, oldest: int) -> None:
    rng = h.rng
    users = [caller.user for caller in h.callers if caller.user]
    maker = Caller(h.session("backoffice", "job"), place=h.place(pick(rng, [1, 2, 3, 6]), 9))
    maker.agent = AGENTS[0]
    for _ in range(pick(rng, [1, 1, 2, 6])):
        time = pick(rng, [oldest + DAY, START - 31 * DAY, START - 30 * DAY, START - 3 * DAY])
        time += upto(rng, 2 * DAY)
        if users and rng.random() < 0.8:
            h.add(maker, time, "CreateAccessKey", "ok", {"userName": pick(rng, users)})
        else:
            role = pick(rng, ["deploy", "worker7", "a b/c=d"])
            h.add(maker, time, "CreateRole", "ok", {"roleName": role})


def _never_counted(h: History, story: list[Event]) -> None:
    """Events that are too old, or in the future."""
    event = pick(h.rng, story)
    for time in (-1, 0, START + 5000 * DAY):
        again(h, event, time, {})
    again(h, event, START - pick(h.rng, [89, 90, 91, 92]) * DAY, {})


def _age(h: History, story: list[Event]) -> int:
    """The first second of the account's oldest row."""
    rng = h.rng
    if h.is_settled or rng.random() < 0.6:
        return START - _STEADY_DAYS * DAY + upto(rng, 5 * DAY)
    time: int = pick(rng, story).time
    time = pick(rng, [time, time // HOUR * HOUR])
    return time - 14 * DAY + pick(rng, [-DAY, -1, 0, 0, 1, DAY])


def add_past(h: History) -> None:
    rng = h.rng
    story = list(h.events)
    is_known: bool | None = h.is_settled or rng.random() < 0.7
    if not is_known or not story:
        return
    oldest = _age(h, story)
    with h.in_past():
        if h.is_settled or rng.random() < 0.85:
            _others(h, oldest)
        _done_before(h, story, oldest)
        if rng.random() < 0.05:
            _many_values(h, story, oldest)
        if rng.random() < 0.15:
            _makings(h, oldest)
        if rng.random() < 0.03:
            _never_counted(h, story)

"""Random histories to compare `mode=hunt` and `mode=baseline` with their references.

A history is the activity of one account's principals, of every possible kind. It consists of
scenes, each of which meets, or narrowly misses, the conditions of one rule. Scenes overlap and are
surrounded by noise. The past of a history is the activity of the same principals and others of the
account in the weeks before. Each history has its own account, so that one search can contain many
histories.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import NamedTuple

from event_forms import delivery, lookup_item
from hunt_campaign_scenes import CAMPAIGN_SCENES, some_exceptions, too_many_to_join
from hunt_history import Event, History, Json, pick, shuffled
from hunt_history_scenes import RARE_SCENES, SCENES_WITH_PAST
from hunt_pasts import add_past
from hunt_scenes import SCENES, from_more_places_than_are_shown

IndexedEvent = tuple[str | None, bytes]  # `_time`, if the row has one, and `_raw`


class GeneratedHistory(NamedTuple):
    """One history."""

    past: list[IndexedEvent]
    story: list[IndexedEvent]
    exceptions: list[dict[str, str]]  # entries of an allowlist


def _written(rng: random.Random, record: Json) -> bytes:
    members = shuffled(rng, list(record.items())) if rng.random() < 0.2 else record.items()
    separators = pick(rng, [(",", ":"), (",", ":"), (", ", ": "), (" ,", " :")])
    as_ascii = rng.random() < 0.5
    text = json.dumps(dict(members), separators=separators, ensure_ascii=as_ascii)
    return text.encode("utf-8")


def _enveloped(rng: random.Random, raw: bytes) -> bytes:
    wrap = pick(
        rng,
        [
            delivery,
            lookup_item,
            lambda raw: b'{"Records":[' + raw + b"]}",
            lambda raw: b'{ "Records" : [ ' + raw + b" ,\t" + delivery(raw) + b" ] }",
            lambda raw: b'{"Events":[' + lookup_item(raw) + b',{"a":{}}]}',
        ],
    )
    return wrap(raw)


def _delivered(h: History, happened: Sequence[Event]) -> list[IndexedEvent]:
    """The events in any order, some of them repeated, and in several forms."""
    rng = h.rng
    doubled = pick(rng, [0.0, 0.0, 0.05, 0.3, 1.0])
    events = []
    for event in happened:
        raw = _written(rng, event.record)
        deliveries = [raw]
        if rng.random() < doubled:
            again = _written(rng, {**event.record, "sharedEventID": "x"})
            deliveries.append(pick(rng, [raw, raw, again]))
        for copy in deliveries:
            if rng.random() < 0.03:
                copy = _enveloped(rng, copy)
            events.append((event.row_time, copy))
    return shuffled(rng, events)


def generate_history(seed: int, index: int) -> GeneratedHistory:
    """One history; the same numbers give the same history."""
    rng = random.Random(f"history {seed} {index}")
    h = History(rng, f"{seed % 1_000_000:06}{index % 1_000_000:06}")
    for _ in range(pick(rng, [1, 2, 2, 3, 4])):
        kind = rng.random()
        pick(rng, SCENES if kind < 0.45 else SCENES_WITH_PAST if kind < 0.7 else CAMPAIGN_SCENES)(h)
    if rng.random() < 0.015:
        pick(rng, RARE_SCENES)(h)
    if rng.random() < 0.004:  # only rarely, because it is long
        from_more_places_than_are_shown(h)
    if rng.random() < 0.008:
        too_many_to_join(h)
    add_past(h)
    exceptions = some_exceptions(h) if rng.random() < 0.3 else []
    return GeneratedHistory(_delivered(h, h.past), _delivered(h, h.events), exceptions)


def generate_histories(seed: int, count: int) -> list[GeneratedHistory]:
    """This many histories with their pasts."""
    return [generate_history(seed, index) for index in range(count)]


def histories(seed: int, count: int) -> list[list[IndexedEvent]]:
    """Of this many histories the events without the past, each history's in order of delivery."""
    return [one.story for one in generate_histories(seed, count)]

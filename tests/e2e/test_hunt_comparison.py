"""The hunt and its reference agree on every row, whatever the events and their delivery."""

from __future__ import annotations

import json
import random
import unittest
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Optional

from answer_checks import as_rows, unreadable_count
from chunk_body import EventRow, Layout, Row, write_body
from event_forms import without_newlines
from hunt_histories import histories
from hunt_reference import EVIDENCE_IDS, LISTS, HuntExpected, expected_hunt
from program_under_test import program, repetitions
from shell_run import ndjson_rows, run_scan
from splunkd import Answer, run_search
from volume_reference import IndexedEvent

_SEARCHES = 10
_HISTORIES = 400  # in each search

_SCORES = {
    "enable_then_use": {35, 45},
    "recon_then_use": {20, 30},
    "burst": {25, 30, 35, 45, 55},
    "evade": {10, 40},
    "region_spread": {20, 40},
    "recon_spread": {10, 35},
    "rotating_ips": {15, 30, 40},
}
_KINDS = {
    *("arn", "role", "session name", "session name of the id", "session without a name"),
    *("source identity", "federated user", "access key", "principal id", "account id", "nothing"),
    *("left out: AWS itself", "left out: NetworkActivity", "left out: Insight"),
    *("quarantined with calls", "quarantined without"),
}


class _Seen:
    """What the histories made happen, which shows whether the comparison is worth it."""

    def __init__(self) -> None:
        self.rows = 0
        self.fired: Counter[tuple[str, int]] = Counter()
        self.kinds: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def add(self, expected: HuntExpected) -> None:
        self.rows += len(expected.rows)
        self.fired += expected.fired
        self.kinds += expected.kinds
        self.counts["unreadable"] += expected.unreadable
        self.counts["left out"] += expected.left_out
        self.counts["duplicates"] += expected.duplicates


def _random_options(rng: random.Random) -> tuple[dict[str, Any], dict[str, str]]:
    """For the reference, and the same as options of the program."""
    given: dict[str, Any] = {}
    options = {}
    if rng.random() < 0.7:
        given["min_risk"] = rng.choice([0, 0, 0, 15, 20, 40, 60, 100])
        options["min_risk"] = str(given["min_risk"])
    if rng.random() < 0.4:
        ids = rng.sample(EVIDENCE_IDS, rng.choice([1, 2, 8]))
        given["disabled"] = frozenset(ids)
        options["disabled_evidence"] = ",".join(ids)
    return given, options


def _random_bodies(rng: random.Random, rows: Sequence[EventRow]) -> list[bytes]:
    """The rows in any order, in chunks of any size."""
    rows = rng.sample(rows, len(rows))
    largest = rng.choice([40, 1000, len(rows)])
    bodies = []
    while rows:
        size = rng.randrange(largest) + 1
        layout = Layout(columns=tuple(rng.sample(["_time", "_raw", "host"], 3)))
        bodies.append(write_body(rows[:size], layout))
        rows = rows[size:]
    return bodies


def _events(seed: int, count: int) -> list[IndexedEvent]:
    """The events of so many histories. An account's number names its seed and its index in it."""
    return [event for history in histories(seed, count) for event in history]


def _key(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row["Account"], row["Principal"]


def _story(events: Sequence[IndexedEvent], account: Any) -> str:
    """The events of an account, in short and in order, for whoever looks for the mistake."""
    lines = []
    for row_time, raw in events:
        if str(account).encode() not in raw:
            continue
        lines.append(f"{row_time} {raw.decode()[:300]}")
        with suppress(ValueError):
            record = json.loads(raw)
            keys = ("eventTime", "eventName", "errorCode", "awsRegion", "sourceIPAddress")
            rest = ("requestParameters", "eventID", "userAgent", "userIdentity")
            texts = [str(record[key])[:60] for key in keys if record.get(key)]
            texts += [json.dumps(record[key])[:60] for key in rest if record.get(key)]
            lines[-1] = " ".join(texts) or lines[-1]
    return "\n".join(["from", *sorted(lines)[:60]])


def _difference(
    events: Sequence[IndexedEvent], rows: Sequence[Row], expected: HuntExpected
) -> Optional[str]:
    """Where the first row differs and how, or None."""
    found = {_key(row): row for row in rows}
    for wanted in expected.rows:
        account, principal = _key(wanted)
        whose = f"account {account}, principal {principal}, evidence {wanted['Evidence']}"
        row = found.pop((account, principal), None)
        if row is None:
            return f"no row of {whose}: {wanted}\n{_story(events, account)}"
        columns = {name: (row.get(name), value) for name, value in wanted.items()}
        lines = [
            f"{name}: {got!r}, expected {value!r}"
            for name, (got, value) in columns.items()
            if got != value
        ]
        if lines:
            return "\n".join([whose, *lines, _story(events, account)])
    for key, row in found.items():
        return f"a row too many: {row}\n{_story(events, key[0])}"
    if len(rows) != len(expected.rows):
        return f"{len(rows)} rows, some of them twice, expected {len(expected.rows)}"
    for number, (row, wanted) in enumerate(zip(rows, expected.rows)):
        if _key(row) != _key(wanted):
            return f"row {number} is of {_key(row)}, expected {_key(wanted)}: the order differs"
    return None


def _as_search_row(row: Mapping[str, Any]) -> Row:
    """A row of ndjson as a search has it: numbers are texts, and one value or none is no list."""
    told: Row = {}
    for name, value in row.items():
        if name in LISTS:
            assert isinstance(value, list), f"{name} is no array: {value!r}"
            told[name] = value if len(value) > 1 else "".join(value)
        else:
            told[name] = value[1] if isinstance(value, tuple) else value
    return told


class HuntComparisonTest(unittest.TestCase):
    maxDiff = None

    def check(
        self,
        events: Sequence[IndexedEvent],
        rows: Sequence[Row],
        expected: HuntExpected,
        what: object,
    ) -> None:
        difference = _difference(events, rows, expected)
        if difference is not None:
            self.fail(f"{what}\n{difference}")

    def check_answer(
        self,
        events: Sequence[IndexedEvent],
        answer: Answer,
        expected: HuntExpected,
        what: object,
    ) -> None:
        self.assertIsNone(answer.error, what)
        self.check(events, answer.rows, expected, what)
        unreadable = (expected.unreadable, expected.records) if expected.unreadable else None
        self.assertEqual(unreadable_count(answer), unreadable, what)

    def test_any_histories_options_and_delivery(self) -> None:
        seen = _Seen()
        for seed in range(_SEARCHES):
            rng = random.Random(f"hunt {seed}")
            given, options = _random_options(rng) if seed else ({"min_risk": 0}, {"min_risk": "0"})
            events = _events(seed, repetitions(_HISTORIES))
            expected = expected_hunt(events, **given)
            seen.add(expected)
            args = ["mode=hunt", *(f"{name}={value}" for name, value in options.items())]
            bodies = _random_bodies(rng, as_rows(events))
            # Not as subtests: the first difference is enough to look at.
            answer = run_search(program(), args, bodies)
            self.check_answer(events, answer, expected, f"seed {seed}, {args}")
        self._check_worth(seen)

    def _check_worth(self, seen: _Seen) -> None:
        """Every evidence held, at every score, and every kind of principal came."""
        self.assertEqual({name for name, _ in seen.fired}, set(EVIDENCE_IDS))
        self.assertEqual(_KINDS - set(seen.kinds), set())
        self.assertGreater(min(seen.counts.values()), 10, seen.counts)
        if repetitions(_HISTORIES) == _HISTORIES:
            for name, scores in _SCORES.items():
                fired = {score for fired_name, score in seen.fired if fired_name == name}
                self.assertEqual(fired, scores, name)
            self.assertGreater(seen.rows, 2000)

    def test_one_event_a_chunk_and_in_pieces(self) -> None:
        events = _events(1001, 12)
        rows = as_rows(events)
        expected = expected_hunt(events, min_risk=0)
        args = ["mode=hunt", "min_risk=0"]
        single = [write_body([row]) for row in rows]
        self.check_answer(events, run_search(program(), args, single), expected, "single events")
        answer = run_search(program(), args, [write_body(rows)], piece=7)
        self.check_answer(events, answer, expected, "pieces")

    def test_scan(self) -> None:
        """`scan` sees no times but those in the records."""
        read = [(None, without_newlines(raw)) for _, raw in _events(1000, repetitions(_HISTORIES))]
        stdin = b"\n".join(raw for _, raw in read)
        disabled = frozenset(["burst", "long_term_key"])
        less = ("--min-risk=0", "--disabled-evidence", ",".join(sorted(disabled)))
        for args, expected in (
            ((), expected_hunt(read)),
            (less, expected_hunt(read, min_risk=0, disabled=disabled)),
        ):
            run = run_scan("--mode", "hunt", "--format", "ndjson", *args, "-", stdin=stdin)
            rows = list(map(_as_search_row, ndjson_rows(run.stdout)))
            self.check(read, rows, expected, args)
            self.assertEqual(run.unreadable, (expected.unreadable, expected.records))

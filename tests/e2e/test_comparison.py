"""The program and the reference agree on every row, for any events in any form of delivery."""

from __future__ import annotations

import random
import unittest
from collections.abc import Sequence
from typing import Any

from answer_checks import as_rows, check_answer
from awkward_events import awkward_events
from chunk_body import EventRow, Layout, write_bodies, write_body
from program_under_test import program, repetitions
from splunkd import run_search
from volume_reference import IndexedEvent, Rules, expected_answer

_SPANS = {"7s": 7, "90m": 5400, "1h": 3600, "24h": 86_400, "1d": 86_400, "366d": 366 * 86_400}
_NAMES = ["alice|root$", "(?i)TMP", "^arn:aws:sts::[0-9]{12}:", "[^a]é|ë", "=1", "unknown"]


def _random_rules(rng: random.Random) -> tuple[Rules, list[str]]:
    """Thresholds low enough to give rows, and the equivalent arguments."""
    thresholds = {name: rng.choice([0, 0, 1, 2, 3]) for name in Rules().thresholds}
    args = [f"{name.split()[1].lower()}_threshold={n}" for name, n in thresholds.items()]
    given: dict[str, Any] = {}
    if rng.random() < 0.7:
        span = rng.choice(list(_SPANS))
        args.append(f"span={span}")
        given["span"] = _SPANS[span]
    if rng.random() < 0.3:
        given["min_score"] = rng.randrange(7)
        args.append(f"min_score={given['min_score']}")
    if rng.random() < 0.5:
        given["suspicious_names"] = rng.choice(_NAMES)
        args.append(f"suspicious_names={given['suspicious_names']}")
    rng.shuffle(args)
    return Rules(thresholds=thresholds, **given), args


_OTHER_FIELDS: EventRow = {
    "host": b"forwarder-1",
    "linecount": b"1",
    "punct": b'{"":"",\n"":{"":""}}',
    "tag": [b"cloud", b"a;$b$", b""],
    "eventName": b"SendEmail",
    "errorCode": b"AccessDenied",
    "sourceIPAddress": [b"2001:db8::9", b"2001:db8::8"],
}


def _random_layout(rng: random.Random, columns: Sequence[str]) -> Layout:
    others = rng.sample(list(_OTHER_FIELDS), rng.randrange(len(_OTHER_FIELDS)))
    columns = [*columns, *others]
    rng.shuffle(columns)
    return Layout(
        columns=tuple(columns),
        newline=rng.choice([b"\n", b"\r\n"]),
        twins=rng.choice(["after", "after", "beside", "none"]),
        short_rows=rng.random() < 0.3,
    )


def _random_bodies(rng: random.Random, rows: Sequence[EventRow], columns: list[str]) -> list[bytes]:
    """The rows in any order, in chunks of any size, each chunk with its own layout."""
    rows = rng.sample(rows, len(rows))
    largest = rng.choice([1, 20, len(rows)])
    bodies = []
    while rows:
        size = rng.randrange(largest) + 1
        layout = _random_layout(rng, columns)
        bodies.append(write_body([{**_OTHER_FIELDS, **row} for row in rows[:size]], layout))
        rows = rows[size:]
        if rng.random() < 0.05:
            bodies.append(rng.choice([b"", write_body([], layout)]))
    return bodies


class ComparisonTest(unittest.TestCase):
    def test_any_events_options_and_delivery(self) -> None:
        rows_seen = 0
        for seed in range(repetitions(100)):
            with self.subTest(seed=seed):
                rng = random.Random(f"delivery {seed}")
                events = awkward_events(seed, 300)
                columns = ["_time", "_raw"]
                if rng.random() < 0.15:
                    columns = ["_raw"]
                    events = [(None, raw) for _, raw in events]
                rules, args = _random_rules(rng)
                bodies = _random_bodies(rng, as_rows(events), columns)
                expected = expected_answer(events, rules)
                answer = run_search(program(), args, bodies)
                check_answer(self, answer, expected)
                rows_seen += len(answer.rows)
        self.assertGreater(rows_seen, repetitions(2000), "too few rows for a meaningful comparison")

    def test_any_pieces(self) -> None:
        for piece in (1, 2, 13, 4093):
            with self.subTest(piece=piece):
                events = [event for event in awkward_events(piece, 60) if len(event[1]) < 2000]
                rules = Rules(thresholds=dict.fromkeys(Rules().thresholds, 0))
                args = [f"{service}_threshold=0" for service in ("ses", "sns", "bedrock")]
                bodies = write_bodies(as_rows(events), 7, final="header")
                answer = run_search(program(), args, bodies, piece=piece)
                check_answer(self, answer, expected_answer(events, rules))

    def test_largest_chunk_with_default_options(self) -> None:
        rng = random.Random("largest chunk")
        short = [event for event in awkward_events(0, 4000) if len(event[1]) < 2000]
        events: list[IndexedEvent] = rng.choices(short, k=50_000)
        answer = run_search(program(), chunks=write_bodies(as_rows(events), 50_000))
        check_answer(self, answer, expected_answer(events))
        self.assertGreater(len(answer.rows), 10)

    def test_order_and_chunks_do_not_change_the_answer(self) -> None:
        rows = as_rows(awkward_events(1, 400))
        args = ["ses_threshold=1", "sns_threshold=1", "bedrock_threshold=1"]
        answers = []
        for rows_per_chunk, final in [(400, "rows"), (1, "nothing"), (37, "header")]:
            bodies = write_bodies(rows, rows_per_chunk, final=final)
            answers.append(run_search(program(), args, bodies).rows)
            rows.reverse()
        self.assertGreater(len(answers[0]), 10)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])

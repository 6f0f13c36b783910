"""Checks of a `mode=volume` answer, for events of any form."""

from __future__ import annotations

import re
import unittest
from collections.abc import Sequence

from chunk_body import EventRow, Row
from splunkd import Answer
from volume_reference import COLUMNS, MONEY_COLUMNS, Expected, IndexedEvent

_UNREADABLE = re.compile(
    r"(\d+) of (\d+) records? could not be read(?: \(\d+ bytes?\))?; "
    r"the first, row \d+: .+"
)
_UNKNOWN = re.compile(
    r"(\d+) records? do(?:es)? not belong to any log that cloudhijack knows; the first, "
    r"(?:in a chunk on \S+, )?row \d+, has .+"
)
_POINTS = re.compile(r".+ \(\+(\d)\)")


def as_rows(events: Sequence[IndexedEvent]) -> list[EventRow]:
    """The events as rows of a chunk; an event without a time has an empty `_time`."""
    return [{"_time": (time or "").encode(), "_raw": raw} for time, raw in events]


def unreadable_count(answer: Answer) -> tuple[int, int] | None:
    """The counts in the answer's warning, skipped records and all records; None without a
    warning."""
    warnings = [message.text for message in answer.messages if message.severity == "WARN"]
    matches = map(_UNREADABLE.fullmatch, warnings)
    counts = [(int(match[1]), int(match[2])) for match in matches if match]
    assert len(counts) <= 1, answer.messages
    return counts[0] if counts else None


def unknown_count(answer: Answer) -> int:
    """The number in the answer's warning about objects that are not records of a known log; 0
    without one."""
    warnings = [message.text for message in answer.messages if message.severity == "WARN"]
    counts = [int(match[1]) for match in map(_UNKNOWN.fullmatch, warnings) if match]
    assert len(counts) <= 1, answer.messages
    return counts[0] if counts else 0


def _points_of(row: Row) -> int:
    reasons = row["Reasons"]
    texts = reasons if isinstance(reasons, list) else [reasons]
    matches = [_POINTS.fullmatch(text) for text in texts]
    assert all(matches), f"a reason without points: {reasons}"
    return sum(int(match[1]) for match in matches if match)


def check_answer(test: unittest.TestCase, answer: Answer, expected: Expected) -> None:
    """Check that the answer is the expected one, including its warning and its reasons."""
    test.assertIsNone(answer.error)
    test.assertEqual(answer.columns, [*COLUMNS, "Reasons", *MONEY_COLUMNS] if expected.rows else [])
    for number, (row, wanted) in enumerate(zip(answer.rows, expected.rows)):
        test.assertEqual({name: row[name] for name in COLUMNS}, wanted, f"row {number} differs")
        test.assertEqual({row[name] for name in MONEY_COLUMNS}, {""})
        test.assertEqual(str(_points_of(row)), row["SuspicionScore"], f"row {number}: {row}")
    test.assertEqual(len(answer.rows), len(expected.rows))
    unreadable = (expected.unreadable, expected.records) if expected.unreadable else None
    test.assertEqual(unreadable_count(answer), unreadable)
    test.assertEqual(unknown_count(answer), expected.unknown)

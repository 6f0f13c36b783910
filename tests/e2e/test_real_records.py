"""Records that AWS wrote, for shapes that the generators do not produce."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path
from typing import Any

from answer_checks import as_rows, check_answer
from chunk_body import write_bodies
from hunt_reference import expected_hunt
from program_under_test import program
from splunkd import run_search
from volume_reference import CALLS, SERVICES, IndexedEvent, Rules, expected_answer

_BESIDE_THE_PROJECT = Path(__file__).resolve().parents[2].parent / "shared"
RECORDS = Path(os.environ.get("CLOUDHIJACK_SHARED", _BESIDE_THE_PROJECT)) / "cloudtrail"

ALL_ROWS = Rules(thresholds=dict.fromkeys(CALLS, 0))
ALL_ROWS_ARGS = ["ses_threshold=0", "sns_threshold=0", "bedrock_threshold=0"]


def _records() -> list[dict[str, Any]]:
    records = []
    for path in sorted(RECORDS.glob("*/*.json")):
        document = json.loads(path.read_bytes())
        records += document["Records"] if isinstance(document, dict) else document
    return records


def _as_catalogue_call(record: dict[str, Any], number: int) -> dict[str, Any]:
    """The same caller, place and time, but with a call that counts, because no such record is
    published."""
    source = list(SERVICES)[number % len(SERVICES)]
    name = sorted(CALLS[SERVICES[source]])[0]
    return {**record, "eventSource": source, "eventName": name}


@unittest.skipUnless(RECORDS.is_dir(), f"no real records at {RECORDS}")
class RealRecordsTest(unittest.TestCase):
    def check(self, records: list[dict[str, Any]], **style: Any) -> int:
        """Compare with the reference; returns the number of rows."""
        events: list[IndexedEvent] = [
            (None, json.dumps(record, **style).encode()) for record in records
        ]
        expected = expected_answer(events, ALL_ROWS)
        self.assertEqual(expected.unreadable, 0)
        answer = run_search(program(), ALL_ROWS_ARGS, write_bodies(as_rows(events), 100))
        check_answer(self, answer, expected)
        return len(answer.rows)

    def test_unchanged_records(self) -> None:
        records = _records()
        self.assertGreater(len(records), 400)
        self.assertEqual(self.check(records), 0)

    def test_as_calls_that_count(self) -> None:
        records = [_as_catalogue_call(record, i) for i, record in enumerate(_records())]
        compact = self.check(records, separators=(",", ":"), ensure_ascii=False)
        pretty = self.check(records, indent=3)
        self.assertGreater(compact, 20)
        self.assertEqual(compact, pretty)

    def test_hunt_mode_finds_only_markers_in_them(self) -> None:
        bodies = write_bodies([{"_raw": json.dumps(record).encode()} for record in _records()], 100)
        answer = run_search(program(), ["mode=hunt"], bodies)
        self.assertEqual((answer.error, answer.rows), (None, []))
        rows = run_search(program(), ["mode=hunt", "min_risk=0"], bodies).rows
        self.assertEqual({row["Severity"] for row in rows}, {"informational"})
        self.assertEqual(
            {row["Principal"]: row["Evidence"] for row in rows},
            {
                "arn:aws:iam::123837392027:user/bert-jan": ["tool_agent", "long_term_key"],
                "arn:aws:iam::229654561268:user/christophe": ["tool_agent", "long_term_key"],
                "arn:aws:iam::123837392027:role/stratus-red-team-leave-org-role": "tool_agent",
            },
        )

    def test_hunt_over_them_as_calls_that_count(self) -> None:
        records = [_as_catalogue_call(record, i) for i, record in enumerate(_records())]
        events: list[IndexedEvent] = [(None, json.dumps(record).encode()) for record in records]
        expected = expected_hunt(events, min_risk=0)
        answer = run_search(
            program(), ["mode=hunt", "min_risk=0"], write_bodies(as_rows(events), 100)
        )
        self.assertGreater(len(answer.rows), 10)
        self.assertEqual(len(answer.rows), len(expected.rows))
        for row, wanted in zip(answer.rows, expected.rows):
            self.assertEqual({name: row[name] for name in wanted}, wanted)

"""The answer is the same, whichever processor features the program may use."""

from __future__ import annotations

import os
import subprocess
import unittest
from collections.abc import Sequence
from unittest import mock

from answer_checks import as_rows
from awkward_events import awkward_events
from chunk_body import write_bodies
from cloudtrail_day import cloudtrail_day
from event_forms import without_newlines
from program_under_test import program, repetitions
from splunkd import run_search

# A level that the processor does not support has no effect.
LEVELS = ("plain", "sse4.2", "avx2", "avx512")

_SEARCHES: dict[str, Sequence[str]] = {
    "volume": ["min_score=0", "ses_threshold=3", "sns_threshold=3", "bedrock_threshold=3"],
    "hunt": ["mode=hunt", "min_risk=0"],
    "coverage": ["mode=coverage"],
}


def _events() -> list[tuple[object, bytes]]:
    return [
        *awkward_events(seed=11, count=repetitions(5_000)),
        *cloudtrail_day(seed=5, background=repetitions(5_000)).events,
    ]


class CpuLevelsTest(unittest.TestCase):
    def test_searches_answer_the_same(self) -> None:
        bodies = write_bodies(as_rows(_events()), 3_000)
        for name, args in _SEARCHES.items():
            with self.subTest(name):
                answers = [self._search(level, args, bodies) for level in LEVELS]
                self.assertGreater(len(answers[0][1]), 3)
                for answer in answers[1:]:
                    self.assertEqual(answer, answers[0])

    def test_scans_answer_the_same(self) -> None:
        lines = b"\n".join(without_newlines(raw) for _, raw in _events())
        runs = [
            subprocess.run(
                [*program(), "scan", "--mode", "hunt", "--min-risk", "0", "--format", "csv", "-"],
                input=lines,
                capture_output=True,
                env={**os.environ, "CLOUDHIJACK_CPU": level},
                timeout=120,
            )
            for level in LEVELS
        ]
        self.assertGreater(runs[0].stdout.count(b"\n"), 3)
        for run in runs[1:]:
            self.assertEqual(
                (run.returncode, run.stdout, run.stderr),
                (runs[0].returncode, runs[0].stdout, runs[0].stderr),
            )

    def _search(self, level: str, args: Sequence[str], bodies: Sequence[bytes]) -> tuple:
        with mock.patch.dict(os.environ, CLOUDHIJACK_CPU=level):
            answer = run_search(program(), args, bodies)
        self.assertIsNone(answer.error)
        return answer.columns, answer.rows, answer.messages


if __name__ == "__main__":
    unittest.main()

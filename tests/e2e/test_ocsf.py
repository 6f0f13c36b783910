"""CloudTrail's calls in OCSF give the same rows, byte for byte, alone and beside CloudTrail's."""

from __future__ import annotations

import gzip
import random
import unittest
from collections.abc import Sequence
from typing import Any

from hunt_records import World
from hunt_scenarios import HUGE, scenarios, steady_invocations
from ocsf_records import as_ocsf
from program_under_test import program
from splunkd import run_search
from stories import STORIES
from test_tuning import bodies


def rows(lines: Sequence[bytes], *args: str) -> list[dict[str, Any]]:
    answer = run_search(program(), args, bodies(lines))
    assert answer.error is None, answer.error
    return answer.rows


class OcsfTest(unittest.TestCase):
    def check(self, lines: Sequence[bytes]) -> None:
        rng = random.Random(1)
        other = [as_ocsf(line, rng) for line in lines]
        hunt = ("mode=hunt", "min_risk=0")
        expected = rows(lines, *hunt)
        self.assertEqual(rows(other, *hunt), expected)
        mixed = [rng.choice(both) for both in zip(lines, other)]
        self.assertEqual(rows(mixed, *hunt), expected)
        self.assertEqual(rows([*lines, *other], *hunt), expected)

    def test_scenarios(self) -> None:
        found = 0
        for story in scenarios(World(), without=[*HUGE, steady_invocations]):
            with self.subTest(story.name):
                self.check(story.lines)
                found += 1
        self.assertGreater(found, 15)

    def test_stories(self) -> None:
        for name in ("R01", "R07", "E01", "E05", "E31", "N09", "H11", "H31"):
            with self.subTest(name):
                story = gzip.decompress((STORIES / f"{name}.jsonl.gz").read_bytes())
                self.check(story.splitlines())

    def test_volume_has_the_same_rows(self) -> None:
        for story in scenarios(World(), without=[*HUGE, steady_invocations]):
            if not story.in_volume:
                continue
            with self.subTest(story.name):
                other = [as_ocsf(line) for line in story.lines]
                self.assertEqual(rows(other), rows(story.lines))


if __name__ == "__main__":
    unittest.main()

"""`mode=hunt` on the stories of tests/data/stories: totals, each story, other names."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from program_under_test import SANITIZED, program
from stories import (
    BASELINES,
    HISTORIES,
    Results,
    Scans,
    read_stories,
    report,
    run_stories,
    run_story,
    totals,
)
from stories_renamed import renamed_story
from stories_table import TABLES, stories_table

RENEW = "renew it: python3 tests/e2e/stories_table.py build/release/cloudhijack"

# The least attacks, of 35, and the most honest workloads, of 26, above low.
BOUNDS = {"none": (11, 9), "busy": (30, 2), "quiet": (30, 2)}

SILENT = "E38"  # nothing in its records distinguishes it from the owner's work


@unittest.skipIf(SANITIZED, "the release build answers the same, and in time")
class StoriesTest(unittest.TestCase):
    maxDiff = None
    results: list[Results]

    @classmethod
    def setUpClass(cls) -> None:
        cls.results = run_stories(Scans(program()), read_stories())
        print(report(cls.results))

    def test_totals(self) -> None:
        for baseline, (least_found, most_woken) in BOUNDS.items():
            with self.subTest(baseline):
                sums = totals(self.results, baseline)
                self.assertEqual((sums.attacks, sums.honest), (35, 26))
                self.assertGreaterEqual(sums.found, least_found)
                self.assertLessEqual(sums.woken, most_woken)

    def test_indistinguishable_attack_is_silent_with_a_baseline(self) -> None:
        silent = next(result for result in self.results if result["none"].story.id == SILENT)
        for kind in HISTORIES:
            self.assertEqual(silent[kind].rows, [], kind)

    def test_each_story_is_as_expected(self) -> None:
        others = [
            (result[baseline].story.id, baseline, result[baseline].band)
            for result in self.results
            for baseline in BASELINES
            if not result[baseline].is_as_expected
        ]
        self.assertEqual(others, [])

    def test_document_is_current(self) -> None:
        if TABLES.read() != stories_table(self.results):
            self.fail(f"the tables in {TABLES.name} are not the program's; {RENEW}")

    def test_nothing_depends_on_names(self) -> None:
        scans = Scans(program())
        for result in self.results:
            story = result["none"].story
            with self.subTest(story.id), tempfile.TemporaryDirectory() as folder:
                renamed = run_story(scans, renamed_story(story, Path(folder)))
                self.assertEqual(
                    {name: renamed[name].band for name in BASELINES},
                    {name: result[name].band for name in BASELINES},
                )


if __name__ == "__main__":
    unittest.main()

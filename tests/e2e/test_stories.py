"""`mode=hunt` on the stories of tests/data/stories: totals, exceptions, other names."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from program_under_test import SANITIZED, program
from stories import BASELINES, HISTORIES, Results, Scans, read_stories, report, run_story
from stories import run_stories, totals
from stories_renamed import renamed_story
from stories_table import DOCUMENT, MARKERS, read_table, stories_table

RENEW = "renew it: python3 tests/e2e/stories_table.py build/release/cloudhijack"

# With the busy history.
LEAST_FOUND = 24  # of 35 attacks
MOST_WOKEN = 3  # of 26 honest workloads

# Stories whose row is on the wrong side of low, with the band that they get instead and the reason.
# Neither another story nor another band is accepted, so an improved rule shortens the list.
KNOWN_SHORTFALLS: dict[tuple[str, str], tuple[str, str]] = {
    # Each of these is the work of several principals, of whom none is more than low alone.
    ("R09", "busy"): ("low", "a stranger makes a user, and another stranger uses it"),
    ("R09", "quiet"): ("low", "a stranger makes a user, and another stranger uses it"),
    ("E03", "busy"): ("low", "forty users send 90 mails an hour each"),
    ("E03", "quiet"): ("low", "forty users send 90 mails an hour each"),
    ("E31", "busy"): ("none", "one role in each of thirty accounts makes 40 calls an hour"),
    ("E31", "quiet"): ("low", "one role in each of thirty accounts makes 40 calls an hour"),
}

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
        sums = totals(self.results, "busy")
        self.assertEqual((sums.attacks, sums.honest), (35, 26))
        self.assertGreaterEqual(sums.found, LEAST_FOUND)
        self.assertLessEqual(sums.woken, MOST_WOKEN)

    def test_indistinguishable_attack_is_silent_with_a_baseline(self) -> None:
        silent = next(result for result in self.results if result["none"].story.id == SILENT)
        for kind in HISTORIES:
            self.assertEqual(silent[kind].rows, [], kind)

    def test_each_story_is_as_expected_or_a_known_shortfall(self) -> None:
        shortfalls = {
            (result[kind].story.id, kind): result[kind].band
            for result in self.results
            for kind in HISTORIES
            if not result[kind].is_as_expected
        }
        known = {key: band for key, (band, _) in KNOWN_SHORTFALLS.items()}
        self.assertEqual(shortfalls, known)

    def test_document_is_current(self) -> None:
        if read_table() != stories_table(self.results):
            self.fail(f"the table in docs/stories.md is not the program's; {RENEW}")

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


class DocumentTest(unittest.TestCase):
    def test_document_has_one_table(self) -> None:
        text = DOCUMENT.read_text(encoding="utf-8")
        for marker in MARKERS:
            self.assertEqual(text.count(marker), 1, f"docs/stories.md needs one {marker.strip()}")
        self.assertLess(*map(text.index, MARKERS))


if __name__ == "__main__":
    unittest.main()

"""A realistic day: the attacks in it come out, next to nothing else does, and the demo shows it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from answer_checks import as_rows, check_answer
from chunk_body import write_bodies
from cloudtrail_day import cloudtrail_day, is_by
from demo_files import write_demo_files
from program_under_test import program, repetitions
from splunkd import run_search
from volume_reference import expected_answer

SERVICES = ("AWS SES", "AWS SNS", "AWS Bedrock", "SendGrid", "Twilio", "Azure OpenAI")
LEGITIMATE_BULK_SENDER = "arn:aws:sts::111122223333:assumed-role/newsletter/weekly"


class DayTest(unittest.TestCase):
    def test_attacks_are_found_and_the_rest_is_left_alone(self) -> None:
        day = cloudtrail_day(seed=2, background=repetitions(10_000))
        answer = run_search(program(), chunks=write_bodies(as_rows(day.events), 5000))
        check_answer(self, answer, expected_answer(day.events))
        callers = {row["CallerARN"] for row in answer.rows}
        loud = {attack.caller for attack in day.attacks if attack.above_thresholds}
        self.assertEqual(callers, loud | {LEGITIMATE_BULK_SENDER})
        self.assertEqual(answer.messages, [])

    def test_hunt_finds_the_same_attacks_and_the_one_below_the_thresholds(self) -> None:
        day = cloudtrail_day(seed=2, background=repetitions(10_000))
        answer = run_search(program(), ["mode=hunt"], write_bodies(as_rows(day.events), 5000))
        principals = {str(row["Principal"]) for row in answer.rows}
        for attack in day.attacks:
            self.assertTrue(any(is_by(attack, principal) for principal in principals), attack)
        besides = {name for name in principals if not any(is_by(a, name) for a in day.attacks)}
        self.assertLessEqual(besides, {"arn:aws:iam::111122223333:role/newsletter"})

    def test_the_demo_keeps_a_folder_that_it_did_not_make(self) -> None:
        with tempfile.TemporaryDirectory() as place:
            kept = Path(place) / "kept.txt"
            kept.write_text("keep")
            with self.assertRaisesRegex(SystemExit, "has other files"):
                write_demo_files(Path(place))
            self.assertEqual(kept.read_text(), "keep")
            write_demo_files(Path(place) / "demo")
            write_demo_files(Path(place) / "demo")

    def test_same_seed_same_day(self) -> None:
        day, again, other = (cloudtrail_day(seed, background=500) for seed in (3, 3, 4))
        self.assertEqual(day, again)
        self.assertNotEqual(day.events, other.events)

    def test_demo_shows_each_service_and_ends_with_commands_that_work(self) -> None:
        demo = Path(__file__).with_name("demo.py")
        with tempfile.TemporaryDirectory() as place:
            folder = f"{place}/demo"
            command = [sys.executable, "-B", str(demo), *program(), folder]
            run = subprocess.run(command, capture_output=True, text=True, timeout=120)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertNotIn("\033", run.stdout)
            self.assertIn("All 8 attacks are in these rows.", run.stdout)
            self.assertNotIn("skipped", run.stdout)
            for service in SERVICES:
                self.assertIn(f"  {service}  ", run.stdout)
            shown = [line.split() for line in run.stdout.splitlines() if " scan " in line]
            self.assertEqual(len(shown), 4)
            for words in shown[1:]:
                done = subprocess.run(words, capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout)

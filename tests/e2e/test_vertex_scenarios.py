"""Attacks with a stolen key of Google Vertex AI, and legitimate work that resembles them."""

from __future__ import annotations

import random
import unittest
from collections.abc import Sequence
from typing import Any

from cluster import Peer, run_cluster
from hunt_records import DAY, MONDAY
from program_under_test import program
from shell_run import ndjson_rows, run_scan
from splunkd import run_search
from test_tuning import SearchTest, bodies, listed
from vertex_records import BOT, MODEL, PROJECT, attack, each_kind, everyday, made_key

USUAL_DAYS = 20


def hunted(lines: Sequence[bytes], *args: str) -> list[dict[str, Any]]:
    return run_search(program(), ["mode=hunt", *args], bodies(lines)).rows


class AttackTest(unittest.TestCase):
    def test_recon_to_model_calls_are_one_row(self) -> None:
        [row] = hunted(attack().lines)
        self.assertEqual(row["Principal"], BOT)
        self.assertEqual(row["Account"], PROJECT)
        self.assertEqual(row["Services"], "Google Vertex AI")
        self.assertEqual(row["CallerType"], "ServiceAccount")
        self.assertEqual(row["Severity"], "critical")
        self.assertEqual(row["AccessKeys"], "0a1b2c3d")
        self.assertEqual(row["Models"], MODEL)
        self.assertEqual(row["Regions"], "us-central1")
        evidence = listed(row["Evidence"])
        for expected in ("enable_then_use", "recon_then_use", "evade", "burst", "long_term_key"):
            self.assertIn(expected, evidence)
        refused = sum(number % 10 == 0 or number % 9 == 0 for number in range(300))
        self.assertEqual(row["FailedCount"], str(refused))
        self.assertEqual(row["UseCount"], str(300 - refused))

    def test_any_order_and_split_give_the_same_rows(self) -> None:
        lines = list(attack().lines)
        usual = hunted(lines)
        random.Random(7).shuffle(lines)
        half = len(lines) // 2
        peers = [Peer([{"_raw": line} for line in part]) for part in (lines[:half], lines[half:])]
        self.assertEqual(run_cluster(program(), ["mode=hunt"], peers)[0].rows, usual)
        self.assertEqual(hunted([*lines, *lines[:100]]), usual)

    def test_scan_gives_the_same_rows(self) -> None:
        lines = attack().lines
        for form in (b"\n".join(lines), b"[" + b",".join(lines) + b"]"):
            run = run_scan("--mode", "hunt", "--format", "ndjson", "-", stdin=form)
            self.assertEqual(run.exit_code, 0, run.stderr)
            [row] = ndjson_rows(run.stdout)
            self.assertEqual(row["Principal"], BOT)


class MadeKeyTest(unittest.TestCase):
    def test_the_maker_of_a_key_and_its_service_account_are_one_campaign(self) -> None:
        maker = "eve@example.org"
        [row] = hunted(made_key(maker).lines)
        self.assertEqual(set(listed(row["Members"])), {maker, BOT})
        self.assertIn("CreateServiceAccountKey", " ".join(listed(row["Links"])))


class CoverageTest(unittest.TestCase):
    def test_model_calls_are_data_events_of_the_project(self) -> None:
        run = run_scan(
            "--mode", "coverage", "--format", "ndjson", "-", stdin=b"\n".join(each_kind())
        )
        rows = ndjson_rows(run.stdout)
        self.assertEqual({row["Account"] for row in rows}, {PROJECT})
        self.assertEqual({row["Service"] for row in rows}, {"Google Vertex AI"})
        self.assertIn("Google Cloud audit log: tokens", str(rows[0]["NeverShown"]))


class HonestTest(SearchTest):
    def test_a_steady_load_gives_no_row_with_a_baseline(self) -> None:
        self.learn_from(everyday(USUAL_DAYS).lines)
        today = everyday(1, MONDAY + USUAL_DAYS * DAY)
        self.assertEqual(self.hunt(today.lines).rows, [])


if __name__ == "__main__":
    unittest.main()

"""Attacks with the keys of Azure OpenAI, and legitimate work that resembles them."""

from __future__ import annotations

import random
import unittest
from collections.abc import Sequence
from typing import Any

from azure_records import AzureTrail, Resource, attack, blinded_attack, everyday
from cluster import Peer, run_cluster
from hunt_records import DAY, HOUR, MONDAY
from program_under_test import program
from shell_run import ndjson_rows, run_scan
from splunkd import run_search
from test_tuning import SearchTest, bodies, listed

SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
RESOURCE = Resource(SUBSCRIPTION, "Shop-AI")
THIEF = "6d616c6c-6f72-4a79-8000-000000000001"
USUAL_DAYS = 20


def hunted(lines: Sequence[bytes], *args: str) -> list[dict[str, Any]]:
    return run_search(program(), ["mode=hunt", *args], bodies(lines)).rows


def volume(lines: Sequence[bytes]) -> list[dict[str, Any]]:
    return run_search(program(), [], bodies(lines)).rows


class AttackTest(unittest.TestCase):
    def test_settings_to_images_are_one_row(self) -> None:
        [row] = hunted(attack(RESOURCE).lines)
        self.assertEqual(row["Principal"], THIEF)
        self.assertEqual(listed(row["Members"]), [THIEF, RESOURCE.key])
        self.assertEqual(row["Account"], SUBSCRIPTION)
        self.assertEqual(row["Severity"], "critical")
        evidence = listed(row["Evidence"])
        for expected in ("enable_then_use", "burst", "made_then_used", "key_read"):
            self.assertIn(expected, evidence)
        self.assertIn("dall-e-3", listed(row["Models"]))
        self.assertIn("203.0.113.***", listed(row["SourceIPs"]))
        self.assertEqual(
            row["FailedCount"], str(sum(n % 9 == 0 or n % 10 == 0 for n in range(900)))
        )
        links = " ".join(listed(row["Links"]))
        self.assertIn("accounts/listKeys/action", links)

    def test_any_order_and_split_give_the_same_rows(self) -> None:
        lines = list(attack(RESOURCE).lines)
        usual = run_search(program(), ["mode=hunt"], bodies(lines)).rows
        random.Random(7).shuffle(lines)
        half = len(lines) // 2
        peers = [Peer([{"_raw": line} for line in part]) for part in (lines[:half], lines[half:])]
        self.assertEqual(run_cluster(program(), ["mode=hunt"], peers)[0].rows, usual)
        self.assertEqual(hunted([*lines, *lines[:100]]), usual)

    def test_volume_names_the_key_as_caller_and_counts_each_call_once(self) -> None:
        lines = attack(RESOURCE).lines
        [row] = volume([*lines, *lines])
        self.assertEqual(row["CallerARN"], RESOURCE.key)
        self.assertEqual(row["CallerType"], "ApiKey")
        self.assertEqual(row["ServiceAbused"], "Azure OpenAI")
        self.assertEqual(
            row["EventCount"], str(sum(n % 9 != 0 and n % 10 != 0 for n in range(900)))
        )
        self.assertIn("many callers share this key", " ".join(listed(row["Reasons"])))

    def test_volume_shows_the_type_of_caller(self) -> None:
        trail = AzureTrail("kinds")
        for number in range(601):
            trail.request(RESOURCE, MONDAY + 5 * number, caller=THIEF)
        [row] = volume(trail.lines)
        self.assertEqual(len(row), 17)
        self.assertEqual((row["CallerARN"], row["CallerType"]), (THIEF, "EntraId"))
        self.assertEqual((row["EventCount"], row["Threshold"]), ("601", "600"))
        self.assertEqual((row["SourceIPs"], row["awsRegion"]), ("192.0.2.***", "eastus"))

    def test_coverage_lists_the_logs_of_the_subscription(self) -> None:
        rows = run_search(program(), ["mode=coverage"], bodies(attack(RESOURCE).lines)).rows
        self.assertEqual({row["Account"] for row in rows}, {SUBSCRIPTION})
        self.assertEqual({row["Service"] for row in rows}, {"Azure OpenAI"})
        logs = {log for row in rows for log in listed(row["Logs"])}
        self.assertEqual(logs, {"Azure OpenAI", "Azure activity log"})
        self.assertEqual({row["NotSeen"] for row in rows}, {""})
        never = " ".join(text for row in rows for text in listed(row["NeverShown"]))
        self.assertIn("Azure OpenAI: which of a resource's two keys was used", never)

    def test_hunt_mode_reports_no_missing_data_events_for_other_providers(self) -> None:
        lines = attack(RESOURCE).lines
        answer = run_search(program(), ["mode=hunt"], bodies(lines))
        self.assertNotIn("data events", " ".join(message.text for message in answer.messages))

    def test_attack_that_deletes_the_diagnostic_settings_first(self) -> None:
        [row] = hunted(blinded_attack(RESOURCE).lines)
        self.assertEqual(row["Principal"], THIEF)
        self.assertIn("evade", listed(row["Phases"]))
        self.assertIn("key_read", listed(row["Evidence"]))


class FormsTest(unittest.TestCase):
    def test_command_line_and_search_give_the_same_rows(self) -> None:
        lines = attack(RESOURCE).lines
        run = run_scan("--mode", "hunt", "--format", "ndjson", "-", stdin=b"\n".join(lines))
        self.assertEqual(run.exit_code, 0, run.stderr)
        [row] = ndjson_rows(run.stdout)
        self.assertEqual(row["Principal"], THIEF)

    def test_event_hub_records_in_one_event(self) -> None:
        lines = attack(RESOURCE).lines
        batches = [
            b'{"records":[' + b",".join(lines[begin : begin + 50]) + b"]}"
            for begin in range(0, len(lines), 50)
        ]
        self.assertEqual(hunted(batches), hunted(lines))

    def test_gateway_names_its_subscription(self) -> None:
        trail = AzureTrail("gateway")
        for number in range(700):
            trail.gateway(RESOURCE, MONDAY + HOUR + 4 * number, subscription_key="team-a")
        [row] = hunted(trail.lines, "min_risk=0")
        self.assertEqual(row["Principal"], "team-a")
        self.assertIn("burst", listed(row["Evidence"]))


class HonestTest(SearchTest):
    def test_steady_load_and_daily_readers_give_no_row_with_a_baseline(self) -> None:
        self.learn_from(everyday(RESOURCE, USUAL_DAYS).lines)
        today = everyday(RESOURCE, 1, MONDAY + USUAL_DAYS * DAY)
        rows = self.hunt(today.lines).rows
        self.assertEqual([row["Principal"] for row in rows], [])


if __name__ == "__main__":
    unittest.main()

"""Bedrock's invocation log: a stolen key that causes costs, and legitimate work with large
inputs."""

from __future__ import annotations

import csv
import io
import unittest

from hunt_records import BOTO, DAY, HOUR, MINUTE, MONDAY, Trail, World
from invocation_records import InvocationTrail
from lookup_app import BASELINE_COLUMNS
from test_tuning import SearchTest, listed

WORLD = World()


def burning(trail: InvocationTrail, start: float) -> None:
    """400 USD within an hour: 1,000 calls, each with 0.30 for input and 0.10 for output."""
    for number in range(1000):
        trail.invoke(start + 3 * number, trail.user("ci"), tokens=(100_000, 6_667))


def coding(trail: InvocationTrail, start: float) -> None:
    """A coding assistant rereads its context: 90 % of 100,000 tokens come from the cache."""
    for number in range(600):
        trail.invoke(
            start + 5 * number,
            trail.session("developer", "ann"),
            tokens=(10_000, 500),
            cached=(90_000, 0),
            operation="ConverseStream",
        )


class CostTest(SearchTest):
    def test_a_stolen_key_causes_costs(self) -> None:
        trail = InvocationTrail("burning")
        burning(trail, MONDAY)
        row = self.one_row(trail.lines)
        self.assertEqual(row["Principal"], trail.user("ci"))
        self.assertEqual(row["InputTokens"], "100000000")
        self.assertEqual(row["OutputTokens"], "6667000")
        self.assertEqual(row["EstimatedCost"], "400.0050")
        evidence = listed(row["Evidence"])
        self.assertIn("costly_use", evidence)
        self.assertIn(
            "400.01 USD for AWS Bedrock (invocation log)", " ".join(listed(row["Reasons"]))
        )
        [row] = self.search(trail.lines).rows
        self.assertEqual(row["EventCount"], "1000")
        self.assertEqual(
            list(row)[-4:], ["Reasons", "InputTokens", "OutputTokens", "EstimatedCost"]
        )
        self.assertEqual(row["EstimatedCost"], "400.0050")

    def test_an_assistant_that_reads_from_a_cache_is_not_costly_use(self) -> None:
        trail = InvocationTrail("coding")
        coding(trail, MONDAY)
        [row] = self.hunt(trail.lines, "min_risk=0").rows
        self.assertNotIn("costly_use", listed(row["Evidence"]))
        self.assertEqual(row["CachedTokens"], "54000000")
        self.assertEqual(row["EstimatedCost"], "38.7000")  # 18.00 + 4.50 + 16.20

    def test_the_baseline_learns_the_usual_cost_per_hour(self) -> None:
        usual = InvocationTrail("usual")
        for day in range(20):
            burning(usual, MONDAY + day * DAY + 9 * HOUR)
        usual.invoke(MONDAY + 22 * DAY, usual.user("ci"))
        self.learn_from(usual.lines)
        rows = list(
            csv.DictReader(io.StringIO((self.lookups / "cloudhijack_baseline.csv").read_text()))
        )
        self.assertEqual(list(rows[0]), BASELINE_COLUMNS)
        costs = {row["service"]: row["peak_cost"] for row in rows}
        self.assertEqual(costs, {"account": "", "bedrock_invocations": "400.0050"})
        today = InvocationTrail("today")
        burning(today, MONDAY + 23 * DAY)
        self.assertEqual(self.hunt(today.lines).rows, [])
        for _ in range(4):
            burning(today, MONDAY + 24 * DAY)
        self.assertIn("costly_use", listed(self.one_row(today.lines)["Evidence"]))

    def test_the_baseline_file_can_be_read_again(self) -> None:
        usual = InvocationTrail("usual")
        for day in range(20):
            burning(usual, MONDAY + day * DAY + 9 * HOUR)
        self.learn_from(usual.lines)
        before = (self.lookups / "cloudhijack_baseline.csv").read_text()
        answer = self.search([], "mode=baseline")
        self.assertEqual(
            [list(row.values()) for row in answer.rows],
            list(csv.reader(io.StringIO(before)))[1:],
        )

    def test_a_call_in_both_logs_counts_once_per_log_in_one_row(self) -> None:
        cloudtrail = Trail("both")
        caller = WORLD.user("ci", WORLD.addresses(3, 1), BOTO)
        invocations = InvocationTrail("both", WORLD.account)
        for number in range(400):
            cloudtrail.add(caller, "bedrock:InvokeModel", MONDAY + 5 * number)
            invocations.invoke(MONDAY + 5 * number, invocations.user("ci"), tokens=(100_000, 6_667))
        row = self.one_row([*cloudtrail.lines, *invocations.lines])
        self.assertEqual(row["Principal"], invocations.user("ci"))
        self.assertEqual(listed(row["Services"]), ["AWS Bedrock", "AWS Bedrock (invocation log)"])
        alone = self.one_row(cloudtrail.lines)
        self.assertEqual(row["PeakPerHour"], alone["PeakPerHour"])
        scored = [text for text in listed(row["Reasons"]) if "(+" in text]
        self.assertEqual(len([text for text in scored if "60 min" in text]), 1)

    def test_custom_prices(self) -> None:
        trail = InvocationTrail("own")
        for number in range(60):
            trail.invoke(MONDAY + number * MINUTE, trail.user("ci"), model="own-model")
        local = self.lookups.parent / "local"
        local.mkdir()
        (local / "cloudhijack.conf").write_text("[price:own-*]\ninput = 1000\noutput = 0\n")
        [row] = self.search(trail.lines).rows
        self.assertEqual(row["EstimatedCost"], "60.0000")


if __name__ == "__main__":
    unittest.main()

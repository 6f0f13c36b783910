"""Baseline, allowlist and coverage, in a search and on the command line."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import unittest
from collections.abc import Sequence
from typing import Any

from chunk_body import EventRow, listed, write_bodies
from cluster import Peer, run_cluster
from hunt_records import BOTO, CLI, DAY, HOUR, MINUTE, MONDAY, Trail, World, utc
from hunt_scenarios import (
    ATTACKS,
    NOISY_BENIGN,
    QUIET_BENIGN,
    Scenario,
    burst_across_hours,
    burst_over_regions_later,
    first_invocations,
    first_mails,
    model_onboarding,
    newsletter,
    nightly_publishes,
    production_role,
    steady_invocations,
    text_messages,
)
from lookup_app import BASELINE_COLUMNS, OLD_BASELINE_COLUMNS, LookupTest, as_csv
from program_under_test import SANITIZED
from shell_run import ndjson_rows, run_scan
from splunkd import Answer, run_search

TIMEOUT = 300.0
WORLD = World()
ACCOUNT = WORLD.account
LONG_AGO = "2026-01-05T00:00:00Z"
CALLS = {
    "ses": "ses:SendEmail",
    "sns": "sns:Publish",
    "bedrock": "bedrock:InvokeModel",
    "sms_voice": "sms-voice:SendTextMessage",
}
_ADDRESS = re.compile(rb'"sourceIPAddress":"([^"]+)"')


def bodies(lines: Sequence[bytes]) -> list[bytes]:
    return write_bodies([{"_raw": line} for line in lines], 20_000) or [b""]


def messages_of(answer: Answer, severity: str) -> list[str]:
    """The messages of a severity, without the one that every search without events prints."""
    texts = [text for level, text in answer.messages if level == severity]
    return [text for text in texts if not text.startswith("the search found no events")]


class SearchTest(LookupTest):
    def search(self, lines: Sequence[bytes], *args: str) -> Answer:
        answer = run_search(self.argv, args, bodies(lines), timeout=TIMEOUT)
        self.assertIsNone(answer.error)
        return answer

    def hunt(self, lines: Sequence[bytes], *args: str) -> Answer:
        return self.search(lines, "mode=hunt", *args)

    def one_row(self, lines: Sequence[bytes], *args: str) -> dict[str, Any]:
        [row] = self.hunt(lines, *args).rows
        return row

    def learn_from(self, lines: Sequence[bytes]) -> None:
        """Write the baseline that these events alone give."""
        self.write_baseline()
        rows = self.search(lines, "mode=baseline").rows
        self.write("baseline", as_csv(BASELINE_COLUMNS, rows))


# Sources of a scenario in a known account. "no networks": the baseline has none, as in a file of an
# older version, so there are no strangers. "known": another principal uses the scenario's networks.
# "stranger's": the account only uses other networks.
SOURCES = ("no networks", "known", "stranger's")


class ScenarioTest(SearchTest):
    """The section "Scenarios" of the rules, in an account that the baseline knows."""

    def know(self, source: str, lines: Sequence[bytes], *services: str) -> None:
        """Learn that a principal of the account has used these services for weeks, with Boto."""
        if source == "no networks":
            rows = ([ACCOUNT, "somebody", name, LONG_AGO, LONG_AGO, 5] for name in services)
            self.write_baseline(*rows)
            return
        addresses = WORLD.addresses(44, 1)
        if source == "known":
            found = {match[1].decode() for match in map(_ADDRESS.search, lines) if match}
            addresses = sorted(found)
        trail = Trail("somebody")
        caller = WORLD.role("somebody", "s", addresses, BOTO)
        for weeks in (4, 2):
            for address in addresses:
                for number, name in enumerate(services):
                    at = MONDAY - weeks * 7 * DAY + number * MINUTE
                    trail.add(caller, CALLS[name], at, address=address)
        # the newest event, left for the next run
        trail.add(caller, CALLS[services[0]], MONDAY - HOUR)
        self.learn_from(trail.lines)

    def first_answers(self, story: Scenario, *services: str) -> list[tuple[str, str, list[str]]]:
        """Score, severity and evidence for each of the sources."""
        answers = []
        for source in SOURCES:
            self.know(source, story.lines, *services)
            row = self.one_row(story.lines, "min_risk=0")
            evidence = listed(row["Evidence"])
            answers.append((str(row["RiskScore"]), str(row["Severity"]), evidence))
        return answers

    def test_first_mails_are_informational(self) -> None:
        self.assertEqual(
            self.first_answers(first_mails(WORLD), "ses"),
            [
                ("5", "informational", ["first_use"]),
                ("5", "informational", ["first_use"]),
                ("15", "informational", ["new_source", "first_use"]),
            ],
        )

    def test_first_invocations_in_an_account_are_low_from_a_strangers_source(self) -> None:
        self.assertEqual(
            self.first_answers(first_invocations(WORLD), "ses"),
            [
                ("15", "informational", ["first_use"]),
                ("15", "informational", ["first_use"]),
                ("25", "low", ["new_source", "first_use"]),
            ],
        )

    def test_text_messages_of_a_new_service_are_critical_from_a_strangers_source(self) -> None:
        self.assertEqual(
            self.first_answers(text_messages(WORLD), "ses"),
            [
                ("55", "medium", ["burst", "first_use", "long_term_key"]),
                ("55", "medium", ["burst", "first_use", "long_term_key"]),
                ("85", "critical", ["burst", "new_source", "first_use", "long_term_key"]),
            ],
        )

    @unittest.skipIf(SANITIZED, "75,000 events")
    def test_steady_invocations_by_a_new_role_are_high_from_a_strangers_source(self) -> None:
        self.assertEqual(
            self.first_answers(steady_invocations(WORLD), "bedrock"),
            [
                ("40", "low", ["burst", "drip", "first_use"]),
                ("40", "low", ["burst", "drip", "first_use"]),
                ("70", "high", ["burst", "drip", "new_source", "first_use"]),
            ],
        )

    def test_no_attack_from_a_strangers_source_scores_less_in_a_known_account(self) -> None:
        for build in ATTACKS:
            if build is steady_invocations:
                continue
            story = build(WORLD)
            with self.subTest(story.name):
                self.write_baseline()
                without = self.hunt(story.lines, "min_risk=0").rows
                self.know("stranger's", story.lines, *CALLS)
                rows = self.hunt(story.lines, "min_risk=0").rows
                risk = {row["Principal"]: int(str(row["RiskScore"])) for row in rows}
                for row in without:
                    less = int(str(row["RiskScore"]))
                    self.assertGreaterEqual(risk[row["Principal"]], less)

    def test_a_burst_from_the_usual_place_scores_less_in_a_known_account(self) -> None:
        """A history in the range is stronger evidence than a known account and source."""
        story = burst_over_regions_later(WORLD)
        self.write_baseline()
        row = self.one_row(story.lines)
        self.assertEqual((row["RiskScore"], listed(row["Evidence"])), ("45", ["burst"]))
        for source in ("no networks", "known"):
            self.know(source, story.lines, *CALLS)
            row = self.one_row(story.lines)
            self.assertEqual(row["RiskScore"], "35")
            self.assertEqual(listed(row["Evidence"]), ["burst", "first_use"])

    def test_a_burst_of_a_role_that_is_vouched_for_scores_less(self) -> None:
        """The role was made from a known source, so its stranger's source is not stronger evidence.

        With a maker from a stranger's source it is a campaign, which is stronger still.
        """
        story = burst_across_hours(WORLD)
        [caller] = story.principals
        role = caller.rpartition("/")[2]
        usual = ["burst", "new_source", "first_use"]
        alone, campaign = [caller], [caller, caller.replace(role, "deploy")]
        self.know("stranger's", story.lines, "bedrock")  # from network 44
        for networks, members, risk, evidence in (
            ([], alone, 35 + 15, usual),
            ([44], alone, 25 + 15, usual),
            ([45], campaign, 35 + 45, [*usual, "made_then_used"]),
            ([44, 45], campaign, 35 + 45, [*usual, "made_then_used"]),
        ):
            with self.subTest(networks=networks):
                makings = Trail("makings")
                for number, network in enumerate(networks):
                    maker = WORLD.role("deploy", "s", WORLD.addresses(network, 1), BOTO)
                    call = "UpdateAssumeRolePolicy" if number else "CreateRole"
                    at = MONDAY + (8 + 2 * number) * HOUR
                    makings.add(maker, f"iam:{call}", at, parameters={"roleName": role})
                rows = self.hunt([*story.lines, *makings.lines]).rows
                [row] = [row for row in rows if caller in listed(row["Members"])]
                self.assertEqual(listed(row["Members"]), members)
                self.assertEqual(row["RiskScore"], str(risk))
                self.assertEqual(listed(row["Evidence"]), evidence)


def _weeks_before(lines: Sequence[bytes], weeks: int) -> list[bytes]:
    """The same events, this many weeks earlier."""

    def earlier(match: re.Match[bytes]) -> bytes:
        day = MONDAY + (int(match[2]) - 2) * DAY if match[1] == b"03" else None
        assert day is not None, match[0]
        return b'"eventTime":"' + utc(day - weeks * 7 * DAY)[:10].encode()

    return [re.sub(rb'"eventTime":"2026-(\d\d)-(\d\d)', earlier, line) for line in lines]


class HonestWorkTest(SearchTest):
    """The benign stories, after the baseline has learnt the same work."""

    def learn(self, lines: Sequence[bytes], *more: bytes) -> None:
        """Learn the events as if they had happened five and four weeks before, so that their
        networks are usual."""
        known = Trail("somebody")
        caller = WORLD.role("somebody", "s", WORLD.addresses(44, 1), BOTO)
        for days in (28, 14):
            known.add(caller, "ses:SendEmail", MONDAY - days * DAY)
        known.add(caller, "ses:SendEmail", MONDAY - 2 * HOUR)  # the newest event
        before = [*_weeks_before(lines, 5), *_weeks_before(lines, 4)]
        self.learn_from([*before, *known.lines, *more])

    def test_legitimate_work_gives_no_row(self) -> None:
        with_row = (*NOISY_BENIGN, model_onboarding)
        for build in (*NOISY_BENIGN, *QUIET_BENIGN):
            story = self.smaller(build)
            with self.subTest(story.name):
                self.write_baseline()
                had_row = bool(self.hunt(story.lines).rows)
                self.assertEqual(had_row, build in with_row)
                self.learn(story.lines)
                self.assertEqual(self.hunt(story.lines).rows, [])

    def test_a_model_enabled_by_an_administrator_is_medium_at_most(self) -> None:
        """It is medium from a known source, in an account that has used models, and high
        otherwise."""
        story = model_onboarding(WORLD)
        for address, call, risk in (
            (63, "bedrock:InvokeModel", 55),
            (63, "ses:SendEmail", 65),  # nobody in the account has used a model
            (45, "bedrock:InvokeModel", 75),  # network 63 is a stranger's
            (45, "ses:SendEmail", 75),
        ):
            with self.subTest(address=address, call=call):
                others = Trail("others")
                caller = WORLD.role("others", "s", WORLD.addresses(address, 1), CLI)
                for days in (28, 14):
                    others.add(caller, call, MONDAY - days * DAY)
                self.learn(first_mails(WORLD).lines, *others.lines)
                row = self.one_row(story.lines)
                self.assertEqual(row["RiskScore"], str(risk))
                severity = "medium" if risk <= 60 else "high"
                self.assertEqual(row["Severity"], severity)

    @staticmethod
    def smaller(build: Any) -> Scenario:
        if build is production_role:
            return production_role(WORLD, hours=15, calls=600 if SANITIZED else 10_000)
        if build is newsletter:
            return newsletter(WORLD, mails=1200 if SANITIZED else 50_000)
        return build(WORLD)

    def test_more_than_three_times_the_usual_volume_gives_a_row(self) -> None:
        self.learn(nightly_publishes(WORLD).lines)  # 300 per hour

        def night(count: int, network: int = 35, agent: str = BOTO) -> list[bytes]:
            caller = WORLD.role("integration", "pipeline", WORLD.addresses(network, 1), agent)
            trail = Trail("another night")
            times = [MONDAY + 3 * HOUR + 3 * number for number in range(count)]
            trail.flood(caller, "sns:Publish", times)
            return trail.lines

        self.assertEqual(self.hunt(night(900)).rows, [])
        for lines, burst, new_source in (
            (night(901), 30, 0),
            # A stranger's network alone is not a source that is new for the role.
            (night(901, network=46), 30, 15),
            (night(901, network=46, agent=CLI), 45, 40),
            # The network is usual for another principal of the account.
            (night(901, network=44, agent=CLI), 45, 30),
        ):
            row = self.one_row(lines)
            self.assertEqual(row["RiskScore"], str(burst + new_source))
            evidence = ["burst", "new_source"] if new_source else ["burst"]
            self.assertEqual(listed(row["Evidence"]), evidence)
            self.assertIn("3 times the busiest hour before (300 messages)", str(row["Reasons"]))
            self.assertIn(f"(+{burst})", str(row["Reasons"]))


class BaselineTest(SearchTest):
    def lines(self, *uses: tuple[str, str, float]) -> list[bytes]:
        trail = Trail("uses")
        for name, call, at in uses:
            trail.add(WORLD.user(name, WORLD.addresses(0, 1), CLI), call, at)
        return trail.lines

    def test_rows_are_merged_with_the_file(self) -> None:
        ann, bob = (f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("ann", "bob"))
        self.write_baseline(
            [ACCOUNT, ann, "ses", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", 7],
            [ACCOUNT, "gone", "ses", "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", 7],
            [ACCOUNT, "of no service", "translate", LONG_AGO, LONG_AGO, 1],
        )
        answer = self.search(
            self.lines(
                *(("ann", "ses:SendEmail", MONDAY + number) for number in range(3)),
                ("bob", "bedrock:InvokeModel", MONDAY + 5 * HOUR),
                ("bob", "bedrock:InvokeModel", MONDAY + 3 * DAY),
            ),
            "mode=baseline",
        )
        self.assertEqual(answer.columns, BASELINE_COLUMNS)
        day = "2026-03-02/2026-03-02"
        own = {"networks": f"198.18.0.0/16={day}"}
        mail = {"phases": f"use={day}", "regions": f"us-east-1={day}"}
        from_, until = "2026-03-02T00:00:00Z", "2026-03-02T00:00:02Z"
        at_five = "2026-03-02T05:00:00Z"
        self.assertEqual(
            [self.filled(row) for row in answer.rows],
            [
                [ACCOUNT, ann, "account", from_, until, "0", own],
                [
                    *(ACCOUNT, ann, "ses", "2026-02-01T00:00:00Z", until, "7"),
                    {"peak_day": "7", "peaks": "2026-W10=3", **mail},
                ],
                [ACCOUNT, bob, "account", at_five, at_five, "0", own],
                [
                    *(ACCOUNT, bob, "bedrock", at_five, at_five, "1"),
                    {"peak_day": "1", "peaks": "2026-W10=1", **mail},
                ],
                [ACCOUNT, "of no service", "translate", LONG_AGO, LONG_AGO, "1", {}],
            ],
        )
        [note] = messages_of(answer, "INFO")
        self.assertIn("5 rows, 3 of them new; 1 were dropped", note)
        self.assertIn("after 2026-03-04T00:00:00Z are left for the next run", note)

    @staticmethod
    def filled(row: dict[str, Any]) -> list[Any]:
        """The old columns, and those of the new ones that have a value, without clients."""
        more = {
            name: value
            for name, value in row.items()
            if value and name not in (*OLD_BASELINE_COLUMNS, "clients", "models")
        }
        return [*(row[name] for name in OLD_BASELINE_COLUMNS), more]

    def test_without_events_the_file_comes_back(self) -> None:
        row = [
            *(ACCOUNT, "ann", "account", LONG_AGO, "2026-02-01T00:00:00Z", "7", "9", "2026-W02=7"),
            "use=2026-01-05/2026-02-01",
            "anthropic.claude=2026-01-05/2026-02-01 a%20b=2026-01-05/2026-01-05",
            "*=2026-01-05/2026-01-05 us-east-1=2026-01-05/2026-02-01",
            "198.51.0.0/16=2026-01-05/2026-02-01",
            "0f4a9c21=2026-01-05/2026-02-01",
            "arn:aws:iam::111122223333:role/a=2026-01-05/2026-02-01",
            "2026-01-05T00:00:00Z/arn:aws:iam::111122223333:user/bob/k",
            "412.3710",
        ]
        row[9] = " ".join(sorted(row[9].split()))
        self.write_baseline(row)
        answer = self.search([], "mode=baseline")
        self.assertEqual([list(found.values()) for found in answer.rows], [row])
        self.assertIn("keeps its 1 row", messages_of(answer, "INFO")[0])
        self.assertEqual(messages_of(answer, "WARN"), [])

    def test_a_file_of_an_older_version_comes_back_with_the_new_columns(self) -> None:
        row = [ACCOUNT, "ann", "ses", LONG_AGO, LONG_AGO, "7"]
        pairs = [dict(zip(OLD_BASELINE_COLUMNS, row))]
        self.write("baseline", as_csv(OLD_BASELINE_COLUMNS, pairs))
        answer = self.search([], "mode=baseline")
        self.assertEqual(answer.columns, BASELINE_COLUMNS)
        self.assertEqual([list(found.values()) for found in answer.rows], [[*row, *[""] * 10]])

    def test_an_unreadable_value_costs_only_itself(self) -> None:
        row = [ACCOUNT, "ann", "account", LONG_AGO, LONG_AGO, "7", "1.23E+05"]
        row += ["", "", "", "us-east-1=2026-01-05/05.01.2026 eu-west-1=2026-01-05/2026-01-05"]
        self.write_baseline(row, ["2.10988E+11", "bob", "ses", LONG_AGO, LONG_AGO, "7"])
        for mode in ("baseline", "hunt"):
            answer = self.search([], f"mode={mode}")
            peak, region, account = messages_of(answer, "WARN")
            self.assertIn("cloudhijack_baseline.csv, line 2: peak_day: ", peak)
            self.assertIn(
                '"us-east-1=2026-01-05/05.01.2026" has no first and last day; write', region
            )
            self.assertIn('line 3: account is "2.10988E+11", which no event belongs to', account)
        answer = self.search([], "mode=baseline")
        self.assertEqual(len(answer.rows), 2)
        self.assertEqual(answer.rows[0]["regions"], "eu-west-1=2026-01-05/2026-01-05")

    def test_events_ahead_of_the_clock_are_counted(self) -> None:
        trail = Trail("ahead")
        caller = WORLD.user("ann", WORLD.addresses(0, 1), CLI)
        for number in range(3):
            trail.add(caller, "ses:SendEmail", MONDAY + number)
        ahead = [line.replace(b'"eventTime":"2026', b'"eventTime":"2101') for line in trail.lines]
        answer = self.search([*trail.lines, *ahead], "mode=baseline")
        [warning] = messages_of(answer, "WARN")
        self.assertIn("3 events are more than a day ahead of this machine's clock (", warning)
        answer = self.search(ahead, "mode=baseline")
        self.assertIn("3 events are more than a day ahead", messages_of(answer, "WARN")[0])
        self.assertIn("no event counts", messages_of(answer, "INFO")[0])

    def test_cluster_and_command_line_write_the_same_baseline(self) -> None:
        """Four nights over three days each: the files of the search head, of the indexers, and of
        the command line."""
        days = [self.lines_of_day(day) for day in range(6)]
        in_shell = self.lookups / "shell.csv"
        for night in range(3, 7):
            lines = [line for day in days[night - 3 : night] for line in day]
            rows: list[EventRow] = [{"_time": b"", "_raw": line} for line in lines]
            peers = [Peer(rows[at::3], name=f"idx{at}", rows_per_chunk=7) for at in range(3)]
            answer, _, _ = run_cluster(self.argv, ["mode=baseline"], peers, seed=night)
            self.assertIsNone(answer.error)
            whole = self.search(lines, "mode=baseline")
            self.assertEqual(answer.rows, whole.rows)
            known = [f"--baseline={in_shell}"] if in_shell.exists() else []
            scan = run_scan("--mode=baseline", *known, "-", stdin=b"\n".join(lines))
            self.assertEqual(scan.exit_code, 0)
            self.assertEqual(list(csv.DictReader(io.StringIO(scan.stdout))), whole.rows)
            in_shell.write_text(scan.stdout)
            self.write("baseline", as_csv(answer.columns, answer.rows))
        self.assertGreater(len(whole.rows), 6)
        for column in ("peak_day", "peaks", "phases", "models", "regions", "networks", "clients"):
            self.assertTrue([row for row in whole.rows if row[column]], column)
        self.assertTrue([row for row in whole.rows if row["made"]])

    @staticmethod
    def lines_of_day(day: int) -> list[bytes]:
        trail = Trail(f"day {day}")
        begin = MONDAY + day * DAY
        for number, name in enumerate(("ann", "bob", "cid")):
            caller = WORLD.user(name, WORLD.addresses(number + day, 2), CLI)
            for call in ("ses:SendEmail", "ses:GetSendQuota", "bedrock:InvokeModel"):
                for hour in (8, 9, 20):
                    trail.add(caller, call, begin + hour * HOUR + number)
        trail.add(
            WORLD.user("ann", WORLD.addresses(0, 1), CLI),
            "iam:CreateUser",
            begin + 10 * HOUR,
            parameters={"userName": f"made{day % 2}"},
        )
        return trail.lines

    def test_an_unreadable_file_is_not_overwritten(self) -> None:
        row = [ACCOUNT, "ann", "ses", LONG_AGO, LONG_AGO, "7"]
        by_a_spreadsheet = [*row[:3], "1/5/2026 0:00", "1/5/2026 0:00", "7"]
        for content in (
            b"account,principal\na,b\n",
            b'account,principal,service,"first',
            self.write_baseline(row, by_a_spreadsheet).read_bytes(),
        ):
            self.write("baseline", content)
            answer = run_search(self.argv, ["mode=baseline"], [b""])
            assert answer.error is not None
            self.assertIn("cloudhijack_baseline.csv", answer.error)
            self.assertIn("would lose this history", answer.error)
            self.assertEqual(answer.rows, [])

    def test_hunt_mode_continues_without_an_unreadable_file(self) -> None:
        self.write("baseline", "nonsense\n1\n")
        self.write("allowlist", "nonsense\n1\n")
        answer = self.hunt(nightly_publishes(WORLD).lines)
        self.assertEqual(len(answer.rows), 1)
        baseline, allowlist = messages_of(answer, "ERROR")
        self.assertIn(
            "cloudhijack_baseline.csv: the first line has no column account; write", baseline
        )
        self.assertIn(
            "cloudhijack_allowlist.csv: the first line has no column principal; write", allowlist
        )
        self.assertIn("the search continues as if the file were empty", allowlist)

    def test_more_rows_than_splunk_accepts_are_an_error(self) -> None:
        self.write_baseline(*([ACCOUNT, f"p{i}", "ses", LONG_AGO, LONG_AGO, 1] for i in range(20)))
        for most, is_error in ((20, False), (19, True)):
            answer = run_search(self.argv, ["mode=baseline"], [b""], maxresultrows=most)
            self.assertEqual(answer.error is not None, is_error)
            self.assertEqual(len(answer.rows), 0 if is_error else 20)

    def test_only_the_reduce_phase_reads_the_baseline(self) -> None:
        self.write("baseline", "nonsense\n1\n")
        answer = run_search(
            self.argv, ["phase=map", "mode=hunt", "input=raw", "catalogue=x"], [b""]
        )
        self.assertEqual((answer.error, answer.messages), (None, []))


class FormsTest(SearchTest):
    """A lookup file in every form in which such files are written."""

    def forms(self, columns: Sequence[str], row: Sequence[str]) -> list[bytes]:
        pairs = list(zip(columns, row))
        plain = f"{','.join(columns)}\n{','.join(row)}\n"
        turned = [*reversed(pairs), ("__mv_x", ""), ("other", "1")]
        return [
            plain.encode(),
            plain.replace("\n", "\r\n").encode(),
            b"\xef\xbb\xbf" + plain.encode(),
            plain.rstrip("\n").encode(),
            as_csv(columns, [dict(pairs)]).encode(),
            as_csv([name for name, _ in turned], [dict(turned)]).encode(),
        ]

    def test_each_form_has_the_same_content(self) -> None:
        lines = nightly_publishes(WORLD).lines
        principal = nightly_publishes(WORLD).principals[0]
        baseline = [ACCOUNT, principal, "sns", LONG_AGO, LONG_AGO, "300"]
        for content in self.forms(BASELINE_COLUMNS, baseline):
            self.write("baseline", content)
            answer = self.hunt(lines)
            self.assertEqual((answer.rows, messages_of(answer, "ERROR")), ([], []), content)
        self.write("baseline", b"")
        self.assertEqual(len(self.hunt(lines).rows), 1)
        for content in self.forms(["principal", "service", "evidence"], [principal, "sns", "*"]):
            self.write("allowlist", content)
            self.assertEqual(self.hunt(lines).rows, [], content)


class NetworksTest(SearchTest):
    def test_lines_that_are_not_networks_are_reported_with_their_numbers(self) -> None:
        self.write(
            "networks",
            "cidr,label\n203.0.113.0/24,office\n203.0.113.5/24,\n203.0.113.0/33,\nhome,\n",
        )
        for mode in ("hunt", "baseline"):
            answer = self.search([], f"mode={mode}")
            warnings = messages_of(answer, "WARN")
            found = [re.search(r"cloudhijack_networks.csv, line (\d+)", text) for text in warnings]
            self.assertEqual([match and match[1] for match in found], ["3", "4", "5"])
            self.assertIn("with this prefix it is 203.0.113.0/24", warnings[0])
            self.assertIn("203.0.113.0/24 or 2001:db8::/32", warnings[2])
        self.assertEqual(messages_of(self.search([], "mode=volume"), "WARN"), [])

    def test_all_lines_of_the_example_count(self) -> None:
        from shipped_catalogue import CATALOGUE

        example = CATALOGUE.parents[1] / "README/cloudhijack_networks.csv.example"
        self.write("networks", example.read_bytes())
        answer = self.hunt(nightly_publishes(WORLD).lines)
        self.assertEqual(messages_of(answer, "WARN") + messages_of(answer, "ERROR"), [])

    def test_own_accounts_are_account_ids(self) -> None:
        for value in ("210987654321", "210987654321,604938172655", "210987654321 604938172655"):
            self.assertIsNone(run_search(self.argv, ["mode=hunt", f"own_accounts={value}"]).error)
        for value in ("21098765432", "2.10988E+11", "210987654321;604938172655"):
            error = run_search(self.argv, ["mode=hunt", f"own_accounts={value}"]).error or ""
            self.assertIn("account ids of 12 digits separated by commas or spaces", error)
        error = run_search(self.argv, ["mode=volume", "own_accounts=210987654321"]).error or ""
        self.assertIn("belongs to mode hunt or baseline", error)


class AllowlistTest(SearchTest):
    def setUp(self) -> None:
        super().setUp()
        self.story = nightly_publishes(WORLD)  # 300 publishes per hour, for a week
        self.who = self.story.principals[0]
        self.arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/integration/pipeline"

    def test_a_missing_file_is_like_an_empty_one(self) -> None:
        answer = self.hunt(self.story.lines)
        self.assertEqual(len(answer.rows), 1)
        self.assertEqual(messages_of(answer, "WARN") + messages_of(answer, "ERROR"), [])

    def test_removed_rows_are_counted(self) -> None:
        self.write_allowlist([self.who, "sns", "", "", "", "nightly"])
        answer = self.hunt(self.story.lines)
        self.assertEqual(answer.rows, [])
        self.assertIn("the allowlist hid 1 row", messages_of(answer, "INFO"))

    def test_volume_matches_the_caller_and_shows_the_threshold_that_was_used(self) -> None:
        rows = self.search(self.story.lines).rows
        self.assertEqual([row["Threshold"] for row in rows], ["200"] * 7)
        self.write_allowlist([self.who, "sns", "*", "", "", "the role, not the caller"])
        self.assertEqual(self.search(self.story.lines).rows, rows)
        self.write_allowlist([self.arn, "sns", "burst", "299", "", ""])
        limited = self.search(self.story.lines)
        self.assertEqual([row["Threshold"] for row in limited.rows], ["299"] * 7)
        self.assertIn("the threshold of 299", str(limited.rows[0]["Reasons"]))
        self.write_allowlist([self.arn, "sns", "burst", "300", "2026-03-04", ""])
        until = self.search(self.story.lines)
        self.assertEqual(len(until.rows), 4)  # three of seven nights are expected
        self.assertEqual([row["Threshold"] for row in until.rows], ["200"] * 4)
        self.assertIn("the allowlist hid 3 rows", messages_of(until, "INFO"))

    def test_bad_lines_are_reported_with_their_numbers_and_the_others_count(self) -> None:
        self.write(
            "allowlist",
            "principal,service,evidence,threshold,expires,note\n"
            f"{self.who},mail,,,,\n"
            '\n"two\nlines",*,,,,fine\n'
            f"{self.who},sns,bursts,,,\n"
            f"{self.who},*,,,tomorrow,\n"
            f"{self.who},*,,,,this one counts\n",
        )
        answer = self.hunt(self.story.lines)
        self.assertEqual(answer.rows, [])
        warnings = messages_of(answer, "WARN")
        found = [re.search(r"line (\d+)", text) for text in warnings]
        self.assertEqual([match and match[1] for match in found], ["2", "6", "7"])
        self.assertIn('unknown evidence rule "bursts"', warnings[1])

    def test_all_lines_of_the_example_count(self) -> None:
        from shipped_catalogue import CATALOGUE

        example = CATALOGUE.parents[1] / "README/cloudhijack_allowlist.csv.example"
        self.write("allowlist", example.read_bytes())
        answer = self.hunt(self.story.lines)
        self.assertEqual(messages_of(answer, "WARN") + messages_of(answer, "ERROR"), [])


class CoverageTest(SearchTest):
    def test_observed_and_unobservable_services(self) -> None:
        answer = self.search(first_invocations(WORLD).lines, "mode=coverage")
        self.assertEqual(
            answer.columns,
            [
                *("Account", "Service", "Region", "ManagementEvents", "DataEvents"),
                *("FirstEvent", "LastEvent", "NotSeen", "NeverLogged", "Logs", "NeverShown"),
            ],
        )
        by_service = {str(row["Service"]): row for row in answer.rows}
        bedrock, mail = by_service["AWS Bedrock"], by_service["AWS SES"]
        self.assertEqual((bedrock["ManagementEvents"], bedrock["DataEvents"]), ("15", "0"))
        self.assertEqual((mail["Region"], mail["ManagementEvents"]), ("", "0"))
        self.assertIn("no event at all", str(mail["NotSeen"]))
        self.assertIn("CloudWatch AWS/SES Send", str(mail["NeverLogged"]))
        for row in (bedrock, mail):
            self.assertEqual(row["Logs"], "CloudTrail")
            self.assertTrue(str(row["NeverShown"]).startswith("CloudTrail: data events that no"))

    def test_hunt_mode_reports_services_without_data_events(self) -> None:
        answer = self.hunt(first_mails(WORLD).lines)
        [note] = [text for text in messages_of(answer, "INFO") if "data events" in text]
        self.assertIn("AWS SNS", note)
        self.assertNotIn("AWS SES", note)
        self.assertIn("mode=coverage", note)
        other = b"".join(first_mails(World(foreign=True)).lines[:1])
        without = other.replace(b'"eventCategory":"Data"', b'"eventCategory":"Management"')
        answer = self.hunt([*first_mails(WORLD).lines, without])
        [note] = [text for text in messages_of(answer, "INFO") if "data events" in text]
        self.assertIn("AWS SES (in 1 of 2 accounts)", note)


class ShellTest(LookupTest):
    """The same features with files that the user names."""

    def setUp(self) -> None:
        super().setUp()
        self.story = nightly_publishes(WORLD)
        self.events = b"\n".join(self.story.lines)

    def scan(self, *args: str, stdin: bytes | None = None) -> Any:
        return run_scan(*args, "-", stdin=self.events if stdin is None else stdin)

    def test_a_baseline_is_printed_and_used_by_hunt_mode(self) -> None:
        printed = self.scan("--mode=baseline")
        self.assertEqual(printed.exit_code, 0)
        own, row = csv.DictReader(io.StringIO(printed.stdout))
        self.assertEqual(list(row), BASELINE_COLUMNS)
        self.assertEqual((own["service"], row["service"]), ("account", "sns"))
        self.assertEqual((row["principal"], row["peak_hour"]), (self.story.principals[0], "300"))
        path = self.write("baseline", printed.stdout)
        again = self.scan("--mode=baseline", f"--baseline={path}")
        self.assertEqual(again.stdout, printed.stdout)
        # Weeks later, the events are history.
        later = self.events.replace(b'"eventTime":"2026-03', b'"eventTime":"2026-04')
        hunt = self.scan("--mode=hunt", "--format=ndjson", f"--baseline={path}", stdin=later)
        self.assertEqual(ndjson_rows(hunt.stdout), [])
        without = self.scan("--mode=hunt", "--format=ndjson", stdin=later)
        self.assertEqual(len(ndjson_rows(without.stdout)), 1)

    def test_a_principal_that_looks_like_a_formula_is_written_unchanged(self) -> None:
        record = (
            b'{"eventTime":"2026-03-%02dT00:00:00Z","eventSource":"ses.amazonaws.com",'
            b'"eventName":"SendEmail","userIdentity":{"arn":"=1+1"}}'
        )
        printed = self.scan("--mode=baseline", stdin=b"\n".join([record % 2, record % 9]))
        self.assertIn("\nunknown,=1+1,ses,", printed.stdout)

    def test_an_allowlist_counts_in_both_modes(self) -> None:
        path = self.write_allowlist(["*integration*", "sns", "*", "", "", ""])
        for mode, rows in (("hunt", 1), ("volume", 7)):
            args = (f"--mode={mode}", "--format=ndjson")
            self.assertEqual(len(ndjson_rows(self.scan(*args).stdout)), rows)
            allowed = self.scan(*args, f"--allowlist={path}")
            self.assertEqual(ndjson_rows(allowed.stdout), [])
            self.assertIn(f"the allowlist hid {rows} row", allowed.stderr)

    def test_only_searches_read_the_lookups_of_the_app(self) -> None:
        """A scan by the program of an installed app reads only the files that the user names."""
        self.write_allowlist(["*", "*", "*", "", "", ""])
        for mode in ("hunt", "volume"):
            args = [*self.argv, "scan", f"--mode={mode}", "--format=ndjson", "-"]
            done = subprocess.run(args, input=self.events, capture_output=True, timeout=60)
            self.assertNotEqual(done.stdout, b"")
            self.assertEqual(
                run_search(self.argv, [f"mode={mode}"], bodies(self.story.lines)).rows, []
            )

    def test_a_pipe_is_not_accepted_as_a_file(self) -> None:
        os.mkfifo(self.lookups / "pipe")
        run = self.scan("--mode=hunt", f"--allowlist={self.lookups / 'pipe'}")
        self.assertEqual(run.exit_code, 2)
        self.assertIn("pipe: cannot be read", run.stderr)

    def test_coverage_is_a_table_for_people(self) -> None:
        run = self.scan("--mode=coverage")
        self.assertIn("no event at all", run.stdout)
        self.assertIn("never logged: mail sent over SMTP", run.stdout)
        self.assertEqual(run.stdout.count("in this account, CloudTrail never shows"), 1)
        self.assertRegex(run.stderr, r"\d+ rows\n$")

    def test_invalid_files_are_an_error(self) -> None:
        empty = self.write("baseline", b"")
        for args, expected in (
            (["--mode=hunt", "--baseline=/nowhere.csv"], "/nowhere.csv: cannot be read"),
            (["--mode=baseline", f"--baseline={empty}"], "a shell empties the target of >"),
            (["--mode=hunt", f"--allowlist={self.lookups}"], "cannot be read"),
            (["--mode=hunt", "--allowlist="], "--allowlist"),
            (["--mode=hunt", "--networks=/nowhere.csv"], "/nowhere.csv: cannot be read"),
            (["--mode=volume", "--networks=x"], "belongs to mode hunt or baseline"),
            ([f"--baseline={empty}"], "belongs to mode hunt or baseline"),
            (["--mode=coverage", "--allowlist=x"], "belongs to mode volume or hunt"),
            (
                ["--mode=baseline", "--format=table"],
                "--format: mode baseline prints no table; it accepts csv or ndjson",
            ),
            (["--mode=coverage", "--fail-on-findings"], "has no findings"),
            (["--mode=baseline", "--min-risk=3"], "belongs to mode hunt"),
        ):
            run = self.scan(*args)
            self.assertEqual(run.exit_code, 2, args)
            self.assertIn(expected, run.stderr)
            self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()

"""`mode=hunt` on stories of attacks and of legitimate work: each one alone, all mixed, and
renamed."""

from __future__ import annotations

import json
import random
import re
import tempfile
import unittest
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from chunk_body import Row, listed, write_body
from hunt_records import CALLS, DAY, MONDAY, Trail, World, dump
from hunt_scenarios import (
    ATTACKS,
    HUGE,
    NOISY_BENIGN,
    QUIET_BENIGN,
    SEVERITIES,
    STORIES,
    Build,
    Scenario,
    delivered_twice,
    everyday_work,
    made_user_mails,
    newsletter,
    nightly_publishes,
    production_role,
    scenarios,
    ses_campaign,
    severity_of,
    steady_invocations,
)
from program_under_test import SANITIZED, program, repetitions
from shell_run import ndjson_rows, run_scan
from shipped_catalogue import catalogue_calls
from splunkd import Answer, run_search

TIMEOUT = 300.0  # seconds; for hundreds of megabytes of events

# In this order. A list may be followed by the true count of its values, as SourceIPs by UniqueIPs.
COLUMNS = [
    *("_time", "Principal", "Account", "RiskScore", "Severity", "Services", "Phases", "Evidence"),
    *("Reasons", "UseCount", "MessageCount", "FailedCount", "PeakPerHour", "UniqueIPs"),
    *("SourceIPs", "SourceCountries", "Networks"),
    *("Regions", "Clients", "AccessKeys", "Models", "CallerType", "Workload"),
    *("FirstEvent", "LastEvent", "Timeline", "EventIDs", "Truncated"),
    *("Confidence", "Learning", "Members", "Links", "Response"),
    *("InputTokens", "OutputTokens", "CachedTokens", "EstimatedCost", "Countries"),
    *("user", "src", "vendor_account", "vendor_region", "user_agent"),
    *("risk_object", "risk_object_type", "risk_score", "risk_message"),
    *("threat_object", "threat_object_type", "mitre_technique_id"),
]
LISTS = [
    *("Services", "Phases", "Evidence", "Reasons", "SourceIPs", "Regions", "Clients", "AccessKeys"),
    *("Models", "Timeline", "EventIDs", "Truncated", "Members", "Links", "Response"),
    *("Countries", "SourceCountries", "Networks"),
]

# Stories that take too long with a sanitized program.
LEFT_OUT = HUGE if SANITIZED else []


def smaller_production_role(world: World) -> Scenario:
    """Also more than ten times the threshold, and long enough to have a history."""
    return production_role(world, hours=15, calls=600)


def smaller_newsletter(world: World) -> Scenario:
    return newsletter(world, mails=1200)


SMALLER: list[Build] = [smaller_production_role, smaller_newsletter]


class Bodies(Sequence[bytes]):
    """The lines as bodies of chunks, each made only when it is requested, because there can be
    many."""

    def __init__(self, lines: Sequence[bytes], rows_per_chunk: int | list[int] = 20_000):
        self._lines = lines
        if isinstance(rows_per_chunk, int):
            rows_per_chunk = [rows_per_chunk] * -(-len(lines) // rows_per_chunk)
        self._ends = [0]
        for rows in rows_per_chunk:
            self._ends.append(min(len(lines), self._ends[-1] + rows))
        assert self._ends[-1] == len(lines)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...

    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        lines = self._lines[self._ends[index] : self._ends[index + 1]]
        return write_body([{"_raw": line} for line in lines])


def hunt(lines: Sequence[bytes], *args: str, chunks: int | list[int] = 20_000) -> Answer:
    bodies = Bodies(lines, chunks)
    return run_search(program(), ["mode=hunt", *args], bodies, timeout=TIMEOUT)


def volume(lines: Sequence[bytes]) -> Answer:
    return run_search(program(), [], Bodies(lines), timeout=TIMEOUT)


def without_counts(columns: Iterable[str]) -> list[str]:
    """The columns without the counts of lists, except UniqueIPs."""
    return [name for name in columns if name in COLUMNS or not name.startswith("Unique")]


def verdict(row: Row) -> tuple[str, str, tuple[str, ...]]:
    """The row's result without any names."""
    return str(row["RiskScore"]), str(row["Severity"]), tuple(listed(row["Evidence"]))


def by_principal(test: unittest.TestCase, answer: Answer) -> dict[str, Row]:
    test.assertIsNone(answer.error)
    rows = {str(row["Principal"]): row for row in answer.rows}
    test.assertEqual(len(rows), len(answer.rows), "a principal has two rows")
    return rows


def check_row(test: unittest.TestCase, row: Row, story: Scenario) -> None:
    """Check that the row agrees with the story about its first principal."""
    test.assertEqual(row["Principal"], story.principals[0])
    test.assertEqual(listed(row["Members"]), story.members)
    test.assertEqual(set(listed(row["Evidence"])), story.evidence, row["Reasons"])
    test.assertEqual(len(listed(row["Evidence"])), len(story.evidence))
    test.assertEqual(row["RiskScore"], str(story.score), row["Reasons"])
    test.assertEqual(row["Severity"], severity_of(story.score))
    if story.bursts_on:
        reasons = " ".join(listed(row["Reasons"]))
        test.assertEqual(set(re.findall(r"\d{4}-\d\d-\d\d", reasons)), {story.bursts_on}, reasons)


def is_at_most(row: Row, severity: str) -> bool:
    return SEVERITIES.index(str(row["Severity"])) <= SEVERITIES.index(severity)


def small_scenarios(world: World = World()) -> Iterator[Scenario]:
    """All stories except those with tens of thousands of events."""
    return scenarios(world, without=[*HUGE, steady_invocations])


def lines_of(stories: Collection[Scenario]) -> list[bytes]:
    return [line for story in stories for line in story.lines]


def shuffled(lines: list[bytes], rng: random.Random) -> list[bytes]:
    return [line for _, line in sorted((rng.random(), line) for line in lines)]


def random_chunks(rng: random.Random, count: int) -> list[int]:
    """Random chunk sizes with this sum: most of thousands of rows, some of a few."""
    sizes: list[int] = []
    while (left := count - sum(sizes)) > 0:
        most = 10 if rng.random() < 0.2 else 8000
        sizes.append(min(left, int(rng.random() * most)))
    return sizes


class AloneTest(unittest.TestCase):
    """Each story on its own."""

    def check_hunt(self, story: Scenario) -> None:
        answer = hunt(story.lines)
        rows = by_principal(self, answer)
        self.assertEqual(set(rows), {story.principals[0]} if story.has_row else set())
        if story.has_row:
            self.assertEqual(without_counts(answer.columns), COLUMNS)
            check_row(self, answer.rows[0], story)
            self.assertTrue(story.benign or answer.rows[0]["Severity"] == story.severity)
        for row in answer.rows:
            self.assertTrue(is_at_most(row, story.severity), verdict(row))

    def check_all_rows(self, story: Scenario) -> None:
        """Check that principals without a row have no evidence, or as little as the rules allow."""
        rows = by_principal(self, hunt(story.lines, "min_risk=0"))
        self.assertLessEqual(set(rows), set(story.principals))
        first, *others = story.principals
        if first in rows:
            check_row(self, rows[first], story)
        else:
            self.assertTrue(story.has_only_markers)
        for principal in others:
            if principal in rows:
                self.assertTrue(is_at_most(rows[principal], "informational"))

    def check_volume(self, story: Scenario) -> None:
        answer = volume(story.lines)
        self.assertIsNone(answer.error)
        self.assertEqual(bool(answer.rows), story.in_volume)

    def check(self, stories: Iterator[Scenario]) -> None:
        for story in stories:
            with self.subTest(story.name):
                self.check_hunt(story)
            with self.subTest(story.name, min_risk=0):
                self.check_all_rows(story)
            with self.subTest(story.name, mode="volume"):
                self.check_volume(story)

    def test_attacks(self) -> None:
        self.check(build(World()) for build in ATTACKS)

    def test_legitimate_work(self) -> None:
        self.check(build(World()) for build in QUIET_BENIGN)

    def test_large_legitimate_workloads(self) -> None:
        self.check(build(World()) for build in NOISY_BENIGN if build not in LEFT_OUT)

    def test_large_legitimate_workloads_in_fewer_events(self) -> None:
        self.check(build(World()) for build in SMALLER)


class RepeatedDeliveryTest(unittest.TestCase):
    """Overlapping trails deliver every event twice."""

    def test_hunt_mode_counts_repeated_events_once(self) -> None:
        for story in small_scenarios():
            with self.subTest(story.name):
                once = hunt(story.lines, "min_risk=0")
                twice = hunt([*story.lines, *reversed(story.lines)], "min_risk=0")
                hours = Counter(json.loads(line)["eventTime"][:13] for line in story.lines)
                if max(hours.values()) <= 1024:
                    self.assertEqual(twice.columns, once.columns)
                    self.assertEqual(twice.rows, once.rows)
                else:  # beyond that, repeats are estimated, and the row says so
                    verdicts = [[verdict(row) for row in answer.rows] for answer in (once, twice)]
                    self.assertEqual(*verdicts)

    def test_volume_mode_counts_repeated_events_twice(self) -> None:
        once, twice = (volume(build(World()).lines) for build in (made_user_mails, delivered_twice))
        counts = [[int(str(row["EventCount"])) for row in answer.rows] for answer in (once, twice)]
        self.assertEqual(counts, [[400], [800]])


class MixedTest(unittest.TestCase):
    """All attacks within a day of everyday work by hundreds of principals."""

    def stories(self) -> list[Scenario]:
        attacks = [build(World()) for build in ATTACKS if build not in LEFT_OUT]
        benign = [
            build(World(number=number))
            for number in range(repetitions(15))
            for build in QUIET_BENIGN
        ]
        return [*attacks, *benign, nightly_publishes(World(number=1))]

    def test_only_attacks_are_found(self) -> None:
        stories = self.stories()
        rng = random.Random("mixed")
        work = everyday_work(World(number=400), repetitions(60), "mixed")
        # Stories with the same name are about the same principals.
        expected = {story.principals[0]: story for story in stories if story.has_row}
        lines = shuffled([*work, *lines_of(stories)], rng)
        answer = hunt(lines, chunks=random_chunks(rng, len(lines)))
        rows = by_principal(self, answer)
        self.assertEqual(set(rows), set(expected))
        for principal, row in rows.items():
            with self.subTest(principal):
                check_row(self, row, expected[principal])
        scores = [int(str(row["RiskScore"])) for row in answer.rows]
        self.assertEqual(scores, sorted(scores, reverse=True))

    def test_order_and_chunks_do_not_matter(self) -> None:
        rng = random.Random("order")
        lines = lines_of(list(small_scenarios()))
        answer = hunt(lines, "min_risk=0")
        self.assertGreater(len(answer.rows), 15)
        for _ in range(repetitions(5)):
            lines = shuffled(lines, rng)
            again = hunt(lines, "min_risk=0", chunks=random_chunks(rng, len(lines)))
            self.assertEqual((again.columns, again.rows), (answer.columns, answer.rows))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_in(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def names_in(line: bytes) -> set[str]:
    """All names in a record, in the form in which a renaming would replace them."""
    record = json.loads(line)
    identity = record["userIdentity"]
    parameters = record["requestParameters"] or {}
    named = [record["sourceIPAddress"], record["recipientAccountId"]]
    named += [identity[key] for key in ("principalId", "arn", "accountId", "accessKeyId")]
    for key in ("modelId", "emailIdentity", "emailAddress", "userName", "topicArn", "identity"):
        named += texts_in(parameters.get(key))
    return set(named)


class RenamedTest(unittest.TestCase):
    """Results do not depend on the names of anybody or anything."""

    def test_stories_share_no_name_between_worlds(self) -> None:
        worlds = (World(), World(foreign=True))
        lines = [lines_of(list(small_scenarios(world))) for world in worlds]
        usual, foreign = (set().union(*map(names_in, of_world)) for of_world in lines)
        self.assertFalse(usual & foreign)

    def test_worlds_keep_networks_and_clients_apart(self) -> None:
        for world in (World(foreign=True), World(number=3), World(foreign=True, number=3)):
            usual = [World().address(net, host) for net in range(64) for host in (1, 2)]
            other = [world.address(net, host) for net in range(64) for host in (1, 2)]
            self.assertEqual(len(set(other)), len(usual))
            networks = Counter(address.partition("::")[0] for address in other)
            self.assertEqual(set(networks.values()), {2})

    def test_verdicts_do_not_change(self) -> None:
        for build in [*(build for build in STORIES if build not in HUGE), *SMALLER]:
            usual, foreign = build(World()), build(World(foreign=True))
            with self.subTest(usual.name):
                answers = [hunt(story.lines, "min_risk=0") for story in (usual, foreign)]
                verdicts = [sorted(map(verdict, answer.rows)) for answer in answers]
                self.assertEqual(*verdicts)

    def test_verdicts_do_not_change_if_all_stories_are_mixed(self) -> None:
        answers = []
        for world in (World(), World(foreign=True)):
            lines = lines_of(list(small_scenarios(world)))
            answers.append(hunt(shuffled(lines, random.Random("renamed"))))
        usual, foreign = (Counter(map(verdict, answer.rows)) for answer in answers)
        self.assertEqual(usual, foreign)
        self.assertGreater(len(usual), 5)


NOT_CATALOGUED = [
    *("ec2:DescribeInstances", "sts:GetCallerIdentity", "kms:Decrypt", "s3:GetObject"),
    *("sns:CreateTopic", "sns:Unsubscribe", "sns:SendEmail", "ses:Publish", "bedrock:SendEmail"),
    *("ec2:GetSendQuota", "sns:CreateUser", "iam:GetUser", "iam:DeleteUser", "iam:ListUsers"),
    *("bedrock:ApplyGuardrail", "bedrock:CreateGuardrail", "ses:sendemail", "ses:SENDEMAIL"),
    *("bedrock:invokemodel", "bedrock-runtime:InvokeModel", "email:SendEmail", "sms:SendSms"),
]
SWITCHED_OFF = {
    "ses:UpdateAccountSendingEnabled": {"enabled": False},
    "ses:PutAccountSendingAttributes": {"sendingEnabled": False},
    "bedrock:PutModelInvocationLoggingConfiguration": {
        "loggingConfig": {"imageDataDeliveryEnabled": False}
    },
    "sns:Subscribe": {"protocol": "email"},
    "iam:UpdateAccessKey": {"userName": "backup", "status": "Inactive"},
    "servicequotas:StartAutoManagement": {"optInType": "NotifyOnly"},
}


def irrelevant_events(lines: Sequence[bytes], count: int, rng: random.Random) -> list[bytes]:
    """Other calls of the same principals, at the same times, from the same places and from
    others."""
    assert not {tuple(call.split(":")) for call in NOT_CATALOGUED} & {
        (call.source.partition(".")[0], call.name) for call in catalogue_calls()
    }
    made = []
    calls = [*NOT_CATALOGUED, *SWITCHED_OFF]
    ids = Trail("irrelevant")
    spare = World().role("spare", "spare", ["192.0.2.77"], None)
    for _ in range(count):
        record = json.loads(lines[int(rng.random() * len(lines))])
        call = calls[int(rng.random() * len(calls))]
        other = ids.record(spare, call, MONDAY + rng.random() * 30 * DAY)
        source, _, record["eventName"] = call.partition(":")
        record["eventSource"] = f"{source}.amazonaws.com"
        record["requestParameters"] = SWITCHED_OFF.get(call, record["requestParameters"])
        record["eventID"] = other["eventID"]
        if rng.random() < 0.5:
            for key in ("sourceIPAddress", "userAgent", "eventTime", "awsRegion"):
                record[key] = other.get(key)
            record["awsRegion"] = "me-south-1"
        made.append(dump(record))
    return made


class IrrelevanceTest(unittest.TestCase):
    def scan(self, folder: Path, lines: Sequence[bytes]) -> str:
        path = folder / "trail.jsonl"
        path.write_bytes(b"\n".join(lines))
        run = run_scan("--mode=hunt", "--min-risk=0", "--format=ndjson", str(path))
        self.assertEqual(run.exit_code, 0, run.stderr)
        return run.stdout

    def test_uncatalogued_events_change_nothing(self) -> None:
        rng = random.Random("irrelevance")
        lines = lines_of(list(small_scenarios()))
        more = shuffled([*lines, *irrelevant_events(lines, repetitions(8000), rng)], rng)
        answer, again = hunt(lines, "min_risk=0"), hunt(more, "min_risk=0")
        self.assertEqual((again.columns, again.rows), (answer.columns, answer.rows))
        self.assertGreater(len(answer.rows), 15)
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.scan(Path(folder), more), self.scan(Path(folder), lines))


def as_searched(value: Any) -> list[str]:
    """The texts that a search has for a value of ndjson."""
    if isinstance(value, list):
        return [text for item in value for text in as_searched(item)]
    if isinstance(value, tuple):  # a number, as its digits
        return [value[1]]
    return [] if value in (None, "") else [str(value)]


class ScanTest(unittest.TestCase):
    def test_scan_gives_the_rows_of_the_search(self) -> None:
        lines = lines_of(list(small_scenarios()))
        answer = hunt(lines)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trail.jsonl"
            path.write_bytes(b"\n".join(lines))
            run = run_scan("--mode", "hunt", "--format", "ndjson", str(path))
        self.assertEqual(run.exit_code, 0, run.stderr)
        rows = []
        for row in ndjson_rows(run.stdout):
            self.assertEqual(list(row), answer.columns)
            for name in LISTS:
                self.assertIsInstance(row[name], list, name)
            rows.append({name: as_searched(value) for name, value in row.items()})
        searched = [{name: listed(value) for name, value in row.items()} for row in answer.rows]
        self.assertEqual(rows, searched)
        self.assertGreater(len(rows), 10)


class GeneratorTest(unittest.TestCase):
    """Checks of the stories themselves."""

    def events(self, story: Scenario) -> list[dict[str, Any]]:
        return [json.loads(line) for line in story.lines]

    def test_every_catalogued_call_can_be_made(self) -> None:
        catalogued = {(call.source, call.name) for call in catalogue_calls()}
        made = [call.split(":") for call in CALLS]
        self.assertEqual({(f"{source}.amazonaws.com", name) for source, name in made}, catalogued)

    def test_records_are_well_formed(self) -> None:
        stories = [story for story in scenarios(without=HUGE) if "twice" not in story.name]
        ids = Counter(event["eventID"] for story in stories for event in self.events(story))
        self.assertEqual(ids.most_common(1)[0][1], 1)
        uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
        for event_id in ids:
            self.assertRegex(event_id, uuid)

    def test_principals_are_distinct(self) -> None:
        named = Counter(
            principal
            for story in scenarios(without=HUGE)
            if "twice" not in story.name
            for principal in story.principals
        )
        self.assertEqual(set(named.values()), {1})

    def test_scores_and_severities_agree(self) -> None:
        for story in scenarios(without=HUGE):
            with self.subTest(story.name):
                severity = severity_of(story.score)
                if story.benign:
                    below = SEVERITIES[: SEVERITIES.index(story.severity) + 1]
                    self.assertIn(severity, below)
                else:
                    self.assertEqual(severity, story.severity)

    def test_the_same_world_gives_the_same_story(self) -> None:
        self.assertEqual(ses_campaign(World()).lines, ses_campaign(World()).lines)

    def per_hour(self, story: Scenario, calls: str) -> Counter[tuple[str, str]]:
        """The number of these calls that succeeded, by hour and region."""
        return Counter(
            (event["eventTime"][:13], event["awsRegion"])
            for event in self.events(story)
            if re.fullmatch(calls, event["eventName"]) and not event.get("errorCode")
        )

    def test_counts(self) -> None:
        stories = {build.__name__: build for build in STORIES}

        def counts(build: str, calls: str) -> list[int]:
            return sorted(self.per_hour(stories[build](World()), calls).values())

        self.assertEqual(counts("burst_across_hours", "InvokeModel"), [48, 48])
        self.assertEqual(counts("burst_over_regions", "InvokeModel"), [45] * 5)
        self.assertEqual(counts("ses_campaign", "SendEmail"), [5000])
        self.assertEqual(counts("made_user_mails", "SendEmail"), [400])
        self.assertEqual(counts("text_messages", "SendTextMessage"), [3000])
        self.assertEqual(counts("nightly_publishes", "Publish"), [300] * 7)
        self.assertEqual(set(counts("steady_invocations", "InvokeModel")), {1562, 1563})
        self.assertLess(counts("coding_assistant", "Invoke.*")[-1], 50)

    def test_the_proxies_rotate(self) -> None:
        story = next(story for story in scenarios() if "rotating" in story.name)
        events = self.events(story)
        self.assertEqual(len(events), 20)
        self.assertEqual(len({event["sourceIPAddress"] for event in events}), 18)
        hours = Counter(event["eventTime"][:13] for event in events)
        self.assertLessEqual(max(hours.values()), 3)
        self.assertEqual(len({event["userAgent"] for event in events}), 1)

    def test_sizes_of_chunks(self) -> None:
        lines = [b"{}"] * 1000
        rng = random.Random(1)
        for sizes in (1, 7, 1000, 5000, random_chunks(rng, 1000)):
            self.assertEqual(b"".join(Bodies(lines, sizes)).count(b"{}"), 1000)


if __name__ == "__main__":
    unittest.main()

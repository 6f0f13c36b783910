"""Run the page Start here on installations in several states, and look at it in Chromium.

CLOUDHIJACK=PROGRAM python3 -B -m unittest -v test_start       run in this folder
CLOUDHIJACK=PROGRAM python3 -B test_start.py --pictures FOLDER  save pictures of three states
CLOUDHIJACK=PROGRAM python3 -B test_start.py --states          renew start_states.txt

Splunk's answers about the installation are simulated (spl_search.py); the rows of the baseline and
of mode=coverage are the program's. start_states.txt has each table in each state: read its diff.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import sys
import unittest
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

E2E = Path(__file__).resolve().parents[1] / "e2e"
sys.path.insert(0, str(E2E))

import cloudtrail_day
from call_records import call
from chunk_body import write_body
from dashboard import read
from program_under_test import program
from rendering import bundle, render
from shipped_catalogue import ROOT
from spl import expand, macros_in, shipped
from spl_search import Condition, Events, Installation, Row, Rows, Search, SearchFailed
from spl_stages import Table
from splunkd import run_search

EXPECTED = Path(__file__).with_name("start_states.txt")
START = read(ROOT / "default/data/ui/views/start.xml")
NAVIGATION = ROOT / "default/data/ui/nav/default.xml"
SEARCHES = shipped("savedsearches.conf")
MACROS = shipped("macros.conf")
NOW = float(cloudtrail_day.DAY + 2 * 86_400)
DAYS = 86_400

FINE, TO_DO, UNSEEN = "fine", "to do", "cannot be seen from here"

OF_MACROS = "/servicesNS/-/cloudhijack/admin/macros"
OF_SEARCHES = "/servicesNS/-/cloudhijack/saved/searches"
OF_FILES = "/servicesNS/-/-/data/lookup-table-files"
OF_SERVERS = "/services/server/info"
OF_THE_USER = "/services/authentication/current-context"


def program_rows(mode: str, events: Sequence[bytes]) -> Rows:
    answer = run_search(
        program(), [f"mode={mode}", "input=raw"], [write_body([{"_raw": e} for e in events])]
    )
    assert answer.error is None, answer.error
    return [{name: value or None for name, value in row.items()} for row in answer.rows]


@functools.cache
def events_of_the_day() -> tuple[bytes, ...]:
    return tuple(raw for _, raw in cloudtrail_day.cloudtrail_day().events)


@functools.cache
def coverage_of_the_day() -> Rows:
    return program_rows("coverage", events_of_the_day())


@functools.cache
def baseline_since(first: str) -> Rows:
    """What mode=baseline learns from the day, and from one call long before it."""
    bounds = [
        call(eventTime=time, recipientAccountId=cloudtrail_day.ACCOUNT)
        for time in (first, "2024-03-07T00:00:00Z")
    ]
    return program_rows("baseline", [*bounds, *events_of_the_day()])


def rest_of(
    installation: Installation, searches: dict[str, bool], app: str = ""
) -> dict[str, Rows]:
    """The answers of REST endpoints to a user who may see everything.

    `searches` says which searches differ from savedsearches.conf, and `app` where the baseline is.
    """
    of_app: Row = {"eai:acl.app": "cloudhijack", "eai:acl.sharing": "app"}
    files = {"cloudhijack_demo.csv": "cloudhijack", "other.csv": "search"}
    if app:
        files["cloudhijack_baseline.csv"] = app
    saved: Rows = [{"title": "Other", "disabled": "0", "is_scheduled": "1"} | of_app]
    saved[0]["eai:acl.app"] = "search"
    for name, stanza in SEARCHES.items():
        on = searches.get(name, stanza.get("disabled") != "1")
        scheduled = "1" if on and stanza.get("enableSched") == "1" else "0"
        saved.append({"title": name, "disabled": "01"[not on], "is_scheduled": scheduled} | of_app)
    for row in saved:
        on = row["is_scheduled"] == "1"
        row["next_scheduled_time"] = "2024-03-08 03:11:00 UTC" if on else None
    return {
        OF_MACROS: [
            {"title": name, "definition": stanza["definition"]} | of_app
            for name, stanza in installation.macros.items()
        ],
        OF_SEARCHES: saved,
        OF_FILES: [{"title": name, "eai:acl.app": app} for name, app in files.items()],
        OF_SERVERS: [{"splunk_server": "sh1", "os_name": "Linux", "cpu_arch": "x86_64"}],
        OF_THE_USER: [{"capabilities": ["run_custom_command", "search"]}],
    }


def with_macros(**definitions: str) -> dict[str, Any]:
    return {**MACROS, **{name: {"definition": text} for name, text in definitions.items()}}


def empty() -> Installation:
    """Just installed, in a Splunk that has no cloud logs."""
    world = Installation(NOW, events=[Events("main", "linux_secure", "sh1", 1200)])
    world.rest = rest_of(world, {})
    return world


def half() -> Installation:
    """The logs are there, but only SendGrid's macro has an index; the baseline is young."""
    world = Installation(
        NOW,
        events=[
            Events("aws", "aws:cloudtrail", "idx1", 1_200_000),
            Events("aws", "aws:cloudtrail", "idx2", 34_567),
            Events("aws_old", "aws:cloudtrail", "idx3", 5),
            Events("mail", "sendgrid:event", "idx1", 800),
            Events("main", "twilio:monitor", "idx1", 70),
        ],
        macros=with_macros(cloudhijack_sendgrid="index=mail sourcetype=sendgrid*"),
        lookups={"cloudhijack_baseline": baseline_since("2024-03-01T00:00:00Z")},
        jobs={"Cloudhijack - Weekly coverage": coverage_of_the_day()},
    )
    world.rest = rest_of(world, {"Cloudhijack - Baseline": True}, "cloudhijack")
    world.rest[OF_SERVERS] += [
        {"splunk_server": "idx1", "os_name": "Linux", "cpu_arch": "aarch64"},
        {"splunk_server": "idx2", "os_name": "Windows", "cpu_arch": "x64"},
    ]
    world.rest[OF_THE_USER] = [{"capabilities": ["search", "rest_properties_get"]}]
    return world


def complete() -> Installation:
    world = Installation(
        NOW,
        events=[Events("aws", "aws:cloudtrail", "idx1", 43_987)],
        macros=with_macros(cloudhijack_cloudtrail="index=aws sourcetype=aws:cloudtrail"),
        lookups={"cloudhijack_baseline": baseline_since("2024-02-10T00:00:00Z")},
        jobs={
            "Cloudhijack - Weekly coverage": [
                {**row, "NotSeen": None} for row in coverage_of_the_day() if row["Region"]
            ]
        },
    )
    names = ("Baseline", "Hunt - Rule", "Weekly coverage", "Volume by day - Rule")
    enabled = {f"Cloudhijack - {name}": True for name in names}
    world.rest = rest_of(world, enabled, "cloudhijack")
    world.rest[OF_SERVERS] += [{"splunk_server": "idx1", "os_name": "Linux", "cpu_arch": "x86_64"}]
    return world


def trouble() -> Installation:
    """What is set up does not work, and other users and apps have objects of the same names."""
    rows = baseline_since("2024-02-10T00:00:00Z")
    older = {**rows[0], "account": "444455556666", "first_seen": "2023-12-24T00:00:00Z"}
    world = Installation(
        NOW + 4 * DAYS,
        events=[
            Events("aws", "aws:cloudtrail", "sh1", 7),
            Events("aws", "aws:asl", "sh1", 9),
            Events("mail", "sendgrid", "sh1", 3),
            Events("main", "custom", "sh1", 2),
        ],
        macros=with_macros(
            cloudhijack_cloudtrail="index=aws eventSource=ses*",
            cloudhijack_security_lake='index=lake host!=h1 source="a b" NOT sourcetype IN (x, y)',
            cloudhijack_sendgrid="index IN (mail, main) sourcetype=*",
        ),
        lookups={"cloudhijack_baseline": [*rows, older]},
        jobs={"Cloudhijack - Weekly coverage": []},
    )
    world.rest = rest_of(world, {}, "cloudhijack")
    foreign: Row = {"eai:acl.app": "cloudhijack", "eai:acl.sharing": "user"}
    title = "cloudhijack_sendgrid"
    world.rest[OF_MACROS] += [
        {"title": title, "definition": "index=private", **foreign},
        {"title": title, "definition": "x", "eai:acl.app": "other", "eai:acl.sharing": "app"},
    ]
    search = {"title": "Cloudhijack - Weekly coverage", "disabled": "0", "is_scheduled": "1"}
    world.rest[OF_SEARCHES] += [
        {**search, **foreign},
        {**search, "eai:acl.app": "other", "eai:acl.sharing": "app"},
    ]
    world.rest[OF_SERVERS] = [
        {"splunk_server": "sh1", "os_name": "Windows", "cpu_arch": "x64"},
        {"splunk_server": "idx1", "os_name": "Linux", "cpu_arch": "ppc64le"},
        {"splunk_server": "idx2", "os_name": "Windows", "cpu_arch": "x86_64"},
    ]
    return world


def restricted() -> Installation:
    """Half set up, but Splunk shows the user nothing but events."""
    return dataclasses.replace(half(), rest={}, lookups={}, jobs={})


STATES = {
    "empty": empty,
    "half": half,
    "complete": complete,
    "trouble": trouble,
    "restricted": restricted,
}
RENDERED = ("empty", "half", "complete")


def answers_of(world: Installation) -> dict[str, Rows]:
    search = Search(world)
    answers: dict[str, Rows] = {}
    for source in START.sources:
        base, query = START.base(source), START.query(source)
        answers[source] = (
            search.run(query) if base == source else search.chain(query, answers[base])
        )
    return answers


def states_text() -> str:
    """The tables of each state as lines of cells."""
    lines = []
    for state, world in STATES.items():
        for source, rows in answers_of(world()).items():
            if source != "ds_facts":
                lines += ["", f"{state}: {START.sources[source]['name']}"]
                for row in rows:
                    cells = [str(v or "-") for name, v in row.items() if not name.startswith("_")]
                    lines.append("  " + " | ".join(cells))
    return "\n".join(lines[1:]) + "\n"


def rows_of(world: Installation, source: str, key: str) -> dict[str, Row]:
    """The rows of a table by the value of a column, which names each row once."""
    rows = answers_of(world)[source]
    named = {str(row[key]): row for row in rows}
    assert len(named) == len(rows), rows
    return named


def verdicts(rows: dict[str, Row]) -> dict[str, Any]:
    return {name: row["Verdict"] for name, row in rows.items()}


def logs(world: Installation) -> dict[str, Row]:
    return rows_of(world, "ds_logs", "Log")


def steps(world: Installation) -> dict[str, Row]:
    return rows_of(world, "ds_setup", "Step")


def servers(world: Installation) -> dict[str, Row]:
    return rows_of(world, "ds_servers", "Server")


def services(world: Installation) -> dict[str, Row]:
    return rows_of(world, "ds_coverage", "Service")


class DefinitionTest(unittest.TestCase):
    def test_two_searches_start_and_neither_runs_the_command(self) -> None:
        bases = {START.base(source) for source in START.sources}
        self.assertEqual(bases, {"ds_facts", "ds_coverage"})
        for source in START.sources:
            self.assertNotIn("| cloudhijack", START.query(source))

    def test_the_last_weekly_report_is_in_the_range(self) -> None:
        # loadjob finds the last run in the time range of its own search.
        times = START.sources["ds_coverage"]["options"]["queryParameters"]
        self.assertEqual(times, {"earliest": "-30d", "latest": "now"})
        self.assertRegex(SEARCHES["Cloudhijack - Weekly coverage"]["cron_schedule"], r" \* \* \d$")

    def test_searches_have_no_token_by_mistake(self) -> None:
        # Splunk would wait for a value of the token.
        for stanza in START.sources.values():
            self.assertNotIn("$", stanza["options"]["query"])

    def test_macros_occur_only_as_macros(self) -> None:
        # Splunk also expands a macro inside a text.
        used = {name for source in START.sources for name in macros_in(START.query(source))}
        self.assertEqual(used, {"cloudhijack_index"})

    def test_every_search_that_is_a_step_is_shipped(self) -> None:
        named = set(re.findall(r"Cloudhijack - [\w -]+\w", START.query("ds_facts")))
        scheduled = {name for name, one in SEARCHES.items() if one["enableSched"] == "1"}
        self.assertEqual(named, scheduled)

    def test_every_log_is_a_row_with_the_sourcetypes_of_its_macro(self) -> None:
        names = macros_in(MACROS["cloudhijack_index"]["definition"])
        for name in names:
            text = expand(MACROS[name]["definition"], MACROS)
            for sourcetype in re.findall(r"[\w:]+:[\w:]+|(?<=\")\w+(?=\")", text):
                world = dataclasses.replace(empty(), events=[Events("other", sourcetype, "sh1", 5)])
                row = {str(row["_macro"]): row for row in answers_of(world)["ds_logs"]}[name]
                self.assertEqual(row["Verdict"], TO_DO, sourcetype)

    def test_it_is_the_first_page_and_overview_the_second(self) -> None:
        views = ElementTree.parse(NAVIGATION).getroot().findall("view")
        self.assertEqual(
            [(view.get("name"), view.get("default")) for view in views[:2]],
            [("start", "true"), ("overview", None)],
        )
        self.assertEqual([view.get("name") for view in views if view.get("default")], ["start"])


class StatesTest(unittest.TestCase):
    def test_every_cell_of_every_state(self) -> None:
        self.maxDiff = None
        self.assertEqual(states_text(), EXPECTED.read_text(encoding="utf-8"))


class EmptyTest(unittest.TestCase):
    def test_logs(self) -> None:
        rows = logs(empty())
        self.assertEqual(
            verdicts(rows),
            {
                "All logs": TO_DO,
                "CloudTrail": UNSEEN,
                "Azure OpenAI": UNSEEN,
                "Bedrock invocation log": UNSEEN,
                "Security Lake": UNSEEN,
                "SendGrid": UNSEEN,
                "Twilio": UNSEEN,
                "Vertex AI": UNSEEN,
            },
        )
        self.assertEqual(rows["All logs"]["Found"], "The macros find 0 events")
        self.assertIn("an empty Overview proves nothing", str(rows["All logs"]["What to do"]))
        self.assertIn("Splunk Add-on for AWS", str(rows["CloudTrail"]["What to do"]))
        self.assertEqual(rows["CloudTrail"]["Who can do it"], "Splunk admin")

    def test_steps(self) -> None:
        rows = steps(empty())
        self.assertEqual(
            verdicts(rows),
            {
                "Permission": FINE,
                "Baseline": TO_DO,
                "Cloudhijack - Baseline": TO_DO,
                "Cloudhijack - Weekly coverage": TO_DO,
                "Cloudhijack - Hunt - Rule": TO_DO,
                "Cloudhijack - Volume by day - Rule": FINE,
                "Cloudhijack - Cost - Rule": FINE,
                "Cloudhijack - Keep the findings": FINE,
                "Cloudhijack - Volume by hour - Rule": FINE,
            },
        )
        self.assertEqual(rows["Baseline"]["Found"], "There is no file cloudhijack_baseline.csv")
        self.assertIn("optional", str(rows["Cloudhijack - Volume by day - Rule"]["What to do"]))

    def test_coverage_and_servers(self) -> None:
        rows = services(empty())
        self.assertEqual(verdicts(rows), {"All services": UNSEEN})
        self.assertIn(
            "Enable the report with its schedule", str(rows["All services"]["What to do"])
        )
        self.assertEqual(verdicts(servers(empty())), {"sh1": FINE})


class HalfTest(unittest.TestCase):
    def test_logs(self) -> None:
        rows = logs(half())
        found = verdicts(rows)
        self.assertEqual(
            {name: found[name] for name in ("All logs", "CloudTrail", "SendGrid", "Twilio")},
            {"All logs": FINE, "CloudTrail": TO_DO, "SendGrid": FINE, "Twilio": TO_DO},
        )
        self.assertEqual(rows["All logs"]["Found"], "The macros find 870 events")
        self.assertEqual(
            rows["CloudTrail"]["Found"],
            "1,234,572 events, 1,234,572 of them not found by the macro: index=aws"
            ' sourcetype="aws:cloudtrail"; index=aws_old sourcetype="aws:cloudtrail"',
        )
        # Twilio's events are in the default index, but the macro does not name it.
        self.assertIn("Name the index", str(rows["Twilio"]["What to do"]))
        self.assertEqual(
            rows["Twilio"]["Text of the macro"], 'index=main sourcetype="twilio:monitor"'
        )

    def test_the_text_of_the_macro_finds_the_events(self) -> None:
        world = half()
        text = str(logs(world)["CloudTrail"]["Text of the macro"])
        self.assertTrue(Condition(text).holds(world.events[2], ()))
        world.macros = with_macros(cloudhijack_cloudtrail=text)
        world.rest = rest_of(world, {})
        row = logs(world)["CloudTrail"]
        self.assertEqual((row["Verdict"], row["Text of the macro"]), (FINE, None))

    def test_steps(self) -> None:
        rows = steps(half())
        self.assertEqual(
            verdicts(rows),
            {
                "Permission": TO_DO,
                "Baseline": FINE,
                "Cloudhijack - Baseline": FINE,
                "Cloudhijack - Weekly coverage": TO_DO,
                "Cloudhijack - Hunt - Rule": TO_DO,
                "Cloudhijack - Volume by day - Rule": FINE,
                "Cloudhijack - Cost - Rule": FINE,
                "Cloudhijack - Keep the findings": FINE,
                "Cloudhijack - Volume by hour - Rule": FINE,
            },
        )
        size = f"{len(baseline_since('2024-03-01T00:00:00Z')):,} rows, 1 account, learned from "
        self.assertEqual(rows["Baseline"]["Found"], f"{size}2024-03-01 to 2024-03-05")
        self.assertEqual(
            rows["Baseline"]["What to do"], "Nothing; the youngest account is known from 2024-03-15"
        )
        self.assertIn("next run 2024-03-08", str(rows["Cloudhijack - Baseline"]["Found"]))
        self.assertIn("run_custom_command", str(rows["Permission"]["What to do"]))

    def test_the_youngest_account_decides_until_when_the_baseline_learns(self) -> None:
        world = half()
        rows = world.lookups["cloudhijack_baseline"]
        older = {**rows[0], "account": "444455556666", "first_seen": "2023-12-24T00:00:00Z"}
        world.lookups = {"cloudhijack_baseline": [*rows, older]}
        row = steps(world)["Baseline"]
        self.assertIn("2 accounts, learned from 2023-12-24 to", str(row["Found"]))
        self.assertIn("known from 2024-03-15", str(row["What to do"]))

    def test_servers(self) -> None:
        rows = servers(half())
        self.assertEqual(verdicts(rows), {"sh1": FINE, "idx1": FINE, "idx2": TO_DO, "idx3": UNSEEN})
        self.assertEqual(rows["idx2"]["Found"], "Search peer: Windows, x64")
        self.assertIn("distributed=false", str(rows["idx2"]["What to do"]))

    def test_peers_that_the_command_stays_off(self) -> None:
        world = half()
        options = "input=raw distributed=false"
        world.rest[OF_MACROS] = rest_of(
            dataclasses.replace(world, macros=with_macros(cloudhijack_options=options)), {}
        )[OF_MACROS]
        rows = servers(world)
        self.assertEqual({*verdicts(rows).values()}, {FINE})
        self.assertIn("distributed=false keeps", str(rows["idx2"]["What to do"]))
        self.assertIsNone(rows["idx2"]["Who can do it"])
        world.rest[OF_MACROS] = []
        rows = servers(world)
        self.assertEqual(rows["idx2"]["Verdict"], UNSEEN)
        self.assertIn("Set the macro", str(rows["idx2"]["What to do"]))

    def test_coverage(self) -> None:
        rows = answers_of(half())["ds_coverage"]
        found = {str(row["Service"]): row for row in rows}
        self.assertEqual(found["AWS SES"]["Verdict"], TO_DO)
        self.assertIn("mail sent through the API", str(found["AWS SES"]["Found"]))
        self.assertEqual(found["AWS SageMaker"]["Verdict"], UNSEEN)
        # The program says which services have events.
        with_events = {
            str(row["Service"]) for row in coverage_of_the_day() if row["NotSeen"] and row["Region"]
        }
        self.assertEqual({str(r["Service"]) for r in rows if r["Verdict"] == TO_DO}, with_events)


class CompleteTest(unittest.TestCase):
    def test_nothing_is_left_to_do(self) -> None:
        world = complete()
        answers = answers_of(world)
        for source in ("ds_logs", "ds_setup", "ds_servers", "ds_coverage"):
            self.assertNotIn(TO_DO, {row["Verdict"] for row in answers[source]}, source)
        self.assertEqual({*verdicts(steps(world)).values()}, {FINE})
        self.assertEqual(verdicts(services(world)), {"All services": FINE})
        self.assertEqual(verdicts(servers(world)), {"sh1": FINE, "idx1": FINE})
        found = verdicts(logs(world))
        self.assertEqual((found.pop("All logs"), found.pop("CloudTrail")), (FINE, FINE))
        self.assertEqual({*found.values()}, {UNSEEN})  # logs that nobody has

    def test_a_baseline_that_stopped_learning(self) -> None:
        world = complete()
        world.now += 4 * DAYS  # a weekend without work, and the day that is left for the next run
        self.assertEqual(steps(world)["Baseline"]["Verdict"], FINE)
        world.now += 2 * DAYS
        row = steps(world)["Baseline"]
        self.assertEqual(row["Verdict"], TO_DO)
        self.assertIn("stopped learning", str(row["What to do"]))

    def test_a_baseline_in_another_app(self) -> None:
        world = complete()
        world.rest = rest_of(world, {}, "search")
        world.lookups = {}
        row = steps(world)["Baseline"]
        self.assertEqual((row["Verdict"], row["Found"]), (TO_DO, "The file is in the app search"))
        self.assertIn("Move the file", str(row["What to do"]))

    def test_an_enabled_search_without_a_schedule_is_not_on(self) -> None:
        world = complete()
        for row in world.rest[OF_SEARCHES]:
            row["is_scheduled"] = "0"
        self.assertEqual(steps(world)["Cloudhijack - Weekly coverage"]["Verdict"], TO_DO)


class UnknownTest(unittest.TestCase):
    """What Splunk does not show is never taken for a fact."""

    def test_without_rest_lookups_and_jobs(self) -> None:
        for state in (empty, half):
            world = dataclasses.replace(state(), rest={}, lookups={}, jobs={})
            self.assertEqual({*verdicts(steps(world)).values()}, {UNSEEN})
            self.assertEqual({*verdicts(servers(world)).values()}, {UNSEEN})
            self.assertEqual({*verdicts(services(world)).values()}, {UNSEEN})
            self.assertNotIn(TO_DO, verdicts(logs(world)).values())
        # Events that the macros find are a fact.
        found = verdicts(logs(world))
        self.assertEqual([name for name in found if found[name] == FINE][:1], ["All logs"])
        self.assertEqual(found["CloudTrail"], UNSEEN)

    def test_answers_without_their_fields(self) -> None:
        world = complete()
        for row in world.rest[OF_SEARCHES]:
            row["disabled"] = None
        world.rest[OF_THE_USER] = [{"capabilities": None}]
        world.rest[OF_SERVERS] = [{"os_name": "Linux", "cpu_arch": None}]
        found = verdicts(steps(world))
        self.assertEqual(found.pop("Baseline"), FINE)
        self.assertEqual({*found.values()}, {UNSEEN})
        self.assertEqual(servers(world)["sh1"]["Verdict"], UNSEEN)

    def test_a_baseline_that_exists_but_cannot_be_read(self) -> None:
        world = dataclasses.replace(complete(), lookups={})
        row = steps(world)["Baseline"]
        self.assertEqual(row["Verdict"], UNSEEN)
        self.assertIn("no row of it can be read", str(row["Found"]))

    def test_a_macro_that_tstats_cannot_check(self) -> None:
        for definition in ("index=aws eventSource=ses*", "index=aws user_type=host=x"):
            world = complete()
            world.macros = with_macros(cloudhijack_cloudtrail=definition)
            world.rest = rest_of(world, {}, "cloudhijack")
            rows = logs(world)
            self.assertEqual(rows["All logs"]["Verdict"], UNSEEN)
            self.assertIn("Search cloudhijack_index", str(rows["All logs"]["What to do"]))
            self.assertEqual(rows["CloudTrail"]["Verdict"], UNSEEN)
            self.assertIn("Compare the macro", str(rows["CloudTrail"]["What to do"]))

    def test_a_macro_that_finds_a_part_of_its_log(self) -> None:
        macro = 'index=aws sourcetype="aws:cloudtrail" source="*us-east-1*"'
        for found, verdict in ((10, TO_DO), (1_990, FINE)):
            events = [
                Events("aws", "aws:cloudtrail", "sh1", found, "s3://b/us-east-1/f"),
                Events("aws", "aws:cloudtrail", "sh1", 2_000 - found, "s3://b/eu-west-1/f"),
            ]
            world = Installation(
                NOW, events=events, macros=with_macros(cloudhijack_cloudtrail=macro)
            )
            world.rest = rest_of(world, {})
            self.assertEqual(logs(world)["CloudTrail"]["Verdict"], verdict, found)
        self.assertIn("2,000 events, all of them", str(logs(world)["CloudTrail"]["Found"]))

    def test_neighbours_of_the_usual_sourcetypes_are_no_log(self) -> None:
        for sourcetype in (
            "aws:cloudwatchlogs:vpcflow",
            "aws:bedrock:agent",
            "google:gcp:pubsub:audit:system_event",
        ):
            world = dataclasses.replace(empty(), events=[Events("aws", sourcetype, "sh1", 5)])
            world.rest = rest_of(world, {})
            self.assertEqual({*verdicts(logs(world)).values()} - {TO_DO}, {UNSEEN}, sourcetype)
            found = [row["Log"] for row in logs(world).values() if row["Verdict"] == TO_DO]
            self.assertEqual(found, ["All logs"], sourcetype)

    def test_a_search_of_the_macros_that_fails(self) -> None:
        world = dataclasses.replace(half(), tstats_fails=True)
        self.assertEqual({*verdicts(logs(world)).values()}, {UNSEEN})

    def test_a_failing_command_ends_its_search(self) -> None:
        # The stand-in would hide every failure if loadjob gave no rows.
        with self.assertRaises(SearchFailed):
            Search(empty()).run(
                '| loadjob savedsearch="nobody:cloudhijack:Cloudhijack - Weekly coverage"'
            )


def tables(world: Installation) -> dict[str, Table]:
    """The answers in the form in which Splunk gives them: numbers are texts."""

    def cell(value: Any) -> Any:
        return f"{value:g}" if isinstance(value, float) else value

    return {
        source: Table(
            list(rows[0]) if rows else [],
            [{name: cell(value) for name, value in row.items()} for row in rows],
        )
        for source, rows in answers_of(world).items()
    }


class ShownTest(unittest.TestCase):
    """Each state as Chromium shows it."""

    @classmethod
    def setUpClass(cls) -> None:
        bundle()
        cls.answers = {name: tables(STATES[name]()) for name in RENDERED}
        cls.seen = {name: render(START, answers) for name, answers in cls.answers.items()}

    def test_the_definition_is_valid_and_there_are_no_errors(self) -> None:
        for name, seen in self.seen.items():
            self.assertIsNone(seen["invalid"], name)
            self.assertEqual(seen["errors"], [], name)

    def test_tables_show_their_rows(self) -> None:
        for name, seen in self.seen.items():
            for id, visualization in START.visualizations.items():
                if visualization["type"] != "splunk.table":
                    continue
                answer = self.answers[name][visualization["dataSources"]["primary"]]
                columns = [column for column in answer.columns if not column.startswith("_")]
                self.assertEqual(list(visualization["options"]["columnFormat"]), columns)
                self.assertEqual(seen["shown"][id]["header"], columns)
                shown = [[cell.strip() for cell in row] for row in seen["shown"][id]["rows"]]
                expected = [[str(row[c] or "") for c in columns] for row in answer.rows]
                self.assertEqual(shown, expected, (name, id))

    def test_the_introduction_has_its_links(self) -> None:
        shown = self.seen["empty"]["shown"]["viz_intro"]
        self.assertIn("Try it runs hunt mode over", shown["text"])
        report, overview = shown["links"]
        self.assertEqual(
            unquote(report),
            "/app/cloudhijack/report?s=/servicesNS/nobody/cloudhijack/saved/searches/"
            "Cloudhijack - Try it",
        )
        self.assertEqual(overview, "/app/cloudhijack/overview")

    def test_clicks(self) -> None:
        clicked = self.seen["half"]["clicked"]
        self.assertEqual(set(clicked), {"viz_logs", "viz_setup", "viz_coverage"})
        self.assertTrue(
            clicked["viz_logs"]["url"].startswith(
                "/manager/cloudhijack/admin/macros/cloudhijack_index?"
            ),
            clicked,
        )
        self.assertIn("Cloudhijack%20-%20Coverage", clicked["viz_coverage"]["url"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pictures"]:
        bundle()
        for name in RENDERED:
            render(START, tables(STATES[name]()), Path(sys.argv[2]) / f"start-{name}.png")
    elif sys.argv[1:] == ["--states"]:
        EXPECTED.write_text(states_text(), encoding="utf-8")
    else:
        unittest.main()

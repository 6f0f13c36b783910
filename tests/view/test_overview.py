"""Run the dashboard on real output of the command: its searches, and how Chromium shows it.

CLOUDHIJACK=PROGRAM python3 -B -m unittest -v test_overview     run in this folder
CLOUDHIJACK=PROGRAM python3 -B test_overview.py --picture       renew docs/overview.png
"""

from __future__ import annotations

import copy
import functools
import json
import re
import sys
import unittest
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

E2E = Path(__file__).resolve().parents[1] / "e2e"
sys.path.insert(0, str(E2E))

import cloudtrail_day
from call_records import is_of
from chunk_body import write_body
from dashboard import Dashboard, read, resolve
from hunt_records import CONSOLE, MONDAY, Trail, World
from program_under_test import program
from rendering import bundle, render
from shipped_catalogue import ROOT
from spl import expand, shipped
from spl_eval import Value, events_found
from spl_stages import Range, Table, run
from splunkd import run_search

PICTURE = ROOT / "docs/overview.png"
OVERVIEW = read(ROOT / "default/data/ui/views/overview.xml")
DAY = Range(cloudtrail_day.DAY, cloudtrail_day.DAY + 24 * cloudtrail_day.HOUR)


def table_of(args: Sequence[str], events: Sequence[bytes]) -> Table:
    """The command's answer. The rows have their own times, so the events do not need any."""
    rows = [{"_time": b"", "_raw": raw} for raw in events]
    answer = run_search(program(), args, [write_body(rows)])
    assert answer.error is None, answer.error
    return Table(answer.columns, [dict(row) for row in answer.rows])


def answers_over(events: Sequence[bytes], dashboard: Dashboard = OVERVIEW) -> dict[str, Table]:
    """The rows of each data source, by its id."""
    bases: dict[str, Table] = {}
    answers = {}
    for source in dashboard.sources:
        base, search = dashboard.base(source), dashboard.pipeline(source)
        if base not in bases:
            bases[base] = table_of(search.args, events)
        answers[source] = run(search.after, bases[base], DAY)
    return answers


@functools.cache
def events_of_the_day() -> list[bytes]:
    return [raw for _, raw in cloudtrail_day.cloudtrail_day().events]


@functools.cache
def answers_of_the_day() -> dict[str, Table]:
    return answers_over(events_of_the_day())


def clicked_search(id: str, row: Mapping[str, Value]) -> str:
    """The search that a click on a row of a table opens."""
    (handler,) = OVERVIEW.visualizations[id]["eventHandlers"]
    tokens = {f"row.{name}.value": str(value) for name, value in row.items()}
    return resolve(handler["options"]["query"], {**OVERVIEW.tokens(), **tokens})


def found_by(query: str, events: Sequence[bytes]) -> list[bytes]:
    return events_found(expand(query, shipped("macros.conf")), events)


def names_in(visualization: Mapping[str, Any]) -> set[str]:
    """The fields that a visualization's options and clicks name."""
    options = visualization.get("options", {})
    text = json.dumps(visualization)
    return {
        *re.findall(r"seriesByName\('([^']+)'\)", text),
        *re.findall(r"\$row\.(.+?)\.value", text),
        *options.get("columnFormat", {}),
        *options.get("seriesColorsByField", {}),
    }


class DefinitionTest(unittest.TestCase):
    def test_every_search_reads_the_events_of_the_macros(self) -> None:
        for source, stanza in OVERVIEW.sources.items():
            if stanza["type"] == "ds.search":
                query = stanza["options"]["query"]
                self.assertTrue(query.startswith("index=$index|s$ `cloudhijack_events` | "), source)
                self.assertTrue(query.endswith(" `cloudhijack_options`"), source)
                self.assertEqual(OVERVIEW.pipeline(source).before[-1].rest, "_time, _raw", source)

    def test_the_command_runs_once_for_each_mode(self) -> None:
        modes = [
            argument
            for source, stanza in OVERVIEW.sources.items()
            if stanza["type"] == "ds.search"
            for argument in OVERVIEW.pipeline(source).args
            if argument.startswith("mode=")
        ]
        self.assertEqual(sorted(modes), ["mode=coverage", "mode=hunt", "mode=volume"])

    def test_sources_exist_and_are_used(self) -> None:
        used = {id for v in OVERVIEW.visualizations.values() for id in v["dataSources"].values()}
        used |= {OVERVIEW.base(source) for source in used}
        self.assertEqual(used, set(OVERVIEW.sources))

    def test_fields_of_visualizations_are_in_their_answers(self) -> None:
        answers = answers_of_the_day()
        for id, visualization in OVERVIEW.visualizations.items():
            columns = answers[visualization["dataSources"]["primary"]].columns
            self.assertLessEqual(names_in(visualization), set(columns), id)

    def test_a_field_that_the_command_does_not_write_is_detected(self) -> None:
        definition = copy.deepcopy(OVERVIEW.definition)
        options = definition["dataSources"]["ds_trails"]["options"]
        options["query"] = options["query"].replace("DataEvents", "DataEvent")
        with self.assertRaisesRegex(AssertionError, "there is no field DataEvent,"):
            answers_over(events_of_the_day()[:100], Dashboard("dark", definition))


class DrillDownTest(unittest.TestCase):
    def test_a_user_of_a_shared_role_is_found(self) -> None:
        # Such a principal consists of a role and a person, which are separate in the record.
        caller = World().sso("Engineer_7a6b5c", "dev1@example.com", ["2001:db8::1"], CONSOLE)
        trail = Trail("somebody")
        trail.add(caller, "sns:SetSMSAttributes", MONDAY)
        trail.add(caller, "sns:Publish", MONDAY + 30)
        (row,) = answers_over(trail.lines)["ds_principals"].rows
        self.assertTrue(str(row["Principal"]).endswith("/dev1@example.com"), row)
        query = clicked_search("viz_principals", row)
        self.assertEqual(found_by(query, trail.lines), trail.lines)

    def test_all_members_of_a_campaign_are_found(self) -> None:
        # A user makes another user, which uses the service that the first one has enabled.
        world = World()
        maker, made, another = (
            world.user(name, ["2001:db8::1"], CONSOLE) for name in ("maker", "made", "another")
        )
        trail, others = Trail("campaign"), Trail("others")
        trail.add(maker, "sns:SetSMSAttributes", MONDAY)
        trail.add(maker, "iam:CreateUser", MONDAY + 30, about=world.own("made"))
        trail.add(made, "sns:Publish", MONDAY + 60)
        others.add(another, "sns:Publish", MONDAY + 60)
        (row,) = answers_over(trail.lines + others.lines)["ds_principals"].rows
        self.assertEqual(row["Members"], "2")
        query = clicked_search("viz_principals", row)
        self.assertEqual(found_by(query, trail.lines + others.lines), trail.lines)

    def test_each_click_on_a_hunt_row_searches_the_members(self) -> None:
        for id, visualization in OVERVIEW.visualizations.items():
            source = visualization["dataSources"]["primary"]
            if OVERVIEW.base(source) == "ds_hunt" and "eventHandlers" in visualization:
                (handler,) = visualization["eventHandlers"]
                named = set(re.findall(r"\$row\.(.+?)\.value", handler["options"]["query"]))
                self.assertEqual(named, {"_members"}, id)
                # Characters that could end a string or a stage come from logs, so they are
                # replaced.
                self.assertIn('_members=replace(mvjoin(Members, " "), "[', OVERVIEW.query(source))


class ShownTest(unittest.TestCase):
    """A day as Chromium shows it."""

    @classmethod
    def setUpClass(cls) -> None:
        bundle()
        cls.events = events_of_the_day()
        cls.answers = answers_of_the_day()
        cls.seen = render(OVERVIEW, cls.answers)

    def shown(self, kind: str) -> list[tuple[str, Table, dict[str, Any]]]:
        """Each visualization of a kind: its id, its answer, and its visible content."""
        found = [
            (id, self.answers[v["dataSources"]["primary"]], self.seen["shown"][id])
            for id, v in OVERVIEW.visualizations.items()
            if v["type"] == kind
        ]
        self.assertNotEqual(found, [])
        return found

    def test_the_definition_is_valid_and_there_are_no_errors(self) -> None:
        self.assertIsNone(self.seen["invalid"])
        self.assertEqual(self.seen["errors"], [])

    def test_every_kind_of_visualization_is_tested(self) -> None:
        kinds = {v["type"] for v in OVERVIEW.visualizations.values()}
        self.assertEqual(kinds, {"splunk.singlevalue", "splunk.table", "splunk.column"})

    def test_searches_are_the_ones_that_were_answered(self) -> None:
        for source, options in self.seen["sources"].items():
            self.assertEqual(options["query"], OVERVIEW.query(source))
            if OVERVIEW.base(source) == source:
                times = options["queryParameters"]
                self.assertEqual(times, {"earliest": "-24h@h", "latest": "now"})
        self.assertEqual(set(self.seen["sources"]), set(OVERVIEW.sources))

    def test_single_values_show_their_value(self) -> None:
        for id, answer, shown in self.shown("splunk.singlevalue"):
            (name,) = names_in(OVERVIEW.visualizations[id])
            self.assertEqual(shown["value"], answer.rows[0][name], id)

    def test_charts_have_a_bar_for_every_number(self) -> None:
        for id, answer, shown in self.shown("splunk.column"):
            numbers = [row[name] for row in answer.rows for name in answer.columns[1:]]
            bars = sum(float(number) > 0 for number in numbers if isinstance(number, str))
            self.assertGreater(bars, 0, id)
            self.assertEqual(shown["bars"], bars, id)

    def test_tables_show_their_rows(self) -> None:
        for id, answer, shown in self.shown("splunk.table"):
            columns = [name for name in answer.columns if not name.startswith("_")]
            self.assertEqual(shown["header"], columns, id)
            expected = [
                ["\n".join(v) if isinstance(v, list) else v or "" for v in map(row.get, columns)]
                for row in answer.rows
            ]
            texts = [[cell.strip() for cell in row] for row in shown["rows"]]
            self.assertEqual(texts, expected, id)
            self.assertNotEqual(texts, [], id)

    def test_a_click_finds_all_events_of_a_row(self) -> None:
        for id, column in (("viz_principals", "_members"), ("viz_top_callers", "_arn")):
            clicked = self.seen["clicked"][id]
            self.assertTrue(clicked["query"].startswith('`cloudhijack_index` index="*" '), clicked)
            source = OVERVIEW.visualizations[id]["dataSources"]["primary"]
            names = str(self.answers[source].rows[0][column]).split()
            own = [raw for raw in self.events if any(is_of(raw, name) for name in names)]
            self.assertNotEqual(own, [], id)
            self.assertEqual(found_by(clicked["query"], self.events), own, id)
            self.assertEqual((clicked["earliest"], clicked["latest"]), ("-24h@h", "now"), id)


class NothingFoundTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        bundle()
        cls.seen = render(OVERVIEW, answers_over([]))

    def test_there_are_no_errors(self) -> None:
        self.assertEqual(self.seen["errors"], [])

    def test_single_values_show_zero_except_for_unseen_services(self) -> None:
        for id, visualization in OVERVIEW.visualizations.items():
            if visualization["type"] == "splunk.singlevalue":
                expected = "1" if id == "viz_blind" else "0"
                self.assertEqual(self.seen["shown"][id]["value"], expected, id)

    def test_other_panels_say_that_there_is_no_result(self) -> None:
        for id, visualization in OVERVIEW.visualizations.items():
            if visualization["type"] != "splunk.singlevalue":
                says = "any service: there was no event" if id == "viz_trails" else "No search"
                self.assertIn(says, self.seen["shown"][id]["text"], id)


class InvalidTest(unittest.TestCase):
    def test_an_invalid_definition_is_detected(self) -> None:
        bundle()
        definition = copy.deepcopy(OVERVIEW.definition)
        definition["visualizations"]["viz_volume_over_time"]["options"]["stackMode"] = "piled"
        invalid = render(Dashboard("dark", definition), answers_over([]))["invalid"]
        places = " ".join(error["instancePath"] for error in invalid)
        self.assertIn("/visualizations/viz_volume_over_time/options/stackMode", places)


if __name__ == "__main__":
    if sys.argv[1:] == ["--picture"]:
        bundle()
        render(OVERVIEW, answers_of_the_day(), PICTURE)
    else:
        unittest.main()

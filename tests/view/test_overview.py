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
from messaging_records import TwilioTrail
from program_under_test import program
from rendering import bundle, render
from shipped_catalogue import ROOT, catalogue_calls, services
from spl import Pipeline, expand, shipped
from spl_eval import Value, events_found, values
from spl_source import reads
from spl_stages import Range, Table, run
from splunkd import run_search

DASH = "\u2013"
PICTURE = ROOT / "docs/overview.png"
OVERVIEW = read(ROOT / "default/data/ui/views/overview.xml")
DAY = Range(cloudtrail_day.DAY, cloudtrail_day.DAY + 24 * cloudtrail_day.HOUR)


def table_of(args: Sequence[str], events: Sequence[bytes]) -> Table:
    """The command's answer. The rows have their own times, so the events do not need any."""
    rows = [{"_time": b"", "_raw": raw} for raw in events]
    answer = run_search(program(), args, [write_body(rows)])
    assert answer.error is None, answer.error
    return Table(answer.columns, [dict(row) for row in answer.rows])


class Index:
    """Events by sourcetype, the oldest first, and the command's answers over them."""

    def __init__(self, events: Mapping[str, Sequence[bytes]]) -> None:
        self._events = events
        self._answers: dict[str, Table] = {}

    def answer(self, search: Pipeline) -> Table:
        found = [
            raw
            for sourcetype, events in self._events.items()
            for raw in (events if reads(search.source, sourcetype) else [])
        ]
        fields, *rest = search.before
        assert fields == ("fields", "_time, _raw"), search
        for stage in rest:
            # An index returns the newest events first.
            assert stage.command == "head", f"nothing here knows {stage}"
            found = found[-int(stage.rest) :]
        id = f"{search.args} over {len(found)} of {search.source}"
        if id not in self._answers:
            self._answers[id] = table_of(search.args, found)
        return self._answers[id]


def answers_in(index: Index, dashboard: Dashboard = OVERVIEW) -> dict[str, Table]:
    """The rows of each data source, by its id."""
    answers = {}
    for source in dashboard.sources:
        search = dashboard.pipeline(source)
        answers[source] = run(search.after, index.answer(search), DAY, index.answer)
    return answers


def answers_over(events: Sequence[bytes], dashboard: Dashboard = OVERVIEW) -> dict[str, Table]:
    """The same, over events of CloudTrail."""
    return answers_in(Index({"aws:cloudtrail": events}), dashboard)


@functools.cache
def events_of_the_day() -> list[bytes]:
    return [raw for _, raw in cloudtrail_day.cloudtrail_day().events]


@functools.cache
def index_of_the_day() -> Index:
    return Index({"aws:cloudtrail": events_of_the_day()})


@functools.cache
def answers_of_the_day() -> dict[str, Table]:
    return answers_in(index_of_the_day())


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


def with_theme(theme: str) -> Dashboard:
    return Dashboard(theme, OVERVIEW.definition)


def choices(title: str) -> dict[str, str]:
    """The items of a dropdown: values by label."""
    (field,) = [each for each in OVERVIEW.definition["inputs"].values() if each["title"] == title]
    return {item["label"]: item["value"] for item in field["options"]["items"]}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours in the form #rrggbb, as WCAG 2.2 computes it."""

    def luminance(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


class DefinitionTest(unittest.TestCase):
    def test_every_search_reads_the_events_of_the_macros(self) -> None:
        reading = "index=$index|s$ (`$log$`) `cloudhijack_events` | "
        for source, stanza in OVERVIEW.sources.items():
            if stanza["type"] == "ds.search":
                main, *appended = stanza["options"]["query"].split("[search ")
                self.assertTrue(main.startswith(reading), source)
                self.assertEqual([part.startswith(reading) for part in appended], [True], source)
                self.assertEqual(main.count("| cloudhijack mode="), 1, source)
                runs = stanza["options"]["query"].count("| cloudhijack mode=")
                passed = re.findall(
                    r"cloudhijack mode=\w+ `cloudhijack_options`", stanza["options"]["query"]
                )
                self.assertEqual(len(passed), runs, source)
                self.assertEqual(OVERVIEW.pipeline(source).before[0].rest, "_time, _raw", source)

    def test_the_page_starts_two_searches_when_it_opens(self) -> None:
        searches = {id: s for id, s in OVERVIEW.sources.items() if s["type"] == "ds.search"}
        self.assertEqual(
            {id: re.findall(r"mode=(\w+)", s["options"]["query"]) for id, s in searches.items()},
            {"ds_hunt": ["hunt", "coverage"], "ds_volume": ["volume", "coverage"]},
        )
        for source in OVERVIEW.sources.values():
            self.assertIn(source["type"], ("ds.search", "ds.chain"))
        for each in OVERVIEW.definition["inputs"].values():
            self.assertNotIn("dataSources", each, "a search fills the choices of an input")

    def test_only_the_complete_search_may_take_longer_than_subsearches_may(self) -> None:
        # By default Splunk ends a subsearch after 60 seconds, and its answer would be incomplete.
        # The other one reads few events.
        queries = {id: OVERVIEW.sources[id]["options"]["query"] for id in ("ds_hunt", "ds_volume")}
        self.assertIn(" | append maxtime=3600 [search ", queries["ds_hunt"])
        self.assertNotIn("head", queries["ds_hunt"])
        self.assertIn("| head 10000 | cloudhijack mode=coverage", queries["ds_volume"])

    def test_services_to_choose_are_those_of_the_catalogue(self) -> None:
        used = [s["label"] for s in services().values() if "use" in s or "volume" in s]
        self.assertEqual(sorted(choices("Service")), sorted([*used, "All services"]))
        for label, value in choices("Service").items():
            self.assertEqual(value, label)

    def test_logs_to_choose_are_the_macros_of_all_logs(self) -> None:
        macros = shipped("macros.conf")
        logs = re.findall(r"`(\w+)`", macros["cloudhijack_index"]["definition"])
        self.assertEqual(sorted(choices("Log").values()), sorted([*logs, "cloudhijack_index"]))
        self.assertEqual(choices("Log")["All logs"], "cloudhijack_index")

    def test_titles_say_what_is_shown_without_their_surroundings(self) -> None:
        titles = [v["title"] for v in OVERVIEW.visualizations.values()]
        self.assertEqual(len(titles), len(set(titles)), titles)
        for title in titles:
            self.assertGreater(len(title.split()), 1, title)
        for severity in ("critical", "high", "medium", "low"):
            self.assertIn(f"Findings of severity {severity}", titles)

    def test_colours_of_bars_are_visible_in_both_themes(self) -> None:
        chart = OVERVIEW.visualizations["viz_hunt_over_time"]
        for color in chart["options"]["seriesColorsByField"].values():
            for panel in ("#000000", "#ffffff"):
                self.assertGreaterEqual(contrast(color, panel), 3, (color, panel))

    def test_numbers_have_the_colours_of_the_theme(self) -> None:
        for id, visualization in OVERVIEW.visualizations.items():
            if visualization["type"] == "splunk.singlevalue":
                self.assertNotIn("olor", json.dumps(visualization["options"]), id)

    def test_sources_exist_and_are_used(self) -> None:
        used = {
            id
            for visualization in OVERVIEW.visualizations.values()
            for id in visualization.get("dataSources", {}).values()
        }
        used |= {OVERVIEW.base(source) for source in used}
        self.assertEqual(used, set(OVERVIEW.sources))

    def test_fields_of_visualizations_are_in_their_answers(self) -> None:
        answers = answers_of_the_day()
        for id, visualization in OVERVIEW.visualizations.items():
            if "dataSources" not in visualization:
                self.assertEqual(names_in(visualization), set(), id)
                continue
            columns = answers[visualization["dataSources"]["primary"]].columns
            self.assertLessEqual(names_in(visualization), set(columns), id)

    def test_a_field_that_the_command_does_not_write_is_detected(self) -> None:
        definition = copy.deepcopy(OVERVIEW.definition)
        options = definition["dataSources"]["ds_trails"]["options"]
        options["query"] = options["query"].replace("DataEvents", "DataEvent")
        with self.assertRaisesRegex(AssertionError, "there is no field DataEvent,"):
            answers_in(index_of_the_day(), Dashboard("dark", definition))


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
            if "eventHandlers" not in visualization:
                continue
            source = visualization["dataSources"]["primary"]
            if OVERVIEW.base(source) == "ds_hunt":
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
        cls.seen = render(OVERVIEW, cls.answers, type_into=("Index", "ds_hunt"))

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
        self.assertEqual(
            kinds, {"splunk.singlevalue", "splunk.table", "splunk.column", "splunk.markdown"}
        )

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
            self.assertEqual(shown["value"].replace(",", ""), answer.rows[0][name], id)

    def test_the_number_of_events_read_is_that_of_calls_in_the_catalogue(self) -> None:
        catalogued = {(call.source, call.name) for call in catalogue_calls()}
        read = sum(
            (record["eventSource"], record["eventName"]) in catalogued
            for record in map(json.loads, self.events)
        )
        self.assertGreater(read, 0)
        self.assertEqual(self.seen["shown"]["viz_read"]["value"], f"{read:,}")

    def test_a_dash_is_explained(self) -> None:
        text = self.seen["shown"]["viz_how_to_read"]["text"]
        self.assertIn(
            f"A dash ({DASH}) instead of a number means that no event of a call in the catalogue",
            text,
        )

    def test_a_screen_reader_names_every_panel_by_its_title(self) -> None:
        for id, visualization in OVERVIEW.visualizations.items():
            self.assertIn(visualization["title"], self.seen["shown"][id]["label"], id)

    def test_searches_start_again_only_after_submit(self) -> None:
        submit = self.seen["submit"]
        self.assertEqual(submit["typed"], submit["before"])
        self.assertIn('index="*x" ', submit["submitted"])

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


NUMBERS = [id for id, v in OVERVIEW.visualizations.items() if v["type"] == "splunk.singlevalue"]
FINDINGS = ["viz_critical", "viz_high", "viz_medium", "viz_low", "viz_callers"]


def numbers(seen: Mapping[str, Any]) -> dict[str, str]:
    """What each panel with one number shows."""
    return {id: seen["shown"][id]["value"] for id in NUMBERS}


class NothingReadTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        bundle()
        cls.seen = render(OVERVIEW, answers_over([]))

    def test_there_are_no_errors(self) -> None:
        self.assertEqual(self.seen["errors"], [])

    def test_every_number_is_a_dash(self) -> None:
        self.assertEqual(numbers(self.seen), dict.fromkeys(NUMBERS, DASH))

    def test_other_panels_say_that_there_is_no_result(self) -> None:
        for id, visualization in OVERVIEW.visualizations.items():
            if visualization["type"] in ("splunk.table", "splunk.column"):
                says = "any service: there was no event" if id == "viz_trails" else "No search"
                self.assertIn(says, self.seen["shown"][id]["text"], id)

    def test_events_that_the_command_cannot_read_are_not_read(self) -> None:
        events = [b"no record", b'{"of":"no log"}', events_of_the_day()[0][:100]]
        self.assertEqual(numbers(render(OVERVIEW, answers_over(events))), numbers(self.seen))


class NothingFoundTest(unittest.TestCase):
    """Events without a finding."""

    @classmethod
    def setUpClass(cls) -> None:
        bundle()
        caller = World().user("somebody", ["2001:db8::1"], CONSOLE)
        trail = Trail("quiet")
        trail.add(caller, "ses:SendEmail", MONDAY)
        trail.add(caller, "ses:SendEmail", MONDAY + 7200)
        cls.answers = answers_over(trail.lines)
        cls.seen = render(OVERVIEW, cls.answers)

    def test_there_are_no_errors(self) -> None:
        self.assertEqual(self.seen["errors"], [])

    def test_findings_are_zero_and_events_are_not(self) -> None:
        shown = numbers(self.seen)
        self.assertEqual({id: shown[id] for id in FINDINGS}, dict.fromkeys(FINDINGS, "0"))
        self.assertEqual(shown["viz_read"], "2")
        gaps = [row for row in self.answers["ds_trails"].rows if row["Not seen"]]
        self.assertEqual(shown["viz_gaps"], str(len(gaps)))
        self.assertNotEqual(gaps, [])


class FilterTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        bundle()
        cls.twilio = TwilioTrail("filter")
        cls.twilio.message("+12025550100", MONDAY)
        cls.index = Index(
            {"aws:cloudtrail": events_of_the_day(), "twilio:messages": cls.twilio.lines}
        )

    def seen(self, title: str, label: str) -> tuple[dict[str, Table], dict[str, Any]]:
        chosen = OVERVIEW.choose(title, label)
        answers = answers_in(self.index, chosen)
        seen = render(chosen, answers)
        self.assertEqual(seen["errors"], [])
        for source, options in seen["sources"].items():
            self.assertEqual(options["query"], chosen.query(source))
        return answers, seen

    def test_a_service_filters_every_panel(self) -> None:
        everything = answers_in(self.index)
        for label in ("AWS SES", "AWS Bedrock"):
            answers, seen = self.seen("Service", label)
            for source, column in (("ds_principals", "Services"), ("ds_trails", "Service")):
                rows = [row for row in everything[source].rows if label in values(row[column])]
                self.assertEqual(answers[source].rows, rows)
                self.assertNotEqual(rows, [])
            self.assertEqual(answers["ds_volume_over_time"].columns, ["_time", label])
            events = sum(
                int(str(row["Management"])) + int(str(row["Data"]))
                for row in answers["ds_trails"].rows
            )
            self.assertEqual(numbers(seen)["viz_read"], f"{events:,}")

    def test_a_service_without_events_has_dashes(self) -> None:
        _, seen = self.seen("Service", "AWS WorkMail")
        shown = numbers(seen)
        self.assertEqual(
            {id: shown[id] for id in [*FINDINGS, "viz_read"]},
            dict.fromkeys([*FINDINGS, "viz_read"], DASH),
        )

    def test_a_log_filters_what_is_read(self) -> None:
        answers, seen = self.seen("Log", "Twilio")
        self.assertEqual(numbers(seen)["viz_read"], "1")
        self.assertEqual({row["Service"] for row in answers["ds_trails"].rows}, {"Twilio"})
        self.assertEqual(numbers(seen)["viz_high"], "0")
        self.assertGreater(int(str(answers_in(self.index)["ds_severities"].rows[0]["High"])), 0)

    def test_a_log_without_events_has_dashes(self) -> None:
        _, seen = self.seen("Log", "SendGrid")
        self.assertEqual(numbers(seen), dict.fromkeys(NUMBERS, DASH))

    def test_no_caller_of_a_service_is_a_dash_unless_its_events_were_seen(self) -> None:
        # The search for callers looks for events of the service among the newest 10,000 alone.
        caller = World().user("somebody", ["2001:db8::1"], CONSOLE)
        trail, mail = Trail("many"), Trail("few")
        mail.add(caller, "ses:SendEmail", MONDAY)
        for second in range(10_000):
            trail.add(caller, "sns:Publish", MONDAY + 60 + second)
        chosen = OVERVIEW.choose("Service", "AWS SES")
        shown = {
            count: answers_over(mail.lines + trail.lines[:count], chosen)
            for count in (9_999, 10_000)
        }
        self.assertEqual(shown[9_999]["ds_callers"].rows, [{"Callers": "0"}])
        self.assertEqual(shown[10_000]["ds_callers"].rows, [{"Callers": DASH}])
        self.assertEqual(shown[10_000]["ds_read"].rows, [{"Events": "1"}])


class ContrastTest(unittest.TestCase):
    """The contrast of texts to their background, computed from the colours that Chromium used."""

    LEAST = 4.5  # WCAG 2.2, level AA, for texts of any size

    @classmethod
    def setUpClass(cls) -> None:
        bundle()

    def weak(self, dashboard: Dashboard, answers: Mapping[str, Table]) -> list[dict[str, Any]]:
        seen = render(dashboard, answers)
        self.assertEqual(seen["errors"], [])
        titles = {each["text"] for each in seen["contrasts"]}
        shown = [v for v in OVERVIEW.visualizations.values() if v["type"] != "splunk.markdown"]
        self.assertLessEqual({v["title"] for v in shown}, titles)
        return [each for each in seen["contrasts"] if each["ratio"] < self.LEAST]

    def test_all_texts_are_readable_in_both_themes(self) -> None:
        for theme in ("dark", "light"):
            for answers in (answers_of_the_day(), answers_over([])):
                self.assertEqual(self.weak(with_theme(theme), answers), [], theme)

    def test_all_severities_are_readable_in_both_themes(self) -> None:
        (row,) = answers_of_the_day()["ds_principals"].rows[:1]
        severities = ["critical", "high", "medium", "low"]
        table = answers_of_the_day()["ds_principals"]._replace(
            rows=[{**row, "Severity": severity} for severity in severities]
        )
        answers = {**answers_of_the_day(), "ds_principals": table}
        for theme in ("dark", "light"):
            seen = render(with_theme(theme), answers)
            cells = {
                each["text"]: each
                for each in seen["contrasts"]
                if each["id"] == "viz_principals" and each["text"] in severities
            }
            self.assertEqual(sorted(cells), sorted(severities))
            for cell in cells.values():
                self.assertGreaterEqual(cell["ratio"], self.LEAST, cell)
            # Each has a background, which is not that of the panel.
            backgrounds = {cell["background"] for cell in cells.values()}
            self.assertEqual(len(backgrounds - {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}), 4)

    def test_a_colour_that_vanishes_in_the_light_theme_is_detected(self) -> None:
        definition = copy.deepcopy(OVERVIEW.definition)
        definition["visualizations"]["viz_medium"]["options"]["majorColor"] = "#f8be34"
        answers = answers_of_the_day()
        self.assertEqual(self.weak(Dashboard("dark", definition), answers), [])
        weak = self.weak(Dashboard("light", definition), answers)
        self.assertEqual([each["id"] for each in weak], ["viz_medium"])


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

"""What default/savedsearches.conf ships runs, finds the hijackers, and names fields that rows have.

The SPL behind each search, and behind each example of the search bar, is taken apart and its one
command run over a made-up day; the stages behind it are read for the fields they name.
"""

from __future__ import annotations

import json
import re
import unittest
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from call_records import call, is_of
from chunk_body import EventRow, Layout, Row, write_bodies
from cloudtrail_day import DAY, Day, cloudtrail_day, is_by
from event_forms import FIELDS, as_fields
from lookup_app import BASELINE_COLUMNS
from made_part import ROOT
from program_under_test import program
from spl import Pipeline, expand, fields_of, lookups_in, pipeline, shipped, split, tokens_in
from spl_eval import Value, evaluate, events_found, values
from splunkd import Answer, run_search

DOCS = ROOT / "docs"
MACROS = shipped("macros.conf")
SEARCHES = shipped("savedsearches.conf")
RULES = {name: stanza for name, stanza in SEARCHES.items() if name.endswith(" - Rule")}
EXAMPLES = {
    key: text
    for key, text in shipped("searchbnf.conf")["cloudhijack-command"].items()
    if key.startswith("example")
}

# What a notable event of Enterprise Security has besides the fields of the row.
OF_A_NOTABLE = {"info_min_time", "info_max_time"}

# The keys of its actions that Splunk's own content sets: github.com/splunk/contentctl,
# contentctl/output/templates/savedsearches_detections.j2. No spec file of them is public.
OF_ENTERPRISE_SECURITY = {
    *(f"action.correlationsearch.{key}" for key in ("enabled", "label", "annotations")),
    *("action.notable", "action.risk"),
    *(f"action.notable.param.{key}" for key in ("rule_title", "rule_description")),
    *(f"action.notable.param.{key}" for key in ("security_domain", "severity")),
    "action.notable.param.drilldown_searches",
    *(f"action.risk.param.{key}" for key in ("_risk", "_risk_message", "_risk_score", "verbose")),
}
SEVERITIES = {"informational", "low", "medium", "high", "critical"}


def with_evals(row: Row, parts: Pipeline, fields: set[str]) -> dict[str, Value]:
    """The row with those fields that stages behind the command make."""
    made: dict[str, Value] = dict(row)
    for stage in parts.after:
        for assignment in split(stage.rest, ",") if stage.command == "eval" else []:
            name, _, expression = assignment.partition("=")
            if name in fields:
                made[name] = evaluate(expression, made)
    return made


def tokens_filled(text: str, row: Mapping[str, Value]) -> str:
    for token in tokens_in(text) - OF_A_NOTABLE:
        value = row[token] or ""
        text = text.replace(f"${token}$", value if isinstance(value, str) else " ".join(value))
    return text


def run(parts: Pipeline, day: Day) -> Answer:
    """Runs the command over the day and a last event two days later, for the baseline to learn."""
    assert parts.before[-1].command == "fields", "Splunk would extract every field"
    columns: tuple[str, ...] = ("_time", "_raw")
    events = [*day.events, (str(DAY + 3 * 86_400), call(eventTime="2024-03-08T00:00:00Z"))]
    rows: list[EventRow] = [{"_time": (at or "").encode(), "_raw": raw} for at, raw in events]
    if parts.before[-1].rest == "- _raw":
        columns = ("_time", *FIELDS)
        rows = [{"_time": row["_time"], **as_fields(raw)} for row, (_, raw) in zip(rows, events)]
    else:
        assert parts.before[-1].rest == "_time, _raw", parts.before
    return run_search(program(), parts.args, write_bodies(rows, 10_000, Layout(columns)))


def columns_at_the_end(
    test: unittest.TestCase, parts: Pipeline, columns: Sequence[str]
) -> set[str]:
    """The fields of a row behind the last stage; each stage names only what there is."""
    known = set(columns)
    for stage in parts.after:
        fields = fields_of(stage)
        test.assertLessEqual(fields.used, known, stage)
        known |= set(fields.made)
    return known


def kept(rows: Sequence[Row], parts: Pipeline) -> list[Row]:
    """The rows that the stages `where <field> > <number>` leave.

    The number can be `if(<field>="<text>", <number>, <number>)`.
    """
    left = list(rows)
    for stage in parts.after:
        if stage.command == "where":
            condition = re.fullmatch(
                r'(\w+) > (?:(\d+)|if\((\w+)="(\w+)", (\d+), (\d+)\))', stage.rest
            )
            assert condition is not None, stage
            field, number, asked, text, then, otherwise = condition.groups()

            def least(row: Row) -> int:
                return int(number or (then if row[asked] == text else otherwise))

            left = [row for row in left if int(str(row[field])) > least(row)]
    return left


def drilldowns(name: str) -> list[dict[str, str]]:
    return list(json.loads(SEARCHES[name]["action.notable.param.drilldown_searches"]))


def record_of(identity: dict[str, Any]) -> bytes:
    return call(userIdentity=identity)


def session_of(role: str, session: str) -> dict[str, Any]:
    """The identity of a role's session, as records have it: the session's ARN has no path."""
    role_name = role.rpartition("/")[2]
    account = role.split(":")[4]
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session}",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}},
    }


class Ran(NamedTuple):
    parts: Pipeline
    answer: Answer
    rows: list[Row]


class RanTest(unittest.TestCase):
    """Tests on what all searches answer, each of which is run once."""

    day: Day
    ran: dict[str, Ran]

    @classmethod
    def setUpClass(cls) -> None:
        cls.day = cloudtrail_day(seed=4, background=3000)
        cls.ran = {}
        for name, stanza in SEARCHES.items():
            parts = pipeline(expand(stanza["search"], MACROS))
            answer = run(parts, cls.day)
            cls.ran[name] = Ran(parts, answer, kept(answer.rows, parts))

    def fields(self, name: str) -> set[str]:
        parts, answer, _ = self.ran[name]
        return columns_at_the_end(self, parts, answer.columns)


class RunTest(RanTest):
    def test_each_is_accepted_and_answers(self) -> None:
        self.assertEqual(len(SEARCHES), 5)
        for name, (_, answer, rows) in self.ran.items():
            with self.subTest(name):
                self.assertIsNone(answer.error)
                self.assertEqual(
                    {message.severity for message in answer.messages} - {"INFO"}, set()
                )
                self.assertTrue(rows)
                self.fields(name)

    def test_each_column_of_a_hunt_is_in_the_docs(self) -> None:
        _, _, text = (
            (DOCS / "hunt.md").read_text(encoding="utf-8").partition("\n## Columns of the hunt\n")
        )
        section, _, _ = text.partition("\n## ")
        columns = self.ran["Cloudhijack - Hunt - Rule"].answer.columns
        self.assertLessEqual(set(columns), set(re.findall(r"`(\w+)`", section)))

    def test_each_takes_the_options_of_the_macro(self) -> None:
        macros = {**MACROS, "cloudhijack_options": {"definition": "input=raw distributed=false"}}
        for name, stanza in SEARCHES.items():
            with self.subTest(name):
                args = pipeline(expand(stanza["search"], macros)).args
                self.assertIn("distributed=false", args)
                answer = run_search(program(), args)
                self.assertIsNone(answer.error)
                self.assertNotIn("streaming_preop", answer.getinfo)

    def found(self, name: str, column: str) -> list[bool]:
        """Of each attack in the day whether the search tells of it."""
        who = {str(row[column]) for row in self.ran[name].rows}
        return [any(is_by(attack, caller) for caller in who) for attack in self.day.attacks]

    def test_the_rules_find_the_hijackers(self) -> None:
        loud = [attack.above_thresholds for attack in self.day.attacks]
        self.assertEqual(self.found("Cloudhijack - Volume by hour - Rule", "CallerARN"), loud)
        by_day = self.found("Cloudhijack - Volume by day - Rule", "CallerARN")
        self.assertEqual([is_loud and is_found for is_loud, is_found in zip(loud, by_day)], loud)
        # Without a baseline every account is being learned, and only rows above medium fire: an
        # attack that has one kind of evidence, such as bulk alone, stays quiet.
        hunted = self.found("Cloudhijack - Hunt - Rule", "Principal")
        quiet = [attack.story for attack, is_found in zip(self.day.attacks, hunted) if not is_found]
        self.assertEqual(
            quiet,
            [
                "SMS pumping over SNS with a CI user's key",
                "Bedrock resold through 40 proxies by a temporary role",
                "bulk mail from a taken-over test node",
                "Bedrock key checker, nine calls in nine hours",
            ],
        )

    def test_the_day_finds_what_stays_low_in_each_hour(self) -> None:
        rows = {
            name: {(row["CallerARN"], row["ServiceAbused"]) for row in self.ran[name].rows}
            for name in self.ran
            if "Volume" in name
        }
        by_day = rows["Cloudhijack - Volume by day - Rule"]
        self.assertTrue(by_day - rows["Cloudhijack - Volume by hour - Rule"])

    def test_the_baseline_is_the_one_of_the_docs(self) -> None:
        search = SEARCHES["Cloudhijack - Baseline"]["search"].replace(" `cloudhijack_options`", "")
        page = (DOCS / "baseline.md").read_text(encoding="utf-8")
        self.assertIn(f"\n```spl\n{search}\n```\n", page)
        parts, answer, _ = self.ran["Cloudhijack - Baseline"]
        self.assertEqual(answer.columns, BASELINE_COLUMNS)
        (lookup,) = lookups_in(parts.after)
        self.assertEqual(shipped("transforms.conf")[lookup], {"filename": f"{lookup}.csv"})


class AlertTest(RanTest):
    """Alerts, with Enterprise Security and without, say what rows hold."""

    def test_they_fire_on_rows_and_are_throttled_by_whom_they_are_about(self) -> None:
        for name, rule in RULES.items():
            with self.subTest(name):
                condition = [rule[key] for key in ("counttype", "relation", "quantity")]
                self.assertEqual(condition, ["number of events", "greater than", "0"])
                self.assertEqual((rule["alert.track"], rule["alert.suppress"]), ("1", "1"))
                self.assertEqual(rule["alert.digest_mode"], "0", "throttling is by result")
                self.assertIn(rule["alert.severity"], "123456")
                by = rule["alert.suppress.fields"].split(",")
                self.assertLessEqual(set(by), self.fields(name))
                self.assertTrue({"CallerARN"} <= set(by) or {"Account", "Principal"} <= set(by))
        for name in SEARCHES.keys() - RULES.keys():
            self.assertFalse([key for key in SEARCHES[name] if re.match("alert|action|count", key)])

    def test_keys_of_enterprise_security_are_known_and_complete(self) -> None:
        for name, rule in RULES.items():
            actions = {key for key in rule if key.startswith("action.")}
            self.assertEqual(actions, OF_ENTERPRISE_SECURITY, name)
            self.assertEqual(rule["action.correlationsearch.label"], name)
            annotations = json.loads(rule["action.correlationsearch.annotations"])
            self.assertEqual(annotations, {"mitre_attack": ["T1496.004"]})

    def test_texts_name_fields_of_the_row(self) -> None:
        for name, rule in RULES.items():
            for key, text in rule.items():
                with self.subTest(name, key=key):
                    self.assertLessEqual(tokens_in(text), self.fields(name) | OF_A_NOTABLE)
                    self.assertEqual(text.replace("\\$", "").count("$") % 2, 0, "a lone $")
            for key in ("notable.param.rule_title", "risk.param._risk_message"):
                self.assertTrue(tokens_in(rule[f"action.{key}"]), name)

    def test_risk_and_threat_objects_are_fields_of_the_row(self) -> None:
        for name, rule in RULES.items():
            with self.subTest(name):
                objects = json.loads(rule["action.risk.param._risk"])
                risk, threat = objects
                self.assertEqual(set(risk), {"risk_object_field", "risk_object_type", "risk_score"})
                self.assertEqual(set(threat), {"threat_object_field", "threat_object_type"})
                fields = {risk["risk_object_field"], threat["threat_object_field"]}
                self.assertLessEqual(fields, self.fields(name))
                self.assertIn(risk["risk_object_field"], rule["alert.suppress.fields"].split(","))
                self.assertIn(risk["risk_object_type"], ("user", "system", "other"))
                self.assertTrue(0 < risk["risk_score"] <= 100)
                # What Enterprise Security takes from a row instead.
                self.assertLessEqual({"risk_score", "severity", "user", "src"}, self.fields(name))
                self.assertIn(rule["action.notable.param.severity"], SEVERITIES)

    def test_drilldowns_lead_to_the_events_of_the_row(self) -> None:
        events = [raw for _, raw in self.day.events]
        for name in RULES:
            parts, _, rows = self.ran[name]
            for drilldown in drilldowns(name):
                row = with_evals(rows[0], parts, tokens_in(drilldown["search"]))
                with self.subTest(name, drilldown=drilldown["name"]):
                    self.assertEqual(
                        set(drilldown), {"name", "search", "earliest_offset", "latest_offset"}
                    )
                    search = expand(tokens_filled(drilldown["search"], row), MACROS)
                    if "| cloudhijack " in search:
                        again = pipeline(search)
                        (condition,) = re.findall(r'Members="([^"]*)"', again.after[0].rest)
                        found = run(again, self.day).rows
                        found = [r for r in found if condition in values(r["Members"])]
                        self.assertEqual([r["Principal"] for r in found], [row["Principal"]])
                        continue
                    hits = events_found(search, events)
                    self.assertTrue(0 < len(hits) < len(events))
                    for who in values(row["Members" if "Members" in row else "CallerARN"]):
                        own = [raw for raw in events if is_of(raw, who)]
                        self.assertTrue(own, who)
                        self.assertLessEqual(set(own), set(hits))

    def test_each_drilldown_of_a_hunt_searches_the_members(self) -> None:
        # A campaign has more principals than its head.
        hunts = [name for name in RULES if "mode=hunt" in RULES[name]["search"]]
        self.assertTrue(hunts)
        for name in hunts:
            made = fields_of(self.ran[name].parts.after[-1])
            self.assertIn("all_members", made.made)
            self.assertIn("Members", made.used)
            for drilldown in drilldowns(name):
                with self.subTest(name, drilldown=drilldown["name"]):
                    search = drilldown["search"]
                    tokens = tokens_in(search)
                    if "| cloudhijack " in search:
                        self.assertEqual(tokens, {"Principal"})
                        self.assertTrue(search.endswith('| search Members="$Principal$"'))
                    else:
                        self.assertEqual(tokens, {"all_members"})
                        self.assertIn('`cloudhijack_members("$all_members$")`', search)

    def test_a_drilldown_finds_all_members_of_a_campaign(self) -> None:
        arn = "arn:aws:iam::111122223333"
        path = "aws-reserved/sso.amazonaws.com"
        shared_role = f"{arn}:role/{path}/AWSReservedSSO_Dev_1a2b3c4d5e6f7a8b"
        members = (
            f"{arn}:user/made+here,too",
            f"{arn}:role/service-role/deploy",
            f"{shared_role}/ann@example.com",
            "arn:aws:iam::444455556666:role/elsewhere",
        )
        calls = [
            record_of({"type": "IAMUser", "arn": members[0]}),
            record_of(session_of(members[1], "i-0123456789abcdef0")),
            record_of(session_of(shared_role, "ann@example.com")),
            record_of(session_of(members[3], "ci")),
        ]
        others = [
            record_of({"type": "IAMUser", "arn": f"{arn}:user/another"}),
            record_of(session_of(shared_role, "bob@example.com")),
        ]
        (drilldown, _) = drilldowns("Cloudhijack - Hunt - Rule")
        filled = tokens_filled(drilldown["search"], {"all_members": " ".join(members)})
        self.assertEqual(events_found(expand(filled, MACROS), calls + others), calls)

    def test_a_forged_name_stays_in_its_string(self) -> None:
        # The dashboard escapes the quotes of a name. AWS allows neither quotes nor blanks in names.
        forged = json.dumps('a" OR index=* \\')
        search = expand(f"`cloudhijack_index` `cloudhijack_members({forged})`", MACROS)
        self.assertEqual(events_found(search, [b"(a)", b"something else"]), [b"(a)"])


class ExampleTest(unittest.TestCase):
    """The examples of the search bar run as they stand."""

    def test_each_is_accepted_and_answers(self) -> None:
        day = cloudtrail_day(seed=4, background=1000)
        self.assertGreater(len(EXAMPLES), 3)
        for key, example in EXAMPLES.items():
            with self.subTest(key):
                parts = pipeline(expand(example, MACROS))
                answer = run(parts, day)
                self.assertIsNone(answer.error)
                self.assertTrue(answer.rows)
                columns_at_the_end(self, parts, answer.columns)


class AlertsPageTest(unittest.TestCase):
    def test_its_table_says_what_is_shipped(self) -> None:
        table = re.findall(r"(?m)^\| `(Cloudhijack - .*)$", (DOCS / "alerts.md").read_text())
        rows: dict[str, list[str]] = {}
        for line in table:
            name, *cells, _ = (cell.strip() for cell in line.split("|"))
            rows[name.strip("`")] = cells
        self.assertEqual(list(rows), list(SEARCHES))
        for name, (schedule, window, throttled) in rows.items():
            stanza: dict[str, Any] = SEARCHES[name]
            bounds = f"`{stanza['dispatch.earliest_time']}` to `{stanza['dispatch.latest_time']}`"
            self.assertEqual((schedule, window), (f"`{stanza['cron_schedule']}`", bounds))
            by: str | None = stanza.get("alert.suppress.fields")
            wanted = f"{stanza['alert.suppress.period']} by {by.replace(',', ', ')}" if by else "-"
            self.assertEqual(throttled.replace("`", ""), wanted)


if __name__ == "__main__":
    unittest.main()

"""What default/savedsearches.conf ships runs, finds the hijackers, and names fields that rows have.

The SPL behind each search, and behind each example of the search bar, is taken apart and its one
command run over a made-up day; the stages behind it are read for the fields they name.
"""

from __future__ import annotations

import csv
import json
import re
import unittest
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from call_records import call, is_of
from chunk_body import EventRow, Layout, Row, write_bodies
from cloudtrail_day import DAY, Day, cloudtrail_day, is_by
from demo_lookup import LOOKUP, demo_lookup, records
from event_forms import FIELDS, as_fields
from hunt_records import CLI, HOUR, MONDAY, World
from hunt_records import Trail as CloudTrail
from invocation_records import InvocationTrail
from lookup_app import ALLOWLIST_COLUMNS, BASELINE_COLUMNS, LookupTest, as_csv
from made_part import ROOT
from program_under_test import program
from spl import (
    Pipeline,
    Stage,
    expand,
    fields_of,
    lookups_in,
    pipeline,
    shipped,
    split,
    stages_of,
    tokens_in,
)
from spl_eval import Value, evaluated, events_found, holds, single, values
from splunkd import Answer, run_search

DOCS = ROOT / "docs"
MACROS = shipped("macros.conf")
SEARCHES = shipped("savedsearches.conf")
RULES = {name: stanza for name, stanza in SEARCHES.items() if name.endswith(" - Rule")}
# Those that run the command; the others make a lookup.
RUNS = {name: stanza for name, stanza in SEARCHES.items() if "| cloudhijack " in stanza["search"]}
TRY_IT, COST, HUNT = (f"Cloudhijack - {name}" for name in ("Try it", "Cost - Rule", "Hunt - Rule"))
WORKFLOW_ACTIONS = shipped("workflow_actions.conf")
EXAMPLES = {
    key: text
    for key, text in shipped("searchbnf.conf")["cloudhijack-command"].items()
    if key.startswith("example")
}

# What a notable event of Enterprise Security has besides the fields of the row.
OF_A_NOTABLE = {"info_min_time", "info_max_time"}

# The keys of its actions that Splunk's own content sets: github.com/splunk/contentctl,
# contentctl/output/templates/savedsearches_detections.j2. No spec file of them is public.
OF_CORRELATION = {
    f"action.correlationsearch.{key}"
    for key in ("enabled", "detection_type", "label", "annotations")
}
OF_FINDING = {
    "action.notable",
    *(f"action.notable.param.{key}" for key in ("_entities", "nes_fields", "rule_title")),
    *(f"action.notable.param.{key}" for key in ("rule_description", "security_domain", "severity")),
    "action.notable.param.drilldown_searches",
}
OF_RISK = {
    "action.risk",
    *(f"action.risk.param.{key}" for key in ("_risk", "_risk_message", "_risk_score", "verbose")),
}
SEVERITIES = {"informational", "low", "medium", "high", "critical"}


def tokens_filled(text: str, row: Mapping[str, Value]) -> str:
    for token in tokens_in(text) - OF_A_NOTABLE:
        value = row[token] or ""
        text = text.replace(f"${token}$", value if isinstance(value, str) else " ".join(value))
    return text


def lookup_bodies(lookup: str) -> list[bytes]:
    """The chunks that `| inputlookup` makes of a lookup that the app brings."""
    path = ROOT / "lookups" / shipped("transforms.conf")[lookup]["filename"]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows: list[EventRow] = [{k: v.encode() for k, v in row.items()} for row in reader]
        return write_bodies(rows, 10_000, Layout(tuple(reader.fieldnames or ())))


def run(parts: Pipeline, day: Day) -> Answer:
    """Runs the command over the day and a last event two days later, for the baseline to learn.

    A search that begins with a lookup reads that instead.
    """
    if parts.before[0].command == "inputlookup":
        assert not parts.source and len(parts.before) == 1, parts
        return run_search(program(), parts.args, lookup_bodies(parts.before[0].rest))
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
        # Splunk's `fields -` removes what there is.
        test.assertLessEqual(set() if fields.removed else fields.used, known, stage)
        known = fields.after(known)
    return known


def at_the_end(rows: Sequence[Row], stages: Sequence[Stage]) -> list[dict[str, Value]]:
    """The rows after the stages that follow the command; an empty cell is null."""
    left: list[dict[str, Value]] = [{k: v or None for k, v in row.items()} for row in rows]
    for stage in stages:
        if stage.command == "where":
            left = [row for row in left if holds(stage.rest, row)]
        elif stage.command == "eval":
            left = [evaluated(stage.rest, row) for row in left]
        elif stage.command in ("table", "fields"):
            names = fields_of(stage).after(set(left[0]) if left else set())
            left = [{k: v for k, v in row.items() if k in names} for row in left]
        else:
            assert stage.command in ("collect", "outputlookup"), stage
    return left


def drilldowns(name: str) -> list[dict[str, str]]:
    return list(json.loads(SEARCHES[name]["action.notable.param.drilldown_searches"]))


def record_of(identity: dict[str, Any]) -> bytes:
    return call(userIdentity=identity)


def made_by(raw: bytes, who: str) -> bool:
    """Whether a record of CloudTrail or of Bedrock's invocation log is a call of the caller."""
    record = json.loads(raw)
    return is_of(raw, who) if "userIdentity" in record else record["identity"]["arn"] == who


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
    rows: list[dict[str, Value]]  # after the last stage


def costly_day() -> list[tuple[str, bytes]]:
    """A day on which a key costs 400 US dollars in an hour, a workload 600 in a day, and another
    workload 240."""
    trail = InvocationTrail("costly")
    for number in range(1000):
        trail.invoke(MONDAY + 3 * number, trail.user("ci"), tokens=(100_000, 6_667))
    for hour in range(24):
        for number in range(25):
            at = MONDAY + hour * HOUR + 100 * number
            trail.invoke(at, trail.user("reports"), tokens=(200_000, 26_667))
            trail.invoke(at, trail.user("search"), tokens=(100_000, 6_667))
    return [(json.loads(line)["timestamp"], line) for line in trail.lines]


class RanTest(unittest.TestCase):
    """Tests on what all searches answer, each of which is run once."""

    day: Day
    ran: dict[str, Ran]

    @classmethod
    def setUpClass(cls) -> None:
        cls.day = cloudtrail_day(seed=4, background=3000)
        cls.ran = {}
        for name, stanza in RUNS.items():
            parts = pipeline(expand(stanza["search"], MACROS))
            # No log of the day has a cost.
            answer = run(parts, Day(costly_day(), []) if name == COST else cls.day)
            cls.ran[name] = Ran(parts, answer, at_the_end(answer.rows, parts.after))

    def fields(self, name: str) -> set[str]:
        parts, answer, _ = self.ran[name]
        return columns_at_the_end(self, parts, answer.columns)


class RunTest(RanTest):
    def test_each_is_accepted_and_answers(self) -> None:
        self.assertEqual(len(SEARCHES), 13)
        self.assertEqual(len(RUNS), 11)
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
        for name, stanza in RUNS.items():
            with self.subTest(name):
                args = pipeline(expand(stanza["search"], macros)).args
                self.assertIn("distributed=false", args)
                answer = run_search(program(), args)
                self.assertIsNone(answer.error)
                self.assertNotIn("streaming_preop", answer.getinfo)

    def found(self, name: str, column: str) -> list[bool]:
        """Of each attack in the day whether the search tells of it."""
        who = {single(row[column]) for row in self.ran[name].rows}
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
        self.assertIn(lookup, shipped("transforms.conf"))

    def test_the_demo_shows_an_attack_on_each_of_six_services(self) -> None:
        _, _, rows = self.ran[TRY_IT]
        attacks = [row for row in rows if int(single(row["RiskScore"])) >= 60]
        services = {name for row in attacks for name in values(row["Services"])} - {"AWS account"}
        self.assertEqual(
            services, {"AWS SES", "AWS SNS", "AWS Bedrock", "Azure OpenAI", "SendGrid", "Twilio"}
        )
        self.assertEqual(len(attacks), 6)
        [legitimate] = [row for row in rows if row not in attacks]
        self.assertEqual(legitimate["Principal"], "arn:aws:iam::111122223333:role/newsletter")
        self.assertLess(int(single(legitimate["RiskScore"])), 40)

    def test_the_demo_is_what_its_script_makes(self) -> None:
        self.assertEqual(LOOKUP.read_text(encoding="utf-8"), demo_lookup())
        shipped_file = shipped("transforms.conf")["cloudhijack_demo"]["filename"]
        self.assertEqual(LOOKUP.name, shipped_file)

    def test_kept_findings_have_one_text_for_each_field(self) -> None:
        name = "Cloudhijack - Keep the findings"
        _, _, rows = self.ran[name]
        self.assertEqual({single(row["Principal"]) for row in rows}, self.hunted())
        for row in rows:
            self.assertFalse([field for field, value in row.items() if isinstance(value, list)])
            self.assertTrue(single(row["Evidence"]))
        self.assertEqual(len({tuple(row) for row in rows}), 1, "not the same fields in each row")

    def hunted(self) -> set[str]:
        rows = self.ran["Cloudhijack - Hunt the last day"].rows
        return {single(row["Principal"]) for row in rows}

    def test_the_condition_of_the_hunt_is_the_one_of_the_docs(self) -> None:
        [condition] = [s.rest for s in self.ran[HUNT].parts.after if s.command == "where"]
        page = (DOCS / "tuning.md").read_text(encoding="utf-8")
        self.assertIn(f"mode=hunt | where {condition}\n", page)

    def test_costs_are_reported_by_the_hour_and_by_the_day(self) -> None:
        user = "arn:aws:iam::111122223333:user/"
        rows = {single(row["Principal"]): row for row in self.ran[COST].rows}
        self.assertEqual(set(rows), {f"{user}ci", f"{user}reports"})
        self.assertIn("costly_use", values(rows[f"{user}ci"]["Evidence"]))
        self.assertNotIn("costly_use", values(rows[f"{user}reports"]["Evidence"]))
        # Without a cost, which is the rule, the search finds nothing.
        parts = self.ran[COST].parts
        self.assertEqual(at_the_end(run(parts, self.day).rows, parts.after), [])

    def test_a_quarantined_key_alerts_while_the_account_is_learned(self) -> None:
        trail, world = CloudTrail("quarantine"), World()
        thief = world.user("leaked", ["3fff:9d4::66"], CLI)
        trail.quarantine(thief, MONDAY)
        parts = self.ran[HUNT].parts
        rows = run(parts, Day([(str(MONDAY), line) for line in trail.lines], [])).rows
        [row] = at_the_end(rows, parts.after)
        self.assertIn("quarantined", values(row["Evidence"]))
        self.assertEqual(row["Learning"], "true")
        self.assertLessEqual(int(single(row["RiskScore"])), 60, "the score alone would alert")


class AlertTest(RanTest):
    """Alerts, with Enterprise Security and without, say what rows hold."""

    def test_they_fire_on_rows_and_are_throttled_by_whom_they_are_about(self) -> None:
        for name, rule in RULES.items():
            with self.subTest(name):
                condition = [rule[key] for key in ("counttype", "relation", "quantity")]
                self.assertEqual(condition, ["number of events", "greater than", "0"])
                self.assertEqual((rule["alert.track"], rule["alert.suppress"]), ("1", "1"))
                self.assertEqual(rule["alert.digest_mode"], "1")
                self.assertIn(rule["alert.severity"], "123456")
                by = rule["alert.suppress.fields"].split(",")
                self.assertLessEqual(set(by), self.fields(name))
                self.assertTrue({"CallerARN"} <= set(by) or {"Account", "Principal"} <= set(by))
        for name in SEARCHES.keys() - RULES.keys():
            self.assertFalse([key for key in SEARCHES[name] if re.match("alert|action|count", key)])

    def test_keys_of_enterprise_security_are_known_and_complete(self) -> None:
        for name, rule in RULES.items():
            actions = {key for key in rule if key.startswith("action.")}
            # A cost alone is not a sign of a hijack, so it adds no risk.
            wanted = OF_CORRELATION | OF_FINDING | (set() if name == COST else OF_RISK)
            self.assertEqual(actions, wanted, name)
            self.assertEqual(rule["action.correlationsearch.label"], name)
            self.assertEqual(rule["action.correlationsearch.detection_type"], "ebd")
            annotations = json.loads(rule["action.correlationsearch.annotations"])
            self.assertEqual(annotations["mitre_attack"], ["T1496.004"])
            self.assertEqual(
                list(annotations),
                ["analytic_story", "cis20", "kill_chain_phases", "mitre_attack", "nist"],
            )

    def test_json_has_no_blanks_between_its_parts(self) -> None:
        found = 0
        for name, rule in RULES.items():
            for key, text in rule.items():
                if key.startswith("action.") and text[0] in "[{":
                    compact = json.dumps(json.loads(text), separators=(",", ":"))
                    self.assertEqual(text, compact, f"{name}: {key}")
                    found += 1
        self.assertEqual(found, 3 * len(RULES) + len(RULES) - 1)

    def test_texts_name_fields_of_the_row(self) -> None:
        for name, rule in RULES.items():
            for key, text in rule.items():
                if key == "search":  # nothing is inserted into it
                    continue
                with self.subTest(name, key=key):
                    self.assertLessEqual(tokens_in(text), self.fields(name) | OF_A_NOTABLE)
                    self.assertEqual(text.replace("\\$", "").count("$") % 2, 0, "a lone $")
            self.assertTrue(tokens_in(rule["action.notable.param.rule_title"]), name)
            if "action.risk" in rule:
                self.assertTrue(tokens_in(rule["action.risk.param._risk_message"]), name)

    def test_risk_goes_to_the_user_first_and_to_the_whole_name_second(self) -> None:
        for name in RULES.keys() - {COST}:
            rule = RULES[name]
            with self.subTest(name):
                user, whole, threat = json.loads(rule["action.risk.param._risk"])
                self.assertEqual(
                    (user["risk_object_field"], user["risk_object_type"]), ("user",) * 2
                )
                self.assertEqual(whole["risk_object_type"], "other")
                self.assertEqual(whole["risk_object_field"], "full_name")
                self.assertEqual(user["risk_score"], whole["risk_score"])
                self.assertTrue(0 < user["risk_score"] <= 100)
                self.assertEqual(
                    threat, {"threat_object_field": "src", "threat_object_type": "ip_address"}
                )
                fields = {whole["risk_object_field"], "risk_score"}
                self.assertLessEqual(fields, self.fields(name))

    def test_findings_show_the_user_and_add_no_risk(self) -> None:
        for name, rule in RULES.items():
            [entity] = json.loads(rule["action.notable.param._entities"])
            self.assertEqual(
                entity, {"risk_object_field": "user", "risk_object_type": "user", "risk_score": 0}
            )
            shown = set(rule["action.notable.param.nes_fields"].split(","))
            self.assertEqual(shown, {"user", "src"})
            self.assertLessEqual(shown | {"severity"}, self.fields(name))
            self.assertIn(rule["action.notable.param.severity"], SEVERITIES)
        self.assertNotIn("risk_score", self.fields(COST))

    def test_no_row_replaces_the_risk_objects(self) -> None:
        for name in RULES:
            fields = self.fields(name)
            self.assertFalse({"risk_object", "risk_object_type", "threat_object"} & fields, name)
        columns = set(self.ran[HUNT].answer.columns)
        self.assertLessEqual({"risk_object", "risk_object_type", "threat_object"}, columns)

    def test_risk_is_scaled_for_a_threshold_of_100_a_day(self) -> None:
        for name in RULES.keys() - {COST}:
            for row in self.ran[name].rows:
                score, severity = int(single(row["risk_score"])), single(row["severity"])
                self.assertIn(severity, SEVERITIES)
                if name == HUNT:
                    risk = int(single(row["RiskScore"]))
                    self.assertTrue(abs(score - 0.8 * risk) <= 0.5 and score <= 80, row)
                    self.assertEqual(severity, row["Severity"])
                else:
                    points = int(single(row["SuspicionScore"]))
                    self.assertTrue(5 <= score / points <= 10, row)
                    by_band = {1: "informational", 2: "low", 5: "high", 6: "critical"}
                    self.assertEqual(severity, by_band.get(points, "medium"))

    def test_src_has_addresses_only(self) -> None:
        definitions = {
            name: stage
            for name in (HUNT, "Cloudhijack - Volume by hour - Rule")
            for stage in self.ran[name].parts.after
            if stage.command == "eval"
        }
        self.assertEqual(len(definitions), 2)
        addresses = ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"]
        names = ["ses.amazonaws.com", "AWS Internal", "192.0.2.***", "192.0.2", "dead.beef", ""]
        for name, stage in definitions.items():
            row: dict[str, Value] = dict.fromkeys(self.ran[name].answer.columns)
            row |= {"CallerARN": "arn:x/y", "SuspicionScore": "3", "RiskScore": "50"}
            for sources, kept in (
                (addresses + names, addresses),
                (names, None),
                ("192.0.2.1", "192.0.2.1"),
                ("ses.amazonaws.com", None),
                (None, None),
            ):
                row |= {"src": sources, "SourceIPs": sources}
                self.assertEqual(evaluated(stage.rest, row)["src"], kept, name)

    def test_drilldowns_lead_to_the_events_of_the_row(self) -> None:
        for name in RULES:
            _, _, rows = self.ran[name]
            day = Day(costly_day(), []) if name == COST else self.day
            events = [raw for _, raw in day.events]
            for drilldown in drilldowns(name):
                row = rows[0]
                with self.subTest(name, drilldown=drilldown["name"]):
                    self.assertEqual(
                        set(drilldown), {"name", "search", "earliest_offset", "latest_offset"}
                    )
                    search = expand(tokens_filled(drilldown["search"], row), MACROS)
                    if "| cloudhijack " in search:
                        again = pipeline(search)
                        (condition,) = re.findall(r'Members="([^"]*)"', again.after[0].rest)
                        found = run(again, day).rows
                        found = [r for r in found if condition in values(r["Members"])]
                        self.assertEqual([r["Principal"] for r in found], [row["Principal"]])
                        continue
                    hits = events_found(search, events)
                    self.assertTrue(0 < len(hits) < len(events))
                    for who in values(row["Members" if "Members" in row else "CallerARN"]):
                        own = [raw for raw in events if made_by(raw, who)]
                        self.assertTrue(own, who)
                        self.assertLessEqual(set(own), set(hits))

    def test_no_object_gets_the_risk_of_a_row_twice(self) -> None:
        # Of SendGrid, Twilio and Azure the user and the whole name are the same text.
        parts = self.ran[HUNT].parts
        day = Day([(str(at), line) for at, line in records()], [])
        same = 0
        for row in at_the_end(run(parts, day).rows, parts.after):
            if row["Principal"] == row["user"]:
                same += 1
                self.assertIsNone(row["full_name"])
            else:
                self.assertEqual(row["full_name"], row["Principal"])
        self.assertGreater(same, 0)

    def test_each_drilldown_of_a_hunt_searches_the_members(self) -> None:
        # A campaign has more principals than its head.
        hunts = [name for name in RULES if "mode=hunt" in RULES[name]["search"]]
        self.assertTrue(hunts)
        for name in hunts:
            made = [fields_of(stage) for stage in self.ran[name].parts.after]
            self.assertTrue(any("all_members" in m.made and "Members" in m.used for m in made))
            for drilldown in drilldowns(name):
                with self.subTest(name, drilldown=drilldown["name"]):
                    search = drilldown["search"]
                    tokens = tokens_in(search)
                    if "| cloudhijack " in search:
                        self.assertEqual(tokens, {"head_member"})
                        self.assertTrue(search.endswith('| search Members="$head_member$"'))
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


class MakerTest(LookupTest):
    """The reports that make a lookup with an example line, which the command accepts."""

    def made(self, name: str) -> list[dict[str, Value]]:
        """The rows that the report writes; the file is in the app afterwards."""
        _, stages = stages_of(expand(SEARCHES[name]["search"], MACROS))
        self.assertEqual(
            (stages[0], stages[-1].command), (Stage("makeresults", ""), "outputlookup")
        )
        options, lookup = stages[-1].rest.split()
        self.assertEqual(options, "append=true", "it would replace the lines of a file")
        self.assertIn(lookup, shipped("transforms.conf"))
        rows: list[dict[str, Value]] = [{"_time": str(DAY)}]
        for stage in stages[1:-1]:
            if stage.command == "eval":
                rows = [evaluated(stage.rest, row) for row in rows]
            else:
                self.assertEqual(stage.command, "table")
                rows = [{key: row[key] for key in split(stage.rest, ",")} for row in rows]
        self.write(lookup.removeprefix("cloudhijack_"), as_csv(list(rows[0]), rows))
        return rows

    def test_the_allowlist_has_an_expired_example(self) -> None:
        [row] = self.made("Cloudhijack - Make the allowlist")
        self.assertEqual(list(row), ALLOWLIST_COLUMNS)
        answer = run_search(self.argv, ["mode=hunt"], lookup_bodies("cloudhijack_demo"))
        self.assertEqual({message.severity for message in answer.messages} - {"INFO"}, set())
        without = run_search(program(), ["mode=hunt"], lookup_bodies("cloudhijack_demo"))
        self.assertEqual(answer.rows, without.rows)
        # Without its date it would hide the newsletter's burst, so the file is read.
        path = self.lookups / "cloudhijack_allowlist.csv"
        self.write("allowlist", path.read_text().replace(single(row["expires"]), ""))
        answer = run_search(self.argv, ["mode=hunt"], lookup_bodies("cloudhijack_demo"))
        self.assertLess(len(answer.rows), len(without.rows))

    def test_the_settings_have_an_example_with_the_shipped_value(self) -> None:
        [row] = self.made("Cloudhijack - Make the settings")
        self.assertEqual(list(row), ["stanza", "key", "value"])
        conf = shipped("cloudhijack.conf")
        self.assertEqual(conf[single(row["stanza"])][single(row["key"])], row["value"])


class WorkflowActionTest(unittest.TestCase):
    """The menu of an event leads to a search that runs."""

    def test_it_hunts_the_caller_of_the_event(self) -> None:
        day = cloudtrail_day(seed=4, background=1000)
        [action] = WORKFLOW_ACTIONS.values()
        self.assertEqual(
            (action["type"], action["search.app"], action["search.view"]),
            ("search", "cloudhijack", "search"),
        )
        field = action["fields"]
        self.assertEqual(field, "userIdentity.arn")
        self.assertIn(f"${field}$", action["label"])
        hunted = 0
        for attack in day.attacks:
            [arn, *_] = {
                identity["arn"]
                for identity in (json.loads(raw).get("userIdentity", {}) for _, raw in day.events)
                if is_by(attack, identity.get("arn", ""))
            }
            search = expand(action["search.search_string"].replace(f"${field}$", arn), MACROS)
            self.assertNotIn("$", search)
            parts = pipeline(search)
            found = set(events_found(parts.source, [raw for _, raw in day.events]))
            self.assertTrue(0 < len(found) < len(day.events))
            answer = run(parts, Day([event for event in day.events if event[1] in found], []))
            self.assertIsNone(answer.error)
            who = {single(row["Principal"]) for row in answer.rows}
            self.assertTrue(any(is_by(attack, name) for name in who), (arn, who))
            hunted += 1
        self.assertGreater(hunted, 3)


class AlertsPageTest(unittest.TestCase):
    def tables(self) -> dict[str, list[str]]:
        """The rows of the page's tables that begin with a search."""
        table = re.findall(r"(?m)^\| `(Cloudhijack - .*)$", (DOCS / "alerts.md").read_text())
        rows: dict[str, list[str]] = {}
        for line in table:
            name, *cells, _ = (cell.strip() for cell in line.split("|"))
            self.assertNotIn(name.strip("`"), rows)
            rows[name.strip("`")] = cells
        return rows

    def test_its_tables_say_what_is_shipped(self) -> None:
        rows = self.tables()
        self.assertEqual(list(rows), list(SEARCHES))
        for name, cells in rows.items():
            stanza: dict[str, Any] = SEARCHES[name]
            if stanza["enableSched"] == "0":
                continue
            schedule, window, throttled = cells
            bounds = f"`{stanza['dispatch.earliest_time']}` to `{stanza['dispatch.latest_time']}`"
            self.assertEqual((schedule, window), (f"`{stanza['cron_schedule']}`", bounds))
            by: str | None = stanza.get("alert.suppress.fields")
            wanted = f"{stanza['alert.suppress.period']} by {by.replace(',', ', ')}" if by else "-"
            self.assertEqual(throttled.replace("`", ""), wanted)

    def test_its_table_of_reports_has_their_ranges(self) -> None:
        ranges = {
            "Cloudhijack - Try it": "-",
            "Cloudhijack - Make the allowlist": "-",
            "Cloudhijack - Make the settings": "-",
        }
        reports = [name for name, stanza in SEARCHES.items() if stanza["enableSched"] == "0"]
        self.assertEqual(len(reports), 6)
        for name in reports:
            stanza = SEARCHES[name]
            bounds = (
                f"`{stanza['dispatch.earliest_time']}` to `{stanza.get('dispatch.latest_time')}`"
            )
            self.assertEqual(self.tables()[name][-1], ranges.get(name, bounds), name)


if __name__ == "__main__":
    unittest.main()

"""The macro `cloudhijack_events` searches Splunk's index for the catalogue's calls and misses
none."""

from __future__ import annotations

import json
import re
import tempfile
import unittest
from collections.abc import Callable, Iterator

from awkward_events import awkward_events
from azure_records import AzureTrail, Resource, blinded_attack
from call_records import call
from cloudtrail_day import cloudtrail_day
from event_forms import delivery, lookup_item, pretty
from hunt_records import MONDAY
from invocation_records import InvocationTrail
from messaging_records import SendGridTrail, TwilioTrail
from messaging_scenarios import phishing, pumping
from segmentation import has_breaker, index_tokens
from shell_run import run_program
from shipped_catalogue import ROOT, calls_of_all_logs, catalogue_calls, read_stanzas
from vertex_records import each_kind
from volume_reference import Rules, expected_answer

MACROS = read_stanzas((ROOT / "default/macros.conf").read_text())
EVENTS = MACROS["cloudhijack_events"]["definition"]
NAMES = sorted({call.name for call in catalogue_calls()})


def terms() -> list[str]:
    match = re.fullmatch(r"`cloudhijack_index` \((.*)\) \| fields _time, _raw", EVENTS)
    assert match is not None, EVENTS
    return match[1].split(" OR ")


def token_of(term: str) -> str:
    """The token that a term searches for: TERM(a/b) is one token, although Splunk splits a/b into
    two."""
    match = re.fullmatch(r"TERM\((.*)\)", term)
    return (match[1] if match else term).lower()


TERMS = {token_of(term) for term in terms()}


def azure_trail() -> list[bytes]:
    """One record of each kind of Azure call."""
    resource = Resource("0b1f6471-1bf0-4dda-aec3-cb9272f09590", "shop")
    lines = {line.split(b'"time"')[0]: line for line in blinded_attack(resource).lines}
    trail = AzureTrail("terms")
    for operation in ("ChatCompletions_Create", "Embeddings_Create", "Models_List"):
        trail.request(resource, MONDAY, operation)
        trail.request(resource, MONDAY, operation, as_text=True)
    trail.gateway(resource, MONDAY)
    return [*lines.values(), *trail.lines]


def is_found(raw: bytes) -> bool:
    """Whether the macro's search returns the event. A term is found only as a whole token."""
    return not TERMS.isdisjoint(index_tokens(raw.decode("utf-8", "replace")))


def as_json_string(raw: bytes) -> bytes:
    return json.dumps(raw.decode()).encode()


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "as such": bytes,
    "pretty": pretty,
    "blanks around the colons": lambda raw: raw.replace(b'": "', b'" : "'),
    "EventBridge": delivery,
    "EventBridge, pretty": lambda raw: pretty(delivery(raw)),
    "Records": lambda raw: b'{"Records":[' + raw + b"]}",
    "Records, pretty": lambda raw: pretty(b'{"Records":[' + raw + b"]}"),
    "lookup-events item": lookup_item,
    "lookup-events item of a pretty record": lambda raw: lookup_item(pretty(raw)),
    "lookup-events item, pretty": lambda raw: pretty(lookup_item(raw)),
    "Events": lambda raw: b'{"Events":[' + lookup_item(raw) + b"]}",
    "a string in a string": lambda raw: b'{"message":' + as_json_string(lookup_item(raw)) + b"}",
    "a string in strings": lambda raw: as_json_string(as_json_string(lookup_item(raw))),
    "syslog in front": lambda raw: b"<14>1 2024-03-05T00:00:00Z host aws - - - " + raw,
}


def other_lines() -> list[bytes]:
    """Records of SendGrid, Twilio and Bedrock's invocation log that count, or that add details to
    one."""
    mail, texts, models = SendGridTrail("terms"), TwilioTrail("terms"), InvocationTrail("terms")
    phishing(mail, MONDAY)
    pumping(texts)
    texts.message(MONDAY)
    models.invoke(MONDAY, models.user("eve"), operation="ConverseStream")
    delivered = [line for line in texts.lines if b"DELIVERED" not in line]
    return [*mail.lines[:40], mail.lines[-1], *delivered[:30], *delivered[-3:], *models.lines]


class MacroTest(unittest.TestCase):
    def test_terms_are_the_names_in_the_catalogue_and_of_other_logs(self) -> None:
        self.assertLess(set(NAMES), set(terms()))
        self.assertEqual(len(set(terms())), len(terms()))
        others = {call.name.lower() for call in calls_of_all_logs()}
        google = {f"TERM({call.source})" for call in calls_of_all_logs() if "google" in call.source}
        self.assertLess(google, set(terms()))
        for term in set(terms()) - set(NAMES) - {"GatewayLogs", "sid", "twilio"} - google:
            self.assertIn(re.sub(r"^microsoft\.\w+/", "", token_of(term)), others)

    def test_the_program_prints_the_same(self) -> None:
        run = run_program("check-config", "--terms")
        self.assertEqual((run.exit_code, run.stderr), (0, ""))
        self.assertEqual(run.stdout, f"({' OR '.join(terms())})\n")
        self.assertIn(run.stdout.strip(), EVENTS)

    def test_the_program_prints_names_of_custom_services(self) -> None:
        conf = "[service:own]\nsource = own\nuse = AnyCall\n[service:ses]\ncleanup = x:OneMore\n"
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(conf)
            file.flush()
            run = run_program("check-config", "--terms", file.name)
        names = {*terms(), "AnyCall", "OneMore"} - {"DeleteIdentity", "DeleteEmailIdentity"}
        self.assertEqual(run.stdout, f"({' OR '.join(sorted(names))})\n")

    def test_other_macros(self) -> None:
        index = MACROS["cloudhijack_index"]["definition"]
        logs = re.findall(r"`(\w+)`", index)
        self.assertEqual(index, "(" + " OR ".join(f"(`{log}`)" for log in logs) + ")")
        for log in logs:
            self.assertTrue(MACROS[log]["definition"].startswith("sourcetype"), log)
        unfiltered = MACROS["cloudhijack_events_unfiltered"]["definition"]
        self.assertEqual(unfiltered, "`cloudhijack_index` | fields _time, _raw")
        for name, macro in MACROS.items():
            wanted = {"definition", "iseval"} | ({"args"} if name.endswith(")") else set())
            self.assertEqual(set(macro), wanted, name)
            self.assertEqual(macro["iseval"], "0")

    def test_terms_are_single_tokens_and_not_operators(self) -> None:
        for term in terms():
            if term.startswith("TERM("):
                self.assertEqual(len(index_tokens(token_of(term)) & {token_of(term)}), 1, term)
            else:
                self.assertFalse(has_breaker(term), term)
            self.assertNotIn(term, ("AND", "OR", "NOT"))


class SegmentationTest(unittest.TestCase):
    """The segmentation rules themselves, with Splunk's own examples."""

    def test_published_example(self) -> None:
        tokens = index_tokens("2001.205.189.15 - - [13/Aug/2022:18:22:16]")
        self.assertLessEqual({"2001.205.189.15", "-", "13/aug/2022:18:22:16"}, tokens)
        self.assertLessEqual({"2001", "205", "189", "13", "aug", "2022", "18", "22"}, tokens)

    def test_breakers(self) -> None:
        for text in ("a b", "a--b", "a%20b", "a.b", "a_b", "a\\b", 'a"', "a=b", "-", "%"):
            self.assertTrue(has_breaker(text), text)
        self.assertFalse(has_breaker("SendEmail2"))


class NothingIsLostTest(unittest.TestCase):
    def forms(self, raw: bytes) -> Iterator[tuple[str, bytes]]:
        for name, form in FORMS.items():
            yield name, form(raw)

    def test_each_call_in_each_form(self) -> None:
        for name in NAMES:
            for form, raw in self.forms(call(eventName=name)):
                self.assertTrue(is_found(raw), f"{name}: {form}")
                # The event is not found by chance: without the name there is no match.
                self.assertFalse(is_found(raw.replace(name.encode(), b"GetObject")), form)

    def test_each_call_of_other_logs_in_each_form(self) -> None:
        for line in [*azure_trail(), *each_kind(), *other_lines()]:
            for form, raw in self.forms(line):
                self.assertTrue(is_found(raw), f"{form}: {line!r}")

    def test_everything_that_counts_is_found(self) -> None:
        rules = Rules(thresholds=dict.fromkeys(Rules().thresholds, 0))
        events = [(None, raw) for _, raw in awkward_events(7, 600)]
        events += cloudtrail_day(seed=7, background=500).events[::20]
        counted = 0
        for event in events:
            # AWS never escapes letters in names; for writers that do, there is the macro without
            # terms.
            if b"\\u0049nvoke" in event[1] or not expected_answer([event], rules).rows:
                continue
            counted += 1
            self.assertTrue(is_found(event[1]), event)
        self.assertGreater(counted, 500)

    def test_most_of_a_day_stays_in_the_index(self) -> None:
        events = cloudtrail_day(seed=7, background=20_000).events
        work = [raw for _, raw in events if not re.search(rb"(ses|sns|bedrock)\.amazonaws", raw)]
        self.assertGreater(len(work), 10_000)
        self.assertLess(sum(map(is_found, work[:2000])), 20)

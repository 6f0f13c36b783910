"""Records from providers: the program recognises each one, alone and in a list, but no part of one.

The records that may be published are in tests/samples. More are beside the project, if that folder
exists.
"""

from __future__ import annotations

import itertools
import json
import os
import unittest
from collections.abc import Iterator
from pathlib import Path

from azure_records import AzureTrail, Resource, attack
from hunt_records import MONDAY, World, utc
from hunt_scenarios import scenarios
from ocsf_records import as_ocsf
from program_under_test import program
from shell_run import ndjson_rows, run_scan
from splunkd import Answer, run_search
from test_tuning import bodies

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("CLOUDHIJACK_SHARED", PROJECT.parent / "shared"))
LOGS = ("azure_openai", "ocsf", "sendgrid", "twilio")
# Examples and schemas inside other structures, which are not records of a log.
NOT_LOG_TEXTS = ("spec_", "oai_")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
RESOURCE = Resource("0b1f6471-1bf0-4dda-aec3-cb9272f09590", "Shop-AI")


def texts_in(path: Path) -> list[bytes]:
    """The documents in a file: a single one, or one per line."""
    data = path.read_bytes()
    try:
        json.loads(data)
        return [data]
    except json.JSONDecodeError:
        return data.splitlines()


def is_of_no_log(text: bytes) -> bool:
    return b"Microsoft.aadiam" in text  # records of Entra, which say nothing about models


def samples() -> Iterator[tuple[str, bytes]]:
    for folder in (PROJECT / "tests/samples", SHARED / "providers"):
        for log in LOGS:
            for path in sorted((folder / log).glob("*.*")):
                if path.name.startswith(NOT_LOG_TEXTS):
                    continue
                yield from ((path.name, text) for text in texts_in(path))


def single_records() -> Iterator[tuple[str, bytes]]:
    """The samples, with each element of lists and pages on its own; if a list is cut, its whole
    elements still count."""
    for name, text in samples():
        value = json.loads(text)
        if isinstance(value, dict):
            value = value.get("events") or value.get("messages")
        if isinstance(value, list):
            yield from ((name, json.dumps(record).encode()) for record in value)
        else:
            yield name, text.removeprefix(BYTE_ORDER_MARK)


def twilio_message(sid: str, number: str = "+447700900123") -> list[bytes]:
    """One message as Event Streams and as the REST API deliver it."""
    streamed = {
        "specversion": "1.0",
        "type": "com.twilio.messaging.message.sent",
        "source": f"/2010-04-01/Accounts/AC01/Messages/{sid}.json",
        "id": f"EZ{sid}",
        "time": utc(MONDAY),
        "data": {"messageSid": sid, "accountSid": "AC01", "to": number, "numberOfSegments": 2},
    }
    listed = {
        "sid": sid,
        "account_sid": "AC01",
        "date_created": "Mon, 02 Mar 2026 00:00:00 +0000",
        "direction": "outbound-api",
        "to": number,
        "num_segments": "2",
    }
    return [json.dumps(record).encode() for record in (streamed, listed)]


def generated() -> Iterator[tuple[str, bytes]]:
    """One record of each form from the generators of the other tests."""
    of_each_shape = {shape_of(line): line for line in attack(RESOURCE).lines}
    yield from (("azure", line) for line in of_each_shape.values())
    [story, *_] = scenarios(World())
    yield from (("ocsf", as_ocsf(line)) for line in story.lines[:5])


def shape_of(line: bytes) -> str:
    record = json.loads(line)
    return f"{sorted(record)} {record.get('operationName')} {type(record.get('properties'))}"


def search(texts: list[bytes]) -> Answer:
    return run_search(program(), ["mode=hunt", "min_risk=0"], bodies(texts))


class ProviderRecordsTest(unittest.TestCase):
    def test_each_sample_is_a_record_of_a_log(self) -> None:
        found = 0
        for name, text in samples():
            with self.subTest(name):
                run = run_scan("--mode", "hunt", "-", stdin=text)
                if is_of_no_log(text):
                    self.assertEqual((run.exit_code, run.unknown), (2, 1), run.stderr)
                    continue
                self.assertEqual(run.unknown, 0, run.stderr)
                found += 1
        self.assertGreaterEqual(found, 4)

    def test_a_cut_record_is_reported_and_not_counted(self) -> None:
        for name, text in (*single_records(), *generated()):
            with self.subTest(name, text=text[:80]):
                whole = text.strip()
                pieces = [whole[:end] for end in range(1, len(whole))]
                answer = search(pieces)
                messages = " ".join(message.text for message in answer.messages)
                self.assertIn(f"{len(pieces)} of {len(pieces)} records could not be read", messages)
                self.assertEqual(answer.rows, [])

    def test_two_records_of_one_call_count_once_in_either_order(self) -> None:
        trail = AzureTrail("twins")
        trail.request(RESOURCE, MONDAY)
        [line] = trail.lines
        nearly_empty = json.loads(line)
        nearly_empty["properties"] = {"objectId": ""}
        audit = {**nearly_empty, "category": "Audit", "operationName": "ListKey"}
        del audit["correlationId"]
        twins = [json.dumps(record).encode() for record in (nearly_empty, audit)]
        expected = search([*twins, line]).rows
        [row] = expected
        self.assertEqual((row["UseCount"], row["Phases"]), ("1", ["use", "credential"]))
        for order in itertools.permutations([line, *twins, line]):
            self.assertEqual(search(list(order)).rows, expected)

    def test_a_message_in_two_forms_counts_once_in_either_order(self) -> None:
        texts = [text for sid in ("SM01", "SM02") for text in twilio_message(sid)]
        for order in (texts, texts[::-1], texts + texts):
            [row] = search(order).rows
            self.assertEqual(row["Principal"], "account AC01")
            self.assertEqual(row["UseCount"], "2")
            options = ["mode=volume", "twilio_threshold=1"]
            [row] = run_search(program(), options, bodies(order)).rows
            self.assertEqual((row["EventCount"], row["awsRegion"]), ("2", "GB"))
            self.assertNotIn("7700900123", str(row))

    def test_a_million_records_in_one_list(self) -> None:
        trail = AzureTrail("list")
        trail.request(RESOURCE, MONDAY)
        record = json.loads(trail.lines[0])
        del record["correlationId"], record["event"], record["Tenant"], record["durationMs"]
        record["properties"] = {"modelName": "gpt-4o"}
        text = json.dumps(record, separators=(",", ":")).encode()
        whole = b'{"records":[' + b",".join([text] * 1_000_000) + b"]}"
        run = run_scan("--mode", "volume", "--format", "ndjson", "-", stdin=whole)
        [row] = ndjson_rows(run.stdout)
        self.assertEqual(row["EventCount"], ("number", "1000000"))


if __name__ == "__main__":
    unittest.main()

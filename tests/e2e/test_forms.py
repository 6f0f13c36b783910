"""The same records give the same rows in every form, in a search and in `scan`."""

from __future__ import annotations

import json
import tempfile
import unittest
from collections.abc import Iterator, Sequence
from pathlib import Path

from answer_checks import check_answer
from awkward_events import awkward_events
from chunk_body import EventRow, Layout, write_bodies
from cloudtrail_day import cloudtrail_day
from event_forms import (
    ENVELOPES,
    FIELDS,
    FILES,
    PACKED,
    PRETTY_FILES,
    Record,
    as_fields,
    values_at_fields,
)
from program_under_test import program
from shell_run import ndjson_rows, run_scan
from splunkd import Answer, run_search
from volume_reference import COLUMNS, MONEY_COLUMNS, Expected, Rules, expected_answer

RULES = Rules(thresholds={"AWS SES": 2, "AWS SNS": 3, "AWS Bedrock": 1}, min_score=1)
SEARCH_ARGS = ["ses_threshold=2", "sns_threshold=3", "bedrock_threshold=1", "min_score=1"]
SCAN_ARGS = ["--ses-threshold", "2", "--sns-threshold=3", "--bedrock-threshold=1", "--min-score=1"]

THREADS = ("1", "8")


def day_records() -> list[Record]:
    """A small version of the generated day: every thirtieth event of the attacks and the work
    around them."""
    day = cloudtrail_day(seed=5, background=3000)
    return [raw for _, raw in day.events[::30]]


def _is_record(raw: bytes) -> bool:
    """Whether it is a whole record that is not in an envelope."""
    try:
        document = json.loads(raw.decode("utf-8", "replace"))
    except ValueError:
        return False
    # of those that occur in the events
    envelopes = ("Records", "Events", "detail", "CloudTrailEvent")
    is_bare = isinstance(document, dict) and not any(key in document for key in envelopes)
    return is_bare and b":NaN" not in raw  # Python accepts it


def awkward_records(seed: int = 31) -> list[Record]:
    """Records that every form can carry: one whole JSON object each, with all its oddities
    inside."""
    return [raw for _, raw in awkward_events(seed, 700) if _is_record(raw)]


CORPORA = {"a day": day_records, "awkward": awkward_records}


def has_columns_of_its_own(raw: Record) -> bool:
    """Whether Splunk's columns can represent the record.

    They cannot if a key looks like the path to another one, if a null has become the text "null",
    or if the record's errorCode is the value that the add-on gives to records without one.
    """
    keys: list[str] = []
    json.loads(
        raw.decode("utf-8", "replace"),
        object_pairs_hook=lambda members: keys.extend(key for key, _ in members),
    )
    values = values_at_fields(raw)
    misleading = None in values.values() or values["errorCode"] == "success"
    return not misleading and "userIdentity.arn" not in keys


def fields_rows(records: Sequence[Record], success: str, doubled: bool) -> Iterator[EventRow]:
    for raw in records:
        row = as_fields(raw, success=success, doubled=doubled)
        yield {**row, "host": b"x", "EventName": b"SendEmail", "_raw": b"not read"}


class FormsTest(unittest.TestCase):
    """Each corpus is read once in Python, and in each form by the program."""

    records: dict[str, list[Record]]
    expected: dict[str, Expected]

    @classmethod
    def setUpClass(cls) -> None:
        cls.records = {name: make() for name, make in CORPORA.items()}
        cls.expected = {
            name: expected_answer([(None, raw) for raw in records], RULES)
            for name, records in cls.records.items()
        }

    def search(self, rows: Sequence[EventRow], layout: Layout, *args: str) -> Answer:
        bodies = write_bodies(rows, 97, layout)
        return run_search(program(), [*SEARCH_ARGS, *args], bodies)


class SearchFormsTest(FormsTest):
    def test_corpora_have_enough_rows(self) -> None:
        for name, expected in self.expected.items():
            self.assertGreater(len(expected.rows), 10, name)
        self.assertGreater(self.expected["awkward"].unreadable, 10)
        self.assertGreater(self.expected["awkward"].unknown, 10)

    def test_each_envelope(self) -> None:
        for corpus, records in self.records.items():
            for envelope, wrap in ENVELOPES.items():
                # A bare record takes the row's time; a record in an envelope never does.
                time = b"" if envelope == "as such" else b"1893456000"
                with self.subTest(corpus=corpus, envelope=envelope):
                    rows: list[EventRow] = [{"_time": time, "_raw": raw} for raw in wrap(records)]
                    check_answer(self, self.search(rows, Layout()), self.expected[corpus])

    def test_fields(self) -> None:
        for corpus, records in self.records.items():
            records = list(filter(has_columns_of_its_own, records))
            self.assertGreater(len(records), 100)
            expected = expected_answer([(None, raw) for raw in records], RULES)
            self.assertGreater(len(expected.rows), 10)
            columns = ("_raw", *FIELDS, "host", "EventName")
            for success in ("", "success", "SUCCESS"):
                for doubled, twins in ((False, "after"), (True, "after"), (True, "beside")):
                    with self.subTest(corpus=corpus, success=success, doubled=doubled, twins=twins):
                        rows = list(fields_rows(records, success, doubled))
                        answer = self.search(rows, Layout(columns, twins=twins), "input=fields")
                        check_answer(self, answer, expected)

    def test_fields_in_any_order_and_without_twins(self) -> None:
        records = self.records["a day"]
        rows = list(fields_rows(records, "success", False))
        for columns in (FIELDS[::-1], ["_time", *FIELDS[4:], *FIELDS[:4]]):
            answer = self.search(rows, Layout(tuple(columns), twins="none"), "input=fields")
            check_answer(self, answer, self.expected["a day"])

    def test_invalid_utf8_in_fields_is_replaced(self) -> None:
        for doubled in (False, True):
            caller = b"a\xff \xc3( \xe6\x97"
            row: EventRow = {
                "_time": b"1709596800",
                "eventSource": b"ses.amazonaws.com",
                "eventName": b"SendEmail",
                "userIdentity.arn": [caller, caller] if doubled else caller,
            }
            answer = self.search([row] * 3, Layout(tuple(row)), "input=fields")
            [found] = answer.rows
            self.assertEqual(found["CallerARN"], caller.decode("utf-8", "replace"))
            self.assertEqual(answer.messages, [])

    def test_splunk_is_asked_for_the_fields(self) -> None:
        asked = self.search([], Layout(), "input=fields").getinfo["required_fields"]
        self.assertLessEqual({"_time", *FIELDS}, set(asked))
        self.assertIn("_raw", asked)  # it distinguishes an event from a partial row


class FileFormsTest(FormsTest):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def check_scan(self, corpus: str, *paths: str, stdin: bytes = b"") -> None:
        """On one thread and on several, every value must be the one in a search's answer."""
        expected = self.expected[corpus]
        for threads in THREADS:
            args = [*SCAN_ARGS, "--format=ndjson", "--threads", threads, *paths]
            run = run_scan(*args, stdin=stdin)
            rows = ndjson_rows(run.stdout)
            for row, wanted in zip(rows, expected.rows):
                self.assertEqual({name: row[name] for name in COLUMNS}, as_json(wanted))
                self.assertEqual(list(row), [*COLUMNS, "Reasons", *MONEY_COLUMNS])
            self.assertEqual(len(rows), len(expected.rows))
            self.assertEqual(run.unreadable, (expected.unreadable, expected.records))
            self.assertEqual(run.unknown, expected.unknown)
            self.assertEqual(run.exit_code, 2 if expected.unreadable else 0, run.stderr)

    def test_each_form_of_file(self) -> None:
        path = self.folder / "trail"
        for corpus, records in self.records.items():
            forms = {**FILES, **PRETTY_FILES} if corpus == "a day" else FILES
            for form, write in forms.items():
                for packed, pack in PACKED.items():
                    with self.subTest(corpus=corpus, form=form, packed=packed):
                        path.write_bytes(pack(write(records)))
                        self.check_scan(corpus, str(path))

    def test_standard_input(self) -> None:
        for corpus, records in self.records.items():
            for packed, pack in PACKED.items():
                with self.subTest(corpus=corpus, packed=packed):
                    self.check_scan(corpus, "-", stdin=pack(FILES["Records"](records)))
        half = len(self.records["a day"]) // 2
        (self.folder / "half.json").write_bytes(FILES["lines"](self.records["a day"][:half]))
        rest = FILES["array"](self.records["a day"][half:])
        self.check_scan("a day", str(self.folder / "half.json"), "-", stdin=rest)

    def test_folders_with_one_record_per_file(self) -> None:
        for corpus, records in self.records.items():
            for number, raw in enumerate(records):
                path = self.folder / corpus / f"{number % 7}/{number % 5}/{number}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw if number % 2 else PACKED["gzip"](raw))
            with self.subTest(corpus=corpus):
                self.check_scan(corpus, str(self.folder / corpus))

    def test_content_decides_and_not_the_name(self) -> None:
        names = ["a.json", "b.jsonl", "c.gz", "d.json.gz", "e.txt", "f", ".g", "-x", "\n$;\xe9"]
        records = self.records["a day"]
        for number, name in enumerate(names):
            form = list(FILES.values())[number % len(FILES)]
            pack = list(PACKED.values())[number % len(PACKED)]
            (self.folder / name).write_bytes(pack(form(records[number :: len(names)])))
        self.check_scan("a day", str(self.folder))

    def test_paths_that_overlap_are_read_once(self) -> None:
        for number in range(4):
            path = self.folder / f"{number}/a.json"
            path.parent.mkdir()
            path.write_bytes(FILES["array"](self.records["a day"][number::4]))
        (self.folder / "link").symlink_to(self.folder / "1")
        (self.folder / "2/up").symlink_to(self.folder)
        paths = [str(self.folder / name) for name in ("link", "0/a.json", "", "0/a.json", "3/..")]
        self.check_scan("a day", *paths)


NUMBERS = {"_time", "EventCount", "Threshold", "SuspicionScore", "UniqueIPs"}
NUMBERS |= {"FirstEvent", "LastEvent"}


def as_json(row: dict[str, object]) -> dict[str, object]:
    """A search's row in the form of ndjson: numbers are numbers, and multivalue fields are
    lists."""
    converted: dict[str, object] = {}
    for name, value in row.items():
        if name in NUMBERS:
            converted[name] = ("number", value)
        elif name == "SourceIPs" and not isinstance(value, list):
            converted[name] = [value] if value else []
        else:
            converted[name] = value
    return converted

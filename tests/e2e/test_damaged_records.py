"""Damage costs the record that it is in, in any envelope, and the bytes lost are reported."""

from __future__ import annotations

import json
import random
import re
import unittest
from collections.abc import Callable
from typing import Any

from call_records import call
from chunk_body import write_body
from program_under_test import program, repetitions
from shell_run import ndjson_rows, run_scan
from splunkd import Answer, run_search

_LOST = re.compile(r"(\d+) of (\d+) records? could not be read \((\d+) bytes?\)")

JOINS: dict[str, Callable[[list[bytes]], bytes]] = {
    "a file of CloudTrail": lambda records: b'{"Records":[' + b",".join(records) + b"]}",
    "a list in lines": lambda records: b'{"a":1,"records":[' + b",\n".join(records) + b'],"b":2}',
    "an array": lambda records: b"[" + b",".join(records) + b"]",
    "what Firehose writes": b"".join,
    "lines": b"\n".join,
}

PIECES = {
    "a quote": b'"',
    "a brace": b"}",
    "an opening brace": b"{",
    "a bracket": b"]",
    "a backslash": b"\\",
    "a line break": b"\n",
    "zeros": bytes(9),
    "no UTF-8": b"\xff\xfe",
    "a comma": b",",
}


def record(second: int, **members: Any) -> bytes:
    """A record as CloudTrail writes it: without blanks, the version and the caller first."""
    made = json.loads(call("alice", second))
    more = {"userAgent": "app (a; b) {c} [d]", "requestParameters": {"to": ["x", {"y": None}]}}
    whole = {"eventVersion": "1.11", "userIdentity": made["userIdentity"], **made, **more}
    return json.dumps({**whole, **members}, separators=(",", ":")).encode()


def damaged(raw: bytes, rng: random.Random) -> tuple[str, bytes]:
    """The record with one defect, and the description of the defect."""
    place = rng.randrange(1, len(raw) - 1)
    kind = rng.choice(["a byte less", "cut", "cut in front", *PIECES])
    if kind == "a byte less":
        return f"{kind} at {place}", raw[:place] + raw[place + 1 :]
    if kind == "cut":
        return f"{kind} at {place}", raw[:place]
    if kind == "cut in front":
        return f"{kind} at {place}", raw[place:]
    return f"{kind} at {place}", raw[:place] + PIECES[kind] + raw[place:]


def takes_others(raw: bytes) -> bool:
    """Whether the record was cut where following records can take the place of the missing part."""
    text = re.sub(rb'"(?:[^"\\\\]|\\\\.)*"', b"", raw)
    return text.rstrip().endswith(b":") or text.count(b"[") > text.count(b"]")


def scanned(data: bytes, *args: str) -> tuple[int, str]:
    """The number of calls that count, and the messages."""
    run = run_scan("--ses-threshold=0", "--format=ndjson", *args, "-", stdin=data)
    return sum(int(row["EventCount"][1]) for row in ndjson_rows(run.stdout)), run.stderr


def searched(raw: bytes) -> Answer:
    return run_search(
        program(), ["ses_threshold=0"], [write_body([{"_time": b"1709596800", "_raw": raw}])]
    )


class DamageTest(unittest.TestCase):
    def check_costs_only_itself(self, seed: int, name: str) -> None:
        rng = random.Random(seed)
        records = [record(second) for second in range(9)]
        place = rng.randrange(1, 8)
        what, records[place] = damaged(records[place], rng)
        data = JOINS[name](records)
        with self.subTest(seed=seed, joined=name, damage=what, record=records[place]):
            count, messages = scanned(data)
            if takes_others(records[place]) or records[place].startswith(b"]"):
                self.assertGreaterEqual(count, place)
            else:
                self.assertGreaterEqual(count, 8, messages)
            # Other damage can turn the record into one of another call.
            if what.startswith("cut at"):
                self.assertIn("could not be read", messages)

    def test_damage_costs_only_its_own_record(self) -> None:
        for seed in range(repetitions(150)):
            for name in JOINS:
                self.check_costs_only_itself(seed, name)

    def test_the_answer_does_not_depend_on_threads(self) -> None:
        rng = random.Random(3)
        for name, join in JOINS.items():
            records = [record(second % 60) for second in range(4000)]
            for place in range(50, 4000, 50):
                records[place] = damaged(records[place], rng)[1]
            data = join(records)
            with self.subTest(joined=name):
                alone = scanned(data, "--threads=1")
                self.assertGreaterEqual(alone[0], 3600)
                self.assertEqual(scanned(data, "--threads=4"), alone)

    def test_search_reads_on_after_damage_within_a_row(self) -> None:
        records = [record(second) for second in range(5)]
        broken = records[2].replace(b'","eventName"', b',"eventName"')
        for name in ("a file of CloudTrail", "an array", "what Firehose writes"):
            with self.subTest(joined=name):
                answer = searched(JOINS[name]([*records[:2], broken, *records[3:]]))
                self.assertEqual([row["EventCount"] for row in answer.rows], ["4"])
                texts = [message.text for message in answer.messages]
                lost = [match for match in map(_LOST.match, texts) if match]
                self.assertEqual([match.groups() for match in lost], [("1", "5", str(len(broken)))])
                self.assertIn("row 1: its _raw, from byte ", lost[0].string)

    def test_consecutive_records_in_a_row_are_all_read(self) -> None:
        records = [record(second) for second in range(3)]
        for between in (b"", b",", b"\n", b" , "):
            with self.subTest(between=between):
                answer = searched(between.join(records) + between)
                self.assertEqual([row["EventCount"] for row in answer.rows], ["3"])
                self.assertEqual(answer.messages, [])

    def test_bytes_and_place_are_reported(self) -> None:
        records = [record(second % 60) for second in range(200)]
        records[120] = records[120].replace(b'"awsRegion"', b'"awsRegion')
        data = JOINS["a file of CloudTrail"](records)
        count, messages = scanned(data)
        self.assertEqual(count, 199)
        self.assertIn(
            f"1 of 200 records could not be read ({len(records[120])} bytes); the first, at byte "
            f"{data.index(records[120])}, is damaged JSON: it has ",
            messages,
        )
        self.assertNotIn("ends inside", messages)

    def test_two_consecutive_damaged_records(self) -> None:
        records = [record(second) for second in range(10)]
        for place in (4, 5):
            records[place] = records[place].replace(b'"awsRegion"', b'"awsRegion')
        count, messages = scanned(JOINS["what Firehose writes"](records))
        self.assertEqual(count, 8)
        self.assertEqual(_LOST.search(messages)[1], "2")  # type: ignore[index]

    def test_text_in_a_string_is_not_read_as_a_record(self) -> None:
        forged = record(59, userIdentity={"type": "IAMUser", "arn": "forged"})
        for agent in (
            forged.decode(),
            "}," + forged.decode() + ",{",
            '"},' + forged.decode(),
            "\\" + forged.decode(),
            "x\n" + forged.decode(),
        ):
            whole = record(1, userAgent=agent)
            lost_quote = whole.replace(b'"awsRegion"', b'"awsRegion')
            for name, join in JOINS.items():
                for raw in (whole, lost_quote, whole[: whole.rindex(b'"')]):
                    with self.subTest(agent=agent, joined=name, raw=raw):
                        data = join([record(0), raw, record(2)])
                        run = run_scan("--ses-threshold=0", "--format=ndjson", "-", stdin=data)
                        self.assertNotIn("forged", run.stdout)
                        rows = searched(data if name != "lines" else raw).rows
                        self.assertNotIn("forged", [row["CallerARN"] for row in rows])

    def test_a_damaged_list_still_has_records(self) -> None:
        one, two = record(1), record(2)
        for data, calls in (
            (b'{"Records:[%s,%s]}' % (one, two), 2),
            (b'{"Records":[%s],"Events":[%s]}' % (one, two), 2),
            (b'{"Records":[%s],%s]}' % (one, two), 2),
            (b'{"Records":[%s}},%s]}' % (one[:-1], two), 2),
        ):
            with self.subTest(data=data):
                self.assertEqual(scanned(data)[0], calls)

    def test_byte_order_marks_between_records_are_not_damage(self) -> None:
        mark = b"\xef\xbb\xbf"
        for between in (mark, b"\n" + mark, b"," + mark + b" "):
            data = mark + between.join(record(second) for second in range(3))
            with self.subTest(between=between):
                count, messages = scanned(data)
                self.assertEqual((count, "could not" in messages), (3, False))
                answer = searched(data)
                self.assertEqual([row["EventCount"] for row in answer.rows], ["3"])
                self.assertEqual(answer.messages, [])

    def test_rest_of_a_damaged_record_is_not_searched_for_records(self) -> None:
        forged = record(59, userIdentity={"type": "IAMUser", "arn": "forged"}).decode()
        held = record(1, requestParameters={"a": 1, "to": ["x", forged]})
        for damage in (b'"a\n"', b'a"', b'"a":}}', b'"a":{'):
            raw = held.replace(b'"a"', damage)
            for name, join in JOINS.items():
                with self.subTest(damage=damage, joined=name):
                    run = run_scan(
                        *("--ses-threshold=0", "--format=ndjson", "-"),
                        stdin=join([record(0), raw, record(2)]),
                    )
                    self.assertNotIn("forged", run.stdout)

    def test_record_quoted_in_a_line_of_another_log_is_not_a_record(self) -> None:
        forged = record(1).decode()
        for line in (
            f'192.0.2.1 - - "GET /{forged}" 200',
            f"[Mon Nov 30] agent={forged}",
            forged[1:],
        ):
            with self.subTest(line=line):
                self.assertEqual(scanned(line.encode())[0], 0)
                self.assertEqual(searched(line.encode()).rows, [])

    def test_a_record_larger_than_the_window_does_not_end_the_scan(self) -> None:
        """A missing quote in a line of 70 MiB turns the whole line into one record."""
        records = [record(second % 60, userAgent="x" * 60_000) for second in range(1200)]
        records[3] = records[3].replace(b'"awsRegion"', b'"awsRegion')
        count, messages = scanned(b"".join(records))
        self.assertGreaterEqual(count, 1197, messages)
        self.assertIn("could not be read", messages)


if __name__ == "__main__":
    unittest.main()

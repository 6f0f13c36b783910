"""The forms of one `_raw`: a record, or records in the envelopes in which they are delivered."""

from __future__ import annotations

import json
import unittest
from collections import Counter
from collections.abc import Callable
from typing import Any

from answer_checks import unknown_count, unreadable_count
from chunk_body import write_body
from program_under_test import program
from shipped_catalogue import catalogue_calls
from splunkd import Answer, run_search

CALL = {
    "eventTime": "2024-03-05T00:00:01Z",
    "eventSource": "ses.amazonaws.com",
    "eventName": "SendEmail",
}

SHAPES: dict[str, Callable[[Any], Any]] = {
    "EventBridge": lambda record: {"time": "2024-03-05T09:00:00Z", "detail": record},
    "lookup-events item": lambda record: {
        "EventName": "SendEmail",
        "EventTime": "2024-03-05T09:00:00Z",
        "CloudTrailEvent": json.dumps(record),
    },
    "Records": lambda record: {"Records": [record]},
    "Events": lambda record: {"Events": [record], "NextToken": "x"},
}


def answer_to(raw: bytes, time: bytes = b"") -> Answer:
    return run_search(program(), ["ses_threshold=0"], [write_body([{"_time": time, "_raw": raw}])])


class ShapeTest(unittest.TestCase):
    def check_counted(self, document: Any, calls: int, first_event: str = "1709596801") -> None:
        answer = answer_to(json.dumps(document).encode(), time=b"1709600000")
        self.assertEqual(answer.messages, [])
        self.assertEqual([row["EventCount"] for row in answer.rows], [str(calls)])
        self.assertEqual(answer.rows[0]["FirstEvent"], first_event)

    def check_unreadable(self, document: Any, unreadable: int, records: int, reason: str) -> None:
        answer = answer_to(json.dumps(document).encode(), time=b"1709600000")
        self.assertEqual(unreadable_count(answer), (unreadable, records))
        self.assertRegex(answer.messages[0].text, reason)

    def check_unknown(self, document: Any, unknown: int, calls: int = 0) -> None:
        answer = answer_to(json.dumps(document).encode(), time=b"1709600000")
        self.assertEqual(unknown_count(answer), unknown)
        self.assertEqual(len(answer.messages), 1)
        self.assertEqual([row["EventCount"] for row in answer.rows], [str(calls)] if calls else [])

    def test_record(self) -> None:
        self.check_counted(CALL, 1, first_event="1709600000")

    def test_records_in_envelopes_have_the_time_of_their_call(self) -> None:
        """The row's time is the time at which the envelope was indexed."""
        for name, shape in SHAPES.items():
            with self.subTest(shape=name):
                self.check_counted(shape(CALL), 1)

    def test_lists_of_any_length(self) -> None:
        other = {**CALL, "eventName": "GetSendQuota"}
        self.check_counted({"Records": [CALL, CALL, other]}, 2)
        self.check_counted({"Events": [SHAPES["lookup-events item"](CALL)] * 3}, 3)
        self.check_counted({"Records": [CALL, SHAPES["EventBridge"](CALL)]}, 2)
        self.check_counted({"more": [CALL], "Records": [CALL], "less": {"Records": [CALL]}}, 1)
        self.check_counted({"Records": [CALL, {"Records": [CALL, CALL]}]}, 3)
        self.check_counted({"detail": [CALL, CALL]}, 2)
        self.check_counted([CALL, json.dumps(CALL), [CALL]], 3)
        for key in ("Records", "Events", "records", "detail"):
            answer = answer_to(json.dumps({key: []}).encode())
            self.assertEqual((answer.rows, answer.messages), ([], []))

    def test_an_envelope_within_a_record_is_ignored(self) -> None:
        self.check_counted({**CALL, "detail": CALL}, 1, first_event="1709600000")
        self.check_counted({**CALL, "CloudTrailEvent": "{"}, 1, first_event="1709600000")

    def test_envelopes_in_envelopes(self) -> None:
        nested = CALL
        for _depth in range(1, 5):
            nested = {"detail": nested}
            self.check_counted(nested, 1)
        self.check_unreadable({"detail": nested}, 1, 1, "row 1: .*more than 4 envelopes")
        mail = {"Message": json.dumps({"detail": CALL})}
        self.check_counted({"Messages": [{"Body": json.dumps(mail)}]}, 1)

    def test_unknown_envelopes_are_unknown_records(self) -> None:
        for key in ("detail", "CloudTrailEvent", "Records", "Events", "event", "data"):
            for value in (None, "", True, 1, "text", {}, {"a": 1}, "{}"):
                with self.subTest(key=key, value=value):
                    self.check_unknown({key: value}, 1)
        self.check_unknown({"Records": [CALL, {"a": 1}, {}]}, 2, calls=1)

    def test_notices_are_unknown_records(self) -> None:
        for source, name in (("aws:s3", "ObjectCreated:Put"), ("aws:sqs", None)):
            self.check_unknown({"Records": [{"eventSource": source, "eventName": name}]}, 1)
        self.check_unknown({"eventSource": CALL["eventSource"]}, 1)
        self.check_unknown({"eventName": CALL["eventName"]}, 1)

    def test_unknown_records_are_reported_with_place_and_keys(self) -> None:
        rows = [{"_raw": raw} for raw in (b'{"a":1,"b":{},"c":[],"d":0}', b"{}")]
        answer = run_search(program(), [], [write_body(rows)])
        [message] = answer.messages
        self.assertEqual(
            (message.severity, message.text),
            (
                "WARN",
                "2 records do not belong to any log that cloudhijack knows; the first, row 1, has "
                'the keys "a", "b", "c"',
            ),
        )
        self.assertEqual(unreadable_count(answer), None)

    def test_unreadable_records_in_envelopes_are_counted_one_by_one(self) -> None:
        undated = {**CALL, "eventTime": "yesterday"}
        for name, shape in SHAPES.items():
            with self.subTest(shape=name):
                self.check_unreadable(shape(undated), 1, 1, "row 1: .*time")
        self.check_unreadable({"Records": [CALL, undated, 17, CALL]}, 2, 4, "row 1: .*time")
        self.check_unreadable({"CloudTrailEvent": "{"}, 1, 1, "row 1: .*JSON")
        self.check_unreadable({"CloudTrailEvent": "[1]"}, 1, 1, "row 1: .*not a JSON object")

    def test_whole_elements_of_a_cut_list_count(self) -> None:
        for before, after in ((b"[", b"]"), (b'{"a":1,"Records":[', b"]}")):
            whole = before + b",".join([json.dumps(CALL).encode()] * 3) + after
            element = len(json.dumps(CALL)) + 1
            for cut in range(len(before), len(whole)):
                answer = answer_to(whole[:cut])
                calls = min((cut - len(before) + 1) // element, 3)
                counts = [row["EventCount"] for row in answer.rows]
                self.assertEqual(counts, [str(calls)] if calls else [], whole[:cut])
                unreadable = unreadable_count(answer)
                self.assertIsNotNone(unreadable, whole[:cut])

    def test_a_call_of_any_phase_needs_a_time(self) -> None:
        for call in sorted(catalogue_calls()):
            record = {"eventSource": call.source, "eventName": call.name}
            answer = answer_to(json.dumps(record).encode())
            self.assertEqual(unreadable_count(answer), (1, 1), call)
            answer = answer_to(json.dumps({**record, "eventSource": "s3.amazonaws.com"}).encode())
            [message] = answer.messages
            self.assertEqual(message.severity, "INFO")
            self.assertRegex(message.text, "^the 1 record that was read is not a successful call")


class HardRecordTest(unittest.TestCase):
    """Records that the comparison omits because Python itself cannot read or represent them."""

    def test_depth_of_skipped_values(self) -> None:
        for opening, closing in ((b"[", b"]"), (b'{"eventName":', b"}")):
            depth = 200_000
            deep = opening * depth + b"1" + closing * depth
            for raw in (
                b'{"requestParameters":%s,' % deep + json.dumps(CALL).encode()[1:],
                json.dumps(CALL).encode()[:-1] + b',"userIdentity":%s}' % deep,
            ):
                answer = answer_to(raw)
                self.assertEqual([row["EventCount"] for row in answer.rows], ["1"])
                self.assertEqual(answer.messages, [])

    def test_every_cut_of_a_record_is_unreadable(self) -> None:
        call = {**CALL, "userIdentity": {"arn": 'a"\u00e9', "n": [1.5, True, None]}, "awsRegion": 1}
        whole = json.dumps(call, ensure_ascii=False).encode()
        rows = [{"_raw": whole[:cut]} for cut in range(len(whole) + 1)]
        answer = run_search(program(), ["ses_threshold=0"], [write_body(rows)])
        self.assertEqual([row["EventCount"] for row in answer.rows], ["1"])
        self.assertEqual(unreadable_count(answer), (len(whole), len(rows)))

    def test_every_byte_inside_a_string_is_kept_or_replaced(self) -> None:
        raw = json.dumps({**CALL, "userIdentity": {"arn": "a#b"}}).encode()
        characters = [bytes([byte]) for byte in range(0x20, 0x100) if byte not in b'"\\']
        rows = [{"_raw": raw.replace(b"#", character)} for character in characters]
        answer = run_search(program(), ["ses_threshold=0"], [write_body(rows)])
        shown = Counter(f"a{character.decode('utf-8', 'replace')}b" for character in characters)
        self.assertEqual(
            {row["CallerARN"]: row["EventCount"] for row in answer.rows},
            {caller: str(count) for caller, count in shown.items()},
        )
        self.assertEqual(answer.messages, [])

    def test_the_first_reason_is_reported(self) -> None:
        rows = [{"_raw": raw} for raw in (b"{}", b"17", b"", b'{"a":')]
        answer = run_search(program(), [], [write_body(rows[:1]), write_body(rows[1:])])
        self.assertEqual([message.severity for message in answer.messages], ["WARN", "WARN"])
        unreadable, unknown = (message.text for message in answer.messages)
        self.assertRegex(unreadable, r"^3 of 3 records .*; the first, row 2: .*not a JSON object$")
        self.assertEqual(
            unknown,
            "1 record does not belong to any log that cloudhijack knows; the first, row 1, has no "
            "keys",
        )

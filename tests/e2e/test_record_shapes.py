"""What one `_raw` may hold: a record, or the ways in which records come wrapped."""

from __future__ import annotations

import json
import unittest
from collections import Counter
from typing import Any

from answer_checks import unreadable_count
from chunk_body import write_body
from program_under_test import program
from splunkd import Answer, run_search

CALL = {
    "eventTime": "2024-03-05T00:00:01Z",
    "eventSource": "ses.amazonaws.com",
    "eventName": "SendEmail",
}
ENVELOPE = {"version": "0", "source": "aws.ses", "time": "2024-03-05T09:00:00Z", "detail": CALL}


def answer_to(raw: bytes, time: bytes = b"") -> Answer:
    return run_search(program(), ["ses_threshold=0"], [write_body([{"_time": time, "_raw": raw}])])


class ShapeTest(unittest.TestCase):
    def check_counted(self, document: Any, calls: int, first_event: str = "1709596801") -> None:
        answer = answer_to(json.dumps(document).encode(), time=b"1709600000")
        self.assertEqual(answer.messages, [])
        self.assertEqual([row["EventCount"] for row in answer.rows], [str(calls)])
        self.assertEqual(answer.rows[0]["FirstEvent"], first_event)

    def test_record(self) -> None:
        self.check_counted(CALL, 1, first_event="1709600000")

    # Expected to fail until the program reads them; records inside an envelope have the time of
    # their call, not the time at which the envelope was indexed.
    @unittest.expectedFailure
    def test_event_bridge_envelope(self) -> None:
        self.check_counted(ENVELOPE, 1)

    @unittest.expectedFailure
    def test_records(self) -> None:
        self.check_counted({"Records": [CALL, CALL, {**CALL, "eventName": "GetSendQuota"}]}, 2)

    @unittest.expectedFailure
    def test_lookup_events_item(self) -> None:
        self.check_counted({"EventName": "SendEmail", "CloudTrailEvent": json.dumps(CALL)}, 1)


class HardRecordTest(unittest.TestCase):
    """Records that the comparison leaves out because Python itself cannot read or hold them."""

    def test_depth_of_values_that_are_passed_over(self) -> None:
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

    def test_first_reason_is_told(self) -> None:
        rows = [{"_raw": raw} for raw in (b"{}", b"[]", b"", b'{"a":')]
        answer = run_search(program(), [], [write_body(rows[:1]), write_body(rows[1:])])
        [message] = answer.messages
        self.assertEqual(message.severity, "WARN")
        self.assertRegex(message.text, r"^3 of 4 rows .* The first, row 2: .*no JSON object$")

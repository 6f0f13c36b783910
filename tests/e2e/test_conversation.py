"""The conversation with Splunk: its order, its end, and the errors for a broken one."""

from __future__ import annotations

import os
import tempfile
import unittest
from contextlib import suppress
from typing import Any

from answer_checks import unreadable_count
from chunk_body import Layout, write_body
from program_under_test import SANITIZED, program
from splunkd import Ending, Session, execute, frame, getinfo, run_search

QUIET = Ending(0, b"", "")
CALL = (
    b'{"eventTime":"2024-03-05T00:00:00Z","eventSource":"ses.amazonaws.com",'
    b'"eventName":"SendEmail","awsRegion":"us-east-1","userIdentity":{"arn":"arn:%d"}}'
)


def body_of(count: int, callers: int = 1) -> bytes:
    return write_body([{"_time": b"1", "_raw": CALL % (i % callers)} for i in range(count)])


class OpeningTest(unittest.TestCase):
    def test_reply_to_getinfo(self) -> None:
        reply = run_search(program()).getinfo
        self.assertEqual(
            reply,
            {
                "type": "reporting",
                "generating": False,
                "required_fields": ["_time", "_raw", "cloudhijack_partial"],
                "streaming_preop": reply["streaming_preop"],  # see test_cluster.py
                "finished": False,
            },
        )

    def test_differences_between_versions_of_splunk(self) -> None:
        variants: list[dict[str, Any]] = [
            getinfo(earliest_time="0"),
            getinfo(earliest_time=1709596800.25),
            getinfo(preview=True),
            {"action": "getinfo"},
            {"action": "getinfo", "searchinfo": {}},
            {"action": "getinfo", "news": [1, {"args": 5}], "searchinfo": {"args": [], "x": None}},
        ]
        for metadata in variants:
            with self.subTest(metadata=metadata), Session(program()) as session:
                self.assertIsNone(session.request(metadata).error)
                self.assertTrue(session.request(execute(True)).finished)
                self.assertEqual(session.end(), QUIET)

    def test_blanks_around_lengths(self) -> None:
        metadata = b'{"action":"getinfo"}'
        with Session(program()) as session:
            session.write(b"chunked 1.0 , %d\t, 0 \r\n" % len(metadata) + metadata)
            self.assertIsNone(session.reply().error)
            self.assertEqual(session.end(), QUIET)


class EndTest(unittest.TestCase):
    """End of input, and a reader that closes its end, are normal at any point."""

    def test_splunk_ends_without_a_request(self) -> None:
        with Session(program()) as session:
            self.assertEqual(session.end(), QUIET)

    def test_splunk_ends_after_getinfo(self) -> None:
        with Session(program()) as session:
            session.request(getinfo())
            self.assertEqual(session.end(), QUIET)

    def test_splunk_ends_between_batches(self) -> None:
        with Session(program()) as session:
            session.request(getinfo())
            session.request(execute(False), body_of(500))
            self.assertEqual(session.end(), QUIET)

    def test_splunk_ends_within_a_chunk(self) -> None:
        # A cancelled search may end at any byte: in the header, the metadata or the body.
        whole = frame(execute(True), body_of(2))
        for cut in range(1, len(whole), 13 if SANITIZED else 1):
            with self.subTest(cut=cut), Session(program()) as session:
                session.request(getinfo())
                session.write(whole[:cut])
                self.assertEqual(session.end(), QUIET)

    def test_splunk_ends_within_getinfo(self) -> None:
        whole = frame({"action": "getinfo"})
        for cut in range(1, len(whole)):
            with self.subTest(cut=cut), Session(program()) as session:
                session.write(whole[:cut])
                self.assertEqual(session.end(), QUIET)

    def test_reader_closed_before_the_answer(self) -> None:
        for requests in (
            [frame(getinfo())],
            [frame(getinfo()), frame(execute(False), body_of(10))],
            [frame(getinfo()), frame(execute(True), body_of(50_000, callers=400))],
            [b"nonsense"],
        ):
            reading, writing = os.pipe()
            with Session(program(), stdout=writing) as session:
                os.close(writing)
                os.close(reading)
                with suppress(BrokenPipeError):
                    for request in requests:
                        session.write(request)
                self.assertEqual(session.end(), QUIET)

    def test_reader_closes_during_the_answer(self) -> None:
        # `| head` has read enough while the program still has more to write than a pipe holds.
        callers = 2000
        with Session(program()) as session:
            session.request(getinfo(["ses_threshold=0"]))
            session.write(frame(execute(True), body_of(callers, callers)))
            assert session.process.stdout is not None
            session.process.stdout.read(100)
            session.process.stdout.close()
            self.assertEqual(session.end(), QUIET)

    def test_answer_that_cannot_be_written(self) -> None:
        with open("/dev/full", "wb") as full, Session(program(), stdout=full) as session:
            session.write(frame(getinfo()))
            ending = session.end()
        self.assertEqual(ending.exit_code, 1)
        self.assertRegex(ending.stderr, r"\Acloudhijack: .*No space left.*\n\Z")


class BatchTest(unittest.TestCase):
    def test_last_chunk_with_rows_header_or_nothing(self) -> None:
        for last in (body_of(1), write_body([]), b"", b"\n", b"\r\n\r\n"):
            with self.subTest(last=last):
                answer = run_search(program(), ["ses_threshold=2"], [body_of(2), body_of(1), last])
                count = 4 if last == body_of(1) else 3
                self.assertEqual([row["EventCount"] for row in answer.rows], [str(count)])
                self.assertEqual(answer.messages, [])

    def test_nothing_found(self) -> None:
        for chunks in ([b""], [body_of(100)], [write_body([])], [body_of(1), b""]):
            answer = run_search(program(), chunks=chunks)
            self.assertEqual((answer.columns, answer.rows), ([], []))
            messages = [(message.severity, message.text[:26]) for message in answer.messages]
            has_events = any(body.count(b"SendEmail") for body in chunks)
            self.assertEqual(
                messages, [] if has_events else [("WARN", "the search found no events")]
            )

    def test_last_row_without_a_newline(self) -> None:
        answer = run_search(program(), ["ses_threshold=0"], [body_of(3).rstrip(b"\n")])
        self.assertEqual(answer.rows[0]["EventCount"], "3")

    def test_body_that_ends_within_quotes(self) -> None:
        body = body_of(3)
        answer = run_search(program(), ["ses_threshold=0"], [body[: body.rindex(b"}")], body])
        self.assertEqual(answer.rows[0]["EventCount"], "5")
        self.assertEqual(unreadable_count(answer), (1, 6))

    def test_rows_without_raw(self) -> None:
        columns = Layout(columns=("_time", "host", "eventName"))
        bare = write_body([{"_time": b"1", "host": b"a", "eventName": b"SendEmail"}], columns)
        for chunks in ([bare], [body_of(3), bare], [bare, body_of(3)]):
            answer = run_search(program(), chunks=chunks)
            self.assertRegex(answer.error or "", r"no field _raw.*fields _time, _raw")
        header_alone = write_body([], columns)
        answer = run_search(program(), ["ses_threshold=0"], [header_alone, body_of(1)])
        self.assertIsNone(answer.error)
        self.assertEqual(len(answer.rows), 1)

    def test_a_preview_is_answered(self) -> None:
        with Session(program()) as session:
            session.request(getinfo(["ses_threshold=0"], preview=True))
            reply = session.request({**execute(True), "preview": True}, body_of(3))
            self.assertEqual(len(reply.rows), 1)
            self.assertEqual(session.end(), QUIET)

    def test_more_rows_than_splunk_accepts(self) -> None:
        for limit, warned in ((6, True), (7, False)):
            answer = run_search(
                program(), ["ses_threshold=0"], [body_of(14, 7)], maxresultrows=limit
            )
            self.assertEqual(len(answer.rows), 7)
            self.assertEqual([message.severity for message in answer.messages], ["WARN"] * warned)
            for message in answer.messages:
                self.assertRegex(message.text, r"\b7 rows.*maxresultrows.*\b6\b")

    def test_metrics_count_rows(self) -> None:
        chunks = [body_of(60), write_body([{"_raw": b"{"}, {"_raw": b"{}"}]), body_of(60)]
        metrics = run_search(program(), chunks=chunks).metrics
        counts = {name: numbers[1:] for name, numbers in metrics.items()}
        self.assertEqual(counts["metric.cloudhijack"], [3, 122, 1])
        self.assertEqual(counts["metric.cloudhijack.relevant"], [3, 121, 120])
        self.assertEqual(counts["metric.cloudhijack.skipped"], [3, 121, 1])

    def test_recorded_session_from_a_file(self) -> None:
        # The program must not depend on the other side waiting for each reply.
        requests = [
            frame(getinfo()),
            frame(execute(False), body_of(70)),
            frame(execute(True), body_of(70)),
        ]
        with tempfile.TemporaryFile() as recording:
            recording.write(b"".join(requests))
            recording.seek(0)
            with Session(program(), stdin=recording) as session:
                replies = [session.reply() for _ in requests]
                self.assertEqual(session.end(), QUIET)
        self.assertEqual([reply.finished for reply in replies], [False, False, True])
        self.assertEqual(replies[-1].rows[0]["EventCount"], "140")


MALFORMED_HEADERS = [
    *(b"hello\n", b"\n", b"{}\n", b"\x00\xff\n", b"Chunked 1.0,2,0\n", b"chunkedX 1.0,2,0\n"),
    *(b"chunked 1.0\n", b"chunked 1.0,2\n", b"chunked 1.0,2,0,0\n", b"chunked 1.0,,\n"),
    *(b"chunked 1.0,x,0\n", b"chunked 1.0,-2,0\n", b"chunked 1.0,2.0,0\n"),
    *(b"chunked 1.0,2 2,0\n", b"chunked 1.0,0x2,0\n", b"chunked 1.0,+2,0\n"),
    *(b"chunked 2.0,2,0\n", b"chunked1.0,2,0\n", b"chunked 1.0" + b" " * 300),
    *(b"chunked 1.0,%d,0\n" % 10**30, b"chunked 1.0,2,%d\n" % (2**64 - 1)),
]
MALFORMED_METADATA = {  # keyed by a pattern that the error must match
    "malformed metadata: .*JSON": [b"", b"{", b"getinfo", b'{"action":"getinfo"}}', b"\xff"],
    "not a JSON object": [b"[]", b'"getinfo"', b"17", b"null"],
    '"action"': [b"{}", b'{"action":5}', b'{"action":null}'],
    '"searchinfo"': [b'{"action":"getinfo","searchinfo":%s}' % value for value in (b"[]", b'"x"')],
    '"args"': [
        b'{"action":"getinfo","searchinfo":{"args":%s}}' % value
        for value in (b"{}", b'"span=1h"', b'["span=1h",5]', b'[["span=1h"]]', b"[null]")
    ],
}


class BrokenConversationTest(unittest.TestCase):
    """Errors are reported in a reply, in plain text, and the program exits as if nothing were
    wrong."""

    def check_refused(self, requests: bytes, words: str, opened: bool = False) -> None:
        with self.subTest(requests=requests[:60]), Session(program()) as session:
            if opened:
                self.assertIsNone(session.request(getinfo()).error)
            session.write(requests)
            reply = session.reply()
            self.assertTrue(reply.finished)
            self.assertRegex(reply.error or "", words)
            self.assertEqual(session.end(), QUIET)

    def test_malformed_headers(self) -> None:
        for header in MALFORMED_HEADERS:
            self.check_refused(header, "malformed chunk header.*expected", opened=False)
            self.check_refused(header, "malformed chunk header.*expected", opened=True)

    def test_malformed_metadata(self) -> None:
        for words, variants in MALFORMED_METADATA.items():
            for metadata in variants:
                self.check_refused(frame(metadata), words)

    def test_actions_out_of_order(self) -> None:
        self.check_refused(frame(execute(False), body_of(1)), '"execute" instead of "getinfo"')
        self.check_refused(frame({"action": "hello"}), '"hello" instead of "getinfo"')
        self.check_refused(frame(getinfo()), '"getinfo" instead of "execute"', opened=True)
        self.check_refused(frame({"action": "hello"}), '"hello" instead of "execute"', opened=True)
        self.check_refused(frame({"action": "execute", "finished": 1}), '"finished"', opened=True)

    def test_invalid_utf8_is_quoted_as_valid_utf8(self) -> None:
        self.check_refused(b"\xff\xfe\x00\x1b[31m\n", r"malformed chunk header")
        self.check_refused(frame({"action": "\x00\x1b[31m\n"}), "action")

    def test_old_protocol(self) -> None:
        for waits in (False, True):  # Splunk may wait for the answer before it closes the input
            with self.subTest(waits=waits), Session(program()) as session:
                session.write(b"splunkVersion:6.3.0\nallowStream:1\n\n_time,_raw\n1,{}\n")
                if waits:
                    session.process.wait(10)
                ending = session.end()
                self.assertEqual((ending.exit_code, ending.stderr), (0, ""))
                table = ending.stdout.decode("utf-8")
                self.assertRegex(table, r'\AERROR\n"?[^"\n]*set chunked = true[^"\n]*"?\n\Z')

"""Limits on the size of a message; a size that is only claimed costs nothing."""

from __future__ import annotations

import json
import time
import unittest
from collections.abc import Iterator

from chunk_body import Layout, write_body
from program_under_test import program
from splunkd import Ending, Session, execute, frame, getinfo, run_search

QUIET = Ending(0, b"", "")
MIB = 1 << 20
CALL = b'{"eventTime":"1709596800","eventSource":"ses.amazonaws.com","eventName":"SendEmail"}'


def metadata_of(size: int) -> bytes:
    """The metadata of a getinfo with a very long search, such as a subsearch produces."""
    metadata = json.dumps({**getinfo(), "padding": ""}).encode()
    return metadata[:-2] + b"x" * (size - len(metadata)) + b'"}'


def row_of(size: int) -> bytes:
    """A body with a header and one row of this many bytes, its newline included."""
    row = b'"{""x"":""%s"",' + CALL[1:].replace(b'"', b'""') + b'"\n'
    return b"_raw\n" + row % (b"x" * (size - len(row) + len("%s")))


def header_of(columns: int) -> bytes:
    return b",".join([b"_raw", *(b"field%d" % i for i in range(1, columns))]) + b"\n"


class MetadataCapTest(unittest.TestCase):
    def test_largest_allowed_metadata(self) -> None:
        with Session(program()) as session:
            self.assertIsNone(session.request(metadata_of(16 * MIB)).error)
            self.assertEqual(session.end(), QUIET)

    def test_deep_metadata_costs_no_stack(self) -> None:
        depth = 2_000_000
        metadata = b'{"action":"getinfo","searchinfo":{"x":' + b"[" * depth + b"]" * depth + b"}}"
        with Session(program()) as session:
            self.assertIsNone(session.request(metadata).error)
            self.assertEqual(session.end(), QUIET)

    def test_too_large(self) -> None:
        whole = frame(metadata_of(16 * MIB + 1), b"x" * 1000)
        for written in (whole, whole[:100], whole[: 3 * MIB]):
            with self.subTest(written=len(written)), Session(program()) as session:
                session.write(written)  # Splunk sends the rest only after the reply, or never
                self.assertRegex(session.reply().error or "", r"metadata.*\b16 MiB\b")
                self.assertEqual(session.end(), QUIET)


class RowCapTest(unittest.TestCase):
    def requests(self, size: int) -> Iterator[bytes]:
        yield frame(getinfo(["ses_threshold=0"]))
        yield frame(execute(True), row_of(size))

    def test_long_row_among_short_ones(self) -> None:
        short = write_body([{"_raw": CALL}] * 3, Layout(columns=("_raw",)))
        long = row_of(60 * MIB) + short[short.index(b"\n") + 1 :]
        answer = run_search(program(), ["ses_threshold=0"], [short, long, short])
        self.assertEqual([row["EventCount"] for row in answer.rows], ["10"])
        self.assertEqual(answer.messages, [])

    def test_longest_allowed_row(self) -> None:
        answer = run_search(program(), ["ses_threshold=0"], [row_of(64 * MIB)])
        self.assertEqual([row["EventCount"] for row in answer.rows], ["1"])

    def test_too_long_while_splunk_writes_on(self) -> None:
        with Session(program()) as session:
            for request in self.requests(80 * MIB):
                session.write(request)
            self.assertIsNone(session.reply().error)
            self.assertRegex(session.reply().error or "", r"row.*\b64 MiB\b")
            self.assertEqual(session.end(), QUIET)

    def test_too_long_while_splunk_waits(self) -> None:
        with Session(program()) as session:
            info, request = self.requests(100 * MIB)
            session.write(info)
            self.assertIsNone(session.reply().error)
            session.write(request[: 64 * MIB + 1000])
            self.assertRegex(session.reply().error or "", r"row.*\b64 MiB\b")
            self.assertEqual(session.end(), QUIET)


class ColumnCapTest(unittest.TestCase):
    def test_most_allowed_columns(self) -> None:
        body = header_of(10_000) + b'"' + CALL.replace(b'"', b'""') + b'"' + b"," * 9_999 + b"\n"
        answer = run_search(program(), ["ses_threshold=0"], [body])
        self.assertEqual(len(answer.rows), 1)

    def test_too_many(self) -> None:
        request = frame(execute(True), header_of(10_001) + (b"," * 10_000 + b"\n") * 500)
        for written in (request, request[: len(header_of(10_001)) + 100]):
            with self.subTest(written=len(written)), Session(program()) as session:
                session.request(getinfo())
                session.write(written)
                self.assertRegex(session.reply().error or "", r"\b10[, ]?000\b.*columns")
                self.assertEqual(session.end(), QUIET)


class HostileLengthTest(unittest.TestCase):
    def test_excessive_metadata_length_is_rejected_at_once(self) -> None:
        for body_length in (0, 10**18):
            with Session(program()) as session:
                started = time.monotonic()
                session.write(b"chunked 1.0,%d,%d\n" % (10**18, body_length))
                self.assertRegex(session.reply().error or "", r"metadata.*\b16 MiB\b")
                self.assertLess(time.monotonic() - started, 5)
                self.assertEqual(session.end(), QUIET)

    def test_program_ends_even_if_splunk_neither_writes_nor_closes(self) -> None:
        with Session(program()) as session:
            session.write(b"chunked 1.0,%d,0\n" % 10**18)
            self.assertIsNotNone(session.reply().error)
            self.assertEqual(session.process.wait(10), 0)

    def test_long_body_is_read_as_it_arrives(self) -> None:
        metadata = json.dumps(getinfo()).encode()
        with Session(program()) as session:
            session.write(b"chunked 1.0,%d,%d\n" % (len(metadata), 10**18) + metadata)
            self.assertIsNone(session.reply().error)
            session.write(b"x" * MIB)
            self.assertEqual(session.end(), QUIET)  # the input ended within a chunk

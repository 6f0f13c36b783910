"""Memory grows with the number of things that are counted, not with the amount of data that is
read."""

from __future__ import annotations

import json
import random
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from chunk_body import write_body
from peak_memory import bulky_record, measured
from program_under_test import SANITIZED, program
from splunkd import DEFAULT_TIMEOUT, Session, execute, getinfo

MIB = 1 << 20
MOST = 32 * MIB


class MeasuredSession(Session):
    """A session that knows the program's peak memory once the program has ended."""

    def __init__(self, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._report = Path(self._folder.name) / "peak"
        super().__init__(measured(program(), self._report), timeout=timeout)

    def __enter__(self) -> MeasuredSession:
        return self

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self._folder.cleanup()

    def end_and_measure(self) -> int:
        """The peak resident memory in bytes of a program that must end without errors."""
        self.end().check()
        return int(self._report.read_text())


def _bodies(total: int, groups: int) -> Iterator[bytes]:
    """Chunks of this many bytes in total. A few are repeated, because making them takes longest."""
    rng = random.Random(1)
    rows = [
        {
            "_time": b"1709596800",
            "_raw": bulky_record(rng, i % groups, rng.randrange(24), rng.randrange(8)),
        }
        for i in range(groups * 8)
    ]
    bodies = [write_body(rows[start::4]) for start in range(4)]
    while total > 0:
        for body in bodies:
            yield body
            total -= len(body)


@unittest.skipIf(SANITIZED, "CLOUDHIJACK_SANITIZED is set: a sanitizer's memory says nothing")
class MemoryTest(unittest.TestCase):
    def test_a_gigabyte_of_events_in_a_thousand_groups(self) -> None:
        groups = 1000
        with MeasuredSession() as session:
            session.request(getinfo())
            for body in _bodies(1 << 30, groups):
                session.request(execute(False), body)
            reply = session.request(execute(True))
            peak = session.end_and_measure()
        self.assertEqual(len(reply.rows), groups)
        self.assertEqual(reply.messages, [])
        self.assertLess(peak, MOST)

    def test_claimed_lengths_cost_nothing(self) -> None:
        for metadata_length, body_length in ((10**18, 0), (0, 10**18), (10**18, 10**18)):
            with (
                self.subTest(metadata=metadata_length, body=body_length),
                MeasuredSession() as session,
            ):
                session.write(b"chunked 1.0,%d,%d\n" % (metadata_length, body_length))
                self.assertIsNotNone(session.reply().error)
                self.assertLess(session.end_and_measure(), MOST)

    def test_an_endless_body_needs_no_more_than_a_window(self) -> None:
        rows = write_body([{"_raw": b'{"eventSource":"s3.amazonaws.com"}'}] * 10_000)
        with MeasuredSession() as session:
            session.request(getinfo())
            metadata = json.dumps(execute(True)).encode()
            session.write(b"chunked 1.0,%d,%d\n" % (len(metadata), 10**18) + metadata)
            for _ in range(100):
                session.write(rows)
            self.assertLess(session.end_and_measure(), MOST)

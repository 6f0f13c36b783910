"""Whole conversations as data: `tests/data/NAME.scp` contains the bytes that Splunk sends, one
request after the other, and `NAME.expected` the bytes that the program must have written when the
input ends.

A new vector consists of two new files. Elapsed seconds are the only values that differ between
runs. In the expected file they are 0, and the lengths in the chunk headers are those of the text
with these zeros.
"""

from __future__ import annotations

import re
import unittest
from contextlib import suppress
from pathlib import Path

from program_under_test import program
from splunkd import HAS_SANDBOX, NO_SANDBOX, Session

VECTORS = Path(__file__).resolve().parents[1] / "data"

_HEADER = re.compile(rb"chunked 1\.0,(\d+),(\d+)\n")
_ELAPSED = re.compile(rb'("metric\.[^"]*":\[)[0-9.e-]+')
# The message that tests ignore where the program has no sandbox.
_NOTE = rb'\["INFO","' + re.escape(NO_SANDBOX.encode()) + rb'[^"]*"\]'
_ONLY_NOTE = re.compile(rb'"messages":\[' + _NOTE + rb"\],")
_FIRST_NOTE = re.compile(_NOTE + rb",|," + _NOTE)


def without_note(metadata: bytes) -> bytes:
    return metadata if HAS_SANDBOX else _FIRST_NOTE.sub(b"", _ONLY_NOTE.sub(b"", metadata))


def normalised(output: bytes) -> bytes:
    """The reply chunks with elapsed seconds of 0; anything that is not a chunk is unchanged."""
    text = b""
    while match := _HEADER.match(output):
        metadata_end = match.end() + int(match[1])
        end = metadata_end + int(match[2])
        metadata = _ELAPSED.sub(rb"\g<1>0", without_note(output[match.end() : metadata_end]))
        body = output[metadata_end:end]
        text += b"chunked 1.0,%d,%d\n" % (len(metadata), len(body)) + metadata + body
        output = output[end:]
    return text + output


class VectorTest(unittest.TestCase):
    maxDiff = None

    def test_every_vector_in_pieces_of_any_size(self) -> None:
        vectors = sorted(VECTORS.glob("*.scp"))
        self.assertTrue(vectors, f"no vectors in {VECTORS}")
        for vector in vectors:
            expected = vector.with_suffix(".expected").read_text("utf-8")
            for piece in (1 << 20, 1):
                with self.subTest(vector=vector.name, piece=piece):
                    with Session(program(), piece=piece) as session:
                        # an error may end the program before its input ends
                        with suppress(BrokenPipeError):
                            session.write(vector.read_bytes())
                        ending = session.end()
                    self.assertEqual((ending.exit_code, ending.stderr), (0, ""))
                    self.assertEqual(normalised(ending.stdout).decode("utf-8"), expected)

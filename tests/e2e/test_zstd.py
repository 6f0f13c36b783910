"""Files that are compressed with zstd, as its command line writes them."""

from __future__ import annotations

import gzip
import random
import re
import subprocess
import unittest

from call_records import call, lines
from peak_memory import measured
from program_under_test import SANITIZED, program
from scanned_files import ALL, ScannedFilesTest
from shell_run import Run, run_scan

RECORDS = lines(3)
FRAME_START = b"\x28\xb5\x2f\xfd"


def zstd(data: bytes, *options: str, tool: str = "zstd") -> bytes:
    """The output of the command line, which does not learn the size of its input from a pipe."""
    command = [tool, "-q", "-c", *options]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


class ZstdTest(ScannedFilesTest):
    def check_read(self, data: bytes, calls: int) -> None:
        path = self.write("trail", data)
        for run in (self.scan(path), self.scan(str(self.folder)), self.scan_pipe(data)):
            self.check_counted(run, calls)
            self.assertEqual((run.exit_code, len(run.messages)), (0, 1), run.stderr)

    def check_refused(self, data: bytes, message: str) -> None:
        path = self.write("trail", data)
        run = self.scan(path)
        self.assertEqual((run.exit_code, run.stdout), (2, ""), run.stderr)
        self.assertTrue(run.messages[0].startswith(f"{path}: {message}"), run.stderr)
        self.assertEqual(run.messages[-1], "1 file, 1 not read, 0 records, 0 findings")

    def scan_pipe(self, data: bytes) -> Run:
        return run_scan(*ALL, "-", stdin=data)

    def test_forms_of_one_frame(self) -> None:
        for options in (
            ["-1"],
            ["-19"],
            ["--ultra", "-22"],
            ["--fast=5"],
            ["--no-check"],
            ["--long=27"],
            [f"--stream-size={len(RECORDS)}"],
            ["--rsyncable", "-T2"],
        ):
            with self.subTest(options=options):
                self.check_read(zstd(RECORDS, *options), 3)

    def test_a_large_file(self) -> None:
        data = lines(60_000, padding="x" * 300)
        self.check_read(zstd(data), 60_000)
        # pzstd begins each frame with a skippable one.
        packed = zstd(data, "-p", "2", tool="pzstd")
        self.assertEqual(packed[1:4], b"\x2a\x4d\x18")
        self.assertGreater(packed.count(FRAME_START), 1)
        self.check_read(packed, 60_000)

    def test_frames_that_are_appended(self) -> None:
        self.check_read(b"".join(zstd(call(second=second)) for second in range(5)), 5)
        self.check_read(zstd(RECORDS) + zstd(b"") + zstd(RECORDS) + bytes(512), 6)

    def test_layers(self) -> None:
        packed = RECORDS
        for pack in (zstd, gzip.compress, zstd, zstd):
            packed = pack(packed)
            self.check_read(packed, 3)
        self.check_refused(
            gzip.compress(packed), "is compressed more than 4 times; unpack it first"
        )

    def test_records_before_damage_count(self) -> None:
        rng = random.Random(1)
        data = b"".join(lines(1, padding=rng.randbytes(200).hex()) for _ in range(3000))
        packed = zstd(data)
        changed = bytearray(packed)
        changed[-1] ^= 1
        for damaged, what in (
            (packed[: len(packed) // 2], "its zstd data is cut off"),
            (packed[:-1], "its zstd data is cut off"),
            (bytes(changed), "its zstd data is damaged"),
            (packed + RECORDS, "has other data after its zstd data"),
        ):
            with self.subTest(what=what, size=len(damaged)):
                path = self.write("trail", damaged)
                for packed_again in (damaged, gzip.compress(damaged)):
                    self.write("trail", packed_again)
                    run = self.scan(path)
                    self.assertEqual(run.exit_code, 2)
                    counted = re.search(rf"{re.escape(path)}: {what}; (\d+) records", run.stderr)
                    assert counted is not None, run.stderr
                    if len(damaged) < len(packed) - 1:
                        self.assertGreater(int(counted[1]), 500)
                    else:
                        self.assertEqual(int(counted[1]), 3000)
                    self.check_counted(run, int(counted[1]))

    def test_a_window_that_is_too_large(self) -> None:
        packed = zstd(RECORDS, "--long=28")
        self.check_refused(
            packed,
            "its zstd data needs a window of more than 128 MiB; unpack it with "
            "`zstd -d --long=31` first",
        )
        self.check_read(zstd(packed, "-d", "--long=31"), 3)

    def test_a_dictionary(self) -> None:
        samples = []
        for number in range(500):
            samples.append(self.write(f"samples/{number}", call(second=number % 60)))
        dictionary = str(self.folder / "dictionary")
        subprocess.run(
            ["zstd", "-q", "--train", *samples, "--maxdict=2000", "-o", dictionary], check=True
        )
        packed = zstd(RECORDS, "-D", dictionary)
        self.check_refused(
            packed,
            "its zstd data needs a dictionary; unpack it with `zstd -d -D DICTIONARY` first",
        )
        self.assertEqual(zstd(packed, "-d", "-D", dictionary), RECORDS)

    def test_lz4_is_not_zstd(self) -> None:
        lz4 = b"\x04\x22\x4d\x18\x60\x40\x82" + RECORDS
        self.check_refused(lz4, "is LZ4, which scan cannot read; unpack it first")
        self.check_refused(
            b"\x50\x2a\x4d\x18\x04\x00\x00\x00\x01\x02\x03\x04" + lz4,
            "has skippable frames before data that is not zstd, perhaps LZ4; unpack it first",
        )

    @unittest.skipIf(SANITIZED, "CLOUDHIJACK_SANITIZED is set: a sanitizer's memory says nothing")
    def test_memory_is_bounded_by_the_window(self) -> None:
        """A small file that unpacks to a large one, with the largest window."""
        packed = zstd(RECORDS + b" " * (1 << 29) + RECORDS, "--long=27", "-1")
        self.assertLess(len(packed), 1 << 20)
        path = self.write("trail", packed)
        report = self.folder / "peak"
        command = measured([*program(), "scan", *ALL, "--threads", "1", path], report)
        done = subprocess.run(command, capture_output=True, check=True)
        self.assertIn(b"1 file, 6 records, 1 finding", done.stderr)
        self.assertLess(int(report.read_text()), 200 << 20)


if __name__ == "__main__":
    unittest.main()

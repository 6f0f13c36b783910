"""A scan of 2 GB of data, compressed or not, needs no more memory than one of less data."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from peak_memory import bulky_record, measured
from program_under_test import SANITIZED, program

MIB = 1 << 20
MOST = 64 * MIB
TOTAL = 2 << 30
NEEDED = 5 << 30  # free space on the disk, including a reserve for others

CALLERS = 200
BLOCK_RECORDS = 8000

FREE = shutil.disk_usage(tempfile.gettempdir()).free


@unittest.skipIf(SANITIZED, "CLOUDHIJACK_SANITIZED is set: a sanitizer's memory says nothing")
@unittest.skipIf(FREE < NEEDED, f"{FREE >> 20} MiB are free where 5 GiB are needed")
class ScanMemoryTest(unittest.TestCase):
    """Making this much data takes longest, so it is one block of records that is repeated."""

    block: bytes

    @classmethod
    def setUpClass(cls) -> None:
        rng = random.Random(1)
        cls.block = b",\n".join(
            bulky_record(rng, number % CALLERS, number % 3, number % 8)
            for number in range(BLOCK_RECORDS)
        )

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.report = self.folder / "peak"

    def check_scan(self, path: Path, records: int) -> None:
        args = ["scan", "--format=ndjson", str(path)]
        done = subprocess.run(
            measured([*program(), *args], self.report), capture_output=True, text=True, timeout=120
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(rows), CALLERS * 3)
        self.assertEqual(sum(row["EventCount"] for row in rows), records)
        self.assertLess(int(self.report.read_text()), MOST)

    def test_gzipped_files_of_many_members(self) -> None:
        # Each file is one array: brackets around the repeated block, with commas in between.
        open_list, comma, close_list = (gzip.compress(text) for text in (b"[", b",\n", b"]\n"))
        member = gzip.compress(self.block, 1)
        files = 7
        blocks = TOTAL // len(self.block) // files
        for number in range(files):
            with open(self.folder / f"{number}.json.gz", "wb") as file:
                file.write(open_list + member)
                file.writelines([comma, member] * (blocks - 1))
                file.write(close_list)
        self.check_scan(self.folder, files * blocks * BLOCK_RECORDS)

    def test_one_list_of_records(self) -> None:
        blocks = TOTAL // len(self.block)
        path = self.folder / "trail.json"
        with open(path, "wb", buffering=0) as file:
            file.write(b'{"Records":[')
            for _ in range(blocks - 1):
                os.writev(file.fileno(), [self.block, b",\n"])
            file.write(self.block + b"]}\n")
        self.check_scan(path, blocks * BLOCK_RECORDS)


@unittest.skipIf(
    SANITIZED, "CLOUDHIJACK_SANITIZED is set: a sanitizer needs terabytes of addresses"
)
class LittleMemoryTest(unittest.TestCase):
    def test_a_lack_of_memory_is_reported_wherever_it_occurs(self) -> None:
        record = json.dumps(
            {
                "eventTime": "2026-01-02T03:04:05Z",
                "eventName": "Publish",
                "eventSource": "sns.amazonaws.com",
            }
        ).encode()
        ended = set()
        for limit in range(10 * MIB, 20 * MIB, MIB // 8):

            def limited(*args: str) -> subprocess.CompletedProcess[bytes]:
                return subprocess.run(
                    [*program(), *args],
                    input=record,
                    capture_output=True,
                    timeout=60,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
                )

            try:
                starts = limited("--version").returncode == 0
            except OSError:
                starts = False
            if not starts:
                continue
            run = limited("scan", "--threads=2", "-")
            self.assertGreaterEqual(run.returncode, 0, (limit, run.stderr))
            ended.add(run.returncode)
        self.assertGreater(len(ended), 1)  # it fails with little memory and succeeds with more

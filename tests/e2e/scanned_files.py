"""Base class of tests that scan files in their own folder, with a row for each successful call."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from shell_run import Run, ndjson_rows, run_scan

ALL = ("--ses-threshold=0", "--format=ndjson")


class ScannedFilesTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    def scan(self, *args: str, stdin: bytes = b"") -> Run:
        return run_scan(*ALL, *args, stdin=stdin)

    def check_counted(self, run: Run, calls: int) -> None:
        counts = [int(row["EventCount"][1]) for row in ndjson_rows(run.stdout)]
        self.assertEqual(sum(counts), calls, run.stderr)

"""Merging needs memory for what is counted, and not for the size or number of the states."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

from call_records import call
from peak_memory import measured
from program_under_test import SANITIZED, program
from shell_run import run_scan

CALLERS = 20_000
STATES = 10


@unittest.skipIf(SANITIZED, "CLOUDHIJACK_SANITIZED is set: a sanitizer's memory says nothing")
class MergeMemoryTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def states(self, mode: str) -> list[Path]:
        """States with calls of the same principals in the same hour, each in one second of it."""
        paths = []
        for number in range(STATES):
            log = b"\n".join(
                call(f"arn:aws:iam::111122223333:user/{caller:06}", number)
                for caller in range(CALLERS)
            )
            path = self.folder / f"{mode}{number}.state"
            run = run_scan("--partial", "--mode", mode, "-o", str(path), "-", stdin=log)
            self.assertEqual(run.exit_code, 0, run.stderr)
            paths.append(path)
        return paths

    def peak(self, args: list[str], paths: list[Path]) -> int:
        """The peak memory of a merge, in bytes."""
        report = self.folder / "peak"
        command = [*program(), "merge", *args, *map(str, paths)]
        done = subprocess.run(
            measured(command, report),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=120,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return int(report.read_text())

    def test_states_of_the_same_groups(self) -> None:
        paths = self.states("volume")
        size = sum(path.stat().st_size for path in paths)
        for args in ([], ["--partial"]):
            one = self.peak(args, paths[:1])
            # The states are larger than all that merging more of them may cost.
            self.assertLess(self.peak(args, paths) - one, size // 4)

    def test_states_of_the_same_principals(self) -> None:
        paths = self.states("hunt")
        one = self.peak(["--partial"], paths[:1])
        more = self.peak(["--partial"], paths) - one
        # What grows is the list of calls of each principal, and not the principals.
        self.assertLess(more, CALLERS * STATES * 150)


if __name__ == "__main__":
    unittest.main()

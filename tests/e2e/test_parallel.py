"""The commands of docs/spark.md for GNU parallel give the answer of one scan."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from demo_files import write_demo_files
from program_under_test import program
from shell_run import run_scan

PAGE = Path(__file__).resolve().parents[2] / "docs/spark.md"
HUNT = ("--mode", "hunt", "--format", "csv")


def recipes() -> list[str]:
    """The commands of the section, in the order of the page."""
    section = PAGE.read_text("utf-8").partition("\n## GNU parallel\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


class ParallelTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        write_demo_files(self.folder)
        (self.folder / "bin").mkdir()
        start = " ".join(f"'{word}'" for word in program())
        (self.folder / "bin/cloudhijack").write_text(f'#!/bin/sh\nexec {start} "$@"\n')
        (self.folder / "bin/cloudhijack").chmod(0o755)

    def run_shell(self, script: str) -> None:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "HOME": str(self.folder)},
            check=True,
            timeout=600,
        )

    def test_states_of_files_and_of_folders(self) -> None:
        files, folders = recipes()
        expected = run_scan(*HUNT, str(self.folder / "AWSLogs")).stdout
        merge = files.strip().splitlines()[-1]
        for name, script in (("files", files), ("folders", f"mkdir states\n{folders}\n{merge}")):
            with self.subTest(name):
                self.run_shell(script)
                self.assertEqual((self.folder / "answer.csv").read_text(), expected)
                states = list((self.folder / "states").iterdir())
                self.assertGreater(len(states), 1)
                for path in (self.folder / "answer.csv", *states):
                    path.unlink()
                (self.folder / "states").rmdir()

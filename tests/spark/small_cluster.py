"""A Spark cluster on this machine for one class of tests, and jobs on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools/spark"), str(ROOT / "tests/e2e")]

import cloudhijack_spark
import pyspark
from demo_files import write_demo_files
from program_under_test import program
from pyspark.sql import SparkSession

SPARK_HOME = Path(pyspark.__file__).parent
MASTER = "local-cluster[2,1,1024]"  # 2 executors with 1 core and 1,024 MiB each

# All traffic stays on the loopback interface, and executors have the packages of this Python.
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
os.environ["PYSPARK_PYTHON"] = sys.executable


@dataclass(frozen=True)
class Run:
    exit_code: int
    stdout: bytes
    stderr: str

    def messages(self) -> list[str]:
        """Lines of standard error of the program and of the job."""
        return [line for line in self.stderr.splitlines() if line.startswith("cloudhijack")]


def scan(*arguments: object) -> Run:
    """One scan of all files, whose answer a job must give too."""
    words = [*program(), "scan", *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, timeout=600)
    return Run(done.returncode, done.stdout, done.stderr.decode())


@contextlib.contextmanager
def session(master: str, folder: Path, settings: Mapping[str, str]) -> Iterator[SparkSession]:
    """A session of Spark that leaves nothing outside of the folder."""
    builder = SparkSession.builder.master(master)
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder / "spark"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        **settings,
    }.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    job = spark.sparkContext.applicationId
    try:
        yield spark
    finally:
        spark.stop()
        shutil.rmtree(SPARK_HOME / "work" / job, ignore_errors=True)


class ClusterTest(unittest.TestCase):
    settings: ClassVar[dict[str, str]] = {}
    folder: Path  # with the files of a made-up day in `day`, for all tests of the class
    spark: SparkSession

    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        write_demo_files(cls.folder / "day")
        cls.spark = cls.enterClassContext(session(cls.master(), cls.folder, cls.settings))

    @classmethod
    def master(cls) -> str:
        return MASTER

    def setUp(self) -> None:
        self.place = self.folder / self._testMethodName  # of the files of one test
        self.place.mkdir()

    def job(self, *arguments: object) -> Run:
        """A job with the program under test, unless the arguments name another one. The day's
        files give it about 10 tasks."""
        words = ["--program", program()[-1], "--bytes-per-task", "800000", *map(str, arguments)]
        kept = [os.dup(1), os.dup(2)]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            try:
                exit_code = cloudhijack_spark.main(words)
            finally:
                for number, descriptor in enumerate(kept, 1):
                    os.dup2(descriptor, number)
                    os.close(descriptor)
            out.seek(0)
            err.seek(0)
            return Run(exit_code, out.read(), err.read().decode())

    def check_same(self, run: Run, expected: Run) -> None:
        self.assertEqual((run.exit_code, run.stdout), (expected.exit_code, expected.stdout), run)
        self.assertEqual(run.messages()[-1], expected.messages()[-1])  # the summary

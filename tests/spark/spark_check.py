"""Tests the Spark job on a small cluster of this machine: usage: spark_check.py [TEST...]

Installs Spark, and runs the tests of this folder in its environment. CLOUDHIJACK is the program.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
sys.path.insert(0, str(ROOT / "tests/package"))

from pinned_tool import install


def run_with_spark(*words: str) -> None:
    """Goes on as a Python that has Spark, which is installed if it is missing."""
    python = str(install(ROOT / "build/spark", FOLDER / "spark-requirements.txt") / "python")
    os.execv(python, [python, "-B", *words])


if __name__ == "__main__":
    os.environ["CLOUDHIJACK"] = os.path.abspath(os.environ["CLOUDHIJACK"])
    os.chdir(FOLDER)
    tests = sys.argv[1:] or ["test_parts", "test_job", "test_speculation"]
    run_with_spark("-m", "unittest", "-v", *tests)

"""A tenth of the cases of tests/faults; `./package.sh check` tries more of them."""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path

# The faults expect certain system calls. A program in an app makes more, to read its conf files.
os.environ.pop("CLOUDHIJACK_PACKAGED", None)

FAULTS = Path(__file__).resolve().parents[1] / "faults"
sys.path.insert(0, str(FAULTS))

import fault
import faults_run
from program_under_test import program

SLOW = (
    "failed allocation",
    "limit of the address",
    "row",
    "quotes",
    "100,000 chunks",
)  # `check` tries them


class FaultsTest(unittest.TestCase):
    @unittest.skipIf(len(program()) > 1, "an emulator is slow and has its own faults")
    def test_a_few_cases_of_each_fault(self) -> None:
        tried = 0
        for name, one in fault.FAULTS.items():
            if name.startswith(SLOW) or faults_run.skipped(name):
                continue
            with self.subTest(name):
                self.assertGreater(one.run(fault.Cases(name, fault.QUICK, 1)).total(), 0)
                tried += 1
        self.assertGreater(tried, 15)


if __name__ == "__main__":
    unittest.main()

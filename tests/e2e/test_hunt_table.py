"""The first table of docs/scenarios.md holds what the program answers."""

from __future__ import annotations

import unittest

from hunt_table import TABLE, hunt_table
from program_under_test import SANITIZED, program

RENEW = "renew it: python3 tests/e2e/hunt_table.py build/release/cloudhijack"


class HuntTableTest(unittest.TestCase):
    @unittest.skipIf(SANITIZED, "the release build answers the same, and in time")
    def test_table_is_what_the_program_answers(self) -> None:
        table = TABLE.read()
        expected = hunt_table(program())
        if table != expected:
            self.fail(f"the table in {TABLE.name} is not the program's; {RENEW}")


if __name__ == "__main__":
    unittest.main()

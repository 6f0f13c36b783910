"""README.md's table of stories holds what the program answers."""

from __future__ import annotations

import unittest

from hunt_table import TABLE, hunt_table
from program_under_test import SANITIZED, program
from readme_part import README

RENEW = "renew it: python3 tests/e2e/hunt_table.py build/release/cloudhijack"


class HuntTableTest(unittest.TestCase):
    def test_readme_has_one_table(self) -> None:
        readme = README.read_text(encoding="utf-8")
        for marker in TABLE:
            self.assertEqual(readme.count(marker), 1, f"README.md needs one {marker.strip()}")
        self.assertLess(readme.index(TABLE.start), readme.index(TABLE.end))

    @unittest.skipIf(SANITIZED, "the release build answers the same, and in time")
    def test_table_is_what_the_program_answers(self) -> None:
        table = TABLE.read()
        expected = hunt_table(program())
        if table != expected:
            self.fail(f"the table of the hunt in README.md is not the program's; {RENEW}")


if __name__ == "__main__":
    unittest.main()

"""README.md's table of stories holds what the program answers."""

from __future__ import annotations

import unittest

from hunt_table import END, README, START, hunt_table, table_in
from program_under_test import SANITIZED, program

RENEW = "renew it: python3 tests/e2e/hunt_table.py build/release/cloudhijack"


class HuntTableTest(unittest.TestCase):
    def test_readme_has_one_table(self) -> None:
        readme = README.read_text(encoding="utf-8")
        for marker in (START, END):
            self.assertEqual(readme.count(marker), 1, f"README.md needs one {marker.strip()}")
        self.assertLess(readme.index(START), readme.index(END))

    @unittest.skipIf(SANITIZED, "the release build answers the same, and in time")
    def test_table_is_what_the_program_answers(self) -> None:
        table = table_in(README.read_text(encoding="utf-8"))
        expected = hunt_table(program())
        if table != expected:
            self.fail(f"the table of the hunt in README.md is not the program's; {RENEW}")


if __name__ == "__main__":
    unittest.main()

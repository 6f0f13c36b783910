"""The documentation shows what its commands print."""

from __future__ import annotations

import unittest

from docs_output import blocks
from program_under_test import SANITIZED, program

RENEW = "renew it: python3 -B tests/e2e/docs_output.py build/release/cloudhijack --renew"
MOST_LINES = 40  # a reader follows a command and its output on one screen


class DocsOutputTest(unittest.TestCase):
    @unittest.skipIf(SANITIZED, "the release build answers the same, and in time")
    def test_each_block_shows_what_its_commands_print(self) -> None:
        count = 0
        for block in blocks(program()[-1]):
            count += 1
            with self.subTest(block.name):
                self.assertLessEqual(block.printed.count("\n"), MOST_LINES)
                self.assertNotIn("command not found", block.printed)
                if block.written != block.printed:
                    self.fail(f"the output is another; {RENEW}")
        self.assertGreater(count, 5)


if __name__ == "__main__":
    unittest.main()

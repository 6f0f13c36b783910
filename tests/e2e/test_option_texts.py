"""What files say of the options is what the program's option table says."""

from __future__ import annotations

import unittest

from option_texts import OPTION_TEXTS
from program_under_test import build_folder

RENEW = "renew it: ninja -C build/release && python3 tests/e2e/option_texts.py build/release"


class OptionTextTest(unittest.TestCase):
    def test_each_is_what_the_option_table_says(self) -> None:
        for text in OPTION_TEXTS:
            if text.part.read() != text.text_of(build_folder()):
                self.fail(f"{text.part.name} does not match the option table; {RENEW}")

    def test_texts_fit_their_files(self) -> None:
        for text in OPTION_TEXTS:
            part = text.part.read()
            self.assertTrue(part.endswith("\n"))
            self.assertNotRegex(part, r"(?m)[ \t]$", f"{text.part.name}: a blank ends a line")
            if text.part.path.suffix != ".md":
                self.assertLessEqual(max(map(len, part.splitlines())), 100, text.part.name)


if __name__ == "__main__":
    unittest.main()

"""What files say of the options is what the program's option table says."""

from __future__ import annotations

import unittest

from option_texts import OPTION_TEXTS
from program_under_test import build_folder

RENEW = "renew it: ninja -C build/release && python3 tests/e2e/option_texts.py build/release"


class OptionTextTest(unittest.TestCase):
    def test_each_file_has_one_part(self) -> None:
        for text in OPTION_TEXTS:
            lines = text.path.read_text(encoding="utf-8").splitlines(keepends=True)
            for marker in (text.start, text.end):
                self.assertEqual(lines.count(marker), 1, f"{text.path.name}: {marker.strip()}")
            self.assertLess(lines.index(text.start), lines.index(text.end))

    def test_each_is_what_the_option_table_says(self) -> None:
        for text in OPTION_TEXTS:
            if text.read() != text.text_of(build_folder()):
                self.fail(f"{text.path.name} says other things of the options; {RENEW}")

    def test_texts_fit_their_files(self) -> None:
        for text in OPTION_TEXTS:
            part = text.read()
            self.assertTrue(part.endswith("\n"))
            self.assertNotRegex(part, r"(?m)[ \t]$", f"{text.path.name}: a blank ends a line")
            if text.path.suffix != ".md":
                self.assertLessEqual(max(map(len, part.splitlines())), 100, text.path.name)


if __name__ == "__main__":
    unittest.main()

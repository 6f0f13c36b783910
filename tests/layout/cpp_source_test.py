"""Tests that comments and strings are distinguished from code, as the other tests here require."""

from __future__ import annotations

import re
import unittest

from cpp_source import (
    BREAK,
    line_of,
    without_comments,
    without_comments_and_strings,
    words_only,
)


class CppSourceTest(unittest.TestCase):
    def test_comments_become_blanks(self) -> None:
        for code, expected in {
            "a // b": "a     ",
            "a /* b\n c */ d": "a     \n      d",
            "a // b \\\n c\nd": "a       \n  \nd",
            'x = "// no comment"; // b': 'x = "// no comment";     ',
            r'x = "\"// no"; /**/': r'x = "\"// no";     ',
            'x = R"(" // no)"; // b': 'x = R"(" // no)";     ',
            'x = R"y(")" // no)y"; // b': 'x = R"y(")" // no)y";     ',
            "x = '\"'; // \"": "x = '\"';     ",
            "x = 1'000; // b'": "x = 1'000;      ",
            "x = k_2 / y;": "x = k_2 / y;",
        }.items():
            with self.subTest(code=code):
                self.assertEqual(without_comments(code), expected)

    def test_strings_become_blanks(self) -> None:
        for code, expected in {
            'a "b" c': "a     c",
            "a 'b' c // d": "a     c     ",
            'a R"(b\n")" c': "a     \n    c",
            "1'000'000 'x'": "1'000'000    ",
        }.items():
            with self.subTest(code=code):
                self.assertEqual(without_comments_and_strings(code), expected)

    def test_words_stay_in_their_places(self) -> None:
        for code, comments, expected in (
            ('f("a" "b");', False, "##-a   b ##"),
            ('f("a", "b");', False, "##-a ##-b ##"),
            (r'"a\n\"b" // c', False, "-a    b #####"),
            (r'"a" // c', True, "-a #-  c"),
            ("// a\n  // b", True, "-  a\n     b"),
            ("/* a\n * b */ 'c'", True, "-  a\n   b   ####"),
            ('x = R"y(a "b")y";', False, '####-   a "b"   #'),
            ('#include "a"\n"b"', False, "############\n-b "),
        ):
            with self.subTest(code=code):
                words = words_only(code, comments)
                self.assertEqual(len(words), len(code))
                self.assertEqual(words, re.sub("[#-]", BREAK, expected))

    def test_lines_count_from_one(self) -> None:
        self.assertEqual([line_of("a\nb\n", place) for place in range(4)], [1, 1, 2, 2])


if __name__ == "__main__":
    unittest.main()

"""Each fuzz target has all of its parts, and libFuzzer can read the dictionaries.

A target that is new or renamed would run without its seeds or its dictionary, and nobody would
notice.
"""

from __future__ import annotations

import re
import sys
import unittest
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUZZ = ROOT / "tests/fuzz"
sys.path.insert(0, str(FUZZ))

import dictionaries
import run
import seeds

LONGEST_WORD = 64  # bytes; libFuzzer copies words into arrays of this size
ENTRY = re.compile(r'"((?:[ !#-\[\]-~]|\\x[0-9a-f]{2})+)"')


def word_of(entry: str) -> bytes:
    """The word that libFuzzer reads in a line of a dictionary."""
    match = ENTRY.fullmatch(entry)
    if match is None:
        raise AssertionError(f"{entry}: not an entry of a dictionary")
    text = re.sub(r"\\x(..)", lambda byte: chr(int(byte[1], 16)), match[1])
    return text.encode("latin-1")


class TargetsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.targets = {path.name.removesuffix("_fuzz.cpp") for path in FUZZ.glob("*_fuzz.cpp")}

    def check_all(self, names: Iterable[str]) -> None:
        self.assertEqual(sorted(names), sorted(self.targets))

    def test_cmake_builds_each_target(self) -> None:
        text = (ROOT / "tests/CMakeLists.txt").read_text(encoding="utf-8")
        self.check_all(re.findall(r"^ *add_fuzzer\((\w+) ", text, re.MULTILINE))

    def test_each_target_has_a_corpus(self) -> None:
        self.check_all(path.name for path in (FUZZ / "corpus").iterdir() if any(path.iterdir()))

    def test_the_table_in_the_readme_has_each_target(self) -> None:
        text = (FUZZ / "README.md").read_text(encoding="utf-8")
        table = text.partition("| target | any bytes as | checked |")[2].partition("\n\n")[0]
        self.check_all(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))

    def test_each_target_has_a_dictionary(self) -> None:
        self.check_all(dictionaries.DICTIONARIES)

    def test_each_target_has_seeds(self) -> None:
        self.check_all(seeds.SEEDS)

    def test_settings_are_for_targets(self) -> None:
        self.assertEqual(set(run.LARGEST_INPUTS) - self.targets, set())
        self.assertEqual(set(run.READERS_OF_JSON) - self.targets, set())


class DictionariesTest(unittest.TestCase):
    def test_each_pattern_matches_a_file(self) -> None:
        for target, words in dictionaries.DICTIONARIES.items():
            for pattern in (*words.sources, *words.files):
                with self.subTest(target=target, pattern=pattern):
                    self.assertTrue(any(ROOT.glob(pattern)))

    def test_libfuzzer_reads_each_word(self) -> None:
        for target, words in dictionaries.DICTIONARIES.items():
            with self.subTest(target=target):
                made = dictionaries.words_of(words)
                self.assertTrue(made)
                lines = "".join(map(dictionaries.entry, made)).splitlines()
                self.assertEqual(list(map(word_of, lines)), made)
                self.assertLessEqual(max(map(len, made)), LONGEST_WORD)

    def test_all_tokens_are_words(self) -> None:
        for target, words in dictionaries.DICTIONARIES.items():
            with self.subTest(target=target):
                self.assertEqual(set(words.tokens) - set(dictionaries.words_of(words)), set())

    def test_literals_are_the_bytes_of_the_program(self) -> None:
        source = rb"""
            #include "io/window.hpp"
            case '"': f("a\tb\\\"", "\xEF\xBB\xBF \u202e", R"({"\d":1})", R"x(")")x", '\'');
        """
        self.assertEqual(
            list(dictionaries.literals(source)),
            [b'a\tb\\"', "\ufeff \u202e".encode(), rb'{"\d":1}', b'")"'],
        )


if __name__ == "__main__":
    unittest.main()

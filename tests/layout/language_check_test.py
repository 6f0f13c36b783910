"""The check of the language itself: which texts it reads, and which words it finds in them."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
import unittest
from pathlib import Path

from language_check import (
    GLOSSARY,
    ROOT,
    Check,
    complaints,
    main,
    read_exceptions,
    read_glossary,
    readable,
)

RULES = read_glossary(GLOSSARY)


def phrases(text: str, name: str = "README.md") -> list[str]:
    return [phrase for _, phrase, _ in Check(RULES, []).findings(name, text)]


class GlossaryTest(unittest.TestCase):
    def test_words_that_are_not_written(self) -> None:
        for text, phrase in (
            ("ids parted by blanks", "parted by"),
            ("The warning tells why.", "tells"),
            ("It is told once.", "told"),
            ("a text that is no ARN", "is no ARN"),
            ("lines that are none of these", "are none"),
            ("what stands in the file", "stands in"),
            ("one byte behind it", "behind"),
            ("records on end, on lines", "on end"),
            ("the row at\nhand", "at hand"),
            ("a service of your own.", "of your own"),
            ("a minute of its own, off the hour", "of its own"),
            ("so many seconds", "so many"),
            ("so much more", "so much"),
            ("are skipped with a word.", "with a word"),
            ("an option takes it", "option takes"),
            ("hunt mode weighs the others", "weighs"),
            ("a mark of the hunt", "mark"),
            ("raises what is much for all", "is much"),
            ("Loud by right", "Loud"),
            ("both faces", "both faces"),
            ("which mends it", "mends"),
            ("Whoever may assume it", "Whoever"),
            ("whatever has happened", "whatever"),
            ("wherever they stop", "wherever"),
            ("what an app lacks", "lacks"),
            ("learns what is usual", "what is usual"),
            ("rows that were left out", "left out"),
            ("in a hunt", "a hunt"),
            ("all hunts", "hunts"),
            ("lawful use", "lawful"),
            ("counts by the minute", "counts by"),
            ("the evidences fire", "evidences"),
        ):
            with self.subTest(text=text):
                self.assertIn(phrase, phrases(text))

    def test_each_word_of_the_contributors_glossary_is_found(self) -> None:
        text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("### Glossary")[2]
        rows = re.findall(r"(?m)^\| (`.*?) \|", text.partition("\n### ")[0])
        self.assertGreater(len(rows), 20)
        for row in rows:
            for phrase in re.findall(r"`([^`]+)`", row):
                with self.subTest(phrase):
                    self.assertTrue(phrases(f"It is a text, {phrase}."))

    def test_words_that_are_right(self) -> None:
        for text in (
            "departed by train, and untold",
            "a fingerprint tells one apart from another",
            "there is no row, and there are none of these; it is no longer there",
            "a stand-in splunkd; `*` stands for any text",
            "a key behind rotating proxies; the events behind the evidence",
            "an end-to-end test on endpoints",
            "a function with its own role; remove the end of its own argument",
            "it does so much that nobody notices",
            "word by word",
            "it takes 3 minutes; take an hour",
            "a weight of 100",
            "quotation marks; a byte order mark; across the hour mark",
            "much faster, and it is much more",
            "surfaces",
            "whatever the outcome",
            "a lack of events",
            "the hunt rule; `mode=hunt`; hunt mode; a hunt search; hunting",
            "an evidence rule",
            "is counted by the search by day",
        ):
            with self.subTest(text=text):
                self.assertEqual(phrases(text), [])


class ReadableTest(unittest.TestCase):
    def read(self, name: str, text: str) -> str:
        found = readable(name, text)
        assert found is not None, name
        return re.sub("[ \0]+", " ", found.text)

    def test_code_and_addresses_in_markdown_are_not_read(self) -> None:
        text = "# A `told`\n\n[b](told.md#told)\nc\n```sh\ntold\n```\n<!-- told -->| d |\n"
        self.assertEqual(self.read("docs/x/y.md", text), "# A \n[b ) c | d | ")

    def test_comments_and_values_of_conf_files_are_read(self) -> None:
        text = "# so\n# many\n[a]\nb = c # d\n"
        self.assertEqual(self.read("default/a.conf", text), " so many [a] b = c # d ")
        self.assertEqual(self.read("README/x.conf.spec", "* so\n  many\n"), " so many ")
        self.assertEqual(self.read("bin_src/shell_files/a.in", "# a"), " a")
        self.assertEqual(self.read("default/data/ui/views/a.xml", "<a>b</a>"), "<a>b</a>")

    def test_only_strings_of_sources_are_read_and_comments_of_headers(self) -> None:
        code = """#include "told"
// a `told`
/// b
int c = d("e \\"f\\" "
          "g", R"x(h "i")x", 'j');  // k
"""
        self.assertEqual(self.read("bin_src/a/b.cpp", code).split(), ["e", "f", "g", "h", '"i"'])
        self.assertEqual(
            self.read("bin_src/a/b.hpp", code).split(),
            ["a", "b", "e", "f", "g", "h", '"i"', "k"],
        )

    def test_words_of_one_text_are_found_across_its_lines(self) -> None:
        for name, text in (
            ("bin_src/a.hpp", "// So\n// many\n"),
            ("bin_src/a.hpp", "  /// So\n  /// many\n"),
            ("bin_src/a.hpp", "/* So\n * many */\n"),
            ("bin_src/a.cpp", 'x("so "\n  "many");'),
            ("default/a.conf", "# So\n# many"),
            ("README.md", "so\nmany"),
        ):
            with self.subTest(name=name, text=text):
                self.assertEqual([found.lower() for found in phrases(text, name)], ["so many"])

    def test_words_of_two_texts_are_not_joined(self) -> None:
        for name, text in (
            ("bin_src/a.hpp", "int a;  // so\nint b;  // many\n"),
            ("bin_src/a.hpp", '// so\n"many"'),
            ("bin_src/a.cpp", 'x("so ", "many");'),
            ("bin_src/a.cpp", 'x("so ");\n\nx("many");'),
            ("README.md", "so\n\nmany"),
            ("README.md", "so `x` many"),
        ):
            with self.subTest(name=name, text=text):
                self.assertEqual(phrases(text, name), [])

    def test_other_files_are_not_read(self) -> None:
        for name in ("tests/a_test.cpp", "tests/bench/results/a.md", "package.sh", "LICENSE"):
            self.assertIsNone(readable(name, "told"))


class FolderTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "root"
        self.glossary = Path(folder.name) / "glossary.txt"
        self.exceptions = Path(folder.name) / "exceptions.txt"
        self.glossary.write_text("# A comment\n\nmends? -> fix\nso (many|much) -> this many\n")
        self.exceptions.write_text("# file | phrase | reason\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def complaints(self) -> list[str]:
        return complaints(self.root, self.glossary, self.exceptions)

    def test_file_line_phrase_and_replacement_are_reported(self) -> None:
        self.write("README.md", "# Title\n\nIt mends\nso\nmuch.\n")
        self.write("bin_src/a.cpp", '\n// mend\nx("mend");\n')
        self.write("bin_src/b.hpp", "/// Mends\n")
        self.assertEqual(
            self.complaints(),
            [
                'README.md:3: "mends"; write: fix',
                'README.md:4: "so much"; write: this many',
                'bin_src/a.cpp:3: "mend"; write: fix',
                'bin_src/b.hpp:1: "Mends"; write: fix',
            ],
        )

    def test_exceptions_are_of_a_file_and_a_phrase(self) -> None:
        self.write("README.md", "to mend nets, to mend texts, to\nmend nets")
        self.write("docs/a.md", "to mend nets")
        self.exceptions.write_text("README.md | to mend nets | what fishermen do\n")
        self.assertEqual(
            self.complaints(),
            ['README.md:1: "mend"; write: fix', 'docs/a.md:1: "mend"; write: fix'],
        )
        self.exceptions.write_text("*.md | mend | their word\n")
        self.assertEqual(self.complaints(), [])

    def test_an_exception_without_a_finding_is_an_error(self) -> None:
        self.write("README.md", "to fix nets")
        self.exceptions.write_text("# A comment\nREADME.md | to fix nets | a reason\n")
        self.assertEqual(
            self.complaints(),
            ['exceptions.txt:2: README.md has no such words as "to fix nets"; remove the line'],
        )

    def test_lists_that_are_wrong(self) -> None:
        self.glossary.write_text("mend fix\n")
        with self.assertRaisesRegex(SystemExit, r"^glossary.txt:1: no replacement; "):
            read_glossary(self.glossary)
        self.exceptions.write_text("\nREADME.md | mend\n")
        with self.assertRaisesRegex(SystemExit, r"^exceptions.txt:2: not three cells; "):
            read_exceptions(self.exceptions)

    def test_the_exit_code_and_the_count(self) -> None:
        output, errors = io.StringIO(), io.StringIO()
        self.write("README.md", "It is told.")
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            self.assertEqual(main(self.root, self.exceptions), 1)
        (line,) = output.getvalue().splitlines()
        self.assertTrue(line.startswith('README.md:1: "told"; write: report, '), line)
        self.assertEqual(errors.getvalue(), "language: 1 findings\n")


if __name__ == "__main__":
    unittest.main()

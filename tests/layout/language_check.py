"""Finds words of glossary.txt in texts that people read: usage: language_check.py [FOLDER]

It reads the documentation without its code, the app's conf files, spec, examples, Sigma rules and
views, and of the program its strings, the templates of its shell files and its headers' comments.
language_exceptions.txt lists where a word is right.
"""

from __future__ import annotations

import fnmatch
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cpp_source import BREAK, words_only
from links_check import files_of, report
from markdown_text import without_code

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
GLOSSARY = FOLDER / "glossary.txt"
EXCEPTIONS = FOLDER / "language_exceptions.txt"

MARKDOWN = re.compile(r"[^/]+\.md|(docs|\.github)/.*\.md|tests/(?!bench/).*\.md")
CONF = re.compile(r"default/.*\.conf|README/.*|\.github/.*\.ya?ml|bin_src/shell_files/.*\.in")
VIEW = re.compile(r"default/.*\.xml")
SOURCE = re.compile(r"bin_src/.*\.cpp(\.in)?")
HEADER = re.compile(r"bin_src/.*\.hpp(\.in)?")


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    replacement: str


class Exempt(NamedTuple):
    file: str
    phrase: str
    place: str  # of the exception itself


class Finding(NamedTuple):
    line: int
    phrase: str
    replacement: str


class ReadableText:
    """A text in which a blank stands for any white space, with the lines that it came from."""

    def __init__(self, text: str) -> None:
        parts: list[str] = []
        self._starts: list[int] = []  # of each part in the new text
        self._lines: list[int] = []
        length, line = 0, 1
        for part in re.findall(r"\s+|\S+", text):
            new = part
            if part.isspace():  # an empty line separates two texts
                new = "\n" if part.count("\n") > 1 else " "
            self._starts.append(length)
            self._lines.append(line)
            parts.append(new)
            length += len(new)
            line += part.count("\n")
        self.text = "".join(parts)

    def line_of(self, place: int) -> int:
        return self._lines[bisect_right(self._starts, place) - 1]


def readable(name: str, text: str) -> ReadableText | None:
    """What people read of a file; None if it is not for them."""
    if MARKDOWN.fullmatch(name):
        text = re.sub(r"\]\([^)\s]*", lambda found: BREAK * len(found[0]), text)
        return ReadableText(without_code(text, blank=BREAK))
    if CONF.fullmatch(name):
        return ReadableText(re.sub(r"(?m)^[ \t]*(#+|\* )", lambda found: " " * len(found[0]), text))
    if VIEW.fullmatch(name):
        return ReadableText(text)
    if SOURCE.fullmatch(name) or HEADER.fullmatch(name):
        words = words_only(text, comments=bool(HEADER.fullmatch(name)))
        return ReadableText(re.sub(r"`[^`\n]*`", lambda found: BREAK * len(found[0]), words))
    return None


def _lines_of(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield f"{path.name}:{number}", line


def read_glossary(path: Path) -> list[Rule]:
    rules = []
    for place, line in _lines_of(path):
        pattern, arrow, replacement = line.partition(" -> ")
        if not arrow or not replacement.strip():
            raise SystemExit(f"{place}: no replacement; a line is `pattern -> replacement`")
        words = re.compile(rf"(?<![\w-])(?:{pattern.strip()})(?![\w-])", re.IGNORECASE)
        rules.append(Rule(words, replacement.strip()))
    return rules


def read_exceptions(path: Path) -> list[Exempt]:
    exceptions = []
    for place, line in _lines_of(path):
        cells = [cell.strip() for cell in line.split(" | ")]
        if len(cells) != 3 or not all(cells):
            raise SystemExit(f"{place}: not three cells; a line is `file | phrase | reason`")
        exceptions.append(Exempt(cells[0], cells[1], place))
    return exceptions


class Check:
    def __init__(self, rules: Sequence[Rule], exceptions: Sequence[Exempt]) -> None:
        self._rules = rules
        self._exceptions = exceptions
        self._used: set[Exempt] = set()

    def _is_exempt(self, name: str, text: str, start: int, end: int) -> bool:
        for exempt in self._exceptions:
            if not fnmatch.fnmatchcase(name, exempt.file):
                continue
            first = max(0, end - len(exempt.phrase))
            if text.find(exempt.phrase, first, start + len(exempt.phrase)) >= 0:
                self._used.add(exempt)
                return True
        return False

    def findings(self, name: str, text: str) -> list[Finding]:
        read = readable(name, text)
        if read is None:
            return []
        return sorted(
            Finding(read.line_of(found.start()), found[0], rule.replacement)
            for rule in self._rules
            for found in rule.pattern.finditer(read.text)
            if not self._is_exempt(name, read.text, *found.span())
        )

    def unused(self) -> list[Exempt]:
        return [exempt for exempt in self._exceptions if exempt not in self._used]


def complaints(root: Path, glossary: Path = GLOSSARY, exceptions: Path = EXCEPTIONS) -> list[str]:
    check = Check(read_glossary(glossary), read_exceptions(exceptions))
    lines = []
    for name in files_of(root):
        path = root / name
        if not any(kind.fullmatch(name) for kind in (MARKDOWN, CONF, VIEW, SOURCE, HEADER)):
            continue
        lines += [
            f'{name}:{line}: "{phrase}"; write: {replacement}'
            for line, phrase, replacement in check.findings(name, path.read_text("utf-8"))
        ]
    lines += [
        f'{exempt.place}: {exempt.file} has no such words as "{exempt.phrase}"; remove the line'
        for exempt in check.unused()
    ]
    return lines


def main(root: Path, exceptions: Path = EXCEPTIONS) -> int:
    return report(complaints(root, exceptions=exceptions), "language", "findings")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) == 2 else ROOT))

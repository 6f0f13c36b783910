"""docs/troubleshooting.md: each message that it quotes is one that the program prints.

The fixed text of a message, between its placeholders, must be made of whole string literals of the
sources, so that the page cannot keep a wording that the program has dropped. It does not find a
message that the page does not quote.
"""

from __future__ import annotations

import re
import unittest
from functools import cache

from shipped_catalogue import ROOT

PAGE = ROOT / "docs/troubleshooting.md"
SHELL_SCRIPT = ROOT / "app/bin/cloudhijack.sh"

_SPLIT = "\0"
# Text that joins literals: blanks, quotes and brackets, and the plural's s.
_GLUE = {"s", " ", '"', "(", ")", "", " (", ", ", ": ", "; ", ". "}
_LEAST = 6  # characters of a literal's end or start
_NOT_A_MESSAGE = re.compile(
    r"[\w.*/<>=-]+|cloudhijack[ \w-]*:?|mode=\w+|min_\w+=0|var/run/.*|etc/apps/.*"
    r"|distributed = false|\| cloudhijack|\| eval .*|\[\w+\]|scan --mode .*|max\w+|<place>: .*"
)


@cache
def literals() -> dict[str, frozenset[str]]:
    """The string literals of each folder of the sources, adjacent ones joined."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "bin_src").rglob("*"):
        if path.suffix not in {".cpp", ".hpp"}:
            continue
        folder = path.relative_to(ROOT / "bin_src").parts[0]
        text = re.sub(r"(?m)^\s*(?://.*|#include.*)$", "", path.read_text(encoding="utf-8"))
        text = re.sub(r'(?<!\\)"\s*\n\s*"', "", text)
        for literal in re.findall(r'"((?:[^"\\\n]|\\.)*)"', text):
            plain = literal.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
            found.setdefault(folder, set()).add(plain)
    script = SHELL_SCRIPT.read_text(encoding="utf-8").replace("\\\n", "")
    for sentences in re.findall(r'error="([^"]*)"', script):
        found.setdefault("script", set()).update(re.split(r"\$\w+|\$\{[^}]*\}", sentences))
    return {folder: frozenset(texts) for folder, texts in found.items()}


@cache
def all_text(folder: str) -> str:
    return _SPLIT + _SPLIT.join(sorted(literals()[folder])) + _SPLIT


def fragments(message: str) -> list[str]:
    """The fixed text of a message, between its placeholders."""
    return [part for part in re.split(r"<[^<>]*>", message) if part.strip()]


def is_made_in(folder: str, fragment: str, at_start: bool = False, at_end: bool = False) -> bool:
    """Whether a folder's literals make the text: the end of one, whole ones, and a start.

    `at_start` and `at_end`: the first, or last, is a whole one, too.
    """
    text, size = all_text(folder), len(fragment)
    start, end = _SPLIT if at_start else "", _SPLIT if at_end else ""
    if start + fragment + end in text:
        return True
    reached = {0}
    if not at_start:
        reached |= {to for to in range(_LEAST, size) if fragment[:to] + _SPLIT in text}
    for begin in range(size):
        if begin not in reached:
            continue
        if not at_end and size - begin >= _LEAST and _SPLIT + fragment[begin:] in text:
            return True
        for to in range(begin + 1, size + 1):
            piece = fragment[begin:to]
            if piece in _GLUE or (len(piece) > 2 and piece in literals()[folder]):
                reached.add(to)
    return size in reached


def is_printed(fragment: str) -> bool:
    """Whether one folder's literals make the text, or those of one and then those of another."""
    if any(is_made_in(folder, fragment) for folder in literals()):
        return True
    return any(
        any(is_made_in(folder, fragment[:end], at_end=True) for folder in literals())
        and any(is_made_in(folder, fragment[end:], at_start=True) for folder in literals())
        for end in range(_LEAST, len(fragment) - _LEAST)
        if " " in fragment[end - 1 : end + 2]
    )


def quoted() -> list[str]:
    """The messages of the page: text in backticks, blocks of code aside."""
    page = re.sub(r"(?ms)^```.*?^```$", "", PAGE.read_text(encoding="utf-8"))
    codes = [re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`]+)`", page)]
    return [code for code in codes if " " in code and not _NOT_A_MESSAGE.fullmatch(code)]


class TroubleshootingTest(unittest.TestCase):
    def test_each_message_that_it_quotes_is_printed(self) -> None:
        messages = quoted()
        self.assertGreater(len(messages), 100)
        for message in messages:
            self.assertTrue(fragments(message), message)
            for fragment in fragments(message):
                with self.subTest(message=message):
                    self.assertTrue(is_printed(fragment), f"no source has {fragment!r}")

    def test_the_comparison_sees_a_changed_word(self) -> None:
        for wrong in (
            "the search found no event, so an empty answer",
            "; the line got ignored",
            " records could not get read (",
            ", which scan never reads; ",
        ):
            self.assertFalse(is_printed(wrong), wrong)
        for right in ("the search found no events, so an empty answer", "; the line is ignored"):
            self.assertTrue(is_printed(right), right)


if __name__ == "__main__":
    unittest.main()

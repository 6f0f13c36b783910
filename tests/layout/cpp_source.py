"""The C++ files of the program as text, with comments or strings removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "bin_src"

BREAK = "\0"  # between two texts of a file that do not belong together
_INCLUDE = re.compile(r"#[ ]*include[ ]*$")

# Tokens that can contain the beginning of another token, and so must be skipped as a whole.
_TOKEN = re.compile(
    r"""
    (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
  | (?P<string> (?<!\w)(?:u8|[uUL])?R"(?P<end>[^()\\\s]{0,16})\(.*?\)(?P=end)"
              | "(?:\\.|[^"\\\n])*"
              | '(?:\\.|[^'\\\n])*' )
  | [A-Za-z_]\w* | \.?\d(?:'?[\w.])*
    """,
    re.VERBOSE | re.DOTALL,
)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blanks(found: re.Match[str]) -> str:
    return _blank(found[0])


def _breaks(text: str) -> str:
    return re.sub(r"[^\n]", BREAK, text)


def without_comments(code: str) -> str:
    """The code with blanks in place of comments, so that places and lines do not change."""
    return _TOKEN.sub(lambda token: _blank(token[0]) if token["comment"] else token[0], code)


def without_comments_and_strings(code: str) -> str:
    """The code with blanks in place of comments, strings and characters."""
    return _TOKEN.sub(
        lambda token: _blank(token[0]) if token["comment"] or token["string"] else token[0], code
    )


def words_only(code: str, comments: bool) -> str:
    """Only what strings say, and comments if they are asked for, each in its place.

    The rest becomes blanks or, where it separates two texts, `BREAK`.
    """
    parts, end, before = [], 0, ""
    for token in _TOKEN.finditer(code):
        text, gap = token[0], code[end : token.start()]
        if comments and token["comment"]:
            kind, frame = "comment", r"/[/*]+[!<]*|\*/|(?m:^[ ]*\*)"
        elif token["end"] is not None:
            kind, frame = "string", r'^\w*"[^(]*\(|\)[^)]*"$'
        elif token["string"] and text.endswith('"') and not _INCLUDE.search(gap):
            kind, frame = "string", r'^\w*"|"$|\\.'
        else:
            continue
        words = re.sub(frame, _blanks, text)
        is_one = kind == before and not gap.strip()
        parts.append(_blank(gap) if is_one else _breaks(gap))
        parts.append(words if is_one else BREAK + words[1:])
        end, before = token.end(), kind
    return "".join(parts) + _breaks(code[end:])


def line_of(code: str, place: int) -> int:
    return code.count("\n", 0, place) + 1


def source_files(folder: Path = SOURCES) -> Iterator[Path]:
    """The .cpp and .hpp files below a folder, and the templates from which the build makes some."""
    for path in sorted(folder.rglob("*")):
        if re.search(r"\.[ch]pp(\.in)?$", path.name):
            yield path

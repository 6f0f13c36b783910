"""The C++ files of the program as text, with comments or strings taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "bin_src"

# What can hold the characters that begin another token, and so must be passed over as a whole.
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


def without_comments(code: str) -> str:
    """Comments become blanks, so that places and lines stay."""
    return _TOKEN.sub(lambda token: _blank(token[0]) if token["comment"] else token[0], code)


def without_comments_and_strings(code: str) -> str:
    """The same, and strings and characters become blanks too."""
    return _TOKEN.sub(
        lambda token: _blank(token[0]) if token["comment"] or token["string"] else token[0], code
    )


def line_of(code: str, place: int) -> int:
    return code.count("\n", 0, place) + 1


def source_files(folder: Path = SOURCES) -> Iterator[Path]:
    """The .cpp and .hpp files below a folder, and the templates of some that the build makes."""
    for path in sorted(folder.rglob("*")):
        if re.search(r"\.[ch]pp(\.in)?$", path.name):
            yield path

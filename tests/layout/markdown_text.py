"""Which parts of a Markdown text are code or comments."""

from __future__ import annotations

import re
from collections.abc import Callable

# Fenced blocks, also in lists and quotations; comments; and code spans, which no empty line ends.
CODE = re.compile(
    r"""
    ^(?P<before>(?:[ >]|[-*+][ ]|\d+[.)][ ])*)(?P<fence>`{3,}|~{3,})[^\n`]*\n
        .*?(?:^[ >]*(?P=fence)[`~]*[ ]*$|\Z)
  | (?P<comment><!--.*?-->)
  | (?P<ticks>(?<![`\\])`+(?!`))(?P<code>(?:(?!\n[ \t]*\n).)+?)(?<!`)(?P=ticks)(?!`)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def without_code(
    text: str,
    is_kept: Callable[[re.Match[str]], bool] = lambda found: False,
    blank: str = " ",
) -> str:
    """Code and comments become blanks, so that places and lines stay."""
    return CODE.sub(
        lambda found: found[0] if is_kept(found) else re.sub(r"[^\n]", blank, found[0]), text
    )

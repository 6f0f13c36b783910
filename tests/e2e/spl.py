"""A parser for the part of SPL that the app's own searches use: macros, stages, and their fields.

Anything that it does not know raises an AssertionError, so that nothing passes unchecked.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from shipped_catalogue import ROOT, Stanza, read_stanzas

_MACRO = re.compile(r"`(\w+)(?:\(([^`]*)\))?`")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NAME = re.compile(r"[A-Za-z_]\w*")
_TOKEN = re.compile(r"\$(\w+)\$")


def shipped(conf: str) -> dict[str, Stanza]:
    return read_stanzas((ROOT / "default" / conf).read_text(encoding="utf-8"))


def _macro(match: re.Match[str]) -> tuple[str, list[str]]:
    """The name of a macro's stanza, such as `name(1)` for one argument, and its arguments without
    quotes."""
    if match[2] is None:
        return match[1], []
    arguments = split(match[2], ",")
    return f"{match[1]}({len(arguments)})", [re.sub(r'^"(.*)"$', r"\1", a) for a in arguments]


def macros_in(text: str) -> set[str]:
    return {_macro(match)[0] for match in _MACRO.finditer(text)}


def tokens_in(text: str) -> set[str]:
    """The fields of the row that Enterprise Security inserts into a text, $like$ $this$."""
    return set(_TOKEN.findall(text))


def expand(search: str, macros: Mapping[str, Stanza]) -> str:
    """The search with each macro replaced, including the macros inside their definitions."""

    def definition(match: re.Match[str]) -> str:
        name, arguments = _macro(match)
        assert name in macros, f"there is no macro `{name}`"
        text = macros[name]["definition"]
        assert text, f"the macro `{name}` is empty, which Splunk refuses"
        names = split(macros[name].get("args", ""), ",") if arguments else []
        for argument, value in zip(names, arguments):
            text = text.replace(f"${argument}$", value)
        return text

    for _ in range(10):
        if not macros_in(search):
            return search
        search = _MACRO.sub(definition, search)
    raise AssertionError(f"macros go round in circles: {search}")


def split(text: str, separator: str) -> list[str]:
    """The parts between separators that are not in quotes, parentheses or brackets."""
    parts, depth, quoted = [""], 0, False
    for char in text:
        backslashes = len(parts[-1]) - len(parts[-1].rstrip("\\"))
        quoted ^= char == '"' and backslashes % 2 == 0
        depth += 0 if quoted else (char in "([") - (char in ")]")
        if char == separator and not quoted and not depth:
            parts.append("")
        else:
            parts[-1] += char
    assert not quoted and not depth, f"quotes or parentheses are not closed: {text}"
    return [part.strip() for part in parts]


class Stage(NamedTuple):
    command: str
    rest: str


class Pipeline(NamedTuple):
    """A search, split at the only command of this app in it."""

    source: str
    before: list[Stage]
    args: list[str]
    after: list[Stage]


def stages_of(search: str) -> tuple[str, list[Stage]]:
    """The terms before the first pipe of an expanded search, and its stages."""
    source, *rest = split(search, "|")
    return source, [Stage(*([*text.split(None, 1), ""])[:2]) for text in rest]


def pipeline(search: str) -> Pipeline:
    """The parts of an expanded search."""
    source, stages = stages_of(search)
    (at,) = [i for i, stage in enumerate(stages) if stage.command == "cloudhijack"]
    return Pipeline(source, stages[:at], shlex.split(stages[at].rest), stages[at + 1 :])


class Fields(NamedTuple):
    used: set[str]
    made: list[str]
    removed: Set[str] = frozenset()
    kept: set[str] | None = None  # if the stage removes all others

    def after(self, known: set[str]) -> set[str]:
        """The fields of a row after the stage."""
        return ((known | set(self.made)) - self.removed) & (self.kept or known | set(self.made))


def _names(expression: str) -> set[str]:
    """The fields of an expression: its names, without functions and quoted text."""
    bare = re.sub(r"[A-Za-z_]\w*\s*\(", "(", _QUOTED.sub("", expression))
    return set(_NAME.findall(bare)) - {"AND", "OR", "NOT"}


def fields_of(stage: Stage) -> Fields:
    """The fields that a stage after the command reads from a row and adds to it."""
    if stage.command == "eval":
        used: set[str] = set()
        made: list[str] = []
        for assignment in split(stage.rest, ","):
            name, _, expression = assignment.partition("=")
            used |= _names(expression) - set(made)
            made.append(name.strip())
        return Fields(used, made)
    if stage.command == "where":
        return Fields(_names(stage.rest), [])
    if stage.command == "search":
        return Fields(_names(stage.rest), [])
    if stage.command == "table":
        names = set(split(stage.rest, ","))
        return Fields(names, [], kept=names)
    if stage.command == "fields" and stage.rest.startswith("- "):
        names = set(split(stage.rest[2:], ","))
        return Fields(names, [], removed=names)
    if stage.command in ("collect", "outputlookup"):
        return Fields(set(), [])
    raise AssertionError(f"spl.py does not know the command {stage.command}")


def lookups_in(stages: Sequence[Stage]) -> list[str]:
    """The lookups that stages write, as the names of their stanzas in transforms.conf."""
    return [stage.rest.split()[-1] for stage in stages if stage.command == "outputlookup"]

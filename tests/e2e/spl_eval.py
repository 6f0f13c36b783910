"""Evaluates expressions of eval, and search terms on events, as far as the app's SPL uses them.

Anything that it does not know raises an AssertionError, so that nothing passes unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from spl import Stage, split

Value = str | list[str] | None

_PART = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)|([().,]))')
_TERM = re.compile(
    r'\s*(?:"((?:[^"\\]|\\.)*)"|(OR)\b|([()])|(\w+(?:=(?:"[^"]*"|[^\s()"]+)| IN \([^()]*\))))'
)
_SUBSEARCH = re.compile(r"\[((?:[^\[\]\"]|\"(?:[^\"\\]|\\.)*\")*)\]")


def _unquoted(text: str) -> str:
    """The value of a literal: a backslash escapes a quote and itself, and is kept before anything
    else."""
    return re.sub(r'\\(["\\])', r"\1", text)


def single(value: Value) -> str:
    assert isinstance(value, str), f"{value!r} is not one value"
    return value


def values(value: Value) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _strftime(value: Value, form: Value) -> Value:
    when = datetime.fromtimestamp(float(single(value)), UTC) if value else None
    return when and when.strftime(single(form))


def _replace(value: Value, pattern: Value, by: Value) -> Value:
    return re.sub(single(pattern), single(by), single(value)) if value else value


def _split(value: Value, separator: Value) -> Value:
    return single(value).split(single(separator)) if value else value


def _mvjoin(value: Value, separator: Value) -> Value:
    return single(separator).join(values(value)) if value else value


def _trim(value: Value) -> Value:
    return single(value).strip(" \t") if value else value


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "strftime": _strftime,
    "replace": _replace,
    "trim": _trim,
    "split": _split,
    "mvjoin": _mvjoin,
}


class _Expression:
    """Values joined by dots; each is a literal, a field, or a function of expressions."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _next(self) -> re.Match[str] | None:
        return _PART.match(self._text, self._at)

    def _take(self, sign: str) -> bool:
        part = self._next()
        if part is None or part[3] != sign:
            return False
        self._at = part.end()
        return True

    def whole(self, row: Mapping[str, Value]) -> Value:
        self._at = 0
        value = self._joined(row)
        assert not self._text[self._at :].strip(), f"spl_eval.py does not know {self._text}"
        return value

    def _joined(self, row: Mapping[str, Value]) -> Value:
        value = self._value(row)
        while self._take("."):
            value = single(value) + single(self._value(row))
        return value

    def _value(self, row: Mapping[str, Value]) -> Value:
        part = self._next()
        assert part is not None and part[3] is None, f"spl_eval.py does not know {self._text}"
        self._at = part.end()
        if part[1] is not None:
            return _unquoted(part[1])
        if self._take("("):
            return self._call(part[2], row)
        assert part[2] in row, f"there is no field {part[2]}, but {', '.join(row)}"
        return row[part[2]]

    def _call(self, function: str, row: Mapping[str, Value]) -> Value:
        if function == "mvmap":
            return self._mvmap(row)
        assert function in _FUNCTIONS, f"spl_eval.py does not know the function {function}"
        arguments = [self._joined(row)]
        while self._take(","):
            arguments.append(self._joined(row))
        assert self._take(")"), self._text
        return _FUNCTIONS[function](*arguments)

    def _mvmap(self, row: Mapping[str, Value]) -> Value:
        """The expression, which contains the field's name, for each value of the field."""
        field = self._next()
        assert field is not None and field[2] in row, f"mvmap without a field: {self._text}"
        self._at = field.end()
        assert self._take(","), self._text
        start, mapped = self._at, []
        for value in values(row[field[2]]) or [""]:
            self._at = start
            mapped.append(single(self._joined({**row, field[2]: value})))
        assert self._take(")"), self._text
        return mapped


def evaluate(expression: str, row: Mapping[str, Value]) -> Value:
    return _Expression(expression).whole(row)


def _subsearch(text: str) -> str:
    """The text that a subsearch with one row inserts into the search: the value of its field
    `search`."""
    first, *stages = [Stage(*([*part.split(None, 1), ""])[:2]) for part in split(text, "|")[1:]]
    assert first == ("makeresults", "") and stages.pop() == ("fields", "search"), text
    row: dict[str, Value] = {}
    for stage in stages:
        assert stage.command == "eval", stage
        for assignment in split(stage.rest, ","):
            name, _, expression = assignment.partition("=")
            row[name.strip()] = evaluate(expression, row)
    return f"(({single(row['search'])}))"


Event = Callable[[str], bool]


class _Terms:
    """Phrases that must all occur, or any of several joined by OR, with or without parentheses.

    Conditions on index and sourcetype hold for every event.
    """

    def __init__(self, text: str) -> None:
        self._parts = []
        at = 0
        while text[at:].strip():
            part = _TERM.match(text, at)
            assert part is not None, f"spl_eval.py does not know {text[at:]}"
            self._parts.append(part)
            at = part.end()
        self.has_phrases = any(part[1] is not None for part in self._parts)

    def found_in(self, event: str) -> bool:
        self._left = list(reversed(self._parts))
        found = self._any(event)
        assert not self._left, "parentheses are not closed"
        return found

    def _any(self, event: str) -> bool:
        found = self._all(event)
        while self._left and self._left[-1][2]:
            self._left.pop()
            found = self._all(event) or found
        return found

    def _all(self, event: str) -> bool:
        found = True
        while self._left and not self._left[-1][2] and self._left[-1][3] != ")":
            part = self._left.pop()
            if part[3] == "(":
                found = self._any(event) and found
                assert self._left and self._left.pop()[3] == ")", "parentheses are not closed"
            elif part[1] is not None:
                found = _unquoted(part[1]) in event and found
        return found


def events_found(search: str, events: Sequence[bytes]) -> list[bytes]:
    """The events that an expanded search without stages finds by its phrases."""
    terms = _Terms(_SUBSEARCH.sub(lambda match: _subsearch(match[1]), search))
    assert terms.has_phrases, f"{search} has no phrases"
    return [raw for raw in events if terms.found_in(raw.decode())]

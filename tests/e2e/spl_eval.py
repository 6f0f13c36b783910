"""Evaluates expressions of eval, and search terms on events, as far as the app's SPL uses them.

Anything that it does not know raises an AssertionError, so that nothing passes unchecked.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from spl import Stage, split

Value = str | list[str] | None
Result = Value | bool  # of a part of an expression: a value or a condition

# A quoted text, a number, a name, or a sign.
_PART = re.compile(
    r'\s*(?:"((?:[^"\\]|\\.)*)"|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|([<>!]=|[().,<>=*+-]))'
)
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


def _mvfind(value: Value, pattern: Value) -> Value:
    """The number of the first value in which the pattern is found, or null."""
    found = [i for i, text in enumerate(values(value)) if re.search(single(pattern), text)]
    return str(found[0]) if found else None


def _trim(value: Value) -> Value:
    return single(value).strip(" \t") if value else value


def _match(value: Value, pattern: Value) -> bool:
    return value is not None and re.search(single(pattern), single(value)) is not None


def _round(value: Value) -> Value:
    """The nearest whole number; half of one is rounded away from zero."""
    return str(int(Decimal(single(value)).to_integral_value(ROUND_HALF_UP))) if value else value


def _case(*pairs: Result) -> Result:
    """The value after the first condition that holds, or null."""
    return next((then for when, then in zip(pairs[::2], pairs[1::2]) if when is True), None)


def _mvappend(*parts: Value) -> Value:
    return [text for part in parts for text in values(part)] or None


_FUNCTIONS: dict[str, Callable[..., Result]] = {
    "case": _case,
    "if": lambda condition, then, otherwise: then if condition is True else otherwise,
    "isnotnull": lambda value: value is not None and value != "",
    "match": _match,
    "mvappend": _mvappend,
    "null": lambda: None,
    "mvfind": _mvfind,
    "mvjoin": _mvjoin,
    "replace": _replace,
    "round": _round,
    "split": _split,
    "strftime": _strftime,
    "trim": _trim,
    "true": lambda: True,
}


def _is_number(value: Value) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None


def _compared(left: Value, sign: str, right: Value) -> bool:
    """Whether the comparison holds, by number if both sides are numbers. None does with null."""
    if left is None or right is None:
        return False
    assert isinstance(left, str) and isinstance(right, str), f"{left!r} {sign} {right!r}"
    sides: list[Any] = [left, right]
    if _is_number(left) and _is_number(right):
        sides = [Decimal(left), Decimal(right)]
    return bool(_COMPARISONS[sign](*sides))


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Expression:
    """Conditions joined by AND and OR; comparisons of values; values joined by `+`, `.` and `*`.

    A value is a literal, a field, or a function of expressions. Every part is evaluated, also a
    part that Splunk would skip.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _next(self) -> re.Match[str] | None:
        return _PART.match(self._text, self._at)

    def _take(self, *words: str) -> str | None:
        """The next sign or name, if it is one of these."""
        part = self._next()
        if part is None or (part[3] or part[4]) not in words:
            return None
        self._at = part.end()
        return part[3] or part[4]

    def whole(self, row: Mapping[str, Value]) -> Result:
        self._at = 0
        value = self._any(row)
        assert not self._text[self._at :].strip(), f"spl_eval.py does not know {self._text}"
        return value

    def _any(self, row: Mapping[str, Value]) -> Result:
        value = self._all(row)
        while self._take("OR"):
            other = self._all(row)
            assert isinstance(value, bool) and isinstance(other, bool), self._text
            value = value or other
        return value

    def _all(self, row: Mapping[str, Value]) -> Result:
        value = self._comparison(row)
        while self._take("AND"):
            other = self._comparison(row)
            assert isinstance(value, bool) and isinstance(other, bool), self._text
            value = value and other
        return value

    def _comparison(self, row: Mapping[str, Value]) -> Result:
        value = self._sum(row)
        if sign := self._take(*_COMPARISONS):
            return _compared(_value(value), sign, _value(self._sum(row)))
        return value

    def _sum(self, row: Mapping[str, Value]) -> Result:
        value = self._joined(row)
        while self._take("+"):
            other = self._joined(row)
            missing = value is None or other is None
            value = None if missing else str(_decimal(value) + _decimal(other))
        return value

    def _joined(self, row: Mapping[str, Value]) -> Result:
        value = self._product(row)
        while self._take("."):
            other = self._product(row)
            missing = value is None or other is None
            value = None if missing else single(_value(value)) + single(_value(other))
        return value

    def _product(self, row: Mapping[str, Value]) -> Result:
        value = self._part(row)
        while self._take("*"):
            other = self._part(row)
            missing = value is None or other is None
            value = None if missing else str(_decimal(value) * _decimal(other))
        return value

    def _part(self, row: Mapping[str, Value]) -> Result:
        if self._take("("):
            value = self._any(row)
            assert self._take(")"), self._text
            return value
        part = self._next()
        assert part is not None and part[4] is None, f"spl_eval.py does not know {self._text}"
        self._at = part.end()
        if part[1] is not None:
            return _unquoted(part[1])
        if part[2] is not None:
            return part[2]
        if self._take("("):
            return self._call(part[3], row)
        assert part[3] in row, f"there is no field {part[3]}, but {', '.join(row)}"
        return row[part[3]]

    def _call(self, function: str, row: Mapping[str, Value]) -> Result:
        if function == "mvmap":
            return self._mvmap(row)
        if function == "mvfilter":
            return self._mvfilter(row)
        assert function in _FUNCTIONS, f"spl_eval.py does not know the function {function}"
        arguments: list[Result] = []
        while not self._take(")"):
            assert not arguments or self._take(","), self._text
            arguments.append(self._any(row))
        return _FUNCTIONS[function](*arguments)

    def _for_each(self, field: str, row: Mapping[str, Value]) -> list[tuple[str, Result]]:
        """Each value of the field with that of the expression, which contains the field's name."""
        start, results = self._at, []
        for value in values(row[field]) or [""]:
            self._at = start
            results.append((value, self._any({**row, field: value})))
        assert self._take(")"), self._text
        return results

    def _mvmap(self, row: Mapping[str, Value]) -> Value:
        field = self._next()
        assert field is not None and field[3] in row, f"mvmap without a field: {self._text}"
        self._at = field.end()
        assert self._take(","), self._text
        return [single(_value(result)) for _, result in self._for_each(field[3], row)]

    def _mvfilter(self, row: Mapping[str, Value]) -> Value:
        """The values for which the condition holds, or null. It names a single field."""
        field = re.compile(r"[^\"]*?\b([A-Za-z_]\w*)\b(?!\s*\()").match(self._text, self._at)
        assert field is not None and field[1] in row, f"mvfilter without a field: {self._text}"
        kept = [value for value, holds_ in self._for_each(field[1], row) if value and holds_]
        return kept[0] if len(kept) == 1 else kept or None


def _value(result: Result) -> Value:
    assert not isinstance(result, bool), "a condition is not a value"
    return result


def _decimal(result: Result) -> Decimal:
    return Decimal(single(_value(result)))


def evaluate(expression: str, row: Mapping[str, Value]) -> Value:
    return _value(_Expression(expression).whole(row))


def holds(condition: str, row: Mapping[str, Value]) -> bool:
    """Whether `where` keeps the row."""
    result = _Expression(condition).whole(row)
    assert isinstance(result, bool), f"{condition} is not a condition"
    return result


def evaluated(rest: str, row: Mapping[str, Value]) -> dict[str, Value]:
    """The row after an `eval` with these assignments."""
    made = dict(row)
    for assignment in split(rest, ","):
        name, _, expression = assignment.partition("=")
        made[name.strip()] = evaluate(expression, made)
    return made


def _subsearch(text: str) -> str:
    """The text that a subsearch with one row inserts into the search: the value of its field
    `search`."""
    first, *stages = [Stage(*([*part.split(None, 1), ""])[:2]) for part in split(text, "|")[1:]]
    assert first == ("makeresults", "") and stages.pop() == ("fields", "search"), text
    row: dict[str, Value] = {}
    for stage in stages:
        assert stage.command == "eval", stage
        row = evaluated(stage.rest, row)
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

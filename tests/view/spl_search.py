"""Whole searches of the page Start here, run on an installation that a test describes.

Only the commands and functions that the page uses are known, each as Splunk's documentation
describes it; anything else raises an AssertionError. Naming a field that no row has is an error
here, although Splunk would take it as null.
"""

from __future__ import annotations

import operator as op
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from spl import expand, shipped, split

Value = str | float | bool | list[str] | None
Row = dict[str, Value]
Rows = list[Row]


class SearchFailed(Exception):
    """A command that ends its search with an error."""


@dataclass
class Events:
    """The number of events of one sourcetype in an index of a search peer."""

    index: str
    sourcetype: str
    peer: str
    count: int
    source: str = "unknown"


@dataclass
class Installation:
    """What Splunk would answer to a user."""

    now: float
    server: str = "sh1"
    events: list[Events] = field(default_factory=list)
    default_indexes: Sequence[str] = ("main",)
    macros: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: shipped("macros.conf"))
    # by endpoint; a missing endpoint is a forbidden one, which gives no rows
    rest: dict[str, Rows] = field(default_factory=dict)
    lookups: dict[str, Rows] = field(default_factory=dict)
    jobs: dict[str, Rows] = field(default_factory=dict)
    # whether tstats fails in subsearches, as with a macro that it cannot read
    tstats_fails: bool = False


# Expressions

_TOKEN = re.compile(
    r"\s*(?:\"((?:[^\"\\]|\\.)*)\"|'([^']+)'|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(!=|<=|>=|[-+*.,()=<>]))"
)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        part = _TOKEN.match(text, at)
        assert part is not None, f"spl_search.py does not know {text[at:]}"
        group = part.lastindex or 0
        found.append((("string", "field", "number", "name", "sign")[group - 1], part[group]))
        at = part.end()
    return found


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace(r"\z", r"\Z"))


def _text(value: Value) -> str:
    assert not isinstance(value, (list, bool)), f"{value!r} is not one value"
    if isinstance(value, float):
        return f"{value:g}" if value % 1 else str(int(value))
    assert value is not None
    return value


def _number(value: Value) -> float | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    return float(value) if isinstance(value, (int, float)) and value is not True else None


def _many(value: Value) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [_text(value)]


def _from_many(found: list[str]) -> Value:
    return (found[0] if len(found) == 1 else found) if found else None


def _tostring(value: Value, form: Value) -> Value:
    assert form == "commas", form
    number = _number(value)
    return None if number is None else f"{int(number):,}"


def _strftime(value: Value, form: Value) -> Value:
    number = _number(value)
    return None if number is None else datetime.fromtimestamp(number, UTC).strftime(_text(form))


def _strptime(value: Value, form: Value) -> Value:
    try:
        return datetime.strptime(_text(value), _text(form)).timestamp()
    except ValueError:
        return None


def _mvfind(value: Value, pattern: Value) -> Value:
    places = [i for i, v in enumerate(_many(value)) if _pattern(_text(pattern)).search(v)]
    return float(places[0]) if places else None


def _mvindex(value: Value, at: Value) -> Value:
    found = _many(value)
    place = int(_number(at) or 0)
    return found[place] if place < len(found) else None


# Functions of which each argument must have a value; the result is null otherwise.
_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "like": lambda v, p: (
        re.fullmatch(re.escape(_text(p)).replace("%", ".*").replace("_", "."), _text(v)) is not None
    ),
    "match": lambda v, p: _pattern(_text(p)).search(_text(v)) is not None,
    "mvcount": lambda v: float(len(_many(v))),
    "mvfind": _mvfind,
    "mvindex": _mvindex,
    "mvjoin": lambda v, s: _text(s).join(_many(v)),
    "replace": lambda v, p, by: _pattern(_text(p)).sub(_text(by), _text(v)),
    "split": lambda v, s: _text(v).split(_text(s)),
    "strftime": _strftime,
    "strptime": _strptime,
    "tostring": _tostring,
}


Node = Callable[[Row], Value]


def _compare(operator: str, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if isinstance(left, list):
        assert operator == "=", f"{operator} with several values: {left}"
        return right in left
    numbers = _number(left), _number(right)
    a, b = (_text(left), _text(right)) if None in numbers else numbers
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "=": op.eq,
        "!=": op.ne,
        "<": op.lt,
        ">": op.gt,
        "<=": op.le,
        ">=": op.ge,
    }
    return compare[operator](a, b)


def _combine(operator: str, left: Value, right: Value) -> Value:
    if operator in ("OR", "AND"):
        decisive = operator == "OR"
        if decisive in (left, right):
            return decisive
        return None if None in (left, right) else not decisive
    if left is None or right is None:
        return None
    if operator == ".":
        return _text(left) + _text(right)
    a, b = _number(left), _number(right)
    assert a is not None and b is not None, f"{left} {operator} {right}"
    if operator == "*":
        return a * b
    return a + b if operator == "+" else a - b


# The operators from the loosest to the tightest.
_LEVELS = [("OR",), ("AND",), ("=", "!=", "<", ">", "<=", ">="), ("+", "-", "."), ("*",)]


class Expression:
    """An expression of eval and where. `fields` are those that it names."""

    def __init__(self, text: str, now: float) -> None:
        self._tokens = _tokens(text)
        self._text = text
        self._now = now
        self._at = 0
        self.fields: set[str] = set()
        self._root = self._level(0)
        assert self._at == len(self._tokens), f"spl_search.py does not know {text}"

    def of(self, row: Row) -> Value:
        return self._root(row)

    def over(self, rows: Rows) -> list[Value]:
        """The values for all rows; a field that no row has is a mistake of the search."""
        names = {name for row in rows for name in row}
        assert not rows or self.fields <= names, f"no field {self.fields - names}: {self._text}"
        return [self.of(row) for row in rows]

    def _sees(self, *texts: str) -> str:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "the end")
        return text if kind in ("sign", "name") and text in texts else ""

    def _take(self, *texts: str) -> str:
        found = self._sees(*texts)
        self._at += bool(found)
        return found

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._value()
        node = self._level(level + 1)
        while operator := self._take(*_LEVELS[level]):
            node = self._pair(level, operator, node, self._level(level + 1))
        return node

    @staticmethod
    def _pair(level: int, operator: str, left: Node, right: Node) -> Node:
        combine = _compare if level == 2 else _combine
        return lambda row: combine(operator, left(row), right(row))

    def _value(self) -> Node:
        if self._take("("):
            node = self._level(0)
            assert self._take(")"), f"no ) in {self._text}"
            return node
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "string":
            literal = re.sub(r'\\(["\\])', r"\1", text)
            return lambda row: literal
        if kind == "number":
            return lambda row: float(text)
        assert kind != "sign", f"unexpected {text} in {self._text}"
        if kind == "name" and self._take("("):
            arguments: list[Node] = []
            while not self._take(")"):
                arguments.append(self._level(0))
                assert self._take(",") or self._sees(")"), self._text
            return self._call(text, arguments)
        self.fields.add(text)
        return lambda row: row.get(text)

    def _call(self, function: str, nodes: Sequence[Node]) -> Node:
        if function == "case":
            assert len(nodes) % 2 == 0, f"an odd number of arguments: {self._text}"
            pairs = list(zip(nodes[::2], nodes[1::2]))
            return lambda row: next((v(row) for c, v in pairs if c(row) is True), None)
        if function == "if":
            condition, yes, no = nodes
            return lambda row: (yes if condition(row) is True else no)(row)
        if function == "coalesce":
            return lambda row: next((v for v in (n(row) for n in nodes) if v is not None), None)
        if function in ("isnull", "isnotnull"):
            (only,) = nodes
            return lambda row: (only(row) is None) == (function == "isnull")
        if function == "mvappend":
            return lambda row: _from_many([text for node in nodes for text in _many(node(row))])
        if function in ("null", "true", "now"):
            assert not nodes, self._text
            constant: Value = {"null": None, "true": True, "now": self._now}[function]
            return lambda row: constant
        assert function in _FUNCTIONS, f"spl_search.py does not know the function {function}"

        def call(row: Row) -> Value:
            arguments = [node(row) for node in nodes]
            return None if None in arguments else _FUNCTIONS[function](*arguments)

        return call


# Conditions of tstats

_CONDITION = re.compile(
    r"\s*(?:(OR|AND|NOT)\b|([()])|(\w+)(?:(!?=)|\s+(IN)\s*)(\([^()]*\)|\"[^\"]*\"|[^\s()\"]+))"
)


class Condition:
    """Conditions on indexed fields. Another field matches nothing.

    An alternative that names no index finds events of the default indexes only.
    """

    def __init__(self, text: str) -> None:
        self._parts, at = [], 0
        while text[at:].strip():
            part = _CONDITION.match(text, at)
            assert part is not None, f"spl_search.py does not know {text[at:]}"
            self._parts.append(part)
            at = part.end()

    def holds(self, events: Events, default_indexes: Sequence[str]) -> bool:
        self._events, self._default_indexes, self._at = events, default_indexes, 0
        found = self._any(has_index=False)
        assert self._at == len(self._parts), "parentheses are not closed"
        return found

    def _part(self) -> re.Match[str] | None:
        return self._parts[self._at] if self._at < len(self._parts) else None

    def _any(self, has_index: bool) -> bool:
        found = self._all(has_index)
        while (part := self._part()) and part[1] == "OR":
            self._at += 1
            found = self._all(has_index) or found
        return found

    def _names_index(self) -> bool:
        """Whether a condition that is joined to the next one by AND names indexes."""
        depth = 0
        for part in self._parts[self._at :]:
            depth += (part[2] == "(") - (part[2] == ")")
            if depth < 0 or (depth == 0 and part[1] == "OR"):
                break
            if depth == 0 and part[3] == "index":
                return True
        return False

    def _all(self, has_index: bool) -> bool:
        found, has_group = True, False
        has_index |= self._names_index()
        while (part := self._part()) and part[1] != "OR" and part[2] != ")":
            self._at += 1
            if part[1] == "NOT":
                part, self._at = self._parts[self._at], self._at + 1
                assert part[3], "spl_search.py knows NOT only in front of a condition"
                found = not self._matches(part) and found
            elif part[2]:
                has_group, found = True, self._any(has_index) and found
                closing = self._part()
                assert closing and closing[2] == ")", "parentheses are not closed"
                self._at += 1
            elif part[3]:
                found = self._matches(part) and found
        if not has_index and not has_group:
            return found and self._events.index in self._default_indexes
        return found

    def _matches(self, part: re.Match[str]) -> bool:
        if part[3] not in ("index", "sourcetype", "host", "source"):
            return False
        value = str(getattr(self._events, part[3], "unknown"))
        wanted = split(part[6].strip("()"), ",") if part[5] else [part[6]]
        found = any(fnmatchcase(value.lower(), text.strip('" ').lower()) for text in wanted)
        return found == (part[4] != "!=")


# Commands

_AGGREGATE = re.compile(r"(count|dc|max|min|sum|values)(?:\((.*)\))?(?:\s+as\s+(\w+))?")


def _aggregate(function: str, inner: str | None, rows: Rows, now: float) -> Value:
    if function == "count":
        if inner is None:
            return float(len(rows))
        condition = re.fullmatch(r"eval\((.*)\)", inner)
        assert condition is not None, f"spl_search.py does not know count({inner})"
        return float(sum(value is True for value in Expression(condition[1], now).over(rows)))
    assert inner is not None and re.fullmatch(r"\w+", inner), f"{function}({inner})"
    assert not rows or any(inner in row for row in rows), f"no field {inner}"
    found = [text for row in rows for text in _many(row.get(inner))]
    if function == "dc":
        return float(len(set(found)))
    if function == "values":
        return _from_many(sorted(set(found)))
    numbers = [number for number in map(_number, found) if number is not None]
    assert len(numbers) == len(found), f"{function}({inner}) of texts"
    return {"max": max, "min": min, "sum": sum}[function](numbers) if numbers else None


def _aggregates(text: str, rows: Rows, now: float) -> Row:
    made: Row = {}
    for part in split(text, ","):
        match = _AGGREGATE.fullmatch(part)
        assert match is not None, f"spl_search.py does not know {part}"
        made[match[3] or part] = _aggregate(match[1], match[2], rows, now)
    return made


class Search:
    def __init__(self, installation: Installation) -> None:
        self._on = installation

    def run(self, text: str) -> Rows:
        """The results of a search, or of a subsearch, which begins with a generating command."""
        first, *stages = split(expand(text, self._on.macros), "|")
        assert not first, f"{text} does not begin with a generating command"
        return self.chain("|" + "|".join(stages), [], generates=True)

    def chain(self, text: str, rows: Rows, generates: bool = False) -> Rows:
        """The results of stages that follow other results."""
        for number, stage in enumerate(split(text, "|")[1:]):
            command, _, rest = stage.partition(" ")
            if generates and number == 0:
                rows = list(self._generate(command, rest.strip()))
            else:
                run = getattr(self, f"_{command}", None)
                assert run, f"spl_search.py does not know {command}"
                rows = run(rest.strip(), [dict(row) for row in rows])
        return rows

    def _generate(self, command: str, rest: str) -> Iterator[Row]:
        on = self._on
        if command == "tstats":
            yield from self._tstats(rest)
        elif command == "makeresults":
            assert rest in ("", "annotate=true"), rest
            yield {"_time": on.now, **({"splunk_server": on.server} if rest else {})}
        elif command == "rest":
            words = rest.split()
            (path,) = [word for word in words if word.startswith("/")]
            options = set(words) - {path}
            assert options <= {"splunk_server=local", "count=0"}, rest
            for row in on.rest.get(path, []):
                server = row.get("splunk_server", on.server)
                if "splunk_server=local" not in options or server == on.server:
                    yield {"splunk_server": server, **row}
        elif command == "inputlookup":
            # A missing file is a warning, because strict is false.
            yield from on.lookups.get(rest, [])
        elif command == "loadjob":
            match = re.fullmatch(r'savedsearch="nobody:cloudhijack:(.+)"', rest)
            assert match is not None, rest
            if match[1] not in on.jobs:
                raise SearchFailed("Cannot find artifacts")
            yield from on.jobs[match[1]]
        else:
            raise AssertionError(f"spl_search.py does not know {command}")

    def _tstats(self, rest: str) -> Iterator[Row]:
        match = re.fullmatch(r"count where (.+) by ([\w, ]+)", rest)
        assert match is not None, rest
        if self._on.tstats_fails and match[1] != "index=*":
            raise SearchFailed("Error in 'TsidxStats'")
        names = split(match[2], ",")
        assert set(names) <= {"index", "sourcetype", "splunk_server"}, names
        condition, groups = Condition(match[1]), dict[tuple[str, ...], int]()
        for events in self._on.events:
            if condition.holds(events, self._on.default_indexes):
                fields = {
                    "index": events.index,
                    "sourcetype": events.sourcetype,
                    "splunk_server": events.peer,
                }
                key = tuple(fields[name] for name in names)
                groups[key] = groups.get(key, 0) + events.count
        for key, count in sorted(groups.items()):
            yield {**dict(zip(names, key)), "count": float(count)}

    def _append(self, rest: str, rows: Rows) -> Rows:
        match = re.fullmatch(r"(?:maxtime=\d+ )?\[(.*)\]", rest)
        assert match is not None, rest
        try:
            return rows + self.run(match[1])
        except SearchFailed:
            return rows

    def _eval(self, rest: str, rows: Rows) -> Rows:
        for assignment in split(rest, ","):
            name, equals, text = assignment.partition("=")
            assert equals and re.fullmatch(r"\w+", name.strip()), assignment
            for row, value in zip(rows, Expression(text, self._on.now).over(rows)):
                assert not isinstance(value, bool), f"{assignment} assigns a Boolean"
                row[name.strip()] = value
        return rows

    def _where(self, rest: str, rows: Rows) -> Rows:
        values = Expression(rest, self._on.now).over(rows)
        return [row for row, value in zip(rows, values) if value is True]

    def _stats(self, rest: str, rows: Rows) -> Rows:
        text, by, names = rest.partition(" by ")
        if not by:
            return [_aggregates(text, rows, self._on.now)]
        keys = split(names, ",")
        groups: dict[tuple[str, ...], Rows] = {}
        for row in rows:
            if all(row.get(key) is not None for key in keys):
                groups.setdefault(tuple(_text(row[key]) for key in keys), []).append(row)
        return [
            {**dict(zip(keys, key)), **_aggregates(text, group, self._on.now)}
            for key, group in sorted(groups.items())
        ]

    def _eventstats(self, rest: str, rows: Rows) -> Rows:
        made = _aggregates(rest, rows, self._on.now)
        return [{**row, **made} for row in rows]

    def _mvexpand(self, rest: str, rows: Rows) -> Rows:
        return [{**row, rest: value} for row in rows for value in _many(row.get(rest))]

    def _sort(self, rest: str, rows: Rows) -> Rows:
        count, _, names = rest.partition(" ")
        assert count == "0", f"sort would keep 10,000 rows: {rest}"

        def key(row: Row) -> list[tuple[float, str]]:
            values = [row[name] for name in split(names, ",")]
            return [(v, "") if isinstance(v, float) else (0.0, _text(v)) for v in values]

        return sorted(rows, key=key)

    def _rename(self, rest: str, rows: Rows) -> Rows:
        names = {}
        for part in split(rest, ","):
            old, _as, new = part.partition(" as ")
            names[old] = new.strip('"')
        return [{names.get(name, name): value for name, value in row.items()} for row in rows]

    def _table(self, rest: str, rows: Rows) -> Rows:
        columns = [name.strip('"') for name in split(rest, ",")]
        return [{name: row.get(name) for name in columns} for row in rows]

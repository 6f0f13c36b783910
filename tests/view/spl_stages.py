"""The stages of SPL at the end of the dashboard's searches, run on rows that the command has
written.

Each stage follows Splunk's documentation, as far as the dashboard uses it. Anything else, or a
missing field, raises an AssertionError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from spl import Pipeline, Stage, pipeline, split
from spl_eval import Value, evaluate, single, values

Row = dict[str, Value]


class Table(NamedTuple):
    columns: list[str]
    rows: list[Row]
    # Whether every field has a column. Without rows the command writes no header, so that once the
    # rows of another answer follow, nothing is known of the fields of the first.
    has_all_fields: bool = True


class _RowOfAnyFields(Row):
    """A row in which a field without a column is null, as in Splunk."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> None:
        return None


class Range(NamedTuple):
    """The time range of a search in epoch seconds, without the latest second."""

    earliest: float
    latest: float


# The rows of a search up to its command of this app.
Answer = Callable[[Pipeline], Table]


def _bare(name: str) -> str:
    return name.strip().strip('"')


def _known(name: str, table: Table) -> str:
    missing = name not in table.columns and table.rows and table.has_all_fields
    assert not missing, f"there is no field {name}, but {', '.join(table.columns)}"
    return name


def _number(number: float) -> str:
    return f"{number:g}" if number % 1 else str(int(number))


def _append(rest: str, table: Table, within: Range, answer: Answer) -> Table:
    """The rows of a subsearch after the others; a field that a row does not have is null."""
    match = re.fullmatch(r"(?:maxtime=\d+ )?\[search (.*)\]", rest)
    assert match, f"spl_stages.py does not know append {rest}"
    search = pipeline(match[1])
    appended = run(search.after, answer(search), within, answer)
    columns = [*table.columns, *(name for name in appended.columns if name not in table.columns)]
    rows: list[Row] = [{**dict.fromkeys(columns), **row} for row in [*table.rows, *appended.rows]]
    return Table(columns, rows, bool(table.columns and appended.columns))


def _search(rest: str, table: Table, _: Range) -> Table:
    """The rows with any value in a field, or with none, or with a value that equals a text."""
    match = re.fullmatch(r'(NOT )?(\w+)=(?:\*|"([^"*]*)")', rest)
    assert match and not (match[1] and match[3]), f"spl_stages.py does not know search {rest}"
    negated, field, wanted = match.groups()

    def has(row: Row) -> bool:
        # A field that no row has is no error in a search: nothing has it.
        found = [text.lower() for text in values(row.get(field))]
        return bool(found) if wanted is None else wanted.lower() in found

    return table._replace(rows=[row for row in table.rows if has(row) != bool(negated)])


def _eval(rest: str, table: Table, _: Range) -> Table:
    columns, rows = list(table.columns), [dict(row) for row in table.rows]
    for assignment in split(rest, ","):
        name, _equals, expression = assignment.partition("=")
        for row in rows:
            known = row if table.has_all_fields else _RowOfAnyFields(row)
            row[name] = evaluate(expression, known)
        columns += [name] if name not in columns else []
    return Table(columns, rows, table.has_all_fields)


class Aggregate(NamedTuple):
    function: str
    field: str
    # for count(eval(field="value")): the operator, = or !=, and the value
    compared: tuple[str, str] | None
    name: str

    def of(self, rows: Sequence[Row]) -> Value:
        cells = [row.get(self.field) for row in rows]
        if self.compared:
            # A comparison with null is never true, and an empty cell is null or empty.
            operator, wanted = self.compared
            return str(sum((value == wanted) == (operator == "=") for value in cells if value))
        present = [text for value in cells for text in values(value)]
        if self.function == "count":
            return str(len(present))
        if self.function == "dc":
            return str(len(set(present)))
        if not present:
            return None
        return _number({"sum": sum, "max": max}[self.function](map(float, present)))


_AGGREGATE = re.compile(
    r'(?:(count)\(eval\((\w+)(!?=)"([^"]*)"\)\)|(count|sum|max|dc)\((\w+)\))(?:\s+as\s+(\w+))?'
)


def _aggregates(text: str, table: Table) -> list[Aggregate]:
    found = []
    for part in split(text, ","):
        match = _AGGREGATE.fullmatch(part)
        assert match, f"spl_stages.py does not know {part}"
        count, counted, operator, wanted, function, field, name = match.groups()
        compared = (operator, wanted) if count else None
        field = _known(counted or field, table)
        found.append(Aggregate(count or function, field, compared, name or part))
    return found


def _groups(rows: Sequence[Row], field: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        for value in values(row.get(field)):
            groups.setdefault(value, []).append(row)
    return dict(sorted(groups.items()))


def _by(rest: str, table: Table) -> tuple[list[Aggregate], str]:
    text, _, field = rest.partition(" by ")
    return _aggregates(text.strip(), table), _known(field.strip(), table) if field else ""


def _stats(rest: str, table: Table, _: Range) -> Table:
    aggregates, by = _by(rest, table)
    names = [aggregate.name for aggregate in aggregates]
    if not by:
        return Table(names, [{a.name: a.of(table.rows) for a in aggregates}])
    rows: list[Row] = [
        {by: value, **{a.name: a.of(group) for a in aggregates}}
        for value, group in _groups(table.rows, by).items()
    ]
    return Table([by, *names], rows)


# The spans that `bins` chooses from, in seconds. Months are omitted because their length varies.
_SPANS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 86_400]


def span_of(bins: int, within: Range) -> int:
    """The shortest span that covers the range with at most this many bins."""
    return next(span for span in _SPANS if (within.latest - within.earliest) / span <= bins)


def _timechart(rest: str, table: Table, within: Range) -> Table:
    """One row for each bin of the range; in an empty bin counts are 0 and sums are null."""
    bins = re.match(r"bins=(\d+)\s+", rest)
    assert bins, f"timechart has no bins: {rest}"
    aggregates, by = _by(rest[bins.end() :], table)
    span = span_of(int(bins[1]), within)
    series = [(aggregate.name, aggregate, table.rows) for aggregate in aggregates]
    if by:
        (only,) = aggregates
        series = [(value, only, rows) for value, rows in _groups(table.rows, by).items()]
        assert len(series) <= 10, "timechart would combine the smallest series as OTHER"
    charted: list[Row] = []
    start = int(within.earliest // span) * span
    while table.rows and start < within.latest:
        bin_of_time: Row = {"_time": str(start)}
        for name, aggregate, rows in series:
            inside = [row for row in rows if float(single(row["_time"])) // span * span == start]
            bin_of_time[name] = aggregate.of(inside)
        charted.append(bin_of_time)
        start += span
    return Table(["_time", *(name for name, _, _ in series)], charted)


def _rename(rest: str, table: Table, _: Range) -> Table:
    names: dict[str, str] = {}
    for part in split(rest, ","):
        old, _as, new = part.partition(" as ")
        names[_known(_bare(old), table)] = _bare(new)
        assert _bare(new) not in table.columns, f"{part} would replace another field"
    rows = [{names.get(name, name): value for name, value in row.items()} for row in table.rows]
    return table._replace(columns=[names.get(name, name) for name in table.columns], rows=rows)


def _sort(rest: str, table: Table, _: Range) -> Table:
    """Sort by a numeric field in descending order."""
    match = re.fullmatch(r"- (\w+)", rest)
    assert match, f"spl_stages.py does not know sort {rest}"
    field = _known(match[1], table)
    rows = sorted(table.rows, key=lambda row: float(single(row[field])), reverse=True)
    return table._replace(rows=rows)


def _table(rest: str, table: Table, _: Range) -> Table:
    columns = [_known(_bare(name), table) for name in split(rest, ",")]
    return Table(columns, [{name: row.get(name) for name in columns} for row in table.rows])


_COMMANDS: dict[str, Callable[[str, Table, Range], Table]] = {
    "eval": _eval,
    "rename": _rename,
    "search": _search,
    "sort": _sort,
    "stats": _stats,
    "table": _table,
    "timechart": _timechart,
}


def run(stages: Sequence[Stage], table: Table, within: Range, answer: Answer) -> Table:
    for stage in stages:
        if stage.command == "append":
            table = _append(stage.rest, table, within, answer)
            continue
        assert stage.command in _COMMANDS, f"spl_stages.py does not know {stage.command}"
        table = _COMMANDS[stage.command](stage.rest, table, within)
    return table

"""The CSV inside a chunk: written as Splunk writes it, and read as strictly as the protocol allows.

Rows are written from bytes, because an event may contain bytes that are not valid text. Replies are
read as UTF-8, because a reply that is not UTF-8 is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Cell = bytes | list[bytes]  # a list is a multivalue field
EventRow = Mapping[str, Cell]

Value = str | list[str]
Row = dict[str, Value]


def listed(value: Value) -> list[str]:
    """The values of a field: none if it is empty."""
    return value if isinstance(value, list) else [value] if value else []


TWIN = "__mv_"


class BodyError(AssertionError):
    """The program wrote CSV that Splunk could misread."""


@dataclass(frozen=True)
class Layout:
    """The layout of the CSV of one chunk; the defaults are Splunk's own."""

    columns: tuple[str, ...] = ("_time", "_raw")
    newline: bytes = b"\n"
    twins: str = "after"  # "after" all fields, "beside" each of them, or "none"
    short_rows: bool = False  # omits the empty cells at the end of a row


# Splunk writes cells of letters and digits, and empty cells, without quotes.
_BARE = re.compile(rb"[A-Za-z0-9]*")


def _quoted(cell: bytes) -> bytes:
    return cell if _BARE.fullmatch(cell) else b'"' + cell.replace(b'"', b'""') + b'"'


def _twin(cell: Cell) -> bytes:
    if isinstance(cell, bytes):
        return b""
    return b";".join(b"$" + value.replace(b"$", b"$$") + b"$" for value in cell)


def _line(cells: list[bytes], layout: Layout) -> bytes:
    if layout.short_rows:
        while cells and not cells[-1]:
            cells.pop()
    # A blank line would not count as a row.
    return (b",".join(map(_quoted, cells)) or b'""') + layout.newline


def write_body(rows: Sequence[EventRow], layout: Layout = Layout()) -> bytes:
    """A header and the rows; a column that is missing in a row gives an empty cell."""

    def in_order(fields: list[bytes], twins: list[bytes]) -> list[bytes]:
        if layout.twins == "none":
            return fields
        if layout.twins == "after":
            return fields + twins
        return [cell for pair in zip(fields, twins) for cell in pair]

    names = [name.encode() for name in layout.columns]
    header = in_order(names, [TWIN.encode() + name for name in names])
    lines = [b",".join(map(_quoted, header)) + layout.newline]
    for row in rows:
        cells = [row.get(name, b"") for name in layout.columns]
        fields = [cell if isinstance(cell, bytes) else b"\n".join(cell) for cell in cells]
        lines.append(_line(in_order(fields, [_twin(cell) for cell in cells]), layout))
    return b"".join(lines)


def write_bodies(
    rows: Sequence[EventRow],
    rows_per_chunk: int,
    layout: Layout = Layout(),
    final: str = "rows",
) -> list[bytes]:
    """The bodies of a whole search. The last body contains `rows`, only a `header`, or
    `nothing`."""
    starts = range(0, len(rows), rows_per_chunk)
    bodies = [write_body(rows[start : start + rows_per_chunk], layout) for start in starts]
    if final == "header":
        bodies.append(write_body([], layout))
    elif final == "nothing" or not bodies:
        bodies.append(b"")
    return bodies


_CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)')


def _lines(text: str) -> Iterator[list[str]]:
    # Splunk's SDK ends lines with \r\n, so Splunk accepts that, too. All lines end the same way.
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    position = 0
    cells: list[str] = []
    while position < len(text):
        match = _CELL.match(text, position)
        assert match is not None  # the pattern matches an empty cell anywhere
        quoted, bare = match.groups()
        cells.append(bare if quoted is None else quoted.replace('""', '"'))
        position = match.end()
        if text.startswith(",", position):
            position += 1
            continue
        if not text.startswith(newline, position):
            end = text[position : position + 2]
            raise BodyError(f"a cell ends in {end!r}, not in a comma or {newline!r}")
        position += len(newline)
        yield cells
        cells = []
    if cells:
        raise BodyError("the last row has no newline")


_TWIN_VALUE = re.compile(r"\$([^$]*(?:\$\$[^$]*)*)\$(?:;(?=\$)|\Z)")


def _values_of_twin(name: str, twin: str) -> list[str]:
    values = []
    position = 0
    while position < len(twin):
        match = _TWIN_VALUE.match(twin, position)
        if match is None:
            raise BodyError(f"the multivalue twin of {name} is malformed: {twin[:200]!r}")
        values.append(match.group(1).replace("$$", "$"))
        position = match.end()
    return values


def _fold_twins(cells: dict[str, str]) -> Row:
    row: Row = {name: text for name, text in cells.items() if not name.startswith(TWIN)}
    for name, twin in cells.items():
        if not name.startswith(TWIN) or not twin:
            continue
        field = name[len(TWIN) :]
        values = _values_of_twin(field, twin)
        if len(values) < 2:
            raise BodyError(f"{field} has a twin for {len(values)} value")
        if row[field] != "\n".join(values):
            raise BodyError(f"{field} is not the values of its twin, one a line")
        row[field] = values
    return row


def read_body(body: bytes) -> tuple[list[str], list[Row]]:
    """The column names without multivalue twins, and the rows; a multivalue field is a list."""
    if not body:
        return [], []
    lines = list(_lines(body.decode("utf-8")))
    header = lines[0]
    if len(set(header)) != len(header):
        raise BodyError(f"a column appears twice in the header {header}")
    columns = [name for name in header if not name.startswith(TWIN)]
    for name in header:
        if name.startswith(TWIN) and name[len(TWIN) :] not in columns:
            raise BodyError(f"{name} is the twin of no column")
    for number, cells in enumerate(lines[1:], 1):
        if len(cells) != len(header):
            raise BodyError(f"row {number} has {len(cells)} cells, the header {len(header)}")
    return columns, [_fold_twins(dict(zip(header, cells))) for cells in lines[1:]]

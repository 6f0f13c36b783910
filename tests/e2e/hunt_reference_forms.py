"""How the reference of `mode=hunt` unwraps records from the forms in which they are delivered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from volume_reference import (
    _first_of_each,
    _in_text,
    _is_record,
    _read_json,
    _refuse_constant,
    _Unknown,
    _Unreadable,
)


class _Record(dict[str, Any]):
    """A JSON object that keeps its own text."""

    json_text: str = ""


class _RecordDecoder(json.JSONDecoder):
    """Reads JSON like volume mode's reference, and keeps the text of each object."""

    def __init__(self) -> None:
        super().__init__(
            object_pairs_hook=lambda pairs: _Record(_first_of_each(pairs)),
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
        read = self.parse_object

        def read_with_text(text_and_start: tuple[str, int], *more: Any) -> tuple[_Record, int]:
            text, start = text_and_start  # after the brace
            record, end = read(text_and_start, *more)
            record.json_text = text[start - 1 : end]
            return record, end

        self.parse_object = read_with_text
        # The scanner written in C never calls parse_object.
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]


_RECORD_DECODER = _RecordDecoder()


def _decode(text: str) -> Any:
    try:
        return _RECORD_DECODER.decode(text)
    except ValueError as error:
        raise _Unreadable(str(error)) from None


Found = tuple[dict[str, Any], str, str | None] | _Unreadable | _Unknown


def records_of(row_time: str | None, raw: bytes) -> Iterator[Found]:
    """The record, its text and its row's time, for each record of an event."""
    text = raw.decode("utf-8-sig", "replace")
    try:
        document = _read_json(text)
    except _Unreadable as why:
        yield why
        return
    if isinstance(document, dict) and _is_record(document):
        yield document, text.strip(" \t\r\n"), row_time
        return
    for found in _in_text(text, row_time, _decode):
        yield _with_text(*found) if isinstance(found, tuple) else found


def _with_text(record: dict[str, Any], row_time: str | None) -> Found:
    return record, record.json_text, row_time  # type: ignore[attr-defined]

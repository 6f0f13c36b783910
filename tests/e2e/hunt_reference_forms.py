"""The forms in which records are delivered, as the reference of `mode=hunt` unwraps them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Optional, Union

from volume_reference import _first_of_each, _list_of, _read_document, _refuse_constant, _text
from volume_reference import _Unreadable


class _Record(dict[str, Any]):
    """A JSON object that knows its own text."""

    json_text: str = ""


class _RecordDecoder(json.JSONDecoder):
    """Reads as volume's reference does, and keeps the text of each object."""

    def __init__(self) -> None:
        super().__init__(
            object_pairs_hook=lambda pairs: _Record(_first_of_each(pairs)),
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
        read = self.parse_object

        def read_with_text(text_and_start: tuple[str, int], *more: Any) -> tuple[_Record, int]:
            text, start = text_and_start  # behind the brace
            record, end = read(text_and_start, *more)
            record.json_text = text[start - 1 : end]
            return record, end

        self.parse_object = read_with_text
        # The one in C calls no parse_object.
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]


_RECORD_DECODER = _RecordDecoder()


def _is_record(document: dict[str, Any]) -> bool:
    return bool(_text(document.get("eventSource")) or _text(document.get("eventName")))


Found = Union[tuple[dict[str, Any], str, Optional[str]], None, _Unreadable]


def records_of(row_time: Optional[str], raw: bytes) -> Iterator[Found]:
    """For each record of an event: the record, its text and its row's time; None where it is a
    readable something else."""
    text = raw.decode("utf-8-sig", "replace")
    try:
        document = _read_document(text)
        if _is_record(document):
            yield document, text.strip(" \t\r\n"), row_time
            return
        document = _RECORD_DECODER.decode(text)
    except _Unreadable as why:
        yield why
        return
    members = _list_of(document)
    for member in [document] if members is None else members:
        try:
            yield _record_in(member)
        except _Unreadable as why:
            yield why


def _record_in(document: Any) -> Found:
    """A record in an envelope, where a row's time is not the record's."""
    if not isinstance(document, dict):
        raise _Unreadable("no object")
    if _list_of(document) is not None:
        raise _Unreadable("a list within a list")
    if _is_record(document):
        return document, document.json_text, None  # type: ignore[attr-defined]
    if isinstance(document.get("detail"), dict):
        return document["detail"], document["detail"].json_text, None
    text = _text(document.get("CloudTrailEvent"))
    if text is None:
        return None
    return _read_document(text), text.strip(" \t\r\n"), None

"""Crafted bytes for the readers of JSON, CSV, gzip and zstd."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable

from cost_records import call, lines
from cost_requests import body_of_events, search
from measured_cost import UNREADABLE, CraftedInput, Input

_UNPACKED = float("inf")  # compressed data costs what it unpacks to
_LEVELS = 4  # of envelopes and of compression that the program opens


def _repeated(unit: bytes, before: bytes = b"", after: bytes = b"\n") -> Callable[[int], Input]:
    return lambda count: Input(before + unit * count + after)


def _ordinary(count: int) -> Input:
    return Input(lines(call(at) for at in range(count)))


def _damaged_then_whole(count: int) -> Input:
    return Input(b"".join(call(at)[:-1] + b"," + call(at) for at in range(count)) + b"\n")


def _held_records(count: int) -> Input:
    """One record that holds others in an array."""
    held = [json.loads(call(at)) for at in range(count)]
    return Input(call(0, requestParameters={"a": held}) + b"\n")


def _damaged_elements(count: int) -> Input:
    """Elements of a list that are cut off inside an array, so that each holds those after it."""
    element = b'{"eventVersion":"1.09","a":[{"b":1},'
    return Input(b'{"Records":[' + element * count + b"]}\n")


def _turns_of_elements(count: int) -> Input:
    """The same, but in turns with whole ones that begin with the same key."""
    return Input(b'{"Records":[' + b'{"k":[1,{"k":2},' * count + b"\n")


def _envelopes(count: int) -> Input:
    """Records in envelopes in envelopes, each of which is a string in the next."""
    text = call(0).decode()
    for _ in range(_LEVELS):
        text = json.dumps({"body": text})
    return Input(f"{text}\n".encode() * count)


def _log_lines(count: int) -> Input:
    """A delivery of CloudWatch Logs whose lines are small objects."""
    events = [{"id": str(at), "timestamp": at, "message": '{"a":{}}'} for at in range(count)]
    return Input(json.dumps({"logGroup": "a", "logEvents": events}).encode() + b"\n")


def _pushed(count: int) -> Input:
    inner = base64.b64encode(b'{"a":1}' * count).decode()
    return Input(json.dumps({"message": {"data": inner}}).encode() + b"\n")


def _zeros(count: int) -> Input:
    return Input(gzip.compress((bytes(999) + b"\n") * count, mtime=0))


def _members(count: int) -> Input:
    """A gzip file of many members, most of which are empty."""
    return Input(gzip.compress(b"", mtime=0) * count + gzip.compress(call(0) + b"\n", mtime=0))


def _layers(count: int) -> Input:
    data = call(0) + b"\n" + b" " * count
    for _ in range(_LEVELS):
        data = gzip.compress(data, mtime=0)
    return Input(data)


def _search(body_of: Callable[[int], bytes], *args: str) -> Callable[[int], Input]:
    return lambda count: Input(search(["mode=hunt", "min_risk=0", *args], [body_of(count)]))


def _columns(count: int) -> bytes:
    """Many small chunks with as many columns as are allowed."""
    names = b",".join(b'"c%d"' % at for at in range(count))
    return b'"_time","_raw",' + names + b"\n"


def _chunks_of_columns(count: int) -> Input:
    return Input(search(["mode=hunt"], [_columns(9_900)] * count))


_SEARCH: tuple[str, ...] = ()

INPUTS = [
    CraftedInput("ordinary records, for comparison", _ordinary, 1_500),
    *(
        CraftedInput(f"JSON: {name}", _repeated(unit, before), size, exit_code=UNREADABLE)
        for name, unit, before, size in (
            ("objects that are damaged in arrays that never end", b'{"a":[x', b"", 5_000),
            ("opening brackets", b"[", b"", 20_000),
            ("closing brackets", b"]}", b"", 20_000),
            ("objects that never end", b'{"a":', b"", 20_000),
            ("lists of records that never end", b'{"Records":[', b"", 10_000),
            ("strings that the end of a line cuts off", b'{"a":"b\n', b"", 5_000),
            ("lines that begin inside an object", b'{"a":1,\n', b"", 10_000),
            ("an array of empty objects", b"{},", b"[", 10_000),
            ("objects without anything between them", b'{"a":1}', b"", 5_000),
            ("objects in a list that is cut off", b'{"a":[},{"b":1},', b'{"Records":[', 3_000),
            ("bytes that are not UTF-8", b"\x80", b'{"a":1}x', 20_000),
            ("blanks in an object", b" ", b'{"a":1', 50_000),
            ("escapes in a string", b"\\u0022", b'{"a":"', 20_000),
        )
    ),
    CraftedInput(
        "JSON: records that are damaged, each before a whole one",
        _damaged_then_whole,
        200,
        exit_code=UNREADABLE,
    ),
    CraftedInput(
        "JSON: records in an array of another record", _held_records, 500, exit_code=UNREADABLE
    ),
    CraftedInput(
        "JSON: elements of a list that are cut off in an array",
        _damaged_elements,
        3_000,
        exit_code=UNREADABLE,
    ),
    CraftedInput(
        "JSON: elements that are cut off in an array, in turns with whole ones",
        _turns_of_elements,
        10_000,
        exit_code=UNREADABLE,
    ),
    CraftedInput("envelopes: four around each record", _envelopes, 50),
    CraftedInput(
        "envelopes: a delivery of small log lines", _log_lines, 1_000, exit_code=UNREADABLE
    ),
    CraftedInput("envelopes: small objects in base64", _pushed, 5_000, exit_code=UNREADABLE),
    CraftedInput(
        "gzip: lines of zeros", _zeros, 500, exit_code=UNREADABLE, most_per_byte=_UNPACKED
    ),
    CraftedInput("gzip: empty members", _members, 2_000),
    CraftedInput("gzip: four layers", _layers, 500_000, most_per_byte=_UNPACKED),
    CraftedInput("CSV: chunks with 9,902 columns", _chunks_of_columns, 2, _SEARCH),
    CraftedInput(
        "CSV: a cell of quotes",
        _search(lambda count: b'_time,_raw\n1,"' + b'""' * count + b'"\n'),
        50_000,
        _SEARCH,
    ),
    CraftedInput(
        "CSV: quotes in cells without quotes",
        _search(lambda count: b"_time,_raw\n" + b'1,x"{"\n' * count),
        5_000,
        _SEARCH,
    ),
    CraftedInput(
        "CSV: records that are damaged",
        _search(lambda count: body_of_events([call(at)[:-9] for at in range(count)])),
        300,
        _SEARCH,
    ),
]

"""The forms in which the same records reach the program: in rows of a search, and in files.

All forms are assembled as bytes, so that a record keeps its own white space, escapes and bytes.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable, Sequence

from chunk_body import EventRow

Record = bytes
Wrap = Callable[[Sequence[Record]], list[bytes]]  # converts records to the `_raw` fields of rows
WriteFile = Callable[[Sequence[Record]], bytes]


def as_text(raw: bytes) -> str:
    """A JSON string that contains the record."""
    return json.dumps(raw.decode("utf-8", "replace"), ensure_ascii=False)


def delivery(raw: Record) -> bytes:
    """The record as EventBridge delivers it."""
    head = b'{"version":"0","detail-type":"AWS API Call via CloudTrail",'
    return head + b'"time":"2030-01-01T00:00:00Z","detail":' + raw + b"}"


def lookup_item(raw: Record) -> bytes:
    """The record as `aws cloudtrail lookup-events` prints it."""
    head = '{"EventId":"0","EventName":"x","EventTime":"2030-01-01T00:00:00Z","Resources":[],'
    return (head + '"CloudTrailEvent":' + as_text(raw) + ',"Username":"x"}').encode()


def in_tens(records: Sequence[Record], before: bytes, after: bytes) -> list[bytes]:
    starts = range(0, len(records), 10)
    return [before + b",".join(records[start : start + 10]) + after for start in starts]


ENVELOPES: dict[str, Wrap] = {
    "as such": list,
    "EventBridge": lambda records: [delivery(record) for record in records],
    "lookup-events items": lambda records: [lookup_item(record) for record in records],
    "Records": lambda records: in_tens(records, b'{"Records":[', b"]}"),
    "Records among other keys": lambda records: in_tens(
        records, b'{ "a" : {"Records":[{}]} , "Records" :\n [ ', b'\n] , "b":[1,"]"]}\n'
    ),
    "Events": lambda records: in_tens(
        [lookup_item(record) for record in records], b'{"Events":[', b'],"NextToken":"x"}'
    ),
    "Records of EventBridge": lambda records: in_tens(
        [delivery(record) for record in records], b'{"Records":[', b"]}"
    ),
}


def pretty(raw: Record) -> bytes:
    return json.dumps(json.loads(raw), indent=4, ensure_ascii=False).encode()


def without_newlines(raw: Record) -> bytes:
    """In JSON text, newlines occur only between values."""
    return raw.replace(b"\r", b" ").replace(b"\n", b" ")


FILES: dict[str, WriteFile] = {
    "array": lambda records: b"[" + b",".join(records) + b"]",
    "array, a line each": lambda records: b"[\n  " + b",\n  ".join(records) + b"\n]\n",
    "Records": lambda records: b'{"Records":[' + b",".join(records) + b"]}",
    "Records among other keys": lambda records: (
        b'{\r\n"x" : [ {"Records":[]} ],\r\n"Records" : [\r\n'
        + b",\r\n".join(records)
        + b'\r\n],\r\n"y" : {}\r\n}\r\n'
    ),
    "Events": lambda records: (
        b'{"Events":[' + b",".join(lookup_item(record) for record in records) + b"]}"
    ),
    "Records after Records": lambda records: b"\n".join(
        b'{"Records":[' + record + b"]}" for record in records
    ),
    "array of EventBridge": lambda records: (
        b"[" + b",".join(delivery(record) for record in records) + b"]"
    ),
    "on end": lambda records: b"".join(without_newlines(record) for record in records),
    "lines": lambda records: b"".join(without_newlines(record) + b"\n" for record in records),
    "lines of Windows": lambda records: b"\r\n\r\n".join(map(without_newlines, records)),
    "lines of lookup-events items": lambda records: b"\n".join(map(lookup_item, records)),
}

# These forms reformat the record, so they are only for records that may be rewritten.
PRETTY_FILES: dict[str, WriteFile] = {
    "on end, pretty": lambda records: b"\n".join(map(pretty, records)),
    "on end, pretty, no line between": lambda records: b"".join(map(pretty, records)),
    "array, pretty": lambda records: b"[\n" + b",\n".join(map(pretty, records)) + b"\n]\n",
    "Records, pretty": lambda records: pretty(b'{"Records":[' + b",".join(records) + b"]}"),
}


def one_member(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


def many_members(data: bytes) -> bytes:
    """Gzip members of different sizes, one of them empty, so that records cross their
    boundaries."""
    cuts = [0, 1, 2, len(data) // 3, len(data) // 3, len(data) * 2 // 3, len(data)]
    return b"".join(one_member(data[start:end]) for start, end in itertools.pairwise(cuts))


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": one_member,
    "gzip of many members": many_members,
}


FIELDS = [
    *("eventTime", "eventSource", "eventName", "errorCode", "sourceIPAddress", "awsRegion"),
    *("userIdentity.type", "userIdentity.arn", "userIdentity.principalId"),
    *("eventCategory", "userIdentity.onBehalfOf.userId"),
]


def _first_of_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return dict(reversed(pairs))


def _value_at(record: object, path: str) -> object:
    """The value at the path. An empty list gives no column, so it stands for a missing value."""
    for key in path.split("."):
        record = record.get(key, []) if isinstance(record, dict) else []
    return record


def values_at_fields(raw: Record) -> dict[str, object]:
    record = json.loads(
        raw.decode("utf-8", "replace"),
        object_pairs_hook=_first_of_each,
        parse_int=str,
        parse_float=str,
    )
    return {path: _value_at(record, path) for path in FIELDS}


def as_fields(raw: Record, *, success: str = "", doubled: bool = False) -> EventRow:
    """The columns that Splunk extracts from a record; objects and lists give no column.

    `success` is the errorCode that the Splunk Add-on for AWS writes if there is none. Values are
    doubled if Splunk extracts them both at index time and at search time.
    """
    row: dict[str, bytes] = {"errorCode": success.encode()}
    for path, value in values_at_fields(raw).items():
        if isinstance(value, bool):
            row[path] = b"true" if value else b"false"
        elif isinstance(value, str) and value:
            row[path] = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    return {path: [value, value] if doubled else value for path, value in row.items()}

"""The standard input of the search command for a whole search, as splunkd writes it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
from chunk_body import EventRow, Layout, write_body
from splunkd import execute, frame, getinfo

_TIME = b"1709640000"
_PARTIAL = "cloudhijack_partial"


def search(args: Sequence[str], bodies: Sequence[bytes]) -> bytes:
    """All requests: the program answers each before it reads the next."""
    requests = [frame(getinfo(args))]
    requests += [frame(execute(at == len(bodies)), body) for at, body in enumerate(bodies, 1)]
    return b"".join(requests)


def body_of_events(records: Sequence[bytes]) -> bytes:
    rows: list[EventRow] = [{"_time": _TIME, "_raw": record} for record in records]
    return write_body(rows)


def body_of_documents(documents: Sequence[str]) -> bytes:
    """Rows with partial documents, as they arrive from search peers."""
    rows: list[EventRow] = [{"_time": _TIME, _PARTIAL: each.encode()} for each in documents]
    return write_body(rows, Layout(columns=("_time", "_raw", _PARTIAL)))

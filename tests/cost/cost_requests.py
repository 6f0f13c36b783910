"""The standard input of the search command for a whole search, as splunkd and peers write it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from cost_records import call

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
from chunk_body import EventRow, Layout, write_body
from program_under_test import program
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


@cache
def _header(mode: str) -> dict[str, object]:
    """The header of the program's own documents in a mode, from a state."""
    state = subprocess.run(
        [*program(), "scan", "--mode", mode, "--partial", "-"],
        input=call(0),
        check=True,
        capture_output=True,
    )
    document = json.loads(state.stdout.splitlines()[0])
    return {key: document[key] for key in ("cloudhijack", "catalogue", "host", "mode")}


def document(mode: str, host: str, texts: Sequence[str], **lists: list[list[int]]) -> str:
    """A partial document as a search peer could forge it."""
    header = {**_header(mode), "host": host}
    tally = [[1, 1, 1] + [0] * 7 + [1] + [0] * 8]
    made = {**header, "texts": list(texts), **lists, "tally": tally}
    return json.dumps(made, separators=(",", ":"))

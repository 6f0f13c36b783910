"""Partial rows of more groups than a test could reasonably make events for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from chunk_body import EventRow, Layout, write_body
from cluster import PARTIAL
from splunkd import run_search


def many_groups(argv: Sequence[str], count: int, peers: int = 24) -> Iterator[bytes]:
    """Bodies of partial rows with this many groups; each group comes from one of the peers."""
    [catalogue] = re.findall(r"\w+\Z", str(run_search(argv).getinfo["streaming_preop"]))
    per_document = 250
    rows: list[EventRow] = []
    for number, first in enumerate(range(0, count, per_document)):
        ids = range(first, min(first + per_document, count))
        texts = [f"arn:aws:iam::111122223333:user/u{i}" for i in ids]
        texts += ["IAMUser", "us-east-1", "2001:db8::1"]
        kind = len(texts) - 3
        groups = [[0, 1, at, kind, kind + 1, 101, 0, 1, kind + 2] for at in range(len(ids))]
        document = {
            "cloudhijack": 6,
            "catalogue": catalogue,
            "host": f"idx{number % peers}",
            "mode": "volume 3600s",
            "texts": texts,
            "groups": groups,
            "tally": [[101 * len(ids)] * 3 + [0] * 7 + [1] + [0] * 6 + [0] * 2],
        }
        rows.append({"_time": b"1", PARTIAL: json.dumps(document, separators=(",", ":")).encode()})
        if len(rows) == 500:
            yield write_body(rows, Layout(("_time", "_raw", PARTIAL)))
            rows = []
    yield write_body(rows, Layout(("_time", "_raw", PARTIAL)))

"""Check that two programs give the same answers, byte for byte. Usage:

same_answers.py OLD NEW

Run this after a change that must not change any answer. Both programs read the vectors of
tests/data, generated days and awkward events, the real records beside the project, the histories
for hunt mode over 50 random topologies of map and reduce, and all of it as files in every format of
`scan`. The script prints what it compared; at the first difference it exits with code 1.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("CLOUDHIJACK", os.path.abspath(sys.argv[-1]))  # the imports below read it

from answer_checks import as_rows
from awkward_events import awkward_events
from chunk_body import write_bodies
from cloudtrail_day import cloudtrail_day
from cluster import run_cluster
from event_forms import as_fields
from hunt_histories import histories
from splunkd import execute, frame, getinfo
from test_cluster import CHUNK_SIZES, random_peers, searches
from test_real_records import RECORDS
from test_vectors import VECTORS, normalised

MODES = (["mode=volume"], ["mode=volume", "ses_threshold=0", "sns_threshold=0"], ["mode=hunt"])
MODES += (["mode=hunt", "min_risk=0"], ["mode=baseline"], ["mode=coverage"])
MAP_OPTIONS = "phase=map", "input=raw"


class Case(NamedTuple):
    name: str
    argv: Sequence[str]
    stdin: bytes = b""


def conversation(args: Sequence[str], bodies: Sequence[bytes]) -> bytes:
    requests = [frame(getinfo(args))]
    for number, body in enumerate(bodies, 1):
        requests.append(frame(execute(number == len(bodies)), body))
    return b"".join(requests)


def streams() -> Iterator[tuple[str, list[tuple[object, bytes]]]]:
    for seed in (1, 2):
        yield f"day {seed}", list(cloudtrail_day(seed, background=4000).events)
    for seed in range(12):
        yield f"awkward events {seed}", list(awkward_events(seed, 300))
    for seed in range(12):
        yield f"histories {seed}", [event for one in histories(seed, 20) for event in one]
    for path in sorted(RECORDS.glob("*/*.json")):
        document = json.loads(path.read_bytes())
        records = document["Records"] if isinstance(document, dict) else document
        yield path.name, [(None, json.dumps(record).encode()) for record in records]


def search_cases() -> Iterator[Case]:
    for path in sorted(VECTORS.glob("*.scp")):
        yield Case(f"vector {path.name}", [], path.read_bytes())
    for name, events in streams():
        bodies = write_bodies(as_rows(events), 700)
        for args in MODES:
            yield Case(f"{name}, {' '.join(args)}", [], conversation(args, bodies))
        for args in (["mode=volume", "span=3600s"], ["mode=hunt"], ["mode=coverage"]):
            mapped = [MAP_OPTIONS[0], args[0], MAP_OPTIONS[1], *args[1:], "catalogue=0"]
            yield Case(f"{name}, map, {args[0]}", [], conversation(mapped, bodies))
        if name.startswith("day"):
            rows = [{**as_fields(raw), "_time": b"1709596800"} for _, raw in events[::20]]
            yield Case(
                f"{name}, input=fields",
                [],
                conversation(["input=fields", "sns_threshold=0"], write_bodies(rows, 100)),
            )


def scan_cases(folder: Path) -> Iterator[Case]:
    """Each stream as JSON lines and as one list, with a part of each file damaged."""
    for number, (name, events) in enumerate(streams()):
        records = [raw for _, raw in events]
        lines = b"\n".join(record.replace(b"\n", b" ") for record in records)
        damaged = bytearray(lines)
        rng = random.Random(name)
        for _ in range(20 if damaged else 0):
            damaged[rng.randrange(len(damaged))] = rng.choice(b'{}[]",:\\x\n')
        for form, text in (
            ("lines", lines),
            ("list", b'{"Records":[' + b",".join(records) + b"]}"),
            ("damaged", bytes(damaged)),
        ):
            path = folder / f"{number}-{form}.json"
            path.write_bytes(text)
            for mode in ("volume", "hunt", "baseline", "coverage"):
                format = {"volume": "table", "hunt": "ndjson"}.get(mode, "csv")
                for threads in ("1", "2"):
                    argv = ["scan", "--mode", mode, "--format", format, "--threads", threads]
                    yield Case(f"scan of {path.name} ({name}), {mode}", [*argv, str(path)])


def answer(program: str, case: Case) -> bytes:
    done = subprocess.run([program, *case.argv], input=case.stdin, capture_output=True)
    text = done.stdout if case.argv else normalised(done.stdout)
    return b"%d\n%s\n%s" % (done.returncode, text, done.stderr)


def compare_topologies(programs: Sequence[str], count: int) -> int:
    rows = 0
    for seed in range(count):
        args, events, layout = searches(seed)
        bodies = []
        for program in programs:
            rng = random.Random(f"topology {seed}")
            peers = random_peers(rng, events, layout)
            size = rng.choice(CHUNK_SIZES[2:])
            found, traffic, body = run_cluster(
                [program], args, peers, seed=seed, rows_per_chunk=size
            )
            documents = hashlib.sha256("".join(sorted(map(steady, traffic.documents))).encode())
            bodies.append((body, [*found.messages], documents.hexdigest()))
        if bodies[0] != bodies[1]:
            sys.exit(f"topology {seed} ({' '.join(args)}): the answers differ")
        rows += bodies[0][0].count(b"\n")
    return rows


_TALLY = re.compile(r'("+tally"+:\[\[)([0-9,]*)')
_LENGTHS = re.compile(r"chunked 1\.0,[0-9]+,[0-9]+")


def steady(text: str) -> str:
    """Partial documents, or replies that contain some, without times and without lengths that
    depend on them. In a tally the first eight numbers are counts; bytes and microseconds follow."""
    text = _TALLY.sub(lambda tally: tally[1] + ",".join(tally[2].split(",")[:8]), text)
    return _LENGTHS.sub("chunked 1.0", text)


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    programs = [os.path.abspath(path) for path in sys.argv[1:]]
    compared = size = 0
    with tempfile.TemporaryDirectory() as folder:
        for cases in (search_cases(), scan_cases(Path(folder))):
            for case in cases:
                if "map" in case.name.split(", "):
                    old, new = (steady(answer(p, case).decode(errors="replace")) for p in programs)
                    same = old == new
                    size += len(new)
                else:
                    old_bytes, new_bytes = (answer(program, case) for program in programs)
                    same = old_bytes == new_bytes
                    size += len(new_bytes)
                compared += 1
                if not same:
                    sys.exit(f"{case.name}: the answers differ ({' '.join(case.argv)})")
    rows = compare_topologies(programs, 50)
    print(f"the same: {compared} searches and scans, {size} bytes; 50 topologies, {rows} rows")


if __name__ == "__main__":
    main()

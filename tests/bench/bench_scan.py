"""Compares the command line with databases that read the same lines, and with decompression
alone."""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
from pathlib import Path

import sql
from bench_data import events
from timing import Run, Timing, run, same

RECORDS_PER_FILE = 2_000


def scan(timing: Timing) -> None:
    lines = events(2_000 if timing.small else 100_000, 0.5 if timing.small else 0.05, 6)
    _lines_of_json(timing, lines)
    _packed_files(timing, lines)


def _run_scan(timing: Timing, path: Path) -> Run:
    args = ["scan", "--format=ndjson", "--span=1d", "--threads=2", str(path)]
    return run([timing.program, *args], stderr=subprocess.DEVNULL)


def _lines_of_json(timing: Timing, lines: list[bytes]) -> None:
    path = timing.folder / "lines.ndjson"
    with path.open("wb") as file:
        for _ in range(1 if timing.small else 9):
            file.write(b"\n".join(lines) + b"\n")
    rows = [json.loads(line) for line in _run_scan(timing, path).output.splitlines()]
    ours = {(row["CallerARN"], row["EventCount"]) for row in rows}
    size = path.stat().st_size / 1e9
    for database, query, reach in (
        (sql.DUCKDB, sql.duckdb_over_lines(path), "2"),
        (sql.CLICKHOUSE, sql.clickhouse_over_lines(path), "4"),
    ):
        same(database.name, ours, database.findings(query))
        theirs, seconds = timing.in_turns(
            lambda: database.run(query), lambda: _run_scan(timing, path)
        )
        timing.say(
            f"`scan` of {size:.1f} GB of lines, {database.name} on two threads",
            f"{theirs / seconds:.1f} times ({size / seconds:.1f} GB/s)",
            reach,
        )
    path.unlink()


def _packed_files(timing: Timing, lines: list[bytes]) -> None:
    folder = timing.folder / "packed"
    folder.mkdir()
    for number, begin in enumerate(range(0, len(lines), RECORDS_PER_FILE)):
        records = b",".join(lines[begin : begin + RECORDS_PER_FILE])
        packed = gzip.compress(b'{"Records":[' + records + b"]}", 6)
        for copy in range(2 if timing.small else 4):
            (folder / f"{number}-{copy}.json.gz").write_bytes(packed)
    files = sorted(map(str, folder.iterdir()))
    halves = [files[part::2] for part in range(2)]
    unpack = " & ".join(f"libdeflate-gunzip -c {shlex.join(half)} > /dev/null" for half in halves)
    alone, seconds = timing.in_turns(
        lambda: run(["sh", "-c", f"{unpack} & wait"]), lambda: _run_scan(timing, folder)
    )
    timing.say(
        "`scan` of gzipped files, against two of `libdeflate-gunzip`",
        f"{alone / seconds:.2f}",
        "0.8",
    )

"""Times the program against what people use in its place: ./package.sh bench

Each contender answers the same question over the same events and must give the same findings before
its time counts. Times are of whole processes, medians of several runs; ratios are within one run.
Writes tests/bench/results/<date>.md, and its table and picture in docs/. `--smoke` runs everything
small, once, for correctness alone.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import sql
from bench_data import (
    as_rows,
    azure_events,
    events,
    invocation_events,
    sendgrid_events,
    stream_of,
    twilio_events,
    write_stream,
)
from bench_scan import scan
from chunk_body import read_body, write_body
from many_groups import many_groups
from ocsf_records import as_ocsf
from peak_memory import measured
from published import publish
from timing import Timing, machine, run, same

HERE = Path(__file__).resolve().parent
DISPATCHER = HERE.parents[1] / "app/bin/cloudhijack.sh"
Findings = set[tuple[str, int]]  # who, and how many calls
Stream = list[Path]


class Bench(Timing):
    def stream(
        self, name: str, count: int, share: float, principals: int, args=(), **more
    ) -> Stream:
        count = 2_000 if self.small else count
        principals = min(principals, 50) if self.small else principals
        lines = events(count, share, principals)
        return stream_of(self.folder / name, lines, args, **more)

    # In a search

    def pipe_ratio(self, measure: str, reach: str, stream: Stream) -> None:
        answer = last_reply(self.search(stream).output)
        if answer.error:
            raise SystemExit(f"{measure}: {answer.error}")
        cat, ours = self.in_turns(
            lambda: run(["cat"], stream, keep=False), lambda: self.search(stream)
        )
        rate = sum(path.stat().st_size for path in stream) / ours / 1e9
        self.say(measure, f"{cat / ours:.2f} ({rate:.2f} GB/s)", reach)

    def pipes(self) -> None:
        times = 1 if self.small else 6
        hunt = ["mode=hunt"]
        map_ = ["phase=map", "mode=volume", "input=raw", "span=3600s", "catalogue=x"]
        for measure, reach, share, principals, args in (
            ("volume, 5 % relevant", "0.85", 0.05, 300, []),
            ("hunt, 5 % relevant", "0.75", 0.05, 300, hunt),
            # 300 principals in each of 24 hours.
            ("volume, 90 % relevant, 7,200 groups", "0.70", 0.9, 300, []),
            ("hunt, 90 % relevant, 3,000 principals", "0.45", 0.9, 3_000, hunt),
            ("map phase, 5 % relevant", "0.80", 0.05, 300, map_),
        ):
            stream = self.stream("pipe", 100_000, share, principals, args, times=times)
            self.pipe_ratio(f"against `cat`: {measure}", reach, stream)
        stream = self.stream("wide", 50_000, 0.05, 300, columns=200, times=min(times, 4))
        self.pipe_ratio("against `cat`: volume, 200 more columns with twins", "0.60", stream)

    def logs(self) -> None:
        """The other logs, all of whose records are of calls that count."""
        count = 2_000 if self.small else 100_000
        for name, lines in (
            ("Azure OpenAI", azure_events(count)),
            ("SendGrid", sendgrid_events(count)),
            ("Twilio", twilio_events(count)),
            ("Bedrock's invocation log", invocation_events(count)),
            ("Security Lake", [as_ocsf(line) for line in events(count, 1.0, 300)]),
        ):
            for mode in ("volume", "hunt"):
                args = [f"mode={mode}"]
                stream = stream_of(self.folder / "log", lines, args, times=1 if self.small else 3)
                (seconds,) = self.in_turns(lambda: self.search(stream))
                rate = sum(path.stat().st_size for path in stream) / seconds / 1e9
                self.say(f"{mode}, {name} alone", f"{rate:.2f} GB/s", "0.3 GB/s")

    # Others

    def others(self) -> None:
        lines = events(2_000 if self.small else 100_000, 0.5 if self.small else 0.05, 6)
        stream = [self.folder / "others.scp"]
        write_stream(stream[0], lines, [])
        ours = findings_of_search(self.search(stream).output)

        sdk = [sys.executable, str(HERE / "sdk_command.py")]
        same("the Splunk SDK", ours, findings_of_search(run(sdk, stream).output))
        python, fast = self.in_turns(lambda: run(sdk, stream), lambda: self.search(stream))
        self.say("against a Python command on the Splunk SDK", f"{python / fast:.0f} times", "60")

        export = self.folder / "export.csv"
        rows, layout = as_rows(lines)
        export.write_bytes(write_body(rows, dataclasses.replace(layout, twins="none")))
        for database, query in (
            (sql.DUCKDB, sql.duckdb_over_export(export)),
            (sql.CLICKHOUSE, sql.clickhouse_over_export(export)),
        ):
            same(database.name, ours, database.findings(query))
            slow, fast = self.in_turns(lambda: database.run(query), lambda: self.search(stream))
            measure = f"the same CSV export, {database.name} on two threads"
            self.say(measure, f"{slow / fast:.1f} times", "4")

    # Memory and start

    def peak(self, stream: Stream) -> str:
        """Resident at the peak of a search."""
        return self.time_and_peak(stream)[1]

    def time_and_peak(self, stream: Stream) -> tuple[float, str]:
        report = self.folder / "peak"
        seconds = run(measured([self.program], report), stream).seconds
        return seconds, f"{int(report.read_text()) / 2**20:.0f} MB"

    def memory(self) -> None:
        stream = self.stream("memory", 100_000, 0.5, 10_000)
        self.say("peak memory, volume, 10,000 principals", self.peak(stream), "16 MB")
        hunted = self.stream("memory", 240_000, 1.0, 1_000, ["mode=hunt"])
        measure = "peak memory, hunt, 1,000 principals, 10 calls an hour for a day"
        self.say(measure, self.peak(hunted), "48 MB")

    def start(self) -> None:
        stream = stream_of(self.folder / "getinfo", [], [])
        # The app's folder for programs, as far as a start needs it.
        dispatcher = self.folder / "bin/cloudhijack.sh"
        beside = dispatcher.parent / f"linux_{platform.machine()}"
        beside.mkdir(parents=True)
        shutil.copy2(DISPATCHER, dispatcher)
        shutil.copy2(self.program, beside / "cloudhijack")
        commands = (["true"], [self.program], [str(dispatcher)])
        empty, ours, dispatched = self.in_turns(
            *(lambda argv=argv: run(argv, stream) for argv in commands)
        )
        self.say(
            "start to answer, over an empty program", f"{(ours - empty) * 1000:.1f} ms", "5 ms"
        )
        added = f"{(dispatched - ours) * 1000:.1f} ms"
        self.say("what the app's dispatcher adds to a start", added, "3 ms")

    # How cost grows

    def cost(self, measure: str, what: str, count: int, stream: Stream) -> float:
        seconds, peak = self.time_and_peak(stream)
        if seconds < 60:  # what takes longer runs once
            (seconds,) = self.in_turns(lambda: self.search(stream))
        self.say(measure, f"{seconds * 1e9 / count:.0f} ns {what}, {peak}")
        return seconds / count

    def growth(self) -> None:
        for count in (2_000,) if self.small else (100_000, 1_000_000, 10_000_000, 100_000_000):
            stream = self.stream(
                "growth", min(count, 100_000), 0.05, 300, times=max(1, count // 100_000)
            )
            self.cost(f"{count:,} events", "an event", count, stream)
        first = last = 0.0
        for groups in (50,) if self.small else (1_000, 10_000, 100_000, 1_000_000):
            count = 2_000 if self.small else max(groups, 100_000)
            last = self.cost(
                f"{groups:,} groups", "an event", count, self.stream("growth", count, 1.0, groups)
            )
            first = first or last
        self.say("rate at the most groups, of that at the fewest", f"{first / last:.2f}", "0.33")
        for size in (7,) if self.small else (1, 100, 5_000, 50_000):
            # All are written ahead; in lockstep a reply would come for each.
            count = 2_000 if self.small else min(100_000, size * 20_000)
            stream = self.stream("growth", count, 0.05, 300, rows_per_chunk=size)
            self.cost(f"chunks of {size:,} rows", "an event", count, stream)

    def reduce(self) -> None:
        for peers, groups in (
            ((2, 500),)
            if self.small
            else (
                *((1, 100_000), (8, 100_000), (64, 100_000)),
                (24, 1_000_000),
            )
        ):
            bodies = many_groups([self.program], groups, peers)
            stream = stream_of(self.folder / "partial", [], ["min_score=6"], bodies=bodies)
            seconds = self.cost(f"{groups:,} groups from {peers} peers", "a group", groups, stream)
        self.say("reduce, groups a second", f"{1 / seconds / 1e6:.2f} million", "1 million")


class Reply(NamedTuple):
    error: str | None
    rows: list


def last_reply(output: bytes) -> Reply:
    position = 0
    found = Reply("no reply", [])
    rows: list = []
    while position < len(output):
        end = output.index(b"\n", position) + 1
        _, metadata_size, body_size = output[position:end].strip().split(b",")
        metadata = json.loads(output[end : end + int(metadata_size)])
        begin = end + int(metadata_size)
        position = begin + int(body_size)
        body = output[begin:position].replace(b"\r\n", b"\n")
        rows += read_body(body)[1] if body.strip() else []
        found = Reply(metadata.get("error"), rows)
    return found


def findings_of_search(output: bytes) -> Findings:
    reply = last_reply(output)
    if reply.error:
        raise SystemExit(reply.error)
    return {(str(row["CallerARN"]), int(str(row["EventCount"]))) for row in reply.rows}


def contenders() -> str:
    import chdb
    import duckdb

    return f"DuckDB {duckdb.__version__}, chdb {chdb.__version__}"


def main(arguments: Sequence[str]) -> int:
    small = "--smoke" in arguments
    paths = [argument for argument in arguments if not argument.startswith("--")]
    if len(paths) != 1:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(str(Path(paths[0]).resolve()), Path(folder), small)
        bench.pipes()
        bench.logs()
        bench.others()
        scan(bench)
        bench.memory()
        bench.start()
        bench.growth()
        bench.reduce()
    if small:
        print("All contenders agree.")
        return 0
    today = datetime.date.today().isoformat()
    table = [
        f"# {today}",
        "",
        f"{machine()}, {contenders()}. `./package.sh bench`; medians of {bench.runs} runs,"
        " ratios within one run; what takes over a minute ran once.",
        "",
        "| measure | figure | to reach |",
        "| --- | --- | --- |",
        *(f"| {row.measure} | {row.figure} | {row.reach} |" for row in bench.rows),
    ]
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / f"{today}.md").write_text("\n".join(table) + "\n", encoding="utf-8")
    publish()
    print(f"wrote {results / today}.md, and its table and picture for docs/performance.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

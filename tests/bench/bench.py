"""Times the program against what people use in its place: ./package.sh bench

Each contender answers the same question over the same events and must give the same findings before
its time counts. Times are of whole processes, medians of several runs; ratios are within one run.
Writes tests/bench/results/<date>.md. `--smoke` runs everything small, once, for correctness alone.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, NamedTuple, Optional, Sequence

from bench_data import as_rows, events, write_stream
from chunk_body import read_body, write_body
from peak_memory import measured

HERE = Path(__file__).resolve().parent
Findings = set[tuple[str, int]]  # who, and how many calls

SQL = """
select {arn} as who, count(*) as calls from {table}
where {filter} and {error} is null and (
  ({source} = 'bedrock.amazonaws.com' and {name} in
    ('InvokeModel', 'InvokeModelWithResponseStream', 'CreateModelInvocationJob'))
  or ({source} = 'ses.amazonaws.com' and {name} in
    ('SendEmail', 'SendRawEmail', 'SendBulkTemplatedEmail', 'SendBulkEmail'))
  or ({source} = 'sns.amazonaws.com' and {name} in ('Publish', 'PublishBatch')))
group by who, {source}, {region}
having count(*) > case {source} when 'bedrock.amazonaws.com' then 50
  when 'ses.amazonaws.com' then 100 else 200 end
"""
LIKE = " or ".join(f"{{raw}} like '%{name}%'" for name in ("InvokeModel", "Send", "Publish"))

DUCKDB = """
import duckdb, json, sys
duckdb.sql("set threads to 2")
for who, calls in duckdb.sql(sys.argv[1]).fetchall():
    print(json.dumps([who, calls]))
"""
CHDB = """
import chdb, json, sys
for line in str(chdb.query(sys.argv[1] + " settings max_threads = 2", "JSONCompactEachRow")).splitlines():
    who, calls = json.loads(line)
    print(json.dumps([who, int(calls)]))
"""


class Run(NamedTuple):
    seconds: float
    output: bytes


class Row(NamedTuple):
    measure: str
    figure: str
    reach: str


def run(argv: Sequence[str], stdin: Optional[Path] = None, pipe: bool = False, **more) -> Run:
    """One process; with `pipe`, `cat` brings it its input through a pipe."""
    source = None
    opened = stdin.open("rb") if stdin else subprocess.DEVNULL
    begin = time.perf_counter()
    if pipe:
        source = subprocess.Popen(["cat"], stdin=opened, stdout=subprocess.PIPE)
        opened = source.stdout
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(argv, stdin=opened, stdout=out, **more)
        if source is not None:
            source.stdout.close()
        process.wait()
        seconds = time.perf_counter() - begin
        if source is not None:
            source.wait()
        out.seek(0)
        output = out.read()
    if process.returncode != 0:
        raise SystemExit(f"{argv[0]} ended with {process.returncode}")
    return Run(seconds, output)


class Bench:
    def __init__(self, program: str, folder: Path, small: bool) -> None:
        self.program = program
        self.folder = folder
        self.small = small
        self.runs = 1 if small else 3
        self.rows: list[Row] = []

    def say(self, measure: str, figure: str, reach: str = "") -> None:
        self.rows.append(Row(measure, figure, reach))
        print(f"{measure}: {figure}", flush=True)

    def in_turns(self, *contenders: Callable[[], Run]) -> list[float]:
        """The median time of each; they run in turns, so that a slow minute is everyone's."""
        times: list[list[float]] = [[] for _ in contenders]
        for _ in range(self.runs):
            for contender, seconds in zip(contenders, times):
                seconds.append(contender().seconds)
        return [statistics.median(seconds) for seconds in times]

    # The program in a search

    def search(self, stream: Path) -> Run:
        return run([self.program], stream, pipe=True)

    def through_cat(self, stream: Path) -> Run:
        return run(["cat"], stream, pipe=True)

    def stream(self, name: str, count: int, share: float, principals: int, args=(), **more) -> Path:
        path = self.folder / name
        count = 2_000 if self.small else count
        principals = min(principals, 50) if self.small else principals
        write_stream(path, events(count, share, principals), args, **more)
        return path

    def pipe_ratio(self, measure: str, reach: str, stream: Path) -> None:
        answer = last_reply(self.search(stream).output)
        if answer.error:
            raise SystemExit(f"{measure}: {answer.error}")
        cat, ours = self.in_turns(
            lambda: self.through_cat(stream), lambda: self.search(stream)
        )
        rate = stream.stat().st_size / ours / 1e9
        self.say(measure, f"{cat / ours:.2f} ({rate:.2f} GB/s)", reach)

    def pipes(self) -> None:
        times = 1 if self.small else 6
        hunt = ["mode=hunt"]
        map_ = ["phase=map", "mode=volume", "input=raw", "span=3600s", "catalogue=x"]
        for measure, reach, share, principals, args in (
            ("volume, 5 % relevant", "0.85", 0.05, 300, []),
            ("hunt, 5 % relevant", "0.75", 0.05, 300, hunt),
            ("volume, 90 % relevant, 3,000 principals", "0.70", 0.9, 3_000, []),
            ("hunt, 90 % relevant, 3,000 principals", "0.45", 0.9, 3_000, hunt),
            ("map phase, 5 % relevant", "0.80", 0.05, 300, map_),
        ):
            stream = self.stream("pipe.scp", 100_000, share, principals, args, times=times)
            self.pipe_ratio(f"against `cat`: {measure}", reach, stream)
        stream = self.stream("wide.scp", 50_000, 0.05, 300, columns=200, times=min(times, 4))
        self.pipe_ratio("against `cat`: volume, 200 more columns with twins", "0.60", stream)

    # Others

    def others(self) -> None:
        count = 2_000 if self.small else 100_000
        lines = events(count, 0.5 if self.small else 0.05, 6)
        stream = self.folder / "others.scp"
        write_stream(stream, lines, [])
        ours = findings_of_search(self.search(stream).output)
        if not ours:
            raise SystemExit("the benchmark's events have no findings")

        sdk = [sys.executable, str(HERE / "sdk_command.py")]
        theirs = findings_of_search(run(sdk, stream, pipe=True).output)
        self.same("the Splunk SDK", ours, theirs)
        python, fast = self.in_turns(
            lambda: run(sdk, stream, pipe=True), lambda: self.search(stream)
        )
        self.say("against a Python command on the Splunk SDK", f"{python / fast:.0f} times", "60")

        export = self.folder / "export.csv"
        rows, layout = as_rows(lines)
        export.write_bytes(write_body(rows, dataclasses.replace(layout, twins="none")))
        self.sql_contenders(stream, export, ours)

    def sql_contenders(self, stream: Path, export: Path, ours: Findings) -> None:
        def fields(get: Callable[[str], str]) -> dict[str, str]:
            return {
                **{"arn": get("$.userIdentity.arn"), "error": get("$.errorCode")},
                **{"source": get("$.eventSource"), "name": get("$.eventName")},
                "region": get("$.awsRegion"),
            }

        duck = SQL.format(
            table=f"read_csv('{export}', header=true, all_varchar=true)",
            filter="(" + LIKE.format(raw="_raw") + ")",
            **fields(lambda path: f"json_extract_string(_raw, '{path}')"),
        )

        def click_path(path: str) -> str:
            keys = ", ".join(f"'{key}'" for key in path.split(".")[1:])
            return f"nullIf(JSONExtractString(_raw, {keys}), '')"

        click = SQL.format(
            table=f"file('{export}', 'CSVWithNames')",
            filter="(" + LIKE.format(raw="_raw") + ")",
            **fields(click_path),
        )
        for name, code, query in (("DuckDB", DUCKDB, duck), ("ClickHouse", CHDB, click)):
            argv = [sys.executable, "-c", code, query]
            theirs = {
                (who, calls) for who, calls in map(json.loads, run(argv).output.splitlines())
            }
            self.same(name, ours, theirs)
            slow, fast = self.in_turns(lambda: run(argv), lambda: self.search(stream))
            self.say(
                f"the same CSV export, {name} on two threads", f"{slow / fast:.1f} times", "4"
            )

    def same(self, name: str, ours: Findings, theirs: Findings) -> None:
        if ours != theirs:
            raise SystemExit(f"{name} finds {len(theirs)}, cloudhijack {len(ours)}")

    # Memory and start

    def peak(self, stream: Path) -> str:
        """Resident at the peak of a search."""
        report = self.folder / "peak"
        run(measured([self.program], report), stream, pipe=True)
        return f"{int(report.read_text()) / 2**20:.0f} MB"

    def memory(self) -> None:
        stream = self.stream("memory.scp", 100_000, 0.5, 10_000)
        self.say("peak memory, volume, 10,000 principals", self.peak(stream), "16 MB")
        hunted = self.stream("memory.scp", 240_000, 1.0, 1_000, ["mode=hunt"])
        measure = "peak memory, hunt, 1,000 principals, 10 calls an hour for a day"
        self.say(measure, self.peak(hunted), "48 MB")

    def start(self) -> None:
        stream = self.folder / "getinfo.scp"
        write_stream(stream, [], [])
        empty, ours = self.in_turns(
            *(lambda argv=argv: run(argv, stream) for argv in (["true"], [self.program]))
        )
        self.say("start to answer, over an empty program", f"{(ours - empty) * 1000:.1f} ms", "5 ms")

    # How cost grows

    def growth(self) -> None:
        for count in (2_000,) if self.small else (100_000, 1_000_000, 3_000_000):
            times = max(1, count // 100_000)
            made = min(count, 100_000)
            stream = self.stream("growth.scp", made, 0.05, 300, times=times)
            (seconds,) = self.in_turns(lambda: self.search(stream))
            figure = f"{seconds * 1e9 / count:.0f} ns each, {self.peak(stream)}"
            self.say(f"{count:,} events", figure)
            stream.unlink()
        for groups in (50,) if self.small else (1_000, 10_000, 100_000, 1_000_000):
            count = max(groups, 100_000)
            stream = self.stream("growth.scp", count, 1.0, groups)
            (seconds,) = self.in_turns(lambda: self.search(stream))
            figure = f"{seconds * 1e9 / count:.0f} ns an event, {self.peak(stream)}"
            self.say(f"{groups:,} groups", figure)
            stream.unlink()
        for size in (7,) if self.small else (1, 100, 5_000, 50_000):
            count = min(100_000, size * 20_000)
            stream = self.stream("growth.scp", count, 0.05, 300, rows_per_chunk=size)
            # In lockstep a reply comes for each; here all are written ahead.
            (seconds,) = self.in_turns(lambda: self.search(stream))
            self.say(f"chunks of {size:,} rows", f"{seconds * 1e9 / count:.0f} ns an event")


class Reply(NamedTuple):
    error: Optional[str]
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


def machine() -> str:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout
    import chdb
    import duckdb

    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} processors, kernel"
        f" {platform.release()}, GCC {compiler.strip()}, Python {platform.python_version()},"
        f" DuckDB {duckdb.__version__}, chdb {chdb.__version__}"
    )


def main() -> int:
    small = "--smoke" in sys.argv
    paths = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
    if len(paths) != 1:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(str(Path(paths[0]).resolve()), Path(folder), small)
        bench.pipes()
        bench.others()
        bench.memory()
        bench.start()
        bench.growth()
    if small:
        print("All contenders agree.")
        return 0
    today = datetime.date.today().isoformat()
    table = [
        f"# {today}",
        "",
        f"{machine()}. `./package.sh bench`; medians of {bench.runs} runs, ratios within one run.",
        "",
        "| measure | figure | to reach |",
        "| --- | --- | --- |",
        *(f"| {row.measure} | {row.figure} | {row.reach} |" for row in bench.rows),
    ]
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / f"{today}.md").write_text("\n".join(table) + "\n", encoding="utf-8")
    print(f"wrote {results / today}.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())

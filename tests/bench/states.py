"""Measures states: how a scan spreads over processes and Spark executors, what adding states costs,
and whether many of them give the right sums: ./package.sh bench --states

Writes tests/bench/results/states/<date>.md, and its table in docs/ten-terabytes.md. With `--smoke`
everything runs small, once, for correctness alone.
"""

from __future__ import annotations

import datetime
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench_data import calls_of_principals, events
from peak_memory import measured
from published import publish_states
from timing import Timing, machine, run

HERE = Path(__file__).resolve().parent
SPARK_TIMES = HERE.parent / "spark/spark_times.py"
RESULTS = HERE / "results/states"
PROCESSES = (1, 2, 4, 8)
HUNT = ["--mode=hunt"]
ROWS = ["--format=ndjson", "--min-risk=0"]
_START_OF_ID = re.compile(rb'"eventID":"..')
_COUNTED = re.compile(rb'"eventName":"(InvokeModel|SendEmail|Publish)"')


class States(Timing):
    def partial(self, paths: Sequence[str], state: Path) -> subprocess.Popen:
        """One scan on one thread that writes a state."""
        argv = [self.program, "scan", "--partial", *HUNT, "--threads=1", "-o", str(state), *paths]
        return subprocess.Popen(argv, stderr=subprocess.DEVNULL)

    def merged(self, states: Sequence[Path], *args: str) -> bytes:
        argv = [self.program, "merge", *args, *map(str, states)]
        return run(argv, stderr=subprocess.DEVNULL).output

    # Processes and executors

    def files(self) -> list[str]:
        """Gzipped files in the form in which CloudTrail delivers them."""
        folder = self.folder / "trails"
        folder.mkdir()
        copies, each = (1, 200) if self.small else (16, 2_000)
        lines = events(4_000 if self.small else 100_000, 0.05, 300)
        for number, begin in enumerate(range(0, len(lines), each)):
            records = b",".join(lines[begin : begin + each])
            for copy in range(copies):
                own = _START_OF_ID.sub(b'"eventID":"%02d' % copy, records)
                packed = gzip.compress(b'{"Records":[' + own + b"]}", 6)
                (folder / f"{number}-{copy}.json.gz").write_bytes(packed)
        return sorted(map(str, folder.iterdir()))

    def processes(self, files: Sequence[str]) -> None:
        """How long the same files take in one process and in several."""
        args = ["--threads=1", *HUNT, *ROWS]
        whole = run([self.program, "scan", *args, *files], stderr=subprocess.DEVNULL)
        packed = sum(Path(file).stat().st_size for file in files)
        self.say(
            f"one `scan` of {len(files)} files, {packed / 1e6:.0f} MB of gzip, on one thread",
            f"{whole.seconds:.1f} s, {packed / whole.seconds / 1e6:.0f} MB of gzip a second",
        )
        for count in PROCESSES:
            states = [self.folder / f"state-{number}" for number in range(count)]
            begin = time.perf_counter()
            scans = [self.partial(files[i::count], state) for i, state in enumerate(states)]
            if sum(scan.wait() for scan in scans):
                raise SystemExit("a scan of a part failed")
            middle = time.perf_counter()
            answer = self.merged(states, *ROWS)
            end = time.perf_counter()
            if answer != whole.output:
                raise SystemExit(f"{count} processes give another answer than one")
            sizes = sum(state.stat().st_size for state in states)
            self.say(
                f"`scan`, number of processes with a thread each: {count}, and `merge`",
                f"{middle - begin:.1f} + {end - middle:.2f} s, states of {sizes / 1e6:.1f} MB",
            )

    def executors(self) -> None:
        """How long Spark takes over the same files; its answers agree, or it ends with an error."""
        counts = map(str, PROCESSES[:1] if self.small else PROCESSES)
        argv = [sys.executable, "-B", str(SPARK_TIMES), self.program, str(self.folder / "trails")]
        for line in run([*argv, *counts], stderr=subprocess.DEVNULL).output.splitlines():
            if line.startswith(b"{"):
                row = json.loads(line)
                self.say(
                    f"Spark, number of executors with a core each: {row['executors']}",
                    f"{row['seconds']:.1f} s after a start of {row['start_seconds']:.1f} s",
                )

    # The cost of adding states

    def merging(self) -> None:
        for count in (500,) if self.small else (10_000, 100_000, 1_000_000):
            states = []
            for part in range(4):
                state = self.folder / f"principals-{part}"
                scan = subprocess.Popen(
                    [self.program, "scan", "--partial", *HUNT, "-o", str(state), "-"],
                    stdin=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
                for piece in calls_of_principals(count, part):
                    scan.stdin.write(piece)
                scan.stdin.close()
                if scan.wait():
                    raise SystemExit("a scan of generated principals failed")
                states.append(state)
            size = sum(state.stat().st_size for state in states)
            seconds, peak = self.time_and_peak(
                ["merge", "--partial", "-o", "/dev/null", *map(str, states)]
            )
            self.say(
                f"`merge` of 4 states with the same {count:,} principals",
                f"{seconds * 1e6 / count:.1f} s per million principals, {peak},"
                f" states of {size / 4 / count:.0f} bytes a principal",
            )

    def time_and_peak(self, args: Sequence[str]) -> tuple[float, str]:
        report = self.folder / "peak"
        seconds = run(measured([self.program, *args], report), stderr=subprocess.DEVNULL).seconds
        return seconds, f"{int(report.read_text()) / 2**20:.0f} MB"

    # Many records

    def sums(self) -> None:
        """Streams records that exist nowhere as a whole through many partial scans, and compares
        the sums with arithmetic."""
        partials, blocks = (3, 2) if self.small else (100, 10)
        block = Block(2_000 if self.small else 100_000, 50 if self.small else 1_000)
        states = []
        begin = time.perf_counter()
        for part in range(partials):
            state = self.folder / f"sum-{part}"
            scan = subprocess.Popen(
                [self.program, "scan", "--partial", *HUNT, "-o", str(state), "-"],
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for number in range(blocks):
                scan.stdin.write(block.with_ids(part * blocks + number))
            scan.stdin.close()
            if scan.wait():
                raise SystemExit("a scan of generated records failed")
            states.append(state)
        middle = time.perf_counter()
        rows = [json.loads(line) for line in self.merged(states, *ROWS).splitlines()]
        end = time.perf_counter()
        found = {row["Principal"]: row["UseCount"] for row in rows}
        times = partials * blocks
        expected = {name: count * times for name, count in block.calls.items()}
        if found != expected:
            raise SystemExit("the merged states do not give the sums of the generated records")
        records = block.records * times
        self.say(
            f"{records:,} records through {partials} scans and one `merge`: the sums are right",
            f"{middle - begin:.0f} + {end - middle:.1f} s,"
            f" {block.size * times / (middle - begin) / 1e9:.2f} GB/s with the generator",
        )


class Block:
    """Records with unique ids, which each use of the block changes."""

    _MARK = b"BBBBBBBB"

    def __init__(self, records: int, principals: int) -> None:
        lines = events(records, 0.05, principals)
        numbers = iter(range(records))

        def marked(_: re.Match[bytes]) -> bytes:
            return b'"eventID":"%s-0000-4000-8000-%012x"' % (self._MARK, next(numbers))

        text = b"\n".join(lines) + b"\n"
        self._text = re.sub(rb'"eventID":"[^"]*"', marked, text)
        self.records = records
        self.size = len(self._text)
        self.calls = Counter(_callers(lines))

    def with_ids(self, number: int) -> bytes:
        return self._text.replace(self._MARK, b"%08x" % number)


def _callers(lines: Sequence[bytes]) -> Iterator[str]:
    """The role of each call that counts."""
    for line in lines:
        if _COUNTED.search(line):
            yield json.loads(line)["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"]


def main(arguments: Sequence[str]) -> int:
    small = "--smoke" in arguments
    paths = [argument for argument in arguments if not argument.startswith("--")]
    if len(paths) != 1:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        bench = States(str(Path(paths[0]).resolve()), Path(folder), small)
        files = bench.files()
        bench.processes(files)
        bench.executors()
        shutil.rmtree(bench.folder / "trails")
        bench.merging()
        bench.sums()
    if small:
        print("All ways give the same answer.")
        return 0
    today = datetime.date.today().isoformat()
    RESULTS.mkdir(parents=True, exist_ok=True)
    table = [
        f"# {today}",
        "",
        f"{machine()}. `./package.sh bench --states`; each measurement ran once.",
        "",
        "| measure | figure |",
        "| --- | --- |",
        *(f"| {row.measure} | {row.figure} |" for row in bench.rows),
    ]
    (RESULTS / f"{today}.md").write_text("\n".join(table) + "\n", encoding="utf-8")
    publish_states()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

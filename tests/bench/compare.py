"""Times two builds of the program in turns: compare.py OLD NEW [TURNS]

Prints a Markdown table: for each measure the median of the whole process's wall time for both, and
the median of the ratios NEW/OLD of the turns with the quartiles around it. Both get the same bytes.
Searches are fed through a pipe by `cat`; the output goes to /dev/null. The order within a turn
alternates. TURNS is 40 if it is not given.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench_data import events, stream_of
from timing import Run, machine, run

DEFAULT_TURNS = 40
EVENTS = 100_000
REPEATS = 6  # how often a search gets these events

Measure = Callable[[str], Run]  # of a program


def searches(folder: Path) -> Iterator[tuple[str, Measure]]:
    for mode in ("volume", "hunt"):
        for share, principals in ((0.05, 300), (0.9, 300 if mode == "volume" else 3_000)):
            name = f"{mode}, {share:.0%} relevant"
            lines = events(EVENTS, share, principals)
            stream = stream_of(folder / name, lines, [f"mode={mode}"], times=REPEATS)
            yield name, lambda program: run([program], stream, keep=False)


def scans(folder: Path) -> Iterator[tuple[str, Measure]]:
    path = folder / "lines.ndjson"
    path.write_bytes((b"\n".join(events(EVENTS, 0.05, 300)) + b"\n") * REPEATS)
    for threads in (1, 2):
        words = ["scan", "--format=ndjson", f"--threads={threads}", str(path)]
        name = f"scan of lines, {threads} thread{'s' if threads > 1 else ''}"
        yield (
            name,
            lambda program: run([program, *words], keep=False, stderr=subprocess.DEVNULL),
        )


def row(name: str, measure: Measure, programs: Sequence[str], turns: int) -> str:
    times: dict[str, list[float]] = {program: [] for program in programs}
    for turn in range(turns + 1):
        for program in programs if turn % 2 else reversed(programs):
            seconds = measure(program).seconds
            if turn > 0:  # the first fills the caches
                times[program].append(seconds)
    old, new = (times[program] for program in programs)
    low, middle, high = statistics.quantiles((b / a for a, b in zip(old, new)), n=4)
    medians = " | ".join(f"{statistics.median(each):.3f} s" for each in (old, new))
    return f"| {name} | {medians} | {middle:.3f} ({low:.3f} to {high:.3f}) |"


def main(arguments: Sequence[str]) -> int:
    if len(arguments) not in (2, 3):
        print(__doc__)
        return 2
    programs = [str(Path(argument).resolve()) for argument in arguments[:2]]
    turns = int(arguments[2]) if len(arguments) == 3 else DEFAULT_TURNS
    print(f"{machine()}; {turns} turns\n")
    print("| measure | old | new | new/old (quartiles) |\n| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for part in (searches, scans):
            for name, measure in part(Path(folder)):
                print(row(name, measure, programs, turns), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

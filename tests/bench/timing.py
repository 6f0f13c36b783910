"""Runs whole processes in turn, measures their time, and prints the table of results."""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    seconds: float
    output: bytes


class Row(NamedTuple):
    measure: str
    figure: str
    reach: str


def run(argv: Sequence[str], files: Sequence[Path] = (), keep: bool = True, **more) -> Run:
    """Run one process. If it has input, `cat` feeds it through a pipe. Output that is not kept goes
    to /dev/null, because keeping it would slow down a program that writes a lot."""
    begin = time.perf_counter()
    source: subprocess.Popen | None = None
    if files:
        source = subprocess.Popen(["cat", *map(str, files)], stdout=subprocess.PIPE)
    with tempfile.TemporaryFile() as out:
        stdin = source.stdout if source else subprocess.DEVNULL
        process = subprocess.Popen(
            argv, stdin=stdin, stdout=out if keep else subprocess.DEVNULL, **more
        )
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


def machine() -> str:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout
    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} processors, kernel"
        f" {platform.release()}, GCC {compiler.strip()}, Python {platform.python_version()}"
    )


class Timing:
    """What every measurement needs, and the rows of the table."""

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
        """The median time of each contender. They run in turns, so that a slow minute affects all
        of them."""
        times: list[list[float]] = [[] for _ in contenders]
        for _ in range(self.runs):
            for contender, seconds in zip(contenders, times):
                seconds.append(contender().seconds)
        return [statistics.median(seconds) for seconds in times]

    def search(self, stream: Sequence[Path]) -> Run:
        return run([self.program], stream)


def same(name: str, ours: set, theirs: set) -> None:
    """Fail if a contender does not find the same as the program, because the comparison would be
    unfair."""
    if ours != theirs:
        raise SystemExit(f"{name} finds {len(theirs)}, cloudhijack {len(ours)}")
    if not ours:
        raise SystemExit(f"nothing is found in the events for {name}")

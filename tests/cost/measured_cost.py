"""Measures the work that the program does on an input that an attacker could have made.

Work is counted, not timed: valgrind counts the instructions of a run, and a run of the program
alone reports its peak memory. Each input is made in three sizes, each twice as large as the one
before. The growth is the second increase divided by the first, so that a fixed cost, such as that
of the start, does not matter: 2 is linear, and 4 is quadratic.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
from peak_memory import measured
from program_under_test import program
from refused_filters import refuse_filters

UNREADABLE = 2  # the exit code if a part of the input could not be read
_TIMEOUT = 300.0
_SCAN = ("scan", "--mode", "hunt", "--min-risk", "0", "--threads", "1", "--format", "csv", "-")
# valgrind does not know AVX-512.
_ENVIRONMENT = {**os.environ, "CLOUDHIJACK_CPU": "avx2"}
_HINT = b"see cloudhijack scan --help"
_INSTRUCTIONS = re.compile(r"Collected : (\d+)")
# The memory of a run varies by its buffers, by what the allocator keeps, and by where the loader
# puts the program. An increase below this does not count.
_MEMORY_NOISE = 2 << 20
# If an increase is less than this share of the work for the smallest size, the work is bounded.
_BOUNDED = 0.02


class Input(NamedTuple):
    """What a run reads."""

    stdin: bytes = b""
    files: Mapping[str, bytes] = {}  # by their names in the folder of the run


@dataclass(frozen=True)
class CraftedInput:
    """A kind of input, of which any size can be made."""

    name: str  # for people: a noun phrase
    make: Callable[[int], Input]
    size: int  # the smallest that valgrind runs; what it counts is up to `make`
    arguments: Sequence[str] = _SCAN
    times_alone: int = 8  # how many times larger the runs without valgrind are
    exit_code: int = 0  # or UNREADABLE
    most_per_byte: float = 5_000  # instructions


class Growth(NamedTuple):
    """Of three values, each for twice the size of the one before."""

    values: tuple[int, int, int]
    ratio: float | None  # None if the values do not grow

    @property
    def text(self) -> str:
        return "none" if self.ratio is None else f"{self.ratio:.1f}"


class Cost(NamedTuple):
    bytes: int  # of the largest input of those that valgrind ran
    instructions: Growth
    per_byte: float  # instructions for each byte that the last doubling added
    peak_memory: Growth


def _growth(values: Sequence[int], negligible: float) -> Growth:
    first, second, third = values
    if third - second <= negligible:
        return Growth((first, second, third), None)
    # An increase that comes only now counts as if the first had just been seen.
    return Growth((first, second, third), (third - second) / max(second - first, negligible, 1.0))


def _run(
    argv: Sequence[str], case: Input, folder: Path, crafted: CraftedInput, **popen: Any
) -> bytes:
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        argv,
        input=case.stdin,
        capture_output=True,
        cwd=folder,
        env=_ENVIRONMENT,
        timeout=_TIMEOUT,
        **popen,
    )
    # An option that the program does not know would make the work of each size the same.
    if done.returncode != crafted.exit_code or _HINT in done.stderr:
        raise RuntimeError(f"{crafted.name}: exit code {done.returncode}: {done.stderr[-2000:]!r}")
    return done.stderr


def _instructions(case: Input, crafted: CraftedInput) -> int:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "valgrind.log")
        valgrind = [
            *("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"),
            f"--log-file={log}",
        ]
        # valgrind makes system calls that the program's filter would refuse.
        argv = [*valgrind, *program(), *crafted.arguments]
        _run(argv, case, Path(folder), crafted, preexec_fn=refuse_filters)
        found = _INSTRUCTIONS.search(log.read_text())
        if found is None:
            raise RuntimeError(f"{crafted.name}: valgrind says {log.read_text()!r}")
        return int(found[1])


def _peak_memory(case: Input, crafted: CraftedInput) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "peak")
        argv = measured([*program(), *crafted.arguments], report)
        _run(argv, case, Path(folder), crafted)
        return int(report.read_text())


def cost_of(crafted: CraftedInput) -> Cost:
    sizes = [crafted.size, 2 * crafted.size, 4 * crafted.size]
    cases = [crafted.make(size) for size in sizes]
    counts = [_instructions(case, crafted) for case in cases]
    peaks = [_peak_memory(crafted.make(size * crafted.times_alone), crafted) for size in sizes]
    sizes_in_bytes = [len(case.stdin) + sum(map(len, case.files.values())) for case in cases]
    return Cost(
        bytes=sizes_in_bytes[-1],
        instructions=_growth(counts, _BOUNDED * counts[0]),
        per_byte=(counts[2] - counts[1]) / max(1, sizes_in_bytes[2] - sizes_in_bytes[1]),
        peak_memory=_growth(peaks, _MEMORY_NOISE),
    )

"""Runs the fuzz targets: usage: run.py [SECONDS] [TARGET...]; README.md describes it.

It prints a Markdown table of what the targets did. The exit code is 1 if one has found an input.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dictionaries import write_dictionary
from seeds import seeds, write_seeds

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests/fuzz"
PROGRAMS = ROOT / "build/sanitize/tests"
FOLDER = ROOT / "build/fuzz"

DEFAULT_SECONDS = 60
LONGER = 4  # how many times as long the targets run that read the JSON of attackers
READERS_OF_JSON = ("event_reader", "log_records", "record_splitter")
SECONDS_PER_INPUT = 30  # above this an input is reported: much for a sanitized program
MEBIBYTES = 2048  # the same for memory, which AddressSanitizer multiplies

# The largest inputs, in bytes. Most need no more than one or a few records.
LARGEST_INPUT = 4096
LARGEST_INPUTS = {
    **dict.fromkeys(("merge", "session", "state", "partial_document"), 16_384),
    **dict.fromkeys(("search_command", "record_splitter"), 65_536),
    "row_formats": 1024,
    "patterns": 1024,
}

STATUS = re.compile(r"#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)/")
EXECUTIONS = re.compile(r"stat::number_of_executed_units: (\d+)")


@dataclass
class Run:
    """The run of a target."""

    target: str
    limit: int  # seconds
    seconds: float = 0
    executions: int = 0
    edges: int = 0
    features: int = 0
    corpus: int = 0
    code: int = 0

    @property
    def log(self) -> Path:
        return FOLDER / "logs" / f"{self.target}.log"

    @property
    def program(self) -> Path:
        return PROGRAMS / f"{self.target}_fuzz"

    @property
    def finds(self) -> list[Path]:
        """The inputs that this run has found."""
        return sorted((FOLDER / "finds").glob(f"{self.target}-*"))

    def options(self) -> list[str]:
        size = LARGEST_INPUTS.get(self.target, LARGEST_INPUT)
        return [
            f"-dict={FOLDER}/dictionaries/{self.target}.dict",
            f"-max_len={size}",
            f"-timeout={SECONDS_PER_INPUT}",
            f"-rss_limit_mb={MEBIBYTES}",
            f"-artifact_prefix={FOLDER}/finds/{self.target}-",
        ]

    def folders(self) -> list[Path]:
        """The corpus, which grows, and the inputs that are only read."""
        read = [FOLDER / "seeds" / self.target, SOURCES / "corpus" / self.target]
        return [FOLDER / "corpus" / self.target, *(folder for folder in read if folder.exists())]

    def fuzz(self) -> Run:
        self.folders()[0].mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        words = [f"-max_total_time={self.limit}", "-print_final_stats=1"]
        with self.log.open("w") as log:
            self.code = subprocess.run(
                [self.program, *self.options(), *words, *self.folders()], stdout=log, stderr=log
            ).returncode
        self.seconds = time.monotonic() - started
        self._read_log()
        self._merge()
        print(f"{self.target}: {self.executions} executions, {self.seconds:.0f} s", flush=True)
        return self

    def _read_log(self) -> None:
        text = self.log.read_text(errors="replace")
        for status in STATUS.finditer(text):
            executions, self.edges, self.features, self.corpus = map(int, status.groups())
            self.executions = max(self.executions, executions)
        if total := EXECUTIONS.search(text):
            self.executions = int(total[1])

    def _merge(self) -> None:
        """Keeps the inputs that cover something, so that the next run begins with them."""
        corpus, *others = self.folders()
        merged = corpus.with_name(f".{self.target}")
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir()
        words = ["-merge=1", f"-timeout={SECONDS_PER_INPUT}", f"-rss_limit_mb={MEBIBYTES}"]
        run = subprocess.run([self.program, *words, merged, corpus, *others], capture_output=True)
        if run.returncode == 0:
            shutil.rmtree(corpus)
            merged.rename(corpus)
        else:
            shutil.rmtree(merged)


def targets() -> list[str]:
    return sorted(path.name.removesuffix("_fuzz.cpp") for path in SOURCES.glob("*_fuzz.cpp"))


def prepare(names: Sequence[str]) -> None:
    for folder in ("logs", "finds", "seeds"):
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
    found = seeds(ROOT / "build/sanitize/cloudhijack")
    for name in names:
        for old in Run(name, 0).finds:
            old.unlink()
        shutil.rmtree(FOLDER / "seeds" / name, ignore_errors=True)
        write_seeds(found.get(name, ()), FOLDER / "seeds" / name)
        write_dictionary(name, FOLDER / "dictionaries" / f"{name}.dict")


def seconds_of(name: str, seconds: int) -> int:
    return seconds * LONGER if name in READERS_OF_JSON else seconds


def table(runs: Sequence[Run]) -> str:
    lines = [
        "| target | seconds | executions | edges | features | inputs kept | finds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in runs:
        numbers = (run.edges, run.features, run.corpus, len(run.finds))
        cells = [f"`{run.target}`", f"{run.seconds:.0f}", f"{run.executions:,}"]
        lines.append("| " + " | ".join(cells + [f"{number:,}" for number in numbers]) + " |")
    return "\n".join(lines)


def report_finds(runs: Sequence[Run]) -> int:
    """1 if there are any."""
    failed = [run for run in runs if run.code != 0 or run.finds]
    for run in failed:
        for find in run.finds:
            print(f"{find.relative_to(ROOT)}: found by {run.target}; reproduce it with")
            print(f"  {run.program.relative_to(ROOT)} {find.relative_to(ROOT)}")
        if not run.finds:
            print(f"{run.target}: ended with exit code {run.code}; see {run.log.relative_to(ROOT)}")
    return 1 if failed else 0


def main(arguments: Sequence[str]) -> int:
    words = list(arguments)
    seconds = int(words.pop(0)) if words and words[0].isdigit() else DEFAULT_SECONDS
    known = targets()
    if unknown := [word for word in words if word not in known]:
        print(f"{unknown[0]}: unknown target; use one of {', '.join(known)}", file=sys.stderr)
        return 2
    names = list(dict.fromkeys(words)) or known
    prepare(names)
    # The longest runs begin first, so that no processor waits for them at the end.
    order = sorted(names, key=lambda name: -seconds_of(name, seconds))
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        runs = list(pool.map(lambda name: Run(name, seconds_of(name, seconds)).fuzz(), order))
    runs.sort(key=lambda run: run.target)
    print("\n" + table(runs) + "\n", flush=True)
    return report_finds(runs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

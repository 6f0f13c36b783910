"""Runs the fuzz targets: usage: run.py [SECONDS] [TARGET...]; README.md describes it.

It prints a Markdown table of what the targets did. The exit code is 1 if one has found an input,
and 2 if nothing ran.
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
from typing import NoReturn

from dictionaries import write_dictionary
from seeds import seeds, write_seeds

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests/fuzz"
PROGRAMS = ROOT / "build/sanitize/tests"
FOLDER = ROOT / "build/fuzz"
FINDS = FOLDER / "finds"
EARLIER = FINDS / "earlier"  # finds that no longer fail

DEFAULT_SECONDS = 60
LONGER = 4  # how many times as long the targets run that read the JSON of attackers
READERS_OF_JSON = ("event_reader", "log_records", "record_splitter")
SECONDS_PER_INPUT = 30  # above this an input is reported: much for a sanitized program
MEBIBYTES = 2048  # the same for memory, which AddressSanitizer multiplies

# The largest inputs, in bytes. Most need no more than one or a few records.
LARGEST_INPUT = 4096
LARGEST_INPUTS = {
    **dict.fromkeys(("merge", "session", "state", "partial_document"), 16_384),
    **dict.fromkeys(("row_reader", "chunk_reader", "unpack"), 16_384),
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
        """The inputs that this run has found, and those of earlier runs that still fail."""
        return sorted(FINDS.glob(f"{self.target}-*"))

    @property
    def largest_input(self) -> int:
        return LARGEST_INPUTS.get(self.target, LARGEST_INPUT)

    def options(self) -> list[str]:
        return [
            f"-dict={FOLDER}/dictionaries/{self.target}.dict",
            f"-max_len={self.largest_input}",
            f"-timeout={SECONDS_PER_INPUT}",
            f"-report_slow_units={SECONDS_PER_INPUT}",
            f"-rss_limit_mb={MEBIBYTES}",
            f"-artifact_prefix={FINDS}/{self.target}-",
        ]

    @property
    def corpus_folder(self) -> Path:
        """It grows; the inputs of the other folders are only read."""
        return FOLDER / "corpus" / self.target

    def read_folders(self) -> list[Path]:
        folders = [FOLDER / "seeds" / self.target, SOURCES / "corpus" / self.target]
        return [folder for folder in folders if folder.exists()]

    def fuzz(self) -> Run:
        self.corpus_folder.mkdir(parents=True, exist_ok=True)
        self.log.write_bytes(b"")
        self._replay_finds()
        started = time.monotonic()
        words = [f"-max_total_time={self.limit}", "-print_final_stats=1"]
        self.code = self._execute(*words, self.corpus_folder, *self.read_folders())
        self.seconds = time.monotonic() - started
        self._read_log()
        self._merge()
        print(f"{self.target}: {self.executions} executions, {self.seconds:.0f} s", flush=True)
        return self

    def _execute(self, *words: str | Path) -> int:
        """Runs the target; the log gets its output."""
        with self.log.open("ab") as log:
            return subprocess.run(
                [self.program, *self.options(), *words], stdout=log, stderr=log, cwd=FOLDER
            ).returncode

    def _replay_finds(self) -> None:
        """Sorts the finds of earlier runs. A process ends at the first input that fails, so each
        input has its own."""
        for find in [*self.finds, *EARLIER.glob(f"{self.target}-*")]:
            still_fails = self._execute(find) != 0
            find.rename((FINDS if still_fails else EARLIER) / find.name)

    def _read_log(self) -> None:
        text = self.log.read_text(errors="replace")
        for status in STATUS.finditer(text):
            executions, self.edges, self.features, self.corpus = map(int, status.groups())
            self.executions = max(self.executions, executions)
        if total := EXECUTIONS.search(text):
            self.executions = int(total[1])

    def _merge(self) -> None:
        """Keeps the inputs that cover something, so that the next run begins with them. Inputs that
        fail are not kept, but are finds."""
        corpus = self.corpus_folder
        merged = corpus.with_name(f".{self.target}")
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir()
        if self._execute("-merge=1", merged, corpus, *self.read_folders()) == 0:
            shutil.rmtree(corpus)
            merged.rename(corpus)
        else:
            shutil.rmtree(merged)


def targets() -> list[str]:
    return sorted(path.name.removesuffix("_fuzz.cpp") for path in SOURCES.glob("*_fuzz.cpp"))


def refuse(problem: str) -> NoReturn:
    print(problem, file=sys.stderr)
    sys.exit(2)


def check_sizes(run: Run) -> None:
    """libFuzzer would cut a larger input without a message."""
    for path in (path for folder in run.read_folders() for path in folder.iterdir()):
        if (size := path.stat().st_size) > run.largest_input:
            refuse(
                f"{path.relative_to(ROOT)}: has {size:,} bytes, and {run.target} reads "
                f"{run.largest_input:,}; raise its limit in LARGEST_INPUTS, or use a smaller input"
            )


def prepare(names: Sequence[str]) -> None:
    for folder in (FOLDER / "logs", EARLIER):
        folder.mkdir(parents=True, exist_ok=True)
    found = seeds(ROOT / "build/sanitize/cloudhijack")
    for name in names:
        shutil.rmtree(FOLDER / "seeds" / name, ignore_errors=True)
        write_seeds(found.get(name, ()), FOLDER / "seeds" / name)
        write_dictionary(name, FOLDER / "dictionaries" / f"{name}.dict")
        check_sizes(Run(name, 0))


def seconds_of(name: str, seconds: int) -> int:
    return seconds * LONGER if name in READERS_OF_JSON else seconds


def table(runs: Sequence[Run]) -> str:
    lines = [
        "| target | seconds | executions | edges | features | inputs kept | finds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in runs:
        numbers = (run.edges, run.features, run.corpus, len(run.finds))
        seconds = f"{run.seconds:.0f}" + (" (stopped)" if run.code != 0 else "")
        cells = [f"`{run.target}`", seconds, f"{run.executions:,}"]
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
    is_number = bool(words) and re.fullmatch(r"-?[0-9]+", words[0])
    seconds = int(words.pop(0)) if is_number else DEFAULT_SECONDS
    if seconds < 1:
        refuse(f"{seconds}: too few seconds for a run; write 1 or more")
    known = targets()
    if unknown := [word for word in words if word not in known]:
        refuse(f"{unknown[0]}: unknown target; use one of {', '.join(known)}")
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

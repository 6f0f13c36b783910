"""Memory that runs out: at each allocation, and below each limit of the address space."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import fault
from call_records import START, call
from chunk_body import EventRow, write_bodies
from lookup_app import BASELINE_COLUMNS, as_csv, install, lookups_of
from program_under_test import build_folder, program
from recorded_session import (
    UNCHANGED,
    Ended,
    Seen,
    mixed_rows,
    mixed_session,
    replies_in,
    requests,
    run_over,
    whole_replies,
)
from watched_process import WATCHDOG

OUT_OF_MEMORY = "out of memory; narrow the search, or use a longer span"
# RE2 notes on standard error that it was interrupted; a line can be cut off.
_NOTE_OF_RE2 = re.compile(r"\./re2/walker-in(l\.h:\d+: Stack not empty\.\n)?")
# These libraries forget memory when an exception passes them; the program ends then anyway.
KNOWN_LEAKS = b"leak:re2::\nleak:boost/program_options\n"

ERROR_REPLY = "error `out of memory`"
EARLY_EXIT = "exit code 1, `out of memory` on standard error"
SCAN_ERROR = "exit code 2, `out of memory` on standard error"


def search_result(ended: Ended, usual: Sequence[Seen]) -> str:
    """The result of a search that ran out of memory, perhaps."""
    replies, rest = replies_in(ended.stdout)
    stderr = _NOTE_OF_RE2.sub("", ended.stderr)
    fault.check(rest == b"", "half a reply", ended)
    if ended.exit_code == 1:
        fault.check(not replies and stderr == "cloudhijack: out of memory\n", ended)
        return EARLY_EXIT
    fault.check(ended.exit_code == 0 and stderr == "", ended)
    if replies and replies[-1].error is not None:
        fault.check(replies[-1].error == OUT_OF_MEMORY, replies[-1])
        fault.check(
            replies[:-1] == list(usual[: len(replies) - 1]), "an earlier reply differs", replies
        )
        return ERROR_REPLY
    fault.check(replies == list(usual), "another answer", replies, usual)
    return UNCHANGED


def scan_result(ended: Ended, usual: Ended) -> str:
    stderr = _NOTE_OF_RE2.sub("", ended.stderr)
    if ended.exit_code == 0:
        fault.check((ended.stdout, stderr) == usual[1:], "another answer", ended, usual)
        return UNCHANGED
    fault.check(ended.exit_code == 2 and "out of memory" in stderr, ended)
    return SCAN_ERROR


@dataclass(frozen=True)
class Process:
    """A run of the program of which each allocation fails in turn."""

    name: str
    data: bytes
    args: Sequence[str] = ()

    def result(self, ended: Ended, usual: Ended) -> str:
        if self.args:
            return scan_result(ended, usual)
        return search_result(ended, whole_replies(usual))


def _processes() -> Iterator[Process]:
    for mode in ("volume", "hunt", "coverage", "baseline"):
        yield Process(f"{mode} reduce", b"".join(mixed_session(mode, "reduce")))
    for mode in ("volume", "hunt"):
        yield Process(f"{mode} map", b"".join(mixed_session(mode, "map")))
    lines = b"".join(bytes(row["_raw"]) + b"\n" for row in mixed_rows())
    yield Process("scan", lines, ["scan", "--ses-threshold=0", "-"])
    hunt = ("scan", "--mode=hunt", "--min-risk=0")
    yield Process("scan with threads", lines, [*hunt, "--threads=2", "-"])
    yield Process("scan to ndjson", lines, [*hunt, "--format=ndjson", "-"])
    yield Process("scan to a page", lines, [*hunt, "--format=html", "-"])
    yield Process("scan to a state", lines, ["scan", "--partial", "--mode=hunt", "-"])
    state = run_over([*program(), "scan", "--partial", "--mode=hunt", "-"], lines)
    fault.check(state.exit_code == 0, state)
    yield Process("merge", state.stdout, ["merge", "--min-risk=0", "-"])


def _installed(folder: Path) -> Path:
    """A copy of the failing program in an app with lookups, which it reads in each run."""
    installed = install(folder)
    shutil.copy2(build_folder() / "tests/cloudhijack_failing_malloc", installed)
    line = dict.fromkeys(BASELINE_COLUMNS, "")
    line |= {
        "account": "999988887777",
        "principal": "nobody",
        "service": "ses",
        "peak_hour": "3",
        "first_seen": "2024-03-01T00:00:00Z",
        "last_seen": "2024-03-04T00:00:00Z",
    }
    (lookups_of(installed) / "cloudhijack_baseline.csv").write_text(
        as_csv(BASELINE_COLUMNS, [line])
    )
    return installed


def failing_runs(
    failing: Path, process: Process, how: str, first: int, step: int, count: int
) -> Iterator[tuple[int, int, Ended]]:
    """The number of the failing allocation, that of all allocations, and how the run ended."""
    with tempfile.NamedTemporaryFile() as recording, tempfile.NamedTemporaryFile() as known:
        recording.write(process.data)
        recording.flush()
        known.write(KNOWN_LEAKS)
        known.flush()
        leaks = f"suppressions={known.name}:print_suppressions=0"
        words = [failing, recording.name, how, str(first), str(step), str(count), *process.args]
        done = subprocess.run(
            words,
            capture_output=True,
            timeout=40 * WATCHDOG,
            env={**os.environ, "LSAN_OPTIONS": leaks},
        )
    fault.check(done.returncode == 0, process.name, done.stderr)
    lines = done.stdout.splitlines()
    fault.check(len(lines) == count, process.name, done.stderr)
    for line in map(json.loads, lines):
        ended = Ended(line["exit"], line["stdout"].encode(), line["stderr"])
        yield line["failure"], line["allocations"], ended


def _checked(process: Process, how: str, failure: int, ended: Ended, usual: Ended) -> str:
    try:
        return process.result(ended, usual)
    except (fault.WrongResult, AssertionError) as error:
        raise fault.WrongResult(f"{process.name}, allocation {failure}, {how}: {error}") from None


def try_allocations(
    failing: Path, process: Process, cases: fault.Cases, setup_too: bool, results: fault.Results
) -> None:
    """Most allocations are those of the setup, which is the same for all searches."""
    empty = Process(process.name, b"", process.args)
    [(_, setup, _)] = failing_runs(failing, empty, "once", 0, 1, 1)
    [(_, total, usual)] = failing_runs(failing, process, "once", 0, 1, 1)
    fault.check(usual.exit_code == 0 and usual.stdout, process.name, usual)
    # None of the last ones fails, so that the answer is complete.
    parts = [(max(1, setup - 100), total + 1, 110), (total + 1000, total + 1001, 1)]
    if setup_too:
        parts.append((1, setup, 60))
    for first, end, short in parts:
        for how in ("once", "on"):
            count = cases.count(short, end - first)
            step = max(1, (end - first) // count)
            start = first + cases.rng((process.name, how, first)).randrange(step)
            runs = failing_runs(failing, process, how, start, step, count)
            for failure, _, ended in runs:
                results[_checked(process, how, failure, ended, usual)] += 1


@fault.named("failed allocation", "limits.md#failures")
def each_allocation(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    with tempfile.TemporaryDirectory() as folder:
        failing = _installed(Path(folder))
        for number, process in enumerate(_processes()):
            try_allocations(failing, process, cases, number % 6 == 0, results)
    return results


def _many_principals(mode: str, count: int) -> bytes:
    """A search that needs more memory in each chunk."""
    rows: list[EventRow] = [
        {"_time": b"%d" % START, "_raw": call(f"arn:aws:iam::111122223333:user/{n}")}
        for n in range(count)
    ]
    return b"".join(requests([f"mode={mode}"], write_bodies(rows, count // 10)))


@fault.named("limit of the address space", "limits.md#failures", sanitized=False)
def address_space(cases: fault.Cases) -> fault.Results:
    """As with `ulimit -v`, from a limit at which the program barely starts."""
    results = fault.Results()
    size = Path(program()[-1]).stat().st_size
    rng = cases.rng()
    for mode in ("volume", "hunt"):
        data = _many_principals(mode, 5000)
        usual = whole_replies(run_over(program(), data))
        for _ in range(cases.count(60, 600)):
            limit = size + rng.randrange(-(512 << 10), 16 << 20)

            def set_limit() -> None:
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

            ended = run_over(program(), data, preexec_fn=set_limit)
            try:
                results[search_result(ended, usual)] += 1
            except AssertionError as error:
                raise fault.WrongResult(f"{mode}, {limit} bytes: {error}") from None
    return results

"""System calls that fail: strace makes the kernel refuse them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import fault
from call_records import lines
from program_under_test import program
from recorded_session import (
    KINDS,
    UNCHANGED,
    Ended,
    check_unchanged,
    mixed_session,
    run_over,
    usual_replies,
    whole_replies,
)

OLD = b"an older answer\n"


def traced(injection: str, args: Sequence[str] = ()) -> list[str]:
    """The program under strace with system calls that fail."""
    strace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=" + injection.partition(":")[0],
    ]
    return [*strace, "-e", f"inject={injection}", *program(), *args]


def calls_of(name: str, args: Sequence[str], data: bytes, folder: Path | None = None) -> int:
    """How often a run of the program makes a system call."""
    with tempfile.NamedTemporaryFile() as log:
        argv = ["strace", "-f", "-qq", "-o", log.name, "-e", f"trace={name}", *program(), *args]
        run_over(argv, data, cwd=folder)
        return len(Path(log.name).read_bytes().splitlines())


def _with_eio(call: str) -> Iterator[tuple[str, str, int, Ended]]:
    """The sessions in which one of a session's calls fails, each of them once."""
    for mode, phase in KINDS:
        data = b"".join(mixed_session(mode, phase))
        for number in range(1, calls_of(call, [], data) + 1):
            ended = run_over(traced(f"{call}:error=EIO:when={number}"), data)
            yield mode, phase, number, ended


def _searches_with(cases: fault.Cases, error: str, short: int, long: int) -> fault.Results:
    """Searches in which reads, writes and polls fail again and again, and must be repeated."""
    results = fault.Results()
    for number, rng in cases.seeded(short, long):
        mode, phase = KINDS[number % len(KINDS)]
        when = f"{rng.randrange(1, 4)}+{rng.randrange(2, 5)}"
        argv = traced(f"read,write,poll:error={error}:when={when}")
        ended = run_over(argv, b"".join(mixed_session(mode, phase)))
        check_unchanged(ended, mode, phase, when)
        results[UNCHANGED] += 1
    return results


@fault.named("EINTR", "limits.md#failures", needs="strace", sanitized=False)
def interrupted(cases: fault.Cases) -> fault.Results:
    results = _searches_with(cases, "EINTR", 24, 300)
    data = lines(500)
    usual = run_over([*program(), "scan", "-"], data)
    for number in range(cases.count(20, 200)):
        threads = 1 + number % 2
        when = f"{1 + number % 3}+{2 + number % 4}"
        args = ["scan", "--threads", str(threads), "-"]
        ended = run_over(traced(f"read,write,poll,ppoll:error=EINTR:when={when}", args), data)
        # An iostream does not repeat the write of a message.
        fault.check(ended[:2] == usual[:2], number, ended)
        results[UNCHANGED] += 1
    return results


@fault.named("EAGAIN", "limits.md#failures", needs="strace", sanitized=False)
def would_block(cases: fault.Cases) -> fault.Results:
    return _searches_with(cases, "EAGAIN", 12, 300)


@fault.named(
    "EIO of each read of splunkd's pipe",
    "limits.md#failures",
    needs="strace",
    sanitized=False,
)
def failed_read(cases: fault.Cases) -> fault.Results:
    """The program reads no file here, since it is not installed in an app."""
    results = fault.Results()
    for mode, phase, number, ended in _with_eio("read"):
        fault.check(ended.is_quiet, mode, phase, number, ended)
        replies = whole_replies(ended)
        usual = list(usual_replies(mode, phase))
        if replies == usual:  # what was not read was not needed
            results[UNCHANGED] += 1
            continue
        error = replies.pop().error
        fault.check(error == "cannot read the input: Input/output error", number, error)
        fault.check(replies == usual[: len(replies)], mode, phase, number, replies)
        results["error `cannot read the input`"] += 1
    return results


@fault.named(
    "EIO of each write to splunkd's pipe",
    "limits.md#failures",
    needs="strace",
    sanitized=False,
)
def failed_write(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    for mode, phase, number, ended in _with_eio("write"):
        fault.check(ended.exit_code == 1, mode, phase, number, ended)
        message = "cloudhijack: cannot write the output: Input/output error\n"
        fault.check(ended.stderr == message, number, ended)
        results["exit code 1, `cannot write the output`"] += 1
    return results


@fault.named("no new thread", "limits.md#failures", needs="strace", sanitized=False)
def no_thread(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    data = lines(500)
    usual = run_over([*program(), "scan", "-"], data)
    for threads in (2, 4, 8):
        for first in (1, 2):
            args = ["scan", "--threads", str(threads), "-"]
            ended = run_over(traced(f"clone,clone3:error=EAGAIN:when={first}+", args), data)
            fault.check(ended == usual, threads, ended)
            results[UNCHANGED] += 1
    return results


OUTPUTS = [
    ("write", "ENOSPC"),
    ("write", "EIO"),
    ("fsync", "EIO"),
    ("fsync", "ENOSPC"),
    ("rename", "ENOSPC"),
    ("rename", "EACCES"),
]


def _commands(folder: Path) -> dict[str, list[str]]:
    """Commands that write a file with -o."""
    log, state = folder / "log", folder / "state"
    log.write_bytes(lines(500))
    partial = run_over([*program(), "scan", "--partial", "-o", str(state), str(log)], b"")
    fault.check(partial.exit_code == 0, partial)
    return {
        "scan": ["scan", "--ses-threshold=0", str(log)],
        "scan to HTML": ["scan", "--format=html", "--ses-threshold=0", str(log)],
        "scan to a state": ["scan", "--partial", str(log)],
        "merge": ["merge", "--ses-threshold=0", str(state)],
    }


def check_old_output(ended: Ended, folder: Path, output: Path, *what: object) -> None:
    """The error names the file, which is as it was, and nothing is left beside it."""
    fault.check(ended.exit_code == 2 and str(output) in ended.stderr, *what, ended)
    fault.check(output.read_bytes() == OLD, *what, output.read_bytes())
    left = sorted(path.name for path in folder.iterdir())
    fault.check(left == [output.name], *what, left)


@fault.named(
    "disk full or failing at each step of writing a file",
    "limits.md#failures",
    needs="strace",
    sanitized=False,
)
def failing_disk(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    with tempfile.TemporaryDirectory() as place:
        commands = _commands(Path(place))
        for name, args in commands.items():
            for call, error in OUTPUTS:
                folder = Path(place) / "output"
                folder.mkdir()
                output = folder / "answer"
                output.write_bytes(OLD)
                words = [*args, "-o", str(output)]
                argv = traced(f"{call}:error={error}:when=1", words)
                ended = run_over(argv, b"")
                check_old_output(ended, folder, output, name, call, error)
                results["exit code 2, an error that names the file, and the old file"] += 1
                shutil.rmtree(folder)
    return results


@fault.named(
    "file that cannot be opened",
    "limits.md#failures",
    needs="strace",
    sanitized=False,
)
def failing_open(cases: fault.Cases) -> fault.Results:
    """Each call that opens a file fails: of the input, the output, the app's files or /proc."""
    results = fault.Results()
    with tempfile.TemporaryDirectory() as place:
        for name, args in _commands(Path(place)).items():
            folder = Path(place) / "output"
            folder.mkdir()
            output = folder / "answer"
            words = [*args, "-o", str(output)]
            usual = run_over([*program(), *words], b"").stderr
            for number in range(1, calls_of("openat", words, b"") + 1):
                output.write_bytes(OLD)
                ended = run_over(traced(f"openat:error=EMFILE:when={number}", words), b"")
                left = [path.name for path in folder.iterdir()]
                fault.check(left == [output.name], name, number, left)
                is_old = output.read_bytes() == OLD
                if ended.exit_code == 0:  # the file only says how many processors there are
                    fault.check(not is_old and ended.stderr == usual, name, number, ended)
                    results[UNCHANGED] += 1
                    continue
                fault.check(ended.exit_code == 2, name, number, ended)
                fault.check("Too many open files" in ended.stderr, name, number, ended)
                which = "old file" if is_old else "answer without the input"
                results[f"exit code 2, an error that names the file, and the {which}"] += 1
            shutil.rmtree(folder)
    return results


@fault.named("limit of the size of a file", "limits.md#failures")
def file_size(cases: fault.Cases) -> fault.Results:
    """As with `ulimit -f`, below each size of the output."""
    results = fault.Results()
    with tempfile.TemporaryDirectory() as place:
        for name, args in _commands(Path(place)).items():
            folder = Path(place) / "output"
            folder.mkdir()
            output = folder / "answer"
            run_over([*program(), *args, "-o", str(output)], b"")
            size = output.stat().st_size
            sizes = list(range(0, size, max(1, size // cases.count(12, 100))))
            for limit in [*sizes, size - 1]:
                output.write_bytes(OLD)
                argv = ["prlimit", f"--fsize={limit}", *program(), *args, "-o", str(output)]
                ended = run_over(argv, b"")
                check_old_output(ended, folder, output, name, limit)
                results["exit code 2, an error that names the file, and the old file"] += 1
            shutil.rmtree(folder)
    return results


@fault.named("full device as the output", "limits.md#failures")
def full_device(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    data = lines(500)
    for args in (["--format=table"], ["--format=csv"], ["--format=html"], ["--partial"]):
        ended = run_over([*program(), "scan", *args, "-o", "/dev/full", "-"], data)
        fault.check(ended.exit_code == 2 and "/dev/full: " in ended.stderr, args, ended)
        fault.check("No space left on device" in ended.stderr, args, ended)
        results["exit code 2, an error that names the file"] += 1
        if "--format=html" in args:
            continue
        with open("/dev/full", "wb") as full:
            ended = run_over([*program(), "scan", *args, "-"], data, stdout=full)
        error = "cannot write the output: No space left on device"
        fault.check(ended.exit_code == 2 and error in ended.stderr, args, ended)
        results["exit code 2, `cannot write the output`"] += 1
    return results

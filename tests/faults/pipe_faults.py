"""Pipes to splunkd that deliver bytes in pieces and late, that close, and signals in mid-chunk."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence

import fault
from program_under_test import program
from recorded_session import (
    KINDS,
    UNCHANGED,
    Ended,
    check_unchanged,
    mixed_rows,
    mixed_session,
    replies_in,
    run_over,
    usual_replies,
    whole_replies,
)
from watched_process import watched

SMALLEST_PIPE = 4096  # bytes

QUIET_END = "complete replies to complete requests, then exit code 0"


def _piece(rng: random.Random) -> int:
    return rng.choice([1, 2, 7, 100, 1500, SMALLEST_PIPE, 1 << 16])


def in_pieces(mode: str, phase: str, rng: random.Random, pauses: bool, blocks: bool) -> Ended:
    """Runs a session over pipes that hold little, with pieces of random size each way."""
    stdin, to_program = os.pipe()
    from_program, stdout = os.pipe()
    for pipe in (stdin, stdout):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
        os.set_blocking(pipe, blocks)
    os.set_blocking(to_program, False)
    os.set_blocking(from_program, False)
    rest = memoryview(b"".join(mixed_session(mode, phase)))
    written = bytearray()
    with watched(program(), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE) as process:
        os.close(stdin)
        os.close(stdout)
        is_open = True
        while True:
            if pauses and rng.random() < 0.1:
                time.sleep(rng.random() / 100)
            try:
                if rest:
                    rest = rest[os.write(to_program, rest[: _piece(rng)]) :]
                elif is_open:
                    os.close(to_program)
                    is_open = False
            except BlockingIOError:
                pass
            except BrokenPipeError:  # its exit code says why
                rest = rest[:0]
            try:
                piece = os.read(from_program, _piece(rng))
                if not piece:
                    break
                written += piece
            except BlockingIOError:
                if not rest:
                    time.sleep(0.001)
        os.close(from_program)
        assert process.stderr is not None
        stderr = process.stderr.read().decode()
        return Ended(process.wait(), bytes(written), stderr)


def _pieces(cases: fault.Cases, short: int, long: int, pauses: bool, blocks: bool) -> fault.Results:
    results = fault.Results()
    for number, rng in cases.seeded(short, long):
        mode, phase = KINDS[number % len(KINDS)]
        ended = in_pieces(mode, phase, rng, pauses, blocks)
        check_unchanged(ended, mode, phase, number)
        results[UNCHANGED] += 1
    return results


@fault.named("short reads and writes", "limits.md#failures")
def short_reads(cases: fault.Cases) -> fault.Results:
    return _pieces(cases, 80, 2000, pauses=False, blocks=True)


@fault.named("pauses", "limits.md#failures")
def pauses(cases: fault.Cases) -> fault.Results:
    return _pieces(cases, 20, 200, pauses=True, blocks=True)


@fault.named("non-blocking pipes", "limits.md#failures")
def non_blocking(cases: fault.Cases) -> fault.Results:
    return _pieces(cases, 40, 1000, pauses=False, blocks=False)


def replies_to(requests: Sequence[bytes], size: int) -> int:
    """The number of requests that are complete within the first bytes."""
    count = 0
    for request in requests:
        size -= len(request)
        if size < 0:
            break
        count += 1
    return count


@fault.named("input that ends after each byte", "limits.md#failures")
def closed_input(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    places = []
    for mode, phase in KINDS[1::2] + KINDS[:1]:
        requests = mixed_session(mode, phase)
        places += [(mode, phase, size) for size in range(sum(map(len, requests)))]
    for mode, phase, size in cases.some(places, 300):
        requests = mixed_session(mode, phase)
        ended = run_over(program(), b"".join(requests)[:size])
        count = replies_to(requests, size)
        fault.check(ended.is_quiet, mode, phase, size, ended)
        usual = list(usual_replies(mode, phase))[:count]
        fault.check(whole_replies(ended) == usual, mode, phase, size, ended)
        results[QUIET_END] += 1
    return results


def run_with_short_reader(mode: str, phase: str, size: int) -> Ended:
    """Runs a session whose replies are read up to a byte; then the pipe is closed."""
    from_program, stdout = os.pipe()
    fcntl.fcntl(stdout, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    data = b"".join(mixed_session(mode, phase))
    with watched(
        program(), stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE
    ) as process:
        os.close(stdout)
        assert process.stdin is not None and process.stderr is not None
        read = b""
        if size == 0:
            os.close(from_program)
        try:
            process.stdin.write(data)
            process.stdin.close()
        except BrokenPipeError:
            pass
        while len(read) < size and (piece := os.read(from_program, size - len(read))):
            read += piece
        if size > 0:
            os.close(from_program)
        stderr = process.stderr.read().decode()
        return Ended(process.wait(), read, stderr)


@fault.named("output that is closed after each byte", "limits.md#failures")
def closed_output(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    places = []
    for mode, phase in KINDS:
        ended = run_over(program(), b"".join(mixed_session(mode, phase)))
        places += [(mode, phase, size) for size in range(len(ended.stdout))]
    for mode, phase, size in cases.some(places, 150):
        ended = run_with_short_reader(mode, phase, size)
        fault.check(ended.is_quiet, mode, phase, size, ended)
        fault.check(len(ended.stdout) == size, mode, phase, size, ended)
        results["exit code 0"] += 1
    return results


def heed_hangup() -> None:
    """What nohup starts ignores SIGHUP, and so does everything that it starts."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@fault.named("signal within a session", "limits.md#failures")
def signal_in_session(cases: fault.Cases) -> fault.Results:
    """The signal arrives at any time after some bytes, so any number of replies can be there."""
    results = fault.Results()
    for number, rng in cases.seeded(60, 600):
        mode, phase = rng.choice(KINDS)
        name = rng.choice([signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
        data = b"".join(mixed_session(mode, phase))
        size = rng.randrange(len(data))
        with watched(
            program(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=heed_hangup,
        ) as process:
            assert process.stdin and process.stdout and process.stderr
            process.stdin.write(data[:size])
            process.stdin.flush()
            time.sleep(rng.random() / 50)
            process.send_signal(name)
            exit_code = process.wait()
            written, stderr = process.stdout.read(), process.stderr.read()
        fault.check(exit_code == -name and stderr == b"", number, exit_code, stderr)
        replies, rest = replies_in(written)
        usual = list(usual_replies(mode, phase))
        fault.check(rest == b"" and replies == usual[: len(replies)], number, written)
        results["end by the signal, after complete replies"] += 1
    return results


@fault.named("pipe to `scan` that ends after each byte", "scan.md")
def closed_pipe_to_scan(cases: fault.Cases) -> fault.Results:
    """Each complete record counts, and the cut one is reported."""
    results = fault.Results()
    lines = [bytes(row["_raw"]) + b"\n" for row in mixed_rows()[:6]]
    data = b"".join(lines)
    for size in cases.some(range(len(data)), 100):
        ended = run_over([*program(), "scan", "--ses-threshold=0", "-"], data[:size])
        whole = replies_to([line[:-1] for line in lines], size - data[:size].count(b"\n"))
        cut = size > 0 and data[size - 1 : size + 1] not in (b"\n{", b"}\n")
        count = whole + cut
        word = "records" if count != 1 else "record"
        fault.check(f"1 file, {count} {word}" in ended.stderr, size, ended)
        fault.check(("cut off" in ended.stderr) == cut, size, ended)
        results["each complete record counts; the cut one is reported"] += 1
    return results

"""Events that are larger or more than Splunk sends, with bounds on memory."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import fault
from call_records import START, call
from chunk_body import Layout, write_body
from peak_memory import measured
from program_under_test import SANITIZED, program
from recorded_session import Ended, map_args, whole_replies
from splunkd import execute, frame, getinfo
from watched_process import watched

MIB = 1 << 20
VOLUME = ["ses_threshold=0"]


def run_measured(argv: Sequence[str], pieces: Iterable[bytes]) -> tuple[Ended, int]:
    """Runs a program over pieces of input; with its peak memory in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "peak"
        output = Path(folder) / "output"
        with (
            open(output, "wb") as stdout,
            watched(
                measured([*argv], report),
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=subprocess.PIPE,
            ) as process,
        ):
            assert process.stdin and process.stderr
            try:
                for piece in pieces:
                    process.stdin.write(piece)
                process.stdin.close()
            except BrokenPipeError:
                pass
            stderr = process.stderr.read().decode("utf-8", "backslashreplace")
            exit_code = process.wait()
        return Ended(exit_code, output.read_bytes(), stderr), int(report.read_text())


def check_memory(peak: int, most: int, *what: object) -> None:
    """A sanitizer's memory says nothing."""
    if not SANITIZED:
        fault.check(peak < most, f"{peak} bytes of memory, more than {most}", *what)


def _search(args: Sequence[str], bodies: Sequence[bytes], most: int) -> list:
    requests = [
        frame(getinfo(args)),
        *(frame(execute(number == len(bodies)), body) for number, body in enumerate(bodies, 1)),
    ]
    ended, peak = run_measured(program(), requests)
    fault.check(ended.is_quiet, args, ended)
    check_memory(peak, most, args)
    return whole_replies(ended)


def _row(size: int) -> bytes:
    """A row with a record of about this size."""
    raw = call(requestParameters={"text": "x" * size})
    return write_body([{"_time": b"%d" % START, "_raw": raw}])


@fault.named("rows of 10 MB", "limits.md#limits")
def large_rows(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    body = _row(10**7)
    for args in (VOLUME, ["mode=hunt", "min_risk=0"], map_args("hunt"), ["mode=coverage"]):
        last = _search(args, [body] * 6, 160 * MIB)[-1]
        fault.check(last.error is None and last.rows, args, last)
        if args is VOLUME:
            fault.check([row["EventCount"] for row in last.rows] == ["6"], last)
        results["complete answer"] += 1
    return results


@fault.named("row of more than 64 MiB", "limits.md#limits")
def too_large_row(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    body = _row(65 * MIB)
    for args in (VOLUME, map_args("hunt")):
        last = _search(args, [_row(10), body], 220 * MIB)[-1]
        fault.check(last.error == "a row is longer than 64 MiB, which is the limit", last)
        results["error that names the limit"] += 1
    return results


@fault.named("10,000 to 50,000 columns", "limits.md#limits")
def many_columns(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    for count in (9_998, 10_000, 10_001, 50_000):
        columns = ("_time", "_raw", *(f"f{n}" for n in range(count - 2)))
        row = {"_time": b"%d" % START, "_raw": call()}
        body = write_body([row] * 3, Layout(columns, twins="none"))
        last = _search(VOLUME, [body], 32 * MIB)[-1]
        if count <= 10_000:
            fault.check(last.rows and last.rows[0]["EventCount"] == "3", count, last)
            results["complete answer"] += 1
        else:
            fault.check("more than 10000 columns" in (last.error or ""), count, last)
            results["error that names the limit"] += 1
    return results


@fault.named("100,000 chunks of one row", "limits.md#failures")
def many_chunks(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    count = 10_000 if SANITIZED or cases.size == fault.QUICK else 100_000
    one = frame(execute(False), write_body([{"_time": b"%d" % START, "_raw": call()}]))
    last_one = frame(execute(True))
    for args in (VOLUME, map_args("volume")):
        pieces = [frame(getinfo(args)), *[one * 1000] * (count // 1000), last_one]
        ended, peak = run_measured(program(), pieces)
        fault.check(ended.is_quiet, args, ended.stderr)
        check_memory(peak, 32 * MIB, args)
        replies = whole_replies(ended)
        fault.check(len(replies) == count + 2, args, len(replies))
        if args is VOLUME:
            fault.check(
                [row["EventCount"] for row in replies[-1].rows] == [str(count)], replies[-1]
            )
        else:
            fault.check(all(reply.rows for reply in replies[1:-1]), args)
        results["complete answer"] += 1
    return results


def _quotes(size: int) -> Iterable[bytes]:
    piece = b'"' * MIB
    for _ in range(size // MIB):
        yield piece


@fault.named("quotes alone, up to 1 GB", "limits.md#limits")
def quotes(cases: fault.Cases) -> fault.Results:
    """As the body of a chunk, in one cell and in a cell for each line, and as a file. The last two
    take time for each quote, so there are fewer of them in a short run."""
    results = fault.Results()
    size = MIB << (7 if SANITIZED else 10)
    row_size = MIB * cases.count(32, 128 if SANITIZED else 1024)
    file_size = MIB * cases.count(2 if SANITIZED else 16, 4 if SANITIZED else 256)
    metadata = b'{"action":"execute","finished":true}'

    def head(length: int) -> bytes:
        """The requests until the body of this length."""
        opening = frame(getinfo(VOLUME))
        return opening + b"chunked 1.0,%d,%d\n" % (len(metadata), length) + metadata

    ended, peak = run_measured(program(), [head(size), *_quotes(size)])
    check_memory(peak, 200 * MIB, "one cell")
    fault.check(ended.is_quiet, ended)
    error = whole_replies(ended)[-1].error
    fault.check(error == "a row is longer than 64 MiB, which is the limit", error)
    results["error that names the limit"] += 1

    lines = (b'""\n' * (MIB // 3 + 1))[:MIB]
    assert MIB % 3 == 1  # so each piece begins within a line
    rows = b"_raw\n" + lines[: MIB - 5]
    ended, peak = run_measured(program(), [head(row_size), rows, *[lines] * (row_size // MIB - 1)])
    check_memory(peak, 32 * MIB, "rows")
    fault.check(ended.is_quiet, ended)
    last = whole_replies(ended)[-1]
    fault.check(last.error is None and "could not be read" in str(last.messages), last)
    results["answer, and a message with the number of empty events"] += 1

    ended, peak = run_measured([*program(), "scan", "-"], _quotes(file_size))
    check_memory(peak, 32 * MIB, "scan")
    fault.check(ended.exit_code == 2 and "standard input: is not JSON" in ended.stderr, ended)
    results["exit code 2, `is not JSON`"] += 1
    return results

"""Runs `cloudhijack` as a shell does, with pipes or on a terminal of a given width."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from program_under_test import program

TIMEOUT = 60  # seconds; generous, for a sanitized program on a busy machine

_UNREADABLE = re.compile(r"(\d+) of (\d+) records? could not be read")
_UNKNOWN = re.compile(r"(\d+) records? do(?:es)? not belong to any log that cloudhijack knows")
_SUMMARY = re.compile(r"cloudhijack: \d+ files?(?:, \d+ not [^,]+)*, (\d+) records, \d+ findings?")


@dataclass(frozen=True)
class Run:
    exit_code: int
    stdout: str
    stderr: str

    @property
    def messages(self) -> list[str]:
        """The lines of standard error, without the program's name in front."""
        lines = self.stderr.splitlines()
        assert all(line.startswith("cloudhijack: ") for line in lines), self.stderr
        return [line[len("cloudhijack: ") :] for line in lines]

    @property
    def unreadable(self) -> tuple[int, int]:
        """The number of skipped records and of all records, over all files."""
        left_out = sum(int(match[1]) for match in _UNREADABLE.finditer(self.stderr))
        summary = _SUMMARY.search(self.stderr)
        assert summary is not None, self.stderr
        return left_out, int(summary[1])

    @property
    def unknown(self) -> int:
        """How many records do not belong to any log, over all files."""
        match = _UNKNOWN.search(self.stderr)
        return int(match[1]) if match else 0


def run_program(*args: str, stdin: bytes = b"", **popen: Any) -> Run:
    done = subprocess.run(
        [*program(), *args], input=stdin, capture_output=True, timeout=TIMEOUT, **popen
    )
    return Run(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def run_scan(*args: str, stdin: bytes = b"", **popen: Any) -> Run:
    return run_program("scan", *args, stdin=stdin, **popen)


def ndjson_rows(text: str) -> list[dict[str, Any]]:
    """The rows; each number is a pair of "number" and its digits."""
    assert text == "" or text.endswith("\n"), text[-100:]

    def number(digits: str) -> tuple[str, str]:
        return "number", digits

    return [
        json.loads(line, parse_int=number, parse_float=number) for line in text.split("\n")[:-1]
    ]


def _all_that_comes(descriptor: int) -> bytes:
    data = b""
    while True:
        try:
            piece = os.read(descriptor, 1 << 16)
        except OSError:  # Linux reports this way that the other side is closed
            return data
        if not piece:
            return data
        data += piece


def run_on_terminal(
    args: Sequence[str],
    columns: int,
    environment: Mapping[str, str] | None = None,
    stderr: bool = False,
    argv: Sequence[str] | None = None,
) -> tuple[int, str]:
    """The exit code, and what standard output, or standard error, shows on a terminal.

    The other of the two goes to /dev/null. `argv` is another program that runs this one. Lines end
    as programs write them, without the terminal's carriage returns.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    mode = termios.tcgetattr(theirs)
    mode[1] &= ~termios.OPOST
    termios.tcsetattr(theirs, termios.TCSANOW, mode)
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    streams["stderr" if stderr else "stdout"] = theirs
    kept = {name: text for name, text in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        argv or [*program(), *args],
        stdin=subprocess.DEVNULL,
        env={**kept, "TERM": "xterm", **(environment or {})},
        **streams,
    ) as process:
        os.close(theirs)
        shown = _all_that_comes(ours)
        os.close(ours)
        return process.wait(TIMEOUT), shown.decode("utf-8")

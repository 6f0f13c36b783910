"""An imitation of splunkd: it runs the command as Splunk does and accepts nothing that Splunk would
not.

It speaks the chunked protocol in strict lockstep: one request, then exactly one reply, which it
reads completely before it writes the next request. Every violation of the protocol raises a
ProtocolError, which fails the current test; this includes output on stderr and an exit code other
than 0. So does silence: no call here waits forever.
"""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chunk_body import Row, read_body

# Under an emulator and with sanitizers the program has no sandbox. Tests ignore that it says so.
HAS_SANDBOX = not (
    os.environ.get("CLOUDHIJACK_EMULATOR") or os.environ.get("CLOUDHIJACK_SANITIZED")
)
NO_SANDBOX = "no seccomp filter confines this search ("
_NOTE_OF_MAP_PHASE = re.compile(rf"cloudhijack: {re.escape(NO_SANDBOX)}.*\n")

DEFAULT_TIMEOUT = 60.0  # generous: a sanitized program on a busy machine is slow, not broken


class ProtocolError(AssertionError):
    """The program broke a rule of the protocol."""


def frame(metadata: bytes | dict[str, Any], body: bytes = b"") -> bytes:
    """One request chunk."""
    if isinstance(metadata, dict):
        metadata = json.dumps(metadata).encode()
    return b"chunked 1.0,%d,%d\n" % (len(metadata), len(body)) + metadata + body


def getinfo(
    args: Sequence[str] = (),
    *,
    maxresultrows: int = 50_000,
    earliest_time: str | float = "0",
    preview: bool = False,
    command: str = "cloudhijack",
) -> dict[str, Any]:
    """The metadata of the first request, in the form that Splunk 8 sends."""
    search = f"search index=aws sourcetype=aws:cloudtrail | {command} " + " ".join(args)
    return {
        "action": "getinfo",
        "preview": preview,
        "streaming_command_will_restart": False,
        "searchinfo": {
            "args": list(args),
            "raw_args": [re.sub(r"=(.*)", r'="\1"', arg, flags=re.DOTALL) for arg in args],
            "dispatch_dir": "/opt/splunk/var/run/splunk/dispatch/1709596800.42",
            "sid": "1709596800.42",
            "app": "search",
            "owner": "admin",
            "username": "admin",
            "session_key": "0" * 64,
            "splunkd_uri": "https://localhost:8089",
            "splunk_version": "8.2.1",
            "search": search.replace(" ", "%20").replace("=", "%3D").replace("|", "%7C"),
            "command": command,
            "maxresultrows": maxresultrows,
            "earliest_time": earliest_time,
            "latest_time": earliest_time,
        },
    }


def execute(finished: bool) -> dict[str, Any]:
    return {"action": "execute", "finished": finished}


_REPLY_KEYS = {
    *("type", "generating", "required_fields", "maxwait", "streaming_preop"),
    *("finished", "inspector", "error"),
}
_SEVERITIES = {"DEBUG", "INFO", "WARN", "ERROR", "FATAL"}


class Message(NamedTuple):
    severity: str
    text: str


class Reply:
    """One reply chunk, checked."""

    def __init__(self, metadata: bytes, body: bytes) -> None:
        pairs = json.loads(metadata.decode("utf-8"), object_pairs_hook=list)
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys) or not _REPLY_KEYS.issuperset(keys):
            raise ProtocolError(f"a reply has the keys {keys}")
        if "error" in keys and "inspector" in keys[keys.index("error") :]:
            raise ProtocolError("the inspector follows the error")
        self.metadata: dict[str, Any] = json.loads(metadata)
        if not isinstance(self.metadata.get("finished", False), bool):
            raise ProtocolError("finished is neither true nor false")
        if self.error is not None and not self.finished:
            raise ProtocolError("a reply with an error does not end the search")
        inspector = self.metadata.get("inspector", {})
        self.messages = [
            Message(*message)
            for message in inspector.pop("messages", [])
            if HAS_SANDBOX or not message[1].startswith(NO_SANDBOX)
        ]
        self.metrics: dict[str, list[float]] = inspector
        self.body = body
        self.columns, self.rows = read_body(body)
        self._check_inspector()

    @property
    def finished(self) -> bool:
        return bool(self.metadata.get("finished", False))

    @property
    def error(self) -> str | None:
        return self.metadata.get("error")

    def _check_inspector(self) -> None:
        for severity, text in self.messages:
            if severity not in _SEVERITIES or not text or "\n" in text:
                raise ProtocolError(f"Splunk cannot show the message {severity}: {text!r}")
        for name, numbers in self.metrics.items():
            if not name.startswith("metric.") or len(numbers) != 4:
                raise ProtocolError(f"{name}: {numbers} is not a metric")
            if not all(isinstance(number, (int, float)) and number >= 0 for number in numbers):
                raise ProtocolError(f"{name}: {numbers} contains something other than numbers")


class Ending(NamedTuple):
    """How the program ended, and any output that was not requested."""

    exit_code: int
    stdout: bytes
    stderr: str

    def check(self) -> None:
        if self != Ending(0, b"", ""):
            raise ProtocolError(f"the program did not end quietly: {self}")


_HEADER = re.compile(rb"chunked 1\.0,(\d+),(\d+)\n")
_LONGEST_HEADER = 64


class Session:
    """One process of the command and the pipes to it.

    `piece` splits all input into writes of this many bytes, to test that the program accepts its
    input in pieces of any size.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        piece: int = 1 << 20,
        timeout: float = DEFAULT_TIMEOUT,
        **popen: Any,
    ) -> None:
        self._piece = piece
        self._timeout = timeout
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close())
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._stderr}
        self.process = subprocess.Popen(argv, bufsize=0, **{**pipes, **popen})
        self._received = bytearray()
        if self.process.stdin is not None:
            os.set_blocking(self.process.stdin.fileno(), False)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self._stderr):
            if stream is not None:
                stream.close()

    def write(self, data: bytes) -> None:
        """Write all of it. Raises BrokenPipeError if the program no longer reads."""
        assert self.process.stdin is not None
        descriptor = self.process.stdin.fileno()
        deadline = time.monotonic() + self._timeout
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(descriptor, rest[: self._piece]) :]
            except BlockingIOError:
                self._wait(descriptor, select.POLLOUT, deadline, "the program does not read on")

    def reply(self) -> Reply:
        """The next complete reply."""
        deadline = time.monotonic() + self._timeout
        while b"\n" not in self._received and len(self._received) < _LONGEST_HEADER:
            self._read_more(deadline)
        header = self._take(self._received.find(b"\n") + 1, deadline)
        match = _HEADER.fullmatch(header)
        if match is None:
            raise ProtocolError(
                f"{header or bytes(self._received[:200])!r} is not the header of a reply"
            )
        metadata = self._take(int(match[1]), deadline)
        return Reply(metadata, self._take(int(match[2]), deadline))

    def request(self, metadata: bytes | dict[str, Any], body: bytes = b"") -> Reply:
        """Send one request and return its reply."""
        self.check_silent()
        try:
            self.write(frame(metadata, body))
        except BrokenPipeError:
            raise ProtocolError(
                f"it stopped reading within a request{self._stderr_note()}"
            ) from None
        return self.reply()

    def check_silent(self) -> None:
        """Fail if the program writes anything that was not requested."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 0)
        if self._received or (ready and self._read()):
            raise ProtocolError(f"a reply without a request: {bytes(self._received[:200])!r}")

    def end(self) -> Ending:
        """Close the input and wait for the program to end."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        deadline = time.monotonic() + self._timeout
        if self.process.stdout is not None:
            while not self.process.stdout.closed and self._read_by(deadline, "it does not end"):
                pass
        try:
            exit_code = self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ProtocolError("the program does not end") from None
        return Ending(exit_code, bytes(self._received), self._stderr_text())

    def _stderr_text(self) -> str:
        self._stderr.seek(0)
        text = self._stderr.read().decode("utf-8", "backslashreplace")
        return text if HAS_SANDBOX else _NOTE_OF_MAP_PHASE.sub("", text)

    def _stderr_note(self) -> str:
        # A sanitizer's report is the best explanation of a sudden end, so wait for it.
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        text = self._stderr_text()
        return f"; it wrote on stderr:\n{text}" if text else ""

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._received) < size:
            self._read_more(deadline)
        item = bytes(self._received[:size])
        del self._received[:size]
        return item

    def _read_more(self, deadline: float) -> None:
        if not self._read_by(deadline, "no reply"):
            got = bytes(self._received[:200])
            raise ProtocolError(f"it ended before the end of a reply: {got!r}{self._stderr_note()}")

    def _read_by(self, deadline: float, complaint: str) -> bool:
        assert self.process.stdout is not None
        self._wait(self.process.stdout.fileno(), select.POLLIN, deadline, complaint)
        return self._read()

    def _read(self) -> bool:
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        self._received += data
        return bool(data)

    def _wait(self, descriptor: int, event: int, deadline: float, complaint: str) -> None:
        waiting = select.poll()
        waiting.register(descriptor, event)
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not waiting.poll(remaining * 1000):
            raise ProtocolError(f"{complaint}, for {self._timeout:g} seconds")


@dataclass
class Answer:
    """The result of a search."""

    getinfo: dict[str, Any]
    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    error: str | None = None

    def take(self, reply: Reply) -> bool:
        """Add a reply; returns whether it is the search's last one."""
        self.columns = reply.columns or self.columns
        self.rows += reply.rows
        self.messages += reply.messages
        self.metrics.update(reply.metrics)
        self.error = reply.error
        return reply.finished


def run_search(
    argv: Sequence[str],
    args: Sequence[str] = (),
    chunks: Sequence[bytes] = (b"",),
    *,
    piece: int = 1 << 20,
    timeout: float = DEFAULT_TIMEOUT,
    **info: Any,
) -> Answer:
    """Run one search over the bodies; the last body is sent with `finished`."""
    with Session(argv, piece=piece, timeout=timeout) as session:
        reply = session.request(getinfo(args, **info))
        answer = Answer(getinfo=reply.metadata)
        ended = answer.take(reply)
        for number, body in enumerate(chunks, 1):
            if ended:
                break
            last = number == len(chunks)
            ended = answer.take(session.request(execute(finished=last), body))
            if last and not ended:
                raise ProtocolError("the reply to the last request is not finished")
        session.end().check()
    return answer

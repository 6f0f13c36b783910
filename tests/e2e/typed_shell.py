"""A shell on a terminal into which a test types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

TIMEOUT = 30  # seconds; generous, for a busy machine

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[a-zA-Z]|[=>]|\][^\x07]*\x07)")


class TypedShell:
    """Runs a shell and reads its output, without sequences that only move the cursor or set
    colours."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], setup: str) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execvpe(argv[0], argv, {**os.environ, "TERM": "xterm", **environment})
        # large enough that nothing wraps and the shell does not ask before it lists completions
        size = struct.pack("HHHH", 200, 250, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)
        self._shown = ""
        # The quotes are in the typed text but not in the output, so the pattern only matches the
        # output.
        self.type(setup + " && echo all''set\n")
        self.wait_for(r"allset\r?\n")

    def __enter__(self) -> TypedShell:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def type(self, text: str) -> None:
        self._shown = ""
        os.write(self._terminal, text.encode())

    def taken_line(self) -> str:
        """The text of the line being typed; the setup has bound a key that shows and clears it."""
        os.write(self._terminal, b"\x07")
        return self.wait_for(r"<([^\n]*)>\r?\n")[1]

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until the output since the last typing contains the pattern."""
        deadline = time.monotonic() + TIMEOUT
        while not (match := re.search(pattern, self._shown)):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._terminal], [], [], left)[0]:
                raise AssertionError(f"{pattern!r} is not shown; the output is {self._shown!r}")
            data = os.read(self._terminal, 1 << 16).decode(errors="replace")
            self._shown = _ESCAPES.sub("", self._shown + data)
        return match

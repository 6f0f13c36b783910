"""A process that cannot hang the run: it is killed after some minutes, and if its case fails."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import fault

WATCHDOG = 300.0  # seconds; only a program that hangs takes this long


@contextmanager
def watched(argv: Sequence[str], **popen: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Starts the program, perhaps by another one such as strace, and waits for its end.

    Once it is killed, its pipes are closed, so that no read or write here waits on.
    """
    hangs = threading.Event()
    # A group of its own, so that the program is killed together with the one that started it.
    with subprocess.Popen(argv, start_new_session=True, **popen) as process:

        def kill() -> None:
            os.killpg(process.pid, signal.SIGKILL)

        def end_hang() -> None:
            hangs.set()
            kill()

        watchdog = threading.Timer(WATCHDOG, end_hang)
        watchdog.start()
        try:
            yield process
            process.wait()
        except BaseException:
            if process.poll() is None:
                kill()
            raise
        finally:
            watchdog.cancel()
            fault.check(not hangs.is_set(), "hangs", argv)

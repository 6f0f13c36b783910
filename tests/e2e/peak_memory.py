"""How much memory a program took at its peak."""

from __future__ import annotations

import sys
from pathlib import Path

# The kernel hands a process the peak of the one that it was forked from. So a small process stands
# between this one, which may hold all the events, and the program; it reports the program's peak.
_MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as report:
    report.write(str(usage.ru_maxrss * 1024))
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measured(argv: list[str], report: Path) -> list[str]:
    """A command line that runs the program and reports the bytes resident at its peak."""
    return [sys.executable, "-I", "-S", "-c", _MEASURE, str(report), *argv]

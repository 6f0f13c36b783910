"""The program that the tests run, and what its build means for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# CLOUDHIJACK is the program that was just built; CLOUDHIJACK_PACKAGED goes before it, the one in an
# unpacked package. CLOUDHIJACK_EMULATOR runs it, where it is for another machine.
_PATH = os.environ.get("CLOUDHIJACK_PACKAGED") or os.environ.get("CLOUDHIJACK", "")
_EMULATOR = os.environ.get("CLOUDHIJACK_EMULATOR")
if not (os.path.isfile(_PATH) and os.access(_PATH, os.X_OK)):
    # Once, here, rather than as an error of every test.
    sys.exit(f"set CLOUDHIJACK to the path of the program to test; it is {_PATH!r}")

# A sanitized program is several times slower and larger.
SANITIZED = bool(os.environ.get("CLOUDHIJACK_SANITIZED"))


# `./package.sh test --long`: more of what a few rounds are enough of every day.
LONG = bool(os.environ.get("CLOUDHIJACK_LONG"))


def program() -> list[str]:
    """Its command line, as Splunk starts it; the last word is its path."""
    return command_line(os.path.abspath(_PATH))


def build_folder() -> Path:
    """Where the build lies whose program CLOUDHIJACK is, with all that it made beside it."""
    return Path(os.path.abspath(os.environ["CLOUDHIJACK"])).parent


def command_line(path: str) -> list[str]:
    """What runs a copy of the program."""
    return [_EMULATOR, path] if _EMULATOR else [path]


def repetitions(count: int) -> int:
    """How often a loop of `count` rounds runs: less often where each takes long."""
    return max(1, count // 5) if SANITIZED or _EMULATOR else count

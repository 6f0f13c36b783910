"""The program that the tests run, and the properties of its build that matter to them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# CLOUDHIJACK is the newly built program. CLOUDHIJACK_PACKAGED, the program in an unpacked package,
# takes precedence. CLOUDHIJACK_EMULATOR runs it if it was built for another machine.
_PATH = os.environ.get("CLOUDHIJACK_PACKAGED") or os.environ.get("CLOUDHIJACK", "")
_EMULATOR = os.environ.get("CLOUDHIJACK_EMULATOR")
if not (os.path.isfile(_PATH) and os.access(_PATH, os.X_OK)):
    # Exit here, once, because otherwise every test would fail with its own error.
    sys.exit(f"set CLOUDHIJACK to the path of the program to test; it is {_PATH!r}")

# A sanitized program is several times slower and larger.
SANITIZED = bool(os.environ.get("CLOUDHIJACK_SANITIZED"))


# Set by `./package.sh test --long`: run more rounds than the few that suffice every day.
LONG = bool(os.environ.get("CLOUDHIJACK_LONG"))


def program() -> list[str]:
    """The command line with which Splunk starts the program; the last word is the program's
    path."""
    return command_line(os.path.abspath(_PATH))


def build_folder() -> Path:
    """The build folder of the program in CLOUDHIJACK, with everything else that the build made."""
    return Path(os.path.abspath(os.environ["CLOUDHIJACK"])).parent


def command_line(path: str) -> list[str]:
    """The command line that runs a copy of the program."""
    return [_EMULATOR, path] if _EMULATOR else [path]


def repetitions(count: int) -> int:
    """The number of rounds for a loop of `count`, fewer if each round takes long."""
    return max(1, count // 5) if SANITIZED or _EMULATOR else count

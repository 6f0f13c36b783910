"""The program that the tests run, and what its build means for them."""

from __future__ import annotations

import os
import sys

_PATH = os.environ.get("CLOUDHIJACK", "")
if not (os.path.isfile(_PATH) and os.access(_PATH, os.X_OK)):
    # Once, here, rather than as an error of every test.
    sys.exit(f"set CLOUDHIJACK to the path of the program to test; it is {_PATH!r}")

# A sanitized program is several times slower and larger.
SANITIZED = bool(os.environ.get("CLOUDHIJACK_SANITIZED"))


# `./package.sh test --long`: more of what a few rounds are enough of every day.
LONG = bool(os.environ.get("CLOUDHIJACK_LONG"))


def program() -> list[str]:
    """Its command line, as Splunk starts it."""
    return [os.path.abspath(_PATH)]


def repetitions(count: int) -> int:
    """How often a loop of `count` rounds runs: less often where each takes long."""
    return max(1, count // 5) if SANITIZED else count

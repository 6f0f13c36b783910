"""The program that the tests run, and what its build means for them."""

from __future__ import annotations

import os

# A sanitized program is several times slower and larger.
SANITIZED = bool(os.environ.get("CLOUDHIJACK_SANITIZED"))


def program() -> list[str]:
    """Its command line, as Splunk starts it."""
    path = os.environ.get("CLOUDHIJACK")
    if not path:
        raise RuntimeError("set CLOUDHIJACK to the path of the program to test")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"CLOUDHIJACK={path} is no program")
    return [os.path.abspath(path)]


def repetitions(count: int) -> int:
    """How often a loop of `count` rounds runs: less often where each takes long."""
    return max(1, count // 5) if SANITIZED else count

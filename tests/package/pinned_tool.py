"""Installs a pinned checker from PyPI in its own virtual environment."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path
from typing import Any


def run(*command: object, **options: Any) -> str:
    """The output of a command; if it fails, exit with its output."""
    words = [str(word) for word in command]
    done = subprocess.run(words, text=True, capture_output=True, **options)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}failed: {' '.join(words)}")
    return str(done.stdout + done.stderr)


def install(environment: Path, requirements: Path) -> Path:
    """The environment's folder of programs; it is made anew if the pins or the Python have
    changed."""
    stamp = environment / "installed.txt"
    wanted = f"{sys.executable} {sys.version}\n{requirements.read_text()}"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(environment, clear=True, with_pip=True)
        pip = [environment / "bin/python", "-m", "pip", "--disable-pip-version-check"]
        run(*pip, "install", "--quiet", "--require-hashes", "--requirement", requirements)
        stamp.write_text(wanted)
    return environment / "bin"

"""Checks the format of all Python files and lints them: usage: python_check.py

pyproject.toml has the settings. ruff itself finds the files: it skips what .gitignore names. Its
own report says what is wrong, and `build/ruff/bin/ruff format` fixes the format.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pinned_tool import install

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("ruff-requirements.txt")
ENVIRONMENT = ROOT / "build/ruff"


def main(root: Path) -> int:
    ruff = install(ENVIRONMENT, REQUIREMENTS) / "ruff"
    codes = [
        subprocess.run([ruff, *words, "--no-cache", root]).returncode
        for words in (["format", "--check", "--diff"], ["check", "--quiet"])
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(ROOT))

"""Check the rules of Enterprise Security. Usage: contentctl_check.py

Installs Splunk's contentctl, and runs contentctl_rules.py in its environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from pinned_tool import install

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parents[1] / "build/contentctl/venv"

if __name__ == "__main__":
    python = str(install(ENVIRONMENT, FOLDER / "contentctl-requirements.txt") / "python")
    os.execv(python, [python, "-B", str(FOLDER / "contentctl_rules.py")])

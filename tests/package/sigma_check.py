"""Check the Sigma rules of the package. Usage: sigma_check.py

Installs Sigma's checker and converter, and runs sigma_rules.py in their environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from pinned_tool import install

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parents[1] / "build/sigma/venv"

if __name__ == "__main__":
    python = str(install(ENVIRONMENT, FOLDER / "sigma-requirements.txt") / "python")
    os.execv(python, [python, "-B", str(FOLDER / "sigma_rules.py")])

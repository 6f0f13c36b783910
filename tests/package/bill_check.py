"""Check the bill of materials in a package. Usage: bill_check.py PACKAGE

Installs CycloneDX's own library and runs bill_rules.py in its environment.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pinned_tool import install

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parents[1] / "build/bill/venv"

if __name__ == "__main__":
    python = str(install(ENVIRONMENT, FOLDER / "bill-requirements.txt") / "python")
    os.execv(python, [python, "-B", str(FOLDER / "bill_rules.py"), *sys.argv[1:]])

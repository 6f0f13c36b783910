"""Check that the databases in tests/data/geoip are those that geoip_database.py writes.

usage: geoip_check.py [--renew]

Installs the writer of such files, and runs geoip_database.py in its environment. --renew writes the
files.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pinned_tool import install

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parents[1] / "build/geoip/venv"

if __name__ == "__main__":
    python = str(install(ENVIRONMENT, FOLDER / "geoip-requirements.txt") / "python")
    script = str(FOLDER.parent / "e2e/geoip_database.py")
    os.execv(python, [python, "-B", script, *sys.argv[1:]])

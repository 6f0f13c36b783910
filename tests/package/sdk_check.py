"""Calibrate the stand-in splunkd with Splunk's SDK. Usage: sdk_check.py

Installs the SDK, and runs tests/e2e/sdk_calibration.py in its environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from pinned_tool import install

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parents[1] / "build/sdk/venv"
CALIBRATION = FOLDER.parent / "e2e/sdk_calibration.py"

if __name__ == "__main__":
    python = str(install(ENVIRONMENT, FOLDER / "sdk-requirements.txt") / "python")
    os.execv(python, [python, "-B", str(CALIBRATION)])

"""Runs Splunk's AppInspect over the package: usage: appinspect_check.py PACKAGE

No check may fail or break, and each warning is explained below. AppInspect is pinned, and lives in
a virtual environment of its own under build/.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from pinned_tool import install, run

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("appinspect-requirements.txt")
HOME = ROOT / "build/appinspect"

TAG = "cloud"
# All that 4.3.1 has for the tag. A tag that it does not know runs 12 checks and passes, so the
# number is part of the verdict; it changes with the pinned version only.
CHECKS = 246

# Names of checks that warn, each with the reason why that is well. None does so far.
EXPLAINED_WARNINGS: dict[str, str] = {}


def inspect(package: Path) -> list[dict[str, Any]]:
    """Every check that was run, with its result."""
    program = install(HOME / "venv", REQUIREMENTS) / "splunk-appinspect"
    report = HOME / "report.json"
    report.unlink(missing_ok=True)
    temporary = HOME / "tmp"
    temporary.mkdir(exist_ok=True)
    # The exit code tells less than the report, which must be there all the same.
    run(
        *(program, "inspect", "--mode", "test", "--included-tags", TAG),
        *("--skip-trusted-libraries-update", "--max-messages", "all"),
        *("--data-format", "json", "--output-file", report, package),
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    (inspected,) = json.loads(report.read_text())["reports"]
    return [check for group in inspected["groups"] for check in group["checks"]]


def main(package: Path) -> None:
    checks = inspect(package)
    by_result: dict[str, set[str]] = defaultdict(set)
    for check in checks:
        by_result[check["result"]].add(check["name"])
        if check["result"] not in ("success", "not_applicable"):
            for message in check["messages"]:
                print(f"{check['result']}: {check['name']}: {message['message']}")

    counts = ", ".join(f"{len(names)} {result}" for result, names in sorted(by_result.items()))
    print(f"AppInspect: {len(checks)} checks: {counts}")
    wrong = []
    if len(checks) != CHECKS:
        wrong.append(f"{len(checks)} checks were run, not {CHECKS}")
    for result in sorted(by_result.keys() - {"success", "not_applicable", "warning"}):
        wrong.append(f"{result}: {', '.join(sorted(by_result[result]))}")
    for name in sorted(by_result["warning"] - EXPLAINED_WARNINGS.keys()):
        wrong.append(f"{name} warns, and nothing explains why that is well")
    for name in sorted(EXPLAINED_WARNINGS.keys() - by_result["warning"]):
        wrong.append(f"{name} no longer warns: take it off the list")
    if wrong:
        sys.exit("AppInspect: " + "\nAppInspect: ".join(wrong))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())

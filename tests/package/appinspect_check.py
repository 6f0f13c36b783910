"""Run Splunk's AppInspect on the package. Usage: appinspect_check.py PACKAGE [TAG...]

Without tags, it runs all of them. No check may fail or break, and each warning must be explained
below. AppInspect is pinned, and is installed in its own virtual environment under build/.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pinned_tool import install, run

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("appinspect-requirements.txt")
HOME = ROOT / "build/appinspect"

# Each tag with the number of its checks in 4.3.1. For an unknown tag, AppInspect runs 12 checks and
# passes, so the number is part of the verdict. It only changes with the pinned version.
TAGS = {
    "cloud": 246,
    "private_app": 243,
    "private_victoria": 242,
    "private_classic": 243,
    "migration_victoria": 236,
    "future": 25,
}

# The names of the checks that warn, each with the reason why that is acceptable;
# docs/verification.md lists them too.
EXPLAINED_WARNINGS = {
    "check_for_updates_disabled": "the app is meant for Splunkbase, which tells of newer versions"
}


def inspect(program: Path, package: Path, tag: str) -> list[dict[str, Any]]:
    """All checks of a tag that were run, with their results."""
    report = HOME / "report.json"
    report.unlink(missing_ok=True)
    temporary = HOME / "tmp"
    temporary.mkdir(exist_ok=True)
    # The exit code says less than the report, which must exist in any case.
    run(
        *(program, "inspect", "--mode", "test", "--included-tags", tag),
        *("--skip-trusted-libraries-update", "--max-messages", "all"),
        *("--data-format", "json", "--output-file", report, package),
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    (inspected,) = json.loads(report.read_text())["reports"]
    return [check for group in inspected["groups"] for check in group["checks"]]


def complaints(tag: str, checks: list[dict[str, Any]]) -> list[str]:
    """The problems in the results of a tag's checks; prints a summary of the results as well."""
    by_result: dict[str, set[str]] = defaultdict(set)
    for check in checks:
        by_result[check["result"]].add(check["name"])
        if check["result"] not in ("success", "not_applicable"):
            for message in check["messages"]:
                print(f"{check['result']}: {check['name']}: {message['message']}")

    counts = ", ".join(f"{len(names)} {result}" for result, names in sorted(by_result.items()))
    print(f"AppInspect, {tag}: {len(checks)} checks: {counts}")
    wrong = []
    if len(checks) != TAGS[tag]:
        wrong.append(f"{len(checks)} checks were run, not {TAGS[tag]}")
    for result in sorted(by_result.keys() - {"success", "not_applicable", "warning"}):
        wrong.append(f"{result}: {', '.join(sorted(by_result[result]))}")
    for name in sorted(by_result["warning"] - EXPLAINED_WARNINGS.keys()):
        wrong.append(f"{name} warns, and nothing explains why that is well")
    return [f"{tag}: {complaint}" for complaint in wrong]


def main(package: Path, tags: Sequence[str]) -> None:
    for tag in tags:
        if tag not in TAGS:
            sys.exit(f"AppInspect: unknown tag {tag}; there are {', '.join(TAGS)}")
    program = install(HOME / "venv", REQUIREMENTS) / "splunk-appinspect"
    results = {tag: inspect(program, package, tag) for tag in tags or TAGS}
    wrong = [text for tag, checks in results.items() for text in complaints(tag, checks)]
    warnings = {
        check["name"]
        for checks in results.values()
        for check in checks
        if check["result"] == "warning"
    }
    unseen = EXPLAINED_WARNINGS.keys() - warnings
    for name in [] if tags else sorted(unseen):  # the other tags may have it
        wrong.append(f"{name} no longer warns: take it off the list")
    if wrong:
        sys.exit("AppInspect: " + "\nAppInspect: ".join(wrong))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])

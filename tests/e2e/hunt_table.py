"""Makes the first table of docs/scenarios.md: python3 tests/e2e/hunt_table.py PROGRAM

It asks the program about each scenario, and writes the table between its markers.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from chunk_body import Row, listed, write_bodies
from hunt_scenarios import scenarios
from made_part import in_docs
from splunkd import Answer, run_search

TABLE = in_docs("scenarios.md", "hunt table")

ROWS_PER_CHUNK = 20_000
TIMEOUT = 300.0


def _found(row: Row) -> str:
    evidence = ", ".join(listed(row["Evidence"]))
    return f"{row['Severity']} ({row['RiskScore']}): {evidence}"


def _counted(answer: Answer) -> str:
    rows = len(answer.rows)
    return "-" if rows == 0 else "1 row" if rows == 1 else f"{rows} rows"


def _cell(text: str) -> str:
    """Text that Markdown shows as it is."""
    return text.replace("\\", "\\\\").replace("|", "\\|")


def hunt_table(argv: Sequence[str]) -> str:
    """The table as the program fills it."""
    lines = [
        "| | scenario | `mode=volume` | `mode=hunt` |",
        "| --- | --- | --- | --- |",
    ]
    for story in scenarios():
        bodies = write_bodies([{"_raw": line} for line in story.lines], ROWS_PER_CHUNK)
        answers = [run_search(argv, args, bodies, timeout=TIMEOUT) for args in ([], ["mode=hunt"])]
        for answer in answers:
            if answer.error is not None:
                raise SystemExit(f"{story.name}: {answer.error}")
        volume, hunt = answers
        found = "; ".join(map(_found, hunt.rows)) or "-"
        kind = "honest" if story.benign else "attack"
        lines.append(f"| {kind} | {_cell(story.name)} | {_counted(volume)} | {_cell(found)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    TABLE.write(hunt_table([str(Path(sys.argv[1]).resolve())]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

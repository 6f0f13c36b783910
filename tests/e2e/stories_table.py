"""Makes the tables of stories in docs/scenarios.md: python3 tests/e2e/stories_table.py PROGRAM

It runs the program on all stories, and writes the table between its markers.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from made_part import in_docs
from stories import BASELINES, Result, Results, Scans, read_stories, run_stories, totals

TABLES = in_docs("scenarios.md", "stories")


def _cell(result: Result) -> str:
    found = result.band if result.band == "none" else f"{result.band} ({result.score})"
    return found if result.is_as_expected else f"**{found}**"


def _lines(results: Sequence[Results], is_attack: bool) -> list[str]:
    lines = [
        "| | story | expected | no baseline | busy | quiet | evidence (busy) |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for result in results:
        busy = result["busy"]
        story = busy.story
        if story.is_attack != is_attack:
            continue
        cells = [story.id, story.title, story.expected["busy"].band]
        cells += [_cell(result[name]) for name in BASELINES]
        cells.append(", ".join(f"`{name}`" for name in busy.evidence) or "-")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def stories_table(results: Sequence[Results]) -> str:
    lines = ["", "| | attacks above low | honest workloads above low |", "| --- | --- | --- |"]
    names = {
        "none": "without a baseline",
        "busy": "with the busy history",
        "quiet": "with the quiet history",
    }
    for baseline in BASELINES:
        sums = totals(results, baseline)
        lines.append(
            f"| {names[baseline]} | {sums.found} of {sums.attacks} "
            f"| {sums.woken} of {sums.honest} |"
        )
    lines += ["", "## Attacks", "", *_lines(results, True)]
    lines += ["", "## Honest workloads", "", *_lines(results, False), ""]
    return "\n".join(lines) + "\n"


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    scans = Scans([str(Path(sys.argv[1]).resolve())])
    TABLES.write(stories_table(run_stories(scans, read_stories())))
    return 0


if __name__ == "__main__":
    sys.exit(main())

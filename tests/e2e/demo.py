"""Shows what the program finds in a made-up day of CloudTrail: python3 tests/e2e/demo.py PROGRAM"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timezone
from typing import Sequence, Union

from chunk_body import Row, write_bodies
from cloudtrail_day import Day, cloudtrail_day
from splunkd import Answer, run_search

WIDTH = 120
SEED = 1
ROWS_PER_CHUNK = 10_000

# Of each column its title, the width it may take, and whether it holds numbers. Together with two
# blanks between them they fill WIDTH.
COLUMNS = [
    ("Score", 5, True),
    ("Hour (UTC)", 17, False),
    ("Service", 11, False),
    ("Calls", 6, True),
    ("Limit", 5, True),
    ("Caller", 26, False),
    ("Region", 9, False),
    ("Addresses", 27, False),
]


def listed(value: Union[str, list[str]]) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def utc(epoch: str) -> datetime:
    return datetime.fromtimestamp(float(epoch), timezone.utc)


def shortened(text: str, width: int) -> str:
    """The text, its middle left out where it is too long."""
    if len(text) <= width:
        return text
    head = (width - 3) // 2
    return text[:head] + "..." + text[len(text) - (width - 3 - head) :]


def caller_of(arn: str) -> str:
    """The part of an ARN behind the account, which is the same in all of them."""
    return arn.split(":", 5)[-1].replace("assumed-role/", "role/", 1)


def addresses_of(row: Row) -> str:
    addresses = listed(row["SourceIPs"])
    if len(addresses) == 1:
        return addresses[0]
    return f"{len(addresses)} ({addresses[0]}, ...)" if addresses else "none"


class Style:
    """Bold and dim on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._on = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._on else text

    def dim(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self._on else text


def line(cells: Sequence[str]) -> str:
    parts = []
    for (_, width, number), cell in zip(COLUMNS, cells):
        text = shortened(cell, width)
        parts.append(text.rjust(width) if number else text.ljust(width))
    return "  ".join(parts).rstrip()


def finding(row: Row, style: Style) -> list[str]:
    text = {name: str(value) for name, value in row.items()}
    first, last = utc(text["FirstEvent"]), utc(text["LastEvent"])
    summary = line(
        [
            text["SuspicionScore"],
            utc(text["_time"]).strftime("%Y-%m-%dT%H:%MZ"),
            text["ServiceAbused"],
            f"{int(text['EventCount']):,}",
            text["Threshold"],
            caller_of(text["CallerARN"]),
            text["awsRegion"],
            addresses_of(row),
        ]
    )
    when = f"{text['AttackCategory']}, {first:%H:%M:%S} to {last:%H:%M:%S}"
    details = [when, *map(reason, listed(row["Reasons"]))]
    return [style.bold(summary), *(style.dim(" " * 7 + detail) for detail in details)]


def reason(text: str) -> str:
    """`why (+1)` with its points in front."""
    why, _, points = text.rpartition(" (")
    return shortened(f"{points.rstrip(')')}  {why}", WIDTH - 7)


def print_findings(answer: Answer, style: Style) -> None:
    print(style.bold(line([title for title, _, _ in COLUMNS])))
    print("  ".join("-" * width for _, width, _ in COLUMNS))
    for row in answer.rows:
        print("\n".join(finding(row, style)), end="\n\n")
    if not answer.rows:
        print("nothing found\n")


def print_attacks(day: Day, answer: Answer) -> None:
    found = {str(row["CallerARN"]) for row in answer.rows}
    print("Attacks planted in the day:")
    for attack in day.attacks:
        verdict = "found" if attack.caller in found else "not found, too few calls in any hour"
        if attack.above_thresholds and attack.caller not in found:
            verdict = "MISSED"
        print(f"  {attack.story} ({caller_of(attack.caller)}): {verdict}")
    lawful = sorted(caller_of(arn) for arn in found - {attack.caller for attack in day.attacks})
    if lawful:
        print(f"Found besides, but lawful: {', '.join(lawful)}")
    print()


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    day = cloudtrail_day(SEED)
    rows = [{"_time": (when or "").encode(), "_raw": raw} for when, raw in day.events]
    chunks = write_bodies(rows, ROWS_PER_CHUNK)
    started = time.monotonic()
    answer = run_search([sys.argv[1]], chunks=chunks)
    elapsed = time.monotonic() - started

    style = Style()
    print_findings(answer, style)
    print_attacks(day, answer)
    for message in answer.messages:
        print(f"{message.severity}: {message.text}")
    if answer.error is not None:
        print(f"error: {answer.error}")
    megabytes = sum(map(len, chunks)) / 1e6
    print(
        f"Read {len(rows):,} events of one day ({megabytes:.0f} MB in {len(chunks)} chunks), "
        f"{len(day.attacks)} attacks among them, in {elapsed:.2f} s: {len(answer.rows)} findings."
    )
    return 0 if answer.error is None else 1


if __name__ == "__main__":
    sys.exit(main())

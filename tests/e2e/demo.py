"""Shows what the program finds in a made-up day of six services: python3 tests/e2e/demo.py PROGRAM"""

from __future__ import annotations

import os
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chunk_body import Row, write_bodies
from cloudtrail_day import Attack, Day, cloudtrail_day
from provider_day import with_other_providers
from splunkd import Answer, run_search

WIDTH = 120
SEED = 1
ROWS_PER_CHUNK = 10_000

# Of each column its title, the width it may take, and whether it holds numbers. Together with two
# blanks between them they fill WIDTH.
Columns = Sequence[tuple[str, int, bool]]

VOLUME_COLUMNS: Columns = [
    ("Score", 5, True),
    ("Hour (UTC)", 17, False),
    ("Service", 12, False),
    ("Calls", 6, True),
    ("Limit", 5, True),
    ("Caller", 25, False),
    ("Region", 9, False),
    ("Addresses", 27, False),
]

HUNT_COLUMNS: Columns = [
    ("Risk", 4, True),
    ("Severity", 13, False),
    ("First event (UTC)", 20, False),
    ("Principal", 26, False),
    ("Services", 14, False),
    ("Uses", 6, True),
    ("Addresses", 25, False),
]


def listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def utc(epoch: str) -> datetime:
    return datetime.fromtimestamp(float(epoch), UTC)


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


def line(columns: Columns, cells: Sequence[str]) -> str:
    parts = []
    for (_, width, number), cell in zip(columns, cells):
        text = shortened(cell, width)
        parts.append(text.rjust(width) if number else text.ljust(width))
    return "  ".join(parts).rstrip()


def volume_finding(row: Row) -> tuple[list[str], list[str]]:
    """The cells of a finding's line, and the lines below it."""
    text = {name: str(value) for name, value in row.items()}
    first, last = utc(text["FirstEvent"]), utc(text["LastEvent"])
    cells = [
        text["SuspicionScore"],
        utc(text["_time"]).strftime("%Y-%m-%dT%H:%MZ"),
        text["ServiceAbused"],
        f"{int(text['EventCount']):,}",
        text["Threshold"],
        caller_of(text["CallerARN"]),
        text["awsRegion"],
        addresses_of(row),
    ]
    when = f"{text['AttackCategory']}, {first:%H:%M:%S} to {last:%H:%M:%S}"
    return cells, [when, *reasons(row)]


def hunt_finding(row: Row) -> tuple[list[str], list[str]]:
    text = {name: str(value) for name, value in row.items()}
    cells = [
        text["RiskScore"],
        text["Severity"],
        utc(text["FirstEvent"]).strftime("%Y-%m-%dT%H:%M:%SZ"),
        caller_of(text["Principal"]),
        ", ".join(listed(row["Services"])),
        f"{int(text['UseCount']):,}",
        addresses_of(row),
    ]
    return cells, reasons(row)


def reason(text: str) -> list[str]:
    """`why (+1)` on lines with its points in front; without, another of its kind weighs more."""
    why, points = text, ""
    if text.endswith(")") and " (+" in text:
        why, _, points = text.rpartition(" (")
    first = f"{points.rstrip(')'):>3}  "
    return textwrap.wrap(why, WIDTH - 7, initial_indent=first, subsequent_indent=" " * len(first))


def reasons(row: Row) -> list[str]:
    return [part for text in listed(row["Reasons"]) for part in reason(text)]


def print_findings(
    rows: Sequence[Row],
    columns: Columns,
    finding: Callable[[Row], tuple[list[str], list[str]]],
    style: Style,
) -> None:
    print(style.bold(line(columns, [title for title, _, _ in columns])))
    print("  ".join("-" * width for _, width, _ in columns))
    for row in rows:
        cells, details = finding(row)
        print(style.bold(line(columns, cells)))
        for detail in details:
            print(style.dim(" " * 7 + detail))
        print()
    if not rows:
        print("nothing found\n")


def is_by(attack: Attack, principal: str) -> bool:
    """A hunt's principal is the role and not its session."""
    caller = caller_of(attack.caller)
    return caller_of(principal) in (caller, caller.rpartition("/")[0])


def print_attacks(day: Day, volume: Answer, hunt: Answer) -> None:
    counted = {str(row["CallerARN"]) for row in volume.rows}
    hunted = {member for row in hunt.rows for member in listed(row["Members"])}
    accomplices = {
        member
        for row in hunt.rows
        for member in listed(row["Members"])
        if any(is_by(a, other) for a in day.attacks for other in listed(row["Members"]))
    }
    print("Attacks planted in the day:")
    for attack in day.attacks:
        verdicts = []
        if attack.caller in counted:
            verdicts.append("counted")
        elif attack.above_thresholds:
            verdicts.append("MISSED by the count")
        else:
            verdicts.append("not counted, too few calls in any hour")
        is_hunted = any(is_by(attack, principal) for principal in hunted)
        verdicts.append("hunted" if is_hunted else "MISSED by the hunt")
        print(f"  {attack.story} ({caller_of(attack.caller)}): {', '.join(verdicts)}")
    planted = {attack.caller for attack in day.attacks}
    legitimate = {caller_of(arn) for arn in counted - planted} | {
        caller_of(arn) for arn in hunted - accomplices
    }
    if legitimate:
        print(f"Also found, but legitimate: {', '.join(sorted(legitimate))}")
    print()


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    day = with_other_providers(cloudtrail_day(SEED))
    rows = [{"_time": (when or "").encode(), "_raw": raw} for when, raw in day.events]
    chunks = write_bodies(rows, ROWS_PER_CHUNK)
    style = Style()
    started = time.monotonic()
    volume = run_search(sys.argv[1:], chunks=chunks)
    counted = time.monotonic()
    hunt = run_search(sys.argv[1:], ["mode=hunt"], chunks=chunks)
    hunted = time.monotonic()

    print(style.bold("| cloudhijack: who used a service more than its threshold in an hour\n"))
    print_findings(volume.rows, VOLUME_COLUMNS, volume_finding, style)
    print(style.bold("| cloudhijack mode=hunt: who behaves like a hijacker\n"))
    print_findings(hunt.rows, HUNT_COLUMNS, hunt_finding, style)
    print_attacks(day, volume, hunt)
    for answer in (volume, hunt):
        for message in answer.messages:
            print(textwrap.fill(f"{message.severity}: {message.text}", WIDTH))
        if answer.error is not None:
            print(f"error: {answer.error}")
    megabytes = sum(map(len, chunks)) / 1e6
    print(
        f"Read {len(rows):,} events of one day ({megabytes:.0f} MB), {len(day.attacks)} attacks among "
        f"them: {len(volume.rows)} findings in {counted - started:.2f} s, "
        f"{len(hunt.rows)} principals in {hunted - counted:.2f} s."
    )
    return 0 if volume.error is None and hunt.error is None else 1


if __name__ == "__main__":
    sys.exit(main())

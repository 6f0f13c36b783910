"""The demo: a made-up day of six services, scanned in a shell and searched as Splunk does it.

    python3 tests/e2e/demo.py PROGRAM FOLDER

It leaves the day's log files in FOLDER. It ends with an error if the two ways differ, or if an
attack of the day is in no row.
"""

from __future__ import annotations

import csv
import io
import shlex
import subprocess
import sys
from pathlib import Path

from chunk_body import Row, listed
from cloudtrail_day import Attack, is_by
from cluster import Peer, Traffic, run_cluster
from demo_files import demo_day, write_demo_files
from splunkd import Answer

COLUMNS = ("RiskScore", "Severity", "Principal", "Evidence")


def show(program: str, *arguments: str) -> None:
    """Runs a command before the reader's eyes."""
    print(f"$ {shlex.join([program, *arguments])}", flush=True)
    if subprocess.run([program, *arguments], check=False, stderr=subprocess.STDOUT).returncode:
        raise SystemExit("the scan ended with an error")


def search(program: str) -> tuple[Answer, Traffic, int]:
    """A hunt over the same day on two indexers, and how many bytes their events have."""
    events = [{"_time": (when or "").encode(), "_raw": raw} for when, raw in demo_day().events]
    half = len(events) // 2
    peers = [Peer(events[:half], "idx1"), Peer(events[half:], "idx2")]
    answer, traffic, _ = run_cluster([program], ["mode=hunt"], peers)
    return answer, traffic, sum(len(event["_raw"]) for event in events)


def scanned_rows(program: str, folder: str) -> list[tuple[str, str]]:
    """The principals and scores of the same hunt in a shell."""
    command = [program, "scan", "--mode", "hunt", "--format", "csv", "--raw-csv", folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [
        (row["Principal"], row["RiskScore"]) for row in csv.DictReader(io.StringIO(done.stdout))
    ]


def print_row(row: Row) -> None:
    cells = (f'{name}="{", ".join(listed(row[name]))}"' for name in COLUMNS)
    print(f"  {' '.join(cells)}")


def is_of(attack: Attack, row: Row) -> bool:
    return any(is_by(attack, member) for member in listed(row["Members"]))


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    program, folder = sys.argv[1:]
    attacks = write_demo_files(Path(folder))
    print(f"{folder} holds the log files of a made-up day with {len(attacks)} attacks.\n")
    show(program, "scan", "--mode", "hunt", folder)

    answer, traffic, size = search(program)
    if answer.error is not None:
        raise SystemExit(f"the search ended with an error: {answer.error}")
    print(
        "\nThe same in Splunk, played by a stand-in with two indexers and a search head:\n"
        "  `cloudhijack_events` | cloudhijack mode=hunt\n\n"
        f"The indexers read {size / 1e6:.0f} MB of events and sent {traffic.bytes / 1e6:.1f} MB in"
        f" {traffic.partial_rows} partial rows; the search head answered:"
    )
    for row in answer.rows:
        print_row(row)
    for message in answer.messages:
        print(f"  {message.severity}: {message.text}")
    searched = [(str(row["Principal"]), str(row["RiskScore"])) for row in answer.rows]
    if searched != scanned_rows(program, folder):
        raise SystemExit("the search and the scan differ")
    missed = [attack.story for attack in attacks if not any(is_of(attack, r) for r in answer.rows)]
    if missed:
        raise SystemExit(f"in no row: {', '.join(missed)}")
    others = [str(r["Principal"]) for r in answer.rows if not any(is_of(a, r) for a in attacks)]
    print(
        f"\nAll {len(attacks)} attacks are in these rows. Legitimate activity that looks the same"
        f" without a baseline: {', '.join(others) or 'none'}.\n\nThree commands to try next:\n"
        f"  {program} scan {folder}\n"
        "      callers with more successful calls in an hour than a threshold\n"
        f"  {program} scan --mode coverage {folder}\n"
        "      the activity that these logs cannot show\n"
        f"  {program} scan --mode hunt --min-risk 80 --format ndjson {folder}\n"
        "      rows for other programs, one JSON object per line"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

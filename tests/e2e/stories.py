"""Runs the stories of tests/data/stories and prints the results.

usage: python3 tests/e2e/stories.py PROGRAM

tests/data/stories/README.md describes the stories, their histories and the expected results.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STORIES = Path(__file__).resolve().parents[1] / "data" / "stories"

HISTORIES = ("busy", "quiet")
BASELINES = ("none", *HISTORIES)  # without a baseline, and with the one of each history

ABOVE_LOW = 40  # a row with a higher RiskScore is above the severity low
TIMEOUT = 300.0  # seconds, for one run of the program
WORKERS = 2  # stories that run at the same time
NIGHTLY_DELAY = datetime.timedelta(hours=36)  # makes a whole day old enough to be learned

Row = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    band: str
    above_low: str  # "must", "must not" or "may"

    def is_met_by(self, above_low: bool) -> bool:
        return self.above_low == "may" or above_low == (self.above_low == "must")


@dataclass(frozen=True)
class Story:
    """One entry of expected.json."""

    id: str
    title: str
    is_attack: bool
    actors: tuple[str, ...]
    expected: dict[str, Expected]  # of each of BASELINES
    nightly: bool
    folder: Path

    def records(self) -> Path:
        return self._file("")

    def history(self, kind: str) -> Path:
        return self._file(f".past.{kind}")

    def size(self) -> int:
        """Bytes of all its files, as they are stored."""
        files = [self.records(), *map(self.history, HISTORIES)]
        return sum(path.stat().st_size for path in files)

    def _file(self, part: str) -> Path:
        return self.folder / f"{self.id}{part}.jsonl.gz"


@dataclass(frozen=True)
class Result:
    """The rows of one story with one baseline."""

    story: Story
    baseline: str  # one of BASELINES
    rows: Sequence[Row]

    def counted(self) -> Row | None:
        """The row that decides, if there is one.

        It is the row with the highest score: in an attack of those that name one of the actors, in
        honest work of all.
        """
        rows = self.rows
        if self.story.is_attack:
            rows = [row for row in rows if _names_one(row, self.story.actors)]
        return max(rows, key=score_of, default=None)

    @property
    def score(self) -> int:
        row = self.counted()
        return 0 if row is None else score_of(row)

    @property
    def band(self) -> str:
        row = self.counted()
        return "none" if row is None else str(row["Severity"])

    @property
    def is_above_low(self) -> bool:
        return self.score > ABOVE_LOW

    @property
    def is_as_expected(self) -> bool:
        return self.story.expected[self.baseline].is_met_by(self.is_above_low)

    @property
    def evidence(self) -> list[str]:
        row = self.counted()
        return [] if row is None else listed(row["Evidence"])


Results = dict[str, Result]  # one of each of BASELINES


@dataclass(frozen=True)
class Totals:
    found: int
    attacks: int
    woken: int  # honest workloads with a row above low
    honest: int

    def __str__(self) -> str:
        return (
            f"{self.found} of {self.attacks} attacks above low, "
            f"{self.woken} of {self.honest} honest workloads above low"
        )


def score_of(row: Row) -> int:
    return int(row["RiskScore"])


def listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] * bool(value)


def _names_one(row: Row, actors: Iterable[str]) -> bool:
    names = [*listed(row["Principal"]), *listed(row.get("Members"))]
    return any(actor in name for actor in actors for name in names)


def read_stories(folder: Path = STORIES) -> list[Story]:
    entries = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return [
        Story(
            id=entry["id"],
            title=entry["title"],
            is_attack=entry["kind"] == "attack",
            actors=tuple(entry["actors"]),
            expected={
                name: Expected(entry[name]["band"], entry[name]["above_low"]) for name in BASELINES
            },
            nightly=bool(entry.get("nightly")),
            folder=folder,
        )
        for entry in entries
    ]


class Scans:
    """Runs `cloudhijack scan`."""

    def __init__(self, argv: Sequence[str], options: Sequence[str] = ()) -> None:
        self._scan = [*argv, "scan", "--threads", "1", *options]

    def hunt(self, records: Path, baseline: Path | None = None) -> list[Row]:
        known = [] if baseline is None else ["--baseline", str(baseline)]
        answer = self._run("--mode", "hunt", "--format", "ndjson", *known, str(records))
        return [json.loads(line) for line in answer.splitlines()]

    def learn(self, records: Path, into: Path, baseline: Path | None = None) -> None:
        known = [] if baseline is None else ["--baseline", str(baseline)]
        answer = self._run("--mode", "baseline", "--format", "csv", *known, str(records))
        into.write_bytes(answer)

    def _run(self, *args: str) -> bytes:
        done = subprocess.run([*self._scan, *args], capture_output=True, timeout=TIMEOUT)
        if done.returncode != 0:
            messages = done.stderr.decode("utf-8", "replace")
            raise SystemExit(f"{' '.join(args)}: exit code {done.returncode}\n{messages}")
        return done.stdout


def read_lines(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).splitlines()


def _time_of(line: bytes) -> bytes:
    return line.partition(b'"eventTime":"')[2].partition(b'"')[0]


def _days(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The records of each UTC day; they are sorted by time."""
    for _, day in itertools.groupby(lines, lambda line: _time_of(line)[: len("2026-01-01")]):
        yield list(day)


def _later_copy(line: bytes) -> bytes:
    """The record NIGHTLY_DELAY later, with another event ID."""
    record = json.loads(line)
    form = "%Y-%m-%dT%H:%M:%SZ"
    later = datetime.datetime.strptime(record["eventTime"], form) + NIGHTLY_DELAY
    record["eventTime"] = later.strftime(form)
    record["eventID"] = "later-" + record["eventID"]
    return json.dumps(record, separators=(",", ":")).encode()


def _hunt_nightly(scans: Scans, story: Story, baseline: Path, scratch: Path) -> list[Row]:
    """Run hunt mode for each day separately, with a baseline that learns every night."""
    rows: list[Row] = []
    records = scratch / "day.jsonl"
    learned = scratch / "learned.csv"
    for day in _days(read_lines(story.records())):
        records.write_bytes(b"\n".join(day) + b"\n")
        rows += scans.hunt(records, baseline)
        with records.open("ab") as file:
            file.write(_later_copy(day[-1]) + b"\n")
        scans.learn(records, learned, baseline)
        os.replace(learned, baseline)
    return rows


def run_story(scans: Scans, story: Story) -> Results:
    results = {"none": Result(story, "none", scans.hunt(story.records()))}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for kind in HISTORIES:
            baseline = scratch / f"{kind}.csv"
            scans.learn(story.history(kind), baseline)
            if story.nightly:
                rows = _hunt_nightly(scans, story, baseline, scratch)
            else:
                rows = scans.hunt(story.records(), baseline)
            results[kind] = Result(story, kind, rows)
    return results


def run_stories(scans: Scans, stories: Sequence[Story]) -> list[Results]:
    """The results of each story, in their order."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda story: run_story(scans, story), stories))


def totals(results: Sequence[Results], baseline: str) -> Totals:
    attacks = [result[baseline] for result in results if result[baseline].story.is_attack]
    honest = [result[baseline] for result in results if not result[baseline].story.is_attack]
    return Totals(
        found=sum(result.is_above_low for result in attacks),
        attacks=len(attacks),
        woken=sum(result.is_above_low for result in honest),
        honest=len(honest),
    )


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3].rstrip() + "..."


def report(results: Sequence[Results]) -> str:
    """A table for a terminal, and the totals.

    A `!` follows a score on the wrong side of low, a `~` another band than the expected one.
    """
    lines = [
        f"{'':4}{'title':42}{'expected':9} "
        + "".join(f"{name:16}" for name in BASELINES)
        + "evidence (busy)"
    ]
    for result in results:
        story = result["busy"].story
        cells = []
        for name in BASELINES:
            expected = story.expected[name]
            found = result[name]
            mark = "~" if found.band != expected.band else ""
            mark = mark if found.is_as_expected else "!"
            cells.append(f"{found.band} {found.score or ''}{mark}".rstrip())
        lines.append(
            f"{story.id:4}{_short(story.title, 40):42}{story.expected['busy'].band:9} "
            + "".join(f"{cell:16}" for cell in cells)
            + " ".join(result["busy"].evidence)
        )
    lines.append("")
    lines += [f"{name:6}{totals(results, name)}" for name in BASELINES]
    return "\n".join(lines) + "\n"


def report_rows(results: Results) -> str:
    """All rows of one story, with their reasons."""
    lines = []
    for name in BASELINES:
        result = results[name]
        expected = result.story.expected[name]
        lines.append(
            f"--- {result.story.id}, {name}: expected {expected.band}, above low "
            f"{expected.above_low}; {len(result.rows)} rows"
        )
        for row in sorted(result.rows, key=score_of, reverse=True):
            lines.append(f"{score_of(row):4} {row['Severity']:14}{row['Principal']}")
            lines += [
                f"{'':6}{key}: {', '.join(listed(row[key]))}" for key in DETAILS if key in row
            ]
            lines += [f"{'':8}{reason}" for reason in listed(row["Reasons"])]
    return "\n".join(lines) + "\n"


DETAILS = ("Evidence", "Members", "Links", "Services", "Phases", "SourceIPs", "Confidence")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Hunts in the stories without and with a baseline, and prints the results."
    )
    parser.add_argument("program", metavar="PROGRAM", help="path of cloudhijack")
    parser.add_argument(
        "--story", metavar="ID", action="append", help="only this story, with all rows and reasons"
    )
    parser.add_argument("--config", metavar="FILE", help="cloudhijack.conf for the program")
    parser.add_argument("--min-risk", metavar="N", help="minimum RiskScore of a row")
    parser.add_argument(
        "--stories", metavar="FOLDER", type=Path, default=STORIES, help="folder of the stories"
    )
    chosen = parser.parse_args()

    stories = read_stories(chosen.stories)
    wanted = [story for story in stories if chosen.story is None or story.id in chosen.story]
    if not wanted:
        parser.error(f"no story has the ID {' or '.join(chosen.story)}")
    options = [] if chosen.config is None else ["--config", os.path.abspath(chosen.config)]
    options += [] if chosen.min_risk is None else ["--min-risk", chosen.min_risk]
    scans = Scans([os.path.abspath(chosen.program)], options)
    results = run_stories(scans, wanted)
    if chosen.story is not None:
        print("".join(map(report_rows, results)))
    print(report(results), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Compares `scan` with what a responder would use otherwise: ./package.sh bench --peers

usage: peers.py PROGRAM [--smoke] [--sigma FOLDER]...

All of them read the same CloudTrail files: those of the demo's day, and those of the stories of
tests/data/stories. Prints which attacks each of them reports, how many honest callers and
workloads, and, for the day, the time and peak memory of the whole process. docs/peers.md says what
the rows mean.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/e2e"))

from cloudtrail_day import Attack, cloudtrail_day, is_by
from demo_files import SEED, write_demo_files
from peak_memory import measured
from stories import (
    ABOVE_LOW,
    WORKERS,
    Scans,
    Story,
    read_lines,
    read_stories,
    run_stories,
    totals,
)
from timing import Timing, run, same

PACKAGES = ("duckdb", "pySigma", "pySigma-backend-sqlite")
COUNT = "`scan`, the count"
JQ = "jq, sort and awk, the same count"
DUCKDB = "DuckDB, the same count"
TIME_LIMIT = 300.0  # seconds, for what a contender finds in one folder
RULES = HERE.parents[1] / "README/sigma"

# The calls and thresholds of `mode=volume`, as a responder would write them down.
_DUCKDB = """
import duckdb, sys
duckdb.sql("set threads to 2; set enable_progress_bar = false")
rows = duckdb.sql('''
with calls as (
  select r.userIdentity.arn as arn, r.eventSource as source, r.awsRegion as region,
    substring(r.eventTime, 1, 13) as hour
  from (select unnest(Records) as r from read_json(?, columns={Records: 'STRUCT(eventTime VARCHAR,
    eventSource VARCHAR, eventName VARCHAR, awsRegion VARCHAR, errorCode VARCHAR,
    userIdentity STRUCT(arn VARCHAR))[]'}, maximum_object_size=134217728))
  where r.errorCode is null and (
    (r.eventSource = 'ses.amazonaws.com' and r.eventName in
      ('SendEmail', 'SendRawEmail', 'SendBulkEmail', 'SendBulkTemplatedEmail'))
    or (r.eventSource = 'sns.amazonaws.com' and r.eventName in ('Publish', 'PublishBatch'))
    or (r.eventSource = 'bedrock.amazonaws.com' and r.eventName in
      ('InvokeModel', 'InvokeModelWithResponseStream', 'CreateModelInvocationJob'))))
select distinct arn from calls group by arn, source, region, hour
having count(*) > case source when 'ses.amazonaws.com' then 100
  when 'sns.amazonaws.com' then 200 else 50 end
''', params=[sys.argv[1] + "/**/*.json.gz"])
for (arn,) in rows.fetchall():
    print(arn)
"""
_JQ = r"""
find "$0" -name '*.json.gz' -exec zcat {} + | jq -r '
  .Records[] | select(.errorCode == null) |
  (if .eventSource == "ses.amazonaws.com" and
      (.eventName | test("^Send(Raw|Bulk|BulkTemplated)?Email$")) then 100
    elif .eventSource == "sns.amazonaws.com" and (.eventName | test("^Publish(Batch)?$")) then 200
    elif .eventSource == "bedrock.amazonaws.com" and
      (.eventName | test("^(InvokeModel(WithResponseStream)?|CreateModelInvocationJob)$")) then 50
    else empty end) as $limit |
  [$limit, .eventSource, .awsRegion, .eventTime[:13], .userIdentity.arn // empty] | @tsv' |
  sort | uniq -c | awk '$1 > $2 { print $6 }' | sort -u
"""


def setting() -> str:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    jq = subprocess.run(["jq", "--version"], capture_output=True, text=True, check=True).stdout
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} processors, Python"
        f" {platform.python_version()}, {jq.strip()}, {packages}"
    )


class Contender(NamedTuple):
    name: str
    command: Callable[[Path], list[str]]
    callers: Callable[[bytes], set[str]]  # the callers in its output


def lines_of(output: bytes) -> set[str]:
    return set(output.decode().split())


def hunted(above: int) -> Callable[[bytes], set[str]]:
    """The principals of the rows of hunt mode whose score is higher."""

    def callers(output: bytes) -> set[str]:
        rows = [json.loads(line) for line in output.splitlines()]
        rows = [row for row in rows if row["RiskScore"] > above]
        return {name for row in rows for name in [row["Principal"], *row["Members"]] if name}

    return callers


def counted(output: bytes) -> set[str]:
    return {json.loads(line)["CallerARN"] for line in output.splitlines()}


def contenders(program: str, rules: Sequence[Path]) -> list[Contender]:
    def scan(*options: str) -> Callable[[Path], list[str]]:
        return lambda folder: [program, "scan", "--format", "ndjson", *options, str(folder)]

    def sigma(folder: Path) -> Callable[[Path], list[str]]:
        script = str(HERE / "peers_sigma.py")
        return lambda logs: [sys.executable, "-B", script, str(folder), str(logs)]

    hunt = scan("--mode", "hunt")
    return [
        Contender("`scan --mode hunt`, rows above low", hunt, hunted(ABOVE_LOW)),
        Contender("`scan --mode hunt`, all rows", hunt, hunted(-1)),
        Contender(COUNT, scan(), counted),
        Contender(JQ, lambda folder: ["/bin/sh", "-c", _JQ, str(folder)], lines_of),
        Contender(DUCKDB, lambda folder: [sys.executable, "-c", _DUCKDB, str(folder)], lines_of),
        Contender("pySigma and SQLite, `README/sigma`", sigma(RULES), lines_of),
        *(Contender(f"pySigma and SQLite, `{f.name}`", sigma(f), lines_of) for f in rules),
    ]


def find(contender: Contender, folder: Path) -> set[str] | None:
    """The callers that it reports, or none if it does not finish in time."""
    try:
        done = subprocess.run(
            contender.command(folder), check=True, capture_output=True, timeout=TIME_LIMIT
        )
    except subprocess.TimeoutExpired:
        return None
    return contender.callers(done.stdout)


# The day of the demo


class Found(NamedTuple):
    attacks: int
    honest: int


def judged(callers: set[str], attacks: Iterable[Attack]) -> Found:
    attacks = list(attacks)
    found = sum(any(is_by(attack, caller) for caller in callers) for attack in attacks)
    honest = {c for c in callers if not any(is_by(attack, c) for attack in attacks)}
    return Found(found, len(honest))


def honest_callers(attacks: Sequence[Attack]) -> int:
    events = (json.loads(raw) for _, raw in cloudtrail_day(SEED).events)
    callers = {event["userIdentity"].get("arn") for event in events} - {None}
    return judged(callers, attacks).honest


def run_day(timing: Timing, all_: Sequence[Contender]) -> None:
    day = timing.folder / "day"
    attacks = write_demo_files(day)
    trail = day / "AWSLogs"
    on_trail = [attack for attack in attacks if attack.caller.startswith("arn:")]
    callers = {contender.name: find(contender, trail) or set() for contender in all_}
    for name in (JQ, DUCKDB):
        same(name, callers[COUNT], callers[name])
    found = [judged(names, on_trail) for names in callers.values()]
    times = timing.in_turns(
        *(
            lambda command=contender.command(trail): run(command, stderr=subprocess.DEVNULL)
            for contender in all_
        )
    )
    peaks = [peak_of(contender.command(trail), timing.folder) for contender in all_]
    print(
        f"\n| {len(on_trail)} attacks in CloudTrail's files of the demo | attacks"
        f" | honest callers, of {honest_callers(on_trail)} | time | peak memory |\n"
        "| --- | --- | --- | --- | --- |"
    )
    for contender, result, seconds, peak in zip(all_, found, times, peaks):
        print(
            f"| {contender.name} | {result.attacks} | {result.honest}"
            f" | {seconds / times[0]:.1f} ({seconds:.2f} s) | {peak / 2**20:.0f} MB |"
        )
    whole = judged(find(all_[0], day) or set(), attacks)
    print(
        f"\n`scan --mode hunt` over all logs of the day, with those of SendGrid, Twilio and Azure:"
        f" {whole.attacks} of {len(attacks)} attacks above low."
    )


def peak_of(command: list[str], folder: Path) -> int:
    report = folder / "peak"
    run(measured(command, report), stderr=subprocess.DEVNULL)
    return int(report.read_text())


# The stories


def as_trail(story: Story, folder: Path) -> Path:
    """The story as files of a trail."""
    folder.mkdir()
    body = b'{"Records":[' + b",".join(read_lines(story.records())) + b"]}"
    (folder / "1.json.gz").write_bytes(gzip.compress(body, 1))
    return folder


def run_story(story: Story, all_: Sequence[Contender], scratch: Path) -> list[bool | None]:
    """Whether each contender reports an attacker, or anyone in an honest story; none if it does
    not finish."""
    folder = as_trail(story, scratch / story.id)
    results: list[bool | None] = []
    for contender in all_:
        callers = find(contender, folder)
        if callers is not None and story.is_attack:
            callers = {c for c in callers if any(actor in c for actor in story.actors)}
        results.append(None if callers is None else bool(callers))
    shutil.rmtree(folder)
    return results


def run_all_stories(program: str, all_: Sequence[Contender], scratch: Path) -> None:
    stories = read_stories()
    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda story: run_story(story, all_, scratch), stories))
    learned = totals(run_stories(Scans([program]), stories), "busy")
    print(
        f"\n| stories | attacks, of {learned.attacks} | honest workloads, of {learned.honest} |\n"
        "| --- | --- | --- |\n"
        "| `scan --mode hunt` with a baseline, rows above low"
        f" | {learned.found} | {learned.woken} |"
    )
    for number, contender in enumerate(all_):
        reported = [story for story, result in zip(stories, results) if result[number]]
        attacks = sum(story.is_attack for story in reported)
        late = sum(result[number] is None for result in results)
        note = f" ({late} not finished in {TIME_LIMIT:.0f} s)" if late else ""
        print(f"| {contender.name}{note} | {attacks} | {len(reported) - attacks} |")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Compares `scan` with jq, DuckDB and Sigma rules over the same files."
    )
    parser.add_argument("program", metavar="PROGRAM", help="path of cloudhijack")
    parser.add_argument("--smoke", action="store_true", help="only the demo's day, once")
    parser.add_argument(
        "--sigma", metavar="FOLDER", action="append", default=[], type=Path, help="more Sigma rules"
    )
    chosen = parser.parse_args()
    program = str(Path(chosen.program).resolve())
    all_ = contenders(program, [folder.resolve() for folder in chosen.sigma])
    with tempfile.TemporaryDirectory() as folder:
        timing = Timing(program, Path(folder), chosen.smoke)
        print(f"{setting()}. `./package.sh bench --peers`; medians of {timing.runs} runs.")
        run_day(timing, all_)
        if not chosen.smoke:
            run_all_stories(program, all_, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())

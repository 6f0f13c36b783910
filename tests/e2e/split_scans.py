"""Log files that are divided at random between several scans, whose states are merged again."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from awkward_events import awkward_events
from call_records import call
from cloudtrail_day import cloudtrail_day
from hunt_histories import histories
from provider_day import other_providers
from shell_run import Run, run_program, run_scan

# What a scan is asked, and how its counts are asked for: the arguments of `scan --partial`, those
# of `merge`, and those of a scan of everything are the first, the second, and both.
Question = tuple[tuple[str, ...], tuple[str, ...]]
QUESTIONS: Sequence[Question] = (
    ((), ("--ses-threshold=0", "--sns-threshold=0", "--bedrock-threshold=0")),
    (("--span=7m",), ("--ses-threshold=3", "--min-score=1")),
    (("--mode=hunt",), ("--min-risk=0",)),
    (("--mode=coverage",), ()),
)
FORMATS = ("table", "csv", "ndjson")


def busy_hour(rng: random.Random, count: int = 3000) -> list[bytes]:
    """Calls of few principals beyond every bound within which hunt mode counts exactly: calls and
    origins of an hour, distinct texts, subjects and models. Some are delivered twice."""
    records = []
    for number in range(count):
        which = rng.randrange(3)
        second = rng.randrange(3600)
        members: dict[str, Any] = {
            "eventTime": f"2024-03-05T10:{second // 60:02}:{second % 60:02}Z",
            "eventID": f"{rng.getrandbits(32):08x}-0000-4000-8000-{rng.getrandbits(48):012x}",
            "sourceIPAddress": f"2001:db8::{rng.randrange(5000):x}",
            "userAgent": f"agent-{rng.randrange(5000)}/1",
            "errorCode": "AccessDenied" if rng.random() < 0.1 else None,
        }
        if which == 1:
            members |= {
                "eventName": "CreateEmailIdentity",
                "requestParameters": {"emailIdentity": f"{number}.example.com"},
            }
        elif which == 2:
            members |= {
                "eventSource": "bedrock.amazonaws.com",
                "eventName": "InvokeModel",
                "requestParameters": {"modelId": f"vendor.model-{rng.randrange(5000)}-v1"},
            }
        caller = f"arn:aws:iam::111122223333:user/{rng.choice(('eve', 'mallory'))}"
        records += [call(caller, **members)] * (1 + (rng.random() < 0.1))
    return records


def records_of(seed: int) -> list[bytes]:
    """A day, other providers' logs, awkward events, the histories of hunt mode or a busy hour."""
    kind = seed % 5
    if kind == 4:
        return busy_hour(random.Random(seed))
    if kind == 0:
        return [raw for _, raw in cloudtrail_day(seed, background=1000).events]
    if kind == 1:
        others = other_providers()
        return [*others.sendgrid[:2000], *others.twilio[:2000], *others.azure[:2000]]
    if kind == 2:
        return [raw for _, raw in awkward_events(seed, 400)]
    return [raw for one in histories(seed, 12) for _, raw in one]


def write_files(rng: random.Random, folder: Path, records: list[bytes]) -> list[str]:
    """Files of several forms that hold the records, and some that hold none or are damaged."""
    records = [record.replace(b"\n", b" ") for record in records]
    if rng.random() < 0.5:
        rng.shuffle(records)
    folder.mkdir()
    seen = set()
    paths = []
    cuts = sorted(rng.randrange(len(records) + 1) for _ in range(rng.randrange(1, 12)))
    for number, (begin, end) in enumerate(zip([0, *cuts], [*cuts, len(records)], strict=True)):
        part = records[begin:end]
        form = rng.randrange(6)
        data = b"".join(record + b"\n" for record in part)
        if form == 1:
            data = b'{"Records":[' + b",".join(part) + b"]}"
        elif form == 2:
            data += b'{"some":"digest"}\n{"an":"other"}\n'
        elif form == 3 and len(data) > 10:
            data = data[: rng.randrange(len(data))]
        if rng.random() < 0.5:
            data = gzip.compress(data, 1, mtime=0)
            if rng.random() < 0.2:
                data = data[: len(data) - rng.randrange(9)]
        if data in seen:  # two scans of equal files overlap
            continue
        seen.add(data)
        path = folder / f"{number:02}.json"
        path.write_bytes(data)
        paths.append(str(path))
    for name, data in (("note.txt", b"not a log"), ("digest.json", b'{"a":1}'), ("empty", b"")):
        if rng.random() < 0.3:
            (folder / name).write_bytes(data)
            paths.append(str(folder / name))
    if rng.random() < 0.2:
        paths.append(str(folder / "missing.json"))
    rng.shuffle(paths)
    return paths


def divided(rng: random.Random, items: Sequence[str], parts: int) -> list[list[str]]:
    """The items in that many parts, each with at least one."""
    order = [*items]
    rng.shuffle(order)
    result = [[item] for item in order[:parts]]
    for item in order[parts:]:
        rng.choice(result).append(item)
    return result


def scan_states(
    rng: random.Random, folder: Path, counting: Sequence[str], parts: Sequence[Sequence[str]]
) -> list[str]:
    """The state of each part, some of them compressed."""
    states = []
    for number, part in enumerate(parts):
        path = folder / f"{number}.state"
        run = run_scan("--partial", *counting, "-o", str(path), *part)
        assert run.exit_code in (0, 2), run.stderr
        if rng.random() < 0.3:
            path.write_bytes(gzip.compress(path.read_bytes()))
        states.append(str(path))
    return states


def merged_in_trees(rng: random.Random, folder: Path, states: Sequence[str]) -> list[str]:
    """Fewer states with the same counts: merged, joined into one file, or as they are."""
    result = []
    for number, group in enumerate(divided(rng, states, rng.randrange(1, len(states) + 1))):
        path = folder / f"tree{number}-{rng.randrange(1 << 30)}"
        choice = rng.randrange(3)
        if choice == 0:
            result += group
        elif choice == 1 and not any(is_packed(state) for state in group):
            path.write_bytes(b"".join(Path(state).read_bytes() for state in group))
            result.append(str(path))
        else:
            run = run_program("merge", "--partial", "-o", str(path), *group)
            assert run.exit_code in (0, 2), run.stderr
            result.append(str(path))
    rng.shuffle(result)
    return result


def is_packed(path: str) -> bool:
    return Path(path).read_bytes().startswith(b"\x1f\x8b")


def questions(rng: random.Random) -> Iterator[tuple[Question, str]]:
    for question in QUESTIONS:
        yield question, rng.choice(FORMATS)
    yield (("--mode=hunt",), ("--mode=baseline",)), rng.choice(FORMATS[1:])


def difference(one: Run, other: Run) -> str:
    """How two runs differ; empty if they print the same, with messages in any order."""
    if one.exit_code != other.exit_code:
        return f"exit codes {one.exit_code} and {other.exit_code}: {one.stderr} {other.stderr}"
    if one.stdout != other.stdout:
        return "the rows differ"
    messages = [sorted(map(_without_clock, run.messages)) for run in (one, other)]
    return "" if messages[0] == messages[1] else json.dumps(messages, indent=1)


def _without_clock(message: str) -> str:
    return re.sub(r"this machine's clock \(.*?\)", "this machine's clock", message)


def inputs_of(state: bytes) -> list[tuple[str, int, int]]:
    """The name, size and number of records of each input of a state."""
    inputs = []
    for line in state.splitlines():
        document = json.loads(line)
        texts = document["texts"]
        for name, size, _, _, records, *_ in document.get("inputs", []):
            inputs.append((texts[name], size, records))
    return inputs


def without_host(state: bytes) -> bytes:
    return re.sub(rb'"host":"[^"]*"', b'"host":""', state)

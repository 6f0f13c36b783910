"""Events for the benchmark: records of about 1.2 kB, some of calls that count."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from chunk_body import Layout, write_body
from cloudtrail_day import cloudtrail_day
from hunt_records import BOTO, HOUR, MONDAY, Trail, World
from shipped_catalogue import catalogue_calls
from splunkd import execute, frame, getinfo

ROWS_PER_CHUNK = 50_000

_CALLS = ("bedrock:InvokeModel", "ses:SendEmail", "sns:Publish")


def relevant(principals: int, count: int) -> list[bytes]:
    """Calls that count, evenly over so many roles, within a day."""
    trail = Trail(f"{principals} principals")
    world = World(number=2)
    each = max(1, count // principals)
    for number in range(principals):
        address = [world.address(number % 60, 1 + number // 60)]
        caller = world.role(f"service-{number}", f"i-{number:08x}", address, BOTO)
        step = 24 * HOUR / each
        times = [MONDAY + (number % 3600) + step * i for i in range(each)]
        trail.flood(caller, _CALLS[number % 3], times)
    return trail.lines[:count]


def background() -> list[bytes]:
    """Calls that nobody asked for, of a made-up day."""
    names = tuple(f'"eventName":"{call.name}"'.encode() for call in catalogue_calls())
    events = cloudtrail_day(1, background=20_000).events
    return [raw for _, raw in events if not any(name in raw for name in names)]


def events(count: int, share: float, principals: int, seed: int = 1) -> list[bytes]:
    rng = random.Random(seed)
    counted = relevant(principals, round(count * share))
    rest = background()
    lines = counted + [rng.choice(rest) for _ in range(count - len(counted))]
    rng.shuffle(lines)
    return lines


def as_rows(lines: Sequence[bytes], columns: int = 0) -> tuple[list[dict], Layout]:
    """Rows of a search, with so many more columns that Splunk extracted."""
    more = {f"field{n}": b"value %d" % n for n in range(columns)}
    rows = [{"_time": b"%d" % MONDAY, "_raw": line, **more} for line in lines]
    return rows, Layout(("_time", "_raw", *more))


def write_stream(
    path: Path,
    lines: Sequence[bytes],
    args: Sequence[str],
    *,
    times: int = 1,
    rows_per_chunk: int = ROWS_PER_CHUNK,
    columns: int = 0,
) -> int:
    """All that Splunk writes in a search over the events, so many times over; its size."""
    rows, layout = as_rows(lines, columns)
    bodies = [
        write_body(rows[start : start + rows_per_chunk], layout)
        for start in range(0, len(rows), rows_per_chunk)
    ]
    with path.open("wb") as file:
        file.write(frame(getinfo(args, maxresultrows=10_000_000)))
        for round_ in range(times):
            for number, body in enumerate(bodies):
                last = round_ == times - 1 and number == len(bodies) - 1
                file.write(frame(execute(last), body))
        return file.tell()

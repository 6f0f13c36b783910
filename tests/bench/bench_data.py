"""Events for the benchmark: records of about 1.2 kB, some of them calls that count."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from azure_records import AzureTrail, Resource
from chunk_body import Layout, write_body
from cloudtrail_day import cloudtrail_day
from hunt_records import BOTO, HOUR, MONDAY, Trail, World
from invocation_records import InvocationTrail
from messaging_records import SendGridTrail, TwilioTrail
from shipped_catalogue import catalogue_calls
from splunkd import execute, frame, getinfo

ROWS_PER_CHUNK = 50_000

_CALLS = ("bedrock:InvokeModel", "ses:SendEmail", "sns:Publish")


def relevant(principals: int, count: int) -> list[bytes]:
    """Calls that count, spread evenly over this many roles within one day."""
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


def calls_of_principals(principals: int, seed: int) -> Iterator[bytes]:
    """One call of each of this many users, in pieces. Another seed gives other calls of the same
    users."""
    trail = Trail(f"calls of many {seed}")
    world = World(number=3)
    trail.flood(world.user("USER", [world.address(1)], BOTO), _CALLS[0], [MONDAY])
    for begin in range(0, principals, 10_000):
        users = range(begin, min(begin + 10_000, principals))
        yield b"".join(_as_call_of(trail.lines[0], number, seed) for number in users)


def _as_call_of(line: bytes, user: int, seed: int) -> bytes:
    line = line.replace(b"USER", b"user-%07d" % user)
    line = _USER_ID.sub(b'"principalId":"AIDA%016d"' % user, line)
    line = _ACCESS_KEY.sub(b'"accessKeyId":"AKIA%016d"' % user, line)
    return _EVENT_ID.sub(b'"eventID":"%08x-0000-4000-8000-%012x"' % (seed, user), line) + b"\n"


def background() -> list[bytes]:
    """Calls of a generated day that are not in the catalogue."""
    names = tuple(f'"eventName":"{call.name}"'.encode() for call in catalogue_calls())
    events = cloudtrail_day(1, background=20_000).events
    return [raw for _, raw in events if not any(name in raw for name in names)]


_EVENT_TIME = re.compile(rb'"eventTime":"([^"]*)"')
_USER_ID = re.compile(rb'"principalId":"[^"]*"')
_ACCESS_KEY = re.compile(rb'"accessKeyId":"[^"]*"')
_EVENT_ID = re.compile(rb'"eventID":"[^"]*"')


def events(count: int, share: float, principals: int, seed: int = 1) -> list[bytes]:
    """A mixture of calls that count and calls that do not. The former come newest first, the order
    in which Splunk delivers events."""
    rng = random.Random(seed)
    counted = relevant(principals, round(count * share))
    counted.sort(key=lambda line: _EVENT_TIME.search(line)[1])
    rest = background()
    counts = [True] * len(counted) + [False] * (count - len(counted))
    rng.shuffle(counts)
    return [counted.pop() if is_counted else rng.choice(rest) for is_counted in counts]


def azure_events(count: int) -> list[bytes]:
    """Model calls with the keys of forty resources, within one day."""
    trail = AzureTrail("benchmark")
    resources = [
        Resource(f"0b1f6471-1bf0-4dda-aec3-cb9272f0{n:04}", f"shop-{n}") for n in range(40)
    ]
    for number in range(count):
        at = MONDAY + 24 * HOUR * number / count
        trail.request(resources[number % 40], at, as_text=number % 2 == 0)
    return trail.lines


def sendgrid_events(count: int) -> list[bytes]:
    """Mails of forty accounts within one day, some of which bounce."""
    trails = [SendGridTrail(f"benchmark {n}", str(21_000_000 + n)) for n in range(40)]
    for number in range(count):
        at = MONDAY + 24 * HOUR * number / count
        trail = trails[number % 40]
        if number % 20 == 0:
            trail.bounce(at)
        else:
            trail.processed(at)
    return [line for trail in trails for line in trail.lines]


def twilio_events(count: int) -> list[bytes]:
    """Messages of forty accounts within one day, in the form that event streams deliver."""
    trails = [TwilioTrail(f"benchmark {n}", f"AC{n:032}") for n in range(40)]
    for number in range(count):
        trails[number % 40].sent(MONDAY + 24 * HOUR * number / count)
    return [line for trail in trails for line in trail.lines]


def invocation_events(count: int) -> list[bytes]:
    """Model calls by forty roles within one day, without bodies."""
    trail = InvocationTrail("benchmark")
    for number in range(count):
        at = MONDAY + 24 * HOUR * number / count
        trail.invoke(at, trail.session(f"role-{number % 40}"))
    return trail.lines


def as_rows(lines: Sequence[bytes], columns: int = 0) -> tuple[list[dict], Layout]:
    """Rows of a search, with this many additional columns that Splunk extracted."""
    more = {f"field{n}": b"value %d" % n for n in range(columns)}
    rows = [{"_time": b"%d" % MONDAY, "_raw": line, **more} for line in lines]
    return rows, Layout(("_time", "_raw", *more))


def stream_of(
    folder: Path,
    lines: Sequence[bytes],
    args: Sequence[str],
    *,
    times: int = 1,
    rows_per_chunk: int = ROWS_PER_CHUNK,
    columns: int = 0,
    bodies: Iterable[bytes] = (),
) -> list[Path]:
    """Files that together contain everything that Splunk writes in a search. The chunks hold the
    events, or are the given bodies, and are repeated `times` times."""
    folder.mkdir(exist_ok=True)
    rows, layout = as_rows(lines, columns)
    (folder / "begin").write_bytes(frame(getinfo(args, maxresultrows=10_000_000)))
    with (folder / "chunks").open("wb") as file:
        for start in range(0, len(rows), rows_per_chunk):
            body = write_body(rows[start : start + rows_per_chunk], layout)
            file.write(frame(execute(False), body))
        for body in bodies:
            file.write(frame(execute(False), body))
    (folder / "end").write_bytes(frame(execute(True)))
    return [folder / "begin", *[folder / "chunks"] * times, folder / "end"]


def write_stream(path: Path, lines: Sequence[bytes], args: Sequence[str]) -> None:
    """The same as one file whose last chunk contains events, as the SDK requires."""
    rows, layout = as_rows(lines)
    with path.open("wb") as file:
        file.write(frame(getinfo(args, maxresultrows=10_000_000)))
        for start in range(0, len(rows), ROWS_PER_CHUNK):
            last = start + ROWS_PER_CHUNK >= len(rows)
            body = write_body(rows[start : start + ROWS_PER_CHUNK], layout)
            file.write(frame(execute(last), body))

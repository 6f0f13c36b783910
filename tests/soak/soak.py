"""A long search with a known answer: soak.py PROGRAM [--events N] [--sanitized]

One map process counts the events of six services, and one reduce process the rows that the map
process answers with, as in a search over an indexer. The events come in chunks of 12,000. All
chunks have the same calls of the same principals, with new ids and in one of at most 24 hours, so
the number of calls of each principal is known. The run checks it, and that neither process needs
more memory in the second half than in the first. It prints its figures as Markdown.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from azure_records import AzureTrail, Resource
from chunk_body import write_body
from cluster import preop_args
from hunt_records import BOTO, HOUR, MONDAY, Trail, World
from messaging_records import SendGridTrail, TwilioTrail
from splunkd import Reply, Session, execute, getinfo

MOST_HOURS = 24  # in which the calls are
CHUNKS_IN_HOUR = 20  # at least, so that the calls of every principal are a finding
PRINCIPALS = 20  # of each service
CALLS = 100  # of each principal in a chunk
ROUNDS = 4  # the parts of a run, after each of which the memory is read
MOST_GROWTH = 1.05  # of the memory in the first half
SLACK = 8 << 20  # bytes
MOST_SHOWN = 10  # problems

# In the records of a chunk, these texts stand for what another chunk has in their place.
CHUNK = b"5eed5eed"  # in each id
DAY_AND_HOUR = b"2026-03-02T00:"
EPOCH = b"%d" % (MONDAY // 100)  # SendGrid's times are seconds, of which the last two digits stay

SERVICES = ("AWS Bedrock", "AWS SES", "AWS SNS", "Azure OpenAI", "SendGrid", "Twilio")


class Memory(NamedTuple):
    map: int
    reduce: int


def at(number: int) -> int:
    """The time of a call, in the first seconds of the hour: EPOCH has a hundred of them."""
    return MONDAY + number % 100


def aws_calls() -> Iterator[bytes]:
    trail, world = Trail("soak"), World(number=4)
    for number in range(PRINCIPALS):
        for name in ("bedrock:InvokeModel", "ses:SendEmail", "sns:Publish"):
            service = name.partition(":")[0]
            caller = world.user(f"{service}-{number}", [world.address(number)], BOTO)
            trail.flood(caller, name, [at(call) for call in range(CALLS)])
    for line in trail.lines:
        yield re.sub(rb'"eventID":"[0-9a-f]{8}', b'"eventID":"' + CHUNK, line)


def azure_calls() -> Iterator[bytes]:
    trail = AzureTrail("soak")
    for number in range(PRINCIPALS):
        resource = Resource(f"0b1f6471-1bf0-4dda-aec3-cb9272f0{number:04}", f"shop-{number}")
        for call in range(CALLS):
            trail.request(resource, at(call))
    for line in trail.lines:
        yield re.sub(rb'"correlationId":"[0-9a-f]{8}', b'"correlationId":"' + CHUNK, line)


def sendgrid_calls() -> Iterator[bytes]:
    for number in range(PRINCIPALS):
        trail = SendGridTrail(f"soak {number}", str(21_000_000 + number))
        for call in range(CALLS):
            trail.processed(at(call))
        for line in trail.lines:
            # The id is base64 of "processed-<account>-<rest>": 28 digits of it reach into the rest.
            yield re.sub(rb'("sg_event_id":"[\w-]{28})[\w-]{8}', rb"\g<1>" + CHUNK, line)


def twilio_calls() -> Iterator[bytes]:
    for number in range(PRINCIPALS):
        trail = TwilioTrail(f"soak {number}", f"AC{number:032}")
        for call in range(CALLS):
            trail.sent(at(call), sid=f"SM{CHUNK.decode()}{number:012}{call:012}")
        yield from trail.lines


def first_chunk() -> bytes:
    """The CSV of a chunk, with the texts that stand for others."""
    lines = [*aws_calls(), *azure_calls(), *sendgrid_calls(), *twilio_calls()]
    for line in lines:
        if CHUNK not in line or not (DAY_AND_HOUR in line or EPOCH in line):
            raise AssertionError(f"a record has no place for its id or its time: {line!r}")
    return write_body([{"_time": b"%d" % MONDAY, "_raw": line} for line in lines])


def chunk(template: bytes, number: int, hours: int) -> bytes:
    hour = number % hours
    epoch = (MONDAY + hour * HOUR) // 100
    text = template.replace(CHUNK, b"%08x" % number)
    return text.replace(DAY_AND_HOUR, b"2026-03-02T%02d:" % hour).replace(EPOCH, b"%d" % epoch)


def resident(session: Session) -> int:
    status = Path(f"/proc/{session.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def checked(reply: Reply) -> Reply:
    if reply.error or reply.messages:
        raise AssertionError(f"the program says {reply.error or reply.messages}")
    return reply


def search(program: str, chunks: int) -> tuple[Reply, list[Memory], int]:
    """The answer to this many chunks, the memory after each part, and the bytes of the events."""
    template = first_chunk()
    argv, args = [program], ["mode=hunt"]
    hours = max(1, min(MOST_HOURS, chunks // CHUNKS_IN_HOUR))
    marks = [chunks * part // ROUNDS for part in range(1, ROUNDS + 1)]
    memory, size = [], 0
    with Session(argv, timeout=600) as peer, Session(argv, timeout=600) as head:
        map_args = preop_args(head.request(getinfo(args)).metadata)
        peer.request(getinfo(map_args))

        def pass_on(body: bytes, finished: bool) -> None:
            partial = checked(peer.request(execute(finished), body))
            checked(head.request(execute(finished=False), partial.body))

        for number in range(chunks):
            body = chunk(template, number, hours)
            size += len(body)
            pass_on(body, finished=False)
            if number + 1 in marks:
                memory.append(Memory(resident(peer), resident(head)))
                print(f"{number + 1} chunks: {shown(memory[-1])}", file=sys.stderr)
        pass_on(b"", finished=True)
        answer = head.request(execute(finished=True))
        peer.end().check()
        head.end().check()
    return answer, memory, size


def shown(memory: Memory) -> str:
    return f"map {memory.map / 1e6:.1f} MB, reduce {memory.reduce / 1e6:.1f} MB"


def problems(answer: Reply, memory: list[Memory], chunks: int, limits_memory: bool) -> list[str]:
    """What is not as it must be."""
    found = [
        f"{message.severity}: {message.text}"
        for message in answer.messages
        if not message.text.startswith("there were no data events for")
    ]
    principals = Counter(str(row["Services"]) for row in answer.rows)
    if principals != dict.fromkeys(SERVICES, PRINCIPALS):
        found.append(f"the answer has the principals {dict(principals)}")
    found += [
        f"{row['Principal']} has {row['UseCount']} instead of {CALLS * chunks} calls"
        for row in answer.rows
        if row["UseCount"] != str(CALLS * chunks)
    ]
    half = ROUNDS // 2
    peak = [max(used) for used in zip(*memory[:half])]
    grown = [
        f"the memory grew in the second half: {shown(Memory(*peak))}, then {shown(later)}"
        for later in memory[half:]
        if any(end > begin * MOST_GROWTH + SLACK for begin, end in zip(peak, later))
    ]
    return found + (grown if limits_memory else [])


def report(
    events: int, size: int, seconds: float, memory: list[Memory], program: str, command: str
) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    quarters = ["first quarter", "half", "three quarters", "end"]
    rows = [
        f"| {name} | {now.map / 1e6:.1f} | {now.reduce / 1e6:.1f} |"
        for name, now in zip(quarters, memory)
    ]
    return "\n".join(
        [
            f"`{command}` on {today}, {program}, {platform.machine()}, Linux "
            f"{platform.release().partition('-')[0]}, {os.cpu_count()} processors:",
            "",
            f"- {events:,} events of {len(SERVICES)} services, {size / 1e9:.1f} GB, in "
            f"{seconds:.0f} s, which includes the time to make them",
            f"- {PRINCIPALS * len(SERVICES)} principals, each with exactly "
            f"{events // (PRINCIPALS * len(SERVICES)):,} calls",
            "",
            "| after | map process, MB | reduce process, MB |",
            "| --- | ---: | ---: |",
            *rows,
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--events", type=int, default=100_000_000, help="about this many")
    parser.add_argument("--sanitized", action="store_true", help="memory may grow")
    given = parser.parse_args()
    in_chunk = CALLS * PRINCIPALS * len(SERVICES)
    chunks = max(ROUNDS, given.events // in_chunk)
    start = time.monotonic()
    answer, memory, size = search(given.program, chunks)
    wrong = problems(answer, memory, chunks, limits_memory=not given.sanitized)
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True)
    command = f"soak.py --events {given.events}" + (" --sanitized" if given.sanitized else "")
    seconds = time.monotonic() - start
    print(report(chunks * in_chunk, size, seconds, memory, version.stdout.strip(), command))
    for text in wrong[:MOST_SHOWN]:
        print(f"soak.py: {text}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

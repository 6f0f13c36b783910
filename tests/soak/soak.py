"""A long search with a known answer: soak.py PROGRAM [--events N] [--sanitized] [--renew]

One map process counts the events of six services, and one reduce process the rows that the map
process answers with, as in a search over an indexer. The events come in chunks of 12,000. All
chunks have the same calls of the same principals, with new ids and in one of at most 24 hours, so
the number of calls of each principal is known. The run checks it, and that neither process has
more memory at the end than after half of the events. It prints its figures as Markdown; --renew
writes them to README.md, if nothing is wrong.
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
from made_part import MadePart
from messaging_records import SendGridTrail, TwilioTrail
from splunkd import NO_SANDBOX, Reply, Session, execute, getinfo

MOST_HOURS = 24  # in which the calls are
PRINCIPALS = 20  # of each service
CALLS = 100  # of each principal in a chunk
# At least. The program keeps up to 1,024 calls of a principal in an hour, and the sums of more: it
# does so from the 11th chunk of each hour on, which must be in the first half of the run.
CHUNKS_IN_HOUR = 24
QUARTERS = 4  # of a run, after each of which the memory is read
# Bytes by which the memory may grow in the second half. A sanitized program keeps up to 256 MiB of
# freed memory (AddressSanitizer's quarantine_size_mb), which takes longer than a short run to fill.
SLACK = 1 << 20
SANITIZED_SLACK = 256 << 20
MOST_SHOWN = 10  # problems
MIB = 1 << 20

# In the records of a chunk, these texts stand for what another chunk has in their place.
CHUNK = b"5eed5eed"  # in each id
DAY_AND_HOUR = b"2026-03-02T00:"
EPOCH = b"%d" % (MONDAY // 100)  # SendGrid's times are seconds, of which the last two digits stay

SERVICES = ("AWS Bedrock", "AWS SES", "AWS SNS", "Azure OpenAI", "SendGrid", "Twilio")


FIGURES = MadePart(
    Path(__file__).resolve().parent / "README.md", "<!-- figures -->\n", "<!-- end of figures -->\n"
)


class Memory(NamedTuple):
    """Resident memory of the two processes, in bytes."""

    map: int
    reduce: int


class Usage(NamedTuple):
    quarters: list[Memory]  # at the end of each
    peak: Memory


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


def memory_of(peer: Session, head: Session, line: str) -> Memory:
    """A line of /proc: VmRSS is the memory now, VmHWM the peak."""

    def read(session: Session) -> int:
        status = Path(f"/proc/{session.process.pid}/status").read_text()
        return int(re.search(rf"{line}:\s+(\d+) kB", status)[1]) * 1024

    return Memory(read(peer), read(head))


def checked(reply: Reply) -> Reply:
    if reply.error or reply.messages:
        raise AssertionError(f"the program says {reply.error or reply.messages}")
    return reply


def hours_of(chunks: int) -> int:
    """In how many hours the calls are."""
    return max(1, min(MOST_HOURS, chunks // CHUNKS_IN_HOUR))


def search(program: str, chunks: int) -> tuple[Reply, Usage, int]:
    """The answer to this many chunks, the memory, and the bytes of the events."""
    template = first_chunk()
    argv, args = [program], ["mode=hunt"]
    hours = hours_of(chunks)
    ends = [chunks * quarter // QUARTERS for quarter in range(1, QUARTERS + 1)]
    quarters: list[Memory] = []
    size = 0
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
            if number + 1 in ends:
                quarters.append(memory_of(peer, head, "VmRSS"))
                print(f"{number + 1} chunks: {shown(quarters[-1])}", file=sys.stderr)
        peak = memory_of(peer, head, "VmHWM")  # before the last requests, which end the processes
        pass_on(b"", finished=True)
        answer = head.request(execute(finished=True))
        peer.end().check()
        head.end().check()
    return answer, Usage(quarters, peak), size


def shown(memory: Memory) -> str:
    return f"map {memory.map / MIB:.2f} MiB, reduce {memory.reduce / MIB:.2f} MiB"


def growth_problems(quarters: list[Memory], slack: int) -> list[str]:
    half, end = quarters[1], quarters[-1]
    if all(now <= before + slack for before, now in zip(half, end)):
        return []
    return [f"the memory grew in the second half: {shown(half)}, then {shown(end)}"]


def answer_problems(answer: Reply, chunks: int, sanitized: bool) -> list[str]:
    """Findings that differ from the arithmetic, and messages."""
    expected = ("there were no data events for", *([NO_SANDBOX] if sanitized else []))
    found = [
        f"{message.severity}: {message.text}"
        for message in answer.messages
        if not message.text.startswith(expected)
    ]
    principals = Counter(str(row["Services"]) for row in answer.rows)
    if principals != dict.fromkeys(SERVICES, PRINCIPALS):
        found.append(f"the answer has the principals {dict(principals)}")
    return found + [
        f"{row['Principal']} has {row['UseCount']} instead of {CALLS * chunks} calls"
        for row in answer.rows
        if row["UseCount"] != str(CALLS * chunks)
    ]


def report(program: str, chunks: int, size: int, usage: Usage, seconds: float, slack: int) -> str:
    """The figures of a run without problems, as Markdown."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
    kernel = platform.release().partition("-")[0]
    principals = PRINCIPALS * len(SERVICES)
    names = ["after a quarter", "after half", "after three quarters", "at the end"]
    moments = [*zip(names, usage.quarters), ("peak", usage.peak)]
    return "\n".join(
        [
            "| run | |",
            "| --- | --- |",
            f"| date | {datetime.datetime.now(datetime.UTC).date()} |",
            f"| machine | {platform.machine()}, Linux {kernel}, {os.cpu_count()} processors |",
            f"| program | {version} |",
            f"| events | {chunks * CALLS * principals:,} of {len(SERVICES)} services in "
            f"{hours_of(chunks)} h, {size / 1e9:.1f} GB |",
            "| phases | map and reduce, one process each |",
            f"| findings | {principals}, each with {CALLS * chunks:,} calls, as calculated |",
            f"| growth allowed in the second half | {slack // MIB} MiB |",
            f"| time | {seconds:.0f} s, which includes the time to make the events |",
            "",
            "| resident memory | map process, MiB | reduce process, MiB |",
            "| --- | ---: | ---: |",
            *(f"| {name} | {at.map / MIB:.2f} | {at.reduce / MIB:.2f} |" for name, at in moments),
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--events", type=int, default=100_000_000, help="about this many")
    parser.add_argument("--sanitized", action="store_true", help="the memory may grow more")
    parser.add_argument("--renew", action="store_true", help="write the figures to README.md")
    given = parser.parse_args()
    in_chunk = CALLS * PRINCIPALS * len(SERVICES)
    chunks = max(CHUNKS_IN_HOUR, given.events // in_chunk)
    slack = SANITIZED_SLACK if given.sanitized else SLACK
    start = time.monotonic()
    answer, usage, size = search(given.program, chunks)
    seconds = time.monotonic() - start
    wrong = [
        *answer_problems(answer, chunks, given.sanitized),
        *growth_problems(usage.quarters, slack),
    ]
    for text in wrong[:MOST_SHOWN]:
        print(f"soak.py: {text}", file=sys.stderr)
    if wrong:
        return 1
    figures = report(given.program, chunks, size, usage, seconds, slack)
    print(figures)
    if given.renew:
        FIGURES.write(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Chunks that are not what they say: lengths that lie, damaged metadata, invalid UTF-8, nesting."""

from __future__ import annotations

import json
import random
import re

import fault
from chunk_body import EventRow, Layout, write_body
from event_forms import FIELDS, as_fields
from program_under_test import program
from recorded_session import (
    KINDS,
    SEARCHES,
    START,
    Ended,
    Seen,
    call,
    mixed_rows,
    mixed_session,
    run_over,
    usual_replies,
    whole_replies,
)
from splunkd import execute, frame, getinfo

QUIET_END = "complete replies to complete requests, then exit code 0"
INVALID = [
    b"\xff",
    b"\xc3(",
    b"\xed\xa0\x80",
    b"\xf0\x9f",
    b"\x80",
    b"\xfe\xff",
    b"\xc0\x80",
    b"\0",
]

_HEADER = re.compile(rb"chunked 1\.0,(\d+),(\d+)\n")


def _replies(ended: Ended, *what: object) -> list[Seen]:
    fault.check(ended.is_quiet, *what, ended)
    return whole_replies(ended)


def _lying(request: bytes, which: int, change: int) -> bytes:
    """The request with a length that is wrong by this many bytes: of its metadata or its body."""
    match = _HEADER.match(request)
    assert match is not None
    lengths = [int(match[1]), int(match[2])]
    lengths[which] = max(0, lengths[which] + change)
    return b"chunked 1.0,%d,%d\n" % (lengths[0], lengths[1]) + request[match.end() :]


def lying_length(mode: str, phase: str, which: int, rng: random.Random) -> str:
    """A lie in one of the requests; the replies before it must be the usual ones."""
    requests = mixed_session(mode, phase)
    liar = rng.randrange(len(requests)) if which == 0 else rng.randrange(1, len(requests))
    change = rng.choice([-1, 1]) * rng.choice([1, 2, 9, 100, 2000, 10**6, 10**15])
    match = _HEADER.match(requests[liar])
    assert match is not None
    if int(match[which + 1]) + change < 0:
        change = 1
    requests[liar] = _lying(requests[liar], which, change)
    what = (mode, phase, which, liar, change)
    replies = _replies(run_over(program(), b"".join(requests)), *what)
    usual = list(usual_replies(mode, phase))
    if replies and replies[-1].error is not None:
        error = replies.pop().error
        fault.check(
            re.match(r"malformed (chunk header|metadata)|the chunk's metadata is", error or ""),
            *what,
            error,
        )
        # The body that is too short is answered, without the row that was cut.
        fault.check(replies[:liar] == usual[:liar] and len(replies) <= liar + 1, *what, replies)
        return "error that names the header or the metadata"
    fault.check(replies[:liar] == usual[:liar] and len(replies) <= liar + 1, *what, replies)
    return QUIET_END


@fault.named("length of the metadata that lies", "limits.md#failures")
def metadata_length(cases: fault.Cases) -> fault.Results:
    return fault.Results(
        lying_length(*KINDS[number % 4], 0, rng) for number, rng in cases.seeded(120, 2000)
    )


@fault.named("length of the body that lies", "limits.md#failures")
def body_length(cases: fault.Cases) -> fault.Results:
    return fault.Results(
        lying_length(*KINDS[number % 4], 1, rng) for number, rng in cases.seeded(120, 2000)
    )


def damaged(text: bytes, rng: random.Random) -> bytes:
    """The text with one to three changed bytes."""
    for _ in range(rng.randrange(3) + 1):
        place = rng.randrange(len(text))
        piece = rng.choice([b"", b'"', b"{", b"]", b",", b"\\", b"\n", *INVALID])
        text = text[:place] + piece + text[place + rng.randrange(2) :]
    return text


@fault.named("damaged metadata", "limits.md#failures")
def damaged_metadata(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    for number, rng in cases.seeded(200, 5000):
        mode, phase = KINDS[number % len(KINDS)]
        requests = mixed_session(mode, phase)
        liar = rng.randrange(len(requests))
        match = _HEADER.match(requests[liar])
        assert match is not None
        end = match.end() + int(match[1])
        metadata = damaged(requests[liar][match.end() : end], rng)
        body = requests[liar][end:]
        requests[liar] = b"chunked 1.0,%d,%d\n" % (len(metadata), len(body)) + metadata + body
        replies = _replies(run_over(program(), b"".join(requests)), number, metadata)
        fault.check(replies, number, metadata)
        last = replies[-1]
        fault.check(replies[:liar] == list(usual_replies(mode, phase))[:liar], number, metadata)
        if last.error is None:
            results["answer, since a value was changed that is not used"] += 1
        else:
            words = r"malformed metadata|Splunk sent the action|option |unknown option|argument "
            fault.check(re.match(words, last.error), number, last)
            results["error that names the metadata or an option"] += 1
    return results


def _with_invalid(row: EventRow, rng: random.Random) -> tuple[EventRow, str]:
    """The row with bytes that are not UTF-8 in one of its strings, keys included."""
    raw = bytes(row["_raw"])  # type: ignore[arg-type]
    places = list(re.finditer(rb'"(?:[^"\\]|\\.)*"', raw))
    match = rng.choice(places)
    place = rng.randrange(match.start() + 1, match.end())
    while raw[place - 1 : place] == b"\\":
        place -= 1
    return {**row, "_raw": raw[:place] + rng.choice(INVALID[:-1]) + raw[place:]}, match[0].decode()


@fault.named("invalid UTF-8 in each text of an event", "limits.md#damaged-records")
def invalid_text(cases: fault.Cases) -> fault.Results:
    """The event counts, or it is reported: a name that decides what it is has changed."""
    results = fault.Results()
    rows = mixed_rows()
    for number, rng in cases.seeded(200, 5000):
        mode = rng.choice(["volume", "hunt", "coverage"])
        changed, _ = _with_invalid(rng.choice(rows), rng)
        body = write_body([{"_time": b"%d" % START, "_raw": call()}, changed])
        data = frame(getinfo(SEARCHES[mode])) + frame(execute(True), body)
        replies = _replies(run_over(program(), data), number, changed)
        fault.check(
            len(replies) == 2 and not replies[-1].error and replies[-1].rows, number, replies
        )
        results["answer in valid UTF-8"] += 1
    return results


@fault.named("invalid UTF-8 in a header of columns and in fields", "limits.md#damaged-records")
def invalid_columns(cases: fault.Cases) -> fault.Results:
    results = fault.Results()
    for number, rng in cases.seeded(60, 1000):
        is_fields = number % 2 == 0
        args = ["input=fields", "ses_threshold=0"] if is_fields else SEARCHES["volume"]
        row: EventRow = {**as_fields(call()), "_time": b"%d" % START, "_raw": call()}
        columns = ("_time", *FIELDS) if is_fields else ("_time", "_raw", "host")
        body = write_body([row] * 3, Layout(columns))
        header, _, rest = body.partition(b"\n")
        if number % 4 < 2:
            place = rng.randrange(len(header))
            body = header[:place] + rng.choice(INVALID) + header[place:] + b"\n" + rest
        else:
            place = rng.randrange(len(rest))
            body = header + b"\n" + rest[:place] + rng.choice(INVALID) + rest[place:]
        data = frame(getinfo(args)) + frame(execute(True), body)
        replies = _replies(run_over(program(), data), number, body)
        last = replies[-1]
        fault.check(len(replies) == 2 and last.finished, number, body, replies)
        if last.error is not None:
            fault.check("no field _raw" in last.error, number, last)
            results["error that names the missing field"] += 1
        else:
            fault.check(last.rows or last.messages, number, body, last)
            results["answer in valid UTF-8"] += 1
    return results


@fault.named("nesting 10,000 deep", "troubleshooting.md#unreadable-records")
def nesting(cases: fault.Cases) -> fault.Results:
    """In a record's field, around it, and in metadata; closed, and cut off."""
    results = fault.Results()
    depth = 10_000
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        for end in (b"", closing * depth):
            nested = opening * depth + (b"1" if opening != b"[" else b"") + end
            record = call()[:-1] + b',"requestParameters":' + nested + b"}"
            for raw in (record, nested):
                body = write_body([{"_time": b"%d" % START, "_raw": one} for one in (raw, call())])
                for args in SEARCHES.values():
                    data = frame(getinfo(args)) + frame(execute(True), body)
                    [_, last] = _replies(run_over(program(), data), args, raw[:100])
                    fault.check(last.error is None, args, last)
                    if raw == record and end:
                        results["answer with the record"] += 1
                        continue
                    texts = " ".join(text for _, text in last.messages)
                    fault.check(
                        re.search("could not be read|not belong to any", texts),
                        args,
                        raw[:100],
                        last,
                    )
                    results["answer without the record, and a message"] += 1
    for end in ("", "]" * depth):
        metadata = json.dumps(getinfo())[:-1] + ',"news":' + "[" * depth + end + "}"
        replies = _replies(run_over(program(), frame(metadata.encode())))
        [reply] = replies
        fault.check((reply.error is None) == bool(end), reply)
        results["error that names the metadata" if reply.error else "answer with the record"] += 1
    return results

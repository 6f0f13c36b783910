"""Sessions of Splunk with the command as bytes, and the runs of the program over them.

The program does not need the other side to wait for its replies, so a session can come from a file.
"""

from __future__ import annotations

import functools
import re
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any, NamedTuple

import fault  # it makes the modules of e2e importable
from azure_records import attack as azure_attack
from call_records import START, call
from chunk_body import EventRow, Row, write_bodies
from cluster import preop_args
from event_forms import ENVELOPES
from messaging_records import SendGridTrail, TwilioTrail
from messaging_scenarios import phishing, pumping
from ocsf_records import as_ocsf
from program_under_test import program
from provider_day import RESOURCE
from splunkd import Reply, execute, frame, getinfo, run_search
from watched_process import watched

UNCHANGED = "complete answer"  # the result of a fault that changes nothing
KINDS = [(mode, phase) for mode in ("volume", "hunt") for phase in ("map", "reduce")]

SEARCHES: dict[str, list[str]] = {
    "volume": ["mode=volume", "ses_threshold=0"],
    "hunt": ["mode=hunt", "min_risk=0"],
    "coverage": ["mode=coverage"],
    "baseline": ["mode=baseline"],
}


def mixed_rows() -> list[EventRow]:
    """A few records of several logs, bare and in envelopes."""
    who = "arn:aws:iam::111122223333:user/user"
    policy = '{"Statement":[{"Effect":"Allow","Action":"ses:*","Resource":"*"}]}'
    asked = {"userName": "eve", "policyName": "mail", "policyDocument": policy}
    calls = [call(f"{who}{n % 3}", n, eventID=f"00000000-0000-4000-8000-{n:012}") for n in range(8)]
    calls.append(
        call(
            who,
            9,
            eventSource="iam.amazonaws.com",
            eventName="PutUserPolicy",
            requestParameters=asked,
            userAgent='aws-cli/2.15 \\u00e9 "quoted"',
        )
    )
    mail, texts = SendGridTrail("phishing"), TwilioTrail("pumping")
    phishing(mail, START)
    pumping(texts, START)
    raws = [
        *calls,
        *ENVELOPES["EventBridge"](calls[:1]),
        *ENVELOPES["lookup-events items"](calls[1:2]),
        *ENVELOPES["Records"](calls[2:4]),
        as_ocsf(calls[4]),
        *mail.lines[:3],
        *texts.lines[:3],
        *azure_attack(RESOURCE, START).lines[:3],
    ]
    # Without a later record, a baseline would leave all of them for the next run.
    raws.append(call(who, eventTime="2024-03-09T00:00:00Z"))
    return [{"_time": b"%d" % (START + n), "_raw": raw} for n, raw in enumerate(raws)]


@functools.cache
def map_args(mode: str) -> list[str]:
    return preop_args(run_search(program(), SEARCHES[mode]).getinfo) or []


def requests(args: Sequence[str], bodies: Sequence[bytes]) -> list[bytes]:
    """The requests of a whole search; the last one is finished."""
    chunks = [frame(execute(number == len(bodies)), body) for number, body in enumerate(bodies, 1)]
    return [frame(getinfo(args)), *chunks]


def mixed_session(mode: str, phase: str) -> list[bytes]:
    args = map_args(mode) if phase == "map" else SEARCHES[mode]
    return requests(args, write_bodies(mixed_rows(), 12))


class Ended(NamedTuple):
    """What a process wrote, and its exit code or the negative number of its signal."""

    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def is_quiet(self) -> bool:
        return self.exit_code == 0 and self.stderr == ""


def run_over(argv: Sequence[str], data: bytes, **popen: Any) -> Ended:
    """Runs a program with a file as standard input; the output is empty if it goes elsewhere."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with tempfile.TemporaryFile() as recording:
        recording.write(data)
        recording.seek(0)
        with watched(argv, **{**pipes, **popen, "stdin": recording}) as process:
            stdout, stderr = process.communicate()
    return Ended(process.returncode, stdout or b"", stderr.decode("utf-8", "backslashreplace"))


class Seen(NamedTuple):
    """A reply without the parts that differ in each run."""

    finished: bool
    error: str | None
    messages: list[Any]
    metadata: dict[str, Any]
    columns: list[str]
    rows: list[Row]


_TALLY = re.compile(r'"tally":\[\[[^]]*\]\]')


def _row_without_tally(row: Row) -> Row:
    return {
        name: _TALLY.sub("", value) if isinstance(value, str) else value
        for name, value in row.items()
    }


def seen(reply: Reply) -> Seen:
    rows = [_row_without_tally(row) for row in reply.rows]
    kept = {name: value for name, value in reply.metadata.items() if name != "inspector"}
    return Seen(reply.finished, reply.error, reply.messages, kept, reply.columns, rows)


_HEADER = re.compile(rb"chunked 1\.0,(\d+),(\d+)\n")


def replies_in(output: bytes) -> tuple[list[Seen], bytes]:
    """The complete replies in what the program wrote, each checked, and the bytes after them."""
    replies = []
    place = 0
    while match := _HEADER.match(output, place):
        metadata_end = match.end() + int(match[1])
        end = metadata_end + int(match[2])
        if end > len(output):
            break
        replies.append(seen(Reply(output[match.end() : metadata_end], output[metadata_end:end])))
        place = end
    return replies, output[place:]


def whole_replies(ended: Ended) -> list[Seen]:
    replies, rest = replies_in(ended.stdout)
    fault.check(rest == b"", "half a reply", rest[:200], ended.stderr)
    return replies


@functools.cache
def usual_replies(mode: str, phase: str) -> tuple[Seen, ...]:
    """The replies of the mixed session without a fault."""
    ended = run_over(program(), b"".join(mixed_session(mode, phase)))
    fault.check(ended.is_quiet, ended)
    replies = whole_replies(ended)
    fault.check(len(replies) == 3 and replies[-1].finished and not replies[-1].error, replies)
    fault.check(replies[-1].rows, replies)
    return tuple(replies)


def check_unchanged(ended: Ended, mode: str, phase: str, what: object) -> None:
    """The session ended as it does without a fault."""
    fault.check(ended.is_quiet, mode, phase, what, ended)
    fault.check(whole_replies(ended) == list(usual_replies(mode, phase)), mode, phase, what, ended)

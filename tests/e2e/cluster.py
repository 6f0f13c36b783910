"""Imitates a search over many indexers: map processes on search peers and one reduce process on the
search head, connected by real pipes.

Like Splunk, it asks the reduce process what may run on the peers (`streaming_preop`), starts that
there, and gives each peer its own events in chunks. It then passes the returned rows to the search
head in chunks of another size, in any order, with no fields except the requested ones. All
processes run on this machine, so the peer's name is written into the rows that it sends.

The command is cloudhijack, unless a test names another one: `sdk_calibration.py` runs a command
that was written with Splunk's own SDK, to show that this imitation serves commands of others, too.
"""

from __future__ import annotations

import random
import shlex
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from chunk_body import EventRow, Layout, Row, write_bodies
from splunkd import DEFAULT_TIMEOUT, Answer, ProtocolError, Session, execute, getinfo

PARTIAL = "cloudhijack_partial"
COLUMNS = ["_time", "_raw", PARTIAL]

Rewrite = Callable[[str], str | None]  # rewrites a partial document; None loses it


@dataclass
class Peer:
    """A search peer and its events."""

    rows: Sequence[EventRow]
    name: str = "idx1"
    argv: Sequence[str] | None = None  # the peer's own program, if it has a different one
    rows_per_chunk: int = 50_000
    layout: Layout = Layout()
    maps: bool = True  # if false, Splunk omits the preop, and the events travel unchanged
    dies_after: int | None = None  # after this many chunks; the rows sent until then count
    restarts: bool = False  # whether each chunk gets a new process
    rewrite: Rewrite = lambda document: document


@dataclass
class Traffic:
    """Everything that was sent to the search head."""

    partial_rows: int = 0
    bytes: int = 0
    documents: list[str] = field(default_factory=list)


# Checks the rows with which a peer answers a chunk, and returns those that reach the search head.
Sent = Callable[[Peer, list[str], Sequence[Row], Traffic], list[EventRow]]


@dataclass(frozen=True)
class Command:
    """A search command, and what its test expects of its map phase."""

    name: str
    map_getinfo: dict[str, object]  # the reply to getinfo
    sent: Sent


class Preop(NamedTuple):
    """What the reduce process wants to run on the peers."""

    args: list[str]  # of the command
    fields: list[str] | None = None  # that a `fields` before the command keeps; None without one


def preop_of(text: str, command: str = "cloudhijack") -> Preop:
    """`cloudhijack ...`, alone or after `fields <name>, ... |`."""
    *before, words = (shlex.split(stage) for stage in text.split("|"))
    if words[:1] != [command] or len(before) > 1:
        raise ProtocolError(f"the preop {text!r} has other commands")
    if not before:
        return Preop(words[1:])
    [(name, *fields)] = before
    if name != "fields" or not fields:
        raise ProtocolError(f"the preop {text!r} begins with another command than fields")
    return Preop(words[1:], [field.rstrip(",") for field in fields])


def preop_args(reply: dict[str, object]) -> list[str] | None:
    """The arguments of the command that the reduce process wants to run on the peers."""
    preop = reply.get("streaming_preop")
    return None if preop is None else preop_of(str(preop)).args


def kept(fields: Sequence[str] | None, layout: Layout) -> Layout:
    """The layout after `fields`, which keeps Splunk's internal fields as well."""
    if fields is None:
        return layout
    columns = [name for name in layout.columns if name in fields or name.startswith("_")]
    return replace(layout, columns=tuple(columns))


def map_rows(
    argv: Sequence[str], preop: Preop, peer: Peer, traffic: Traffic, command: Command
) -> list[EventRow]:
    """The rows with which a map process answers."""
    layout = kept(preop.fields, peer.layout)
    bodies = write_bodies(peer.rows, peer.rows_per_chunk, layout)
    died = peer.dies_after is not None
    bodies = bodies[: peer.dies_after] if died else bodies
    groups = [[body] for body in bodies] if peer.restarts else [bodies]
    found: list[EventRow] = []
    for group in groups:
        with Session(peer.argv or argv, timeout=DEFAULT_TIMEOUT) as session:
            reply = session.request(getinfo(preop.args, command=command.name))
            if reply.metadata != command.map_getinfo:
                raise ProtocolError(f"the map phase answers getinfo with {reply.metadata}")
            for number, body in enumerate(group, 1):
                last = number == len(group) and not died and not peer.restarts
                reply = session.request(execute(finished=last), body)
                if reply.finished is not last or reply.error or reply.messages:
                    raise ProtocolError(f"the map phase answers a chunk with {reply.metadata}")
                traffic.bytes += len(reply.body)
                found += command.sent(peer, reply.columns, reply.rows, traffic)
            if not died:
                session.end().check()
    return found


def _partial_rows(
    peer: Peer, columns: list[str], rows: Sequence[Row], traffic: Traffic
) -> list[EventRow]:
    if columns != COLUMNS:
        raise ProtocolError(f"the map phase answers with the columns {columns}")
    if not rows:
        raise ProtocolError("a chunk without a tally")
    here = f'"host":"{socket.gethostname()}"'
    found: list[EventRow] = []
    for row in rows:
        document = str(row[PARTIAL])
        if row["_raw"] or not document.startswith('{"cloudhijack":6,') or here not in document:
            raise ProtocolError(f"this is not a partial row: {row}")
        if len(document.encode()) > 32 * 1024:
            raise ProtocolError("a document exceeds its maximum size")
        traffic.partial_rows += 1
        traffic.documents.append(document)
        sent = peer.rewrite(document.replace(here, f'"host":"{peer.name}"'))
        if sent is not None:
            found.append({"_time": str(row["_time"]).encode(), PARTIAL: sent.encode()})
    return found


CLOUDHIJACK = Command(
    "cloudhijack", {"type": "streaming", "generating": False, "finished": False}, _partial_rows
)


def requested_columns(reply: dict[str, object], arrived: Sequence[EventRow]) -> list[str]:
    """The columns that the search head gets: all of them, if it asks for none in particular."""
    requested = reply.get("required_fields", ["*"])
    assert isinstance(requested, list)
    if "*" in requested:
        return list(dict.fromkeys(name for row in arrived for name in row))
    return list(requested)


def run_cluster(
    argv: Sequence[str],
    args: Sequence[str],
    peers: Sequence[Peer],
    *,
    seed: int = 0,
    rows_per_chunk: int = 50_000,
    preview: bool = False,
    command: Command = CLOUDHIJACK,
    preop_prefix: str = "",
) -> tuple[Answer, Traffic, bytes]:
    """The search's answer, the traffic that it caused, and the unparsed body of the last reply.

    `preop_prefix` is put before the preop, as another build of the program would do it.
    """
    rng = random.Random(seed)
    traffic = Traffic()
    with Session(argv) as session:
        reply = session.request(getinfo(args, preview=preview, command=command.name))
        answer = Answer(getinfo=reply.metadata)
        answer.take(reply)
        requested = reply.metadata.get("streaming_preop")
        preop = None if requested is None else preop_of(preop_prefix + str(requested), command.name)
        arrived: list[EventRow] = []
        for peer in peers:
            if peer.maps and preop is not None:
                arrived += map_rows(argv, preop, peer, traffic, command)
            else:
                arrived += peer.rows
        rng.shuffle(arrived)
        columns = requested_columns(reply.metadata, arrived)
        rng.shuffle(columns)
        bodies = write_bodies(arrived, rows_per_chunk, Layout(tuple(columns))) or [b""]
        for number, body in enumerate(bodies, 1):
            reply = session.request(execute(finished=number == len(bodies)), body)
            ended = answer.take(reply)
            if ended != (number == len(bodies)):
                raise ProtocolError("the search does not end with its last chunk")
        session.end().check()
    return answer, traffic, reply.body

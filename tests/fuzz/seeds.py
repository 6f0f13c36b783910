"""Collects inputs for the fuzz targets from the repository's samples, and from what the tests make.

Each target that reads records gets single records of all logs: those that others published, one of
each call in the recorded attacks, and those that the end-to-end tests make.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

import azure_records
import chunk_body
import cluster
import event_forms
import hostile_records
import invocation_records
import ocsf_records
import provider_day
import splunkd
import vertex_records

Records = list[bytes]
LARGEST = 4096  # bytes of a record: larger ones make a fuzzer slow
ENVELOPES = "abcdefghijklmnop"  # one letter for each envelope of envelopes_fuzz.cpp
MODES = ("volume", "hunt", "baseline", "coverage")
CALL = re.compile(rb'"eventSource":"([^"]*)".{0,40}?"eventName":"([^"]*)"')


def _records_of(sample: bytes) -> Iterator[bytes]:
    """The sample, or if it is too large, each record of its lists."""
    if len(sample) <= LARGEST:
        yield sample
        return
    value = json.loads(sample)
    for records in value.values() if isinstance(value, dict) else [value]:
        if isinstance(records, list):
            yield from (json.dumps(record).encode() for record in records)


def _published() -> Iterator[bytes]:
    for path in sorted((ROOT / "tests/samples").rglob("*.json*")):
        text = path.read_bytes()
        for sample in text.splitlines() if path.suffix == ".jsonl" else [text]:
            yield from _records_of(sample)


def _attacks() -> Iterator[bytes]:
    """One record of each call in the recorded attacks."""
    calls = set()
    for path in sorted((ROOT / "tests/data/stories").glob("*.jsonl.gz")):
        if ".past." in path.name:
            continue
        for line in gzip.decompress(path.read_bytes()).splitlines():
            call = CALL.search(line)
            if call and call.groups() not in calls:
                calls.add(call.groups())
                yield line


def _made() -> Iterator[bytes]:
    others = provider_day.other_providers()
    for lines in (others.sendgrid, others.twilio, others.azure):
        yield from lines[:: max(1, len(lines) // 30)]
    yield from vertex_records.each_kind()
    yield from azure_records.attack(provider_day.RESOURCE).lines[::10]
    trail = invocation_records.InvocationTrail("fuzz")
    trail.invoke(1_767_225_600, trail.user("eve"), cached=(10, 20))
    trail.invoke(1_767_225_660, trail.session("app"), error="AccessDeniedException")
    yield from trail.lines


def records() -> Records:
    made: Records = [*_published(), *_attacks(), *_made()]
    calls = [line for line in _attacks() if b"userIdentity" in line]
    made += [ocsf_records.as_ocsf(line, random.Random(line)) for line in calls[::4]]
    return [line for line in dict.fromkeys(made) if 0 < len(line) <= LARGEST]


def _in_groups(lines: Records, size: int = 6) -> Iterator[Records]:
    for start in range(0, len(lines), size):
        yield [event_forms.without_newlines(line) for line in lines[start : start + size]]


def _rows(lines: Records) -> list[dict[str, bytes]]:
    return [{"_time": b"%d" % (1_767_225_600 + i), "_raw": line} for i, line in enumerate(lines)]


def _session(args: Iterable[str], body: bytes) -> bytes:
    """What Splunk sends in a search with one chunk."""
    return splunkd.frame(splunkd.getinfo(list(args))) + splunkd.frame(
        splunkd.execute(finished=True), body
    )


def _map_and_reduce(program: Path, mode: str, body: bytes) -> Iterator[bytes]:
    """The sessions of a search peer, and of the search head that gets its partial rows."""
    with splunkd.Session([str(program)]) as head:
        reply = head.request(splunkd.getinfo([f"mode={mode}"])).metadata
    args = cluster.preop_args(reply)
    assert args is not None, f"mode={mode} has no map phase"
    with splunkd.Session([str(program)]) as peer:
        peer.request(splunkd.getinfo(args))
        answer = peer.request(splunkd.execute(finished=True), body)
    rows = [{name: str(cell).encode() for name, cell in row.items()} for row in answer.rows]
    columns = cluster.requested_columns(reply, rows)
    yield _session(args, body)
    yield _session([f"mode={mode}"], chunk_body.write_body(rows, chunk_body.Layout(tuple(columns))))


def _sessions(program: Path, bodies: Iterable[bytes]) -> Iterator[bytes]:
    for path in sorted((ROOT / "tests/data").glob("*.scp")):
        yield path.read_bytes()
    for number, (mode, body) in enumerate(zip(MODES * 3, bodies)):
        yield _session([f"mode={mode}"], body)
        if number < len(MODES):
            yield from _map_and_reduce(program, mode, body)


def _stanzas() -> Iterator[bytes]:
    for name in ("default/cloudhijack.conf", "README/cloudhijack.conf.example"):
        for stanza in re.split(r"\n(?=\[)", (ROOT / name).read_text()):
            yield stanza.encode()


def _state(program: Path, mode: str, lines: Records) -> bytes:
    """The state of a scan, with the texts in place of what a fuzzer cannot guess."""
    options = ["scan", "--partial", f"--mode={mode}", "-"]
    made = subprocess.run(
        [program, *options], input=b"\n".join(lines), capture_output=True, check=False
    ).stdout
    for key, text in ((b"catalogue", b"CATALOGUE"), (b"program", b"PROGRAM")):
        made = re.sub(rb'"%s":"[^"]*"' % key, b'"%s":"%s"' % (key, text), made)
    return re.sub(rb'"state_end":\[\[[^\]]*\]\]', b'"state_end":[[DOCUMENTS,HASH]]', made)


def _states(program: Path, lines: Records) -> list[bytes]:
    modes = ["volume", "hunt", "coverage"] * 4
    return [_state(program, mode, group) for mode, group in zip(modes, _in_groups(lines, 12))]


def _damaged(lines: Records) -> Iterator[bytes]:
    rng = random.Random(1)
    for line in lines:
        place = rng.randrange(len(line))
        yield rng.choice((line[:place], line[place:], line[:place] + b'"' + line[place:]))


def _lookups(program: Path, lines: Records) -> Iterator[bytes]:
    for path in sorted((ROOT / "README").glob("*.csv.example")):
        yield path.read_bytes()
    for group in _in_groups(lines, 40):
        options = ["scan", "--mode=baseline", "-"]
        run = subprocess.run([program, *options], input=b"\n".join(group), capture_output=True)
        yield run.stdout[:LARGEST]


def _texts(lines: Records) -> Iterator[str]:
    """Texts of records: names, agents, addresses, models."""
    for line in lines:
        yield from re.findall(r'"([^"\\]{3,200})"', line.decode("utf-8", "replace"))[1::2]


class Material:
    """What the seeds are made of."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self.records = records()
        self.groups = list(_in_groups(self.records))
        self.bodies = [chunk_body.write_body(_rows(group)) for group in self.groups]

    @cached_property
    def sessions(self) -> list[bytes]:
        return list(_sessions(self.program, self.bodies))

    @cached_property
    def states(self) -> list[bytes]:
        return _states(self.program, self.records)

    @cached_property
    def sheets(self) -> list[bytes]:
        texts = list(dict.fromkeys(_texts(self.records)))
        sheets = ["\n".join(texts[start : start + 19]).encode() for start in range(0, 400, 19)]
        return sheets + ["\n".join([text] * 3).encode() for text in hostile_records.PAYLOADS]


def _records(material: Material) -> Iterable[bytes]:
    return material.records


def _enclosed(material: Material) -> Iterator[bytes]:
    for first, line in zip(ENVELOPES * 9, material.records[::2]):
        for second in ("", "a", 'h"'):
            yield f"{first}{second}\n".encode() + line


def _files(material: Material) -> Iterator[bytes]:
    for form in event_forms.FILES.values():
        yield from map(form, material.groups[::8])


def _documents(material: Material) -> Iterator[bytes]:
    for line in b"".join(material.states).splitlines():
        if b"state_end" not in line:
            yield line.replace(b',"program":"PROGRAM"', b"")


def _cells(material: Material) -> Iterator[bytes]:
    for sheet in material.sheets:
        yield sheet.replace(b"\n", b"|", 3).replace(b"\n", b"~", 3)


# The seeds of each target.
SEEDS: dict[str, Callable[[Material], Iterable[bytes]]] = {
    **dict.fromkeys(("event_reader", "log_records", "call_filter", "calls"), _records),
    "envelopes": _enclosed,
    "record_splitter": _files,
    "damage": lambda material: _damaged(material.records),
    "merge": lambda material: map(b"\n".join, material.groups),
    "session": lambda material: (
        mode + b"\n".join(group) for group in material.groups for mode in (b"a", b"b", b"c")
    ),
    "row_reader": lambda material: material.bodies,
    "chunk_reader": lambda material: material.sessions,
    "search_command": lambda material: material.sessions,
    "conf_file": lambda _: _stanzas(),
    "lookups": lambda material: _lookups(material.program, material.records),
    "patterns": lambda material: (b"*\n" + sheet for sheet in material.sheets),
    "html_report": lambda material: material.sheets,
    "row_formats": _cells,
    "state": lambda material: material.states,
    "partial_document": _documents,
    "unpack": lambda material: (
        [gzip.compress(body, mtime=0) for body in material.bodies[:9]] + material.bodies[:3]
    ),
}


def seeds(program: Path) -> dict[str, list[bytes]]:
    material = Material(program)
    return {target: list(make(material)) for target, make in SEEDS.items()}


def write_seeds(inputs: Iterable[bytes], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main() -> None:
    """Prints how many seeds each target gets: usage: seeds.py PROGRAM"""
    for target, inputs in seeds(Path(sys.argv[1])).items():
        sizes = [len(data) for data in inputs]
        print(json.dumps({"target": target, "seeds": len(sizes), "largest": max(sizes)}))


if __name__ == "__main__":
    main()

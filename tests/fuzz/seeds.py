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
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

import azure_records
import chunk_body
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
CALL = re.compile(rb'"eventSource":"([^"]*)".{0,40}?"eventName":"([^"]*)"')


def _published() -> Iterator[bytes]:
    for path in sorted((ROOT / "tests/samples").rglob("*.json*")):
        text = path.read_bytes()
        yield from text.splitlines() if path.suffix == ".jsonl" else [text]


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


def _sessions(lines: Records) -> Iterator[bytes]:
    for path in sorted((ROOT / "tests/data").glob("*.scp")):
        yield path.read_bytes()
    for mode, group in zip(["volume", "hunt", "baseline", "coverage"] * 3, _in_groups(lines)):
        yield b"".join(
            (
                splunkd.frame(splunkd.getinfo([f"mode={mode}"])),
                splunkd.frame(splunkd.execute(finished=True), chunk_body.write_body(_rows(group))),
            )
        )


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


def seeds(program: Path) -> dict[str, Iterable[bytes]]:
    lines = records()
    groups = list(_in_groups(lines))
    bodies = [chunk_body.write_body(_rows(group)) for group in groups]
    states = _states(program, lines)
    documents = [
        re.sub(rb',"program":"PROGRAM"', b"", line)
        for state in states
        for line in state.splitlines()
        if b"state_end" not in line
    ]
    texts = list(dict.fromkeys(_texts(lines)))
    sheets = ["\n".join(texts[start : start + 19]).encode() for start in range(0, 400, 19)]
    sheets += ["\n".join([payload] * 3).encode() for payload in hostile_records.PAYLOADS]
    sessions = list(_sessions(lines))
    files = [form(group) for form in event_forms.FILES.values() for group in groups[::8]]
    enclosed = [
        f"{first}{second}\n".encode() + line
        for first, line in zip(ENVELOPES * 9, lines[::2])
        for second in ("", "a", 'h"')
    ]
    return {
        **dict.fromkeys(("event_reader", "log_records", "call_filter", "calls"), lines),
        "envelopes": enclosed,
        "record_splitter": files,
        "damage": list(_damaged(lines)),
        "merge": [b"\n".join(group) for group in groups],
        "session": [mode + b"\n".join(group) for group in groups for mode in (b"a", b"b", b"c")],
        "row_reader": bodies,
        "chunk_reader": sessions,
        "search_command": sessions,
        "conf_file": list(_stanzas()),
        "lookups": list(_lookups(program, lines)),
        "patterns": [b"\n".join((b"*", sheet)) for sheet in sheets],
        "html_report": sheets,
        "row_formats": [sheet.replace(b"\n", b"|", 3).replace(b"\n", b"~", 3) for sheet in sheets],
        "state": states,
        "partial_document": documents,
        "unpack": [gzip.compress(body, mtime=0) for body in bodies[:9]] + bodies[:3],
    }


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

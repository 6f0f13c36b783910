"""Both programs of the package give the same bytes. One of them runs under qemu's user emulation:
CLOUDHIJACK_EMULATOR names it."""

from __future__ import annotations

import gzip
import os
import platform
import re
import subprocess
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path

from installed_app import install

# installed_app makes the modules of tests/e2e importable.
from answer_checks import as_rows  # isort: skip
from awkward_events import awkward_events
from chunk_body import write_bodies
from cloudtrail_day import cloudtrail_day
from hunt_histories import histories
from splunkd import Session, execute, getinfo
from volume_reference import IndexedEvent

EMULATOR = os.environ["CLOUDHIJACK_EMULATOR"]
MODES = (["mode=volume", "ses_threshold=5"], ["mode=hunt", "min_risk=0"], ["mode=coverage"])


def generated_events() -> list[IndexedEvent]:
    events = list(cloudtrail_day(seed=7, background=3000).events)
    events += [event for history in histories(7, 60) for event in history]
    return events + awkward_events(7, 1500)


def without_clock(messages: bytes) -> bytes:
    """Remove the time from the message about events in the future, because the programs do not run
    at the same time."""
    return re.sub(rb"this machine's clock \([^)]*\)", b"this machine's clock", messages)


class ArchitecturesTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        programs = {path.parent.name: path for path in install(self.folder).glob("bin/linux_*/*")}
        own = programs.pop(f"linux_{platform.machine()}")
        (other,) = programs.values()
        self.programs = ([str(own)], [EMULATOR, str(other)])

    def test_searches_give_the_same_answers(self) -> None:
        bodies = write_bodies(as_rows(generated_events()), 1000)
        for args in MODES:
            with self.subTest(args):
                own, other = (self.answer(program, args, bodies) for program in self.programs)
                self.assertGreater(len(own[-1][0].splitlines()), 10)
                self.assertEqual(own, other)

    def answer(
        self, program: list[str], args: Sequence[str], bodies: Sequence[bytes]
    ) -> list[tuple[bytes, object]]:
        """The body and the messages of each reply; metrics contain times, which differ."""
        with Session([*program], timeout=300) as session:
            replies = [session.request(getinfo(args))]
            for number, body in enumerate(bodies, 1):
                replies.append(session.request(execute(finished=number == len(bodies)), body))
            session.end().check()
        return [(reply.body, reply.messages) for reply in replies]

    def test_scans_print_the_same(self) -> None:
        lines = b"\n".join(raw for _, raw in generated_events())
        path = self.folder / "events.json.gz"
        path.write_bytes(gzip.compress(lines))
        for mode, output in (("volume", "table"), ("hunt", "ndjson"), ("baseline", "csv")):
            with self.subTest(mode=mode):
                args = ["scan", "--mode", mode, "--format", output, str(path)]
                own, other = (
                    subprocess.run([*program, *args], capture_output=True)
                    for program in self.programs
                )
                self.assertGreater(len(own.stdout), 500)
                self.assertEqual(own.stdout, other.stdout)
                self.assertEqual(without_clock(own.stderr), without_clock(other.stderr))
                self.assertEqual(own.returncode, other.returncode)


if __name__ == "__main__":
    unittest.main()

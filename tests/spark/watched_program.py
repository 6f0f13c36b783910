"""A program for Spark jobs under test: it notes each run and misbehaves as the test says."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

_TEXT = """#!{python}
import os, signal, sys, time

NOTES, PROGRAM = {notes!r}, {program!r}


def executor():
    "The executor's process; None if the driver runs the program."
    process = os.getppid()
    while process > 1:
        with open(f"/proc/{{process}}/cmdline", "rb") as file:
            if b"CoarseGrainedExecutorBackend" in file.read():
                return process
        with open(f"/proc/{{process}}/stat") as file:
            process = int(file.read().rpartition(")")[2].split()[1])
    return None


def note(name, text):
    with open(os.path.join(NOTES, name), "a") as file:
        file.write(text + "\\n")


def once(name):
    "Whether no other run has passed here."
    try:
        os.close(os.open(os.path.join(NOTES, name), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def runs(command):
    with open(os.path.join(NOTES, "runs")) as file:
        return sum(line.split()[1] == command for line in file)


jvm, command = executor(), sys.argv[1]
if jvm is not None:
    note("runs", f"{{jvm}} {{command}}")
    {behaviour}
os.execv(PROGRAM[0], [*PROGRAM, *sys.argv[1:]])
"""

KILL = """if command == {command!r} and runs(command) >= {count} and once("kill"):
        note("killed", str(jvm))
        os.kill(jvm, signal.SIGKILL)
        time.sleep(600)"""

SLEEP = """if command == "scan" and runs(command) >= {count} and once("sleep"):
        note("slow", str(os.getpid()))
        time.sleep(600)"""

FAIL = """print("cloudhijack: the disk is on fire", file=sys.stderr)
    sys.exit({exit_code})"""


@dataclass(frozen=True)
class WatchedProgram:
    path: Path
    notes: Path

    def noted(self, name: str) -> list[str]:
        file = self.notes / name
        return file.read_text().splitlines() if file.exists() else []


def watched(folder: Path, program: list[str], behaviour: str = "pass") -> WatchedProgram:
    """The program, which executors run with this behaviour; the driver's runs are as usual."""
    notes = folder / "notes"
    notes.mkdir(parents=True)
    path = folder / "cloudhijack"
    path.write_text(
        _TEXT.format(python=sys.executable, notes=str(notes), program=program, behaviour=behaviour)
    )
    path.chmod(0o755)
    return WatchedProgram(path, notes)


def is_running(process: str) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"

"""What the executors of a Spark job do: they run the program, and turn its states into rows.

A state travels as rows of Spark, in pieces, so that neither an executor nor the driver has a whole
state in its memory, and no shared file system is needed.
"""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow.fs import FileSystem
from pyspark import SparkFiles

PIECE = 4 << 20  # bytes of a state in one row
FETCHES = 16  # files that a task fetches at the same time
SHOWN = 4_000  # bytes of a failed program's messages
LIBC = ctypes.CDLL(None)

TASKS = "task long, files string"  # columns of the rows that become states
PIECES = "key long, state long, number long, count long, attempt string, data binary"
ARROW_PIECES = pa.schema(
    [(name, pa.int64()) for name in ("key", "state", "number", "count")]
    + [("attempt", pa.string()), ("data", pa.binary())]
)

Step = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class ProgramFailed(Exception):
    """cloudhijack ended without a state on an executor; the text has its messages."""


class States:
    """Files with states, which are written piece by piece; the pieces can come in any order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pieces: dict[int, list[tuple[int, int, str]]] = {}  # of each state

    def add(self, state: int, number: int, count: int, attempt: str, data: bytes) -> None:
        self._pieces.setdefault(state, []).append((number, count, attempt))
        path = self._path(state)
        path.touch()
        with path.open("r+b") as file:
            file.seek(number * PIECE)
            file.write(data)

    def _path(self, state: int) -> Path:
        return self._folder / f"{state}.state"

    def paths(self) -> dict[int, str]:
        """The files in order; Spark gives all pieces of one attempt, or this is an error."""
        for state, pieces in self._pieces.items():
            _, count, attempt = pieces[0]
            if sorted(pieces) != [(number, count, attempt) for number in range(count)]:
                raise ProgramFailed(f"state {state}: its pieces are not those of one attempt")
        return {state: str(self._path(state)) for state in sorted(self._pieces)}


def pieces_of(path: Path, state: int, key: int) -> Iterator[pa.RecordBatch]:
    count = max(1, -(-path.stat().st_size // PIECE))
    attempt = uuid.uuid4().hex
    with path.open("rb") as file:
        for number in range(count):
            row = [key, state, number, count, attempt, file.read(PIECE)]
            yield pa.RecordBatch.from_arrays(
                [pa.array([value], kind.type) for value, kind in zip(row, ARROW_PIECES)],
                schema=ARROW_PIECES,
            )


def packed(state: Path, width: int) -> Path:
    """The last states are compressed, as Spark limits the bytes that a task sends to the driver."""
    if width > 1:
        return state
    small = state.with_suffix(".gz")
    with state.open("rb") as source, gzip.open(small, "wb", compresslevel=1) as sink:
        shutil.copyfileobj(source, sink, PIECE)
    return small


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder on a disk that Spark uses for its own temporary files, if it names one."""
    folder = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0]
    return tempfile.TemporaryDirectory(
        prefix="cloudhijack-", dir=folder if os.path.isdir(folder) else None
    )


def end_with_parent() -> None:
    """The program does not outlive an attempt that Spark ends."""
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def bring(files: Iterable[tuple[str, str]], folder: Path) -> list[str]:
    """Lays the files out below a folder as they lie in their file systems; the names in it.

    Local files are links. The parts of a key are names of files: `..` among them is only a name.
    """
    quoted = {"": "%", ".": "%2E", "..": "%2E%2E"}
    systems: dict[str, FileSystem] = {}
    wanted = []
    for root, path in files:
        parts = [quoted.get(part, part) for part in path.strip("/").split("/")]
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        if root:
            systems[root] = systems.get(root) or FileSystem.from_uri(root)[0]
            wanted.append((systems[root], path, target))
        else:
            target.symlink_to(path)

    def fetch(one: tuple[FileSystem, str, Path]) -> None:
        system, path, target = one
        with system.open_input_stream(path, compression=None) as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy, PIECE)

    with ThreadPoolExecutor(FETCHES) as pool:
        list(pool.map(fetch, wanted))
    return sorted(os.listdir(folder))


@dataclass(frozen=True)
class Runner:
    """Runs the program on the executors, to which it is sent with each task."""

    program: str  # name among Spark's files
    files: tuple[tuple[str, str], ...]  # options with the names of their files among Spark's files
    scan_words: tuple[str, ...]
    merge_words: tuple[str, ...]

    def run(self, what: str, words: Sequence[str], folder: Path) -> Path:
        """The state that the program writes. Exit code 2 with a state means that some records or
        files could not be read, which the state reports to the last merge."""
        program = SparkFiles.get(self.program)
        if not os.access(program, os.X_OK):
            os.chmod(program, 0o755)
        options = [f"{option}={SparkFiles.get(name)}" for option, name in self.files]
        state, messages = folder / "new.state", folder / "messages"
        state.unlink(missing_ok=True)  # that of another group
        command = [program, words[0], "--partial", "-o", str(state), *options, *words[1:]]
        with messages.open("wb") as stderr:
            code = subprocess.run(
                command,
                cwd=folder / "inputs",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                preexec_fn=end_with_parent,
            ).returncode
        text = messages.read_bytes()[-SHOWN:].decode("utf-8", "replace")
        sys.stderr.write(text)
        if code not in (0, 2) or not state.exists():
            raise ProgramFailed(f"{what}: cloudhijack {words[0]} ended with {code}: {text.strip()}")
        return state

    def scan(self, keys: Sequence[int], width: int) -> Step:
        """Tasks become states; `width` states go to each partition, for which `keys` has a key.
        States that are alone in their partition go to the driver, and are compressed."""

        def step(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for row in (row for batch in batches for row in batch.to_pylist()):
                with scratch() as name:
                    folder, task = Path(name), row["task"]
                    names = bring(json.loads(row["files"]), folder / "inputs")
                    state = self.run(f"task {task}", ["scan", *self.scan_words, *names], folder)
                    yield from pieces_of(packed(state, width), task, keys[task // width])

        return step

    def merge(self, fan_in: int, keys: Sequence[int], width: int) -> Step:
        """Groups of `fan_in` states become states with the numbers of the groups."""

        def step(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            with scratch() as name:
                folder = Path(name)
                (folder / "inputs").mkdir()
                states = States(folder / "inputs")
                for row in (row for batch in batches for row in batch.to_pylist()):
                    row.pop("key")
                    states.add(**row)
                groups: dict[int, list[str]] = {}
                for state, path in states.paths().items():
                    groups.setdefault(state // fan_in, []).append(path)
                for group, paths in groups.items():
                    words = ["merge", *self.merge_words, *paths]
                    merged = self.run(f"group {group} of states", words, folder)
                    yield from pieces_of(packed(merged, width), group, keys[group // width])

        return step

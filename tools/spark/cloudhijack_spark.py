#!/usr/bin/env python3
"""Runs `cloudhijack scan` on the executors of a Spark cluster, and prints one answer.

spark-submit cloudhijack_spark.py [OPTION...] [PATH...] [-- SCAN-OPTION...]

A PATH is a file, a folder or a URI of one (s3://, gs://, hdfs://, abfs://). The words after `--`
are options of `cloudhijack scan`, for example `-- --mode hunt --format csv -o answer.csv`.

Each task of Spark counts some of the files with `cloudhijack scan --partial`. A tree of
`cloudhijack merge --partial` on the executors adds the states, until the driver can print the
answer with `cloudhijack merge`. The states travel as rows of Spark, in pieces: Spark takes the
rows of a task from one attempt that it has committed, so neither retries nor speculative execution
count anything twice. docs/spark.md is the manual.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import cloudhijack_inputs
import cloudhijack_tasks
from cloudhijack_inputs import Input, InputList, Unusable, file_system, place_of, say, tasks_of
from cloudhijack_tasks import PIECE, PIECES, TASKS, Runner, States, scratch
from pyspark import SparkFiles
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

ONE_ROW = ("spark.sql.execution.arrow.maxRecordsPerBatch", "1")  # a row is up to 4 MiB


@dataclass(frozen=True)
class ScanOptions:
    """Options of scan, by the run that they belong to."""

    scan_words: list[str]  # they say what counts; the states carry them to the merges
    files: list[tuple[str, str]]  # with their files; of every run
    merge_words: list[str]  # of every merge
    answer_words: list[str]  # of the merge that prints the answer
    output: str | None

    def local_files(self) -> list[str]:
        return [f"{option}={path}" for option, path in self.files]


def split_options(words: Sequence[str], threads: str) -> ScanOptions:
    parser = argparse.ArgumentParser(prog="options of scan", add_help=False, allow_abbrev=False)
    counting = ("mode", "span", "from", "to", "threads")
    for name in (*counting, "config", "settings"):
        parser.add_argument(f"--{name}", action="append", default=[])
    parser.add_argument("--allow-overlap", action="store_true")
    parser.add_argument("-o", "--output")
    known, answer_words = parser.parse_known_args(words)
    given = vars(known)
    given["threads"] = given["threads"] or [threads]
    for name in ("from", "to"):
        given[name] = [absolute(when) for when in given[name]]
    if "--partial" not in answer_words:  # a state for hunt mode and for a baseline is the same
        answer_words += [f"--mode={mode}" for mode in given["mode"]]
    return ScanOptions(
        scan_words=[f"--{name}={value}" for name in counting for value in given[name]],
        files=[(f"--{name}", path) for name in ("config", "settings") for path in given[name]],
        merge_words=["--allow-overlap"] if known.allow_overlap else [],
        answer_words=answer_words,
        output=known.output,
    )


def absolute(when: str) -> str:
    """`7d`, `12h` and the like as a time: each task would count back from its own start."""
    found = re.fullmatch(r"(\d{1,6})([smhdw])", when)
    if not found:
        return when
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    unit = units[found[2]]
    start = datetime.now(timezone.utc) - timedelta(**{unit: int(found[1])})
    return start.strftime("%Y-%m-%dT%H:%M:%SZ")


def ship(spark: SparkSession, path: str) -> str:
    """Sends a file to all executors, also to those that start later; its name among Spark's files.
    Another content has another name, as one session can run several jobs."""
    content = Path(path).read_bytes()
    name = f"{hashlib.sha256(content).hexdigest()[:12]}-{os.path.basename(path)}"
    copy = Path(SparkFiles.getRootDirectory(), "cloudhijack", name)
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(content)
        spark.sparkContext.addFile(str(copy))
    return name


def keys_of_partitions(spark: SparkSession, count: int) -> list[int]:
    """For each partition a number that repartition() puts there, so that none gets two groups."""
    numbers = spark.range(0, 20 * count, 1, numPartitions=1)
    found: dict[int, int] = {}
    for row in numbers.select("id", F.expr(f"pmod(hash(id), {count})").alias("part")).collect():
        found.setdefault(row["part"], row["id"])
    return [found.get(part, part) for part in range(count)]


def states_of(
    spark: SparkSession, tasks: Sequence[Sequence[Input]], runner: Runner, fan_in: int
) -> DataFrame:
    """The pieces of at most `fan_in` states, each state in a partition."""
    rows = [
        (number, json.dumps([(one.root, one.path) for one in task]))
        for number, task in enumerate(tasks)
    ]
    frame = spark.createDataFrame(spark.sparkContext.parallelize(rows, len(rows)), TASKS)
    count, make_step = len(rows), runner.scan
    while True:
        width = 1 if count <= fan_in else fan_in
        count = -(-count // width)
        keys = keys_of_partitions(spark, count)
        frame = frame.mapInArrow(make_step(keys, width), PIECES).repartition(count, "key")
        if width == 1:
            return frame
        make_step = functools.partial(runner.merge, fan_in)


def check_options(program: str, options: ScanOptions, folder: Path) -> None:
    """Runs scan and merge over nothing, so that a wrong option ends the job before its tasks."""
    nothing, state = folder / "nothing", folder / "nothing.state"
    nothing.touch()
    files = options.local_files()
    words = ["scan", "--partial", "-o", str(state), *files, *options.scan_words, str(nothing)]
    last = ["merge", *files, *options.merge_words, *options.answer_words, str(state)]
    place = os.path.dirname(os.path.abspath(options.output or ""))
    if "://" not in (options.output or "") and not os.access(place, os.W_OK):
        raise Unusable(f"{options.output}: cannot be written, as {place} is not a writable folder")
    for command in (words, last):
        done = subprocess.run(
            [program, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode not in (0, 1):
            raise Unusable(f"cloudhijack {command[0]} ended with {done.returncode}: {done.stderr}")


def print_answer(program: str, options: ScanOptions, states: States, folder: Path) -> int:
    """The exit code of the merge that writes the answer where the user wants it."""
    output = options.output
    is_remote = output is not None and "://" in output
    words = [*options.local_files(), *options.merge_words, *options.answer_words]
    if output is not None:
        words.append(f"--output={folder / 'answer' if is_remote else output}")
    sys.stdout.flush()
    code = subprocess.run([program, "merge", *words, *states.paths().values()]).returncode
    if output is not None and is_remote and (folder / "answer").exists():
        root, path = place_of(output)
        sink = file_system(root)[0].open_output_stream(path, compression=None)
        with sink, (folder / "answer").open("rb") as source:
            shutil.copyfileobj(source, sink, PIECE)
    return code


def own_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cloudhijack_spark.py",
        description="Runs cloudhijack scan on a Spark cluster, and prints one answer.",
        epilog="After -- the options of scan follow, such as -- --mode hunt --format csv.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="file, folder or URI of one")
    parser.add_argument(
        "--list",
        action="append",
        default=[],
        metavar="FILE",
        help="file with a path, a URI or a line of `aws s3 ls --recursive` per line",
    )
    parser.add_argument("--bucket", default="", metavar="URI", help="bucket of lines of aws s3 ls")
    parser.add_argument(
        "--bytes-per-task", type=int, default=1 << 30, metavar="N", help="default: %(default)s"
    )
    parser.add_argument(
        "--merge-fan-in", type=int, default=16, metavar="N", help="states per merge (%(default)s)"
    )
    parser.add_argument(
        "--program",
        metavar="FILE",
        help="cloudhijack, which the driver sends to the executors; default: beside this script, "
        "in the current folder, or on the PATH",
    )
    return parser


def program_of(named: str | None) -> str:
    beside = Path(__file__).resolve().with_name("cloudhijack")
    places = [named] if named else [str(beside), os.path.abspath("cloudhijack")]
    for place in places:
        if os.path.isfile(place):
            return place
    found = None if named else shutil.which("cloudhijack")
    if not found:
        raise Unusable(f"{named or 'cloudhijack'}: does not exist; name the program with --program")
    return found


def run(spark: SparkSession, arguments: Sequence[str]) -> int:
    """Runs the job; the exit code of the merge that has written the answer."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    own = own_options().parse_args(arguments[:split])
    options = split_options(arguments[split + 1 :], spark.conf.get("spark.task.cpus", "1"))
    with scratch() as name:
        folder = Path(name)
        shutil.copyfile(program_of(own.program), folder / "cloudhijack")
        program = str(folder / "cloudhijack")
        os.chmod(program, 0o755)  # it can come from a place that knows no such bits
        check_options(program, options, folder)
        inputs = InputList()
        inputs.add_paths(own.paths)
        for file in own.list:
            inputs.add_list(file, own.bucket)
        tasks = tasks_of(inputs.finish(), own.bytes_per_task)
        if not tasks:
            raise Unusable("nothing was read: there are no files")
        files, size = sum(map(len, tasks)), sum(one.size for task in tasks for one in task)
        say(f"{files} files with {size} bytes in {len(tasks)} tasks")
        for module in (cloudhijack_inputs, cloudhijack_tasks):
            spark.sparkContext.addPyFile(str(module.__file__))
        runner = Runner(
            ship(spark, program),
            tuple((option, ship(spark, path)) for option, path in options.files),
            tuple(options.scan_words),
            tuple(options.merge_words),
        )
        before = spark.conf.get(ONE_ROW[0])
        spark.conf.set(*ONE_ROW)
        states = States(folder)
        try:
            pieces = states_of(spark, tasks, runner, max(2, own.merge_fan_in))
            for row in pieces.drop("key").toLocalIterator():
                states.add(**row.asDict())
        finally:
            spark.conf.set(ONE_ROW[0], before)
        return print_answer(program, options, states, folder)


def main(arguments: Sequence[str]) -> int:
    is_ours = SparkSession.getActiveSession() is None  # that of a notebook goes on
    spark = SparkSession.builder.appName("cloudhijack").getOrCreate()
    try:
        return run(spark, arguments)
    except (Unusable, OSError) as error:
        say(str(error))
        return 2
    except Exception as error:
        failed = re.search(r"ProgramFailed: (.*?)(\n\s*(SQLSTATE|at |\n)|\s*\Z)", str(error), re.S)
        if not failed:
            raise
        say(failed[1])
        return 2
    finally:
        if is_ours:
            spark.stop()


if __name__ == "__main__":
    if exit_code := main(sys.argv[1:]):
        sys.exit(exit_code)

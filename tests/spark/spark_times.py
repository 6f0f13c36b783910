"""Times the Spark job over files: usage: spark_times.py PROGRAM FOLDER [EXECUTORS...]

Prints a line of JSON for each number of executors (1 2 4 8): the seconds until Spark has them all,
the seconds of the job until the answer is written, and the bytes that it reads. An
executor has one core. The tasks are the same for each number, and so must the answer be. Spark is
installed if it is missing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

OPTIONS = ("--mode", "hunt", "--format", "csv")
TASKS_PER_EXECUTOR = 4  # of the largest number of executors


def times(program: str, folder: Path, executors: Sequence[int]) -> Iterator[dict[str, object]]:
    from small_cluster import cloudhijack_spark, session

    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    most = -(-size // (TASKS_PER_EXECUTOR * max(executors)))
    answers = set()
    for number in executors:
        with tempfile.TemporaryDirectory() as name:
            answer = Path(name, "answer")
            begin = time.perf_counter()
            settings = {"spark.scheduler.minRegisteredResourcesRatio": "1"}
            with session(f"local-cluster[{number},1,1024]", Path(name), settings) as spark:
                spark.sparkContext.parallelize(range(number), number).count()
                started = time.perf_counter()
                words = ["--program", program, "--bytes-per-task", str(most), str(folder)]
                code = cloudhijack_spark.run(spark, [*words, "--", *OPTIONS, "-o", str(answer)])
                done = time.perf_counter()
            if code != 0:
                sys.exit(f"the job with {number} executors ended with {code}")
            answers.add(answer.read_bytes())
        yield {
            "executors": number,
            "start_seconds": round(started - begin, 2),
            "seconds": round(done - started, 2),
            "bytes": size,
        }
    if len(answers) != 1:
        sys.exit("the answers of the jobs differ")


def main() -> None:
    program, folder, *numbers = sys.argv[1:]
    os.environ["CLOUDHIJACK"] = program
    for row in times(program, Path(folder), [int(number) for number in numbers or "1248"]):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        import pyspark  # noqa: F401
    except ImportError:
        from spark_check import run_with_spark

        run_with_spark(*sys.argv)
    main()

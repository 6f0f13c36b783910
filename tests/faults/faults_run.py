"""Runs the program with faults around it, and checks the table of faults and results.

    CLOUDHIJACK=PROGRAM python3 -B tests/faults/faults_run.py [--long | --quick] [--renew]
                                                              [--seed N] [--only TEXT]

It fails if a case ends in a way that the documentation does not say, or if the table in README.md
differs from what this run saw. --renew writes the table. --long tries many more cases, --quick a
tenth. --only tries the faults whose names contain TEXT. The seed chooses the cases. The table is
that of the default seed and size; other runs fail if they see a result that is not in it.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor

import fault
from made_part import MadePart
from program_under_test import SANITIZED

for _kind in ("memory", "size", "chunk", "peer", "pipe", "system_call"):  # the slowest first
    importlib.import_module(f"{_kind}_faults")

TABLE = MadePart(fault.FOLDER / "README.md", "<!-- faults -->\n", "<!-- end of faults -->\n")
HEAD = "| fault | cases | results | documentation |\n| --- | --- | --- | --- |\n"


def skipped(name: str) -> str:
    """Why a fault cannot be tried; empty if it can."""
    one = fault.FAULTS[name]
    if one.needs and shutil.which(one.needs) is None:
        return f"{one.needs} is missing"
    return "the program is sanitized" if SANITIZED and not one.sanitized else ""


def run_fault(name: str, size: str, seed: int) -> tuple[fault.Results | None, str]:
    """The results, or what went wrong."""
    try:
        return fault.FAULTS[name].run(fault.Cases(name, size, seed)), ""
    except BaseException:
        return None, traceback.format_exc()


def table(seen: dict[str, fault.Results]) -> str:
    rows = []
    for name, results in seen.items():
        where = fault.FAULTS[name].where
        link = f"[{where.partition('#')[0]}](../../docs/{where})"
        words = "; ".join(sorted(results))
        rows.append(f"| {name} | {results.total():,} | {words} | {link} |\n")
    return HEAD + "".join(rows)


def new_results(seen: dict[str, fault.Results], text: str) -> list[str]:
    """Results that the table does not have: other cases may only end as those in the table do."""
    known: dict[str, str] = {}
    for line in text.splitlines()[2:]:
        _, name, _, words, *_ = (cell.strip() for cell in line.split("|"))
        known[name] = words
    return [
        f"{name}: {result}"
        for name, results in seen.items()
        for result in results
        if result not in known.get(name, "").split("; ")
    ]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    size = parser.add_mutually_exclusive_group()
    for name in (fault.LONG, fault.QUICK):
        size.add_argument(
            f"--{name}", dest="size", action="store_const", const=name, default=fault.SHORT
        )
    parser.add_argument("--renew", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    return parser.parse_args()


def main() -> int:
    given = options()
    names = [name for name in fault.FAULTS if given.only in name]
    left_out = {name: why for name in names if (why := skipped(name))}
    for name, why in left_out.items():
        print(f"{name}: not tried, {why}")
    tried = [name for name in names if name not in left_out]
    seen: dict[str, fault.Results] = {}
    failed = False
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        runs = [pool.submit(run_fault, name, given.size, given.seed) for name in tried]
        for name, run in zip(tried, runs):
            results, wrong = run.result()
            if results is None:
                failed = True
                print(
                    f"{name}: FAILED with --{given.size} --seed {given.seed}\n{wrong}", flush=True
                )
            else:
                seen[name] = results
                counts = ", ".join(f"{result}: {n}" for result, n in sorted(results.items()))
                print(f"{name}: {counts}", flush=True)
    if failed:
        return 1
    part = table(seen)
    if given.only or given.size != fault.SHORT or left_out or given.seed != 1:
        new = new_results(seen, TABLE.read())
        print(*(f"not in {TABLE.name}: {one}" for one in new), sep="\n")
        return 1 if new else 0
    if given.renew:
        TABLE.write(part)
    elif part != TABLE.read():
        print(f"{TABLE.name}: this run gives another table; renew it with --renew\n{part}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Checks that no crafted input makes the program work more than in proportion to its size.

    python3 -B tests/cost/cost_check.py [TEXT]    checks the inputs with TEXT in their names
    python3 -B tests/cost/cost_check.py --renew   also writes the table in README.md

CLOUDHIJACK is the path of the program.
"""

from __future__ import annotations

import importlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measured_cost import Cost, CraftedInput, cost_of

_FOLDER = Path(__file__).parent
_README = _FOLDER / "README.md"
# n log n and a table that has just grown are above 2; a quadratic part soon is above this.
_MOST = 2.5
_BEGIN, _END = "<!-- table -->\n", "<!-- end of table -->\n"


def _inputs() -> list[CraftedInput]:
    names = sorted(path.stem for path in _FOLDER.glob("inputs_*.py"))
    return [each for name in names for each in importlib.import_module(name).INPUTS]


def _problems(cost: Cost) -> list[str]:
    growths = {"instructions": cost.instructions, "peak memory": cost.peak_memory}
    return [
        f"{what} grow by {growth.text}: {growth.values}"
        for what, growth in growths.items()
        if growth.ratio is not None and growth.ratio > _MOST
    ]


def _table(costs: list[tuple[CraftedInput, Cost]]) -> str:
    rows = ["| crafted input | instructions | peak memory |", "| --- | --- | --- |"]
    rows += [
        f"| {crafted.name} | {cost.instructions.text} | {cost.peak_memory.text} |"
        for crafted, cost in costs
    ]
    return "".join(f"{row}\n" for row in rows)


def _renew(table: str) -> None:
    text = _README.read_text()
    before, rest = text.split(_BEGIN)
    after = rest.split(_END)[1]
    _README.write_text(before + _BEGIN + table + _END + after)


def main(arguments: list[str]) -> int:
    renew = arguments == ["--renew"]
    wanted = "" if renew or not arguments else arguments[0]
    chosen = [crafted for crafted in _inputs() if wanted in crafted.name]
    failed = False
    costs = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for crafted, cost in zip(chosen, pool.map(cost_of, chosen)):
            costs.append((crafted, cost))
            problems = _problems(cost)
            failed |= bool(problems)
            shown = f"instructions {cost.instructions.text}, memory {cost.peak_memory.text}"
            print(f"{crafted.name} ({cost.bytes} bytes): {shown}", flush=True)
            for problem in problems:
                print(f"  ERROR: {problem}", flush=True)
    if renew:
        _renew(_table(costs))
    return 1 if failed or not costs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Checks that no crafted input makes the program work more than in proportion to its size.

    python3 -B tests/cost/cost_check.py [TEXT]    checks the inputs with TEXT in their names
    python3 -B tests/cost/cost_check.py --renew   also writes the table in README.md

It fails as well if a byte costs too much, if the table has other inputs, or if a cost grows that
does not grow in the table. CLOUDHIJACK is the path of the program.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(_FOLDER.parent / "e2e"))
from made_part import MadePart
from measured_cost import Cost, CraftedInput, Growth, cost_of

_TABLE = MadePart(_FOLDER / "README.md", "<!-- table -->\n", "<!-- end of table -->\n")
# n log n and a table that has just grown are above 2; a quadratic part soon is above this.
_MOST = 2.5
# A growth that the table does not have counts from here on: less can be noise.
_CLEAR = 1.5


def _inputs() -> list[CraftedInput]:
    names = sorted(path.stem for path in _FOLDER.glob("inputs_*.py"))
    return [each for name in names for each in importlib.import_module(name).INPUTS]


def _growths(cost: Cost) -> dict[str, Growth]:
    return {"instructions": cost.instructions, "peak memory": cost.peak_memory}


def _problems(crafted: CraftedInput, cost: Cost) -> list[str]:
    problems = [
        f"{what} grow by {growth.text}: {growth.values}"
        for what, growth in _growths(cost).items()
        if growth.ratio is not None and growth.ratio > _MOST
    ]
    if cost.per_byte > crafted.most_per_byte:
        problems.append(f"{cost.per_byte:.0f} instructions for each byte")
    return problems


def _known() -> dict[str, list[str]]:
    """The rows of the table: the texts of the growths, by input."""
    rows = [line.strip("| ").split(" | ") for line in _TABLE.read().splitlines()[2:]]
    return {name: growths for name, *growths in rows}


def _wrong_names(inputs: list[CraftedInput], known: dict[str, list[str]]) -> list[str]:
    names = [crafted.name for crafted in inputs]
    return [
        *(f"{name} is twice among the inputs" for name, n in Counter(names).items() if n > 1),
        *(f"the table does not have {name}" for name in names if name not in known),
        *(f"the table has {name}, which is not an input" for name in known if name not in names),
    ]


def _differences(cost: Cost, known: list[str]) -> list[str]:
    """Costs that grow although they do not in the table."""
    return [
        f"{what}: the growth is {growth.text} {growth.values}, but the table has none"
        for (what, growth), text in zip(_growths(cost).items(), known)
        if text == "none" and growth.ratio is not None and growth.ratio > _CLEAR
    ]


def _table(costs: list[tuple[CraftedInput, Cost]]) -> str:
    rows = [
        "| crafted input | instructions | peak memory | instructions per byte |",
        "| --- | --- | --- | ---: |",
    ]
    rows += [
        f"| {crafted.name} | {cost.instructions.text} | {cost.peak_memory.text} |"
        f" {cost.per_byte:,.0f} |"
        for crafted, cost in costs
    ]
    return "".join(f"{row}\n" for row in rows)


def main(arguments: list[str]) -> int:
    renew = arguments == ["--renew"]
    wanted = "" if renew or not arguments else arguments[0]
    inputs = _inputs()
    known = {} if renew else _known()
    wrong_names = [] if renew else _wrong_names(inputs, known)
    for problem in wrong_names:
        print(f"ERROR: {_TABLE.name}: {problem}", flush=True)
    chosen = [crafted for crafted in inputs if wanted in crafted.name]
    failed = bool(wrong_names)
    costs = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for crafted, cost in zip(chosen, pool.map(cost_of, chosen)):
            costs.append((crafted, cost))
            problems = [*_problems(crafted, cost), *_differences(cost, known.get(crafted.name, []))]
            failed |= bool(problems)
            shown = (
                f"instructions {cost.instructions.text}, {cost.per_byte:.0f} per byte,"
                f" memory {cost.peak_memory.text}"
            )
            print(f"{crafted.name} ({cost.bytes} bytes): {shown}", flush=True)
            for problem in problems:
                print(f"  ERROR: {problem}", flush=True)
    if renew:
        _TABLE.write(_table(costs))
    return 1 if failed or not costs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

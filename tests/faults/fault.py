"""A fault: something that goes wrong around the program, and the results that users may see."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "e2e"))

T = TypeVar("T")

# The size of a run: how many of a fault's cases it tries.
QUICK, SHORT, LONG = "quick", "short", "long"


class WrongResult(AssertionError):
    """A case ended in another way than the documentation says."""


@dataclass(frozen=True)
class Cases:
    """The choice of cases for one fault in one run."""

    fault: str
    size: str
    seed: int

    def rng(self, more: object = "") -> random.Random:
        return random.Random(f"{self.seed} {self.fault} {more}")

    def count(self, short: int, long: int) -> int:
        """The number of cases."""
        return {QUICK: max(1, short // 10), SHORT: short, LONG: long}[self.size]

    def seeded(self, short: int, long: int) -> Iterator[tuple[int, random.Random]]:
        """The number of each case, and its own source of chance."""
        return ((number, self.rng(number)) for number in range(self.count(short, long)))

    def some(self, population: Sequence[T], short: int) -> Sequence[T]:
        """This many cases, chosen by the seed, and up to 10,000 in a long run."""
        count = self.count(short, 10_000)
        if count >= len(population):
            return population
        return [population[i] for i in sorted(self.rng().sample(range(len(population)), count))]


Results = Counter[str]  # how often each result was seen; the words are those of the table
Run = Callable[[Cases], Results]


@dataclass(frozen=True)
class Fault:
    name: str
    where: str  # the documentation of the result, below docs/
    run: Run
    needs: str | None  # a program without which it cannot run
    sanitized: bool  # whether it can run with the sanitized program


FAULTS: dict[str, Fault] = {}


def named(
    name: str, where: str, *, needs: str | None = None, sanitized: bool = True
) -> Callable[[Run], Run]:
    """Registers a function that tries the cases of a fault and raises WrongResult."""

    def register(run: Run) -> Run:
        FAULTS[name] = Fault(name, where, run, needs, sanitized)
        return run

    return register


def check(holds: object, *what: object) -> None:
    if not holds:
        raise WrongResult("; ".join(str(one)[:2000] for one in what))

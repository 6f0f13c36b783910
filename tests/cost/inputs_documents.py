"""Forged partial documents, as a search peer in an attacker's hands could send them."""

from __future__ import annotations

from collections.abc import Callable

from cost_requests import body_of_documents, document, search
from measured_cost import CraftedInput, Input

_ITEMS = 100  # in a document
_LONG = "a" * 1_000
_YEAR = 31_556_952
_MICROSECONDS = 1_000_000


def _documents(mode: str, make: Callable[[int], str]) -> Callable[[int], Input]:
    def make_input(count: int) -> Input:
        args = [f"mode={mode}", "min_score=0"] if mode == "volume" else [f"mode={mode}"]
        return Input(search(args, [body_of_documents([make(at) for at in range(count)])]))

    return make_input


def _groups(at: int) -> str:
    """Groups of one caller in spans from all years, with the largest count."""
    spans = [(at * _ITEMS + number) * 3600 * _MICROSECONDS for number in range(_ITEMS)]
    groups = [[span, 1, 0, 1, 2, 1 << 40, span, span + 1, 3] for span in spans]
    return document("volume", "idx1", [_LONG, "IAMUser", "us-east-1", "2001:db8::1"], groups=groups)


def _addresses(at: int) -> str:
    """One group, always with other addresses."""
    texts = ["caller", "IAMUser", "us-east-1"]
    texts += [f"{at}.{number}" for number in range(_ITEMS)]
    group = [0, 1, 0, 1, 2, 1 << 40, 0, 1, *range(3, 3 + _ITEMS)]
    return document("volume", "idx1", texts, groups=[group])


def _identities(at: int) -> str:
    """One group, always with other identified calls, whose hashes are close together."""
    group = [0, 1, 0, 1, 2, 1, 0, 1, *(at * _ITEMS + number for number in range(_ITEMS))]
    return document("volume", "idx1", ["caller", "a", "b"], identified_calls=[group])


def _hosts(at: int) -> str:
    return document("volume", f"host-{at}", [])


def _small(at: int) -> str:
    """A document with one group, always the same."""
    group = [0, 1, 0, 1, 2, 1, 0, 1]
    return document("volume", "idx1", ["caller", "a", "b"], groups=[group])


def _places(at: int) -> str:
    """Regions of one account, both with long names."""
    texts = [_LONG, "cloudtrail", *(f"{at}.{number}" for number in range(_ITEMS))]
    items = [
        [0, 1, 2 + number, 1, 1, -_YEAR * at, _YEAR * at, 0, 0, 1, 1] for number in range(_ITEMS)
    ]
    return document("coverage", "idx1", texts, coverage=items)


INPUTS = [
    CraftedInput(f"documents: {name}", _documents(mode, make), size, ())
    for name, mode, make, size in (
        ("groups in spans from all years", "volume", _groups, 6),
        ("addresses of one group", "volume", _addresses, 60),
        ("identified calls of one group", "volume", _identities, 20),
        ("names of search peers", "volume", _hosts, 300),
        ("the same small group", "volume", _small, 300),
        ("regions with long names", "coverage", _places, 10),
    )
]

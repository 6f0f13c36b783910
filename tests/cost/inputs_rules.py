"""Crafted lists, patterns and settings: what people, or those who send them lists, can write."""

from __future__ import annotations

from cost_records import call, lines
from measured_cost import CraftedInput, Input

_ALLOWLIST_HEADER = b"principal,service,evidence,threshold,expires,note\n"


def _scan_with(option: str, name: str) -> tuple[str, ...]:
    return (
        *("scan", "--mode", "hunt", "--min-risk", "0", "--threads", "1", "--format", "csv"),
        *(option, name, "-"),
    )


def _allowlist(patterns: list[str], principals: list[str]) -> Input:
    rows = "".join(f'"{pattern}",*,*,,,\n' for pattern in patterns)
    records = lines(call(name=name, number=at) for at, name in enumerate(principals))
    return Input(records, {"allowlist.csv": _ALLOWLIST_HEADER + rows.encode()})


def _overlapping_lines(count: int) -> Input:
    """Each line matches each principal."""
    patterns = [f"arn:*{'*' * (at % 3)}user*" for at in range(count)]
    return _allowlist(patterns, [f"user/{at}" for at in range(count // 4)])


def _long_prefixes(count: int) -> Input:
    """Literal parts of many lengths, all of which a name can begin with."""
    patterns = ["arn:aws:iam::111122223333:user/" + "a" * (at % 900) + "*x" for at in range(count)]
    return _allowlist(patterns, ["user/" + "a" * 900 + str(at) for at in range(count // 4)])


def _patterns_of_many_parts(count: int) -> Input:
    patterns = ["*" + "a*" * 200 + str(at) for at in range(count)]
    return _allowlist(patterns, ["user/" + "a" * 900 + f"b{at}" for at in range(count // 4)])


INPUTS = [
    CraftedInput(
        "allowlist: lines that all match, and a quarter as many principals",
        _overlapping_lines,
        200,
        _scan_with("--allowlist", "allowlist.csv"),
    ),
    CraftedInput(
        "allowlist: patterns with literal parts of 900 lengths",
        _long_prefixes,
        200,
        _scan_with("--allowlist", "allowlist.csv"),
    ),
    CraftedInput(
        "allowlist: patterns with 200 wildcards",
        _patterns_of_many_parts,
        100,
        _scan_with("--allowlist", "allowlist.csv"),
    ),
]

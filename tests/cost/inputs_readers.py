"""Crafted bytes for the readers of JSON, CSV, gzip and zstd, and texts within records."""

from __future__ import annotations

from cost_records import call, lines
from measured_cost import CraftedInput, Input


def _open_arrays(count: int) -> Input:
    """Objects that are damaged inside an array, and no bracket that closes one."""
    return Input(b'{"a":[x' * count + b"\n")


def _damaged_then_whole(count: int) -> Input:
    return Input(b"".join(call(at)[:-1] + b"," + call(at) for at in range(count)) + b"\n")


def _ordinary(count: int) -> Input:
    return Input(lines(call(at) for at in range(count)))


INPUTS = [
    CraftedInput("ordinary records, for comparison", _ordinary, 500),
    CraftedInput("objects that are damaged in arrays that never end", _open_arrays, 5_000),
    CraftedInput("records that are damaged, each before a whole one", _damaged_then_whole, 200),
]

"""Crafted lists, patterns and settings: what people, or those who send them lists, can write."""

from __future__ import annotations

from cost_records import call, lines
from measured_cost import UNREADABLE, CraftedInput, Input

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
    return _allowlist(patterns, [f"user/{at}" for at in range(count // 20)])


def _long_prefixes(count: int) -> Input:
    """Literal parts of many lengths, all of which a name can begin with."""
    patterns = ["arn:aws:iam::111122223333:user/" + "a" * (at % 900) + "*x" for at in range(count)]
    return _allowlist(patterns, ["user/" + "a" * 900 + str(at) for at in range(count // 20)])


def _patterns_of_many_parts(count: int) -> Input:
    patterns = ["*" + "a*" * 200 + str(at) for at in range(count)]
    return _allowlist(patterns, ["user/" + "a" * 900 + f"b{at}" for at in range(count // 20)])


def _services(count: int) -> Input:
    stanza = "[service:s{0}]\nsource = s{0}\nuse = Call{0}\n"
    conf = "".join(stanza.format(at) for at in range(count))
    return Input(lines(call(at) for at in range(10)), {"cloudhijack.conf": conf.encode()})


def _networks(count: int) -> Input:
    """Networks of all sizes, and as many addresses."""
    rows = "".join(f"{at % 2 * 4 + 4}000::/{at % 120 + 3},x\n" for at in range(count))
    records = lines(call(at, sourceIPAddress=f"2001:db8::{at:x}") for at in range(count))
    return Input(records, {"networks.csv": f"cidr,label\n{rows}".encode()})


def _baseline(count: int) -> Input:
    """Rows of roles of one family, and as many other roles of it."""
    account, times = "111122223333", "2024-01-01T00:00:00Z,2024-03-01T00:00:00Z"
    header = "account,principal,service,first_seen,last_seen,peak_hour\n"
    rows = "".join(
        f"{account},arn:aws:iam::{account}:role/job-{at},bedrock,{times},5\n" for at in range(count)
    )
    records = lines(call(at, name=f"role/job-{at + count}") for at in range(count))
    return Input(records, {"baseline.csv": (header + rows).encode()})


INPUTS = [
    CraftedInput(
        "allowlist: lines that all match, and a twentieth as many principals",
        _overlapping_lines,
        2_000,
        _scan_with("--allowlist", "allowlist.csv"),
    ),
    CraftedInput(
        "allowlist: patterns with literal parts of 900 lengths",
        _long_prefixes,
        1_500,
        _scan_with("--allowlist", "allowlist.csv"),
    ),
    CraftedInput(
        "allowlist: patterns with 200 wildcards",
        _patterns_of_many_parts,
        600,
        _scan_with("--allowlist", "allowlist.csv"),
    ),
    CraftedInput(
        "cloudhijack.conf: services",
        _services,
        300,
        _scan_with("--config", "cloudhijack.conf"),
        exit_code=UNREADABLE,  # there are too many
    ),
    CraftedInput(
        "networks: all sizes, and as many addresses",
        _networks,
        300,
        _scan_with("--networks", "networks.csv"),
    ),
    CraftedInput(
        "baseline: a family of roles", _baseline, 60, _scan_with("--baseline", "baseline.csv")
    ),
]

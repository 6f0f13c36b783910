"""Check that built programs have their defences. Usage: hardening_check.py PROGRAM...

Reads off each program, with binutils for its architecture, that it is a static, relocatable
executable with read-only relocations and no writable code, and that the compiler put its run-time
checks into it: of the stack, of containers, and of buffers whose size is known. It needs the
symbols of the programs that the build makes, which those in the package no longer have, and the
build's compile_commands.json, because the level of _FORTIFY_SOURCE cannot be read off a program.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# The folders of bin_src whose code reads bytes that attackers can write.
READERS = (
    *("config", "csv", "detect", "io", "json", "log", "output", "partial", "rules", "scan", "scp"),
    *("search", "text"),
)
STACK = "__stack_chk_fail"
CONTAINER = "std::__glibcxx_assert_fail"
CHECKED_CALL = re.compile(r"__\w+_chk$")  # such as __memcpy_chk, of _FORTIFY_SOURCE

FUNCTION = re.compile(r"^[0-9a-f]+ <(?P<name>.*)>:$")
CALL = re.compile(r"\s(?:call|bl|b)\s+[0-9a-f]+ <(?P<name>[^>(+]*)")


def output_of(*command: str) -> str:
    environment = os.environ | {"LC_ALL": "C"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout


def wrong_layout(segments: str, dynamic: str) -> Iterator[str]:
    """What `readelf` shows of a program and should not, or does not show and should."""
    if "DYN (Position-Independent Executable file)" not in segments:
        yield "its address in memory is fixed"
    if "INTERP" in segments or "(NEEDED)" in dynamic:
        yield "it needs shared libraries"
    if "(TEXTREL)" in dynamic:
        yield "its code is relocated, so it is writable for a while"
    relro = re.search(r"^\s+\d+\s+(.*\.dynamic .*)$", segments, re.MULTILINE)
    if "GNU_RELRO" not in segments or not relro or ".got" not in relro[1]:
        yield "the tables of the linker stay writable (no RELRO)"
    if "BIND_NOW" not in dynamic:
        yield "functions are bound as they are called (no BIND_NOW)"
    stack = re.search(r"GNU_STACK.* (R\w*) +0x", segments)
    if not stack or stack[1] != "RW":
        yield "the stack may be executable"
    if re.search(r"^\s+LOAD .* (RWE|WE) ", segments, re.MULTILINE):
        yield "it has memory that is both writable and executable"


def calls_of(disassembly: str) -> dict[str, set[str]]:
    """The functions that each function of the program calls."""
    calls: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in disassembly.splitlines():
        if start := FUNCTION.match(line):
            current = calls.setdefault(start["name"], set())
        elif call := CALL.search(line):
            current.add(call["name"])
    return calls


def missing_checks(calls: dict[str, set[str]]) -> Iterator[str]:
    """Which checks the compiler did not put into the code."""
    ours = {name: called for name, called in calls.items() if "cloudhijack::" in name}
    for folder in READERS:
        mark = f"cloudhijack::{folder}::"
        called = set().union(*(called for name, called in ours.items() if mark in name))
        if STACK not in called:
            yield f"no function in {folder} has a stack protector"
        if CONTAINER not in called:
            yield f"no function in {folder} checks its containers (_GLIBCXX_ASSERTIONS)"
    if not any(CHECKED_CALL.match(name) for called in ours.values() for name in called):
        yield "no function checks a buffer whose size is known (_FORTIFY_SOURCE)"


def weaker_compilations(commands: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for command in commands:
        if "/bin_src/" in command["file"] and "-D_FORTIFY_SOURCE=3" not in command["command"]:
            yield f"{command['file']} is compiled without -D_FORTIFY_SOURCE=3"


def missing_in(program: Path) -> list[str]:
    readelf, objdump = "readelf", "objdump"
    header = output_of(readelf, "-hW", str(program))
    machine = "aarch64" if "AArch64" in header else "x86_64"
    if machine != os.uname().machine:
        objdump = f"{machine.replace('_', '-')}-linux-gnu-objdump"
    segments = output_of(readelf, "-lW", str(program))
    dynamic = output_of(readelf, "-dW", str(program))
    code = output_of(objdump, "-d", "-C", "--no-show-raw-insn", str(program))
    commands = json.loads((program.parent / "compile_commands.json").read_text())
    return [
        *wrong_layout(segments, dynamic),
        *missing_checks(calls_of(code)),
        *weaker_compilations(commands),
    ]


def main(programs: list[str]) -> int:
    problems = [f"{name}: {text}" for name in programs for text in missing_in(Path(name))]
    print("\n".join(problems) or f"the defences are in {' and '.join(programs)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

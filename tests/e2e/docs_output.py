"""Runs the commands that the documentation shows with their output.

    python3 tests/e2e/docs_output.py PROGRAM            lists the blocks that differ
    python3 tests/e2e/docs_output.py PROGRAM --renew    writes what the commands print today

In a block of the language `console` each line that begins with `$ ` is a command, and the lines
after it are its output. The commands run in the folder that `./package.sh demo` fills, to which two
databases of addresses are added.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from demo_files import write_demo_files
from geoip_database import FOLDER as DATABASES
from made_part import ROOT

# An indented block is in a list: its lines have the same indentation.
_BLOCK = re.compile(r"(?ms)^(?P<indent> *)```console\n(?P<body>.*?)^(?P=indent)```$")
_TIMEOUT = 120.0


class Block(NamedTuple):
    page: Path
    line: int
    start: int  # of the written text in the page
    written: str
    printed: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _printed(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_TIMEOUT,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def _run(body: str, indent: str, folder: Path, environment: dict[str, str]) -> str:
    commands = [line.strip()[2:] for line in body.splitlines() if line.strip().startswith("$ ")]
    texts = (f"$ {command}\n{_printed(command, folder, environment)}" for command in commands)
    return re.sub(r"(?m)^(?=.)", indent, "\n".join(texts))


def blocks(program: str) -> Iterator[Block]:
    """Each block with the text of the page and the one that the program prints."""
    if not os.access(program, os.X_OK) or not Path(program).is_file():
        raise SystemExit(f"{program}: is not a program")
    with tempfile.TemporaryDirectory() as place:
        bin_folder, folder = Path(place) / "bin", Path(place) / "demo"
        bin_folder.mkdir()
        (bin_folder / "cloudhijack").symlink_to(Path(program).resolve())
        write_demo_files(folder)
        for name in ("city.mmdb", "asn.mmdb"):
            shutil.copy(DATABASES / name, folder)
        environment = {
            "PATH": f"{bin_folder}:{os.environ.get('PATH', '/usr/bin:/bin')}",
            "LC_ALL": "C.UTF-8",
        }
        for page in pages():
            text = page.read_text(encoding="utf-8")
            for match in _BLOCK.finditer(text):
                printed = _run(match["body"], match["indent"], folder, environment)
                line = text.count("\n", 0, match.start()) + 1
                yield Block(page, line, match.start("body"), match["body"], printed)


def renew(program: str) -> int:
    """Writes the output of each block that differs; how many those are."""
    changed = [block for block in blocks(program) if block.written != block.printed]
    for block in reversed(changed):  # so that the places before it stay
        text = block.page.read_text(encoding="utf-8")
        end = block.start + len(block.written)
        block.page.write_text(text[: block.start] + block.printed + text[end:], encoding="utf-8")
        print(f"{block.name}: renewed")
    return len(changed)


def main() -> int:
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--renew"]):
        print(__doc__)
        return 2
    if sys.argv[2:]:
        renew(sys.argv[1])
        return 0
    differing = [block.name for block in blocks(sys.argv[1]) if block.written != block.printed]
    for name in differing:
        print(f"{name}: the output is another")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

"""A part of a file that a program makes, between two markers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def read_part(path: Path, start: str, end: str) -> str:
    """What is between two markers of a file."""
    _, found_start, rest = path.read_text(encoding="utf-8").partition(start)
    part, found_end, _ = rest.partition(end)
    if not found_start or not found_end:
        raise SystemExit(f"{path.name} lacks the lines {start.strip()} and {end.strip()}")
    return part


def write_part(path: Path, start: str, end: str, part: str) -> None:
    old = start + read_part(path, start, end) + end
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, start + part + end), encoding="utf-8")


class ReadmePart(NamedTuple):
    start: str
    end: str

    def read(self) -> str:
        """What is between the markers in README.md."""
        return read_part(README, self.start, self.end)

    def write(self, part: str) -> None:
        write_part(README, self.start, self.end, part)

"""A part of README.md that a program makes, between two markers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

README = Path(__file__).resolve().parents[2] / "README.md"


class ReadmePart(NamedTuple):
    start: str
    end: str

    def read(self) -> str:
        """What stands between the markers."""
        _, start, rest = README.read_text(encoding="utf-8").partition(self.start)
        part, end, _ = rest.partition(self.end)
        if not start or not end:
            lines = f"{self.start.strip()} and {self.end.strip()}"
            raise SystemExit(f"README.md lacks the lines {lines}")
        return part

    def write(self, part: str) -> None:
        old = self.start + self.read() + self.end
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(old, self.start + part + self.end), encoding="utf-8")

"""A part of a document that a program makes, between two markers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class MadePart(NamedTuple):
    path: Path
    start: str
    end: str

    @property
    def name(self) -> str:
        """The document's path within the repository."""
        return self.path.relative_to(ROOT).as_posix()

    def read(self) -> str:
        """The text between the markers, each of which must be in the document once."""
        text = self.path.read_text(encoding="utf-8")
        for marker in (self.start, self.end):
            if (count := text.count(marker)) != 1:
                raise SystemExit(f"{self.name} has {count} lines {marker.strip()}; it needs one")
        _, _, rest = text.partition(self.start)
        part, found, _ = rest.partition(self.end)
        if not found:
            raise SystemExit(f"{self.name} has {self.end.strip()} before {self.start.strip()}")
        return part

    def write(self, part: str) -> None:
        """Replaces the text, and says whether it changed."""
        old = self.read()
        text = self.path.read_text(encoding="utf-8")
        marked = f"{self.start}{old}{self.end}"
        self.path.write_text(
            text.replace(marked, f"{self.start}{part}{self.end}"), encoding="utf-8"
        )
        print(f"{self.name}: " + ("unchanged" if part == old else "renewed"))


def in_docs(page: str, name: str) -> MadePart:
    """The part called `name` of a page in docs/."""
    return MadePart(ROOT / "docs" / page, f"<!-- {name} -->\n", f"<!-- end of {name} -->\n")

"""What docs/performance.md shows of the benchmark: the newest result's table, and docs/speed.svg.

usage: published.py, after a run of ./package.sh bench, which calls it too.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from made_part import ROOT, in_docs

RESULTS = HERE / "results"
PICTURE = ROOT / "docs/speed.svg"
PART = in_docs("performance.md", "speed")
STATES_PART = in_docs("ten-terabytes.md", "states")

_WIDTH, _LEFT, _STEP = 760, 430, 24


class Bar(NamedTuple):
    measure: str
    value: float


def newest() -> Path:
    """The newest result, whose name is its date."""
    return max(RESULTS.glob("*.md"))


def table(result: str) -> str:
    """What was to be reached, and the machine; how cost grows stays in the result's file."""
    title, _, rest = result.partition("\n")
    machine, _, rest = rest.strip().partition("\n")
    rows = [line for line in rest.splitlines() if line.startswith("|")]
    shown = [row for row in rows if not row.endswith("|  |")]
    return f"{title.lstrip('# ')}, {machine}\n\n" + "\n".join(shown) + "\n"


def _bars(result: str, figure: str) -> list[Bar]:
    """The measures whose figure begins as the pattern says, in order."""
    found = re.findall(rf"^\| ([^|]+) \| {figure}", result, re.M)
    return [Bar(measure.replace("`", ""), float(value)) for measure, value in found]


def picture(result: str) -> str:
    """Bars: how many times as fast as others it is, and how much of the pipe's rate it keeps."""
    times = _bars(result, r"([\d.]+) times")
    ratios = _bars(result, r"([\d.]+) \([\d.]+ GB/s\)")
    parts: list[str] = []
    y = 30
    for title, bars in (
        ("Times as fast as others", times),
        ("Rate through a pipe, of that of cat", ratios),
    ):
        parts.append(f'<text x="10" y="{y}" font-size="14">{title}</text>')
        most = max(bar.value for bar in bars)
        for bar in bars:
            y += _STEP
            width = (_WIDTH - _LEFT - 60) * bar.value / most
            name = escape(bar.measure.removeprefix("against cat: ").removeprefix("against "))
            parts.append(f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end">{name}</text>')
            parts.append(
                f'<rect x="{_LEFT}" y="{y - 12}" width="{width:.0f}" height="14" fill="#2f6f9f"/>'
            )
            parts.append(f'<text x="{_LEFT + width + 6:.0f}" y="{y}">{bar.value:g}</text>')
        y += 2 * _STEP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y - _STEP}"'
        ' font-family="sans-serif" font-size="12" fill="#333">\n'
        '<rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([head, *parts]) + "\n</svg>\n"


def publish_states() -> None:
    result = max((RESULTS / "states").glob("*.md")).read_text(encoding="utf-8")
    STATES_PART.write(table(result))


def publish() -> None:
    result = newest().read_text(encoding="utf-8")
    PART.write(table(result))
    PICTURE.write_text(picture(result), encoding="utf-8")


if __name__ == "__main__":
    publish()

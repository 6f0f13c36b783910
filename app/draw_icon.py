#!/usr/bin/env python3
"""Draws the app's icon, a cloud with a robber's mask, into app/static.

    python3 app/draw_icon.py           writes the four files
    python3 app/draw_icon.py --check   only checks whether they are up to date

Shapes are drawn in a square of 36 by 36 units, with y pointing down. The colour of a pixel is the
mean of 64 points in it.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
# The size of each file in pixels. Splunk uses the Alt files on dark bars; they are the same,
# because the icon has its own background.
FILES = {"appIcon": 36, "appIconAlt": 36, "appIcon_2x": 72, "appIconAlt_2x": 72}
SIDE = 36.0
POINTS = 8  # samples along each edge of a pixel

Color = tuple[int, int, int, int]
Shape = Callable[[float, float], bool]

CLEAR: Color = (0, 0, 0, 0)
NIGHT: Color = (23, 32, 51, 255)
CLOUD: Color = (244, 247, 250, 255)
MASK: Color = (224, 58, 47, 255)


def disc(cx: float, cy: float, radius: float) -> Shape:
    return lambda x, y: (x - cx) ** 2 + (y - cy) ** 2 <= radius**2


def oval(cx: float, cy: float, rx: float, ry: float) -> Shape:
    return lambda x, y: ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1


def box(left: float, top: float, right: float, bottom: float, radius: float) -> Shape:
    """A rectangle with rounded corners."""

    def inside(x: float, y: float) -> bool:
        dx = max(left + radius - x, x - right + radius, 0)
        dy = max(top + radius - y, y - bottom + radius, 0)
        return dx**2 + dy**2 <= radius**2

    return inside


def any_of(*shapes: Shape) -> Shape:
    return lambda x, y: any(shape(x, y) for shape in shapes)


def both(one: Shape, other: Shape) -> Shape:
    return lambda x, y: one(x, y) and other(x, y)


CLOUD_SHAPE = any_of(
    disc(18.5, 14.5, 8.6), disc(9.8, 20.6, 6.2), disc(26.6, 20.0, 6.8), box(4, 18, 33, 28, 5)
)
# From bottom to top; the eyes show the cloud through the mask.
LAYERS: list[tuple[Shape, Color]] = [
    (box(0, 0, SIDE, SIDE, 7), NIGHT),
    (CLOUD_SHAPE, CLOUD),
    (both(CLOUD_SHAPE, box(0, 16.2, SIDE, 24.2, 0)), MASK),
    (any_of(oval(13.0, 20.2, 3.3, 2.2), oval(24.0, 20.2, 3.3, 2.2)), CLOUD),
]


def color_at(x: float, y: float) -> Color:
    for shape, color in reversed(LAYERS):
        if shape(x, y):
            return color
    return CLEAR


def pixel(column: int, row: int, scale: float) -> bytes:
    steps = [(number + 0.5) / POINTS for number in range(POINTS)]
    colors = [color_at((column + u) * scale, (row + v) * scale) for v in steps for u in steps]
    opaque = sum(alpha for *_, alpha in colors)
    # The mean colour of the opaque points: transparent ones reduce the opacity, not the brightness.
    mixed = [round(sum(c[i] * c[3] for c in colors) / opaque) if opaque else 0 for i in range(3)]
    return bytes([*mixed, round(opaque / len(colors))])


def scanlines(size: int) -> bytes:
    """The data that PNG compresses: for each line the filter byte 0 (none) and its pixels."""
    scale = SIDE / size
    return b"".join(
        b"\0" + b"".join(pixel(column, row, scale) for column in range(size)) for row in range(size)
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(size: int) -> bytes:
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)  # 8 bits of RGBA
    pixels = zlib.compress(scanlines(size), 9)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    while position < len(file):
        (size,) = struct.unpack_from(">I", file, position)
        yield file[position + 4 : position + 8], file[position + 8 : position + 8 + size]
        position += size + 12


def content(file: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks, decompressed, because versions of zlib compress differently."""
    return [(k, zlib.decompress(data) if k == b"IDAT" else data) for k, data in chunks(file)]


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    drawn = {size: png(size) for size in set(FILES.values())}
    for name, size in FILES.items():
        path = STATIC / f"{name}.png"
        if not arguments:
            path.write_bytes(drawn[size])
        elif content(path.read_bytes()) != content(drawn[size]):
            sys.exit(f"{path}: out of date; run {Path(__file__).name} without --check")


if __name__ == "__main__":
    main(sys.argv[1:])

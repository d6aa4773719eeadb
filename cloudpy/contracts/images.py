"""The images of sample replies: small, valid PNG and JPEG files that look like a code.

Only zlib is needed: a dependency on an image library just for samples would be too much.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

# A code is MODULES squares wide, with a quiet border of BORDER squares.
MODULES, BORDER = 25, 2

Grid = Sequence[Sequence[bool]]


def pattern(rng: random.Random) -> list[list[bool]]:
    """Return a grid of dark (True) and light squares with the three corner marks of a code."""
    side = MODULES + 2 * BORDER
    grid = [[False] * side for _ in range(side)]
    for row in range(BORDER, BORDER + MODULES):
        for column in range(BORDER, BORDER + MODULES):
            grid[row][column] = rng.random() < 0.5
    for top, left in ((BORDER, BORDER), (BORDER, side - BORDER - 7), (side - BORDER - 7, BORDER)):
        for row in range(7):
            for column in range(7):
                ring = max(abs(row - 3), abs(column - 3))
                grid[top + row][left + column] = ring != 2
    return grid


def _scaled(grid: Grid, width: int) -> list[list[bool]]:
    """Return the grid enlarged to `width` × `width` pixels."""
    index = [point * len(grid) // width for point in range(width)]
    return [[grid[row][column] for column in index] for row in index]


def png(grid: Grid, width: int, *, color: tuple[int, int, int] = (0, 0, 0), transparent: bool = False) -> bytes:
    """Return a PNG of `width` × `width` pixels; dark squares in `color`, light ones white or transparent."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = []
    previous: list[bool] | None = None
    packed = b""
    for row in _scaled(grid, width):
        if row != previous:
            bits = "".join("1" if dark else "0" for dark in row).ljust(-(-width // 8) * 8, "0")
            packed = b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
            previous = row
        rows.append(packed)
    # One bit per pixel and a palette of two colours: 0 is light, 1 is dark.
    parts = [
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, width, 1, 3, 0, 0, 0)),
        chunk(b"PLTE", b"\xff\xff\xff" + bytes(color)),
        chunk(b"tRNS", b"\0") if transparent else b"",
        chunk(b"IDAT", zlib.compress(b"".join(rows))),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


# The Huffman table of DC values from the JPEG standard (annex K), and an AC table whose only word is "end of block".
_DC_COUNTS = bytes([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
_DC_VALUES = bytes(range(12))
_AC_COUNTS = bytes([1] + [0] * 15)
_AC_VALUES = b"\0"


def _codes() -> dict[int, str]:
    """Return the bits of each DC size category, derived from the table as in the standard."""
    codes: dict[int, str] = {}
    code, values = 0, iter(_DC_VALUES)
    for length, count in enumerate(_DC_COUNTS, start=1):
        for _ in range(count):
            codes[next(values)] = format(code, f"0{length}b")
            code += 1
        code <<= 1
    return codes


def jpeg(grid: Grid, width: int) -> bytes:
    """Return a grey baseline JPEG of `width` × `width` pixels.

    Each block of 8 × 8 pixels has one brightness, so only DC values are coded; edges fall on the nearest block.
    """

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    codes = _codes()
    blocks = -(-width // 8)
    bits = []
    last = 0
    for row in _scaled(grid, blocks):
        for dark in row:
            # With a quantiser of 8 the DC value of a flat block is its brightness minus 128.
            level = -128 if dark else 127
            step, last = level - last, level
            size = abs(step).bit_length()
            bits.append(codes[size])
            if size:
                bits.append(format(step if step > 0 else step + (1 << size) - 1, f"0{size}b"))
            bits.append("0")  # end of block
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    scan = int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0")
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(0xDB, b"\0" + b"\x08" * 64),
            segment(0xC0, struct.pack(">BHHB", 8, width, width, 1) + b"\x01\x11\0"),
            segment(0xC4, b"\0" + _DC_COUNTS + _DC_VALUES),
            segment(0xC4, b"\x10" + _AC_COUNTS + _AC_VALUES),
            segment(0xDA, b"\x01\x01\0\0\x3f\0"),
            scan,
            b"\xff\xd9",
        ]
    )

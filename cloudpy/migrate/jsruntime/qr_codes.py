"""QR codes as the npm package qrcode draws them, with the Python package of that name."""

from __future__ import annotations

import base64
import math
import re
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import call, text
from .promises import wait
from .values import is_nil

_QR_OPTIONS = {
    "errorCorrectionLevel", "version", "maskPattern", "margin", "scale", "width", "color", "type", "quality",
    "rendererOpts",
}  # fmt: skip
_QR_LEVELS = {"l": 1, "low": 1, "m": 0, "medium": 0, "q": 3, "quartile": 3, "h": 2, "high": 2}
_SVG_HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
)
# Mode: its number, characters, bits of a count in versions 1 to 9, in 10 to 26, and above
_QR_MODES = {"N": (1, (10, 12, 14)), "A": (2, (9, 11, 13)), "B": (4, (8, 16, 16))}
_QR_RUNS = re.compile(r"(?P<N>[0-9]+)|(?P<A>[A-Z $%*+\-./:]+)|(?P<B>[^0-9A-Z $%*+\-./:]+)")


def _qr_bits(mode: str, size: int) -> int:
    if mode == "N":
        return 10 * (size // 3) + (0, 4, 7)[size % 3]
    return 11 * (size // 2) + 6 * (size % 2) if mode == "A" else 8 * size


def _qr_parts(value: str, group: int) -> list[tuple[str, str]]:
    """Return the modes and pieces of a string that need the fewest bits."""
    best: dict[str, tuple[int, list[tuple[str, str]]]] = {"": (0, [])}
    for found in _QR_RUNS.finditer(value):
        piece, after = found[0], {}
        for mode in {"N": "NAB", "A": "AB"}.get(found.lastgroup or "", "B"):
            ways = []
            for before, (bits, parts) in best.items():
                joined = before == mode
                old = parts[-1][1] if joined else ""
                more = _qr_bits(mode, len((old + piece).encode())) - _qr_bits(mode, len(old.encode()))
                header = 0 if joined else 4 + _QR_MODES[mode][1][group]
                ways.append((bits + header + more, [*(parts[:-1] if joined else parts), (mode, old + piece)]))
            after[mode] = min(ways, key=lambda way: way[0])
        best = after
    return min(best.values(), key=lambda way: way[0])[1]


def _qr_modules(value: Any, options: dict[str, Any]) -> list[list[bool]]:
    """Return the squares of a code, True for a dark one."""
    from qrcode import QRCode, util
    from qrcode.exceptions import DataOverflowError

    if is_nil(value) or value == "":
        raise Exception("String required as first argument" if value is UNDEFINED else "No input text")
    if not isinstance(value, str):
        raise Exception("Invalid data") if not isinstance(value, list) else NotTranslated("a QR code of segments")
    if options.keys() - _QR_OPTIONS:
        raise NotTranslated(f"the option {min(options.keys() - _QR_OPTIONS)} of qrcode is not translated")
    level = _QR_LEVELS.get(text(options.get("errorCorrectionLevel", "M")).lower(), 0)
    mask, wanted = options.get("maskPattern"), options.get("version")
    for group, last in enumerate((9, 26, 40)):
        made = QRCode(error_correction=level, border=0, mask_pattern=mask)
        for mode, piece in _qr_parts(value, group):
            made.add_data(util.QRData(piece.encode(), mode=_QR_MODES[mode][0], check_data=False), optimize=0)
        try:
            least = made.best_fit(start=1)
        except (DataOverflowError, ValueError):
            least = 41
        if least <= last:
            break
    else:
        raise Exception("The amount of data is too big to be stored in a QR Code")
    if wanted is not None:
        if wanted < least:
            raise Exception(
                "\nThe chosen QR Code version cannot contain this amount of data.\n"
                f"Minimum version required to store current data is: {least}.\n"
            )
        made.version = wanted
    made.make(fit=False)
    return [[bool(each) for each in row] for row in made.modules]


def _qr_settings(options: Any) -> dict[str, Any]:
    return {} if is_nil(options) else {name: value for name, value in options.items() if not is_nil(value)}


def _qr_margin(options: dict[str, Any]) -> Any:
    return options["margin"] if options.get("margin", -1) >= 0 else 4


def _qr_color(options: dict[str, Any], name: str, default: str) -> str:
    """Return red, green, blue and alpha, of two hexadecimal digits each."""
    given = text(options.get("color", {}).get(name) or default)
    digits = given.replace("#", "", 1)
    if not re.fullmatch("[0-9A-Fa-f]{3,8}", digits) or len(digits) == 7:
        raise NotTranslated(f"the colour {given} of a QR code is not translated")
    if len(digits) == 5:
        raise Exception(f"Invalid hex color: {given}")
    digits = "".join(2 * digit for digit in digits) if len(digits) < 5 else digits
    return digits.ljust(8, "F")


def _qr_png(value: Any, options: dict[str, Any]) -> bytes:
    """Return a picture with a palette of two colours."""
    import struct
    import zlib

    modules, margin = _qr_modules(value, options), _qr_margin(options)
    whole = len(modules) + 2 * margin
    width = options.get("width", 0)
    scale = width / whole if width >= max(21, whole) else 4 if width >= 21 else options.get("scale") or 4
    size, edge = math.floor(whole * scale), margin * scale
    inner = [at for at in range(size) if edge <= at < size - edge]
    sources = {at: math.floor((at - edge) / scale) for at in inner}
    rows = []
    for row in range(size):
        bits = 0
        if row in sources:
            line = modules[sources[row]]
            for column, source in sources.items():
                if line[source]:
                    bits |= 1 << (size - 1 - column)
        rows.append(b"\0" + (bits << (-size % 8)).to_bytes((size + 7) // 8, "big"))
    colors = [bytes.fromhex(_qr_color(options, *each)) for each in (("light", "#fff"), ("dark", "#000"))]

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return b"".join((
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 1, 3, 0, 0, 0)),
        chunk(b"PLTE", colors[0][:3] + colors[1][:3]),
        chunk(b"tRNS", bytes([colors[0][3], colors[1][3]])),
        chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
        chunk(b"IEND", b""),
    ))  # fmt: skip


def _qr_svg(value: Any, options: dict[str, Any]) -> str:
    modules, margin = _qr_modules(value, options), _qr_margin(options)
    size = len(modules) + 2 * margin
    path = ""
    moved, is_new, length = 0, False, 0
    for place in range(len(modules) ** 2):
        row, column = divmod(place, len(modules))
        if column == 0 and not is_new:
            is_new = True
        if modules[row][column]:
            length += 1
            if not (place > 0 and column > 0 and modules[row][column - 1]):
                path += f"M{column + margin} {row + margin + 0.5}" if is_new else f"m{moved} 0"
                moved, is_new = 0, False
            if not (column + 1 < len(modules) and modules[row][column + 1]):
                path += f"h{length}"
                length = 0
        else:
            moved += 1
    dark, light = (_qr_color(options, name, default) for name, default in (("dark", "#000"), ("light", "#fff")))
    ground = f'<path {_qr_paint(light, "fill")} d="M0 0h{size}v{size}H0z"/>' if light[6:] != "00" else ""
    width = options.get("width", 0)
    sized = f'width="{text(width)}" height="{text(width)}" ' if width >= 21 else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {sized}viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'{ground}<path {_qr_paint(dark, "stroke")} d="{path}"/></svg>\n'
    )


def _qr_paint(color: str, what: str) -> str:
    opacity = int(color[6:], 16) / 255
    shown = f'{what}="#{color[:6]}"'
    return shown if opacity >= 1 else f'{shown} {what}-opacity="{opacity:.2f}"'.replace('"0.', '".')


def _qr_text(value: Any, options: dict[str, Any]) -> str:
    if options.get("type") == "svg":
        return _qr_svg(value, options)
    if options.get("type", "utf8") != "utf8":
        raise NotTranslated(f"a QR code of the type {options['type']} is not translated")
    modules, margin = _qr_modules(value, options), _qr_margin(options)
    if margin % 2:
        raise NotTranslated("a QR code as text with an odd margin is not translated")
    dark, light = _qr_color(options, "dark", "#000"), _qr_color(options, "light", "#fff")
    signs = "█▀▄ " if dark[:6] == "ffffff" or light[:6] == "000000" else " ▄▀█"
    lines = []
    for row in range(0, len(modules), 2):
        below = modules[row + 1] if row + 1 < len(modules) else [False] * len(modules)
        inner = "".join(signs[2 * top + bottom] for top, bottom in zip(modules[row], below, strict=True))
        lines.append(signs[0] * margin + inner + signs[0] * margin + "\n")
    border = (signs[0] * (len(modules) + 2 * margin) + "\n") * (margin // 2)
    return border + "".join(lines) + border[:-1]


async def _qr_done(make: Any, value: Any, options: Any, callback: Any) -> Any:
    """Return what `make` gives, or hand it to the callback."""
    if callable(options):
        options, callback = UNDEFINED, options
    try:
        made = make(value, _qr_settings(options))
    except Exception as error:
        if is_nil(callback):
            raise
        return await wait(call(callback, error))
    return made if is_nil(callback) else await wait(call(callback, None, made))


async def qr_buffer(value: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> Any:
    """Return ``QRCode.toBuffer(value, options)``: a PNG."""

    def make(value: Any, options: dict[str, Any]) -> bytes:
        if options.get("type") in ("svg", "txt", "utf8"):
            return _qr_text(value, {**options, "type": "svg" if options["type"] == "svg" else "utf8"}).encode()
        return _qr_png(value, options)

    return await _qr_done(make, value, options, callback)


async def qr_data_url(value: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> Any:
    """Return ``QRCode.toDataURL(value, options)``."""

    def make(value: Any, options: dict[str, Any]) -> str:
        if options.get("type", "image/png") not in ("image/png", "png"):
            raise NotTranslated(f"a QR code of the type {options['type']} is not translated")
        return "data:image/png;base64," + base64.b64encode(_qr_png(value, options)).decode()

    return await _qr_done(make, value, options, callback)


async def qr_string(value: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> Any:
    """Return ``QRCode.toString(value, options)``."""
    return await _qr_done(_qr_text, value, options, callback)


async def qr_file(path: Any, value: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> Any:
    """Return ``QRCode.toFile(path, value, options)``."""

    def make(value: Any, options: dict[str, Any]) -> Any:
        kind = text(options.get("type") or path.rpartition(".")[2]).lower()
        is_text = kind in ("svg", "txt", "utf8")
        more = {**options, "type": "svg" if kind == "svg" else "utf8"}
        content = _qr_text(value, more).encode() if is_text else _qr_png(value, options)
        content = _SVG_HEAD + content if kind == "svg" else content
        with open(path, "wb") as file:
            file.write(content)
        return UNDEFINED

    return await _qr_done(make, value, options, callback)

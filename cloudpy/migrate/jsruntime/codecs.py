"""Bytes and texts: Buffer, base64, the encoding of addresses."""

from __future__ import annotations

import base64
import math
import re
import urllib.parse
from typing import Any

from ..._undefined import UNDEFINED
from ..._wire.javascript import utf8
from ..._wire.jsontext import text as as_text
from ...errors import NotTranslated
from .coercion import _units, call, number, text
from .lists import slice_of
from .numbers import to_base
from .objects import keys, length
from .texts import _pairs


def buffer(value: Any, encoding: Any = "utf8") -> bytes:
    """Return ``Buffer.from(value, encoding)``."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict) and value.get("type") == "Buffer" and isinstance(value.get("data"), list):
        value = value["data"]  # one that came as JSON
    if isinstance(value, list):
        return bytes(int(item) & 255 for item in value)
    if value in (None, UNDEFINED) or type(value) in (int, float):
        given = as_text(value) if value in (None, UNDEFINED) else f"type number ({as_text(value)})"
        kinds = "type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object"
        error = TypeError(f"The first argument must be of {kinds}. Received {given}")
        error.code = "ERR_INVALID_ARG_TYPE"  # type: ignore[attr-defined]
        raise error
    if not isinstance(value, str):
        raise NotTranslated(f"Buffer.from of a {type(value).__name__} is not translated")
    kind = "utf8" if encoding is UNDEFINED else as_text(encoding).lower().replace("-", "")
    if kind == "utf8":
        return utf8(value)
    if kind in ("base64", "base64url"):  # with encoding.base64
        digits = value.replace("-", "+").replace("_", "/").partition("=")[0]
        digits = re.sub("[^A-Za-z0-9+/]", "", digits)
        digits = digits[:-1] if len(digits) % 4 == 1 else digits
        return base64.b64decode(digits + "=" * (-len(digits) % 4))
    if kind == "hex":  # with encoding.hex
        return bytes.fromhex(re.match("(?:[0-9a-fA-F]{2})*", value)[0])  # type: ignore[index]
    if kind in ("latin1", "binary"):  # with encoding.latin1
        return bytes(ord(each) & 255 for each in value)
    raise NotTranslated(f"Buffer.from with the encoding {kind} is not translated")


def to_string(value: Any, form: Any = UNDEFINED) -> str:
    """Return ``value.toString(form)``: of a Buffer in an encoding, of a number in a base."""
    if value in (None, UNDEFINED):
        raise TypeError(f"Cannot read properties of {as_text(value)} (reading 'toString')")
    if hasattr(value, "_js_host") and hasattr(value, "toString"):  # with Host
        return call(value.toString, form)  # type: ignore[no-any-return]
    if isinstance(value, bytes):  # with bytes.any
        return digest(value, "utf8" if form is UNDEFINED else form)  # type: ignore[no-any-return]
    if form is not UNDEFINED and type(value) in (int, float):  # with to_string.2
        return to_base(value, int(number(form)))
    return text(value)


def encode_component(value: Any) -> str:
    """Return ``encodeURIComponent(value)``."""
    return urllib.parse.quote(text(value), safe="!'()*~-_.")


def encode_address(value: Any) -> str:
    """Return ``encodeURI(value)``."""
    return urllib.parse.quote(text(value), safe="!'()*~-_.;,/?:@&=+$#")


def decode_component(value: Any) -> str:
    """Return ``decodeURIComponent(value)``."""
    if re.search("%(?![0-9a-fA-F]{2})", text(value)):
        raise ValueError("URI malformed")
    return urllib.parse.unquote(text(value), errors="strict")


def query_text(value: Any) -> str:
    """Return ``querystring.stringify(value)``, and ``qs.stringify`` of a flat object."""
    parts = []
    for key in keys(value) if isinstance(value, dict) else ():
        item = value[key]
        for each in item if isinstance(item, list) else [item]:
            is_plain = isinstance(each, (str, int, float)) and (isinstance(each, str) or math.isfinite(each))
            written = text(each) if is_plain else ""
            parts.append(f"{encode_component(key)}={encode_component(written)}")
    return "&".join(parts)


def query_values(value: Any) -> dict[str, Any]:
    """Return ``querystring.parse(value)``: a string for each key, or a list if the key is repeated."""
    result: dict[str, Any] = {}
    for part in value.split("&") if isinstance(value, str) and value else []:
        key, _, item = (urllib.parse.unquote_plus(each) for each in part.partition("="))
        if key in result:
            result[key] = [*result[key], item] if isinstance(result[key], list) else [result[key], item]
        else:
            result[key] = item
    return result


def byte_length(value: Any, form: Any = UNDEFINED) -> int:
    """Return ``Buffer.byteLength(value, form)``."""
    if not isinstance(value, (str, bytes)):
        raise TypeError('The "string" argument must be of type string or an instance of Buffer or ArrayBuffer')
    return length(buffer(value, form))  # type: ignore[no-any-return]


def concat_buffers(parts: Any, size: Any = UNDEFINED) -> bytes:
    """Return ``Buffer.concat(parts, size)``."""
    joined = b"".join(slice_of(part) for part in parts)
    return joined if size is UNDEFINED else joined[:size].ljust(size, b"\0")


def filled_buffer(size: Any, fill: Any = UNDEFINED) -> bytes:
    """Return ``Buffer.alloc(size, fill)``."""
    if isinstance(size, bool) or not isinstance(size, (int, float)) or not 0 <= size < 2**32:
        raise TypeError("The value of 'size' is invalid")
    whole = b"\0" if fill is UNDEFINED else bytes([int(fill) & 255]) if isinstance(fill, (int, float)) else buffer(fill)
    return (whole * (int(size) // len(whole) + 1))[: int(size)] if whole else bytes(int(size))


def atob(value: Any) -> str:
    """Return ``atob(value)``: a character for each byte."""
    coded = re.sub("[\t\n\f\r ]", "", text(value))
    if coded.endswith("=") and len(coded) % 4 == 0:
        coded = coded[:-2] if coded[-2:] == "==" else coded[:-1]
    if len(coded) % 4 == 1 or not re.fullmatch("[A-Za-z0-9+/]*", coded):
        raise ValueError("The string to be decoded is not correctly encoded.")
    return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("latin-1")


def btoa(value: Any) -> str:
    """Return ``btoa(value)``."""
    if any(each > "\xff" for each in text(value)):
        raise ValueError("Invalid character")
    return base64.b64encode(text(value).encode("latin-1")).decode()


def escape(value: Any) -> str:
    """Return ``escape(value)``."""
    kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@*_+-./"
    return "".join(
        each if each in kept else f"%{ord(each):02X}" if ord(each) < 256 else f"%u{ord(each):04X}"
        for each in _units(text(value))
    )


def unescape(value: Any) -> str:
    """Return ``unescape(value)``."""
    marks = "%(?:u([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))"
    return _pairs(re.sub(marks, lambda code: chr(int(code[1] or code[2], 16)), text(value)))


def digest(value: bytes, form: Any = UNDEFINED) -> Any:
    """Return ``hash.digest(form)`` of bytes."""
    if form is UNDEFINED:
        return value
    kind = as_text(form).lower().replace("-", "")
    if kind == "utf8":
        return value.decode("utf-8", "replace")
    if kind == "base64":  # with encoding.base64
        return base64.b64encode(value).decode()
    if kind == "hex":  # with encoding.hex
        return value.hex()
    if kind in ("latin1", "binary"):  # with encoding.latin1
        return value.decode("latin-1")
    raise NotTranslated(f"the encoding {kind} of a Buffer is not translated")


def to_bytes(value: Any) -> bytes:
    """Return the bytes that a hash reads from a string or a Buffer."""
    if not isinstance(value, (str, bytes)):
        raise TypeError('The "data" argument must be of type string or an instance of Buffer')
    return utf8(value) if isinstance(value, str) else value


def last_part(path: Any, ending: Any = UNDEFINED) -> str:
    """Return ``path.basename(path, ending)``."""
    if not isinstance(path, str):
        raise TypeError('The "path" argument must be of type string')
    name = path.rstrip("/").rpartition("/")[2]
    if ending is not UNDEFINED and name.endswith(ending) and name != ending:
        return name[: len(name) - len(ending)]
    return name


def extension(path: Any) -> str:
    """Return ``path.extname(path)``."""
    name = last_part(path)
    at = name.rfind(".")
    return name[at:] if at > 0 and name != ".." else ""

"""A multipart form: its fields as the Node package writes them, and back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from . import jsontext, mime
from .javascript import utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KIND = "multipart/form-data"
_TEXT = b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
_FILE = b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: %b\r\n\r\n%b\r\n'
_NAME = re.compile(r'\bname="([^"]*)"')


class Part:
    """One field of a form that came in; content_type is empty for a text field."""

    __slots__ = ("content_type", "name", "value")

    def __init__(self, name: str, content_type: str, value: bytes) -> None:
        self.name = name
        self.content_type = content_type
        self.value = value


class FormError(ValueError):
    """The bytes are no multipart form of that boundary."""


def boundary() -> str:
    """A boundary that no value contains: 96 random bits."""
    return "-" * 26 + os.urandom(12).hex()


def encode(fields: Iterable[tuple[str, str | bytes]], mark: str) -> bytes:
    """Return the body for `fields`, in their order; bytes travel as an octet stream."""
    out: list[bytes] = []
    text = ""
    for name, value in fields:
        text += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n'
        if isinstance(value, str):
            text += f"\r\n{value}\r\n"
        else:
            out += (utf8(f"{text}Content-Type: application/octet-stream\r\n\r\n"), value)
            text = "\r\n"
    out.append(utf8(f"{text}--{mark}--\r\n"))
    return b"".join(out)


def encode_upload(fields: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]], mark: str) -> bytes:
    """The body of an upload over HTTPS: text fields, then files (``{contentType, value: bytes}``) under a name."""
    edge = mark.encode()
    out = [
        _TEXT % (edge, name.encode(), utf8(value if isinstance(value, str) else jsontext.stringify(value)))
        for name, value in fields.items()
    ]
    for name, file in files.items():
        content_type = str(file.get("contentType") or file.get("content_type"))
        filename = str(file.get("fileName") or f"{name}.{mime.extension(content_type) or 'png'}")
        if any(character in f"{content_type}{filename}" for character in '"\r\n'):
            raise FormError(f"{name}: a quote or a line break cannot stand in contentType or fileName")
        head = _FILE % (edge, name.encode(), utf8(filename), utf8(content_type), bytes(file["value"]))
        out.append(head)
    out.append(b"--%b--\r\n" % edge)
    return b"".join(out)


def decode(body: bytes, content_type: str) -> list[Part]:
    """The fields of `body`, in their order.

    Raises:
        FormError: no boundary in `content_type`, or the body does not keep to it.
    """
    kind, _, parameters = content_type.partition(";")
    found = re.search(r'boundary="?([^";]+)"?', parameters)
    if kind.strip().lower() != KIND or not found:
        raise FormError(f"a multipart/form-data body with a boundary is wanted, got Content-Type {content_type!r}")
    mark = b"--" + found[1].strip().encode("utf-8", "replace")
    first, *chunks = (b"\r\n" + body).split(b"\r\n" + mark)
    if first or not chunks or not chunks[-1].startswith(b"--"):
        raise FormError("the body does not begin and end with its boundary")
    parts: list[Part] = []
    for chunk in chunks[:-1]:
        head, found_blank, value = chunk.partition(b"\r\n\r\n")
        headers = _headers(head)
        name = _NAME.search(headers.get("content-disposition", ""))
        if not found_blank or not name:
            raise FormError(f"part {len(parts) + 1} has no name")
        parts.append(Part(name[1], headers.get("content-type", ""), value))
    return parts


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}

"""Multipart forms from anywhere, decoded."""

from __future__ import annotations

import re

from .form import KIND, FormError

__all__ = ["KIND", "FormError", "Part", "decode"]

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200})(?=[\s;,]|$))', re.IGNORECASE)
_NAME = re.compile(r';\s*name="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILENAME = re.compile(r';\s*filename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


class Part:
    """One field of a decoded form.

    Attributes:
        content_type: an empty string when the part has none.
        filename: None when the part has none.
    """

    __slots__ = ("content_type", "filename", "name", "value")

    def __init__(self, name: str, content_type: str, value: bytes, filename: str | None = None) -> None:
        self.name = name
        self.content_type = content_type
        self.value = value
        self.filename = filename


def decode(body: bytes, content_type: str, max_parts: int | None = None) -> list[Part]:
    """Return the fields of `body`, in their order.

    Args:
        body: bytes from anywhere.
        content_type: ``multipart/form-data; boundary=…``.
        max_parts: limit for the number of fields.

    Raises:
        FormError: the content type is another one or has no boundary, or the body does not follow it.
    """
    match = _BOUNDARY.search(content_type)
    if content_type.partition(";")[0].strip().lower() != KIND or not match:
        raise FormError("the Content-Type of a form must be multipart/form-data with a boundary")
    delimiter = b"\r\n--" + (match[1] or match[2]).encode("utf-8", "replace")
    first, *chunks = (b"\r\n" + body).split(delimiter, -1 if max_parts is None else max_parts + 1)
    if first or not chunks or not chunks[-1].startswith(b"--"):
        limit = "" if max_parts is None or len(chunks) <= max_parts else f" of at most {max_parts} fields"
        raise FormError(f"the body is not a multipart form{limit} that begins and ends with its boundary")
    return [_part(chunk, number) for number, chunk in enumerate(chunks[:-1], 1)]


def _part(chunk: bytes, number: int) -> Part:
    padded = chunk.lstrip(b" \t")
    if not padded.startswith(b"\r\n"):
        raise FormError(f"the boundary before part {number} is not followed by a line break")
    head, separator, value = padded[2:].partition(b"\r\n\r\n")
    headers = _headers(head)
    disposition = headers.get("content-disposition", "")
    name, filename = _NAME.search(disposition), _FILENAME.search(disposition)
    if not separator or not name:
        raise FormError(f"part {number} of the multipart form has no name")
    return Part(name[1], headers.get("content-type", ""), value, filename[1] if filename else None)


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}

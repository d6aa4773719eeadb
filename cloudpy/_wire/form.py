"""Multipart forms, encoded as the Node package does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from .javascript import utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KIND = "multipart/form-data"
_TEXT = b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
_FILE = b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: %b\r\n\r\n%b\r\n'


class FormError(ValueError):
    """A form cannot be written, or bytes are not a form; the message does not quote them."""


def boundary() -> str:
    """Return a boundary of 96 random bits, which no value contains."""
    return "-" * 26 + os.urandom(12).hex()


def encode(fields: Iterable[tuple[str, str | bytes]], mark: str) -> bytes:
    """Return the body with `fields`, in their order; bytes are sent as an octet stream."""
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
    """Return the body of an upload over HTTPS: text fields, then files (``{contentType, value: bytes}``) by name.

    Raises:
        FormError: the type or the name of a file contains a quote or a line break.
    """
    from . import jsontext, mime  # here: only an upload needs them

    edge = mark.encode()
    out = [
        _TEXT % (edge, name.encode(), utf8(value if isinstance(value, str) else jsontext.stringify(value)))
        for name, value in fields.items()
    ]
    for name, file in files.items():
        content_type = str(file.get("contentType") or file.get("content_type"))
        filename = str(file.get("fileName") or f"{name}.{mime.extension(content_type) or 'png'}")
        if any(character in f"{content_type}{filename}" for character in '"\r\n'):
            raise FormError(f"{name}: contentType and fileName must not contain a quote or a line break")
        head = _FILE % (edge, name.encode(), utf8(filename), utf8(content_type), bytes(file["value"]))
        out.append(head)
    out.append(b"--%b--\r\n" % edge)
    return b"".join(out)

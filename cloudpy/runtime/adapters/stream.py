"""Responses in pieces: what a handler yields becomes bytes, one piece at a time."""

from __future__ import annotations

from ..encode import encode
from ..errors import ResultError
from .message import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

EVENT_STREAM = "text/event-stream"
_SSE_FIELDS = frozenset(("data", "event", "id", "retry"))


class StreamingResponse(Response):
    """A response whose body is sent as the handler yields it.

    Attributes:
        pieces: the generator of the handler, async or not. Encode each piece with ``encode_piece``.
    """

    __slots__ = ("is_events", "pieces")

    def __init__(self, status: int, headers: Iterable[tuple[str, str]], pieces: Any) -> None:
        super().__init__(status, headers)
        self.pieces = pieces
        content_type = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        self.is_events = content_type.partition(";")[0].strip().lower() == EVENT_STREAM

    def encode_piece(self, piece: Any) -> bytes:
        """Return the bytes of a piece: a string in UTF-8, bytes unchanged, anything else as a line of JSON.

        In a ``text/event-stream`` anything else becomes a server-sent event: a dict with no keys but ``data``,
        ``event``, ``id`` and ``retry`` gives its fields, any other value is the data, as JSON.

        Raises:
            ResultError: the piece cannot be sent.
        """
        if isinstance(piece, str):
            return piece.encode("utf-8", "replace")
        if isinstance(piece, (bytes, bytearray, memoryview)):
            return bytes(piece)
        if not self.is_events:
            return (encode(piece) + "\n").encode("utf-8", "backslashreplace")
        return _event(piece)

    def __repr__(self) -> str:
        return f"<StreamingResponse {self.status}>"


def is_stream(value: object) -> bool:
    """Whether a handler's value is to be sent in pieces: an async generator, a generator, or another iterator."""
    return hasattr(value, "__anext__") or hasattr(value, "__next__")


def _event(piece: Any) -> bytes:
    fields = piece if isinstance(piece, dict) and piece and piece.keys() <= _SSE_FIELDS else {"data": piece}
    lines = []
    for name in ("event", "id", "retry"):
        if name not in fields:
            continue
        value = str(fields[name])
        if "\n" in value or "\r" in value or "\0" in value:
            raise ResultError(f'piece["{name}"]', "a field of a server-sent event cannot have line breaks")
        lines.append(f"{name}: {value}")
    if "data" in fields:
        data = fields["data"]
        text = data if isinstance(data, str) else encode(data)
        # A line break of any kind would end the field.
        lines += [f"data: {line}" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return ("\n".join(lines) + "\n\n").encode("utf-8", "backslashreplace")

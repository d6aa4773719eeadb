"""A pushed message and the reply to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Format = Literal["json", "xml"]
_NUMBERS = ("CreateTime", "MsgId")  # numbers in JSON


class PushedMessage(dict[str, Any]):
    """The fields of a message, the same whether it came as JSON or XML: what a cloud function gets as its event.

    Attributes:
        format: ``json`` or ``xml``.
        encrypted: whether it came in the safe mode.
        nonce: of the request.
    """

    def __init__(self, fields: Mapping[str, Any], *, format: Format, encrypted: bool, nonce: str) -> None:
        super().__init__(fields)
        self.format = format
        self.encrypted = encrypted
        self.nonce = nonce
        if format == "xml":
            for name in _NUMBERS:
                text = self.get(name)
                if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 20:
                    self[name] = int(text)

    def __repr__(self) -> str:
        return f"PushedMessage({super().__repr__()})"


class PushReply(NamedTuple):
    """The HTTP response for WeChat."""

    status: int
    content_type: str
    body: str

    def to_event_response(self) -> dict[str, Any]:
        """Return what an HTTP function returns."""
        return {"statusCode": self.status, "headers": {"content-type": self.content_type}, "body": self.body}

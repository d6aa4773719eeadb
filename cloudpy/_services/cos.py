"""What the object storage answers when it refuses: XML, in words that say what to do."""

from __future__ import annotations

import re
from html import unescape

_ADVICE = {
    "AccessDenied": "the permission that the gateway gave is for this path and for a short time: was the upload slow"
    " to begin?",
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "EntityTooLarge": "one upload has 5 GB at most",
    "EntityTooSmall": "the storage wants more bytes than came",
    "NoSuchKey": "there is no such file any more",
    "NoSuchBucket": "the environment has no storage: open it in the console",
}


class Refusal:
    """What an XML error says.

    Attributes:
        code: ``AccessDenied``, …; empty when it is no such XML.
        words: code and message as Node puts them, and what can be done about it.
        ids: the storage's own ids of the request, for its support; joined by ``|``.
    """

    __slots__ = ("code", "ids", "words")

    def __init__(self, body: bytes) -> None:
        text = body[:65536].decode("utf-8", "replace")
        error = _inside("Error", text)
        self.code = _inside("Code", error)
        self.ids = "|".join(one for one in (_inside("RequestId", error), _inside("TraceId", error)) if one)
        advice = _ADVICE.get(self.code)
        self.words = f"[{self.code}]: {_inside('Message', error)}{f' ({advice})' if advice else ''}"


def _inside(tag: str, text: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return (unescape(found[1]) if tag != "Error" else found[1]).strip() if found else ""

"""Server-sent events (``text/event-stream``) as the Node package reads them: bytes in, events out."""

from __future__ import annotations

from codecs import getincrementaldecoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class EventStreamParser:
    """Takes a stream apart, however its bytes are divided."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._skip_newline = False
        self._data: list[str] = []
        self._event = ""
        self._id: str | None = None

    def feed(self, data: bytes, *, final: bool = False) -> list[dict[str, Any]]:
        """Return the events that end in these bytes: ``type``, ``data``, and ``id`` and ``event`` where given."""
        text = self._rest + self._decoder.decode(data, final)
        events: list[dict[str, Any]] = []
        position = 0
        while position < len(text):
            if self._skip_newline:
                self._skip_newline = False
                if text[position] == "\n":
                    position += 1
                    continue
            end = min((at for at in (text.find("\n", position), text.find("\r", position)) if at >= 0), default=-1)
            if end < 0:
                break
            self._skip_newline = text[end] == "\r"
            event = self._line(text[position:end])
            if event is not None:
                events.append(event)
            position = end + 1
        self._rest = text[position:]
        return events

    def _line(self, line: str) -> dict[str, Any] | None:
        if not line:
            return self._end()
        field, colon, value = line.partition(":")
        if colon and value[:1] == " ":
            value = value[1:]
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._event = value
        elif field == "id" and "\0" not in value:
            self._id = value
        return None

    def _end(self) -> dict[str, Any] | None:
        event: dict[str, Any] | None = None
        if self._data:
            event = {"type": "event"}
            if self._id is not None:
                event["id"] = self._id
            if self._event:
                event["event"] = self._event
            event["data"] = "\n".join(self._data)
            self._data, self._id = [], None
        self._event = ""
        return event

"""What a handler prints and logs, with the id of its request: many invocations share one output."""

from __future__ import annotations

import json
import sys

from .._client.context import invocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

_MAX_PARTIAL = 64 * 1024  # characters of a line that has not ended


class TaggedStream:
    """A text stream; each line that an invocation writes carries its request id.

    A line that is a JSON object gets a member ``requestId``, any other one begins with the id. Everything else is as
    it is of the stream.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._partial: dict[str, str] = {}  # by request id

    def write(self, text: str) -> int:
        """Write `text`: whole lines at once, the rest when its line ends."""
        current = invocation.get()
        if current is None or not current.request_id:
            return self._stream.write(text)
        request_id = current.request_id
        *lines, rest = (self._partial.pop(request_id, "") + text).split("\n")
        if len(rest) > _MAX_PARTIAL:
            lines.append(rest)
        elif rest:
            self._partial[request_id] = rest
        if lines:
            self._stream.write("".join(f"{_tagged(line, request_id)}\n" for line in lines))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of the strings."""
        for line in lines:
            self.write(line)

    def end(self, request_id: str) -> None:
        """Write what an invocation has left without the end of its line."""
        rest = self._partial.pop(request_id, "") if self._partial else ""
        if rest:
            self._stream.write(f"{_tagged(rest, request_id)}\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __repr__(self) -> str:
        return f"<TaggedStream of {self._stream!r}>"


def tag_output() -> None:
    """Tag standard output and standard error from now on; calling it again does nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, TaggedStream):
            setattr(sys, name, TaggedStream(stream))


def end_output(request_id: str) -> None:
    """Write what an invocation has printed without the end of its line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TaggedStream):
            stream.end(request_id)


def _tagged(line: str, request_id: str) -> str:
    if line.startswith("{") and line.endswith("}"):
        try:
            value = json.loads(line)
        except ValueError:
            pass
        else:
            return json.dumps({"requestId": request_id, **value}, ensure_ascii=False)
    return f"{request_id} {line}" if line else line

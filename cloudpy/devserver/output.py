"""What a function prints, cut into lines."""

from __future__ import annotations

import threading
from collections.abc import Callable

_LONGEST = 8192  # bytes of one line; the rest of a longer one is lines of its own


class Lines:
    """Takes bytes in pieces and gives whole lines, without their ends; safe to use from several threads."""

    def __init__(self, give: Callable[[str], None]) -> None:
        self._give = give
        self._rest = b""
        self._lock = threading.Lock()

    def take(self, data: bytes) -> None:
        """The next piece; b"" says that there is no more."""
        with self._lock:
            *lines, rest = (self._rest + data).split(b"\n")
            self._rest = rest if data else b""
            if not data and rest:
                lines.append(rest)
            while len(self._rest) > _LONGEST:
                lines.append(self._rest[:_LONGEST])
                self._rest = self._rest[_LONGEST:]
        for line in lines:
            self._give(line[: 4 * _LONGEST].decode("utf-8", "backslashreplace").rstrip("\r"))

    def rest(self) -> None:
        """Gives what stands there without an end of line."""
        with self._lock:
            line, self._rest = self._rest, b""
        if line:
            self._give(line.decode("utf-8", "backslashreplace"))

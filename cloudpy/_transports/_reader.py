"""What http.client reads an answer from: a socket whose every read is bounded by one deadline and one size."""

from __future__ import annotations

import io
import time

from . import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NEVER = float("inf")


def left(deadline: float) -> float:
    """The seconds until `deadline` on time.monotonic().

    Raises:
        TimeoutError: there are none.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class DeadlineReader(io.RawIOBase):
    """Bytes from a socket. The bounds hold for the whole answer, however it is framed and however slowly it drips.

    Attributes:
        received: bytes of this answer so far.
        cut: the server closed, and what was asked for beyond that did not come.
        left_over: bytes came behind the end of the answer.
    """

    def __init__(self, sock: Any, largest: int) -> None:
        self._sock = sock
        self._largest = largest
        self.begin(0.0)

    def begin(self, deadline: float, pause: float | None = None, *, unbounded: bool = False) -> None:
        """Gets ready for the next answer.

        Args:
            deadline: on time.monotonic(), for the whole of it.
            pause: seconds that may pass without a byte, when fewer.
            unbounded: it may have any size.
        """
        self._deadline = deadline
        self._pause = _NEVER if pause is None else pause
        self._bound = _NEVER if unbounded else self._largest + io.DEFAULT_BUFFER_SIZE  # the head is not counted
        self.received = 0
        self.cut = False
        self.ended = False
        self.left_over = False

    def makefile(self, _mode: str) -> _Buffer:
        """What http.client asks a socket for, to read an answer from."""
        return _Buffer(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.ended:
            return None
        self._sock.settimeout(min(left(self._deadline), self._pause))
        count: int = self._sock.recv_into(buffer)
        self.received += count
        if not count:
            self.cut = True
        if self.received > self._bound:
            raise Failure(f"the answer has more than the {self._largest} bytes taken")
        return count


class _Buffer(io.BufferedReader):
    """Closing it ends the answer, not the connection, and tells of bytes behind it."""

    def close(self) -> None:
        reader = self.raw
        assert isinstance(reader, DeadlineReader)
        reader.ended = True
        if not self.closed:
            reader.left_over = bool(self.peek(1))

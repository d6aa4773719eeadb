"""What is too large to hold: a body that is read while it is sent, and a place that an answer is written to.

Both are asked by either transport, piece by piece. What goes wrong in them is kept in `error`, whatever the transport
makes of it on its way: the call raises that.
"""

from __future__ import annotations

from . import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Readable(Protocol):
        def read(self, size: int, /) -> object: ...

    class Writable(Protocol):
        def write(self, data: memoryview, /) -> object: ...

    Told = Callable[[int, int | None], object]

PIECE = 256 * 1024  # bytes


class Source:
    """The body of a request, read from a file while it is sent.

    Args:
        file: read from where it stands.
        length: bytes; None when only its end will tell.
        told: is told the bytes sent so far and `length`, after each piece.

    Attributes:
        error: what the file or `told` raised.
    """

    def __init__(self, file: Readable, length: int | None, told: Told | None = None) -> None:
        self._file = file
        self.length = length
        self._told = told
        self._start = _position(file) if length is not None else None
        self.sent = 0
        self._read = 0
        self.error: BaseException | None = None

    def read(self) -> bytes:
        """The next piece, or no bytes at the end.

        Raises:
            Failure: the file cannot be read, or is not as long as it was.
        """
        wanted = PIECE if self.length is None else min(PIECE, self.length - self._read)
        try:
            piece = self._file.read(wanted) if wanted else b""
            if not isinstance(piece, (bytes, bytearray, memoryview)):
                raise TypeError(
                    f"its read() gave a {type(piece).__name__}, bytes are wanted: open it in binary mode, 'rb'"
                )
        except Exception as error:
            self.error = error
            raise Failure(f"the content cannot be read: {error}") from error
        data = bytes(piece)
        self._read += len(data)
        if not data and self.length is not None and self._read < self.length:
            self.error = EOFError(f"it ended after {self._read} bytes, at the beginning it had {self.length}")
            raise Failure(f"the content cannot be read: {self.error}")
        return data

    def passed(self, count: int) -> None:
        """Tells that so many bytes more went out."""
        self.sent += count
        if self._told and count:
            try:
                self._told(self.sent, self.length)
            except BaseException as error:
                self.error = error
                raise Failure("the call was ended by its onProgress") from error

    def rewind(self) -> bool:
        """Goes back to the beginning; False when the file cannot."""
        if not self._read:
            return True
        if self._start is None:
            return False
        try:
            self._file.seek(self._start)  # type: ignore[attr-defined]
        except (OSError, ValueError):
            return False
        self.sent = self._read = 0
        return True

    def __repr__(self) -> str:
        return f"Source({self.sent} of {self.length} bytes)"


class Sink:
    """Where the body of an answer with status 200 goes, while it comes.

    Args:
        file: written to from where it stands.
        told: is told the bytes so far, and how many there will be (None: unknown), after each piece.

    Attributes:
        written: bytes so far.
        error: what the file or `told` raised.
    """

    def __init__(self, file: Writable, told: Told | None = None) -> None:
        self._file = file
        self._told = told
        self.written = 0
        self.error: BaseException | None = None

    def write(self, data: bytes | memoryview) -> None:
        """Takes the next piece.

        Raises:
            Failure: the file cannot be written.
        """
        try:
            rest = memoryview(data)
            while rest:
                taken = self._file.write(rest)
                rest = rest[taken:] if isinstance(taken, int) else rest[:0]  # a raw file may take less than all
        except Exception as error:
            self.error = error
            raise Failure(f"the file cannot be written: {error}") from error
        self.written += len(data)

    def passed(self, expected: int | None) -> None:
        """Tells of the bytes so far, of those that are expected."""
        if self._told:
            try:
                self._told(self.written, expected)
            except BaseException as error:
                self.error = error
                raise Failure("the call was ended by its onProgress") from error

    def __repr__(self) -> str:
        return f"Sink({self.written} bytes)"


def _position(file: object) -> int | None:
    try:
        return file.tell()  # type: ignore[attr-defined,no-any-return]
    except (AttributeError, OSError, ValueError):
        return None

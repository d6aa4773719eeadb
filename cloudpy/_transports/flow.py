"""What is too large to hold: a body that is read while it is sent, and a place that an answer is written to.

Both are asked by either transport, piece by piece. What goes wrong in them is kept, whatever the transport makes of it
on its way: the call raises that.
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


class _Flow:
    """What both share.

    Attributes:
        failure: what they raised, because of the file or of `told`.
        error: what `told` raised.
    """

    def __init__(self, told: Told | None) -> None:
        self._told = told
        self.failure: Failure | None = None
        self.error: BaseException | None = None

    def _fail(self, cause: str) -> Failure:
        self.failure = Failure(cause)
        return self.failure

    def _tell(self, done: int, expected: int | None) -> None:
        if self._told:
            try:
                self._told(done, expected)
            except BaseException as error:
                self.error = error
                raise self._fail("the call was ended by its onProgress") from error


class Source(_Flow):
    """The body of a request, read from a file while it is sent.

    Args:
        file: read from where it stands.
        length: bytes; None when only its end will tell.
        told: is told the bytes sent so far and `length`, after each piece.
    """

    def __init__(self, file: Readable, length: int | None, told: Told | None = None) -> None:
        super().__init__(told)
        self._file = file
        self.length = length
        self._start = _position(file) if length is not None else None
        self.sent = 0
        self._read = 0

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
            raise self._fail(f"fileContent cannot be read: {error}") from error
        data = bytes(piece)
        self._read += len(data)
        if not data and self.length is not None and self._read < self.length:
            raise self._fail(
                f"fileContent became shorter: it ended after {self._read} bytes, and had {self.length} at first"
            )
        return data

    def passed(self, count: int) -> None:
        """Tells that so many bytes more went out."""
        self.sent += count
        if count:
            self._tell(self.sent, self.length)

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


class Sink(_Flow):
    """Where the body of an answer with status 200 goes, while it comes.

    Args:
        file: written to from where it stands.
        told: is told the bytes so far, and how many there will be (None: unknown), after each piece.

    Attributes:
        written: bytes so far.
    """

    def __init__(self, file: Writable, told: Told | None = None) -> None:
        super().__init__(told)
        self._file = file
        self.written = 0

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
            raise self._fail(f"the file cannot be written: {error}") from error
        self.written += len(data)

    def passed(self, expected: int | None) -> None:
        """Tells of the bytes so far, of those that are expected."""
        self._tell(self.written, expected)

    def __repr__(self) -> str:
        return f"Sink({self.written} bytes)"


def _position(file: object) -> int | None:
    try:
        return file.tell()  # type: ignore[attr-defined,no-any-return]
    except (AttributeError, OSError, ValueError):
        return None

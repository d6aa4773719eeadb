"""Bodies too large for memory: an upload is read while it is sent, a download is written while it arrives.

Both transports use these, chunk by chunk. An error of the file or of the progress callback is stored, so that the call
raises it whatever the transport makes of it.
"""

from __future__ import annotations

from .failure import TransportFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Readable(Protocol):
        def read(self, size: int, /) -> object: ...

    class Writable(Protocol):
        def write(self, data: memoryview, /) -> object: ...

    ProgressCallback = Callable[[int, int | None], object]

CHUNK_SIZE = 256 * 1024  # bytes


class _Stream:
    """Common to both directions.

    Attributes:
        failure: the failure that the file or `on_progress` caused.
        error: the exception that `on_progress` raised.
    """

    def __init__(self, on_progress: ProgressCallback | None) -> None:
        self._on_progress = on_progress
        self.failure: TransportFailure | None = None
        self.error: BaseException | None = None

    def _fail(self, cause: str) -> TransportFailure:
        self.failure = TransportFailure(cause)
        return self.failure

    def _report(self, done: int, expected: int | None) -> None:
        if self._on_progress:
            try:
                self._on_progress(done, expected)
            except BaseException as error:
                self.error = error
                raise self._fail("the call was ended by its onProgress") from error


class UploadStream(_Stream):
    """The body of a request, read from a file while it is sent.

    Args:
        file: read from its current position.
        length: bytes; None when unknown.
        on_progress: called with the bytes sent so far and `length`, after each chunk.
    """

    def __init__(self, file: Readable, length: int | None, on_progress: ProgressCallback | None = None) -> None:
        super().__init__(on_progress)
        self._file = file
        self.length = length
        self._start = _position(file) if length is not None else None
        self.sent = 0
        self._read = 0

    def read(self) -> bytes:
        """Return the next chunk, or no bytes at the end.

        Raises:
            TransportFailure: the file cannot be read, or is shorter than `length`.
        """
        size = CHUNK_SIZE if self.length is None else min(CHUNK_SIZE, self.length - self._read)
        try:
            chunk = self._file.read(size) if size else b""
            if not isinstance(chunk, (bytes, bytearray, memoryview)):
                raise TypeError(f"read() returned {type(chunk).__name__} instead of bytes: open the file with 'rb'")
        except Exception as error:
            raise self._fail(f"fileContent cannot be read: {error}") from error
        data = bytes(chunk)
        self._read += len(data)
        if not data and self.length is not None and self._read < self.length:
            raise self._fail(
                f"fileContent became shorter: it ended after {self._read} bytes, and had {self.length} at first"
            )
        return data

    def advance(self, count: int) -> None:
        """Count bytes as sent, and report progress."""
        self.sent += count
        if count:
            self._report(self.sent, self.length)

    def rewind(self) -> bool:
        """Return to the start; False when the file cannot seek."""
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
        return f"UploadStream({self.sent} of {self.length} bytes)"


class DownloadStream(_Stream):
    """The destination of a response's body.

    Args:
        file: written to from its current position.
        on_progress: called with the bytes so far and the bytes expected (None: unknown), after each chunk.

    Attributes:
        written: bytes so far.
    """

    def __init__(self, file: Writable, on_progress: ProgressCallback | None = None) -> None:
        super().__init__(on_progress)
        self._file = file
        self.written = 0

    def write(self, data: bytes | memoryview) -> None:
        """Write the next chunk.

        Raises:
            TransportFailure: the file cannot be written.
        """
        try:
            rest = memoryview(data)
            while rest:
                count = self._file.write(rest)
                rest = rest[count:] if isinstance(count, int) else rest[:0]  # a raw file may write only a part
        except Exception as error:
            raise self._fail(f"the file cannot be written: {error}") from error
        self.written += len(data)

    def advance(self, expected: int | None) -> None:
        """Report progress: the bytes so far, of `expected`."""
        self._report(self.written, expected)

    def __repr__(self) -> str:
        return f"DownloadStream({self.written} bytes)"


def _position(file: object) -> int | None:
    try:
        return file.tell()  # type: ignore[attr-defined,no-any-return]
    except (AttributeError, OSError, ValueError):
        return None

"""Uploads of files in pieces, so that a file of any size takes little memory."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field

from ...local.storage import Upload

PIECE = 4 * 1024 * 1024  # bytes that a page sends at once
_MAX_OPEN = 100
_ABANDONED_AFTER = 3600.0  # seconds without a piece


@dataclass(slots=True)
class OpenUpload:
    """An upload that is not finished; `lock` is held while a piece is written."""

    upload: Upload
    path: str
    at: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class Uploads:
    """The uploads that pages have begun and not finished."""

    def __init__(self) -> None:
        self._open: dict[str, OpenUpload] = {}
        self._lock = threading.Lock()

    def add(self, upload: Upload, path: str) -> str:
        """Keep an upload, and return its id.

        Raises:
            OverflowError: there are too many.
        """
        now = time.monotonic()
        with self._lock:
            for name, other in list(self._open.items()):
                if now - other.at > _ABANDONED_AFTER:
                    del self._open[name]
                    other.upload.discard()
            if len(self._open) >= _MAX_OPEN:
                raise OverflowError
            name = secrets.token_hex(8)
            self._open[name] = OpenUpload(upload, path, now)
            return name

    def find(self, name: str) -> OpenUpload | None:
        """Return an upload, or None."""
        found = self._open.get(name)
        if found is not None:
            found.at = time.monotonic()
        return found

    def take(self, name: str) -> OpenUpload | None:
        """Return an upload and forget it, or None."""
        with self._lock:
            return self._open.pop(name, None)

    def close(self) -> None:
        """Discard all of them."""
        with self._lock:
            several, self._open = list(self._open.values()), {}
        for one in several:
            one.upload.discard()

    def __repr__(self) -> str:
        return f"<Uploads: {len(self._open)} open>"

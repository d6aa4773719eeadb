"""Recordings of invocations: JSON lines that `cloudpy compare` can run again."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from typing import Any

from .._client import redact


class EventRecorder:
    """Appends invocations to a file, as ``{"function", "event", "openid", "unionid", "timer"}``.

    Args:
        path: of the file; it is created if missing, readable by its owner only.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = redact.private_file(path, os.O_APPEND)
        self._is_cut_off = _is_cut_off(path)  # whether the last line is incomplete

    def add(
        self, function: str, event: Mapping[str, Any], *, openid: str, unionid: str = "", timer: bool = False
    ) -> None:
        """Append one invocation.

        Args:
            function: its name.
            event: as it was sent, without the ``userInfo`` that the platform adds; secrets are masked.
            openid: of the calling user, or empty.
            unionid: of the calling user, or empty.
            timer: whether a timer invoked it.

        Raises:
            OSError: the file cannot be written, for instance because the disk is full.
        """
        line = {
            "function": function,
            "event": redact.value(event),
            "openid": openid,
            "unionid": unionid,
            "timer": timer,
        }
        data = (json.dumps(line) + "\n").encode()
        with self._lock:
            if self._is_cut_off:
                data = b"\n" + data
            written = 0
            try:
                while written < len(data):
                    written += os.write(self._file, data[written:])
            except OSError:
                if written and not self._truncate(written):
                    self._is_cut_off = True
                raise
            self._is_cut_off = False

    def _truncate(self, size: int) -> bool:
        """Remove the last `size` bytes, which are an incomplete line; return whether that worked."""
        try:
            os.ftruncate(self._file, os.fstat(self._file).st_size - size)
        except OSError:  # a pipe
            return False
        return True

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _is_cut_off(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return bool(file.seek(0, os.SEEK_END)) and not (file.seek(-1, os.SEEK_END) and file.read(1) == b"\n")
    except OSError:  # a pipe, or not ours to read
        return False

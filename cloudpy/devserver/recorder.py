"""Invocations written down as they come, one JSON object a line, as `cloudpy compare` reads them."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from typing import Any

from .._client import redact


class Record:
    """A file of invocations: ``{"function", "event", "openid", "unionid", "timer"}``; see ``add``.

    Args:
        path: is created where it is not there; lines are added to one that is. It is for its owner alone.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = redact.private_file(path, os.O_APPEND)
        self._half = _is_cut_off(path)  # whether the last line has no end

    def add(
        self, function: str, event: Mapping[str, Any], *, openid: str, unionid: str = "", timer: bool = False
    ) -> None:
        """Writes one down.

        Args:
            event: as it was sent, without the ``userInfo`` that the platform adds; secrets are masked in it.
            openid: of the user who calls, empty when nobody does.

        Raises:
            OSError: the disk is full, or the like.
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
            if self._half:
                data = b"\n" + data
            written = 0
            try:
                while written < len(data):
                    written += os.write(self._file, data[written:])
            except OSError:
                if written and not self._removed(written):
                    self._half = True
                raise
            self._half = False

    def _removed(self, size: int) -> bool:
        """Whether the last `size` bytes could be removed: what is half a line cannot be read."""
        try:
            os.ftruncate(self._file, os.fstat(self._file).st_size - size)
        except OSError:  # a pipe, or the like
            return False
        return True

    def close(self) -> None:
        os.close(self._file)


def _is_cut_off(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return bool(file.seek(0, os.SEEK_END)) and not (file.seek(-1, os.SEEK_END) and file.read(1) == b"\n")
    except OSError:  # a pipe, or not ours to read
        return False

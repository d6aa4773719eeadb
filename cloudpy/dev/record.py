"""Invocations written down as they come, one JSON object a line, as `cloudpy compare` reads them."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from typing import Any

from .. import _redact


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
        self._file = _redact.private_file(path, os.O_APPEND)

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
            "event": _redact.value(event),
            "openid": openid,
            "unionid": unionid,
            "timer": timer,
        }
        data = (json.dumps(line) + "\n").encode()
        with self._lock:
            while data:
                data = data[os.write(self._file, data) :]

    def close(self) -> None:
        os.close(self._file)

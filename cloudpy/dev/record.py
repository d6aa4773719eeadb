"""Invocations written down as they come, so that they can be replayed: one JSON object a line."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping
from typing import Any

# Words in a key behind whose name a secret may stand, letters alone; a miss costs more than a mask too many.
_SECRET = re.compile(
    "token|secret|sessionkey|password|passwd|signature|credential|authorization|cookie|privatekey|apikey"
)
_LETTERS = re.compile("[^a-z]")
HIDDEN = "***"


class Record:
    """A file of invocations: ``{"function", "event", "openid", "unionid", "timer"}``; see ``add``.

    Args:
        path: is created where it is not there, for its owner alone; lines are added to one that is.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(
        self, function: str, event: Mapping[str, Any], *, openid: str, unionid: str = "", timer: bool = False
    ) -> None:
        """Writes one down.

        Args:
            event: as it was sent, without the ``userInfo`` that the platform adds; what a key says to be a secret is
                masked in it.
            openid: of the user who calls, empty when nobody does.

        Raises:
            OSError: the disk is full, or the like.
        """
        line = {"function": function, "event": hide(event), "openid": openid, "unionid": unionid, "timer": timer}
        data = (json.dumps(line) + "\n").encode()
        with self._lock:
            while data:
                data = data[os.write(self._file, data) :]

    def close(self) -> None:
        os.close(self._file)


def hide(value: Any, key: str = "") -> Any:
    """`value` with ``***`` in the place of each text that a key says to be a secret."""
    if isinstance(value, Mapping):
        return {name: hide(item, str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [hide(item, key) for item in value]
    if isinstance(value, str) and value and _SECRET.search(_LETTERS.sub("", key.lower())):
        return HIDDEN
    return value

"""A command on a terminal."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import Any

from .command import COMMAND


def on_terminal(*arguments: object, **options: Any) -> str:
    """What ``cloudpy ARGUMENTS`` shows on a terminal, with all control sequences."""
    terminal, side = os.openpty()
    running = subprocess.Popen([*COMMAND, *map(str, arguments)], stdin=side, stdout=side, stderr=side, **options)
    os.close(side)
    shown = b""
    with suppress(OSError):  # Linux: the program has ended
        while data := os.read(terminal, 65536):
            shown += data
    running.wait(60)
    os.close(terminal)
    return shown.decode("utf-8", "replace")

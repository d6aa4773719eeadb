"""What a command does when it is asked to end."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn


def end_with_signals() -> None:
    """Asked to end, the command ends what it has started with it; by default Python would leave that behind."""

    def end(number: int, _: object) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)

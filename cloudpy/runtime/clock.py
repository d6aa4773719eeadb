"""The time as the platform writes it."""

from __future__ import annotations

import time

_second = (0, "")  # the last one that was written out: many a request falls into it


def stamp(now: float | None = None) -> str:
    """`now`, by default the present, in seconds since 1970, as ``2026-11-22T15:22:24.309Z``."""
    global _second
    now = time.time() if now is None else now
    whole = int(now)
    second, text = _second
    if second != whole:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second = (whole, text)
    return f"{text}.{int((now - whole) * 1000):03d}Z"

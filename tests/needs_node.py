"""Which tests need Node: marked `needs_node`, by their fixtures or by what their module starts.

Where there is no Node, `make quick` sets CLOUDPY_WITHOUT_NODE=1 and leaves them out. Without that variable they fail.
"""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

import pytest

LEAVE_OUT = os.environ.get("CLOUDPY_WITHOUT_NODE") == "1"
FIXTURES = {"bench", "node"}
# Starts a process itself, imports a helper that does, or compares with `cloudpy compare`.
STARTS = re.compile(
    r"""\["node", |which\("node"\)|\bNODE\b"""
    r"|tests\.(peer\.(bench|peer|faces|storage)|migrate\.both|compare\.bench)"
)


@functools.cache
def starts_node(path: Path) -> bool:
    return STARTS.search(path.read_text("utf-8")) is not None


def mark(item: pytest.Item) -> None:
    """Mark `item` where it needs Node."""
    if FIXTURES & set(getattr(item, "fixturenames", ())) or (item.path.suffix == ".py" and starts_node(item.path)):
        item.add_marker("needs_node")

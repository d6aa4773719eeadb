"""What is run in full on one Python alone.

`make test` runs the suite on the running Python and then on the others that are here, with CLOUDPY_SUITE_REPEATED=1.
What cannot come out differently there (a page's commands, pip, Node's side of a comparison) is marked `once`.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

REPEATED = os.environ.get("CLOUDPY_SUITE_REPEATED") == "1"


def part(whole: int, few: int) -> int:
    """How many random examples: `whole` on the running Python, `few` of the same kind on the others."""
    return few if REPEATED else whole


def put_off(items: list[pytest.Item]) -> list[pytest.Item]:
    """The items that `once` leaves to the running Python: all of a test's cases but the first `sample` (0)."""
    seen: Counter[str] = Counter()
    found = []
    for item in items:
        mark = item.get_closest_marker("once")
        if mark is not None:
            test = item.nodeid.partition("[")[0]
            seen[test] += 1
            if seen[test] > mark.kwargs.get("sample", 0):
                found.append(item)
    return found

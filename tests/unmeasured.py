"""The environment of a process that coverage does not measure: it would load modules of its own."""

from __future__ import annotations

import os


def unmeasured() -> dict[str, str]:
    """Return the environment without what makes coverage start in a new process."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}

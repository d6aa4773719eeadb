"""Seeds of random tests: the same in each run, so that a failure is of the change that is checked.

`make fuzz` sets CLOUDPY_NEW_SEEDS and looks for what they have not found yet; a failure prints its seed.
"""

from __future__ import annotations

import os
import random

NEW = "CLOUDPY_NEW_SEEDS" in os.environ


def seed(fixed: int = 1) -> int:
    """Return the fixed seed, or with CLOUDPY_NEW_SEEDS another one each time."""
    return random.randrange(2**32) if NEW else fixed

"""What is marked `once` is left to the running Python, as far as it is marked, and that is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import REPEATED

ROOT = Path(__file__).parent.parent


@pytest.mark.once(sample=2)
@pytest.mark.parametrize("number", range(5))
def test_of_five_two_are_run_everywhere(number: int) -> None:
    assert number < 2 or not REPEATED


@pytest.mark.once()
def test_of_one_none_is() -> None:
    assert not REPEATED


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("workers", ["1", "0"])
def test_it_is_said_how_many(workers: str) -> None:
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", workers]
    command = [*tests, "-k", "of_five or of_one", __file__]
    repeated = {**os.environ, "CLOUDPY_SUITE_REPEATED": "1"}
    done = subprocess.run(
        [*command, __file__], cwd=ROOT, env=repeated, capture_output=True, encoding="utf-8", timeout=120
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "4 tests are run on the running Python alone" in done.stdout
    assert "2 passed" in done.stdout

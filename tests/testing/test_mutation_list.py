"""The faults of scripts/mutation_check.py can be put in: their texts stand where they are looked for."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def faults() -> Any:
    spec = importlib.util.spec_from_file_location("mutation_check", ROOT / "scripts" / "mutation_check.py")
    assert spec and spec.loader
    module = sys.modules["mutation_check"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FAULTS


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.what)
def test_the_text_is_there_once(fault: Any) -> None:
    assert 1 == (ROOT / "cloudpy" / fault.file).read_text("utf-8").count(fault.old)
    assert fault.old != fault.new


def test_there_are_enough() -> None:
    assert len(faults()) >= 20

"""Pairs of functions for the tests of this folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cloudpy.compare.comparator import Comparator
from cloudpy.compare.function import Function, find_function
from cloudpy.compare.rules import Rules
from cloudpy.compare.scenario import Scenario, from_mapping
from cloudpy.local.data import NO_DATA, LocalData, read
from cloudpy.runner.process import is_platform_variable

PROGRAMS = Path(__file__).parent / "programs"
NODE = PROGRAMS / "desk_node"
PYTHON = PROGRAMS / "desk_python"
EVENTS = PROGRAMS / "desk.yaml"
MODULES = Path(__file__).parents[1] / "peer" / "node_modules"


def desk() -> LocalData:
    """What the local WeChat of the desk knows."""
    return read(PYTHON / "local.yaml")


def pair(left: Path, right: Path, rules: Rules | None = None, base: LocalData = NO_DATA, **more: Any) -> Comparator:
    """A pair with the environment of this process; an event may take long, the machine may be busy."""
    environment = {name: value for name, value in os.environ.items() if not is_platform_variable(name)}
    settings = {"timeout": 60.0, "modules": str(MODULES), **more}
    return Comparator(function(left), function(right), rules or Rules(), environment=environment, base=base, **settings)


def function(folder: Path) -> Function:
    return find_function(str(folder))


def case(event: dict[str, Any], name: str = "an event", **more: Any) -> Scenario:
    return from_mapping(name, {"event": event, **more})


def places(comparison: Any) -> list[str]:
    """Where both differ."""
    return [difference.place for difference in comparison.differences]

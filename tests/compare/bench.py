"""Pairs of functions for the tests of this folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cloudpy.cli.process import is_platforms
from cloudpy.compare.case import Case, varied
from cloudpy.compare.folder import Function, function_in
from cloudpy.compare.pair import Pair
from cloudpy.compare.rules import Rules
from cloudpy.local.data import NO_DATA, LocalData, read

PROGRAMS = Path(__file__).parent / "programs"
NODE = PROGRAMS / "desk_node"
PYTHON = PROGRAMS / "desk_python"
EVENTS = PROGRAMS / "desk.yaml"
MODULES = Path(__file__).parents[1] / "peer" / "node_modules"


def desk() -> LocalData:
    """What the local WeChat of the desk knows."""
    return read(PYTHON / "local.yaml")


def pair(left: Path, right: Path, rules: Rules | None = None, base: LocalData = NO_DATA, **more: Any) -> Pair:
    """A pair with the environment of this process; an event may take long, the machine may be busy."""
    environment = {name: value for name, value in os.environ.items() if not is_platforms(name)}
    settings = {"timeout": 60.0, "modules": str(MODULES), **more}
    return Pair(function(left), function(right), rules or Rules(), environment=environment, base=base, **settings)


def function(folder: Path) -> Function:
    return function_in(str(folder))


def case(event: dict[str, Any], name: str = "an event", **more: Any) -> Case:
    return varied(name, {"event": event, **more})


def places(comparison: Any) -> list[str]:
    """Where both differ."""
    return [difference.place for difference in comparison.differences]

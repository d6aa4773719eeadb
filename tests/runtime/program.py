"""The user programs of this folder, loaded in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cloudpy.runtime import FunctionDir, Runner, client_event, load, make_context

PROGRAMS = Path(__file__).parent / "programs"


def call(folder: str | Path, event: Any = None, *, handler: str = "index.main", **context: Any) -> Any:
    """Loads the program and invokes it once."""
    with FunctionDir(PROGRAMS / folder) as directory, Runner() as runner:
        found = load(directory, handler)
        return runner.invoke(found, client_event({"name": "小明"}) if event is None else event, make_context(**context))

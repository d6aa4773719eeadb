"""The user programs of this folder, loaded in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cloudpy.runtime import Place, Runner, client_event, loader, make_context

PROGRAMS = Path(__file__).parent / "programs"


def call(folder: str | Path, event: Any = None, *, handler: str = "index.main", **context: Any) -> Any:
    """Loads the program and invokes it once."""
    with Place(PROGRAMS / folder) as place, Runner() as runner:
        found = loader(place, handler)
        return runner.invoke(found, client_event({"name": "小明"}) if event is None else event, make_context(**context))

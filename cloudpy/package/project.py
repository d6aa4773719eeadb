"""Build all functions of a project into the folder that CloudBase's CLI uploads from."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from . import cloudbaserc, entry_point
from .build import Package, build
from .errors import PackageError


def build_all(
    project: str | os.PathLike[str],
    folders: Iterable[str],
    *,
    target: str,
    python: str,
    on_step: Callable[[str], object] = lambda _: None,
    **options: Any,
) -> Iterator[Package]:
    """Yield the package of each function, and add them all to the project's cloudbaserc.json at the end.

    Args:
        project: folder of cloudbaserc.json, whose ``functionRoot`` receives the packages.
        folders: of the functions.
        target: ``scf`` or ``http``.
        python: ``X.Y`` of the platform.
        on_step: see `build`.
        options: more of `build`.

    Raises:
        PackageError: two functions have one name, ``functionRoot`` has the sources, or see `build`.
        OSError: a file cannot be written.
    """
    root, folders = Path(project), list(folders)
    out = cloudbaserc.function_root(root)
    entries: dict[str, dict[str, Any]] = {}
    for folder in folders:
        path = Path(folder).resolve()
        if path.name in entries:
            raise PackageError(f"two functions have the name {path.name}; rename one")
        if out.resolve() in path.parents:
            settings = root / cloudbaserc.NAME
            raise PackageError(
                f"functionRoot in {settings} is {out}, where the sources are: set it to a folder for the packages, such"
                " as dist"
            )
        entries[path.name] = {**entry_point.settings(target, python, path.name), **_triggers(path)}
    for folder in folders:
        name = Path(folder).resolve().name
        yield build(folder, target=target, python=python, out=out / name, on_step=on_step, **options)
    cloudbaserc.merge(root, list(entries.values()))


def _triggers(folder: Path) -> dict[str, Any]:
    """Return the timers of a function's config.json, which the CLI reads from cloudbaserc.json."""
    try:
        triggers = json.loads((folder / "config.json").read_text("utf-8-sig"))["triggers"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # cloudpy check reports an invalid file
    return {"triggers": triggers} if triggers else {}

"""All of one folder of Node functions: its drafts, where they are written, and what is said of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..i18n import current, using
from .draft import Draft, Unreadable, draft, functions_in
from .program import CODE
from .project import Output, project, single
from .report import code_paths, summarize

_SKIPPED = {"node_modules", ".git", ".cloudpy", "__pycache__"}


@dataclass
class Migration:
    """The functions of a folder.

    Attributes:
        drafts: each with the folder that it is written to.
        unreadable: functions that have no draft, and why.
        output: what is to be written.
    """

    drafts: list[tuple[Draft, Path]]
    unreadable: list[Unreadable]
    output: Output

    def reports(self) -> list[dict[str, Any]]:
        """Return what is said of each draft as it stands on the disk; see `summarize`."""
        return [summarize(made, place) for made, place in self.drafts]

    def files(self) -> list[Path]:
        """Return the Python files of all drafts on the disk."""
        return sorted({path for made, place in self.drafts for path in code_paths(made, place).values()})


def migrate(
    folder: Path,
    target: Path,
    *,
    sync: bool = False,
    keep_names: bool = False,
    language: str = "",
    on_function: Callable[[int, int, str], object] = lambda number, total, name: None,
) -> Migration:
    """Make the drafts of the function in `folder`, or of all in it; nothing is written.

    Args:
        folder: of a Node function, or of several.
        target: folder for the drafts.
        sync: whether to write for ``cloudpy.sync``.
        keep_names: whether variables and functions keep their names.
        language: of comments, ``zh`` or ``en``; the user's by default.
        on_function: called with number, total and name before each function.

    Raises:
        NoFunction: the folder has no function.
        OSError: a file cannot be read.
    """
    with using(language or current()):
        return _migrated(folder, target, sync, keep_names, on_function)


def _migrated(
    folder: Path, target: Path, sync: bool, keep_names: bool, on_function: Callable[[int, int, str], object]
) -> Migration:
    sources = functions_in(folder)
    is_single = sources == [folder]
    drafts: list[tuple[Draft, Path]] = []
    unreadable: list[Unreadable] = []
    places: dict[str, Path] = {}
    common = _common_texts(sources)
    for number, source in enumerate(sources):
        on_function(number, len(sources), source.name)
        first = places.setdefault(source.name.lower(), source)
        if first != source:
            why = f"another function has this name, {first}: functions of one project have different names"
            unreadable.append(Unreadable(source.name, "", 0, why))
            continue
        try:
            made = draft(source, sync=sync, keep_names=keep_names, common=common)
            drafts.append((made, target if is_single else target / source.name))
        except Unreadable as error:
            unreadable.append(error)
    made_ones = [made for made, _ in drafts]
    if is_single:
        return Migration(drafts, unreadable, single(made_ones[0], target) if made_ones else Output(target))
    return Migration(drafts, unreadable, project(made_ones, target, folder) if made_ones else Output(target))


def _common_texts(sources: list[Path]) -> frozenset[str]:
    """Return the texts of files that several functions have."""
    counts: Counter[str] = Counter()
    for source in sources if len(sources) > 1 else []:
        texts: set[str] = set()
        for path in source_files(source):
            try:
                texts |= {Path(path).read_text("utf-8-sig", "replace")} if path.endswith(CODE) else set()
            except OSError:  # the draft says so
                continue
        counts.update(texts)
    return frozenset(text for text, count in counts.items() if count > 1)


def source_files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the Node files in and below `folder`, and its JSON: path -> time of change, size."""
    found: dict[str, tuple[int, int]] = {}
    for around, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for name in names:
            if name.endswith((*CODE, ".json")):
                path = os.path.join(around, name)
                try:
                    status = os.stat(path)
                except OSError:  # it was removed meanwhile
                    continue
                found[path] = (status.st_mtime_ns, status.st_size)
    return found

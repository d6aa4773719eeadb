"""All of one folder of Node functions: its drafts, where they are written, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..i18n import current, using
from .draft import Draft, Unreadable, functions_in
from .draft_cache import DraftCache
from .project import Output, project, single
from .report import code_paths, summarize


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
    cache: DraftCache | None = None,
    on_function: Callable[[int, int, str], object] = lambda number, total, name: None,
) -> Migration:
    """Make the drafts of the function in `folder`, or of all in it; nothing is written.

    Args:
        folder: of a Node function, or of several.
        target: folder for the drafts.
        sync: whether to write for ``cloudpy.sync``.
        keep_names: whether variables and functions keep their names.
        language: of comments, ``zh`` or ``en``; the user's by default.
        cache: keeps drafts of functions whose files do not change until the next call.
        on_function: called with number, total and name before each function.

    Raises:
        NoFunction: the folder has no function.
        OSError: a file cannot be read.
    """
    with using(language or current()):
        return _migrated(folder, target, cache or DraftCache(), sync, keep_names, on_function)


def _migrated(
    folder: Path, target: Path, cache: DraftCache, sync: bool, keep_names: bool,
    on_function: Callable[[int, int, str], object],
) -> Migration:  # fmt: skip
    sources = functions_in(folder)
    is_single = sources == [folder]
    drafts: list[tuple[Draft, Path]] = []
    unreadable: list[Unreadable] = []
    places: dict[str, Path] = {}
    cache.start(folder, sources, sync=sync, keep_names=keep_names)
    for number, source in enumerate(sources):
        on_function(number, len(sources), source.name)
        first = places.setdefault(source.name.lower(), source)
        if first != source:
            why = f"another function has this name, {first}: functions of one project have different names"
            unreadable.append(Unreadable(source.name, "", 0, why))
            continue
        try:
            drafts.append((cache.draft(source), target if is_single else target / source.name))
        except Unreadable as error:
            unreadable.append(error)
    made_ones = cache.unify([made for made, _ in drafts])
    drafts = [(made, place) for made, (_, place) in zip(made_ones, drafts, strict=True)]
    if is_single:
        return Migration(drafts, unreadable, single(made_ones[0], target) if made_ones else Output(target))
    return Migration(drafts, unreadable, project(made_ones, target, folder) if made_ones else Output(target))

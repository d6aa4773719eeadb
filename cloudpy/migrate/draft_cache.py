"""The drafts of the functions of a project, made again only if what they are made from changes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from pathlib import Path

from ..i18n import current
from .draft import Draft, ProgramTraits, draft
from .program import CODE

_SKIPPED = {"node_modules", ".git", ".cloudpy", "__pycache__"}
CACHED = 1024  # files of which something is kept while they do not change, as in `--watch`
Key = tuple[object, ...]
Status = tuple[int, int]  # time of change, size


class DraftCache:
    """The drafts of one project, while it is migrated again and again."""

    def __init__(self) -> None:
        self._made: dict[Path, tuple[Key, Draft]] = {}
        self._unified: dict[Path, tuple[Mapping[str, ProgramTraits], Draft]] = {}
        self._around: Mapping[str, Status] = {}
        self._options: dict[str, bool] = {}

    def start(self, folder: Path, sources: Sequence[Path], *, sync: bool, keep_names: bool) -> None:
        """Look at the files of a project; `sources` are the folders of its functions."""
        self._options = {"sync": sync, "keep_names": keep_names}
        own = tuple(f"{source}{os.sep}" for source in sources)
        files = _files(folder) if sources != [folder] else {}
        self._around = {path: status for path, status in files.items() if not path.startswith(own)}

    def draft(self, source: Path) -> Draft:
        """Return the draft of a function, which may be changed; see `draft.draft` for the errors."""
        key, made = self._made.get(source, ((), None))
        if made is None or key != self._key(source, made):
            made = draft(source, common={}, **self._options)
            self._made[source] = (self._key(source, made), made)
            self._unified.pop(source, None)
        return replace(made, files=dict(made.files))

    def unify(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return drafts in which a file of several functions is the same in all of them, where that is possible.

        It is not at first where one function does what the others do not, such as making dates, or hands over what the
        others do not.
        """
        users: dict[tuple[str, str], list[Draft]] = {}
        for made in drafts:
            for path, text in made.texts.items():
                users.setdefault((path, text), []).append(made)
        differing = {
            text: reduce(or_, (made.traits for made in some))
            for (path, text), some in users.items()
            if len({made.code[path] for made in some}) > 1 and len({made.traits.date_settings for made in some}) == 1
        }
        return [self._unified_draft(made, differing) for made in drafts]

    def _unified_draft(self, made: Draft, differing: Mapping[str, ProgramTraits]) -> Draft:
        mine = {text: differing[text] for text in made.texts.values() if text in differing}
        if not mine:
            return made
        known, again = self._unified.get(made.folder, ({}, None))
        if again is None or known != mine:
            again = draft(made.folder, common=mine, **self._options)
            self._unified[made.folder] = (mine, again)
        return replace(again, files=dict(again.files))

    def _key(self, source: Path, made: Draft) -> Key:
        """Return what a draft depends on: the files in its folder, those that it requires, and those of no function."""
        outside = [source / name for name in made.sources.values() if name.startswith("../")]
        required = tuple(sorted((str(path), _status(str(path))) for path in outside))
        own = tuple(sorted(_files(source).items()))
        return (current(), tuple(self._options.items()), own, required, tuple(self._around.items()))


def source_files(folder: Path) -> dict[str, Status]:
    """Return the Node files in and below `folder`, and its JSON."""
    return {path: status for path, status in _files(folder).items() if path.endswith((*CODE, ".json"))}


def _files(folder: Path) -> dict[str, Status]:
    found: dict[str, Status] = {}
    for around, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for name in names:
            path = os.path.join(around, name)
            status = _status(path)
            if status is not None:
                found[path] = status
    return found


def _status(path: str) -> Status | None:
    try:
        status = os.stat(path)
    except OSError:  # it was removed meanwhile
        return None
    return status.st_mtime_ns, status.st_size

"""Copies of drafts as they were written, in the hidden folder ``.cloudpy/migrate`` beside them, for merges."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

FOLDER = (".cloudpy", "migrate")
_LANGUAGE = ".language"
_UNMERGED = ".unmerged"


def store(target: Path, files: Mapping[str, bytes], folders: Collection[str], language: str) -> None:
    """Keep `files`.

    Args:
        target: folder that was written to.
        files: path in it -> content.
        folders: of functions, whose earlier copies go; without any, all earlier copies go.
        language: of their comments.
    """
    root = target.joinpath(*FOLDER)
    own = [path.name for path in root.glob("*") if path.name not in (_LANGUAGE, _UNMERGED)]
    for name in folders or own:
        path = root / name
        if path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)
    for name, content in {**files, _LANGUAGE: f"{language}\n".encode()}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read(target: Path) -> dict[str, bytes]:
    """Return what is kept, by path; empty if nothing is."""
    return {name: content for name, content in _files(target.joinpath(*FOLDER)).items() if not _is_note(name)}


def language(target: Path) -> str:
    """Return the language of the comments of what is kept; empty if nothing is."""
    root = target.joinpath(*FOLDER)
    try:
        return (root / _LANGUAGE).read_text("utf-8").strip()
    except OSError:
        return "en" if root.is_dir() else ""  # drafts had English comments before the language was kept


def store_unmerged(target: Path, files: Mapping[str, bytes]) -> None:
    """Keep new drafts of files that could not be merged, until they are removed by hand."""
    for name, content in files.items():
        path = target / unmerged_copy(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def unmerged(target: Path) -> set[str]:
    """Return the files whose new drafts are not merged yet; the copy of one that is the same by now is removed."""
    names = set()
    for name, content in _files(target.joinpath(*FOLDER, _UNMERGED)).items():
        path = target / name
        if path.is_file() and path.read_bytes() == content:
            (target / unmerged_copy(name)).unlink()
        else:
            names.add(name)
    return names


def unmerged_copy(name: str) -> str:
    """Return the path of such a draft, relative to the folder that was written to."""
    return "/".join((*FOLDER, _UNMERGED, name))


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _is_note(name: str) -> bool:
    return name == _LANGUAGE or name.startswith(f"{_UNMERGED}/")

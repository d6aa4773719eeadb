"""Copy the user's files into a package, and list the excluded ones."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..check.folder import Folder, is_test
from ..check.shared import files_of, imported_modules, packaged_name
from .errors import PackageError

# For developers; and package.json of a Node twin, whose libraries the platform would install
_LEFT_OUT = {
    "local.yaml",
    "local.yml",
    "events.yaml",
    "compare.yaml",
    "README.md",
    "cloudbaserc.json",
    "Dockerfile",
    "container.config.json",
}
_LEFT_OUT |= {"package.json", "package-lock.json"}
MAX_NAMES = 6  # in a note


def copy(folder: Folder, stage: Path, out: Path) -> list[str]:
    """Copy the user's files into `stage`, over installed libraries that they refolder.

    Args:
        folder: of the function.
        stage: the package.
        out: where the package will be written; always excluded.

    Returns:
        Notes on excluded files, and on links.

    Raises:
        PackageError: a file name is not UTF-8, or would lead out of the package when it is unpacked.
    """
    imported = _imported(folder)
    result = out.resolve()
    left_out: list[str] = []
    for name in folder.files():
        source = folder.path / name
        if source.resolve() == result or result in source.resolve().parents:
            continue
        _check_name(name)
        place = packaged_name(name)
        top = place.partition("/")[0]
        if top == "cloudpy" or (name.endswith(".pyc") and source.with_suffix(".py").exists()):
            continue
        hidden = any(part.startswith(".") for part in place.split("/"))
        unused_test = is_test(name) and name not in imported
        saved_event = name.startswith("events/") and name.endswith(".json")  # of the console
        if hidden or unused_test or saved_event or place in _LEFT_OUT:
            left_out.append(name)
            continue
        target = stage / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    notes = [f"excluded: {_listed(left_out)}"] if left_out else []
    notes += [f"excluded: {_listed(folder.skipped)}"] if folder.skipped else []
    return notes + [f"{link} is a link; its files are in the package" for link in folder.links]


def _imported(folder: Folder) -> set[str]:
    """Return the files that the function's code imports, including helpers of tests."""
    imported: set[str] = set()
    queue = list(folder.code())
    files = {packaged_name(name): name for name in folder.files() if name.endswith(".py")}
    while queue:
        name = queue.pop()
        package = packaged_name(name).split("/")[:-1]
        for module in imported_modules(folder.read(name), package):
            for each in (files[file] for file in files_of(module) if file in files):
                if each not in imported:
                    imported.add(each)
                    queue.append(each)
    return imported


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise PackageError(f"the name of {_escaped(name)} is not UTF-8: rename it") from None
    if "\\" in name or any(ord(char) < 32 for char in name):
        raise PackageError(
            f"the name of {_escaped(name)} has a backslash or a control character, which Windows would unpack"
            " elsewhere: rename it"
        )


def _escaped(name: str) -> str:
    return ascii(name) if not name.isprintable() or "\\" in name else name


def _listed(names: list[str]) -> str:
    """Return file names as text; files in the same top folder are counted."""
    tops: dict[str, list[str]] = {}
    for name in names:
        tops.setdefault(name.partition("/")[0], []).append(name)
    items = [files[0] if len(files) == 1 else f"{top}/ ({len(files)} files)" for top, files in sorted(tops.items())]
    more = len(items) - MAX_NAMES
    return ", ".join(items[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")

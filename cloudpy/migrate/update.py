"""Writes new drafts over edited ones: what was edited is kept."""

from __future__ import annotations

import ast
import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ..check.ruff import command
from ..i18n import using
from ..runtime.function_dir import SHARED
from . import kept
from .bundle import bundle, helpers
from .conflicts import Conflict, found, marked
from .draft_cache import CACHED
from .helper_uses import helper_uses
from .merge import merge
from .project import JS, Output
from .write import staged

_OF_ALL = ("requirements.txt", "local.yaml")  # of a project, made from all its functions


@dataclass(frozen=True)
class Kept:
    """A place where the edited text is kept although the new draft has another.

    Attributes:
        file: path in the folder that was written to.
        line: where it begins, from 1; 0 for the whole file.
        why: one sentence.
        new: the lines of the new draft.
        copy: path of the whole new draft, which stays until somebody removes it; empty without one.
    """

    file: str
    line: int
    why: str
    new: tuple[str, ...] = ()
    copy: str = ""


@dataclass
class Update:
    """What came of writing new drafts over edited ones.

    Attributes:
        written: files that are as in the new draft, and were not before.
        merged: files with edits and with changes of the new draft.
        removed: files that the new draft no longer has, and that nobody edited.
        conflicts: where edits are kept in spite of the new draft.
    """

    written: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    conflicts: list[Kept] = field(default_factory=list)


def update(output: Output, *, complete: bool = True) -> Update:
    """Write new drafts over those that are there, and keep what was edited since they were written.

    Each file is merged from its first draft, which is kept in ``.cloudpy/migrate``, its edited and its new one. Where
    both changed the same lines, the edited ones stay, with a mark that has the new ones; where the merged text would
    not be valid, the edited text stays, and the new draft is kept beside the first ones. Both are reported by each
    later update, until the mark or the copy is removed.

    Args:
        output: the new drafts.
        complete: whether it has all functions of the project; if not, nothing that functions share is removed.

    Raises:
        OSError: a file cannot be read or written.
    """
    with using(output.language):
        return _updated(output, complete)


def _updated(output: Output, complete: bool) -> Update:
    target, result = output.target, Update()
    first = kept.read(target)
    with staged(target, output.files) as stage:
        new = {name: (stage / name).read_bytes() for name in output.files}
    for name in () if complete else _OF_ALL:  # they would lose what the functions that are missing need
        if (target / name).exists():
            new.pop(name, None)
    texts: dict[str, bytes] = {}
    for name in sorted(new):
        if name not in output.bundles:
            _one(name, first.get(name), _on_disk(target / name), new[name], name in output.once, texts, result)
    _keep_helpers(output, new, texts)
    for name in sorted(output.bundles):
        _one(name, first.get(name), _on_disk(target / name), new[name], False, texts, result)
    for name, content in texts.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    _report_conflicts(target, new, result)
    gone = [folder for folder in _gone(output, first) if (target / folder).is_dir()] if complete else []
    _remove(output, first, new, result, complete and not gone)
    why = "the Node project no longer has this function; its draft stays until you remove it"
    result.conflicts += [Kept(folder, 0, why) for folder in gone]
    folders = {name.partition("/")[0] for name in new if "/" in name} if "" not in output.folders else ()
    kept.store(target, new, folders, output.language)
    return result


def _report_conflicts(target: Path, new: Mapping[str, bytes], result: Update) -> None:
    """Keep the new drafts of what was not merged; report that, and what earlier updates left."""
    reported = {each.file for each in result.conflicts}
    kept.store_unmerged(target, {each.file: new[each.file] for each in result.conflicts if each.copy})
    for name in sorted(new.keys() - reported):
        content = _on_disk(target / name) if name.endswith(".py") else None
        for each in found((content or b"").decode("utf-8", "replace")):
            result.conflicts.append(Kept(name, each.line, each.why, each.new))
    for name in sorted(kept.unmerged(target) - reported):
        why = "a new draft of this file is not merged with your edits yet"
        result.conflicts.append(Kept(name, 0, why, copy=kept.unmerged_copy(name)))


def merged_file(name: str, base: bytes, edited: bytes, new: bytes) -> tuple[bytes, list[Conflict]]:
    """Return the merged content of a file, valid Python or JSON if the edited one is, and what was not merged."""
    if edited in (base, new):
        return new, []
    if new == base:
        return edited, []
    try:
        texts = [each.decode("utf-8").replace("\r\n", "\n") for each in (base, edited, new)]
    except UnicodeDecodeError:
        return edited, [Conflict(0, (), "you replaced this file; the new draft has another one")]
    merged, conflicts = merge(*texts)
    if name.endswith(".py"):
        merged = _with_imports(merged, texts[1])
    problem = _problem(name, merged, texts[1])
    if not problem and conflicts and name.endswith(".py"):
        with_marks = marked(merged, conflicts)
        if with_marks:
            merged, conflicts = with_marks, list(found(with_marks))
    if problem:
        return edited, [Conflict(0, tuple(texts[2].splitlines()), problem)]
    result = merged.replace("\n", "\r\n") if b"\r\n" in edited else merged
    return result.encode(), conflicts


def _one(
    name: str, base: bytes | None, edited: bytes | None, new: bytes, is_own: bool, texts: dict[str, bytes],
    result: Update,
) -> None:  # fmt: skip
    """Decide on one file: its new content goes into `texts`, what is to be said of it into `result`."""
    if edited is None:
        if base is None:
            texts[name] = new
            result.written.append(name)
        elif base != new:
            result.conflicts.append(Kept(name, 0, "you removed this file; the new draft has changed it"))
        return
    if edited == new or (base is None and is_own):
        return
    if base is None:
        why = "no first draft of this file is kept, so that your edits cannot be told from it; it stays as it is"
        lines = tuple(new.decode("utf-8", "replace").splitlines())
        result.conflicts.append(Kept(name, 0, why, lines, kept.unmerged_copy(name)))
        return
    content, conflicts = merged_file(name, base, edited, new)
    for each in conflicts:
        copy = "" if each.is_marked else kept.unmerged_copy(name)
        result.conflicts.append(Kept(name, each.line, each.why, each.new, copy))
    if content != edited:
        texts[name] = content
        (result.written if content == new else result.merged).append(name)


def _on_disk(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _remove(output: Output, first: dict[str, bytes], new: dict[str, bytes], result: Update, complete: bool) -> None:
    """Remove what an earlier draft of these functions had and the new one has not, unless it was edited."""
    own = {*output.folders, *({SHARED} if complete else ())}
    for name in sorted(first.keys() - new.keys()):
        path = output.target / name
        if (name.partition("/")[0] in own or "" in own) and path.is_file():
            if path.read_bytes() == first[name]:
                path.unlink()
                result.removed.append(name)
            else:
                result.conflicts.append(
                    Kept(name, 0, "the new draft no longer has this file; you edited it, so it stays")
                )


def _keep_helpers(output: Output, new: dict[str, bytes], texts: dict[str, bytes]) -> None:
    """Give each ``js.py`` what edited lines take from it, too."""
    common = f"{SHARED}/{JS}"
    wanted: dict[str, tuple[set[str], set[str]]] = {}
    code = [name for name in new if name.endswith(".py") and name not in output.bundles]
    for folder in output.folders:
        prefix = f"{folder}/" if folder else ""
        own = prefix + JS
        place = common if common in output.bundles and own not in output.bundles else own
        for name in code:
            if name.startswith(prefix):
                _add(wanted, place, _taken(_text(output.target, name, new, texts)))
    for name in code:
        if name.startswith(f"{SHARED}/") and common in output.bundles:
            _add(wanted, common, _taken(_text(output.target, name, new, texts)))
    if common in output.bundles:
        for path in _others(output.target, new):
            _add(wanted, common, _taken(path.read_bytes()))
    files: dict[str, bytes] = {}
    for place, (names, attributes) in wanted.items():
        have = output.bundles.get(place, (set(), set()))
        if names - have[0]:
            output.bundles[place] = (have[0] | names, have[1] | attributes)
            files[place] = bundle(*output.bundles[place], shared=place == common).encode()
    if files:
        with staged(output.target, files) as stage:
            new |= {name: (stage / name).read_bytes() for name in files}


def _gone(output: Output, first: Mapping[str, bytes]) -> list[str]:
    """Return the folders of functions that earlier drafts of a project had, and the new ones have not."""
    folders = {folder for folder, _, file in (name.rpartition("/") for name in first) if file == "test_index.py"}
    return sorted(folders - {*output.folders, SHARED}) if "" not in output.folders else []


def _others(target: Path, new: Mapping[str, bytes]) -> list[Path]:
    """Return the Python files that are no part of the new drafts: written by hand, or of a function that is missing."""
    return [
        path
        for folder in target.glob("*")
        if folder.is_dir() and folder.name[0] != "." and folder.name not in ("dist", "node_modules")
        for path in folder.rglob("*.py")
        if path.name != JS and path.relative_to(target).as_posix() not in new
    ]


def _add(wanted: dict[str, tuple[set[str], set[str]]], place: str, more: tuple[set[str], set[str]]) -> None:
    names, attributes = wanted.setdefault(place, (set(), set()))
    names |= more[0]
    attributes |= more[1]


def _text(target: Path, name: str, new: Mapping[str, bytes], texts: Mapping[str, bytes]) -> bytes:
    if name in texts:
        return texts[name]
    return _on_disk(target / name) or new[name]


@lru_cache(maxsize=CACHED)
def _taken(code: bytes) -> tuple[set[str], set[str]]:
    """Return the helpers that code takes from ``js``, and the attributes that it names."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return set(), set()
    names, attributes = helper_uses(tree)
    return {name for name in names if name.partition(".")[0] in helpers()}, attributes


def _with_imports(merged: str, edited: str) -> str:
    """Return merged code with the imports of the edited one that its lines still need."""
    try:
        tree, before = ast.parse(merged), ast.parse(edited)
    except (SyntaxError, ValueError):
        return merged
    bound = {alias for node in tree.body for alias in _imported(node)} | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    bound |= {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    lines = [
        ast.unparse(node)
        for node in before.body
        if isinstance(node, ast.Import | ast.ImportFrom) and _imported(node) & (read - bound)
    ]
    if not lines:
        return merged
    last = max((node.end_lineno or 0 for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)), default=0)
    if not last and tree.body and ast.get_docstring(tree) is not None:
        last = tree.body[0].end_lineno or 0
    rows = merged.splitlines(keepends=True)
    return "".join([*rows[:last], *(f"{line}\n" for line in lines), *rows[last:]])


def _imported(node: ast.stmt) -> set[str]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}


def _problem(name: str, merged: str, edited: str) -> str:
    """Return why a merged text cannot take the place of the edited one; empty if it can."""
    if name.endswith(".json"):
        return "" if _is_json(merged) or not _is_json(edited) else "the merged text would be no JSON: it stays as it is"
    if not name.endswith(".py") or not _is_python(edited):
        return ""
    if not _is_python(merged):
        return "the merged text would be no Python: it stays as it is"
    missing = ", ".join(sorted(_undefined(merged, edited)))
    return f"the new draft no longer has {missing}, which your lines use: it stays as it is" if missing else ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _undefined(merged: str, edited: str) -> set[str]:
    """Return the names that merged code uses and nothing defines, as ruff sees it, without those of the edited one."""
    ruff = command()
    if not ruff:
        return set()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("merged.py", merged), ("edited.py", edited)):
            Path(folder, name).write_text(text, "utf-8")
        options = ["--isolated", "--no-cache", "--select", "F821", "--output-format", "json"]
        done = subprocess.run([*ruff, "check", *options, folder], capture_output=True, encoding="utf-8", check=False)
    try:
        found = [(Path(each["filename"]).stem, each["message"].split("`")[1]) for each in json.loads(done.stdout)]
    except (ValueError, LookupError, TypeError):
        return set()
    before = {name for file, name in found if file == "edited"}
    return {name for file, name in found if file == "merged"} - before

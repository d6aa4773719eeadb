"""What is said of drafts as data: what runs, what waits for what, and in which order to work."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..check import ConfigFile
from ..check.folder import is_test
from ..i18n.catalog import Catalog
from ..runtime.function_dir import SHARED
from .diagnostics import Todo
from .draft import Draft
from .draft_cache import CACHED
from .project import JS
from .reach import Mark, Reach, marks, reach

STATES = ("runs", "in part", "stops", "broken")


def summarize(draft: Draft, out: Path) -> dict[str, Any]:
    """Return what is said of one draft, as it stands in `out` with what was edited: see docs/translating.md.

    ``state`` is ``runs`` (nothing is left to do), ``in part`` (it runs up to a mark), ``stops`` (main can only stop at
    one) or ``broken`` (it cannot be imported). ``percent`` is of the lines that can run. ``filled`` marks were written
    by hand. ``permissions`` are ``missing`` (called, not in config.json) and ``unused``; ``config`` is what is wrong
    with the config.json itself, or empty.
    """
    called = {call.name.removeprefix("openapi.") for call in draft.calls if call.name.startswith("openapi.")}
    config = ConfigFile(out.resolve())
    listed = set(config.allowed)
    paths = code_paths(draft, out)
    code = {name: path.read_text("utf-8", "replace") for name, path in paths.items()}
    if "index.py" not in code:  # it was not written
        code = dict(draft.code)
    can_import, reached, left = _state(tuple(code.items()))
    state = "runs" if not left else "in part" if reached.starts else "stops"
    shown, filled = _marks(draft, left, {name: paths.get(name, out / name) for name in code})
    return {
        "name": draft.name,
        "folder": str(draft.folder),
        "out": str(out),
        "state": state if can_import else "broken",
        "imports": can_import,
        "percent": reached.percent if can_import else 0.0,
        "lines": {"runs": reached.runs, "blocked": reached.blocked, **draft.lines, "marked": reached.marked},
        "calls": [
            {"name": call.name, "file": call.file, "line": call.line, "state": call.state} for call in draft.calls
        ],
        "permissions": {
            "missing": sorted(called - listed),
            "unused": sorted(listed - called),
        },
        "packages": draft.packages,
        "marks": shown,
        "filled": filled,
        "risks": [{"file": risk.file, "line": risk.line, "why": risk.why} for risk in draft.caveats],
        "notes": draft.notes,
        "config": config.error or "",
    }


@lru_cache(maxsize=CACHED)
def _state(files: tuple[tuple[str, str], ...]) -> tuple[bool, Reach, list[Mark]]:
    code = dict(files)
    return can_be_imported(code), reach(code), marks(code)


def code_paths(draft: Draft, out: Path) -> dict[str, Path]:
    """Return the Python files of a draft that are in `out`, without tests and ``js.py``: its own, and shared ones."""
    own = {path.relative_to(out).as_posix(): path for path in out.rglob("*.py")} if out.is_dir() else {}
    paths = {
        name: path
        for name, path in sorted(own.items())
        if name in draft.sources or not (name == JS or is_test(name) or any(part[0] == "." for part in name.split("/")))
    }
    shared = {name: out.parent / SHARED / name for name in draft.sources if name not in paths}
    return paths | {name: path for name, path in shared.items() if path.is_file()}


def _marks(draft: Draft, left: Sequence[Mark], paths: Mapping[str, Path]) -> tuple[list[dict[str, Any]], int]:
    """Return the marks that are left, with their causes and their place in the draft, and how many were filled."""
    todos = list(draft.todos)
    shown = []
    for mark in left:
        known = next((todo for todo in todos if (todo.file, todo.line) == (mark.source, mark.source_line)), None)
        known = known or next((todo for todo in todos if _says(mark, todo) and not mark.source), None)
        if known is not None:
            todos.remove(known)
        shown.append(
            {
                "file": known.file if known else mark.source,
                "line": known.line if known else mark.source_line,
                "lines": known.lines if known else mark.lines,
                "why": known.why if known else mark.why,
                "cause": (known.cause if known else "") or mark.why,
                "draft": str(paths[mark.file]),
                "draft_line": mark.line,
            }
        )
    written = Counter((mark.source, mark.why) for mark in marks(draft.code))
    filled = written - Counter((mark.source, mark.why) for mark in left)
    return sorted(shown, key=lambda each: (each["file"], each["line"])), filled.total()


def _says(mark: Mark, todo: Todo) -> bool:
    """Whether a mark is that of a todo, in whichever language the draft is."""
    return mark.why in (todo.why, Catalog.load().translate(todo.why))


def can_be_imported(code: Mapping[str, str]) -> bool:
    """Return whether each Python file compiles and finds what it imports of the others.

    Args:
        code: path -> text.
    """
    trees = {}
    for name, content in code.items():
        try:
            trees[name.removesuffix(".py").replace("/", ".")] = ast.parse(content)
        except SyntaxError:
            return False
    defined = {name: _defined(tree) for name, tree in trees.items()}
    for tree in trees.values():
        for node in tree.body:
            if (
                isinstance(node, ast.ImportFrom)
                and node.module in defined
                and any(alias.name not in defined[node.module] for alias in node.names)
            ):
                return False
    return "main" in defined.get("index", set())


def _defined(tree: ast.Module) -> set[str]:
    result: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            result.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            result |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        else:
            result |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return result


def causes(reports: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return why pieces are marked, in the order in which functions are finished soonest.

    Each is a dict with ``cause``, ``places`` (function, file, line, why, draft, draft_line), ``functions`` (their
    names), ``finishes`` (the functions that have no mark left once it and those before it are done) and ``done`` (how
    many functions of all that is).
    """
    places: dict[str, list[dict[str, Any]]] = {}
    waits: dict[str, set[str]] = {}
    for each in reports:
        waits[each["name"]] = {mark["cause"] for mark in each["marks"]}
        for mark in each["marks"]:
            place = {key: mark[key] for key in ("file", "line", "why", "draft", "draft_line")}
            places.setdefault(mark["cause"], []).append({"function": each["name"], **place})
    done = sum(not causes for causes in waits.values())
    result = []
    for cause in _order(waits, {cause: len(_different(each)) for cause, each in places.items()}):
        finishes = []
        for name, left in waits.items():
            if cause in left:
                left.remove(cause)
                finishes += [] if left else [name]
        done += len(finishes)
        functions = list(dict.fromkeys(place["function"] for place in places[cause]))
        result.append(
            {
                "cause": cause,
                "finishes": finishes,
                "done": done,
                "functions": functions,
                "places": _different(places[cause]),
            }
        )
    return result


def _different(places: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return places without those of shared code that another function has, too."""
    return list({(place["draft"], place["draft_line"]): place for place in reversed(list(places))}.values())[::-1]


def _order(waits: Mapping[str, set[str]], sizes: Mapping[str, int]) -> list[str]:
    """Return causes: next is always what finishes most functions, with the fewest places to do."""
    left = {name: set(causes) for name, causes in waits.items() if causes}
    order: list[str] = []
    while left:
        fewest = min(len(causes) for causes in left.values())
        votes = Counter(cause for causes in left.values() if len(causes) == fewest for cause in causes)
        cause = min(votes, key=lambda each: (-votes[each], sizes[each], each))
        order.append(cause)
        for name in list(left):
            left[name].discard(cause)
            if not left[name]:
                del left[name]
    return order


def totals(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return how many functions are in each state, and the percentage of all lines that can run."""
    runs = sum(each["lines"]["runs"] for each in reports if each["imports"])
    lines = sum(each["lines"][key] for each in reports for key in ("runs", "blocked", "marked"))
    rest = sum(len(each["marks"]) for each in reports)
    percent = 100 * runs / lines if lines else 100.0
    return {
        "functions": len(reports),
        "states": {state: sum(each["state"] == state for each in reports) for state in STATES},
        "marks": rest,
        "filled": sum(each["filled"] for each in reports),
        "percent": round(percent, 1) if not rest else min(99.9, round(percent, 1)),
    }

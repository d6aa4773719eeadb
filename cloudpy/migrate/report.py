"""What is said of drafts: as a dict, as lines for a terminal."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..check import ConfigFile
from .draft import Draft


def told(draft: Draft, out: Path) -> dict[str, Any]:
    """Return what is said of one draft, written to `out`: calls, permissions, packages, lines, marks, risks, percent.

    ``imports`` says whether the draft can be imported. ``permissions`` are ``missing`` (called, not in config.json) and
    ``unused``; ``config`` is what is wrong with the config.json itself, or empty.
    """
    called = {_api(call.name) for call in draft.calls if call.name.startswith("openapi.")}
    config = ConfigFile(out.resolve())
    listed = set(config.allowed)
    return {
        "name": draft.name,
        "out": str(out),
        "imports": can_be_imported(draft),
        "percent": draft.percent,
        "lines": draft.lines,
        "calls": [
            {"name": call.name, "file": call.file, "line": call.line, "state": call.state} for call in draft.calls
        ],
        "permissions": {
            "missing": sorted(called - listed),
            "unused": sorted(listed - called),
        },
        "packages": draft.packages,
        "marks": [
            {
                "file": mark.file,
                "line": mark.line,
                "lines": mark.lines,
                "why": mark.why,
                "cause": mark.cause or mark.why,
            }
            for mark in draft.todos
        ],
        "risks": [{"file": risk.file, "line": risk.line, "why": risk.why} for risk in draft.caveats],
        "notes": draft.notes,
        "config": config.error or "",
    }


def _api(name: str) -> str:
    return name.removeprefix("openapi.")


def can_be_imported(draft: Draft) -> bool:
    """Return whether each Python file compiles and finds what it imports of the others."""
    trees = {}
    for name, content in draft.files.items():
        if name.endswith(".py"):
            try:
                trees[name.removesuffix(".py").replace("/", ".")] = ast.parse(content)
            except SyntaxError:
                return False
    defined = {name: _defined(tree) for name, tree in trees.items()}
    for tree in trees.values():
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module in defined:
                if any(alias.name not in defined[node.module] for alias in node.names):
                    return False
    return "main" in defined.get("index", set())


def _defined(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        else:
            found |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return found


def causes(reports: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return why pieces are marked, the most useful to do first.

    Each is a dict with ``cause``, ``places`` (function, file, line, why), ``functions`` (their names) and ``finishes``
    (the functions that have no mark left when it is done).
    """
    found: dict[str, dict[str, Any]] = {}
    for each in reports:
        own = {mark["cause"] for mark in each["marks"]}
        for mark in each["marks"]:
            cause = found.setdefault(mark["cause"], {"cause": mark["cause"], "places": [], "finishes": []})
            place = {"function": each["name"], "file": mark["file"], "line": mark["line"], "why": mark["why"]}
            cause["places"].append(place)
            if len(own) == 1 and each["name"] not in cause["finishes"]:
                cause["finishes"].append(each["name"])
    for cause in found.values():
        cause["functions"] = list(dict.fromkeys(place["function"] for place in cause["places"]))
    order = sorted(found.values(), key=lambda one: (-len(one["finishes"]), -len(one["functions"]), -len(one["places"])))
    return [{key: one[key] for key in ("cause", "finishes", "functions", "places")} for one in order]


def lines(reports: Sequence[dict[str, Any]]) -> list[str]:
    """Return all of it for a terminal: of several functions a table first, and what to do first."""
    made: list[str] = []
    if len(reports) > 1:
        width = max(len(each["name"]) for each in reports)
        made.append(f"{'function':<{width}}  imports  to do  percent  translated  marked  risks")
        for each in reports:
            count = each["lines"]
            made.append(
                f"{each['name']:<{width}}  {'yes' if each['imports'] else 'no':<7}  {len(each['marks']):>5}"
                f"  {each['percent']:>6.1f}%  {count['translated']:>10}  {count['marked']:>6}  {len(each['risks']):>5}"
            )
        done = sum(not each["marks"] for each in reports)
        made += ["", f"{done} of {len(reports)} functions have nothing to do"]
        made += [_useful(one) for one in causes(reports)[:10]]
        made.append("")
    for each in reports:
        made += _one(each)
    return made


def _useful(one: dict[str, Any]) -> str:
    count, functions, finished = len(one["places"]), len(one["functions"]), len(one["finishes"])
    where = f"{_counted(count, 'place')} in {_counted(functions, 'function')}"
    return f"  {one['cause']}: {where}" + (f", finishes {finished}" if finished else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _one(each: dict[str, Any]) -> list[str]:
    count = each["lines"]
    made = [
        f"{each['name']}: {'can' if each['imports'] else 'cannot'} be imported,"
        f" {_counted(len(each['marks']), 'place')} to do; {each['percent']}% translated ({count['translated']} lines,"
        f" {count['marked']} marked, {count['untouched']} comments and blank) -> {each['out']}"
    ]
    made += [f"  {note}" for note in each["notes"]]
    states: dict[str, list[str]] = {}
    for call in each["calls"]:
        states.setdefault(f"{call['name']}: {call['state']}", []).append(f"{call['file']}:{call['line']}")
    made += [f"  calls {what} ({', '.join(places)})" for what, places in states.items()]
    for word in ("missing", "unused"):
        if each["permissions"][word]:
            made.append(f"  permissions {word}: {', '.join(each['permissions'][word])}")
    if each["packages"]["unknown"]:
        made.append(f"  npm packages without a known counterpart: {', '.join(each['packages']['unknown'])}")
    for one in causes([each]):
        first, *more = sorted(one["places"], key=lambda place: (place["why"] != one["cause"], place["line"]))
        made.append(f"  to do: {first['file']}:{first['line']}: {one['cause']}")
        made += [f"    {place['file']}:{place['line']}: {place['why']}" for place in more]
    made += [f"  look at: {risk['file']}:{risk['line']}: {risk['why']}" for risk in each["risks"]]
    return made + ([f"  config.json {each['config']}"] if each["config"] else [])

"""What is said of drafts: as a dict, as lines for a terminal."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..check import ConfigFile
from .draft import Draft


def summarize(draft: Draft, out: Path) -> dict[str, Any]:
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
    """Return why pieces are marked, the most useful to do first.

    Each is a dict with ``cause``, ``places`` (function, file, line, why), ``functions`` (their names) and ``finishes``
    (the functions that have no mark left when it is done).
    """
    result: dict[str, dict[str, Any]] = {}
    for each in reports:
        own = {mark["cause"] for mark in each["marks"]}
        for mark in each["marks"]:
            cause = result.setdefault(mark["cause"], {"cause": mark["cause"], "places": [], "finishes": []})
            place = {"function": each["name"], "file": mark["file"], "line": mark["line"], "why": mark["why"]}
            cause["places"].append(place)
            if len(own) == 1 and each["name"] not in cause["finishes"]:
                cause["finishes"].append(each["name"])
    for cause in result.values():
        cause["functions"] = list(dict.fromkeys(place["function"] for place in cause["places"]))
    order = sorted(
        result.values(), key=lambda one: (-len(one["finishes"]), -len(one["functions"]), -len(one["places"]))
    )
    return [{key: one[key] for key in ("cause", "finishes", "functions", "places")} for one in order]


def report_lines(reports: Sequence[dict[str, Any]]) -> list[str]:
    """Return all of it for a terminal: of several functions a table first, and what to do first."""
    result: list[str] = []
    if len(reports) > 1:
        width = max(len(each["name"]) for each in reports)
        result.append(f"{'function':<{width}}  imports  to do  percent  translated  marked  risks")
        for each in reports:
            count = each["lines"]
            result.append(
                f"{each['name']:<{width}}  {'yes' if each['imports'] else 'no':<7}  {len(each['marks']):>5}"
                f"  {each['percent']:>6.1f}%  {count['translated']:>10}  {count['marked']:>6}  {len(each['risks']):>5}"
            )
        done = sum(not each["marks"] for each in reports)
        result += ["", f"{done} of {len(reports)} functions have nothing to do"]
        result += [_useful(one) for one in causes(reports)[:10]]
        result.append("")
    for each in reports:
        result += _one(each)
    return result


def _useful(one: dict[str, Any]) -> str:
    count, functions, finished = len(one["places"]), len(one["functions"]), len(one["finishes"])
    where = f"{_counted(count, 'place')} in {_counted(functions, 'function')}"
    return f"  {one['cause']}: {where}" + (f", finishes {finished}" if finished else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _one(each: dict[str, Any]) -> list[str]:
    count = each["lines"]
    result = [
        f"{each['name']}: {'can' if each['imports'] else 'cannot'} be imported,"
        f" {_counted(len(each['marks']), 'place')} to do; {each['percent']}% translated ({count['translated']} lines,"
        f" {count['marked']} marked, {count['untouched']} comments and blank) -> {each['out']}"
    ]
    result += [f"  {note}" for note in each["notes"]]
    states: dict[str, list[str]] = {}
    for call in each["calls"]:
        states.setdefault(f"{call['name']}: {call['state']}", []).append(f"{call['file']}:{call['line']}")
    result += [f"  calls {what} ({', '.join(places)})" for what, places in states.items()]
    for word in ("missing", "unused"):
        if each["permissions"][word]:
            result.append(f"  permissions {word}: {', '.join(each['permissions'][word])}")
    if each["packages"]["unknown"]:
        result.append(f"  npm packages without a known counterpart: {', '.join(each['packages']['unknown'])}")
    for one in causes([each]):
        first, *more = sorted(one["places"], key=lambda place: (place["why"] != one["cause"], place["line"]))
        result.append(f"  to do: {first['file']}:{first['line']}: {one['cause']}")
        result += [f"    {place['file']}:{place['line']}: {place['why']}" for place in more]
    result += [f"  look at: {risk['file']}:{risk['line']}: {risk['why']}" for risk in each["risks"]]
    return result + ([f"  config.json {each['config']}"] if each["config"] else [])

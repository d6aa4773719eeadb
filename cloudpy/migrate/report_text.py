"""The report for a terminal: what to do first, and everything of one function. In the user's language."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from typing import Any

from ..i18n import punctuated, translated
from .report import causes, totals

MAX_STEPS = 8  # causes on the first screen
MAX_ROWS = 30  # unfinished functions in the table
_MAX_PLACES = 3
_STATES = {"runs": "runs", "in part": "runs in part", "stops": "ends at a mark", "broken": "cannot be imported"}
_MANY = {"runs": "run", "in part": "run in part", "stops": "end at a mark", "broken": "cannot be imported"}


def report_lines(reports: Sequence[dict[str, Any]], *, verbose: bool = False) -> list[str]:
    """Return the report: of several functions what to do first; of one, or where `verbose`, all of it."""
    result: list[str] = []
    if len(reports) == 1 or verbose:
        for each in reports:
            result += _one(each)
    if len(reports) > 1:
        result += [*([""] if result else []), *_summary(reports, verbose)]
    return result


def summary_lines(total: dict[str, Any]) -> list[str]:
    """Return how far all functions are, given `totals`."""
    states, number = total["states"], total["functions"]
    listed = ", ".join(f"{states[state]} {translated(_MANY[state])}" for state in _MANY if states[state])
    percent, filled = total["percent"], total["filled"]
    result = [punctuated(translated(f"{number} functions: {listed}")), translated(f"{percent}% of the lines can run")]
    return result + ([translated(f"written by hand: {filled}")] if filled else [])


def _summary(reports: Sequence[dict[str, Any]], verbose: bool) -> list[str]:
    result = summary_lines(totals(reports))
    steps = causes(reports)
    if steps:
        result += ["", translated("To do, in the order that finishes functions soonest:")]
        for index, one in enumerate(steps[:MAX_STEPS], 1):
            result += _step(index, one, len(reports))
        more = len(steps) - MAX_STEPS
        if more > 0:
            result.append(translated(f"and {more} more; --html FILE or --verbose shows all"))
    waiting = [each for each in reports if each["marks"] or not each["imports"]]
    if waiting:
        result += ["", *_table(waiting)]
    missing = [each for each in reports if each["permissions"]["missing"]]
    if missing:
        names, folder = _listed([each["name"] for each in missing]), os.path.dirname(missing[0]["out"]) or "."
        result += ["", translated(f"config.json lacks permissions in {names}: cloudpy check {folder} --fix adds them")]
    if not verbose:
        result += ["", translated("--verbose shows each function, --html FILE writes all of it as a page")]
    return result


def _step(index: int, one: dict[str, Any], number: int) -> list[str]:
    places, functions = len(one["places"]), len(one["functions"])
    where = _counted(places, functions)
    line = f"{index:>2}. {translated(one['cause'])}: {where}"
    if one["finishes"]:
        done, names = one["done"], _listed(one["finishes"])
        line += translated(f"; finishes {names}, then {done} of {number} run")
    shown = [f"{place(at)}" for at in one["places"][:_MAX_PLACES]]
    more = places - len(shown)
    rest = translated(f" and {more} more") if more > 0 else ""
    return [punctuated(line), f"    {', '.join(shown)}{rest}"]


def _counted(places: int, functions: int) -> str:
    if functions == 1:
        return translated(f"{places} places") if places > 1 else translated("1 place")
    return translated(f"{places} places in {functions} functions")


def _table(waiting: Sequence[dict[str, Any]]) -> list[str]:
    heads = [
        translated("function"),
        translated("state"),
        translated("can run"),
        translated("to do"),
        translated("waits for"),
    ]
    rows = []
    for each in sorted(waiting, key=lambda each: (len(each["marks"]), each["name"]))[:MAX_ROWS]:
        reasons = list(dict.fromkeys(translated(mark["cause"]) for mark in each["marks"]))
        more = len(reasons) - 1
        waits = (reasons[0] if reasons else "") + (translated(f" and {more} more") if more > 0 else "")
        state = state_text(each)
        rows.append([each["name"], state, f"{each['percent']}%", str(len(each["marks"])), waits])
    widths = [max(_width(row[column]) for row in [heads, *rows]) for column in range(4)]
    lines = []
    for row in [heads, *rows]:
        cells = [_padded(row[column], widths[column], right=column in (2, 3)) for column in range(4)]
        lines.append("  ".join([*cells, row[4]]).rstrip())
    hidden = len(waiting) - MAX_ROWS
    return lines + ([translated(f"and {hidden} more")] if hidden > 0 else [])


def _one(each: dict[str, Any]) -> list[str]:
    name, out, percent, number = each["name"], each["out"], each["percent"], len(each["marks"])
    state = state_text(each)
    result = [translated(f"{name}: {state}; {percent}% of the lines can run, {number} to do -> {out}")]
    result += [f"  {translated(note)}" for note in each["notes"]]
    for call in each["calls"]:
        if call["state"] != "in cloudpy":
            what, where = call["name"], f"{call['file']}:{call['line']}"
            result.append(f"  {translated(f'calls {what}')} ({where}): {translated(call['state'])}")
    missing, unused = (", ".join(each["permissions"][word]) for word in ("missing", "unused"))
    if missing:
        result.append("  " + translated(f"permissions missing: {missing}"))
    if unused:
        result.append("  " + translated(f"permissions unused: {unused}"))
    if each["packages"]["unknown"]:
        names = ", ".join(each["packages"]["unknown"])
        result.append("  " + translated(f"npm packages without a known counterpart: {names}"))
    for one in causes([each]):
        first, *more = one["places"]
        cause = translated(one["cause"])
        result.append("  " + translated(f"to do: {cause}"))
        for at in (first, *more):
            why = f": {translated(at['why'])}" if at["why"] != one["cause"] else ""
            source = f" ({at['file']}:{at['line']})" if at["file"] else ""
            result.append(f"    {place(at)}{source}{why}")
    for risk in each["risks"]:
        where, why = f"{risk['file']}:{risk['line']}", translated(risk["why"])
        result.append("  " + translated(f"look at {where}: {why}"))
    return result + ([f"  config.json: {translated(each['config'])}"] if each["config"] else [])


def place(at: dict[str, Any]) -> str:
    """Return file and line of a mark in the draft, relative to the current folder where that is shorter."""
    try:
        path = os.path.relpath(at["draft"])
    except ValueError:  # on another drive
        path = at["draft"]
    return f"{min(path, at['draft'], key=len)}:{at['draft_line']}"


def state_text(each: dict[str, Any]) -> str:
    """Return the state of one function in words."""
    return translated(_STATES[each["state"]])


def _listed(names: Sequence[str]) -> str:
    shown, more = ", ".join(names[:4]), len(names) - 4
    return shown + (translated(f" and {more} more") if more > 0 else "")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space

"""A whole comparison: the given events, those made out of them, and the failing ones made small."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence

from .._client.permissions import from_file
from ..runtime.printable import printable
from .calls import counted
from .case import Case
from .folder import Function
from .fuzz import Ground, variations
from .judge import Comparison
from .pair import Pair
from .report import Report
from .shrink import shrunk, ways

_SHRUNK = 10  # ways to differ whose first event is made small; beyond that there is enough to do


def study(
    pair: Pair,
    report: Report,
    cases: Sequence[Case],
    *,
    fuzz: int = 0,
    seed: int = 0,
    told: Callable[[Comparison], None] = lambda _: None,
) -> None:
    """Compares both functions over `cases`, and over `fuzz` events made out of them, and fills `report` in.

    Args:
        told: is called after each event.

    Raises:
        UnusableError: a function cannot be loaded.
        ConfigError: a config.json cannot be used.
    """
    for case in cases:
        one = pair.compare(case)
        report.events.append(one)
        told(one)
    if not fuzz:
        return
    report.seed = seed
    first: dict[frozenset[str], Comparison] = {}
    for case in variations(_ground(pair, report, cases), fuzz, seed):
        one = pair.compare(case)
        report.fuzzed += 1
        told(one)
        if one.equal:
            continue
        way = ways(one)
        if way in first:
            report.repeated.setdefault(first[way].case.name, []).append(case.name)
        else:
            first[way] = one
    for number, one in enumerate(first.values()):
        report.failing.append(shrunk(one, pair.compare) if number < _SHRUNK else one)


def save(report: Report, folder: str) -> list[str]:
    """Writes each failing event that was made into a file of its own, which ``--events`` reads; the paths.

    Raises:
        OSError: a file cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    paths = []
    for one in report.failing:
        path = os.path.join(folder, f"{one.case.name}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"name": one.case.name, **one.case.raw}, file, indent=2)  # in ASCII: halves of pairs survive
            file.write("\n")
        paths.append(path)
    return paths


def permissions_apart(left: Function, right: Function) -> str:
    """What the config.json of one function allows and that of the other does not, in words; empty for nothing.

    Raises:
        ConfigError: one of them cannot be used.
    """
    allowed = []
    for function in (left, right):
        path = function.beside("config.json")
        allowed.append(from_file(path).allowed if path else None)
    if any(not isinstance(one, frozenset) for one in allowed):
        if (allowed[0] is None) != (allowed[1] is None):
            without = (left if allowed[0] is None else right).folder
            return f"{printable(without)} has no config.json, the other one has: its cloud calls are refused"
        return ""
    apart = sorted(set(allowed[0] or ()) ^ set(allowed[1] or ()))
    return f"only one config.json allows {', '.join(apart)}" if apart else ""


def _ground(pair: Pair, report: Report, cases: Sequence[Case]) -> Ground:
    apis: dict[str, None] = {}
    openids: dict[str, None] = {user.openid: None for user in pair.base.users}
    for one in report.events:
        for run in (one.left, one.right):
            apis.update(dict.fromkeys(counted(run.calls)))
        openids.update(dict.fromkeys(user.openid for user in one.case.local.users))
        if one.case.raw.get("openid"):
            openids[one.case.raw["openid"]] = None
    return Ground(cases, list(apis), list(openids))

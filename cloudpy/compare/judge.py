"""Two runs of one event, held against each other: outcome, cloud calls, what is left behind, duration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..local import Backend
from . import calls
from .case import Case
from .outcome import Outcome
from .paths import Path
from .rules import Rules
from .values import Difference, differences

_LEEWAY = 0.25  # seconds that a slower side may take longer in any case
_OUTCOME: Path = ("$outcome",)
_ELSEWHERE = ("calls", "tokens")  # compared for themselves, and each run's own


@dataclass(frozen=True)
class Run:
    """What one function did with one event; `fresh` when it was the first of its process."""

    outcome: Outcome
    calls: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False


@dataclass(frozen=True)
class Comparison:
    """One event in both functions, and where they differ."""

    case: Case
    left: Run
    right: Run
    differences: list[Difference]

    @property
    def equal(self) -> bool:
        """Whether they do the same."""
        return not self.differences


def state_of(backend: Backend) -> dict[str, Any]:
    """What a local WeChat keeps, as plain values and bytes: its own ``snapshot()``, and that of each of its parts."""
    found: dict[str, Any] = {}
    for name, part in _parts(backend):
        snapshot = getattr(part, "snapshot", None)
        if name not in _ELSEWHERE and callable(snapshot):
            found[name] = snapshot()
    whole = getattr(backend, "snapshot", None)
    if callable(whole):
        found.update(whole())
    return found


def let_go(backend: Backend) -> None:
    """Lets a local WeChat's parts close what they hold open, such as a temporary folder."""
    for _, part in _parts(backend):
        close = getattr(part, "close", None)
        if callable(close):
            close()


def _parts(backend: Backend) -> list[tuple[str, Any]]:
    return [(name, part) for name, part in vars(backend).items() if not name.startswith("_")]


def judged(case: Case, left: Run, right: Run, rules: Rules) -> Comparison:
    """The comparison of two runs of `case`."""
    found = _outcomes(left.outcome, right.outcome, rules)
    found += calls.compared(left.calls, right.calls, rules)
    found += differences(left.state, right.state, ("$state",), rules)
    slower, faster = right.outcome.seconds, left.outcome.seconds
    if rules.slowdown is not None and not right.fresh and slower > faster * rules.slowdown + _LEEWAY:
        found.append(Difference(("$duration",), round(faster, 3), round(slower, 3), "seconds"))
    return Comparison(case, left, right, found)


def _outcomes(left: Outcome, right: Outcome, rules: Rules) -> list[Difference]:
    if left.kind != right.kind:
        if rules.ignores(_OUTCOME):
            return []
        return [Difference(_OUTCOME, _told(left), _told(right))]
    match left.kind:
        case "result":
            return differences(left.value, right.value, ("$",), rules)
        case "error":
            return differences(left.value, right.value, ("$error",), rules)
        case "raised" | "unhandled":
            return _raised(left, right, rules)
        case "exit" | "killed":
            return differences(left.value, right.value, _OUTCOME, rules)
    return []  # both late, or both with a result that cannot be sent: in what, each language says in its own words


def _raised(left: Outcome, right: Outcome, rules: Rules) -> list[Difference]:
    if rules.errors == "kind":
        return []
    first, second = left.value, right.value
    if first["own"] and second["own"]:
        return differences(first["message"], second["message"], ("$error", "message"), rules)
    path: Path = ("$error", "name")
    if first["own"] == second["own"] or rules.ignores(path):
        return []  # both are the language's own, which differ in words: TypeError and KeyError
    return [Difference(path, _told(left), _told(right), "one the program raises itself, the other happens to it")]


def _told(outcome: Outcome) -> Any:
    if outcome.kind == "result":
        return {"result": outcome.value}
    return {outcome.kind: outcome.value if outcome.kind == "error" else outcome.words}

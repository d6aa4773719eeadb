"""Two runs of one event, and where they differ: outcome, cloud calls, side effects, duration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from ..errors import NO_PERMISSION
from ..local import Backend, LocalDataError
from ..local.database.errors import DatabaseError
from . import workbook
from .diff import MISSING, Difference, differences, is_same_failure
from .process import Outcome
from .rules import Path, Rules
from .scenario import Scenario

_SLOWDOWN_GRACE = 0.25  # seconds that the slower side may always take longer
_NOT_LISTED = f"refused {NO_PERMISSION}"
_OUTCOME: Path = ("$outcome",)
_CALLS: Path = ("$calls",)
_INVALID = "gateway INVALID_PARAM"
_NOT_SIDE_EFFECTS = ("calls", "tokens")  # compared separately; different in every run
_OTHER_ORDER = (
    "the same calls in another order; if they are made concurrently (Promise.all, asyncio.gather), allow it with"
    " `unordered_calls: true` in compare.yaml"
)


@dataclass(frozen=True)
class Run:
    """What one function did with one event.

    Attributes:
        outcome: of the event.
        calls: see `recorded_calls`.
        side_effects: see `side_effects`.
        is_first: whether it was the first event of its process.
        refused: the APIs that config.json does not list.
    """

    outcome: Outcome
    calls: list[dict[str, Any]] = field(default_factory=list)
    side_effects: dict[str, Any] = field(default_factory=dict)
    is_first: bool = False
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Comparison:
    """One event in both functions, and where they differ."""

    scenario: Scenario
    left: Run
    right: Run
    differences: list[Difference]

    @property
    def equal(self) -> bool:
        """Whether both do the same."""
        return not self.differences


def diff_runs(scenario: Scenario, left: Run, right: Run, rules: Rules) -> Comparison:
    """Compare two runs of one event."""
    diffs = _diff_outcomes(left.outcome, right.outcome, rules)
    diffs += diff_calls(left.calls, right.calls, rules)
    diffs += differences(left.side_effects, right.side_effects, ("$state",), rules)
    slower, faster = right.outcome.seconds, left.outcome.seconds
    if rules.slowdown is not None and not right.is_first and slower > faster * rules.slowdown + _SLOWDOWN_GRACE:
        diffs.append(Difference(("$duration",), round(faster, 3), round(slower, 3), "seconds"))
    return Comparison(scenario, left, right, diffs)


# ---- outcome


def _diff_outcomes(left: Outcome, right: Outcome, rules: Rules) -> list[Difference]:
    if left.kind != right.kind:
        if rules.ignores(_OUTCOME) or _is_failed_transaction(left, right):
            return []
        return [Difference(_OUTCOME, _shown_outcome(left), _shown_outcome(right))]
    match left.kind:
        case "result":
            return differences(left.value, right.value, ("$",), rules)
        case "error":
            return differences(left.value, right.value, ("$error",), rules)
        case "raised" | "unhandled":
            return _diff_exceptions(left, right, rules)
        case "exit" | "killed":
            return differences(left.value, right.value, _OUTCOME, rules)
    return []  # both late or both unsendable; each language explains why in its own words


def _is_failed_transaction(left: Outcome, right: Outcome) -> bool:
    """Whether both ended with the same failure of a transaction, for which Node's package raises a plain error."""
    raised, error = (left, right) if left.kind == "raised" else (right, left)
    if raised.kind != "raised" or error.kind != "error":
        return False
    return is_same_failure(raised.value["message"], str(error.value["errMsg"]))


def _diff_exceptions(left: Outcome, right: Outcome, rules: Rules) -> list[Difference]:
    if rules.errors == "kind":
        return []
    first, second = left.value, right.value
    if first["own"] and second["own"]:
        return differences(first["message"], second["message"], ("$error", "message"), rules)
    path: Path = ("$error", "name")
    if first["own"] == second["own"] or rules.ignores(path):
        return []  # both come from the language, in its own words: TypeError and KeyError
    note = "the program raises one itself, the other comes from the language or a library"
    return [Difference(path, _shown_outcome(left), _shown_outcome(right), note)]


def _shown_outcome(outcome: Outcome) -> Any:
    if outcome.kind == "result":
        return {"result": outcome.value}
    return {outcome.kind: outcome.value if outcome.kind == "error" else outcome.description}


# ---- cloud calls


def recorded_calls(backend: Backend, name: str = "") -> list[dict[str, Any]]:
    """Return the calls that a local WeChat received, as plain values and bytes.

    Each has ``api``, ``params``, ``wire`` and ``openid``, and what is unusual about it.

    Args:
        backend: of the run.
        name: of the function; a call of another one, which it called, has the key ``function``.
    """
    calls = []
    for call in backend.calls:
        if call.caller is None and call.endpoint == "gateway":
            continue  # a late call of an earlier event, whose token is invalid now
        if call.outcome.startswith(_INVALID):
            continue  # of no effect; one SDK sends parameters that the other rejects itself
        user = call.caller.user if call.caller else None
        one: dict[str, Any] = {"api": call.api, "params": dict(call.params)}
        if call.files:
            one["files"] = {key: {"filename": file.filename, "value": file.value} for key, file in call.files.items()}
            one["params"] = {key: value for key, value in call.params.items() if not _is_file(value)}
        is_database = call.api.startswith("database.")
        one["wire"] = {key: _parse_json(value) if is_database else value for key, value in call.wire.items()}
        one["openid"] = user.openid if user else None
        for key in ("appid", "version"):
            if getattr(call, key):
                one[key] = getattr(call, key)
        if call.caller and call.caller.function != name:
            one["function"] = call.caller.function
        if call.endpoint != "gateway":
            one["door"] = call.endpoint
        calls.append(one)
    return calls


def refused_apis(backend: Backend) -> frozenset[str]:
    """Return the APIs that a local WeChat refused because config.json does not list them."""
    rejected = (call for call in backend.calls if call.answered_from == "nothing")  # and not by a fault of the event
    return frozenset(call.api for call in rejected if call.outcome.startswith(_NOT_LISTED))


def diff_calls(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]], rules: Rules) -> list[Difference]:
    """Return where two lists of calls differ.

    The index in a path counts in the left list, or in the right one for a call that the left one does not have.
    """
    if rules.ignores(_CALLS):
        return []
    if rules.unordered_calls:
        return _diff_unordered(left, right, rules)
    ordered = _diff_ordered(left, right, rules)
    if ordered and len(left) == len(right) and not _diff_unordered(left, right, rules):
        names: tuple[list[Any], list[Any]] = [call["api"] for call in left], [call["api"] for call in right]
        values = names if names[0] != names[1] else (_shown_calls(left), _shown_calls(right))
        return [Difference(_CALLS, *values, note=_OTHER_ORDER)]
    return ordered


def _diff_ordered(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]], rules: Rules) -> list[Difference]:
    diffs: list[Difference] = []
    matcher = SequenceMatcher(None, [call["api"] for call in left], [call["api"] for call in right], autojunk=False)
    for tag, begin, end, start, stop in matcher.get_opcodes():
        if tag == "equal":
            for index, other in zip(range(begin, end), range(start, stop), strict=True):
                diffs += _diff_call(left[index], right[other], index, rules)
        else:
            diffs += _unpaired(left, range(begin, end), rules, is_left=True)
            diffs += _unpaired(right, range(start, stop), rules, is_left=False)
    return diffs


def _diff_unordered(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]], rules: Rules) -> list[Difference]:
    rest = list(range(len(right)))
    unmatched = []
    for index, call in enumerate(left):
        equal = next((other for other in rest if not _diff_call(call, right[other], index, rules)), None)
        if equal is None:
            unmatched.append(index)
        else:
            rest.remove(equal)
    diffs: list[Difference] = []
    for index in unmatched:  # pair the rest by API, in order
        same_api = next((other for other in rest if right[other]["api"] == left[index]["api"]), None)
        if same_api is None:
            diffs += _unpaired(left, [index], rules, is_left=True)
        else:
            rest.remove(same_api)
            diffs += _diff_call(left[index], right[same_api], index, rules)
    return diffs + _unpaired(right, rest, rules, is_left=False)


def _diff_call(left: dict[str, Any], right: dict[str, Any], index: int, rules: Rules) -> list[Difference]:
    path = (*_CALLS, index)
    first, second = ({key: value for key, value in call.items() if key != "wire"} for call in (left, right))
    diffs = differences(first, second, path, rules)
    if diffs or left["params"] != right["params"]:  # report a difference once, in terms of the parameters
        return diffs
    return differences(left["wire"], right["wire"], (*path, "wire"), rules)


def _unpaired(
    calls: Sequence[dict[str, Any]], indices: Sequence[int], rules: Rules, *, is_left: bool
) -> list[Difference]:
    diffs = []
    for index in indices:
        path = (*_CALLS, index)
        if rules.ignores(path):
            continue
        call = _shown_calls(calls[index : index + 1])[0]
        left, right = (call, MISSING) if is_left else (MISSING, call)
        diffs.append(Difference(path, left, right, "a call that the other function does not make"))
    return diffs


def _shown_calls(calls: Sequence[dict[str, Any]]) -> list[Any]:
    return [{call["api"]: {**call["params"], **call.get("files", {})}} for call in calls]


def _parse_json(value: Any) -> Any:
    """Parse JSON in a string, so that types matter and the order of keys does not."""
    if isinstance(value, list):
        return [_parse_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _parse_json(item) for key, item in value.items()}
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"contentType", "value"} and isinstance(value["value"], bytes)


# ---- side effects


def side_effects(backend: Backend) -> dict[str, Any]:
    """Return what a local WeChat stores, as plain values and bytes: the ``snapshot()`` of each of its parts."""
    effects: dict[str, Any] = {}
    if backend.documents.seeds:
        with suppress(DatabaseError, LocalDataError):  # reported where the function reads them
            backend.documents.engine()  # they are there, whether a call has reached the database or not
    for name, part in _parts(backend):
        snapshot = getattr(part, "snapshot", None)
        if name not in _NOT_SIDE_EFFECTS and callable(snapshot):
            effects[name] = snapshot()
    for path, file in effects["storage"].items():
        opened = backend.storage.open(path)
        if opened is not None:
            with opened:
                sheets = workbook.cells(opened)
            effects["storage"][path] = file if sheets is None else {"sheets": sheets}
    return effects


def close_backend(backend: Backend) -> None:
    """Close the parts of a local WeChat that hold something open: its folder of files and its database."""
    backend.storage.close()
    backend.documents.close()


def _parts(backend: Backend) -> list[tuple[str, Any]]:
    return [(name, part) for name, part in vars(backend).items() if not name.startswith("_")]

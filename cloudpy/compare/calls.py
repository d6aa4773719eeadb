"""The cloud calls of both functions, laid side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from ..local import Backend, CallRecord
from .paths import Path
from .rules import Rules
from .values import MISSING, Difference, differences

ROOT: Path = ("$calls",)
_SAME_IN_ANOTHER_ORDER = (
    "the same calls in another order; where they are made at the same time (Promise.all, asyncio.gather),"
    " let it pass with `unordered_calls: true` in compare.yaml"
)


def made(backend: Backend, name: str = "") -> list[dict[str, Any]]:
    """The calls that came in, as plain values and bytes: api, params, and what is out of the ordinary.

    Args:
        name: of the function; with a call of another one, which it called, stands the name of that.
    """
    found = []
    for call in backend.calls:
        if call.caller is None and call.endpoint == "gateway":
            continue  # with the token of an earlier event: it comes late, and belongs to none of this one
        user = call.caller.user if call.caller else None
        one: dict[str, Any] = {"api": call.api, "params": dict(call.params)}
        if call.files:
            one["files"] = {key: {"filename": file.filename, "value": file.value} for key, file in call.files.items()}
            one["params"] = {key: value for key, value in call.params.items() if not _is_file(value)}
        one["wire"] = {key: _read(value) for key, value in call.wire.items()} if _is_database(call) else dict(call.wire)
        one["openid"] = user.openid if user else None
        for key in ("appid", "version"):
            if getattr(call, key):
                one[key] = getattr(call, key)
        if call.caller and call.caller.function != name:
            one["function"] = call.caller.function
        if call.endpoint != "gateway":
            one["door"] = call.endpoint
        found.append(one)
    return found


def compared(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]], rules: Rules) -> list[Difference]:
    """Where two lists of calls differ; a path counts in the left one, or where the left has no such call the right."""
    if rules.ignores(ROOT):
        return []
    if rules.unordered_calls:
        return _unordered(left, right, rules)
    by_place = _ordered(left, right, rules)
    if by_place and len(left) == len(right) and not _unordered(left, right, rules):
        names: tuple[list[Any], list[Any]] = [call["api"] for call in left], [call["api"] for call in right]
        shown = names if names[0] != names[1] else (_shown(left), _shown(right))  # one API twice: names say nothing
        return [Difference(ROOT, *shown, note=_SAME_IN_ANOTHER_ORDER)]
    return by_place


def _ordered(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]], rules: Rules) -> list[Difference]:
    found: list[Difference] = []
    matcher = SequenceMatcher(None, [call["api"] for call in left], [call["api"] for call in right], autojunk=False)
    for what, begin, end, start, stop in matcher.get_opcodes():
        if what == "equal":
            for index, other in zip(range(begin, end), range(start, stop), strict=True):
                found += _one(left[index], right[other], index, rules)
        else:
            found += _alone(left, range(begin, end), rules, left_has=True)
            found += _alone(right, range(start, stop), rules, left_has=False)
    return found


def _unordered(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]], rules: Rules) -> list[Difference]:
    rest = list(range(len(right)))
    unmatched = []
    for index, call in enumerate(left):
        equal = next((other for other in rest if not _one(call, right[other], index, rules)), None)
        if equal is None:
            unmatched.append(index)
        else:
            rest.remove(equal)
    found: list[Difference] = []
    for index in unmatched:  # what is left is paired by name, in order
        same = next((other for other in rest if right[other]["api"] == left[index]["api"]), None)
        if same is None:
            found += _alone(left, [index], rules, left_has=True)
        else:
            rest.remove(same)
            found += _one(left[index], right[same], index, rules)
    return found + _alone(right, rest, rules, left_has=False)


def _one(left: dict[str, Any], right: dict[str, Any], index: int, rules: Rules) -> list[Difference]:
    path = (*ROOT, index)
    named = [{key: value for key, value in call.items() if key != "wire"} for call in (left, right)]
    found = differences(named[0], named[1], path, rules)
    if found or left["params"] != right["params"]:  # what differs in both is told once, in the caller's words
        return found
    return differences(left["wire"], right["wire"], (*path, "wire"), rules)


def _alone(
    calls: Sequence[dict[str, Any]], indices: Sequence[int], rules: Rules, *, left_has: bool
) -> list[Difference]:
    found = []
    for index in indices:
        path = (*ROOT, index)
        if rules.ignores(path):
            continue
        shown = _shown(calls[index : index + 1])[0]
        sides = (shown, MISSING) if left_has else (MISSING, shown)
        found.append(Difference(path, sides[0], sides[1], "a call that the other one does not make"))
    return found


def _shown(calls: Sequence[dict[str, Any]]) -> list[Any]:
    return [{call["api"]: {**call["params"], **call.get("files", {})}} for call in calls]


def _is_database(call: CallRecord) -> bool:
    return call.api.startswith("database.")


def _read(value: Any) -> Any:
    """The value of a text of JSON, in which types count and the order of keys does not."""
    if isinstance(value, list):
        return [_read(item) for item in value]
    if isinstance(value, dict):
        return {key: _read(item) for key, item in value.items()}
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"contentType", "value"} and isinstance(value["value"], bytes)


def counted(calls: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How often each API was called."""
    return dict(Counter(call["api"] for call in calls))

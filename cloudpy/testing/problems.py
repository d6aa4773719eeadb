"""The words for what goes wrong: what was called, what was said, what differs, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from .. import contracts
from .._client.permissions import Permissions
from ..local import CallRecord as Record
from ..local import CannedResponses
from .calls import problems, written

_MOST = 3  # stubs that are shown


def unknown_call(call: Record, answers: CannedResponses) -> str:
    """A call that nothing was said about, with the stubs that come nearest and what differs."""
    lines = [f"{written(call.api, call.params)} was called, and nothing says what WeChat answers."]
    lines += [f"  {problem}" for problem in problems(call.api, call.params)]
    stubs = _stubs(call, answers)
    lines += stubs
    if not stubs:
        near = get_close_matches(call.api, answers.apis(), 1)
        if near:
            lines.append(f"  the nearest stub is for {near[0]!r}")
        elif contracts.get(call.api) is None:
            lines.append(f"  no such API is known{_meant(contracts.nearest(call.api))}")
    lines.append(
        f"Say it: wechat.stub({call.api!r}).reply({{…}}); for a test that does not care:"
        ' wechat.allow_unknown("why", answer="sample")'
    )
    return "\n".join(lines)


def unknown_ids(call: Record, answers: CannedResponses, ids: Iterable[str], known: Iterable[str]) -> str:
    """A call for CloudIDs that nothing was said about."""
    asked, there = list(ids), list(known)
    lines = [f"{written(call.api, call.params)} was called, and nothing says what is behind {_listed(asked)}."]
    lines += _stubs(call, answers)
    if there:
        near = get_close_matches(asked[0], there, 1)
        lines.append(f"  known is {_listed(near or there)}")
    lines.append(
        f"Say it: wechat.open_data({asked[0]!r}, {{…}}); for an id that WeChat shall not know:"
        f" wechat.open_data({asked[0]!r}, None)"
    )
    return "\n".join(lines)


def refused_here(api: str, permissions: Permissions) -> str:
    """A call that the function's own config.json does not list."""
    near = get_close_matches(api, permissions.allowed, 1)
    hint = f'; it lists "{near[0]}": correct it' if near else ""
    return (
        f"{api} was called without permission (-604101): {permissions.origin} does not list it{hint}."
        f' Add "{api}" to permissions.openapi there; for a test of the refusal: wechat.allow_refused("why")'
    )


def refused_there(call: Record) -> str:
    """A call that the local WeChat refused."""
    function = call.caller.function if call.caller else ""
    if "-604101" in call.outcome:
        return (
            f"{call.api} was called without permission (-604101): the function {function!r} has no config.json that"
            f' lists it. Write one beside it with {{"permissions": {{"openapi": ["{call.api}"]}}}}; for a test of the'
            ' refusal: wechat.allow_refused("why")'
        )
    return (
        f"{call.api} was {call.outcome}: it brought no token of this test's local WeChat. Leave WX_API_TOKEN and the"
        ' other variables to the kit; for a test of the refusal: wechat.allow_refused("why")'
    )


def _stubs(call: Record, answers: CannedResponses) -> list[str]:
    """The stubs of the API that was called, and why none of them answers."""
    lines = []
    for canned, why in zip(answers.of(call.api), answers.why_not(call.api, call.params), strict=True):
        when = f", when={canned.when!r}" if canned.when is not None else ""
        lines.append(f"  wechat.stub({call.api!r}{when}) does not fit: {why}")
    return lines[:_MOST]


def _listed(ids: list[str]) -> str:
    shown = ", ".join(repr(each) for each in ids[:5])
    return f"the CloudID{'s' if len(ids) > 1 else ''} {shown}{' …' if len(ids) > 5 else ''}"


def _meant(near: list[str]) -> str:
    return f"; did you mean {near[0]!r}?" if near else ""

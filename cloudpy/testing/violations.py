"""Violations: problems between the code and the local WeChat, collected until the test ends."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .. import contracts
from .._client.permissions import Permissions
from .._wire.suggest import nearest, question
from ..local import CallRecord, CannedResponses
from .calls import format_call, problems
from .errors import ExpectationError, UnexpectedCallError

__tracebackhide__ = True  # a failing test shows the test and the function, not these lines

Kind = Literal["unknown", "refused", "unused", "broken"]
MAX_STUBS = 3  # stubs that a message shows
MAX_CLOUD_IDS = 5  # CloudIDs that a message shows


@dataclass(frozen=True, slots=True)
class Violation:
    """`kind` is the one that an ``allow_…`` method allows; ``broken`` cannot be allowed."""

    kind: Kind
    text: str
    cause: BaseException | None = None


class Violations:
    """The violations of one test, and the kinds that it allows, each with a reason.

    Args:
        strict: False allows every kind but ``broken``.
        reason: why it is not strict.
    """

    def __init__(self, *, strict: bool, reason: str = "") -> None:
        self._violations: list[Violation] = []
        self._pending: list[tuple[int, Violation]] = []  # (thread of the call, violation)
        self._allowed: dict[Kind, str] = {}
        if not strict:
            self._allowed = dict.fromkeys(("unknown", "refused", "unused"), reason)

    def allow(self, kind: Kind, reason: str) -> None:
        """Allow a kind, including the violations of it so far.

        Raises:
            ValueError: the reason is empty.
        """
        if not reason or not str(reason).strip():
            raise ValueError(f"allow_{kind}() needs a reason, for the next reader of the test")
        self._allowed[kind] = reason

    def allows(self, kind: Kind) -> bool:
        return kind in self._allowed

    def add(self, violation: Violation, *, raises: bool = False, any_thread: bool = False) -> None:
        """Add a violation.

        Args:
            violation: ignored when its kind is allowed.
            raises: raise it too where the call was made (see `raise_for_call`).
            any_thread: the call may have been made in another thread than this one.
        """
        if self.allows(violation.kind):
            return
        self._violations.append(violation)
        if raises:
            self._pending.append((0 if any_thread else threading.get_ident(), violation))

    def raise_for_call(self, *, any_thread: bool) -> None:
        """Raise the violation that the last call of this thread caused, if there is one.

        Args:
            any_thread: calls are answered in another thread than they are made in.

        Raises:
            UnexpectedCallError: the call caused a violation.
        """
        current = threading.get_ident()
        for index, (thread, violation) in enumerate(self._pending):
            if any_thread or thread in (current, 0):
                del self._pending[index]
                raise UnexpectedCallError(violation.text) from violation.cause

    def texts(self, more: Iterable[Violation] = ()) -> list[str]:
        """Return the text of every violation, without duplicates."""
        texts = [each.text for each in (*self._violations, *more) if not self.allows(each.kind)]
        return list(dict.fromkeys(texts))

    def clear(self) -> None:
        self._violations.clear()
        self._pending.clear()

    def raise_pending(self, more: Iterable[Violation] = ()) -> None:
        """Clear the violations, and raise them.

        Raises:
            ExpectationError: there were violations; the message says what to do about each.
        """
        texts = self.texts(more)
        cause = next((each.cause for each in self._violations if each.cause), None)
        self.clear()
        if texts:
            raise ExpectationError(numbered(texts)) from cause


def numbered(texts: list[str]) -> str:
    """Return the texts of violations as one string."""
    if len(texts) == 1:
        return texts[0]
    return "\n\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))


def unknown_call(call: CallRecord, responses: CannedResponses) -> Violation:
    """Return the violation of a call without a stub; it names the nearest stubs and what differs."""
    lines = [f"{format_call(call.api, call.params)} was called, and no stub answers it."]
    lines += [f"  {problem}" for problem in problems(call.api, call.params)]
    stubs = _mismatches(call, responses)
    lines += stubs
    if not stubs:
        near = nearest(call.api, responses.apis())
        if near:
            lines.append(f"  the nearest stub is for {near[0]!r}")
        elif contracts.get(call.api) is None:
            near = contracts.nearest(call.api)[:1]
            lines.append(f"  unknown API; {question(near)}" if near else "  unknown API")
    lines.append(
        f"Add wechat.stub({call.api!r}).reply({{…}}), or, if the answer does not matter,"
        ' wechat.allow_unknown("why", answer="sample")'
    )
    return Violation("unknown", "\n".join(lines))


def unknown_cloud_ids(call: CallRecord, responses: CannedResponses, ids: list[str], known: list[str]) -> Violation:
    """Return the violation of a call for CloudIDs without open data."""
    lines = [f"{format_call(call.api, call.params)} was called, and there is no open data for {_listed(ids)}."]
    lines += _mismatches(call, responses)
    if known:
        lines.append(f"  there is open data for {_listed(nearest(ids[0], known) or known)}")
    lines.append(
        f"Add wechat.open_data({ids[0]!r}, {{…}}), or, for an id that WeChat does not know,"
        f" wechat.open_data({ids[0]!r}, None)"
    )
    return Violation("unknown", "\n".join(lines))


def undeclared_call(api: str, permissions: Permissions) -> Violation:
    """Return the violation of a call that the SDK rejected: the function's config.json does not list it."""
    near = nearest(api, permissions.allowed)
    hint = f'; it lists "{near[0]}": fix it' if near else ""
    return Violation(
        "refused",
        f"{api} was called without permission (-604101): {permissions.origin} does not list it{hint}."
        f' Add "{api}" to permissions.openapi there; if the test is about that error: wechat.allow_refused("why")',
    )


def rejected_call(call: CallRecord) -> Violation:
    """Return the violation of a call that the local WeChat rejected."""
    function = call.caller.function if call.caller else ""
    if "-604101" in call.outcome:
        text = (
            f"{call.api} was called without permission (-604101): the function {function!r} has no config.json that"
            f' lists it. Add one to its folder with {{"permissions": {{"openapi": ["{call.api}"]}}}}; if the test is'
            ' about that error: wechat.allow_refused("why")'
        )
    else:
        text = (
            f"{call.api} was {call.outcome}: its token is not from this test's local WeChat. Leave WX_API_TOKEN and the"
            ' other variables to the kit; if the test is about that error: wechat.allow_refused("why")'
        )
    return Violation("refused", text)


def _mismatches(call: CallRecord, responses: CannedResponses) -> list[str]:
    """Return why each stub of the API does not match the call, one line each."""
    lines = []
    for canned, why in zip(responses.of(call.api), responses.why_not(call.api, call.params), strict=True):
        when = f", when={canned.when!r}" if canned.when is not None else ""
        lines.append(f"  wechat.stub({call.api!r}{when}) does not match: {why}")
    return lines[:MAX_STUBS]


def _listed(ids: list[str]) -> str:
    shown = ", ".join(repr(each) for each in ids[:MAX_CLOUD_IDS])
    more = " …" if len(ids) > MAX_CLOUD_IDS else ""
    return f"the CloudID{'s' if len(ids) > 1 else ''} {shown}{more}"

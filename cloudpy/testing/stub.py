"""Stubs: what a test tells the local WeChat to answer."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._wire import case
from ..errors import CloudSDKError
from ..local import FAULTS, ApiResponse, CannedResponse, CannedResponses, Fault
from ..local import error_response as error_answer
from ..local import file_response as buffer_answer
from ..local import reply_response as reply_answer
from ..local import text_response as text_answer
from . import check as _check
from .any import is_any
from .errors import StubError
from .violations import Complaint, Ledger

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines

Reply = Mapping[str, Any]
Maker = Callable[[dict[str, Any]], Reply]


class Stub:
    """What one API answers to the calls it is for; made by ``wechat.stub(api, when=…)``.

    One answer is given for ever, unless `times` says how often. ``then`` puts another one behind it, and so does a
    further stub for the same calls: all but the last are given once. What was given is copied: changing it later
    changes nothing.
    """

    def __init__(
        self, answers: CannedResponses, ledger: Ledger, api: str, when: Mapping[str, Any] | None, *, check: bool
    ) -> None:
        self.api = api
        self._answers = answers
        self._ledger = ledger
        self._check = check
        self._name = f"wechat.stub({api!r}{f', when={when!r}' if when is not None else ''})"
        if check:
            _check.check_api(api, self._name)
        if when is not None and not isinstance(when, Mapping):
            raise StubError(f"{self._name}: when is a dict of parameters")
        if check and when:
            _check.check_when(api, when, self._name)
        # A copy, with its keys as those of parameters that have travelled.
        self._is_database = api.startswith("database.")
        self._when = None if when is None else _When(when if self._is_database else case.to_camel(case.to_snake(when)))
        self._steps: list[_Step] = []
        self._begin()

    def reply(self, value: Reply | Maker | None = None, /, **keys: Any) -> Stub:
        """Answers a result, written as a call returns it: in camelCase, with or without ``errCode`` and ``errMsg``.

        Args:
            value: the result; or a function of the parameters (camelCase) that returns one, or raises a
                ``CloudSDKError`` that WeChat shall answer.
            keys: the result as keywords.

        Raises:
            StubError: WeChat would never send it, or it has no JSON form; naming the key.
        """
        if callable(value):
            return self._answer("reply", self._maker(value))
        return self._answer("reply", self._reply(keys if value is None else value))

    def error(self, code: int | str, message: str | None = None) -> Stub:
        """Answers an error.

        Args:
            code: WeChat's errcode (-1, 40003, …); -604100 to -604104, with which the platform itself refuses; or a
                text, with which the gateway does (``EXCEED_REQUEST_LIMIT`` …).
            message: its words; those that are usual for the code when left out.
        """
        if isinstance(code, bool) or not isinstance(code, (int, str)) or not code:
            raise StubError(f"{self._name}.error(): an error has a code other than 0, got {code!r}")
        return self._answer("error", error_answer(code, message))

    def buffer(self, value: bytes, content_type: str = "image/jpeg") -> Stub:
        """Answers a file; the call gets ``{"contentType", "buffer"}``."""
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise StubError(f"{self._name}.buffer(): bytes are wanted, got {type(value).__name__}")
        if self._check:
            _check.check_kind(self.api, "buffer", f"{self._name}.buffer()")
        return self._answer("buffer", buffer_answer(bytes(value), content_type))

    def text(self, value: str) -> Stub:
        """Answers plain text; the call gets ``{"result": …}``."""
        if self._check:
            _check.check_kind(self.api, "text", f"{self._name}.text()")
        return self._answer("text", text_answer(value))

    def fault(self, fault: Fault) -> Stub:
        """Breaks the call: ``refused``, ``reset``, ``timeout``, ``garbage``, ``truncated`` or ``http500``.

        No time passes for a ``timeout`` but on the kit's clock.
        """
        if fault not in FAULTS:
            from difflib import get_close_matches

            near = get_close_matches(str(fault), FAULTS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise StubError(f"{self._name}.fault({fault!r}): there are {', '.join(FAULTS)}{hint}")
        return self._answer("fault", ApiResponse(fault=fault))

    def delay(self, seconds: float) -> Stub:
        """Lets time pass before the answer: on the kit's clock and of the function's time limit, not of yours.

        Alone, it comes before what would be answered without this stub.
        """
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < float("inf"):
            raise StubError(f"{self._name}.delay({seconds!r}): seconds are wanted, 0 or more")
        self._step.canned.delay = float(seconds)
        self._add()
        return self

    def times(self, count: int) -> Stub:
        """Gives the answer so many times, no more and no less."""
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise StubError(f"{self._name}.times({count!r}): a whole number from 1 on is wanted")
        self._step.canned.times = count
        return self

    @property
    def then(self) -> Stub:
        """What comes after the answer so far: ``stub.error(-1).then.reply({…})``.

        Raises:
            StubError: there is no answer so far.
        """
        if not self._step.added:
            raise StubError(f"{self._name}.then: say first what is answered before")
        self._begin()
        return self

    @property
    def used(self) -> int:
        """How many calls it has answered."""
        return sum(step.canned.used for step in self._steps)

    def complaints(self) -> Iterator[Complaint]:
        """What is to be said of it when the test ends."""
        for number, step in enumerate(self._steps, 1):
            canned = step.canned
            name = f"{self._name}{step.what}" + (f" (answer {number})" if len(self._steps) > 1 else "")
            if not step.added:
                yield Complaint("broken", f"{self._name} says no answer: add .reply({{…}}), .error(code), …")
            elif canned.used < (canned.times or 1):
                wanted = f"{canned.times} times" if canned.times else "at least once"
                was = f"{canned.used} times" if canned.used else "never"
                yield Complaint(
                    "unused",
                    f"{name} was {was} used, {wanted} was said: take it out, or find out why the call is not made;"
                    ' if it may stay unused: wechat.allow_unused("why")',
                )

    def _begin(self) -> None:
        self._step = _Step(CannedResponse(None, self._when))
        self._steps.append(self._step)

    def _answer(self, what: str, answer: ApiResponse | Callable[[dict[str, Any]], ApiResponse]) -> Stub:
        if self._step.what:
            raise StubError(
                f"{self._name}{self._step.what} has an answer: put .then between it and .{what}(…), for the one after"
            )
        self._step.what = f".{what}(…)"
        self._step.canned.answer = answer
        self._add()
        return self

    def _add(self) -> None:
        if not self._step.added:
            self._step.added = True
            self._answers.add(self.api, self._step.canned)

    def _reply(self, value: Any) -> ApiResponse:
        where = f"{self._name}.reply(…)"
        if not isinstance(value, Mapping):
            raise StubError(f"{where}: a result is a dict, got {type(value).__name__}")
        if self._is_database:
            return self._documents(value, where)
        if self._check:
            _check.check_reply(self.api, value, where)
        try:
            return reply_answer(value)  # its bytes: a copy
        except ValueError as error:
            raise StubError(f"{where}: {error}") from None

    def _documents(self, value: Mapping[str, Any], where: str) -> ApiResponse:
        from .._database import ejson  # here: most stubs are none of the database

        try:
            found = {key: ejson.encode(value[key], key) for key in ("data", "list") if key in value}
        except CloudSDKError as error:
            raise StubError(f"{where}: {error}") from None
        return ApiResponse(value={**copy.deepcopy(dict(value)), **found})

    def _maker(self, make: Maker) -> Callable[[dict[str, Any]], ApiResponse]:
        def answer(params: dict[str, Any]) -> ApiResponse:
            try:
                return self._reply(make(copy.deepcopy(params)))
            except CloudSDKError as error:
                return error_answer(error.errCode, error.errMsg)
            except Exception as error:
                text = (
                    f"{self._name}.reply({getattr(make, '__name__', make)!s}) failed: {type(error).__name__}: {error}"
                )
                self._ledger.complain(Complaint("broken", text, error), raises=True)
                return error_answer("SYS_ERR", text)

        return answer

    def __repr__(self) -> str:
        return f"<Stub of {self.api}, used {self.used} times>"


class _Step:
    """One answer of a stub."""

    def __init__(self, canned: CannedResponse) -> None:
        self.canned = canned
        self.what = ""
        self.added = False


class _When(dict[str, Any]):
    """Parameters to match. Two are the same when they say the same: ANY is not 1 here, though it fits 1."""

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    def __ne__(self, other: object) -> bool:
        return not _same(self, other)

    __hash__ = None


def _same(one: object, other: object) -> bool:
    if is_any(one) or is_any(other):
        return is_any(one) and is_any(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(_same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return False
    return one == other

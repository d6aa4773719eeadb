"""Stubs: canned responses of the local WeChat in a test, checked against the contracts of the APIs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .. import contracts
from .._wire import case
from .._wire.suggest import did_you_mean, question
from ..errors import CloudSDKError
from ..local import (
    FAULTS,
    ApiResponse,
    CannedResponse,
    CannedResponses,
    Fault,
    error_response,
    file_response,
    reply_response,
    text_response,
)
from .errors import StubError
from .violations import Violation, Violations

__tracebackhide__ = True  # a failing test shows the test and the function, not these lines

Reply = Mapping[str, Any]
ReplyFunction = Callable[[dict[str, Any]], Reply]
_NOT_OPENAPI = frozenset(("getOpenData", "getVoIPSign", "getCloudCallSign"))


class Stub:
    """The answers of one API to the calls that match; made by ``wechat.stub(api, when=…)``.

    The last answer repeats, unless `times` limits it. ``then``, or a further stub for the same calls, adds an answer;
    those before it are given once each. Replies are copied: later changes have no effect.
    """

    def __init__(
        self,
        responses: CannedResponses,
        violations: Violations,
        api: str,
        when: Mapping[str, Any] | None,
        *,
        check: bool,
    ) -> None:
        self.api = api
        self._responses = responses
        self._violations = violations
        self._check = check
        self._name = f"wechat.stub({api!r}{f', when={when!r}' if when is not None else ''})"
        if check:
            _check_api(api, self._name)
        if when is not None and not isinstance(when, Mapping):
            raise StubError(f"{self._name}: when must be a dict of parameters, got {type(when).__name__}")
        if check and when:
            _check_when(api, when, self._name)
        # A copy, with the keys that the parameters have after their way over the wire.
        self._is_database = api.startswith("database.")
        self._when = None if when is None else _When(when if self._is_database else case.to_camel(case.to_snake(when)))
        self._steps: list[_Step] = []
        self._begin()

    def reply(self, value: Reply | ReplyFunction | None = None, /, **keys: Any) -> Stub:
        """Answer with a result, as a call returns it: in camelCase, with or without ``errCode`` and ``errMsg``.

        Args:
            value: the result; or a function of the parameters (camelCase) that returns one, or raises a
                ``CloudSDKError`` that WeChat answers with.
            **keys: the result as keywords.

        Raises:
            StubError: WeChat would never send it, or it has no JSON form; the message names the key.
        """
        if callable(value):
            return self._answer("reply", self._computed(value))
        return self._answer("reply", self._reply(keys if value is None else value))

    def error(self, code: int | str, message: str | None = None) -> Stub:
        """Answer with an error.

        Args:
            code: WeChat's errcode (-1, 40003, …); one of the platform, -604100 to -604104; or a string, one of the
                gateway (``EXCEED_REQUEST_LIMIT``, …).
            message: by default the usual one of the code, or what the API's contract says of it.
        """
        if type(code) not in (int, str) or not code:
            raise StubError(f"{self._name}.error(): the code must be an integer other than 0 or a string, got {code!r}")
        return self._answer("error", error_response(code, message, api=self.api))

    def buffer(self, value: bytes, content_type: str = "image/jpeg") -> Stub:
        """Answer with a file; the call returns ``{"contentType", "buffer"}``."""
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise StubError(f"{self._name}.buffer(): the file must be bytes, got {type(value).__name__}")
        if self._check:
            _check_format(self.api, "buffer", f"{self._name}.buffer()")
        return self._answer("buffer", file_response(bytes(value), content_type))

    def text(self, value: str) -> Stub:
        """Answer with plain text; the call returns ``{"result": …}``."""
        if self._check:
            _check_format(self.api, "text", f"{self._name}.text()")
        return self._answer("text", text_response(value))

    def fault(self, fault: Fault) -> Stub:
        """Break the connection: ``refused``, ``reset``, ``timeout``, ``garbage``, ``truncated`` or ``http500``.

        A ``timeout`` takes time on the kit's clock only.
        """
        if fault not in FAULTS:
            raise StubError(f"{self._name}.fault({fault!r}): unknown fault; {did_you_mean(str(fault), FAULTS)}")
        return self._answer("fault", ApiResponse(fault=fault))

    def delay(self, seconds: float) -> Stub:
        """Delay the answer on the kit's clock, within the function's time limit; the test does not wait.

        Without an answer, it delays what would be answered without this stub.
        """
        if type(seconds) not in (int, float) or not 0 <= seconds < float("inf"):
            raise StubError(f"{self._name}.delay({seconds!r}): the delay must be 0 seconds or more")
        self._step.canned.delay = float(seconds)
        self._add()
        return self

    def times(self, count: int) -> Stub:
        """Give the answer exactly `count` times."""
        if type(count) is not int or count < 1:
            raise StubError(f"{self._name}.times({count!r}): the count must be an integer from 1")
        self._step.canned.times = count
        return self

    @property
    def then(self) -> Stub:
        """Add another answer after this one: ``stub.error(-1).then.reply({…})``.

        Raises:
            StubError: there is no answer yet.
        """
        if not self._step.added:
            raise StubError(f"{self._name}.then: add the first answer before it")
        self._begin()
        return self

    @property
    def used(self) -> int:
        """The number of calls it has answered."""
        return sum(step.canned.used for step in self._steps)

    def unmet(self) -> Iterator[Violation]:
        """Yield the violations of this stub at the end of the test."""
        for number, step in enumerate(self._steps, 1):
            canned = step.canned
            name = f"{self._name}{step.method}" + (f" (answer {number})" if len(self._steps) > 1 else "")
            if not step.added:
                yield Violation("broken", f"{self._name} has no answer: add .reply({{…}}), .error(code), …")
            elif canned.used < (canned.times or 1):
                expected = f"{canned.times} times" if canned.times else "at least once"
                actual = f"used {canned.used} times" if canned.used else "never used"
                yield Violation(
                    "unused",
                    f"{name} was {actual}, expected {expected}: remove it, or find out why the call is not made;"
                    ' if it may stay unused: wechat.allow_unused("why")',
                )

    def _begin(self) -> None:
        self._step = _Step(CannedResponse(None, self._when))
        self._steps.append(self._step)

    def _answer(self, method: str, answer: ApiResponse | Callable[[dict[str, Any]], ApiResponse]) -> Stub:
        if self._step.method:
            raise StubError(f"{self._name}{self._step.method} has an answer already: write .then before .{method}(…)")
        self._step.method = f".{method}(…)"
        self._step.canned.answer = answer
        self._add()
        return self

    def _add(self) -> None:
        if not self._step.added:
            self._step.added = True
            self._responses.add(self.api, self._step.canned)

    def _reply(self, value: Any) -> ApiResponse:
        where = f"{self._name}.reply(…)"
        if not isinstance(value, Mapping):
            raise StubError(f"{where}: a result must be a dict, got {type(value).__name__}")
        if self._is_database:
            return self._documents(value, where)
        if self._check:
            _check_reply(self.api, value, where)
        try:
            return reply_response(value)  # its bytes: a copy
        except ValueError as error:
            raise StubError(f"{where}: {error}") from None

    def _documents(self, value: Mapping[str, Any], where: str) -> ApiResponse:
        from .._database import ejson  # here: few stubs are of the database

        try:
            documents = {key: ejson.encode(value[key], key) for key in ("data", "list") if key in value}
        except CloudSDKError as error:
            raise StubError(f"{where}: {error}") from None
        return ApiResponse(value={**copy.deepcopy(dict(value)), **documents})

    def _computed(self, function: ReplyFunction) -> Callable[[dict[str, Any]], ApiResponse]:
        def answer(params: dict[str, Any]) -> ApiResponse:
            try:
                return self._reply(function(copy.deepcopy(params)))
            except CloudSDKError as error:
                return error_response(error.errCode, error.errMsg)
            except Exception as error:
                name = getattr(function, "__name__", function)
                text = f"{self._name}.reply({name!s}) failed: {type(error).__name__}: {error}"
                self._violations.add(Violation("broken", text, error), raises=True)
                return error_response("SYS_ERR", text)

        return answer

    def __repr__(self) -> str:
        return f"<Stub of {self.api}, used {self.used} times>"


class _Step:
    """One answer of a stub."""

    def __init__(self, canned: CannedResponse) -> None:
        self.canned = canned
        self.method = ""  # the one that set the answer: ".reply(…)"
        self.added = False


class _Any:
    """Equal to everything, at any depth of ``when``; copies are the same object."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = object.__hash__

    def __copy__(self) -> _Any:
        return self

    def __deepcopy__(self, memo: object) -> _Any:
        return self

    def __reduce__(self) -> str:
        return "ANY"

    def __repr__(self) -> str:
        return "ANY"


ANY: Any = _Any()


def is_any(value: object) -> bool:
    """Whether `value` is our ANY, or that of ``unittest.mock``."""
    return value is ANY or (type(value).__name__ == "_ANY" and type(value).__module__ == "unittest.mock")


class _When(dict[str, Any]):
    """Parameters to match. Two are equal when they have the same text: ANY is not 1 here, though it matches 1."""

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


def _check_api(api: str, where: str) -> None:
    if contracts.get(api) is not None or api in _NOT_OPENAPI or api.startswith("cloudPay."):
        return
    if api.startswith("database."):
        from ..local.database.actions import ACTIONS  # here: few stubs are of the database

        if api not in ACTIONS:
            raise StubError(f"{where}: the database has no action {api!r}; {did_you_mean(api, ACTIONS)}")
        return
    bare = api.removeprefix("cloud.").removeprefix("openapi.")
    if bare != api and contracts.get(bare) is not None:
        raise StubError(f"{where}: write the name without its prefix, {bare!r}")
    reason = contracts.refusal(api)
    if reason:
        raise StubError(f"{where}: {reason}")
    hint = question(contracts.nearest(api)[:1], "search with `cloudpy api list WORD`.")
    raise StubError(f"{where}: unknown API {api!r}; {hint} If it is newer than this cloudpy, pass check=False")


def _check_when(api: str, when: Mapping[str, Any], where: str) -> None:
    """Reject parameters that no call of the API has. A subset of them is enough, and ANY matches everywhere."""
    anys = [*_paths_of_any(when)]
    problems = [
        str(problem)
        for problem in contracts.check_params(api, when)
        if not (_is_about_absence(problem.message) or any(_is_inside(problem.path, path) for path in anys))
    ]
    if problems:
        raise StubError(f"{where}: no call can match when={when!r}:{_bullets(problems)}")


def _check_reply(api: str, reply: Mapping[str, Any], where: str) -> None:
    problems = [str(problem) for problem in contracts.check_reply(api, reply)]
    if problems:
        raise StubError(
            f"{where}: WeChat would never send this reply:{_bullets(problems)}\nfix it, or pass check=False"
        )


def _check_format(api: str, method: str, where: str) -> None:
    """Reject a file, or plain text, from an API that is known to answer in another format."""
    contract = contracts.get(api)
    if contract is None or not contract.certain:
        return
    answers = {"no": "JSON: use .reply({…})", "yes": "a file: use .buffer(bytes, content_type)"}.get(contract.binary)
    if answers and (method, contract.binary) != ("buffer", "yes"):
        raise StubError(f"{where}: {api} answers {answers}, or pass check=False")


def _bullets(lines: list[str]) -> str:
    return "".join(f"\n  - {line}" for line in lines)


def _is_about_absence(message: str) -> bool:
    # A stub may omit what a call must have; a misspelt name has what was given instead in its message.
    return ("is missing" in message and "; got '" not in message) or "one of these has to be given" in message


def _paths_of_any(value: Any, path: str = "") -> Iterator[str]:
    if is_any(value):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _paths_of_any(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _paths_of_any(item, f"{path}[{index}]")


def _is_inside(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))

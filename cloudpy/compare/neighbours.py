"""The functions beside a compared one, which it calls by name: of Node or Python, in processes that stay warm."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._client import permissions as _permissions
from ..errors import ConfigError
from ..local import Backend, Caller
from ..local.env_vars import called_environment
from ..local.function_calls import CallResult, not_found
from ..runtime import client_event, make_context
from ..runtime.encode import encode
from .folder import Function, UnusableError, function_in
from .outcome import Outcome
from .side import Side

_FAILED = "FUNCTIONS_EXECUTE_FAIL"


class Neighbours:
    """See ``local.function_calls.FunctionCaller``; those of one of the two functions, for one event after the other.

    Args:
        function: which they are beside.
        other: the one that it is compared with; what is not beside the first is looked for there.
        make: gives a process for a function.
        timeout: seconds that one may take.

    Attributes:
        ran: what was called in this event, in order: name, function (which called it), data, and what came of it.
        problem: one that could not be loaded at all, or None.
    """

    def __init__(
        self, function: Function, other: Function, make: Callable[[Function], Side], *, timeout: float
    ) -> None:
        self.ran: list[dict[str, Any]] = []
        self.problem: UnusableError | None = None
        self._language = function.language
        self._roots = list(dict.fromkeys(os.path.dirname(one.folder) for one in (function, other)))
        self._make = make
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: dict[str, list[Side]] = {}
        self._busy: set[Side] = set()
        self._job: Mapping[str, Any] = {}
        self._backend = Backend()
        self._url = ""

    def begin(self, backend: Backend, url: str, job: Mapping[str, Any]) -> None:
        """A new event: what is still busy with the one before is ended.

        Args:
            url: address of the gateway.
            job: clock, standing and seed of the event.
        """
        with self._lock:
            busy, self._busy = self._busy, set()
            self._backend, self._url = backend, url
            self._job = {name: job[name] for name in ("clock", "standing", "seed")}
            self.ran, self.problem = [], None
        for side in busy:
            side.end()

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Runs one to its end, and notes what came of it."""
        data = json.loads(event)
        noted: dict[str, Any] = {"name": name, "data": data, "function": caller.function}
        with self._lock:
            self.ran.append(noted)
        function = self._find(name)
        if function is None:
            return _noted(noted, not_found(f"There is no function {name[:60]!r}."))
        try:
            permissions = _permissions.beside(function.folder)
        except ConfigError as error:
            return _noted(noted, CallResult(code=_FAILED, message=error.errMsg))
        self._backend.allow(permissions.allowed if permissions else None, function=name)
        try:
            outcome = self._outcome(function, name, data, caller, min(self._timeout, timeout))
        except UnusableError as error:
            self.problem = UnusableError(f"{name}, which is called by name: {error}")
            return _noted(noted, CallResult(code=_FAILED, message="the function cannot be loaded"))
        return _noted(noted, _ran(outcome))

    def end(self) -> None:
        """Ends all processes."""
        with self._lock:
            sides = [*self._busy, *(side for idle in self._idle.values() for side in idle)]
            self._busy, self._idle = set(), {}
        for side in sides:
            side.end()

    def _find(self, name: str) -> Function | None:
        for root in self._roots:
            folder = os.path.join(root, name)
            # A name that leads out of the folder is none: nothing but what stands beside the caller is run.
            if os.path.basename(folder) != name or name in ("", ".", "..") or not os.path.isdir(folder):
                continue
            for language in (self._language, None):
                try:
                    return function_in(folder, language=language)
                except UnusableError:
                    continue
        return None

    def _outcome(self, function: Function, name: str, data: Any, caller: Caller, limit: float) -> Outcome:
        variables = called_environment(self._backend, self._url, caller, name)
        user = caller.user
        appid = user.appid if user else self._backend.users.appid
        job = {
            **self._job,
            "event": client_event(data, openid=user.openid if user else None, appid=appid),
            "context": make_context(variables, function=name, timeout=limit),
            "variables": variables,
        }
        with self._lock:
            idle = self._idle.setdefault(name, [])
            side = idle.pop() if idle else self._make(function)
            self._busy.add(side)
        if not side.running:
            side.start({**self._job, "variables": variables})
            side.loaded()
        side.send(job)
        outcome = side.outcome(limit, (self._url, "http://127.0.0.1:PORT"))
        with self._lock:
            if side in self._busy:  # or else its event is over
                self._busy.discard(side)
                self._idle.setdefault(name, []).append(side)
        return outcome

    def __repr__(self) -> str:
        return f"<Neighbours in {', '.join(self._roots)}>"


def results(made: Sequence[dict[str, Any]], ran: Sequence[dict[str, Any]]) -> None:
    """Adds to the calls of functions what came of them."""
    rest = list(ran)
    for call in made:
        for one in rest:
            if call["api"] == "callFunction" and call["params"] == {"name": one["name"], "data": one["data"]}:
                call["answer"] = one.get("answer", "was not there in time")
                rest.remove(one)
                break


def _noted(noted: dict[str, Any], ran: CallResult) -> CallResult:
    noted["answer"] = {"error": ran.code, "message": ran.message} if ran.code else {"result": json.loads(ran.result)}
    return ran


def _ran(outcome: Outcome) -> CallResult:
    """What the platform makes of the end of a function, in words that are the same for both languages."""
    if outcome.kind == "result":
        return CallResult(encode(outcome.value))
    words = outcome.words
    if outcome.kind in ("raised", "unhandled"):
        words = outcome.value["message"] if outcome.value["own"] else "an error of the language"
    return CallResult(code=_FAILED, message=f"user code exception caught: {words}")

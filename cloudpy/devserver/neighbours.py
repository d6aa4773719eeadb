"""The functions of the local cloud as another function calls them."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from ..local.function_calls import CallResult, not_found
from ..local.users import Caller
from .invocation import CloudCall, Invocation

if TYPE_CHECKING:
    from .cloud import LocalCloud

# how an invocation ended -> the gateway's code; anything else: it failed
_CODES = {"busy": "EXCEED_CONCURRENT_REQUEST_LIMIT", "stopped": "SYS_ERR"}


class Neighbours:
    """What runs a function that another one calls by name; see ``FunctionCaller``."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Runs the function `name`; one that its caller waits for no longer goes on to its own time limit."""
        started = time.perf_counter()
        ran, outcome = self._call(name, event, caller, timeout)
        ms = (time.perf_counter() - started) * 1000
        self._cloud.history.note(caller.invocation, CloudCall(f"callFunction {name}", outcome, ms))
        return ran

    def _call(self, name: str, event: str, caller: Caller, timeout: float) -> tuple[CallResult, str]:
        if name not in self._cloud.functions:
            known = ", ".join(self._cloud.functions)
            missing = not_found(f"There is no function {name!r} here; there are {known}")
            return missing, f"{missing.code} {missing.message}"
        try:
            data: Any = json.loads(event or "{}")
        except (ValueError, RecursionError) as error:
            return _failed("INVALID_PARAM", f"the event is no JSON: {error}")
        if not isinstance(data, dict):
            return _failed("INVALID_PARAM", "the event must be a JSON object")
        ended: SimpleQueue[Invocation] = SimpleQueue()
        called = Caller(caller.user, name, caller.source)

        def run() -> None:
            ended.put(self._cloud.run(name, data, called, how="function", parent=caller.invocation))

        # A thread of its own: its caller may give up before it ends.
        threading.Thread(target=run, name=f"called {name}", daemon=True).start()
        calls = self._cloud.functions.get(caller.function)
        try:
            with calls.instances.calling(caller.invocation) if calls else contextlib.nullcontext():
                one = ended.get(timeout=max(0.0, timeout))
        except Empty:
            return _failed("SERVER_TIMEOUT", f"{name} did not answer within {timeout:g} s")
        if not one.failed:
            return CallResult(one.text), "ok"
        problem = one.problem()
        shown = {"errorCode": -1, "errorMessage": problem["errMsg"], "requestId": one.id, "statusCode": 430}
        if "stack" in problem:
            shown["stackTrace"] = problem["stack"]
        code = _CODES.get(one.kind, "FUNCTIONS_EXECUTE_FAIL")
        return CallResult(json.dumps(shown), code, problem["errMsg"]), one.short()

    def __repr__(self) -> str:
        return f"<Neighbours in {self._cloud!r}>"


def _failed(code: str, message: str) -> tuple[CallResult, str]:
    return CallResult("", code, message), f"{code} {message}"

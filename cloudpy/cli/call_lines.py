"""The cloud calls of ``cloudpy run -v``, as ``cloudpy dev`` shows them, on standard error."""

from __future__ import annotations

import time

from ..local import ApiResponse, Backend, Caller, CallRecord
from ..local.function_calls import CallResult
from ..runner.function_caller import FolderFunctionCaller
from .console import echo


class CallLines:
    """Prints a line for each call as soon as it is answered.

    Args:
        backend: the local WeChat that is called.
        function: the function that was started; calls of others have their name in front.
        shown: whether to print anything.
    """

    def __init__(self, backend: Backend, function: str, shown: bool) -> None:
        self._backend = backend
        self._function = function
        self._shown = shown
        if shown:
            backend.observe = self._observe

    def print(self, caller: str, api: str, outcome: str, ms: float) -> None:
        """Print a call of the function `caller`."""
        if not self._shown:
            return
        who = "" if caller in ("", self._function) else f"{caller}: "
        echo(f"└ {who}{api}  {outcome}  {ms:.0f} ms", err=True, dim=True)

    def _observe(self, call: CallRecord, answer: ApiResponse) -> None:
        if answer.origin != "function":  # `ReportingFunctionCaller` prints it when the function has ended
            ms = max(0.0, (self._backend.clock() - call.at + answer.delay) * 1000)
            self.print(call.caller.function if call.caller else "", call.text, call.outcome, ms)


class ReportingFunctionCaller(FolderFunctionCaller):
    """Calls functions in folders, and prints each call when it has ended."""

    lines: CallLines

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Run the function `name`; see `FunctionCaller`."""
        started = time.perf_counter()
        result = super().call(name, event, caller, timeout)
        ms = (time.perf_counter() - started) * 1000
        outcome = f"{result.code} {result.message}" if result.code else "ok"
        self.lines.print(caller.function, f"callFunction {name}", outcome, ms)
        return result

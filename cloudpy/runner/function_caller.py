"""Functions that call each other by name, locally."""

from __future__ import annotations

import json
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from queue import Empty, SimpleQueue
from typing import Any

from .._client import permissions
from ..errors import ConfigError
from ..local.backend import Backend
from ..local.env_vars import called_environment
from ..local.function_calls import EXECUTE_FAIL, CallResult, unknown_function, user_error
from ..local.users import Caller
from ..runtime import client_event, make_context
from ..runtime.loader import DEFAULT
from .env_files import DotenvError, function_environment
from .outcome import Outcome, failure_text, load_failure
from .process import INSTANCE_VARIABLES, LOAD_LIMIT, FunctionProcess

_CODES = {"busy": "EXCEED_CONCURRENT_REQUEST_LIMIT", "stopped": "SYS_ERR"}  # kind of outcome -> the gateway's code
_LOADED = Outcome("loaded", "")


class FunctionCaller(ABC):
    """Calls functions by name; see the protocol of the same name in ``local.function_calls``."""

    @abstractmethod
    def names(self) -> Collection[str]:
        """Return the names of the functions."""

    @abstractmethod
    def run(self, name: str, event: dict[str, Any], caller: Caller) -> CallResult:
        """Run one of them until it ends or reaches its own time limit."""

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Run the function `name`. If the caller stops waiting, it goes on up to its own time limit.

        Args:
            name: name of the function.
            event: JSON of the event, an object.
            caller: the user and the function that call.
            timeout: seconds that the caller waits.
        """
        names = self.names()
        if name not in names:
            return unknown_function(name, names)
        try:
            data = json.loads(event or "{}")
        except (ValueError, RecursionError) as error:
            return CallResult(code="INVALID_PARAM", message=f"the event is not valid JSON: {error}")
        if not isinstance(data, dict):
            return CallResult(code="INVALID_PARAM", message="the event must be a JSON object")
        results: SimpleQueue[CallResult] = SimpleQueue()

        def run() -> None:
            results.put(self.run(name, data, caller))

        threading.Thread(target=run, name=f"function {name}", daemon=True).start()
        try:
            return results.get(timeout=max(0.0, timeout))
        except Empty:
            return server_timeout(name, timeout)


class FolderFunctionCaller(FunctionCaller):
    """Runs functions in the folders beside a function, in processes that stay warm.

    Args:
        roots: folders that hold the functions' folders; the first with a function of the name counts.
        timeout: time limit of each function in seconds.
        load_limit: seconds for loading one.
        warn: called with a sentence about a function's .env files.

    Attributes:
        backend: the local WeChat; set it before the first call.
        url: address of its gateway.
    """

    def __init__(
        self,
        roots: Iterable[str],
        *,
        timeout: float,
        load_limit: float = LOAD_LIMIT,
        warn: Callable[[str], object] = print,
    ) -> None:
        self.backend = Backend()
        self.url = ""
        self._roots = list(dict.fromkeys(roots))
        self._timeout = timeout
        self._load_limit = max(load_limit, timeout)
        self._warn = warn
        self._lock = threading.Lock()
        self._idle: dict[str, list[FunctionProcess]] = {}
        self._busy: set[FunctionProcess] = set()
        self._closed = False

    def names(self) -> list[str]:
        """Return the names of the folders that hold a function, sorted."""
        return sorted({name for root in self._roots for name in _folders(root) if self.is_function(f"{root}/{name}")})

    def is_function(self, folder: str) -> bool:
        """Whether `folder` holds a function that can be run."""
        return os.path.isfile(os.path.join(folder, "index.py"))

    def run(self, name: str, event: dict[str, Any], caller: Caller) -> CallResult:
        """Run a function until it ends or reaches its time limit."""
        folder = next(path for root in self._roots if self.is_function(path := os.path.realpath(f"{root}/{name}")))
        try:
            declared = permissions.beside(folder)
        except ConfigError as error:
            return CallResult(code=EXECUTE_FAIL, message=error.errMsg)
        self.backend.allow(declared.allowed if declared else None, function=name)
        try:
            process, is_new = self._acquire(name, folder)
        except (OSError, DotenvError) as error:
            return CallResult(code=EXECUTE_FAIL, message=str(error))
        variables = called_environment(self.backend, self.url, caller, name)
        outcome = self.load(process, variables) if is_new else _LOADED
        if outcome.kind == "loaded":
            outcome = self._invoke(process, name, event, caller, variables)
        self._release(process, name, keep=outcome.kind in ("result", "error", "raised", "refused"))
        return self.result(outcome)

    def result(self, outcome: Outcome) -> CallResult:
        """Return what the platform tells the caller."""
        return call_result(outcome, self._timeout)

    def spawn(self, folder: str) -> FunctionProcess:
        """Start a process for the function in `folder`."""
        return FunctionProcess(folder, DEFAULT, function_environment(folder, self._warn), warm=True)

    def load(self, process: FunctionProcess, variables: Mapping[str, str]) -> Outcome:
        """Load the function; return ``loaded`` or a `load_failure`."""
        process.load({name: variables[name] for name in INSTANCE_VARIABLES})
        outcome = process.loaded(self._load_limit)
        return outcome if outcome.kind == "loaded" else load_failure(outcome, self._load_limit)

    def request_extra(self) -> dict[str, Any]:
        """Return further keys for a worker's requests."""
        return {}

    def end_busy(self) -> None:
        """End the processes that are still running an invocation."""
        with self._lock:
            busy, self._busy = self._busy, set()
        for process in busy:
            process.end()

    def end_idle(self) -> None:
        """End the processes that wait for the next invocation."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for processes in idle.values():
            for process in processes:
                process.end()

    def close(self) -> None:
        """End all processes and start no more."""
        self._closed = True
        self.end_busy()
        self.end_idle()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {', '.join(self._roots)}>"

    def _invoke(
        self,
        process: FunctionProcess,
        name: str,
        event: dict[str, Any],
        caller: Caller,
        variables: Mapping[str, str],
    ) -> Outcome:
        user = caller.user
        appid = user.appid if user else self.backend.users.appid
        process.send(
            client_event(event, openid=user.openid if user else None, appid=appid),
            make_context(variables, function=name, timeout=self._timeout),
            variables,
            **self.request_extra(),
        )
        return process.answer(self._timeout)

    def _acquire(self, name: str, folder: str) -> tuple[FunctionProcess, bool]:
        with self._lock:
            if self._closed:
                raise OSError("the local WeChat was stopped")
            idle = self._idle.get(name)
            is_new = not idle
            process = idle.pop() if idle else self.spawn(folder)
            self._busy.add(process)
            return process, is_new

    def _release(self, process: FunctionProcess, name: str, *, keep: bool) -> None:
        with self._lock:
            keep = keep and process in self._busy and not self._closed
            self._busy.discard(process)
            if keep:
                self._idle.setdefault(name, []).append(process)
        if not keep:
            process.end()


def call_result(outcome: Outcome, limit: float) -> CallResult:
    """Return what the platform tells a caller of the function.

    Args:
        outcome: what `FunctionProcess.invoke`, `ProcessPool.invoke` or `load_failure` returned.
        limit: time limit in seconds.
    """
    if outcome.kind == "result":
        return CallResult(outcome.payload)
    if outcome.kind in _CODES:
        return CallResult(code=_CODES[outcome.kind], message=outcome.payload)
    if outcome.kind == "late":
        return CallResult(code=EXECUTE_FAIL, message=f"Invoking task timed out after {limit:g} seconds")
    text = outcome.payload if outcome.kind == "error" else failure_text(outcome, limit)
    return user_error(text.strip().rpartition("\n")[2])


def server_timeout(name: str, timeout: float) -> CallResult:
    """Return the result for a caller that has waited `timeout` seconds."""
    return CallResult(code="SERVER_TIMEOUT", message=f"{name} did not answer within {timeout:g} s")


def _folders(root: str) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(root) if entry.is_dir()]
    except OSError:
        return []

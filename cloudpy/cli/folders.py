"""The functions beside the one that runs: folders in the same folder, each run in a process of its own when called."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from .._client import permissions as _permissions
from ..errors import ConfigError
from ..local.env_vars import called_environment
from ..local.function_calls import CallResult, not_found
from ..runtime import FunctionDir, LoadError, client_event, make_context
from ..runtime.loader import DEFAULT
from .dotenv import variables_of
from .process import FunctionProcess, Outcome, base_environment

if TYPE_CHECKING:
    from ..local import Backend, Caller

_INSTANCE_ENDS = "FUNCTIONS_EXECUTE_FAIL"


class Folders:
    """See ``local.function_calls.FunctionCaller``.

    Args:
        root: the folder that holds the functions' folders.
        url: gives the address of the gateway.
        instance: the variables that an instance has while it loads.
        timeout: the time limit of each, in seconds.
    """

    def __init__(
        self, backend: Backend, root: str, url: Callable[[], str], *, instance: tuple[str, ...], timeout: float
    ) -> None:
        self._backend = backend
        self._root = root
        self._url = url
        self._instance = instance
        self._timeout = timeout
        self._lock = threading.Lock()
        self._running: set[FunctionProcess] = set()
        self._closed = False

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Runs one function to its end."""
        try:
            place = FunctionDir(os.path.join(self._root, name)).folder
        except LoadError:
            place = ""
        # A name that leads out of the folder is none: nothing but what stands beside the caller is run.
        if not place or os.path.dirname(place) != os.path.realpath(self._root) or os.path.basename(place) != name:
            known = ", ".join(self.names()) or "none"
            return not_found(f"There is no function {name[:60]!r} in {self._root}; there is {known}")
        try:
            permissions = _permissions.beside(place)
        except ConfigError as error:
            return CallResult(code=_INSTANCE_ENDS, message=error.errMsg)
        self._backend.allow(permissions.allowed if permissions else None, function=name)
        limit = min(self._timeout, timeout)
        outcome = self._run(place, name, event, caller, limit)
        return outcome if isinstance(outcome, CallResult) else _ran(outcome, limit)

    def names(self) -> list[str]:
        """The functions that there are."""
        try:
            entries = sorted(os.listdir(self._root))
        except OSError:
            return []
        return [entry for entry in entries if os.path.isfile(os.path.join(self._root, entry, "index.py"))]

    def close(self) -> None:
        """Ends what still runs."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for process in running:
            process.end()

    def _run(self, place: str, name: str, event: str, caller: Caller, limit: float) -> Outcome | CallResult:
        variables = called_environment(self._backend, self._url(), caller, name)
        given = json.loads(event)
        user = caller.user
        given = client_event(
            given, openid=user.openid if user else None, appid=user.appid if user else self._backend.users.appid
        )
        try:
            environment = {**base_environment(), **variables_of(place)}
        except click.ClickException as error:
            return CallResult(code=_INSTANCE_ENDS, message=error.format_message())
        with FunctionProcess(place, DEFAULT, environment) as process:
            with self._lock:
                if self._closed:
                    return CallResult(code=_INSTANCE_ENDS, message="the local WeChat was stopped")
                self._running.add(process)
            try:
                process.load({key: variables[key] for key in self._instance})
                outcome = process.loaded(limit + 10.0)  # loading does not count, as on the platform
                if outcome.kind == "loaded":
                    context = make_context(variables, function=name, timeout=limit)
                    outcome = process.invoke(given, context, variables, limit)
                return outcome
            finally:
                with self._lock:
                    self._running.discard(process)

    def __repr__(self) -> str:
        return f"<Folders of {self._root}>"


def _ran(outcome: Outcome, limit: float) -> CallResult:
    """What the platform makes of the end of a function."""
    kind, payload = outcome
    if kind == "result":
        return CallResult(payload)
    if kind == "late":
        return CallResult(code=_INSTANCE_ENDS, message=f"Invoking task timed out after {limit:g} seconds")
    text = payload
    if kind == "raised" or kind == "refused":
        text = str(json.loads(payload)).strip().splitlines()[-1]
    return CallResult(code=_INSTANCE_ENDS, message=f"user code exception caught: {text}" if text else f"it {kind}")

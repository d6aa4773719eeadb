"""The functions that a function under test calls by name: folders that are run, or callables in their place."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import CloudSDKError
from ..local import Caller
from ..local.env_vars import called_environment
from ..local.function_calls import CallResult, not_found
from ..runtime import Runner, client_event, encode
from ..runtime.loader import DEFAULT
from .errors import StubError
from .functions import Function
from .invocation import Run
from .violations import Complaint

if TYPE_CHECKING:
    from .session import Core

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines

_FAILED = "FUNCTIONS_EXECUTE_FAIL"
_LIMIT = 3.0  # seconds, the platform's own limit for a function of which nothing else is said


class Siblings:
    """See ``local.function_calls.FunctionCaller``; asked by the backend of one test."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._known: dict[str, Function] = {}
        self._used: set[str] = set()

    def add(self, name: str, function: Function) -> None:
        """Makes a function known.

        Raises:
            StubError: it is none.
            LoadError: there is no such folder.
        """
        if not name:
            raise StubError("functions(): a function has a name")
        if isinstance(function, (str, os.PathLike)):
            self._core.functions.find(function, DEFAULT)
        elif not callable(function) and not isinstance(function, ModuleType):
            raise StubError(
                f"functions({name}=…): a folder's path, a module, or a callable that takes the event, got"
                f" {type(function).__name__}; for a fixed result: lambda event: {function!r}"
            )
        self._known[name] = function

    def unfinished(self) -> Iterator[Complaint]:
        """Those that were never called."""
        for name in self._known:
            if name not in self._used:
                yield Complaint(
                    "unused",
                    f"wechat.functions({name}=…) was never called: remove it, or look why callFunction was not made;"
                    ' if it may stay unused: wechat.allow_unused("why")',
                )

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Runs one function to its end."""
        function = self._known.get(name)
        if function is None:
            return self._unknown(name, event)
        self._used.add(name)
        return _apart(lambda: self._run(name, function, event, caller, timeout))

    def _run(self, name: str, function: Function, event: str, caller: Caller, timeout: float) -> CallResult:
        user = caller.user
        appid = user.appid if user else self._core.backend.users.appid
        content = client_event(json.loads(event), openid=user.openid if user else None, appid=appid)
        try:
            if callable(function) and not isinstance(function, (str, os.PathLike, ModuleType)):
                return CallResult(_told(function, content))
            return CallResult(self._loaded(function, content, caller, min(_LIMIT, timeout)))
        except CloudSDKError as error:
            return CallResult(code=_FAILED, message=f"user code exception caught: {error}")
        except AssertionError as error:  # of a callable that checks what it is given: the test's own failure
            text = f"the function {name!r} that the test gave failed: {error}"
            self._core.ledger.complain(Complaint("broken", text, error), raises=True, anywhere=True)
            return CallResult(code=_FAILED, message=text)
        except Exception as error:
            return CallResult(code=_FAILED, message=f"user code exception caught: {type(error).__name__}: {error}")

    def _loaded(self, function: Function, content: dict[str, Any], caller: Caller, limit: float) -> str:
        core = self._core
        instance, handler = core.functions.find(function, DEFAULT)
        core.backend.allow(instance.allowed, function=instance.name)
        variables = called_environment(core.backend, core.url, caller, instance.name)
        run = Run(core.functions, instance, handler, content, variables, core.environ, context={}, timeout=limit)
        runner = Runner()  # the caller's own has a loop that is busy
        try:
            with core.functions.called():
                return json.dumps(run.here(runner))
        finally:
            runner.close()

    def _unknown(self, name: str, event: str) -> CallResult:
        known = ", ".join(sorted(self._known))
        if self._core.unknown == "sample":
            return CallResult("null")
        if self._core.unknown == "fail":
            text = (
                f"callFunction({{'name': {name!r}, 'data': {event[:200]}}}) was called, and nothing says what it is"
                f"{f'; known is {known}' if known else ''}.\nSay it: wechat.functions({{{name!r}: lambda event: …}}),"
                " or the path of its folder"
            )
            self._core.ledger.complain(Complaint("unknown", text), raises=True, anywhere=True)
        return not_found(f"There is no function {name[:60]!r} in this test.")


def _told(function: Callable[..., Any], event: Mapping[str, Any]) -> str:
    """The JSON text of what a callable of the test returns; it takes the event, and the context if it likes."""
    try:
        takes = len(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        takes = 1
    result = function(*(event, {})[: max(1, min(2, takes))])
    if inspect.isawaitable(result):
        result = asyncio.run(_awaited(result))
    return encode(result)


async def _awaited(value: Any) -> Any:
    return await value


def _apart(work: Callable[[], CallResult]) -> CallResult:
    """Does `work` here, or in a thread of its own where a loop runs here already: a function may need one itself."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    context = contextvars.copy_context()
    done: list[CallResult] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            done.append(context.run(work))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="called function")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return done[0]

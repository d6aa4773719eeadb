"""Invocations as on the platform: JSON in and out, a time limit, environment variables; by a test or a function."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ..errors import CloudSDKError
from ..local import Backend, Caller
from ..local.env_vars import called_environment
from ..local.function_calls import EXECUTE_FAIL, CallResult, unknown_function, user_error
from ..runtime import Handler, Runner, ainvoke, client_event, encode, make_context
from ..runtime.loader import DEFAULT
from .errors import StubError, TimeLimitError
from .functions import Function, Functions, LoadedFunction
from .violations import Violation, Violations

__tracebackhide__ = True  # a failing test shows the test and the function, not these lines

MAX_TIME = 900.0  # seconds: the longest time limit of a cloud function
CALLED_TIME = 3.0  # seconds: the platform's default time limit, for a function that another one calls


class EnvVars:
    """os.environ as the platform fills it, restored when the kit ends."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}
        self._idle: Mapping[str, str] = {}
        self._running: list[Mapping[str, str]] = []  # of the invocations, the innermost last
        self._now: dict[str, str | None] = {}

    def set_idle(self, variables: Mapping[str, str]) -> None:
        """Set the variables between invocations."""
        self._idle = variables
        self._apply()

    @contextmanager
    def during(self, variables: Mapping[str, str]) -> Iterator[None]:
        """Set the variables of one invocation; those of the calling function come back after it."""
        self._running.append(variables)
        self._apply()
        try:
            yield
        finally:
            self._running = [each for each in self._running if each is not variables]
            self._apply()

    def restore(self) -> None:
        """Restore the variables of before the kit."""
        self._idle, self._running = {}, []
        self._now = {}
        self._set(self._before)
        self._before, self._now = {}, {}

    def original(self) -> dict[str, str]:
        """Return the variables without the kit's."""
        variables = {**os.environ}
        for name, value in self._before.items():
            variables.pop(name, None)
            if value is not None:
                variables[name] = value
        return variables

    def _apply(self) -> None:
        if self._running:
            self._set({**self._before, **dict.fromkeys(self._idle), **self._running[-1]})
        else:
            self._set({**self._before, **self._idle})

    def _set(self, variables: Mapping[str, str | None]) -> None:
        for name, value in list(variables.items()):
            if name not in self._before:
                self._before[name] = os.environ.get(name)
            elif name in self._now and self._now[name] == value:
                continue  # most stay the same from one invocation to the next
            self._now[name] = value
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def __repr__(self) -> str:  # without the variables: tokens are among them
        return f"<EnvVars, {len(self._before)} variables>"


class Invocation:
    """One invocation, ready to run.

    Args:
        functions: those of the test.
        function: the one to invoke.
        handler: name of its handler, ``file.function``.
        event: in the types of JSON.
        variables: environment variables that the platform sets for it.
        env_vars: sets them.
        context: keys that replace those of the context.
        timeout: time limit in seconds; None for no limit.
    """

    def __init__(
        self,
        functions: Functions,
        function: LoadedFunction,
        handler: str,
        event: dict[str, Any],
        variables: Mapping[str, str],
        env_vars: EnvVars,
        *,
        context: Mapping[str, Any],
        timeout: float | None,
    ) -> None:
        self._functions = functions
        self._function = function
        self._handler = handler
        self._event = event
        self._variables = variables
        self._env_vars = env_vars
        self._context = context
        self._timeout = timeout

    def run(self, runner: Runner) -> Any:
        """Run it in this thread and return its result as the caller receives it."""
        with self._functions.active(self._function), self._env_vars.during(self._variables):
            handler = self._function.handler(self._handler)
            if handler.is_async and _in_event_loop():
                raise RuntimeError(
                    f"{handler.name} is async, and this test runs in an event loop: await wechat.ainvoke(…) instead of"
                    " wechat.invoke(…)"
                )
            start = time.monotonic()
            return self._received(runner.invoke(self._limited(handler), self._event, self._full_context()), start)

    async def arun(self) -> Any:
        """Run it in the current event loop and return its result as the caller receives it."""
        with self._functions.active(self._function), self._env_vars.during(self._variables):
            handler = self._function.handler(self._handler)
            start = time.monotonic()
            return self._received(await ainvoke(self._limited(handler), self._event, self._full_context()), start)

    def _full_context(self) -> dict[str, Any]:
        timeout = MAX_TIME if self._timeout is None else self._timeout
        return {**make_context(self._variables, function=self._function.name, timeout=timeout), **self._context}

    def _limited(self, handler: Handler) -> Handler:
        if self._timeout is None or not handler.is_async:
            return handler
        seconds = self._timeout

        async def limited(event: Any, context: Any) -> Any:
            task = asyncio.ensure_future(handler.call(event, context))
            try:
                await asyncio.wait({task}, timeout=seconds)
                if not task.done():
                    raise TimeLimitError(seconds, f"{self._function.name} was stopped")
                return task.result()
            finally:
                if not task.done():
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)

        return Handler(limited, handler.name, handler.folder)

    def _received(self, result: Any, start: float) -> Any:
        duration = time.monotonic() - start
        if self._timeout is not None and duration > self._timeout:
            raise TimeLimitError(self._timeout, f"{self._function.name} took {duration:.1f} s")
        return json.loads(encode(result))


class FunctionCaller:
    """Runs the functions that a function under test calls by name; see ``local.function_calls.FunctionCaller``.

    Args:
        backend: calls this object.
        functions: those of the test.
        env_vars: sets the variables of a called function.
        violations: collects calls of unknown functions.
        url: returns the gateway's address.
    """

    def __init__(
        self,
        backend: Backend,
        functions: Functions,
        env_vars: EnvVars,
        violations: Violations,
        url: Callable[[], str],
    ) -> None:
        self._backend = backend
        self._functions = functions
        self._env_vars = env_vars
        self._violations = violations
        self._url = url
        self._known: dict[str, Function] = {}
        self._used: set[str] = set()

    def add(self, name: str, function: Function) -> None:
        """Add a function.

        Raises:
            StubError: it is not a function.
            LoadError: there is no such folder.
        """
        if not name:
            raise StubError("functions(): the name of a function must not be empty")
        if isinstance(function, (str, os.PathLike)):
            self._functions.find(function, DEFAULT)
        elif not callable(function) and not isinstance(function, ModuleType):
            raise StubError(
                f"functions({name}=…): expected a folder's path, a module, or a callable that takes the event, got"
                f" {type(function).__name__}; for a fixed result: lambda event: {function!r}"
            )
        self._known[name] = function

    def unmet(self) -> Iterator[Violation]:
        """Yield a violation for each function that was never called."""
        for name in self._known:
            if name not in self._used:
                yield Violation(
                    "unused",
                    f"wechat.functions({name}=…) was never called: remove it, or find out why callFunction is not made;"
                    ' if it may stay unused: wechat.allow_unused("why")',
                )

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Run one function to its end."""
        function = self._known.get(name)
        if function is None:
            return self._call_unknown(name, event)
        self._used.add(name)
        return _outside_event_loop(lambda: self._run(name, function, event, caller, timeout))

    def _run(self, name: str, function: Function, event: str, caller: Caller, timeout: float) -> CallResult:
        user = caller.user
        appid = user.appid if user else self._backend.users.appid
        content = client_event(json.loads(event), openid=user.openid if user else None, appid=appid)
        try:
            if callable(function) and not isinstance(function, (str, os.PathLike, ModuleType)):
                return CallResult(_call(function, content))
            return CallResult(self._invoke(function, content, caller, min(CALLED_TIME, timeout)))
        except CloudSDKError as error:
            return user_error(str(error))
        except AssertionError as error:  # of a callable that checks its event: the test's own failure
            text = f"the function {name!r} of this test failed: {error}"
            self._violations.add(Violation("broken", text, error), raises=True, any_thread=True)
            return CallResult(code=EXECUTE_FAIL, message=text)
        except Exception as error:
            return user_error(f"{type(error).__name__}: {error}")

    def _invoke(self, function: Function, content: dict[str, Any], caller: Caller, timeout: float) -> str:
        loaded, handler = self._functions.find(function, DEFAULT)
        self._backend.allow(loaded.allowed, function=loaded.name)
        variables = called_environment(self._backend, self._url(), caller, loaded.name)
        invocation = Invocation(
            self._functions, loaded, handler, content, variables, self._env_vars, context={}, timeout=timeout
        )
        runner = Runner()  # the caller's own has a loop that is busy
        try:
            with self._functions.called_by_active():
                return json.dumps(invocation.run(runner))
        finally:
            runner.close()

    def _call_unknown(self, name: str, event: str) -> CallResult:
        if self._backend.unknown == "sample":
            return CallResult("null")
        known = ", ".join(sorted(self._known))
        text = (
            f"callFunction({{'name': {name!r}, 'data': {event[:200]}}}) was called, and this test has no such function"
            f"{f'; it has {known}' if known else ''}.\nAdd wechat.functions({{{name!r}: lambda event: …}}),"
            " or the path of its folder"
        )
        self._violations.add(Violation("unknown", text), raises=True, any_thread=True)
        return unknown_function(name, sorted(self._known))


def _call(function: Callable[..., Any], event: Mapping[str, Any]) -> str:
    """Call a callable of the test with the event, and the context if it takes two; return the JSON of its result."""
    try:
        count = len(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        count = 1
    result = function(*(event, {})[: max(1, min(2, count))])
    if inspect.isawaitable(result):
        result = asyncio.run(_wait_for(result))
    return encode(result)


async def _wait_for(value: Any) -> Any:
    return await value


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _outside_event_loop(work: Callable[[], CallResult]) -> CallResult:
    """Do `work` here, or in a new thread when a loop runs here: a function may need a loop itself."""
    if not _in_event_loop():
        return work()
    context = contextvars.copy_context()
    results: list[CallResult] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(context.run(work))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="called function")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]

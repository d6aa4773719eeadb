"""One invocation of a function by a test: as on the platform, JSON in and JSON out, with a time limit."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..runtime import Handler, Runner, ainvoke, encode, make_context
from .environ import Environ
from .errors import TimeLimitError
from .functions import Functions, Instance

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines

_NO_LIMIT = 900.0  # seconds: the longest a cloud function may run


class Run:
    """One invocation, ready to be carried out.

    Attributes:
        variables: what the platform would set for it.
        context: keys that replace those of the context that is made.
    """

    def __init__(
        self,
        functions: Functions,
        instance: Instance,
        handler: str,
        event: dict[str, Any],
        variables: Mapping[str, str],
        environ: Environ,
        *,
        context: Mapping[str, Any],
        timeout: float | None,
    ) -> None:
        self._functions = functions
        self._instance = instance
        self._handler = handler
        self._event = event
        self._variables = variables
        self._environ = environ
        self._context = context
        self._timeout = timeout

    def here(self, runner: Runner) -> Any:
        """Carries it out in this thread."""
        with self._inside():
            handler = self._instance.handler(self._handler)
            if handler.is_async and _in_a_loop():
                raise RuntimeError(
                    f"{handler.name} is async, and this test runs in an event loop: await wechat.ainvoke(…) instead of"
                    " wechat.invoke(…)"
                )
            begun = time.monotonic()
            return self._received(runner.invoke(self._limited(handler), self._event, self._made()), begun)

    async def awaited(self) -> Any:
        """Carries it out in the loop that runs."""
        with self._inside():
            handler = self._instance.handler(self._handler)
            begun = time.monotonic()
            return self._received(await ainvoke(self._limited(handler), self._event, self._made()), begun)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with self._functions.inside(self._instance):
            self._environ.during(self._variables)
            try:
                yield
            finally:
                self._environ.back(self._variables)

    def _made(self) -> dict[str, Any]:
        timeout = _NO_LIMIT if self._timeout is None else self._timeout
        return {**make_context(self._variables, function=self._instance.name, timeout=timeout), **self._context}

    def _limited(self, handler: Handler) -> Handler:
        if self._timeout is None or not handler.is_async:
            return handler
        seconds = self._timeout

        async def limited(event: Any, context: Any) -> Any:
            task = asyncio.ensure_future(handler.call(event, context))
            try:
                await asyncio.wait({task}, timeout=seconds)
                if not task.done():
                    raise self._late("was ended")
                return task.result()
            finally:
                if not task.done():
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)

        return Handler(limited, handler.name, handler.folder)

    def _received(self, result: Any, begun: float) -> Any:
        """The result as the caller gets it."""
        took = time.monotonic() - begun
        if self._timeout is not None and took > self._timeout:
            raise self._late(f"took {took:.1f} s")
        return json.loads(encode(result))

    def _late(self, what: str) -> TimeLimitError:
        return TimeLimitError(
            f"{self._instance.name} {what}: its time limit is {self._timeout:g} s, after which the platform ends it"
            "（函数执行超时）; invoke(…, timeout=SECONDS) sets another, None none"
        )


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True

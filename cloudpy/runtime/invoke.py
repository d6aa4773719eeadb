"""One run of a handler: its variables, its deadline, and the loop that an async one runs in."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context, copy_context

from .._client.context import Invocation, in_thread, invocation, parse
from .loader import Handler
from .threads import follow_threads

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from types import TracebackType
    from typing import Any

_running: dict[int, list[Invocation]] = {}  # by handler


class Runner:
    """Invokes handlers in this thread, one after the other; async ones in one loop that lives until ``close()``.

    What a handler leaves behind in context variables ends with its run. Tasks that it starts and does not await go on
    when the next async handler runs, as they do in a warm instance, and see the variables of their own invocation.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def invoke(self, handler: Handler, event: Any, context: Mapping[str, Any]) -> Any:
        """Return the handler's result, awaited if necessary; its exceptions propagate.

        Args:
            handler: what to call.
            event: passed as it is.
            context: as ``make_context`` builds it: ``environment`` or ``environ`` hold the variables of this run, and
                ``time_limit_in_ms`` from now is the deadline of the cloud calls in it.

        Raises:
            RuntimeError: the runner is closed, or a loop runs in this thread already (use ``ainvoke`` there).
            ValueError: the variables in `context` cannot be read.
        """
        if self._closed:
            raise RuntimeError("this Runner is closed: create another one")
        running = running_in(context)
        current = _invocation_of(running)
        beside = _running.setdefault(id(handler), [])
        try:
            if beside:  # two threads call the same handler
                for each in (current, *beside):
                    each.alone = False
            beside.append(current)
            if handler.is_async:
                return self._wait(running, lambda: handler.call(event, context))
            result = running.run(handler.call, event, context)
            return self._wait(running, lambda: result) if hasattr(result, "__await__") else result
        finally:
            current.ended = True
            beside.remove(current)

    def close(self) -> None:
        """Cancel the remaining tasks, close the asynchronous generators (and with them open sessions), and the loop."""
        self._closed = True
        loop, self._loop = self._loop, None
        if loop is None or loop.is_closed():
            return
        import asyncio

        try:
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            loop.run_until_complete(_gathered(left))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Runner{', closed' if self._closed else ''}>"

    def _wait(self, running: Context, start: Callable[[], Awaitable[Any]]) -> Any:
        import asyncio  # here: a sync handler does not need it

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            raise RuntimeError("a loop runs in this thread already: await ainvoke(handler, event, context) instead")
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        # created inside: a task copies the current context
        task = running.run(self._loop.create_task, finish(start))
        try:
            return self._loop.run_until_complete(task)
        except BaseException:
            if not task.done():  # Ctrl-C, or a SystemExit of another task
                task.cancel()
                self._loop.run_until_complete(_gathered({task}))
            raise


async def ainvoke(handler: Handler, event: Any, context: Mapping[str, Any]) -> Any:
    """Do what ``Runner.invoke`` does, in the running loop. A sync handler runs in this thread and blocks the loop.

    Cancelling it cancels the handler.
    """
    import asyncio

    running = running_in(context, alone=False)
    try:
        if handler.is_async:
            return await running.run(asyncio.create_task, finish(lambda: handler.call(event, context)))
        result = running.run(handler.call, event, context)
        if not hasattr(result, "__await__"):
            return result
        return await running.run(asyncio.create_task, finish(lambda: result))
    finally:
        _invocation_of(running).ended = True


def running_in(context: Mapping[str, Any] | None, *, alone: bool = True) -> Context:
    """Return a copy of the current context variables in which this invocation is the running one.

    Args:
        context: as the handler receives it.
        alone: whether the process runs no other at the same time.
    """
    context = {} if context is None else context  # in a unit test there may be none
    try:
        variables = parse(context)
    except (ValueError, AttributeError):  # no values in the message: tokens are among them
        raise ValueError('context["environment"] is invalid: expected a JSON object; see make_context()') from None
    limit = context.get("time_limit_in_ms")
    deadline = None
    if isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit > 0:
        deadline = time.monotonic() + limit / 1000
    running = copy_context()
    current = Invocation(variables, deadline, str(context.get("request_id") or ""), alone=alone)
    running.run(invocation.set, current)
    running.run(in_thread.set, False)
    follow_threads()
    return running


def _invocation_of(running: Context) -> Invocation:
    current = running[invocation]
    assert current is not None
    return current


async def finish(start: Callable[[], Awaitable[Any]]) -> Any:
    return await start()


async def _gathered(tasks: set[asyncio.Task[Any]]) -> None:
    import asyncio

    await asyncio.gather(*tasks, return_exceptions=True)

"""Many invocations of one handler at once, in one process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context

from .._context import Invocation, invocation
from .doors import Call
from .errors import ExitError, TimeLimitError
from .load import Handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

THREADS = 64  # of a process of 1024 files and threads that the platform allows


class Crew:
    """Runs a handler for many callers at once: an async one in the running loop, a sync one in threads.

    Each invocation has context variables of its own. One that passes its time limit is answered for and cancelled;
    one that cannot be cancelled, as a thread cannot, keeps its place until it ends.

    Args:
        threads: how many sync invocations run at once; others wait, and waiting counts for their time limit.
    """

    def __init__(self, handler: Handler, threads: int = THREADS) -> None:
        self.handler = handler
        self.overdue = 0  # past their time limit, and still at it
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._tasks: set[asyncio.Future[Any]] = set()

    @property
    def stuck(self) -> bool:
        """Whether every thread is held by an invocation that should have ended: no sync handler can start any more."""
        return self._pool is not None and self.overdue >= self._threads

    async def run(self, call: Call) -> Any:
        """What the handler returns; what it raises comes through.

        Raises:
            TimeLimitError: it took longer than ``call.timeout`` seconds.
            ExitError: it called sys.exit().
        """
        context = copy_context()
        started = time.monotonic()
        context.run(invocation.set, Invocation(call.variables, started + call.timeout, call.request_id))
        if self.handler.is_async:
            result = await self._in_time(self._task(context, lambda: self.handler.call(call.event, call.context)), call)
        else:
            result = await self._in_time(self._thread(context, call), call)
            if hasattr(result, "__await__"):
                awaitable = result
                left = max(0.0, started + call.timeout - time.monotonic())
                result = await self._in_time(self._task(context, lambda: awaitable), call, left)
        return result

    def close(self) -> bool:
        """Cancels what is left. Whether all threads have ended; if not, only ending the process ends them."""
        for task in list(self._tasks):
            task.cancel()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        return self._pool is None or not self.overdue

    async def _in_time(self, task: asyncio.Future[Any], call: Call, seconds: float | None = None) -> Any:
        if not task.done():
            # wait() and not wait_for(), which would go on waiting for a handler that does not let itself be cancelled
            await asyncio.wait({task}, timeout=call.timeout if seconds is None else seconds)
        if task.done():
            if task.cancelled():
                raise asyncio.CancelledError("the function cancelled its own task")
            return task.result()
        task.cancel()
        raise TimeLimitError(call.timeout)

    def _task(self, context: Context, start: Callable[[], Any]) -> asyncio.Future[Any]:
        task: asyncio.Task[Any] = context.run(asyncio.get_running_loop().create_task, _finish(start))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _thread(self, context: Context, call: Call) -> asyncio.Future[Any]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="cloudpy")
        loop = asyncio.get_running_loop()
        job: Future[Any] = self._pool.submit(context.run, _call, self.handler, call)
        answer: asyncio.Future[Any] = asyncio.wrap_future(job)

        def late(waiting: asyncio.Future[Any]) -> None:
            # Cancelled while the thread is in it: the place is free when the thread is.
            if waiting.cancelled() and not job.done() and job.running():
                self.overdue += 1
                job.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._ended))

        answer.add_done_callback(late)
        return answer

    def _ended(self) -> None:
        self.overdue -= 1

    def __repr__(self) -> str:
        return f"<Crew of {self.handler!r}>"


async def _finish(start: Callable[[], Any]) -> Any:
    try:
        return await start()
    except (SystemExit, KeyboardInterrupt) as error:  # these would end the loop, and with it everybody's invocation
        raise _exit(error) from None


def _call(handler: Handler, call: Call) -> Any:
    try:
        return handler.call(call.event, call.context)
    except (SystemExit, KeyboardInterrupt) as error:
        raise _exit(error) from None


def _exit(error: BaseException) -> ExitError:
    return ExitError(f"the function called sys.exit({error}): return a result, or raise an error")

"""Many invocations of one handler at once, in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from time import monotonic

from .._client.context import Invocation, invocation
from .adapters import InvocationRequest
from .deadlines import Deadlines
from .errors import ExitError, TimeLimitError
from .loader import Handler
from .threads import follow_threads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

THREADS = 64  # of a process of 1024 files and threads that the platform allows
CANCEL_GRACE = 0.5  # seconds that a handler has to clean up in, once it has been cancelled


class InvocationExecutor:
    """Runs a handler for many callers at once: an async one in the running loop, a sync one in threads.

    Each invocation has context variables of its own. One that passes its time limit is cancelled; a thread cannot be,
    and keeps its place until it ends.

    Args:
        threads: how many sync invocations run at once; others wait, and waiting counts for their time limit.
    """

    def __init__(self, handler: Handler, threads: int = THREADS) -> None:
        self.handler = handler
        self.overdue = 0  # threads whose invocation has been answered for, and goes on
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._deadlines = Deadlines()
        follow_threads()

    @property
    def stuck(self) -> bool:
        """Whether every thread is held by an invocation that should have ended: no sync handler can start any more."""
        return self.overdue >= self._threads

    async def run(self, call: InvocationRequest, overdue: Callable[[], object] | None = None) -> Any:
        """What the handler returns; what it raises comes through. Give each invocation a task of its own.

        It runs in that task, and not in another one: at a few thousand small invocations a second each turn of the
        loop that is spared counts.

        Args:
            overdue: called when the time limit has passed, and the handler does not let itself be cancelled.

        Raises:
            TimeLimitError: it took longer than ``call.timeout`` seconds.
            ExitError: it called sys.exit().
        """
        task = asyncio.current_task()
        late = False
        last: asyncio.TimerHandle | None = None

        def end() -> None:
            nonlocal late, last
            late = True
            if overdue is not None:
                last = asyncio.get_running_loop().call_later(CANCEL_GRACE, overdue)
            if task is not None:
                task.cancel()

        deadline = self._deadlines.add(call.timeout, end)
        current = Invocation(call.variables, monotonic() + call.timeout, call.request_id, alone=False)
        token = invocation.set(current)
        try:
            if self.handler.is_async:
                result = await self.handler.call(call.event, call.context)
            else:
                result = await self._in_thread(call)
        except (SystemExit, KeyboardInterrupt) as error:  # these would end the loop, and with it everybody's invocation
            raise ExitError(f"the function called sys.exit({error}): return a result, or raise an error") from None
        except BaseException:
            if not late:
                raise
        finally:
            deadline.cancel()
            if last is not None:
                last.cancel()
            invocation.reset(token)
        if late:
            if task is not None and hasattr(task, "uncancel"):  # Python 3.11: it is we who cancelled it
                task.uncancel()
            raise TimeLimitError(call.timeout)
        return result

    def close(self) -> bool:
        """Whether all threads have ended; if not, only the end of the process ends them."""
        self._deadlines.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        return not self.overdue

    async def _in_thread(self, call: InvocationRequest) -> Any:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="cloudpy")
        loop = asyncio.get_running_loop()
        job: Future[Any] = self._pool.submit(copy_context().run, self.handler.call, call.event, call.context)
        try:
            result = await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            if job.running():  # the place is free when the thread is
                self.overdue += 1
                job.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._ended))
            raise
        return await result if hasattr(result, "__await__") else result

    def _ended(self) -> None:
        self.overdue -= 1

    def __repr__(self) -> str:
        return f"<InvocationExecutor of {self.handler!r}>"

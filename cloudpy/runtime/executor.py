"""Many invocations of one handler at once, in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from time import monotonic

from .._client.context import Invocation, invocation
from .adapters import InvocationRequest
from .errors import ExitError, TimeLimitError
from .loader import Handler
from .thread_pool import ThreadPool
from .threads import follow_threads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # Called with the result, or with the error that there is in its place.
    Done = Callable[[Any, BaseException | None], None]

MAX_THREADS = 64  # of a process of 1024 files and threads that the platform allows
CANCEL_GRACE = 0.5  # seconds in which a handler can clean up once it has been cancelled


class InvocationExecutor:
    """Runs a handler for many callers at once: an async one in the running loop, a sync one in threads.

    Each invocation has its own context variables. One that passes its time limit is cancelled; a thread cannot be
    cancelled, and is occupied until it ends.

    Args:
        threads: how many sync invocations run at once; others wait, and the wait counts towards their time limit.

    Attributes:
        overdue: threads whose invocation has been answered for, and goes on.
    """

    def __init__(self, handler: Handler, threads: int = MAX_THREADS) -> None:
        self.handler = handler
        self.overdue = 0
        self._threads = threads
        self._pool: ThreadPool | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        follow_threads()

    @property
    def stuck(self) -> bool:
        """Whether every thread is occupied by an invocation that should have ended: no sync handler can start."""
        return self.overdue >= self._threads

    def start(self, request: InvocationRequest, done: Done, unresponsive: Callable[[], object]) -> None:
        """Begin an invocation in the running loop.

        Args:
            request: what to run.
            done: called once, in the loop, with the result or with what the handler raised: `TimeLimitError` if it
                took longer than ``request.timeout`` seconds, `ExitError` if it called sys.exit(), `CancelledError` if
                it was cancelled by somebody else.
            unresponsive: called if the time limit has passed and the handler does not let itself be cancelled.
        """
        if self.handler.is_async:
            self.start_task(self._run(request, done, unresponsive))
            return
        if self._pool is None:
            self._pool = ThreadPool(self._threads)
        self._pool.submit(_Job(self, request, done))

    def close(self) -> bool:
        """Close the executor; return whether all threads have ended. If not, only the end of the process ends them."""
        if self._pool is not None:
            self._pool.close()
        return not self.overdue

    def start_task(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine that awaits an invocation; it ends with `end_task`."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)  # the loop itself keeps only a weak reference

    def end_task(self) -> None:
        """Forget the task that runs."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.discard(task)

    async def _run(self, request: InvocationRequest, done: Done, unresponsive: Callable[[], object]) -> None:
        limit = _Limit(request.timeout, asyncio.current_task(), unresponsive)
        current = Invocation(request.variables, monotonic() + request.timeout, request.request_id, alone=False)
        invocation.set(current)  # in the context of this task alone
        result: Any = None
        error: BaseException | None = None
        try:
            result = await self.handler.call(request.event, request.context)
        except GeneratorExit:
            raise
        except BaseException as raised:
            error = raised
        finally:
            limit.cancel()
            self.end_task()
        done(result, _outcome(error, limit.passed, request.timeout))

    def __repr__(self) -> str:
        return f"<InvocationExecutor of {self.handler!r}>"


class _Limit:
    """The time limit of a task."""

    __slots__ = ("_task", "_timer", "_unresponsive", "passed")

    def __init__(
        self, seconds: float, task: asyncio.Task[Any] | None, unresponsive: Callable[[], object] | None = None
    ) -> None:
        self._task = task
        self._unresponsive = unresponsive
        self._timer = asyncio.get_running_loop().call_later(seconds, self._pass)
        self.passed = False

    def cancel(self) -> None:
        """Remove the limit."""
        self._timer.cancel()

    def _pass(self) -> None:
        self.passed = True
        if self._unresponsive is not None:
            self._timer = asyncio.get_running_loop().call_later(CANCEL_GRACE, self._unresponsive)
        if self._task is not None:
            self._task.cancel()


class _Job:
    """One invocation of a sync handler."""

    __slots__ = (
        "_context",
        "_counted",
        "_deadline",
        "_done",
        "_error",
        "_executor",
        "_request",
        "_result",
        "_started",
        "_timer",
        "late",
    )

    def __init__(self, executor: InvocationExecutor, request: InvocationRequest, done: Done) -> None:
        self._executor = executor
        self._request = request
        self._done = done
        self._context = copy_context()
        self._result: Any = None
        self._error: BaseException | None = None
        self._started = False
        self._counted = False
        self.late = False
        self._deadline = monotonic() + request.timeout
        self._timer = asyncio.get_running_loop().call_later(request.timeout, self._expire)

    def run(self) -> None:
        """Call the handler, unless the time limit has passed before a thread was free."""
        self._started = True
        if not self.late:
            self._context.run(self._call)

    def finish(self) -> None:
        """Hand over what the handler gave, or await it."""
        if self.late:
            if self._counted:
                self._executor.overdue -= 1
        elif self._error is None and hasattr(self._result, "__await__"):
            self._context.run(self._executor.start_task, self._await())
        else:
            self._timer.cancel()
            self._done(self._result, _outcome(self._error, False, self._request.timeout))

    def _call(self) -> None:
        request = self._request
        invocation.set(Invocation(request.variables, self._deadline, request.request_id, alone=False))
        try:
            self._result = self._executor.handler.call(request.event, request.context)
        except BaseException as error:
            self._error = error

    async def _await(self) -> None:
        task = asyncio.current_task()
        self._timer.cancel()
        limit = _Limit(max(0.0, self._deadline - monotonic()), task)
        result: Any = None
        error: BaseException | None = None
        try:
            result = await self._result
        except GeneratorExit:
            raise
        except BaseException as raised:
            error = raised
        finally:
            limit.cancel()
            self._executor.end_task()
        self._done(result, _outcome(error, limit.passed, self._request.timeout))

    def _expire(self) -> None:
        self.late = True
        if self._started:  # the thread is free when the handler ends
            self._counted = True
            self._executor.overdue += 1
        self._done(None, TimeLimitError(self._request.timeout))


def _outcome(error: BaseException | None, late: bool, timeout: float) -> BaseException | None:
    """Return the error of an invocation, as its caller needs it."""
    if late:
        return TimeLimitError(timeout)
    if isinstance(error, (SystemExit, KeyboardInterrupt)):  # these would end the loop, and with it every invocation
        return ExitError(_exit_argument(error))
    return error


def _exit_argument(error: BaseException) -> str:
    code = getattr(error, "code", None)
    return "" if code is None else repr(code)

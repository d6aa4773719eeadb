"""Carry the invocation into threads that a handler starts: a pool, ``run_in_executor``, ``threading.Thread``.

A new thread has no context variables, so that cloud calls in it would have no user. In a process that runs handlers,
a job of a ``ThreadPoolExecutor`` runs with the invocation that submitted it, and a thread with the invocation that
started it. Nothing changes for threads that are started outside of an invocation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from .._client.context import in_thread, invocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor
    from threading import Thread
    from typing import Any

_OURS = "_cloudpy_follows"


def follow_threads() -> None:
    """Let threads and pools carry the invocation from now on; calling it again does nothing."""
    import threading  # here: a cold start does not need it

    if not hasattr(threading.Thread.start, _OURS):
        _wrap(threading.Thread, "start", _start)
    _follow_pools()


def _follow_pools() -> None:
    pools = sys.modules.get("concurrent.futures.thread")  # not imported for this: it takes the library logging along
    if pools is not None and not hasattr(pools.ThreadPoolExecutor.submit, _OURS):
        _wrap(pools.ThreadPoolExecutor, "submit", _submit)


def _wrap(owner: type, name: str, wrapper: Callable[..., Any]) -> None:
    from functools import wraps

    original = getattr(owner, name)

    @wraps(original)
    def method(*arguments: Any, **keywords: Any) -> Any:
        return wrapper(original, *arguments, **keywords)

    setattr(method, _OURS, True)
    setattr(owner, name, method)


def _submit(
    original: Callable[..., Future[Any]],
    pool: ThreadPoolExecutor,
    work: Callable[..., Any],
    /,
    *arguments: Any,
    **keywords: Any,
) -> Future[Any]:
    running = invocation.get()
    if running is None:
        return original(pool, work, *arguments, **keywords)
    indirect = in_thread.get()

    def carried(*arguments: Any, **keywords: Any) -> Any:
        before, before_in_thread = invocation.set(running), in_thread.set(indirect)
        try:
            return work(*arguments, **keywords)
        finally:
            in_thread.reset(before_in_thread)
            invocation.reset(before)

    # The thread that the pool may start now works for others later on: it carries nothing by itself.
    token = invocation.set(None)
    try:
        return original(pool, carried, *arguments, **keywords)
    finally:
        invocation.reset(token)


def _start(original: Callable[[Thread], None], thread: Thread) -> None:
    running = invocation.get()
    if running is not None:
        _follow_pools()  # imported by the handler itself
        run = thread.run

        def carried() -> None:
            invocation.set(running)
            in_thread.set(True)
            try:
                run()
            finally:
                vars(thread).pop("run", None)  # it holds the thread

        thread.run = carried  # type: ignore[method-assign]
    try:
        original(thread)
    except BaseException:
        if running is not None:
            vars(thread).pop("run", None)
        raise

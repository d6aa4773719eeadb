"""Calls from one function to another: the protocol of what runs them, their result, and a thread for them."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .users import Caller

T = TypeVar("T")
EXECUTE_FAIL = "FUNCTIONS_EXECUTE_FAIL"  # the gateway's code for a function that ended without a result


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a function that another function called.

    Attributes:
        result: JSON text of the return value; after an exception, the platform's JSON text for the error.
        code: code of the gateway when there is no result (``FUNCTIONS_EXECUTE_FAIL``, ``SERVER_TIMEOUT``,
            ``FUNCTION_NOT_FOUND``, …), else empty.
        message: message that goes with the code.
    """

    result: str = ""
    code: str = ""
    message: str = ""


def not_found(hint: str = "") -> CallResult:
    """Return the platform's error for a function that does not exist, followed by `hint`, a sentence of cloudpy's."""
    return CallResult(code="FUNCTION_NOT_FOUND", message=f"FunctionName parameter could not be found. {hint}".rstrip())


def unknown_function(name: str, names: Iterable[str]) -> CallResult:
    """Return what the platform answers for a function that does not exist, and list those that do."""
    known = ", ".join(names)
    hint = f"there are: {known}" if known else "there are no functions"
    return not_found(f"There is no function {name[:60]!r}; {hint}")


def user_error(text: str) -> CallResult:
    """Return what the platform tells a caller of a function whose code raised."""
    return CallResult(code=EXECUTE_FAIL, message=f"user code exception caught: {text}")


class FunctionCaller(Protocol):
    """Runs the functions of one environment by name. Thread-safe, and reentrant from the functions it runs."""

    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        """Run one function to its end. Blocks, so servers call it in a thread.

        Args:
            name: name of the function.
            event: JSON text of the event.
            caller: user at the root of the chain, name of the calling function, and the SOURCE that the called
                function sees (``wx_client,scf``).
            timeout: seconds that the caller waits at most.
        """
        ...


async def run_in_thread(work: Callable[[], T]) -> T:
    """Return what `work` returns, run in a new thread.

    Functions call each other, so a pool would be full once they are nested deep enough. The thread is a daemon: the
    program does not wait for it at its end.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def finish(result: T | None, error: BaseException | None) -> None:
        if future.done():  # cancelled
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = context.run(work)
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(finish, result, error)

    threading.Thread(target=run, name="called function", daemon=True).start()
    return await future

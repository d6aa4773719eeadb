"""The access token of calls over HTTPS, cached, and refreshed once when WeChat reports that it has expired.

However many tasks and threads find it expired at once, the program's callable is asked by one of them.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from weakref import WeakSet

from ..errors import INVALID_PARAM, CloudSDKError, ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_EARLY = 60.0  # seconds before its end that a token is no longer used
_GIVES = 'a string or {"access_token": …, "expires_in": seconds}'


class TokenSource:
    """Where the token comes from.

    Args:
        given: the token itself, or a callable that gets one, plain or (for the async face) async.

    Raises:
        ConfigError: it is neither.
    """

    def __init__(self, given: str | Callable[[], Any]) -> None:
        if not callable(given) and not (isinstance(given, str) and given):  # type: ignore[redundant-expr]
            raise ConfigError(
                INVALID_PARAM,
                f"init:fail access_token must be a string, a StableToken of cloudpy.tokens, or a callable that gives"
                f" {_GIVES}, got a {type(given).__name__}",
            )
        self._callable = given if callable(given) else None
        self._token = "" if callable(given) else given
        self._ends = float("inf")
        self._forget_flight()
        _sources.add(self)

    def _forget_flight(self) -> None:
        self._lock = threading.Lock()
        self._flight: Future[str] | None = None

    def __repr__(self) -> str:  # no token
        return f"TokenSource({'callable' if self._callable else 'text'})"

    @property
    def current(self) -> str:
        """The token of this moment, which may have expired, or an empty string."""
        return self._token

    @property
    def refreshable(self) -> bool:
        """Whether there is a way to another token."""
        return self._callable is not None

    def get(self, stale: str = "", ends: float | None = None) -> str | None:
        """Return the token, but not `stale`, the one that WeChat rejected, if it can be refreshed.

        Return None if another thread's refresh is not done at `ends`, a time of time.monotonic().
        """
        while not self.is_good(stale):
            flight, leading = self._claim()
            if leading:
                with _Landing(self, flight):
                    answer = self._ask(stale, ends)
                    if hasattr(answer, "__await__"):
                        answer.close()
                        raise _unusable("an async callable, which the sync face cannot await; give a plain one")
                    return self._keep(answer)
            if not wait([flight], None if ends is None else max(0.0, ends - time.monotonic())).done:
                return None
            if not flight.cancelled():
                return flight.result()
        return self._token

    async def get_async(self, stale: str = "", ends: float | None = None) -> str:
        """Return the token like `get`, but await the callable; a plain one runs in a thread."""
        import asyncio

        while not self.is_good(stale):
            flight, leading = self._claim()
            if leading:
                with _Landing(self, flight):
                    answer = await asyncio.to_thread(self._ask, stale, ends)
                    return self._keep(await answer if hasattr(answer, "__await__") else answer)
            await _landed(flight)
            if not flight.cancelled():
                return flight.result()
        return self._token

    def _ask(self, stale: str, ends: float | None) -> Any:  # noqa: ARG002  the caller passes it
        assert self._callable is not None
        try:
            return self._callable()
        except StopIteration as error:  # no future takes it: those who await the token would wait for ever
            raise RuntimeError("the callable access_token raised StopIteration") from error

    def _claim(self) -> tuple[Future[str], bool]:
        """Return the token request in progress, and whether the caller is to make it."""
        with self._lock:
            if self._flight is not None:
                return self._flight, False
            self._flight = Future()
            return self._flight, True

    def _land(self) -> None:
        with self._lock:
            self._flight = None

    def is_ready(self, stale: str = "") -> bool:
        """Whether a token other than `stale` is cached, so that a call need not wait for one."""
        return self.is_good(stale)

    def is_good(self, stale: str = "") -> bool:
        """Whether there is a token that may be used, other than `stale`."""
        if self._callable is None:
            return True
        return bool(self._token) and self._token != stale and time.monotonic() < self._ends

    def _keep(self, answer: Any) -> str:
        ends = float("inf")
        if isinstance(answer, Mapping):
            seconds = answer.get("expires_in")
            if isinstance(seconds, (int, float)):
                ends = time.monotonic() + max(seconds - _EARLY, seconds / 2)
            code = _code(answer)
            if code and not answer.get("access_token"):
                raise _refused(code, answer)
            answer = answer.get("access_token")
        if not isinstance(answer, str) or not answer:
            raise _unusable(f"a callable that gave a {type(answer).__name__}; it must give {_GIVES}")
        self._token, self._ends = answer, ends
        return answer


def token_source(given: Any, service_url: str, proxy: str, ca: str) -> TokenSource:
    """Return the source for what ``init(access_token=…)`` was given: a token of ``cloudpy.tokens`` has its own.

    Raises:
        ConfigError: it is neither a token nor a callable.
    """
    make = None if isinstance(given, type) else getattr(given, "_token_source", None)
    source: TokenSource = TokenSource(given) if make is None else make(service_url, proxy, ca)
    return source


_sources: WeakSet[TokenSource] = WeakSet()


def _after_fork() -> None:
    """In a child: a request that another thread of the parent had under way never ends here."""
    for source in list(_sources):
        source._forget_flight()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


async def _landed(flight: Future[str]) -> None:
    """Wait until it has ended, however; who gives up waiting does not take it from the others."""
    import asyncio

    loop = asyncio.get_running_loop()
    ended = loop.create_future()  # of its own: nobody would ask a copy of the flight for its error

    def tell() -> None:
        if not ended.done():
            ended.set_result(None)

    def end(_: Future[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(tell)

    flight.add_done_callback(end)
    await ended


class _Landing:
    """Ends a flight, however it ended, and tells those who wait for it."""

    def __init__(self, source: TokenSource, flight: Future[str]) -> None:
        self._source = source
        self._flight = flight

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        self._source._land()
        if error is None:
            self._flight.set_result(self._source._token)
        elif isinstance(error, Exception):
            self._flight.set_exception(error)
        else:  # cancelled or interrupted: no fault of the token's, one of the others takes over
            give_up(self._flight)


def give_up(flight: Future[str]) -> None:
    """Cancel a request for a token, and wake those who wait for it: cancel() alone wakes no thread."""
    if flight.cancel():
        flight.set_running_or_notify_cancel()


def _code(answer: Mapping[str, Any]) -> Any:
    """WeChat's error code in an answer, as cloudpy's own results and some proxies write it, too."""
    code = answer.get("errcode") or answer.get("errCode")
    try:
        return int(code) if isinstance(code, str) else code
    except ValueError:
        return code


def _refused(code: Any, answer: Mapping[str, Any]) -> CloudSDKError:
    """Return WeChat's answer to a token request as an error, for example that the address is not on the white list."""
    from .redact import text  # here: it is needed when something went wrong

    words = answer.get("errmsg") or answer.get("errMsg") or ""
    message = text(f"access_token:fail {code} {words}".rstrip())
    return CloudSDKError(code if isinstance(code, int) else INVALID_PARAM, message)


def _unusable(what: str) -> ConfigError:
    return ConfigError(INVALID_PARAM, f"access_token is {what}")

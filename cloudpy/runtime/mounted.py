"""A function mounted in an ASGI or WSGI server, see ``cloudpy.asgi`` and ``cloudpy.wsgi``."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from time import monotonic
from typing import Any, Union

from .adapters import InvocationRequest, Request, Response, RuntimeConfig, adapter_for
from .adapters.respond import stack_of
from .adapters.stream import StreamingResponse
from .errors import LoadError, RequestRejected, TimeLimitError
from .executor import InvocationExecutor
from .function_dir import FunctionDir
from .loader import DEFAULT, Handler, load
from .streaming import encoded_pieces

Function = Union[str, "os.PathLike[str]", Callable[[Any, Any], Any]]
MAX_BODY = 6 * 1024 * 1024  # bytes, as in the cloud
METHODS = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
_log = logging.getLogger("cloudpy.mounted")


class Options:
    """How functions are mounted.

    Args:
        timeout: seconds that one invocation may take, pieces of its response included.
        protocol: ``http`` or ``access``, as for ``cloudpy serve``.
        concurrency: requests worked on at once by one function; more are answered 429.
        max_body: bytes of a request's body; more are answered 413.
        trusted_proxies: addresses or networks whose identity headers (``x-wx-source``, ``x-cloudbase-context``) are
            believed, such as ``"10.0.0.0/8"``; requests from elsewhere have no caller.
        production: hide tracebacks in responses.

    Raises:
        ValueError: an option has no meaning; the message says which values have.
    """

    def __init__(
        self,
        *,
        timeout: float = 20.0,
        protocol: str = "http",
        concurrency: int = 100,
        max_body: int = MAX_BODY,
        trusted_proxies: Sequence[str] = (),
        production: bool = True,
    ) -> None:
        if protocol not in ("http", "access"):
            raise ValueError(f"protocol must be 'http' or 'access', got {protocol!r}")
        for name, value, kinds, words in (
            ("timeout", timeout, (int, float), "a number of seconds"),
            ("concurrency", concurrency, (int,), "an integer"),
            ("max_body", max_body, (int,), "an integer, of bytes"),
            ("production", production, (bool,), "True or False"),
        ):
            if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
                raise ValueError(f"{name} must be {words}, got {value!r}")
        if not timeout > 0 or concurrency < 1 or max_body < 0:
            raise ValueError("timeout must be above 0 seconds, concurrency at least 1, max_body at least 0 bytes")
        if not isinstance(trusted_proxies, (list, tuple)) or not all(isinstance(text, str) for text in trusted_proxies):
            raise ValueError("trusted_proxies must be a list of addresses or networks, such as ['10.0.0.0/8']")
        try:
            self.networks = [ipaddress.ip_network(text, strict=False) for text in trusted_proxies]
        except ValueError as error:
            raise ValueError(f"trusted_proxies: {error}; write an address or a network, as in '10.0.0.0/8'") from None
        self.timeout = timeout
        self.protocol = protocol
        self.concurrency = concurrency
        self.max_body = max_body
        self.production = production

    def is_trusted(self, peer: str | None) -> bool:
        """Whether the identity headers of a request from `peer`, an IP address, are believed."""
        if not self.networks or not peer:
            return False
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:  # a Unix socket has no address
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any(one in network for network in self.networks for one in (address, mapped) if one is not None)


class _LoopState:
    """A mounted function in one event loop of one process."""

    __slots__ = ("busy", "executor", "pid")

    def __init__(self, executor: InvocationExecutor) -> None:
        self.executor = executor
        self.busy = 0  # requests worked on
        self.pid = os.getpid()


class MountedFunction:
    """One function that answers requests of another server.

    Args:
        function: the folder of a function (``file.function`` is `handler`), or a handler ``main(event, context)``.

    Raises:
        LoadError: the function cannot be loaded.
        ValueError: see ``Options``.
    """

    def __init__(self, function: Function, options: Options, *, handler: str = DEFAULT, name: str = "") -> None:
        self.handler = _loaded(function, handler)
        self._options = options
        environ = dict(os.environ)
        name = name or os.path.basename(self.handler.folder)
        self._adapters = {
            trusted: adapter_for(
                options.protocol,
                RuntimeConfig(
                    environ, function=name, timeout=options.timeout, trusted=trusted, production=options.production
                ),
            )
            for trusted in (False, True)
        }
        # Threads hand their results to one loop; tests, threads and a fork each bring loops of their own.
        self._loops: dict[asyncio.AbstractEventLoop, _LoopState] = {}

    async def respond(self, request: Request, peer: str | None) -> Response:
        """Return the response to a request whose body has been read; an error of the function is a response too.

        Args:
            request: with its body.
            peer: the IP address that the request came from, None when unknown.
        """
        adapter = self._adapters[self._options.is_trusted(peer)]
        try:
            if request.method not in METHODS:
                raise RequestRejected(405, "INVALID_METHOD", f"this method is not supported: use {', '.join(METHODS)}")
            here = self._state()
            if sum(state.busy + state.executor.overdue for state in list(self._loops.values())) >= (
                self._options.concurrency
            ):
                raise RequestRejected(429, "TOO_MANY_REQUESTS", "too many requests at once; try again")
            call = adapter.parse(request)
            if isinstance(call, Response):
                return call
            here.busy += 1
            begun = monotonic()
            try:
                result, raised = await self._invoke(call, here.executor)
            finally:
                here.busy -= 1
            if raised is not None:
                return self._failed(adapter.respond_error(request.id, raised), request, raised)
            response = adapter.respond(call, result)
            if isinstance(response, StreamingResponse):
                response.pieces = self._pieces(call, response, response.pieces, begun, here)
            return response
        except Exception as error:
            return self._failed(adapter.respond_error(request.id, error), request, error)

    def _state(self) -> _LoopState:
        """Return the state in the running loop, and forget that in loops which have ended."""
        loop = asyncio.get_running_loop()
        state = self._loops.get(loop)
        if state is None or state.pid != os.getpid():
            for other, old in list(self._loops.items()):
                if other.is_closed() or old.pid != os.getpid():
                    self._loops.pop(other, None)
                    if old.pid == os.getpid():  # after a fork its threads are gone
                        old.executor.close()
            state = self._loops[loop] = _LoopState(InvocationExecutor(self.handler))
        return state

    async def _invoke(self, call: InvocationRequest, executor: InvocationExecutor) -> tuple[Any, BaseException | None]:
        """Return the result of an invocation, and what its handler raised."""
        # Not as the future's exception: no future takes a StopIteration, and its waiter would wait for ever.
        outcome: asyncio.Future[tuple[Any, BaseException | None]] = asyncio.get_running_loop().create_future()

        def done(result: Any, error: BaseException | None) -> None:
            if not outcome.done():  # else answered for already, or the server has given up
                outcome.set_result((result, error))

        executor.start(call, done, lambda: done(None, TimeLimitError(call.timeout)))
        return await outcome

    def reject(self, request: Request, status: int, code: str, message: str) -> Response:
        """Return the response to a request that never reaches the function."""
        return self._adapters[False].respond_error(request.id, RequestRejected(status, code, message))

    @property
    def max_body(self) -> int:
        return self._options.max_body

    def close(self) -> None:
        """Stop accepting work for threads; what runs goes on to its end."""
        while self._loops:
            self._loops.popitem()[1].executor.close()

    def _failed(self, response: Response, request: Request, error: BaseException) -> Response:
        if not isinstance(error, RequestRejected):
            _log.error("%s failed (request %s)\n%s", self.handler.name, request.id, stack_of(error))
        return response

    async def _pieces(
        self, call: InvocationRequest, response: StreamingResponse, source: Any, begun: float, here: _LoopState
    ) -> AsyncIterator[bytes]:
        made = StreamingResponse(response.status, response.headers, source)
        pieces = encoded_pieces(call, made, begun)
        here.busy += 1
        try:
            async for piece in pieces:
                yield piece
        except Exception as error:
            _log.error(
                "%s failed (request %s) while it yielded\n%s", self.handler.name, call.request_id, stack_of(error)
            )
            raise
        finally:
            here.busy -= 1
            await pieces.aclose()

    def __repr__(self) -> str:
        return f"<MountedFunction {self.handler.name}>"


def _loaded(function: Any, name: str) -> Handler:
    if callable(function):
        return Handler(function)
    if not isinstance(function, (str, os.PathLike)):
        found = type(function).__name__
        raise LoadError(f"a function is the path of a folder, or a handler main(event, context); got a {found}")
    with FunctionDir(function) as folder:
        return load(folder, name)


def mounted(functions: Mapping[str, Function], options: Options, handler: str) -> dict[str, MountedFunction]:
    """Return the functions under the paths that they are mounted at, the longest path first.

    Raises:
        ValueError: a path is not one, or there is no function.
        LoadError: a function cannot be loaded.
    """
    if not functions or not isinstance(functions, Mapping):
        raise ValueError("there is nothing to mount: pass a dict of paths and functions, as in {'/steps': 'steps'}")
    paths: dict[str, MountedFunction] = {}
    for path, function in functions.items():
        if not isinstance(path, str) or not path.startswith("/") or "?" in path or "#" in path:  # type: ignore[redundant-expr]
            raise ValueError(f"{path!r} is not a path: it must start with '/', as in '/steps'")
        clean = path.rstrip("/")
        if clean in paths:
            raise ValueError(f"two functions are mounted at {clean or '/'!r}")
        paths[clean] = MountedFunction(function, options, handler=handler, name=clean.strip("/").replace("/", "-"))
    return dict(sorted(paths.items(), key=lambda item: -len(item[0])))


def find(paths: Mapping[str, MountedFunction], path: str) -> tuple[str, MountedFunction] | None:
    """Return the mount point and the function for the path of a request, or None."""
    for prefix, function in paths.items():
        if path == prefix or path.startswith(prefix + "/") or not prefix:
            return prefix, function
    return None

"""Cloud functions in a WSGI application: under gunicorn, beside Flask or Django.

::

    import cloudpy.wsgi

    app = cloudpy.wsgi.app("steps")                                    # the folder of a function, or its main
    flask_app.wsgi_app = cloudpy.wsgi.mount({"/steps": "steps"}, fallback=flask_app.wsgi_app)

A function keeps its contract: ``main(event, context)``, async or not, as under ``cloudpy serve``. All functions of a
process share one event loop in a thread, so that async handlers work, and time limits hold for every handler.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from .runtime.adapters import Request, Response
from .runtime.adapters.stream import StreamingResponse
from .runtime.loader import DEFAULT
from .runtime.mounted import Function, MountedFunction, Options, find, mounted

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApplication = Callable[[Environ, StartResponse], Iterable[bytes]]

__all__ = ["app", "mount"]


def app(function: Function, *, handler: str = DEFAULT, **options: Any) -> WSGIApplication:
    """Return a WSGI application that calls one function for every path.

    Args:
        function: the folder of a function, or a handler ``main(event, context)``.
        handler: ``file.function`` in the folder.
        options: as for ``cloudpy.asgi.app``.

    Raises:
        cloudpy.runtime.LoadError: the function cannot be loaded.
        ValueError: an option has no meaning.
    """
    return _Application(mounted({"/": function}, Options(**options), handler), None)


def mount(
    functions: Mapping[str, Function],
    *,
    fallback: WSGIApplication | None = None,
    handler: str = DEFAULT,
    **options: Any,
) -> WSGIApplication:
    """Return a WSGI application that calls the function whose path a request begins with.

    Args:
        functions: path -> folder or handler, as in ``{"/steps": "functions/steps"}``. The longest path wins.
        fallback: the application for all other requests; by default they get 404.
        handler: ``file.function`` in the folders.
        options: as for ``cloudpy.asgi.app``.

    Raises:
        cloudpy.runtime.LoadError: a function cannot be loaded.
        ValueError: a path or an option has no meaning.
    """
    return _Application(mounted(functions, Options(**options), handler), fallback)


class _Application:
    def __init__(self, paths: Mapping[str, MountedFunction], fallback: WSGIApplication | None) -> None:
        self._paths = paths
        self._fallback = fallback

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        found = find(self._paths, path)
        if found is None:
            if self._fallback is not None:
                return self._fallback(environ, start_response)
            return _start(start_response, Response(404, [("Content-Type", "text/plain; charset=utf-8")], b"Not Found"))
        prefix, function = found
        request = Request(environ["REQUEST_METHOD"], _target(environ, path[len(prefix) :]), _headers(environ))
        body = _body(environ, function.max_body)
        if body is None:
            problem = f"the body is larger than {function.max_body} bytes, or its length is not a number"
            return _start(start_response, function.reject(request, 413, "BODY_TOO_LARGE", problem), request.id)
        request.body = body
        response = _run(function.respond(request, environ.get("REMOTE_ADDR")))
        return _start(start_response, response, request.id, head=request.method == "HEAD")

    def __repr__(self) -> str:
        return f"<cloudpy.wsgi application of {', '.join(path or '/' for path in self._paths)}>"


def _target(environ: Environ, path: str) -> str:
    from urllib.parse import quote

    path = quote((path or "/").encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _headers(environ: Environ) -> list[tuple[str, str]]:
    headers = [(name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_")]
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers.append((name.replace("_", "-"), environ[name]))  # noqa: PERF401  made one by one
    return headers


def _body(environ: Environ, limit: int) -> bytes | None:
    """Return the body of a request, or None when it is too large or its length is invalid."""
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        body: bytes = stream.read(limit + 1)
        return body if len(body) <= limit else None
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or int(length) > limit:
        return None
    read: bytes = stream.read(int(length))
    return read


def _start(
    start_response: StartResponse, response: Response, request_id: str = "", head: bool = False
) -> Iterable[bytes]:
    headers = list(response.headers)
    if request_id:
        headers.append(("X-Request-Id", request_id))
    without_body = head or response.status in (204, 205, 304)
    streams = isinstance(response, StreamingResponse)
    if not streams and response.status != 204:
        headers.append(("Content-Length", str(len(response.body))))
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"
    start_response(f"{response.status} {phrase}", headers)
    if isinstance(response, StreamingResponse):
        pieces = _Pieces(response.pieces)
        if without_body:
            pieces.close()
            return []
        return pieces
    return [] if without_body else [response.body]


class _Pieces:
    """The pieces of a response; the server iterates, and closes when the client has gone."""

    def __init__(self, pieces: Any) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece: bytes = _run(self._pieces.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None
        return piece

    def close(self) -> None:
        _run(self._pieces.aclose())


_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_owner = 0  # the process that the loop belongs to: after a fork its thread is gone


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in the loop of the process, and return its result."""

    async def step() -> Any:
        return await work

    return asyncio.run_coroutine_threadsafe(step(), _running_loop()).result()


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop, _owner
    with _lock:
        if _loop is None or _owner != os.getpid():
            _loop, _owner = asyncio.new_event_loop(), os.getpid()
            threading.Thread(target=_loop.run_forever, name="cloudpy-wsgi", daemon=True).start()
        return _loop


if hasattr(os, "register_at_fork"):

    def _after_fork() -> None:
        global _lock
        _lock = threading.Lock()  # another thread may have held it

    os.register_at_fork(after_in_child=_after_fork)

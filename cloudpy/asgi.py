"""Cloud functions in an ASGI application: under uvicorn or gunicorn, beside Starlette, FastAPI or Django.

::

    import cloudpy.asgi

    app = cloudpy.asgi.app("steps")                                   # the folder of a function, or its main
    app = cloudpy.asgi.mount({"/steps": "steps", "/card": card.main})   # several
    app = cloudpy.asgi.mount({"/steps": "steps"}, fallback=django_application)

    fastapi_app.mount("/fn", cloudpy.asgi.mount({"/steps": main}))    # answers /fn/steps

A function keeps its contract: ``main(event, context)``, async or not, as under ``cloudpy serve``. A handler that
yields, or returns a generator, answers in pieces.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from .runtime.adapters import Request, Response
from .runtime.adapters.stream import StreamingResponse
from .runtime.loader import DEFAULT
from .runtime.mounted import Function, MountedFunction, Options, find, mounted

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["app", "mount"]


def app(function: Function, *, handler: str = DEFAULT, **options: Any) -> ASGIApplication:
    """Return an ASGI application that calls one function for every path.

    Args:
        function: the folder of a function, or a handler ``main(event, context)``.
        handler: ``file.function`` in the folder.
        options: ``timeout`` (seconds, 20), ``protocol`` (``"http"`` or ``"access"``), ``concurrency`` (100),
            ``max_body`` (bytes, 6 MB), ``trusted_proxies`` (networks whose identity headers are believed, none),
            ``production`` (hide tracebacks, True).

    Raises:
        cloudpy.runtime.LoadError: the function cannot be loaded.
        ValueError: an option has no meaning.
    """
    return _Application(mounted({"/": function}, Options(**options), handler), None)


def mount(
    functions: Mapping[str, Function],
    *,
    fallback: ASGIApplication | None = None,
    handler: str = DEFAULT,
    **options: Any,
) -> ASGIApplication:
    """Return an ASGI application that calls the function whose path a request begins with.

    Args:
        functions: path -> folder or handler, as in ``{"/steps": "functions/steps"}``. The longest path wins.
        fallback: the application for all other requests, WebSockets and the lifespan; by default they get 404.
        handler: ``file.function`` in the folders.
        options: as for ``app``.

    Raises:
        cloudpy.runtime.LoadError: a function cannot be loaded.
        ValueError: a path or an option has no meaning.
    """
    return _Application(mounted(functions, Options(**options), handler), fallback)


class _Application:
    def __init__(self, paths: Mapping[str, MountedFunction], fallback: ASGIApplication | None) -> None:
        self._paths = paths
        self._fallback = fallback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope.get("path", "/")
            root = scope.get("root_path", "")
            inner = path[len(root) :] if root and path.startswith(root) else path
            found = find(self._paths, inner)
            if found is not None:
                await _respond(found[1], _target(scope, inner, found[0]), scope, receive, send)
                return
        if self._fallback is not None:
            await self._fallback(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})  # before it is accepted: the client gets 403
        else:
            await _send(send, Response(404, [("Content-Type", "text/plain; charset=utf-8")], b"Not Found"), scope)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for function in self._paths.values():
                    function.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def __repr__(self) -> str:
        return f"<cloudpy.asgi application of {', '.join(path or '/' for path in self._paths)}>"


def _target(scope: Scope, inner: str, prefix: str) -> str:
    """Return path and query below the mount point, as the function sees them."""
    query = scope.get("query_string", b"").decode("latin-1")
    path = inner[len(prefix) :] or "/"
    return f"{path}?{query}" if query else path


async def _respond(function: MountedFunction, target: str, scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope.get("headers", ())]
    request = Request(scope["method"], target, headers)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        if len(body) > function.max_body:
            problem = f"the body is larger than {function.max_body} bytes, or its length is not a number"
            await _send(send, function.reject(request, 413, "BODY_TOO_LARGE", problem), scope, request.id)
            return
        if not message.get("more_body", False):
            break
    request.body = bytes(body)
    client = scope.get("client")
    response = await function.respond(request, client[0] if client else None)
    await _send(send, response, scope, request.id, receive)


async def _send(
    send: Send, response: Response, scope: Scope, request_id: str = "", receive: Receive | None = None
) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if request_id:
        headers.append((b"x-request-id", request_id.encode("latin-1")))
    without_body = scope.get("method") == "HEAD" or response.status in (204, 205, 304)
    if receive is None or not isinstance(response, StreamingResponse):
        if response.status != 204:
            headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if without_body else response.body})
        return
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    try:
        if not without_body:
            await _send_pieces(send, response.pieces, receive)
        await send({"type": "http.response.body", "body": b""})
    finally:
        await response.pieces.aclose()


async def _send_pieces(send: Send, pieces: AsyncIterator[bytes], receive: Receive) -> None:
    """Send what a generator yields, until it ends or the client leaves."""

    async def sending() -> None:
        async for piece in pieces:
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})

    async def leaving() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = [asyncio.ensure_future(sending()), asyncio.ensure_future(leaving())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

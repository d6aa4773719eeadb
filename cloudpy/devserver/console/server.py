"""Answers the requests below ``/_console/``: pages, the API, the stream of events."""

from __future__ import annotations

import asyncio
import functools
import json
import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..._client import redact
from ...local.function_calls import run_in_thread
from ...local.http.listener import LocalConnection
from ...runtime.adapters import Response
from ...runtime.http1 import ReceivedRequest
from .api import Api, Console, ConsoleError, FileResponse, query_fields

PATH = "/_console/"
MAX_BODY = 100 * 1024 * 1024  # bytes of an upload
MAX_JSON = 16 * 1024 * 1024  # bytes of any other body
_API = "/_console/api/"
_EVENTS = "/_console/api/events"
_STATIC = Path(__file__).parent / "static"
_TOKEN = "x-console-token"  # noqa: S105  the header's name
_PIECE = 256 * 1024  # bytes
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_COMMON = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
_NO_STORE = ("Cache-Control", "no-store")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
# What a browser may show of stored files; SVG is a program as well, and is only downloaded.
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "audio/", "video/")


class ConsoleServer:
    """Answers requests below ``/_console/``.

    Args:
        console: what is shown.
        report: called with a sentence about a fault of our own.
    """

    def __init__(self, console: Console, report: Callable[[str], None]) -> None:
        self.console = console
        self._report = report
        self._api = Api()
        self._closed = False

    def close(self) -> None:
        """Tell the open pages that the server ends."""
        self._closed = True
        self.console.events.close()
        self.console.uploads.close()

    async def answer(self, connection: LocalConnection, request: ReceivedRequest) -> None:
        """Answer a request whose Host and Origin are checked."""
        path, _, query = request.target.partition("?")
        try:
            if not path.startswith(_API):
                connection.respond(request, _static(request.method, path))
                return
            _check_site(request)
            if path == _EVENTS and request.method == "GET":
                await self._stream(connection, request)
                return
            result = await self._result(request, path, query)
        except ConsoleError as error:
            result = error
        if isinstance(result, FileResponse) and result.path:
            await _send_file(connection, request, result)
        else:
            connection.respond(request, _response(result))

    async def _result(self, request: ReceivedRequest, path: str, query: str) -> Any:
        route, params = self._api.find(request.method, path[len(_API) - 1 :])
        values = request.headers.get(_TOKEN, [])
        trusted = len(values) == 1 and self.console.is_token(values[0])
        if route.changes and not trusted:
            raise ConsoleError(
                403,
                "TOKEN_NEEDED",
                "this page is read-only: open the address that cloudpy printed when it started, with its token",
            )
        if route.functions and self.console.cloud is None:
            raise ConsoleError(404, "NO_FUNCTIONS", "there are no functions here; start cloudpy dev to have some")
        if len(request.body) > MAX_JSON and not route.large:
            raise ConsoleError(413, "EXCEED_MAX_PAYLOAD_SIZE", f"the body is larger than {MAX_JSON} bytes")
        content_type = request.headers.get("content-type", [""])[0]
        if route.changes and not route.large and request.body and not content_type.startswith("application/json"):
            raise ConsoleError(415, "INVALID_PARAM", "send the body as JSON, with Content-Type: application/json")
        called = route.request(params, query_fields(query), request.body, content_type)
        called.trusted = trusted

        def call() -> Any:
            try:
                return route.handler(self.console, called)
            except ConsoleError as error:
                return error
            except Exception as error:
                if self._closed:
                    return ConsoleError(503, "ENDED", "cloudpy ends")
                text = redact.text(f"{type(error).__name__}: {error}")
                self._report(f"the console failed at {route.method} {route.path}: {text}")
                return ConsoleError(500, "SYS_ERR", f"the console failed: {text}")

        return await run_in_thread(call)

    async def _stream(self, connection: LocalConnection, request: ReceivedRequest) -> None:
        last = request.headers.get("last-event-id", [""])[0]
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 16 else None
        headers = [("Content-Type", "text/event-stream; charset=utf-8"), _NO_STORE, *_COMMON]
        gone = asyncio.Event()
        try:
            connection.start_stream(request, Response(200, headers), "", gone.set)
            async for data in self.console.events.stream(after):
                if gone.is_set():
                    return
                await connection.send_piece(request, data)
        except ConnectionError:
            return
        connection.end_stream(request)


def _check_site(request: ReceivedRequest) -> None:
    """Reject what a page of another origin asks for: reading needs no token."""
    if request.headers.get("sec-fetch-site", ["same-origin"])[0] not in ("same-origin", "none"):
        raise ConsoleError(403, "INVALID_REQUEST_SOURCE", "requests from web pages of another origin are not allowed")


def _response(result: Any) -> Response:
    if isinstance(result, FileResponse):
        return Response(200, _file_headers(result), result.data)
    status = 200
    if isinstance(result, ConsoleError):
        status, result = result.status, {"errCode": result.code, "errMsg": result.message}
    body = json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return Response(status, [("Content-Type", "application/json; charset=utf-8"), _NO_STORE, *_COMMON], body)


def _file_headers(file: FileResponse) -> list[tuple[str, str]]:
    from urllib.parse import quote

    kind = file.content_type.partition(";")[0].strip().lower()
    if file.content_type.startswith("text/") or kind in ("application/json", "application/xml"):
        kind = "text/plain; charset=utf-8"
    elif not (file.name or kind.startswith(_SHOWN)) or not (kind.isascii() and kind.isprintable()):
        kind = "application/octet-stream"
    headers = [("Content-Type", kind), ("Content-Security-Policy", "sandbox; default-src 'none'"), _NO_STORE, *_COMMON]
    if file.name:
        headers.append(("Content-Disposition", f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"))
    return headers


async def _send_file(connection: LocalConnection, request: ReceivedRequest, file: FileResponse) -> None:
    try:
        source = open(file.path, "rb")  # noqa: ASYNC230, SIM115  a local file; it is closed below
    except OSError as error:
        connection.respond(request, _response(ConsoleError(404, "NOT_FOUND", f"cannot be read: {error.strerror}")))
        return
    with source:
        try:
            connection.start_stream(request, Response(200, _file_headers(file)), "", lambda: None)
            while piece := await run_in_thread(functools.partial(source.read, _PIECE)):
                await connection.send_piece(request, piece)
        except (ConnectionError, OSError):
            connection.hang_up()
            return
    connection.end_stream(request)


@functools.cache
def _files() -> dict[str, Path]:
    """Return the static files by their path below ``/_console/``."""
    return {path.relative_to(_STATIC).as_posix(): path for path in _STATIC.rglob("*") if path.is_file()}


def _static(method: str, path: str) -> Response:
    if method not in ("GET", "HEAD"):
        raise ConsoleError(405, "INVALID_METHOD", "use GET here")
    name = path.removeprefix(PATH)
    # every path that is not of a file is one of a page
    file = _files().get(name.removeprefix("static/") if name.startswith("static/") else "index.html")
    if file is None:
        raise ConsoleError(404, "NOT_FOUND", "there is no such file")
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    headers = [("Content-Type", kind), ("Content-Security-Policy", POLICY), ("Cache-Control", "no-cache"), *_COMMON]
    headers.append(("X-Frame-Options", "DENY"))
    return Response(200, headers, file.read_bytes())

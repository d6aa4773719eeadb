"""An ASGI and a WSGI client without a server."""

from __future__ import annotations

import asyncio
import io
from typing import Any


async def call(
    application: Any,
    path: str = "/",
    *,
    method: str = "GET",
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    client: tuple[str, int] | None = ("127.0.0.1", 5),
    root: str = "",
) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": path, "root_path": root, "query_string": query.encode()}
    messages = [{"type": "http.request", "body": body}]

    async def receive() -> dict[str, Any]:
        if not messages:  # the client stays
            await asyncio.get_running_loop().create_future()
        return messages.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application({**scope, "headers": pairs, "client": client}, receive, send)
    start, *rest = sent
    names = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return start["status"], names, b"".join(message["body"] for message in rest)


def call_wsgi(
    application: Any,
    path: str = "/",
    *,
    method: str = "GET",
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    **environ: Any,
) -> tuple[int, dict[str, str], bytes]:
    answered: list[Any] = []
    variables = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        variables[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
    pieces = application(variables, lambda status, pairs: answered.append((status, pairs)))
    content = b"".join(pieces)
    if hasattr(pieces, "close"):
        pieces.close()
    ((status, pairs),) = answered
    return int(status.split()[0]), {name.lower(): value for name, value in pairs}, content

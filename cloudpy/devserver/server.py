"""The port of the local cloud: ``POST /NAME`` invokes a function, ``GET /`` shows the page."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import socket
from collections import Counter
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

from aiohttp import web

from ..local.cloud_ids import TooManyCloudIDsError
from ..local.http.connections import Connections
from ..local.threads import in_a_thread
from ..runtime import timer_event
from ..runtime.adapters.body import read_json
from ..runtime.errors import RequestRejected
from ..runtime.origin_check import OriginCheck
from ..runtime.sockets import max_connections
from .cloud import LocalCloud
from .identity import identity
from .invocation import Invocation
from .page import page, policy

MAX_BODY = 6 * 1024 * 1024  # bytes: what the platform sends to a function
_FILES = 0.25  # share of the process's files that connections may take; the local WeChat and the functions need more
_MAX_WAITING = 64  # invocations of one function; more are answered 429
_STATUS = {"late": 504, "busy": 429, "stopped": 503}  # how an invocation ended -> HTTP; anything else that failed: 500
_CODES = {
    "INVALID_REQUEST_SOURCE": -501008,
    "NOT_FOUND": -504001,
    "TOO_MANY_REQUESTS": -501004,
}  # any other: invalid parameters


class DevServer:
    """Serves a local cloud on a socket until it is told to stop.

    Args:
        host: the address that `sock` is bound to.
        hosts: further names by which it may be called.
    """

    def __init__(self, cloud: LocalCloud, host: str, hosts: Collection[str] = ()) -> None:
        self._cloud = cloud
        self._origin_check = OriginCheck(host, hosts)
        self._connections: Connections | None = None
        self._invocations: Counter[str] = Counter()  # by function, those that run or wait for an instance

    async def serve(self, sock: socket.socket, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Serves on `sock`, sets `ready`, and ends when `stop` is set; what runs then is answered 503."""
        self._connections = Connections(
            self._answer,
            limit=max_connections(_FILES),
            max_body=MAX_BODY,
            say=self._cloud.say,
            logger=_silent(),
            auto_decompress=False,
            max_line_size=8192,
            max_field_size=8192,
        )
        try:
            await self._connections.listen(sock)
            ready.set()
            await stop.wait()
        finally:
            await asyncio.get_running_loop().run_in_executor(None, self._cloud.close)
            await self._connections.close(timeout=2.0)

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        try:
            return await self._response(request)
        except RequestRejected as error:
            refused = _json({"errCode": _CODES.get(error.code, -501007), "errMsg": error.message}, error.status)
            if error.status in (408, 413):
                refused.force_close()  # the rest of the body is not read
            return refused

    async def _response(self, request: web.BaseRequest) -> web.Response:
        headers = list(request.headers.items())
        self._origin_check.check(request.method, headers)
        path, _, query = request.raw_path.partition("?")
        if not path.startswith("/"):
            raise RequestRejected(400, "BAD_REQUEST", "the path must begin with /")
        name = unquote(path[1:], errors="replace")
        if request.method not in ("GET", "HEAD", "POST"):
            raise RequestRejected(405, "INVALID_METHOD", "POST /NAME invokes a function, GET / shows them all")
        if name == "" and request.method != "POST":
            return self._page()
        if name not in self._cloud.functions:
            known = ", ".join(self._cloud.functions) or "none yet"
            raise RequestRejected(404, "NOT_FOUND", f"there is no such function; there are: {known}")
        if request.method != "POST":
            return _json(self._told(name))
        caller = identity(headers, request.remote or "")
        event = self._event(name, await self._body(request), query)
        # A thread and a queue for each function: one that is slow delays no other.
        if self._invocations[name] >= self._cloud.options.instances + _MAX_WAITING:
            raise RequestRejected(429, "TOO_MANY_REQUESTS", f"{_MAX_WAITING} invocations of {name} wait already")
        self._invocations[name] += 1
        try:
            return _outcome(await in_a_thread(partial(self._invoke, name, event, caller)))
        finally:
            self._invocations[name] -= 1

    def _invoke(self, name: str, event: Mapping[str, Any], caller: Mapping[str, str]) -> Invocation:
        try:
            return self._cloud.invoke(name, event, self._cloud.user(name, **caller))
        except TooManyCloudIDsError as error:
            raise RequestRejected(400, "INVALID_PARAM", str(error)) from None

    def _event(self, name: str, body: bytes, query: str) -> dict[str, Any]:
        asked = parse_qs(query, keep_blank_values=True, max_num_fields=10) if query.count("&") < 10 else {"": []}
        unknown = asked.keys() - {"trigger"}
        if unknown:
            raise RequestRejected(400, "INVALID_PARAM", "?trigger=NAME is all that may follow; the event is the body")
        if "trigger" in asked:
            trigger, timers = asked["trigger"][0], self._cloud.functions[name].settings.timers
            if trigger not in timers:
                there = ", ".join(timers) or "none: its config.json lists no trigger of the type timer"
                raise RequestRejected(404, "NOT_FOUND", f"the function has no such timer; there are: {there}")
            if body.strip() not in (b"", b"{}"):
                raise RequestRejected(400, "INVALID_PARAM", "a timer's event is made here: send no body with ?trigger=")
            return timer_event(trigger)
        event = read_json(body) if body.strip() else {}
        if not isinstance(event, dict):
            raise RequestRejected(400, "INVALID_PARAM", 'the event must be a JSON object, such as {"cloudID": "xxx"}')
        return event

    async def _body(self, request: web.BaseRequest) -> bytes:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise RequestRejected(415, "BAD_REQUEST", "a compressed body is not taken: send it as it is")
        assert self._connections is not None
        return await self._connections.body(request)

    def _page(self) -> web.Response:
        nonce = secrets.token_urlsafe(16)
        response = web.Response(text=page(self._cloud, nonce), content_type="text/html", headers=_SAFE)
        response.headers["Content-Security-Policy"] = policy(nonce)
        return response

    def _told(self, name: str) -> dict[str, Any]:
        function = self._cloud.functions[name]
        told: dict[str, Any] = {
            "function": name,
            "invoke": f"POST /{name} with the event as JSON; x-wx-openid: ID says who calls",
            "state": "broken" if function.error else function.instances.state,
            "timeout": function.limit,
            "timers": [f"POST /{name}?trigger={timer}" for timer in function.settings.timers],
            "instances": function.instances.pids(),
        }
        return {**told, "error": function.error} if function.error else told

    def __repr__(self) -> str:
        return f"<DevServer of {self._cloud!r}>"


_SAFE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _outcome(one: Invocation) -> web.Response:
    if one.failed:
        return _json(one.problem(), _STATUS.get(one.kind, 500), one.id)
    return _text(one.text, 200, one.id)


def _json(value: Any, status: int = 200, request_id: str = "") -> web.Response:
    return _text(json.dumps(value, ensure_ascii=False), status, request_id)


def _text(text: str, status: int, request_id: str) -> web.Response:
    headers = {**_SAFE, "X-Request-Id": request_id} if request_id else _SAFE
    return web.Response(
        body=text.encode("utf-8", "backslashreplace"),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers=headers,
    )


def _silent() -> logging.Logger:
    """What aiohttp says of requests that are no HTTP quotes them, and is nobody's business."""
    logger = logging.Logger("cloudpy.devserver")
    logger.addHandler(logging.NullHandler())
    return logger

"""The HTTP server of the local cloud: ``POST /NAME`` invokes a function, ``/_console/`` is the console."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

from .._wire.suggest import did_you_mean, nearest, question
from ..local.function_calls import run_in_thread
from ..local.http.listener import Listener, LocalConnection
from ..local.open_data import TooManyCloudIDsError
from ..local.users import id_problem
from ..runtime import timer_event
from ..runtime.adapters import Response
from ..runtime.adapters.body import read_json
from ..runtime.errors import RequestRejected
from ..runtime.http1 import ReceivedRequest
from ..runtime.origin_check import OriginCheck, single
from ..runtime.sockets import is_loopback_address, max_connections
from .client import SCRIPT
from .client.origins import Cors
from .client.requests import MAX_BODY as MAX_UPLOAD
from .client.requests import NAMES, ClientError, answer, call_result, parse_call
from .client.requests import PATH as CLIENT
from .cloud import LocalCloud
from .console.server import PATH as CONSOLE
from .console.server import ConsoleServer
from .invocation import Invocation

MAX_BODY = 6 * 1024 * 1024  # bytes, the platform's limit for an event
IDENTITY_HEADERS = {"x-wx-openid": "openid", "x-wx-unionid": "unionid", "x-wx-appid": "appid"}
_FILES = 0.25  # share of the process's file descriptors for connections; the local WeChat and the functions need more
_MAX_WAITING = 64  # invocations of one function; more are answered 429
_STATUS = {"late": 504, "busy": 429, "stopped": 503}  # kind of a failed invocation -> HTTP status; others: 500
_CODES = {
    "INVALID_REQUEST_SOURCE": -501008,
    "NOT_FOUND": -504001,
    "TOO_MANY_REQUESTS": -501004,
}  # any other: invalid parameters
_ORIGIN_ADVICE = "--allow-origin ORIGIN allows one, servicewechat.com is the simulator of WeChat DevTools"


class DevServer:
    """Serves a local cloud on a socket.

    Args:
        cloud: connected.
        host: the address that the socket is bound to.
        hosts: further host names that requests may use.
        console: its pages, or None.
    """

    def __init__(
        self, cloud: LocalCloud, host: str, hosts: Collection[str] = (), console: ConsoleServer | None = None
    ) -> None:
        self._cloud = cloud
        self._console = console
        self._cors = Cors(cloud.options.origins)
        self._console_check = OriginCheck(host, hosts)  # its pages are ours alone
        self._origin_check = OriginCheck(host, hosts, origins=self._cors.origins, origin_advice=_ORIGIN_ADVICE)
        self._invocations: Counter[str] = Counter()  # by function, running or waiting for an instance

    async def serve(self, sock: socket.socket, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Serve on `sock`, set `ready`, and end when `stop` is set; running invocations are answered 503."""
        limit = max_connections(_FILES)
        listener = Listener(self, limit=limit, max_body=MAX_UPLOAD, log=self._cloud.report_problem)
        try:
            await listener.listen(sock)
            ready.set()
            await stop.wait()
        finally:
            if self._console is not None:
                self._console.close()
            await asyncio.get_running_loop().run_in_executor(None, self._cloud.close)
            await listener.shut_down(timeout=2.0)

    # What a connection calls

    def head_received(self, request: ReceivedRequest) -> None:
        """Reject a request before its body is read, if its headers say enough."""
        try:
            check = self._console_check if self._is_console(request) else self._origin_check
            check.check(request.method, _pairs(request))
            if request.headers.get("content-encoding", ["identity"])[0].lower() != "identity":
                raise RequestRejected(415, "BAD_REQUEST", "compressed bodies are not supported")
            if self._is_console(request) or request.target == f"{CLIENT}uploadFile":
                return
            request.max_body = MAX_BODY
            if int(request.headers.get("content-length", ["0"])[0][:20]) > MAX_BODY:
                request.keep_alive = False
                raise RequestRejected(413, "EXCEED_MAX_PAYLOAD_SIZE", f"the body is larger than {MAX_BODY} bytes")
        except RequestRejected as error:
            request.reject(error.status, error.code, error.message)

    def request_received(self, connection: LocalConnection, request: ReceivedRequest) -> None:
        """Answer a request."""
        connection.start(request, self._answer(connection, request))

    def bad_request(self, reason: str) -> None:
        """Ignore what is not HTTP."""

    async def _answer(self, connection: LocalConnection, request: ReceivedRequest) -> None:
        try:
            if request.rejection is not None:
                raise request.rejection
            if self._console is not None and self._is_console(request):
                await self._console.answer(connection, request)
                return
            response = await self._response(request, connection.peer)
        except RequestRejected as error:
            response = _json({"errCode": _CODES.get(error.code, -501007), "errMsg": error.message}, error.status)
        except ClientError as error:
            response = _json({"errCode": error.code, "errMsg": error.message})
        if not self._is_console(request):
            response.headers.extend(self._cors.headers(request))
        connection.respond(request, response)

    async def _response(self, request: ReceivedRequest, peer: str) -> Response:
        path, _, query = request.target.partition("?")
        if not path.startswith("/"):
            raise RequestRejected(400, "BAD_REQUEST", "the path must start with /")
        name = unquote(path[1:], errors="replace")
        if request.method == "OPTIONS" and self._cors.origins:
            return self._cors.preflight(request)
        if request.method not in ("GET", "HEAD", "POST"):
            raise RequestRejected(405, "INVALID_METHOD", "use POST /NAME to invoke a function, GET / to list them")
        if name == "" and request.method != "POST":
            return self._list(request)
        if self._console is not None and f"{path}/" == CONSOLE and request.method != "POST":
            return Response(302, [("Location", f"{CONSOLE}?{query}" if query else CONSOLE), *_HEADERS.items()])
        if path.startswith(CLIENT):
            return await self._client(request, path.removeprefix(CLIENT), peer)
        if name not in self._cloud.functions:
            known = question(nearest(name, self._cloud.functions), f"functions: {_listed(self._cloud.functions)}")
            raise RequestRejected(404, "NOT_FOUND", f"no such function; {known}")
        if request.method != "POST":
            return _json(self._description(name))
        caller = parse_identity(_pairs(request), peer)
        event = self._event(name, request.body, query)
        return _invocation_response(await self._run(name, event, caller))

    async def _client(self, request: ReceivedRequest, name: str, peer: str) -> Response:
        """Answer a call of a mini program in the simulator, or of an H5 page."""
        if request.method != "POST":
            if name == SCRIPT.name:
                return Response(200, [("Content-Type", "text/javascript; charset=utf-8")], SCRIPT.read_bytes())
            raise RequestRejected(405, "INVALID_METHOD", f"use POST {CLIENT}NAME, or GET {CLIENT}{SCRIPT.name}")
        caller = parse_identity(_pairs(request), peer)
        if name == "callFunction":
            function, event = parse_call(request.body)
            if function not in self._cloud.functions:
                hint = question(nearest(function, self._cloud.functions), f"there are {_listed(self._cloud.functions)}")
                raise ClientError(-501000, f"cloud.callFunction:fail no function {function!r}; {hint}")
            return _json(call_result(await self._run(function, event, caller)))
        if name not in NAMES:
            raise RequestRejected(404, "NOT_FOUND", f"no such call; {did_you_mean(name, NAMES)}")
        content_type = request.headers.get("content-type", [""])[0]
        user, cloud = self._cloud.user("", **caller), self._cloud
        call = partial(answer, name, request.body, content_type, cloud.backend, user, cloud.gateway)
        return _json(await run_in_thread(call))

    async def _run(self, name: str, event: Mapping[str, Any], caller: Mapping[str, str]) -> Invocation:
        # A limit for each function: a slow one does not delay the others.
        if self._invocations[name] >= self._cloud.options.instances + _MAX_WAITING:
            raise RequestRejected(429, "TOO_MANY_REQUESTS", f"{_MAX_WAITING} invocations of {name} are already waiting")
        self._invocations[name] += 1
        try:
            return await run_in_thread(partial(self._invoke, name, event, caller))
        finally:
            self._invocations[name] -= 1

    def _invoke(self, name: str, event: Mapping[str, Any], caller: Mapping[str, str]) -> Invocation:
        try:
            return self._cloud.invoke(name, event, self._cloud.user(name, **caller))
        except TooManyCloudIDsError as error:
            raise RequestRejected(400, "INVALID_PARAM", str(error)) from None

    def _event(self, name: str, body: bytes, query: str) -> dict[str, Any]:
        fields = parse_qs(query, keep_blank_values=True, max_num_fields=10) if query.count("&") < 10 else {"": []}
        unknown = fields.keys() - {"trigger"}
        if unknown:
            raise RequestRejected(
                400, "INVALID_PARAM", "the only query parameter is ?trigger=NAME; send the event as the body"
            )
        if "trigger" in fields:
            trigger, timers = fields["trigger"][0], self._cloud.functions[name].config.timers
            if trigger not in timers:
                known = ", ".join(timers) or "none, its config.json lists no trigger of type timer"
                raise RequestRejected(404, "NOT_FOUND", f"the function has no such timer; timers: {known}")
            if body.strip() not in (b"", b"{}"):
                raise RequestRejected(400, "INVALID_PARAM", "send no body with ?trigger=: the event is generated")
            return timer_event(trigger)
        event = read_json(body) if body.strip() else {}
        if not isinstance(event, dict):
            raise RequestRejected(400, "INVALID_PARAM", 'the event must be a JSON object such as {"cloudID": "xxx"}')
        return event

    def _is_console(self, request: ReceivedRequest) -> bool:
        return self._console is not None and request.target.startswith(CONSOLE)

    def _list(self, request: ReceivedRequest) -> Response:
        """Send a browser to the console, and list the functions for others."""
        if self._console is not None and "text/html" in request.headers.get("accept", [""])[0]:
            return Response(302, [("Location", CONSOLE), *_HEADERS.items()])
        value: dict[str, Any] = {"functions": [self._description(name) for name in self._cloud.functions]}
        return _json({**value, "problems": self._cloud.problems} if self._cloud.problems else value)

    def _description(self, name: str) -> dict[str, Any]:
        function = self._cloud.functions[name]
        value: dict[str, Any] = {
            "function": name,
            "invoke": f"POST /{name} with the event as JSON; the header x-wx-openid sets the caller",
            "state": "broken" if function.error else function.pool.state,
            "timeout": function.limit,
            "timers": [f"POST /{name}?trigger={timer}" for timer in function.config.timers],
            "instances": function.pool.pids(),
        }
        return {**value, "error": function.error} if function.error else value

    def __repr__(self) -> str:
        return f"<DevServer of {self._cloud!r}>"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def parse_identity(headers: Sequence[tuple[str, str]], peer: str) -> dict[str, str]:
    """Return ``openid``, ``unionid`` and ``appid`` of the caller, as far as the request names them.

    Args:
        headers: of the request.
        peer: the address that it comes from.

    Raises:
        RequestRejected: another machine names a user, or an id is invalid.
    """
    identity: dict[str, str] = {}
    for header, name in IDENTITY_HEADERS.items():
        value = single(headers, header)
        if not value:
            continue
        if not is_loopback_address(peer):
            raise RequestRejected(403, "INVALID_REQUEST_SOURCE", f"{header} is accepted from this machine only")
        if problem := id_problem(header, value):
            raise RequestRejected(400, "INVALID_PARAM", problem)
        identity[name] = value
    return identity


_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _invocation_response(invocation: Invocation) -> Response:
    if invocation.failed:
        return _json(invocation.problem(), _STATUS.get(invocation.kind, 500), invocation.id)
    return _text(invocation.text, 200, invocation.id)


def _json(value: Any, status: int = 200, request_id: str = "") -> Response:
    return _text(json.dumps(value, ensure_ascii=False), status, request_id)


def _text(text: str, status: int, request_id: str) -> Response:
    headers = [("Content-Type", "application/json; charset=utf-8"), *_HEADERS.items()]
    if request_id:
        headers.append(("X-Request-Id", request_id))
    return Response(status, headers, text.encode("utf-8", "backslashreplace"))


def _pairs(request: ReceivedRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.headers.items() for value in values]

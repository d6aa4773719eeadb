"""Node's ``http`` and ``https``: requests whose replies come in pieces to those who listen."""

from __future__ import annotations

import base64
import socket
import urllib.parse
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .codecs import buffer, digest
from .coercion import call, text
from .objects import get
from .promises import background, called_back, wait
from .values import Host, is_nil, truthy


class _Listeners(Host):
    def __init__(self) -> None:
        self._listeners: dict[str, list[Any]] = {}

    def on(self, name: Any, function: Any) -> Any:
        self._listeners.setdefault(text(name), []).append(function)
        return self

    def once(self, name: Any, function: Any) -> Any:
        return self.on(name, function)

    async def _emit(self, name: str, *values: Any) -> bool:
        listeners = self._listeners.get(name, [])
        for each in listeners:
            await wait(call(each, *values))
        return bool(listeners)


class IncomingMessage(_Listeners):
    """The reply to a request; its body comes as one piece."""

    def __init__(self, reply: dict[str, Any]) -> None:
        super().__init__()
        self._content = reply["content"]
        self._encoding: Any = UNDEFINED
        self.statusCode = reply["status"]
        self.statusMessage = reply["statusText"]
        self.headers = reply["headers"]

    def setEncoding(self, encoding: Any = "utf8") -> Any:
        self._encoding = encoding
        return self

    def resume(self) -> Any:
        return self

    async def _read(self) -> None:
        if self._content:
            await self._emit("data", digest(self._content, self._encoding))
        await self._emit("end")
        await self._emit("close")


_REQUEST_OPTIONS = {
    "protocol", "hostname", "host", "port", "path", "pathname", "search", "method", "headers", "timeout", "auth",
    "href", "hash", "query",
}  # fmt: skip


class ClientRequest(_Listeners):
    """What ``http.request`` gives: it is sent when ``end`` is called."""

    def __init__(self, scheme: str, options: dict[str, Any], callback: Any) -> None:
        super().__init__()
        for name, value in options.items():
            if name not in _REQUEST_OPTIONS and not is_nil(value):
                raise NotTranslated(f"the option {name} of a request is not translated")
        self._address = _address(scheme, options)
        self._method = text(options["method"]).upper() if truthy(options.get("method")) else "GET"
        self._path = text(options["path"]) if truthy(options.get("path")) else "/"
        self._headers: list[tuple[str, str]] = []
        for name, value in ({} if is_nil(options.get("headers")) else options["headers"]).items():
            if is_nil(value):
                raise TypeError(f'Invalid value "{text(value)}" for header "{name}"')
            self._headers += [(name, text(each)) for each in (value if isinstance(value, list) else [value])]
        if truthy(options.get("auth")) and not any(name.lower() == "authorization" for name, _ in self._headers):
            pair = base64.b64encode(text(options["auth"]).encode()).decode()
            self._headers.append(("Authorization", f"Basic {pair}"))
        self._timeout = options.get("timeout")
        self._body = b""
        self._is_destroyed = False
        self._failure: Any = None
        if not is_nil(callback):
            self.on("response", callback)

    def write(self, data: Any, encoding: Any = UNDEFINED) -> Any:
        self._body += buffer(data, encoding)
        return True

    def setHeader(self, name: Any, value: Any) -> Any:
        self._headers = [each for each in self._headers if each[0].lower() != name.lower()] + [(name, text(value))]
        return self

    def setTimeout(self, milliseconds: Any, callback: Any = UNDEFINED) -> Any:
        self._timeout = milliseconds
        return self if is_nil(callback) else self.on("timeout", callback)

    def destroy(self, error: Any = UNDEFINED) -> Any:
        self._is_destroyed = True
        self._failure = _system_error("socket hang up", "ECONNRESET") if is_nil(error) else error
        return self

    def abort(self) -> Any:
        return self.destroy()

    def end(self, data: Any = UNDEFINED, encoding: Any = UNDEFINED) -> Any:
        if not is_nil(data):
            self.write(data, encoding)
        background(called_back(self._run()))
        return self

    async def _run(self) -> None:
        import asyncio

        try:
            if not self._is_destroyed:
                reply = await asyncio.to_thread(_exchange, self)
                message = IncomingMessage(reply)
                await self._emit("response", message)
                await message._read()
                return
        except TimeoutError:
            if not await self._emit("timeout") or not self._is_destroyed:
                raise NotTranslated("a request that goes on after its timeout is not translated") from None
        except OSError as error:
            self._failure = error
        if not await self._emit("error", self._failure):
            raise self._failure


def _address(scheme: str, options: dict[str, Any]) -> tuple[str, str, int]:
    protocol = text(options["protocol"]) if truthy(options.get("protocol")) else f"{scheme}:"
    if protocol != f"{scheme}:":
        error = TypeError(f'Protocol "{protocol}" not supported. Expected "{scheme}:"')
        error.code = "ERR_INVALID_PROTOCOL"  # type: ignore[attr-defined]
        raise error
    host = next((text(options[name]) for name in ("hostname", "host") if truthy(options.get(name))), "localhost")
    port = int(options["port"]) if truthy(options.get("port")) else 443 if scheme == "https" else 80
    return scheme, host, port


class _SystemError(OSError):
    """What Node reports of the system; its JSON has all but the message and the name."""

    name = "Error"
    errno: Any = UNDEFINED


def _system_error(message: str, code: str, **more: Any) -> Exception:
    error = _SystemError(message)
    error.__dict__ |= {**more, "code": code}
    return error


def _exchange(request: Any) -> dict[str, Any]:
    """Send a request and read the reply; redirects are replies."""
    import http.client

    scheme, host, port = request._address
    made = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    waits = truthy(request._timeout) and request._listeners.get("timeout")
    connection = made(host, port, timeout=request._timeout / 1000 if waits else None)
    try:
        connection.putrequest(request._method, request._path, skip_accept_encoding=True)
        names = {name.lower() for name, _ in request._headers}
        for name, value in request._headers:
            connection.putheader(name, value.encode("latin-1" if value.isascii() else "utf-8"))
        sends = bool(request._body) or request._method in ("POST", "PUT", "PATCH")
        if sends and not names & {"content-length", "transfer-encoding"}:
            connection.putheader("Content-Length", str(len(request._body)))
        connection.endheaders(request._body or None)
        response = connection.getresponse()
        content = response.read()
    except TimeoutError:
        raise TimeoutError from None
    except (OSError, http.client.HTTPException) as error:
        raise _exchange_error(error, host, port) from None
    finally:
        connection.close()
    headers: dict[str, Any] = {}
    for name in dict.fromkeys(name.lower() for name in response.headers):
        every = response.headers.get_all(name) or []
        headers[name] = every if name == "set-cookie" else ", ".join(every)
    return {"status": response.status, "statusText": response.reason, "headers": headers, "content": content}


def _exchange_error(error: Exception, host: str, port: int) -> Exception:
    if isinstance(error, ConnectionRefusedError):
        address = socket.gethostbyname(host)
        return _system_error(f"connect ECONNREFUSED {address}:{port}", "ECONNREFUSED")
    if isinstance(error, socket.gaierror):
        more = {"errno": -3008, "syscall": "getaddrinfo", "hostname": host}
        return _system_error(f"getaddrinfo ENOTFOUND {host}", "ENOTFOUND", **more)
    if isinstance(error, ConnectionError) or type(error).__name__ in ("RemoteDisconnected", "BadStatusLine"):
        return _system_error("socket hang up", "ECONNRESET")
    return _system_error(str(error), "ERR_BAD_REQUEST")


def node_request(scheme: str, url: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> ClientRequest:
    """Return ``http.request(url, options, callback)``, or ``https.request``; all but the first are optional."""
    if callable(options):
        options, callback = UNDEFINED, options
    if isinstance(url, str):
        found = urllib.parse.urlsplit(url)
        if not found.scheme:
            raise TypeError("Invalid URL")
        path = urllib.parse.quote(found.path or "/", safe="%/:=&~+!$,;'@()*[]|")
        query = urllib.parse.quote(found.query, safe="%/:=&?~+!$,;@()*[]|")
        parts: dict[str, Any] = {"protocol": f"{found.scheme}:", "hostname": found.hostname, "port": found.port}
        parts |= {"path": f"{path}?{query}" if query else path}
        if found.username:
            parts["auth"] = urllib.parse.unquote(f"{found.username}:{found.password or ''}")
    elif isinstance(url, dict):
        parts = dict(url)
    else:
        parts = {name: get(url, name) for name in ("protocol", "hostname", "port", "pathname", "search")}
        parts = {"path": f"{text(parts['pathname'])}{text(parts['search'])}", **parts}
    return ClientRequest(scheme, {**parts, **({} if is_nil(options) else options)}, callback)


class NodeClient(Host):
    """``http`` or ``https`` as a value: ``url.startsWith('https') ? https : http``."""

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme

    def request(self, url: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> ClientRequest:
        return node_request(self._scheme, url, options, callback)

    def get(self, url: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> ClientRequest:
        return node_request(self._scheme, url, options, callback).end()


def node_get(scheme: str, url: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> ClientRequest:
    """Return ``http.get(url, options, callback)``, or ``https.get``."""
    return node_request(scheme, url, options, callback).end()


HTTP = NodeClient("http")
HTTPS = NodeClient("https")

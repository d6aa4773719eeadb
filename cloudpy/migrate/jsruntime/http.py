"""HTTP clients: what axios, request, request-promise and fetch do, with the standard library alone."""

from __future__ import annotations

import base64
import re
import socket
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .codecs import encode_component, query_text
from .coercion import call, text
from .jsons import parse_json, stringify
from .objects import get
from .promises import called_back
from .values import Host, is_nil, truthy


class _Replies(urllib.request.HTTPErrorProcessor):
    """Follow redirects; a reply with an error status is a reply."""

    def http_response(self, request: Any, response: Any) -> Any:
        return super().http_response(request, response) if response.code in (301, 302, 303, 307, 308) else response

    https_response = http_response


class _Http(urllib.request.HTTPHandler):
    """Send what the program says: urllib calls each body without a type a form."""

    def http_request(self, request: Any) -> Any:
        request = super().http_request(request)
        request.unredirected_hdrs.pop("Content-type", None)
        return request


class _Https(urllib.request.HTTPSHandler):
    """The same for https."""

    def https_request(self, request: Any) -> Any:
        request = super().https_request(request)
        request.unredirected_hdrs.pop("Content-type", None)
        return request


def _opener() -> Any:
    """Return what opens http and https alone; urllib's own opener reads files, too."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        _Http,
        _Https,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.UnknownHandler,
        _Replies,
    ):
        opener.add_handler(handler())
    return opener


class _Failure(Exception):
    """A request that had no reply."""

    def __init__(self, message: str, code: str, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.__dict__ |= more


def _send(method: str, url: Any, headers: dict[str, str], body: bytes | None, timeout: Any) -> dict[str, Any]:
    scheme = urllib.parse.urlsplit(text(url)).scheme.lower()
    if scheme not in ("http", "https"):
        raise _Failure(f"Unsupported protocol {scheme}:" if scheme else "Invalid URL", "ERR_BAD_REQUEST")
    address = urllib.parse.quote(text(url), safe="%/:=&?~#+!$,;'@()*[]")
    request = urllib.request.Request(address, data=body, headers=headers, method=method.upper())  # noqa: S310
    seconds = timeout / 1000 if truthy(timeout) else None
    try:
        with _opener().open(request, timeout=seconds) as response:
            content, info = response.read(), response.headers
            found = {"status": response.code, "statusText": response.reason or "", "content": content}
            found["url"] = response.url
    except urllib.error.HTTPError as error:  # a redirect that cannot be followed
        raise NotTranslated(f"a redirect of a {method.upper()} request: {error}") from None
    except (OSError, ValueError) as error:
        raise _failure(getattr(error, "reason", error), timeout, urllib.parse.urlsplit(address).hostname) from None
    names = dict.fromkeys(name.lower() for name in info)
    found["headers"] = {name: ", ".join(info.get_all(name)) for name in names if name != "set-cookie"}
    if "set-cookie" in names:
        found["headers"]["set-cookie"] = info.get_all("set-cookie")
    return found


def _failure(reason: Any, timeout: Any, host: str | None) -> _Failure:
    if isinstance(reason, TimeoutError | socket.timeout):
        return _Failure(f"timeout of {text(timeout)}ms exceeded", "ECONNABORTED")
    if isinstance(reason, ConnectionRefusedError):
        return _Failure("connect ECONNREFUSED", "ECONNREFUSED")
    if isinstance(reason, socket.gaierror):
        more = {"errno": -3008, "syscall": "getaddrinfo", "hostname": host}
        return _Failure(f"getaddrinfo ENOTFOUND {host}", "ENOTFOUND", **more)
    if isinstance(reason, ConnectionError):
        return _Failure("socket hang up", "ECONNRESET")
    return _Failure(str(reason), "ERR_BAD_REQUEST")


def _known(options: dict[str, Any], names: set[str]) -> None:
    for name, value in options.items():
        if name not in names and not is_nil(value):
            raise NotTranslated(f"the option {name} of an HTTP request is not translated")


def _headers(value: Any) -> dict[str, str]:
    return {} if is_nil(value) else {name: text(item) for name, item in value.items() if item is not UNDEFINED}


def _has(headers: dict[str, str], name: str) -> bool:
    return any(each.lower() == name for each in headers)


def _json_or_text(content: bytes) -> Any:
    value = content.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        return parse_json(value) if value else value
    except SyntaxError:
        return value


class AxiosError(Exception):
    """What a request of axios fails with."""

    def __init__(self, message: str, code: str, config: Any, response: Any = UNDEFINED) -> None:
        super().__init__(message)
        self.name = "AxiosError"
        self.code = code
        self.config = config
        self.isAxiosError = True
        if response is not UNDEFINED:
            self.response = response


_AXIOS = {"url", "method", "baseURL", "params", "data", "headers", "timeout", "responseType", "auth", "validateStatus"}


# ``axios.defaults``, as far as the program sets it
axios_defaults: dict[str, Any] = {
    "headers": {name: {} for name in ("common", "get", "delete", "head", "post", "put", "patch")}
}


def axios_sync(method: str, url: Any, config: Any = UNDEFINED, data: Any = UNDEFINED) -> dict[str, Any]:
    """Return what ``axios.get(url, config)``, ``axios.post(url, data, config)`` and ``axios(config)`` resolve to."""
    config = {**axios_defaults, "headers": {}, **({} if is_nil(config) else config)}
    _known(config, _AXIOS)
    method = text(config.get("method") or "get") if method == "" else method
    always = axios_defaults["headers"]
    common = {name: value for name, value in always.items() if not isinstance(value, dict)}
    url = config.get("url", "") if url is UNDEFINED else url
    if truthy(config.get("baseURL", "")) and not re.match(r"(?i)([a-z][a-z\d+\-.]*:)?//", url):
        url = config["baseURL"].rstrip("/") + ("/" + url.lstrip("/") if url else "")
    headers = {"Accept": "application/json, text/plain, */*"}
    for each in (always.get("common"), always.get(method.lower()), common, config.get("headers")):
        given = _headers(each)
        headers = {name: value for name, value in headers.items() if not _has(given, name.lower())} | given
    body = _axios_body(method, config.get("data", UNDEFINED) if data is UNDEFINED else data, headers)
    if not is_nil(config.get("auth")):
        pair = f"{text(config['auth'].get('username', ''))}:{text(config['auth'].get('password', ''))}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    try:
        reply = _send(method, _with_params(url, config.get("params")), headers, body, config.get("timeout"))
    except _Failure as error:
        raise AxiosError(str(error), error.code, config) from None
    kind, content = config.get("responseType", UNDEFINED), reply.pop("content")
    if kind not in (UNDEFINED, None, "", "json", "arraybuffer"):
        raise NotTranslated(f"the responseType {text(kind)} is not translated")
    reply["data"] = content if kind == "arraybuffer" else _json_or_text(content)
    reply["config"] = config
    del reply["url"]
    status = reply["status"]
    check = config.get("validateStatus")
    if not (200 <= status < 300 if is_nil(check) else truthy(call(check, status))):
        code = "ERR_BAD_REQUEST" if status < 500 else "ERR_BAD_RESPONSE"
        raise AxiosError(f"Request failed with status code {status}", code, config, reply)
    return reply


def _axios_body(method: str, data: Any, headers: dict[str, str]) -> bytes | None:
    form = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if not form and not isinstance(data, dict | list) and method.lower() in ("post", "put", "patch"):
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if is_nil(data) or isinstance(data, bytes):
        return None if is_nil(data) else data
    if isinstance(data, dict | list):
        if "form" in form:
            raise NotTranslated("an object that is sent as a form: versions of axios differ")
        if not form:
            headers["Content-Type"] = "application/json"
        return text(stringify(data)).encode()
    if "json" in form:
        raise NotTranslated("a string that is sent as JSON: versions of axios differ")
    return text(data).encode()


def _with_params(url: str, params: Any) -> str:
    parts = []
    for key, value in ({} if is_nil(params) else params).items():
        if is_nil(value):
            continue
        name = f"{key}[]" if isinstance(value, list) else key
        for item in value if isinstance(value, list) else [value]:
            written = item.toISOString() if hasattr(item, "toISOString") else item
            written = stringify(written) if isinstance(written, dict | list) else written
            parts.append(f"{_param(name)}={_param(written)}")
    if not parts:
        return url
    return url.partition("#")[0] + ("&" if "?" in url else "?") + "&".join(parts)


def _param(value: Any) -> str:
    written = encode_component(value)
    for code, sign in (("%3A", ":"), ("%24", "$"), ("%2C", ","), ("%20", "+"), ("%5B", "["), ("%5D", "]")):
        written = written.replace(code, sign)
    return written


async def axios(method: str, url: Any, config: Any = UNDEFINED, data: Any = UNDEFINED) -> dict[str, Any]:
    """Return what axios resolves to; see ``axios_sync``."""
    import asyncio

    return await asyncio.to_thread(axios_sync, method, url, config, data)


class StatusCodeError(Exception):
    """What request-promise fails with for a status other than 2xx."""

    def __init__(self, status: int, body: Any, options: Any, response: Any) -> None:
        super().__init__(f"{status} - {text(stringify(body))}")
        self.name = "StatusCodeError"
        self.statusCode = status
        self.error = body
        self.options = options
        self.response = response


_REQUEST = {"url", "uri", "method", "qs", "body", "json", "headers", "form", "encoding", "timeout", "gzip"}


def _request(options: Any, method: str, more: set[str]) -> tuple[dict[str, Any], Any]:
    """Return the response of the package request, its body among it, and the options."""
    options = {"uri": options} if isinstance(options, str) else dict(options)
    _known(options, _REQUEST | more)
    headers = _headers(options.get("headers"))
    body, as_json = options.get("body", UNDEFINED), options.get("json", UNDEFINED)
    if isinstance(as_json, dict | list):
        body, as_json = as_json, True
    content: bytes | None = None
    if not is_nil(options.get("form")):
        form = options["form"]
        content = (form if isinstance(form, str) else query_text(form)).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    elif truthy(as_json) and not is_nil(body):
        content = text(stringify(body)).encode()
        if not _has(headers, "content-type"):
            headers["Content-Type"] = "application/json"
    elif not is_nil(body):
        if not isinstance(body, str | bytes):
            raise TypeError("Argument error, options.body.")
        content = body if isinstance(body, bytes) else body.encode()
    if truthy(as_json) and not _has(headers, "accept"):
        headers["Accept"] = "application/json"
    url = options.get("uri") if not is_nil(options.get("uri")) else options.get("url", UNDEFINED)
    if is_nil(url):
        raise Exception("options.uri is a required argument")
    if not is_nil(options.get("qs")):
        query = query_text(options["qs"])
        url = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
    method = method or text(options.get("method") or "GET")
    reply = _send(method, url, headers, content, options.get("timeout"))
    found: Any = reply.pop("content")
    if "encoding" not in options or options["encoding"] is not None:
        found = _json_or_text(found) if truthy(as_json) else found.decode("utf-8", "replace")
    status, text_ = reply["status"], reply["statusText"]
    return {"statusCode": status, "statusMessage": text_, "headers": reply["headers"], "body": found}, options


def request_promise_sync(options: Any, method: str = "") -> Any:
    """Return what request-promise resolves to: the body, or the response with ``resolveWithFullResponse``."""
    try:
        reply, options = _request(options, method, {"resolveWithFullResponse", "simple"})
    except _Failure as error:
        failed = Exception(f"Error: {error}")
        failed.name = "RequestError"  # type: ignore[attr-defined]
        failed.cause = error  # type: ignore[attr-defined]
        failed.error = error  # type: ignore[attr-defined]
        raise failed from None
    if options.get("simple", True) is not False and not 200 <= reply["statusCode"] < 300:
        raise StatusCodeError(reply["statusCode"], reply["body"], options, reply)
    return reply if truthy(options.get("resolveWithFullResponse", False)) else reply["body"]


async def request_promise(options: Any, method: str = "") -> Any:
    """Return what request-promise resolves to; see ``request_promise_sync``."""
    import asyncio

    return await asyncio.to_thread(request_promise_sync, options, method)


async def request(options: Any, callback: Any, method: str = "") -> None:
    """Call ``callback(error, response, body)`` when the package request has a response."""
    await called_back(_requested(options, callback, method))


async def _requested(options: Any, callback: Any, method: str) -> None:
    import asyncio

    try:
        reply, _ = await asyncio.to_thread(_request, options, method, set())
    except _Failure as error:
        result = call(callback, error, UNDEFINED, UNDEFINED)
    else:
        result = call(callback, None, reply, reply["body"])
    if hasattr(result, "__await__"):
        await result


class FetchHeaders(Host):
    """The headers of what ``fetch`` resolves to."""

    def __init__(self, headers: dict[str, Any]) -> None:
        self._headers = {name: ", ".join(item) if isinstance(item, list) else item for name, item in headers.items()}

    def get(self, name: Any) -> Any:
        return self._headers.get(text(name).lower())

    def has(self, name: Any) -> bool:
        return text(name).lower() in self._headers

    def forEach(self, function: Any) -> Any:
        for name in sorted(self._headers):
            call(function, self._headers[name], name, self)
        return UNDEFINED

    def __iter__(self) -> Any:
        return iter([[name, self._headers[name]] for name in sorted(self._headers)])


class Response:
    """What ``fetch`` resolves to."""

    def __init__(self, url: str, reply: dict[str, Any]) -> None:
        self._content = reply["content"]
        self.url = reply["url"]
        self.headers = FetchHeaders(reply["headers"])
        self.status = reply["status"]
        self.statusText = reply["statusText"]
        self.ok = 200 <= self.status < 300

    async def json(self) -> Any:
        """Return the body, parsed."""
        return parse_json(self._content.decode("utf-8", "replace"))

    async def text(self) -> str:
        """Return the body as a string."""
        value: str = self._content.decode("utf-8", "replace").removeprefix("\ufeff")
        return value

    async def arrayBuffer(self) -> bytes:
        """Return the body as bytes."""
        content: bytes = self._content
        return content

    async def buffer(self) -> bytes:
        """Return the body as bytes."""
        content: bytes = self._content
        return content


async def fetch(url: Any, options: Any = UNDEFINED) -> Response:
    """Return what ``fetch(url, options)`` resolves to."""
    import asyncio

    options = {} if is_nil(options) else options
    _known(options, {"method", "headers", "body", "timeout"})
    body, headers = options.get("body", UNDEFINED), _headers(options.get("headers"))
    headers = headers if _has(headers, "accept") else {"Accept": "*/*", **headers}
    if isinstance(body, str) and not _has(headers, "content-type"):
        headers["Content-Type"] = "text/plain;charset=UTF-8"
    elif hasattr(body, "_pairs") and not _has(headers, "content-type"):  # URLSearchParams
        headers["Content-Type"] = "application/x-www-form-urlencoded;charset=UTF-8"
    content = None if is_nil(body) else body if isinstance(body, bytes) else text(body).encode()
    method = text(get(options, "method")) if truthy(get(options, "method")) else "GET"
    try:
        reply = await asyncio.to_thread(_send, method, url, headers, content, options.get("timeout"))
    except _Failure as error:
        failed = TypeError("fetch failed")
        failed.cause = error  # type: ignore[attr-defined]
        raise failed from None
    return Response(text(url), reply)

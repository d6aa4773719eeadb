"""HTTP clients: what got and node-fetch do, with the standard library alone."""

from __future__ import annotations

import random
import socket
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .addresses import Url, UrlSearchParams
from .coercion import text
from .http import Response, _Failure, _has, _headers, _known, _send
from .jsons import parse_json, stringify
from .values import Host, is_nil, truthy


class GotError(Exception):
    """What a request of got fails with."""

    def __init__(self, name: str, message: str, code: str, response: Any = UNDEFINED) -> None:
        super().__init__(message)
        self.name = name
        self.code = code
        if response is not UNDEFINED:
            self.response = response


class GotResponse(Host):
    """What got resolves to."""

    def __init__(self, reply: dict[str, Any], kind: str, url: str, count: int) -> None:
        self.statusCode = reply["status"]
        self.statusMessage = reply["statusText"]
        self.headers = reply["headers"]
        self.rawBody = reply["content"]
        self.url = reply["url"]
        self.requestUrl = url
        self.retryCount = count
        self.ok = 200 <= self.statusCode < 300 or self.statusCode == 304
        self.body: Any = self.rawBody if kind == "buffer" else self.rawBody.decode("utf-8", "replace")

    def _parse(self) -> None:
        try:
            self.body = parse_json(self.body) if self.body else ""
        except SyntaxError as error:
            url = self.requestUrl
            raise GotError("ParseError", f'{error} in "{url}"', "ERR_BODY_PARSE_FAILURE", self) from None


_GOT = {
    "url", "method", "json", "form", "body", "searchParams", "headers", "responseType", "timeout", "retry",
    "throwHttpErrors", "resolveBodyOnly", "username", "password",
}  # fmt: skip
_AGAIN = {408, 413, 429, 500, 502, 503, 504, 521, 522, 524}


async def got(url: Any, options: Any = UNDEFINED, method: str = "", form: str = "") -> Any:
    """Return what ``got(url, options)`` resolves to; with `form`, what its ``json()``, ``text()`` or ``buffer()``."""
    import asyncio

    options = {**(url if isinstance(url, dict) else {"url": url}), **({} if is_nil(options) else options)}
    _known(options, _GOT)
    method = (method or (text(options["method"]) if truthy(options.get("method")) else "GET")).upper()
    kind = form or (options["responseType"] if truthy(options.get("responseType")) else "text")
    if kind not in ("text", "json", "buffer"):
        raise NotTranslated(f"the responseType {text(kind)} of got is not translated")
    headers, content = _got_body(options, method, kind)
    url = Url(options["url"])
    if not is_nil(options.get("searchParams")):
        url.searchParams = UrlSearchParams(_got_search(options["searchParams"]))
    limit, milliseconds = _got_limits(options, method)
    address = url.href
    for count in range(limit + 1):
        if count:
            await asyncio.sleep(2 ** (count - 1) + random.random() / 10)
        try:
            reply = await asyncio.to_thread(_send, method, address, headers, content, milliseconds)
        except _Failure as error:
            failed = _got_failure(error, url, milliseconds)
            if count >= limit:
                raise failed from None
            continue
        response = GotResponse(reply, kind, address, count)
        if not response.ok and response.statusCode in _AGAIN and count < limit:
            if "retry-after" in response.headers:
                raise NotTranslated("a reply that says when to ask again is not translated")
            continue
        if not response.ok and truthy(options.get("throwHttpErrors", True)):
            raise GotError(
                "HTTPError", f"Response code {response.statusCode} ({response.statusMessage})",
                "ERR_NON_2XX_3XX_RESPONSE", response,
            )  # fmt: skip
        if kind == "json":
            response._parse()
        return response.body if form or truthy(options.get("resolveBodyOnly", False)) else response
    return UNDEFINED


def _got_body(options: dict[str, Any], method: str, kind: str) -> tuple[dict[str, str], bytes | None]:
    headers = _headers(options.get("headers"))
    body, form, as_json = (options.get(name, UNDEFINED) for name in ("body", "form", "json"))
    if sum(each is not UNDEFINED for each in (body, form, as_json)) > 1:
        raise TypeError("The `body`, `json` and `form` options are mutually exclusive")
    if method == "GET" and not (body is UNDEFINED and form is UNDEFINED and as_json is UNDEFINED):
        raise TypeError("The `GET` method cannot be used with a body")
    content = None
    if as_json is not UNDEFINED:
        content = text(stringify(as_json)).encode()
    elif form is not UNDEFINED:
        content = UrlSearchParams(_got_search(form)).toString().encode()
    elif not is_nil(body):
        if not isinstance(body, (str, bytes)):
            raise NotTranslated("a body of got that is neither a string nor a Buffer is not translated")
        content = body if isinstance(body, bytes) else body.encode()
    kinds = {"application/json": as_json, "application/x-www-form-urlencoded": form}
    for name, value in kinds.items():
        if value is not UNDEFINED and not _has(headers, "content-type"):
            headers["Content-Type"] = name
    if kind == "json" and not _has(headers, "accept"):
        headers["Accept"] = "application/json"
    if truthy(options.get("username", "")) or truthy(options.get("password", "")):
        raise NotTranslated("got with a user name is not translated")
    return headers, content


def _got_search(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: "" if item is None else item for name, item in value.items() if item is not UNDEFINED}


def _got_limits(options: dict[str, Any], method: str) -> tuple[int, Any]:
    retry, timeout = options.get("retry", UNDEFINED), options.get("timeout", UNDEFINED)
    retry = retry.get("limit", 2) if isinstance(retry, dict) and retry.keys() <= {"limit"} else retry
    timeout = timeout.get("request") if isinstance(timeout, dict) and timeout.keys() <= {"request"} else timeout
    if isinstance(retry, dict) or isinstance(timeout, dict):
        raise NotTranslated("these options of got are not translated")
    limit = 2 if is_nil(retry) else int(retry)
    return limit if method in ("GET", "PUT", "HEAD", "DELETE", "OPTIONS", "TRACE") else 0, timeout


def _got_failure(error: _Failure, url: Any, milliseconds: Any) -> GotError:
    if error.code == "ECONNABORTED":
        return GotError("TimeoutError", f"Timeout awaiting 'request' for {text(milliseconds)}ms", "ETIMEDOUT")
    return GotError("RequestError", _reason(error, url), error.code)


def _reason(error: _Failure, url: Any) -> str:
    """Return the message of Node's own error, which names the address."""
    port = url.port or ("443" if url.protocol == "https:" else "80")
    if error.code == "ECONNREFUSED":
        return f"connect ECONNREFUSED {socket.gethostbyname(url.hostname)}:{port}"
    return str(error)


class FetchError(Exception):
    """What a request of node-fetch fails with."""

    def __init__(self, message: str, kind: str, code: Any = UNDEFINED) -> None:
        super().__init__(message)
        self.name = "FetchError"
        self.type = kind
        if code is not UNDEFINED:
            self.code = self.errno = code


class NodeFetchResponse(Response):
    """What node-fetch resolves to."""

    async def json(self) -> Any:
        """Return the body, parsed."""
        try:
            return parse_json(self._content.decode("utf-8", "replace"))
        except SyntaxError as error:
            raise FetchError(f"invalid json response body at {self.url} reason: {error}", "invalid-json") from None


async def node_fetch(url: Any, options: Any = UNDEFINED) -> Response:
    """Return what ``fetch(url, options)`` of node-fetch resolves to."""
    import asyncio

    options = {} if is_nil(options) else options
    _known(options, {"method", "headers", "body", "timeout"})
    body, headers = options.get("body", UNDEFINED), _headers(options.get("headers"))
    headers = headers if _has(headers, "accept") else {"Accept": "*/*", **headers}
    if hasattr(body, "_pairs") and not _has(headers, "content-type"):
        headers["Content-Type"] = "application/x-www-form-urlencoded;charset=UTF-8"
    elif isinstance(body, str) and not _has(headers, "content-type"):
        headers["Content-Type"] = "text/plain;charset=UTF-8"
    content = None if is_nil(body) else body if isinstance(body, bytes) else text(body).encode()
    method = text(options["method"]).upper() if truthy(options.get("method")) else "GET"
    if method in ("GET", "HEAD") and content is not None:
        raise TypeError("Request with GET/HEAD method cannot have body")
    address = Url(url)
    try:
        reply = await asyncio.to_thread(_send, method, address.href, headers, content, options.get("timeout"))
    except _Failure as error:
        if error.code == "ECONNABORTED":
            raise FetchError(f"network timeout at: {address.href}", "request-timeout") from None
        reason = f"request to {address.href} failed, reason: {_reason(error, address)}"
        raise FetchError(reason, "system", error.code) from None
    return NodeFetchResponse(address.href, reply)

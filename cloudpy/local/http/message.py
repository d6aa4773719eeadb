"""HTTP requests and responses of the local WeChat's endpoints. No sockets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._wire import jsontext
from ..responses import Fault

JSON = "application/json; charset=utf-8"
NOT_JSON = "is not JSON, or has an unpaired surrogate"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class HttpRequest:
    """A complete HTTP request.

    Attributes:
        method: in capitals.
        target: path and query as in the request line.
        body: in bytes.
        headers: by name in lower case; the first of several with one name.
        repeated: names of headers that occur more than once.
        timeout: seconds that the client waits for the response, where known.
    """

    __slots__ = ("body", "headers", "method", "repeated", "target", "timeout")

    def __init__(self, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        self.method = method
        self.target = target
        self.body = body
        self.timeout = 900.0
        self.headers: dict[str, str] = {}
        self.repeated: set[str] = set()
        for name, value in headers:
            name = name.lower()
            if name in self.headers:
                self.repeated.add(name)
            else:
                self.headers[name] = value

    def __repr__(self) -> str:  # headers, body and query have secrets
        return f"HttpRequest({self.method} {self.target.partition('?')[0]})"


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A complete HTTP response, to be sent after `delay` seconds or broken by `fault`.

    `api`, `user` and `outcome` are for the log. `pieces` of the body are sent one by one.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes = field(repr=False)
    delay: float = 0.0
    fault: Fault | str = ""
    api: str = ""
    user: str = ""
    outcome: str = ""
    pieces: tuple[bytes, ...] = field(default=(), repr=False)


class GatewayError(Exception):
    """An error of the gateway: code, message, and the HTTP status of a request that cannot be read."""

    def __init__(self, code: str, message: str, status: int = 200) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


def json_response(status: int, value: Any, *, content_type: str = JSON, **more: Any) -> HttpResponse:
    """Return a response in JSON."""
    return HttpResponse(status, [("Content-Type", content_type)], jsontext.stringify(value).encode(), **more)


def parse_json(source: str | bytes) -> Any:
    """Parse JSON that a client sent.

    Raises:
        ValueError: invalid JSON, or an unpaired surrogate, which no response and no file could hold.
    """
    value = jsontext.parse(source)
    if _SURROGATE.search(source if isinstance(source, str) else source.decode("utf-8", "replace")):
        try:
            jsontext.stringify(value).encode()
        except RecursionError:
            raise ValueError("JSON nested too deep") from None
    return value

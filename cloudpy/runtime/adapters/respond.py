"""Responses that several adapters share."""

from __future__ import annotations

import json

from ..encode import encode
from ..errors import FunctionError, RequestRejected, ResultError, TimeLimitError
from ..trace import user_traceback
from .message import Response, RuntimeConfig
from .stream import StreamingResponse, is_stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

JSON = ("Content-Type", "application/json; charset=utf-8")
TEXT = ("Content-Type", "text/plain; charset=utf-8")
BYTES = ("Content-Type", "application/octet-stream")
_NO_SNIFFING = ("X-Content-Type-Options", "nosniff")  # or a browser may show a user's text as a page
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
# The server sets these; a handler's would contradict them.
_SERVER_HEADERS = frozenset(
    (
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-request-id",
    )
)
_WITHOUT_BODY = (204, 205, 304)


def json_response(value: Any, status: int = 200) -> Response:
    """Return a response with a JSON value."""
    return Response(status, [JSON], json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def body_of(value: Any) -> tuple[tuple[str, str] | None, bytes]:
    """Return the content type for a handler's value, and its bytes.

    Raises:
        ResultError: it cannot be encoded as JSON, or is too large.
    """
    if value is None:
        return None, b""
    if isinstance(value, str):
        return TEXT, value.encode("utf-8", "replace")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return BYTES, bytes(value)
    return JSON, encode(value).encode("utf-8", "backslashreplace")


def plain_response(value: Any, status: int = 200) -> Response:
    """Return a response with a handler's value as its body.

    Raises:
        ResultError: it cannot be encoded as JSON, or is too large.
    """
    if is_stream(value):
        return StreamingResponse(status, [TEXT, _NO_SNIFFING], value)
    kind, body = body_of(value)
    if kind is None:
        return Response(status)
    return Response(status, [kind, _NO_SNIFFING] if kind is TEXT else [kind], body)


def integration_response(status: float, headers: Mapping[Any, Any], value: Any) -> Response:
    """Return the response with a handler's status, headers and body.

    Raises:
        ResultError: one of them cannot be sent; names the path to it.
    """
    if isinstance(status, bool) or status != int(status) or not 200 <= status <= 599:
        raise ResultError('result["statusCode"]', f"{status!r} — expected an integer from 200 to 599")
    if status in _WITHOUT_BODY:
        value = None
    pairs = list(_headers(headers))
    if is_stream(value):
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.insert(0, TEXT)
        return StreamingResponse(int(status), pairs, value)
    kind, body = body_of(value)
    if kind and not any(name.lower() == "content-type" for name, _ in pairs):
        pairs.insert(0, kind)
    return Response(int(status), pairs, body)


def error_response(config: RuntimeConfig, request_id: str, error: BaseException, late_status: int) -> Response:
    """Return ``{code, message, requestId}``, and outside production ``stack``, as the platform reports errors."""
    if isinstance(error, RequestRejected):
        return _error(error.status, error.code, error.message, request_id)
    if isinstance(error, TimeLimitError):
        return _error(late_status, "SERVER_TIMEOUT", f"{error}（函数执行超时）", request_id)
    # The handler's own error is for its author, not for the caller.
    stack = None if config.production else stack_of(error)
    return _error(500, "SYS_ERR", "System Error.", request_id, stack)


def stack_of(error: BaseException) -> str:
    """Return an error as the function's author needs it: a sentence, or the traceback of their code."""
    return f"{type(error).__name__}: {error}" if isinstance(error, FunctionError) else user_traceback(error)


def _error(status: int, code: str, message: str, request_id: str, stack: str | None = None) -> Response:
    value = {"code": code, "message": message, "requestId": request_id}
    return json_response(value if stack is None else {**value, "stack": stack}, status)


def _headers(headers: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        path = f'result["headers"][{name!r}]'
        if not isinstance(name, str) or not name or not _TOKEN.issuperset(name.lower()):
            raise ResultError(path, "invalid name for a header")
        if name.lower() in _SERVER_HEADERS:
            continue
        for value in values if isinstance(values, (list, tuple)) else [values]:
            if value is None:
                continue
            if isinstance(value, bool):
                value = "true" if value else "false"
            if not isinstance(value, (str, int, float)):
                raise ResultError(path, f"{type(value).__name__} — expected a string, or a list of strings")
            text = str(value)
            if not text.isprintable() and any((ord(c) < 32 and c != "\t") or ord(c) == 127 for c in text):
                raise ResultError(path, "the value has line breaks or other control characters")
            if not text.isascii():
                from urllib.parse import quote

                text = quote(text, safe="".join(map(chr, range(32, 127))))
            yield name, text

"""The body of a request as an event, by its content type."""

from __future__ import annotations

import json
import re

from ..errors import RequestRejected
from .message import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from ..._wire.form_reader import Part

MAX_DEPTH = 500  # nested lists and objects: deeper ones break the code that walks them, ours and the user's
_MAX_FIELDS = 1000
_CHARSET = re.compile(r'charset="?([\w.:-]+)', re.IGNORECASE)


def event_of(request: Request) -> Any:
    """Return the event in the body of `request`; an empty dict when there is no body.

    JSON and forms become objects (a repeated field a list), text a str, anything else bytes. A file in a multipart
    form becomes ``{"filename", "contentType", "data": bytes}``.

    Raises:
        RequestRejected: the body does not match its content type, or is compressed.
    """
    if not request.body or request.method in ("GET", "HEAD"):
        return {}
    if request.header("content-encoding").lower() not in ("", "identity"):
        raise RequestRejected(415, "BAD_REQUEST", "compressed bodies are not supported: send it uncompressed")
    kind, _, parameters = request.header("content-type").partition(";")
    kind = kind.strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return read_json(request.body)
    if kind == "application/x-www-form-urlencoded":
        return _form(request.body)
    if kind == "multipart/form-data":
        return _multipart(request.body, request.header("content-type"))
    if kind == "text/plain":
        return _text(request.body, parameters)
    return request.body


def read_json(body: bytes) -> Any:
    """Return the value of JSON in UTF-8.

    Raises:
        RequestRejected: it is invalid, or nested too deep; it is not quoted.
    """
    try:
        value = _DECODER.decode(body.removeprefix(b"\xef\xbb\xbf").decode())
    except UnicodeDecodeError:
        _bad("the body is not UTF-8")
    except json.JSONDecodeError as error:
        _bad(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    except RecursionError:
        _bad(f"the body nests deeper than {MAX_DEPTH} levels")
    except ValueError as error:  # NaN, or more digits than Python turns into an integer
        _bad("the body is not JSON: " + ("a number of too many digits" if "digits" in str(error) else str(error)))
    # Brackets inside texts count here as well: this only spares the small bodies the walk.
    if len(body) > MAX_DEPTH and body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        _bad(f"the body nests deeper than {MAX_DEPTH} levels")
    if b"\\u" in body:  # JSON has a form for half of a surrogate pair, and nothing that sends text on takes it
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            _bad("a string in the body has an unpaired surrogate")
    return value


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_constant)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        depth += 1
    return depth


def _form(body: bytes) -> dict[str, Any]:
    from urllib.parse import parse_qsl

    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS, separator="&"
        )
    except ValueError:
        _bad(f"the body is not a form of at most {_MAX_FIELDS} fields in UTF-8, as its content type says")
    return _fields(pairs)


def _multipart(body: bytes, content_type: str) -> dict[str, Any]:
    from ..._wire import form_reader

    try:
        parts = form_reader.decode(body, content_type, _MAX_FIELDS)
    except form_reader.FormError as error:
        _bad(str(error))
    return _fields([(part.name, _value(part)) for part in parts])


def _value(part: Part) -> Any:
    if part.filename is None:
        return _text(part.value, part.content_type)
    content_type = part.content_type or "application/octet-stream"
    return {"filename": part.filename, "contentType": content_type, "data": part.value}


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    together: dict[str, list[Any]] = {}
    for name, value in pairs:
        together.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in together.items()}


def _text(body: bytes, parameters: str) -> str:
    found = _CHARSET.search(parameters)
    charset = (found[1] if found else "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "gbk", "gb2312", "gb18030"):
        raise RequestRejected(415, "BAD_REQUEST", "this charset is not supported: send UTF-8")
    try:
        return body.decode(charset)
    except UnicodeDecodeError:
        _bad("the text is not in the charset that it says")


def _bad(message: str) -> NoReturn:
    raise RequestRejected(400, "BAD_REQUEST", message) from None

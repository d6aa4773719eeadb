"""One request to the console's API, described: path, shapes, and what answers it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .console import Console
from .shapes import ShapeError, check, convert_query

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class ConsoleError(Exception):
    """The request cannot be answered; the page shows the message.

    Attributes:
        status: of HTTP.
        code: a word for programs, such as ``NOT_FOUND``.
        message: what was expected, what was found, what to do.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Request:
    """A request as handlers see it.

    Attributes:
        params: values of the variables in the path.
        query: fields of the query string that were sent, as the shape of the route has them.
        body: the bytes of the body.
        content_type: of the body.
        trusted: whether the token came with it.
    """

    def __init__(
        self,
        params: Mapping[str, str],
        query: Mapping[str, Any],
        body: bytes = b"",
        content_type: str = "",
        shape: Any = None,
    ) -> None:
        self.params = params
        self.query = query
        self.body = body
        self.content_type = content_type
        self.trusted = False
        self._shape = shape

    @property
    def json(self) -> Any:
        """The body as JSON, which has the shape of the route.

        Raises:
            ConsoleError: it is not JSON, or has another shape.
        """
        try:
            value = json.loads(self.body.decode("utf-8-sig") or "null", parse_constant=_reject)
            return value if self._shape is None else check(value, self._shape)
        except UnicodeDecodeError as error:
            reason = f"the body is not UTF-8 (byte {error.start})"
        except json.JSONDecodeError as error:
            reason = f"the body is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        except RecursionError:
            reason = "the body nests too deep"
        except ShapeError as error:
            reason = str(error)
        except ValueError as error:
            reason = f"the body is not JSON: {error}"
        raise ConsoleError(400, "INVALID_PARAM", reason)


@dataclass(frozen=True, slots=True)
class FileResponse:
    """A file as the response. It is sent so that the browser runs nothing that is in it.

    Attributes:
        path: of the file.
        content_type: as stored; the browser is only told of types that are safe to show.
        name: file name for a download; empty to show it.
        data: the contents, if they are not in a file.
    """

    path: str = ""
    content_type: str = "application/octet-stream"
    name: str = ""
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Route:
    """One request of the API.

    Attributes:
        method: of HTTP.
        path: below ``/_console/api``; ``{name}`` stands for one escaped segment.
        handler: called in a thread; returns JSON, or a `FileResponse`.
        summary: for the reference page, one sentence.
        zh: the same in Chinese.
        changes: whether it changes something, so that it needs the token.
        query: TypedDict of the query string.
        body: shape of the JSON body; bytes for any bytes.
        result: shape of the result, or `FileResponse`.
        large: whether the body may be larger than an event, as uploads are.
        functions: whether it needs functions: not there in ``cloudpy gateway --console``.
    """

    method: Method
    path: str
    handler: Callable[[Console, Request], Any]
    summary: str
    zh: str
    changes: bool = False
    query: Any = None
    body: Any = None
    result: Any = field(default=Any)
    large: bool = False
    functions: bool = False

    def request(self, params: Mapping[str, str], fields: Mapping[str, str], body: bytes, content_type: str) -> Request:
        """Return a request of this route.

        Raises:
            ConsoleError: the query string has another shape.
        """
        try:
            query = convert_query(fields, self.query)
        except ShapeError as error:
            raise ConsoleError(400, "INVALID_PARAM", str(error)) from None
        return Request(params, query, body, content_type, None if self.body is bytes else self.body)


def check_segment(text: str, name: str) -> None:
    """Reject a name that no address can have as a part: browsers take ``.`` and ``..`` for folders.

    Raises:
        ConsoleError: it is one of these.
    """
    if text in (".", ".."):
        raise ConsoleError(400, "INVALID_PARAM", f"{name} must not be {text!r}: an address cannot have it as a part")


def _reject(literal: str) -> Any:
    raise ValueError(f"{literal} is not valid in JSON")

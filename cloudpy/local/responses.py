"""Canned answers: what the local WeChat is told to answer, instead of what it would answer by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from .._error_codes import text_of
from .._wire import case, jsontext
from .mismatch import mismatch

Fault = Literal["refused", "reset", "timeout", "garbage", "truncated", "http500"]
FAULTS: tuple[Fault, ...] = get_args(Fault)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What goes back to the caller; each door writes it in its own form.

    Attributes:
        body: what WeChat's API itself answers, with its `content_type`.
        errcode: the one in the body, 0 for none.
        error_code: the platform's own refusal (-604101 …), which has no body; 0 for none.
        gateway_code: the gateway's own error (``SYS_ERR`` …), which has no body either; empty for none.
        message: the words of an error.
        fault: a breakdown in the place of an answer, or empty.
        delay: seconds to let pass first.
        origin: ``local data``, ``open data``, ``sample`` or ``nothing``.
        value: the reply as it was written, which is what a function returns that is called by name.
    """

    body: bytes = b""
    content_type: str = "application/json"
    errcode: int = 0
    error_code: int = 0
    gateway_code: str = ""
    message: str = ""
    fault: Fault | Literal[""] = ""
    delay: float = 0.0
    origin: str = "local data"
    value: Mapping[str, Any] | None = None

    @property
    def outcome(self) -> str:
        """What it is, in words: ``ok``, ``errcode 40003 invalid openid``, ``refused -604101 …``, ``fault reset``."""
        if self.fault:
            return f"fault {self.fault}"
        if self.gateway_code:
            return f"gateway {self.gateway_code} {self.message}".rstrip()
        if self.error_code:
            return f"refused {self.error_code} {text_of(self.error_code)}".rstrip()
        return f"errcode {self.errcode} {self.message}".rstrip() if self.errcode else "ok"


def reply_response(value: Mapping[str, Any], origin: str = "local data") -> ApiResponse:
    """The answer for a reply written as the SDK shows it: in camelCase, bytes as ``{"contentType", "buffer"}``.

    ``errCode`` and ``errMsg`` may be among the keys; they need not be.

    Raises:
        ValueError: a value that JSON has no form for, named by its path.
    """
    if isinstance(value.get("buffer"), (bytes, bytearray)) and "contentType" in value:
        return file_response(bytes(value["buffer"]), str(value["contentType"]), origin)
    rest = {key: item for key, item in value.items() if key not in ("errCode", "errMsg", "errcode", "errmsg")}
    code = value.get("errCode", value.get("errcode", 0)) or 0
    message = value.get("errMsg", value.get("errmsg", "")) if code else "ok"
    if not isinstance(code, int):
        raise ValueError(f"errCode must be a whole number, got {code!r}")
    wire = {"errcode": code, "errmsg": message, **_to_wire(rest)}
    body = jsontext.stringify(wire, "reply").encode()
    return ApiResponse(body, errcode=code, message=str(message) if code else "", origin=origin, value=value)


def error_response(code: int | str, message: str | None = None) -> ApiResponse:
    """The answer for an error.

    Args:
        code: WeChat's errcode (-1, 40003, …); -604100 to -604104, with which the platform itself refuses; or a text,
            with which the gateway does (``EXCEED_REQUEST_LIMIT`` …).
        message: its words; those that are usual for the code when left out. The platform's refusals have none.
    """
    if isinstance(code, str):
        return ApiResponse(gateway_code=code, message=message if message is not None else code)
    if -604199 <= code <= -604100:
        return ApiResponse(error_code=code, message=message or "")
    text = usual_text(code) if message is None else message
    return ApiResponse(jsontext.stringify({"errcode": code, "errmsg": text}).encode(), errcode=code, message=text)


def file_response(value: bytes, content_type: str, origin: str = "local data") -> ApiResponse:
    """The answer for an API that gives a file."""
    return ApiResponse(value, content_type, origin=origin)


def text_response(value: str) -> ApiResponse:
    """The answer for plain text."""
    return ApiResponse(value.encode(), "text/plain")


def usual_text(code: int) -> str:
    """The words WeChat usually has for an errcode."""
    return _TEXTS.get(code) or text_of(code) or "error"


_TEXTS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40097: "invalid args",
    40125: "invalid appsecret",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    45009: "reach max api daily quota limit",
    47001: "data format error",
    48001: "api unauthorized",
}

Maker = Callable[[dict[str, Any]], "ApiResponse | Mapping[str, Any]"]


@dataclass(eq=False)
class CannedResponse:
    """One canned answer and the calls it is for.

    Attributes:
        answer: what to answer; a function of the parameters (camelCase) that makes it; or None to answer as if
            nothing was said, after `delay`.
        when: the parameters it is for, in camelCase (see `matching`); None for any.
        times: how often it is given. None: once, when another with the same `when` comes after it, else for ever.
        delay: seconds to let pass before the answer.
        used: how often it was given.
    """

    answer: ApiResponse | Maker | None
    when: Mapping[str, Any] | None = None
    times: int | None = None
    delay: float = 0.0
    used: int = field(default=0, init=False)

    def give(self, params: dict[str, Any]) -> ApiResponse | None:
        self.used += 1
        answer = self.answer
        if answer is not None and not isinstance(answer, ApiResponse):
            made = answer(params)
            answer = made if isinstance(made, ApiResponse) else reply_response(made)
        if self.delay:
            answer = answer or ApiResponse(origin="")
            answer = replace(answer, delay=answer.delay + self.delay)
        return answer


class CannedResponses:
    """The canned answers of each API, from the top down: the first that fits and is not used up is given."""

    def __init__(self) -> None:
        self._by_api: dict[str, list[CannedResponse]] = {}

    def add(self, api: str, canned: CannedResponse) -> CannedResponse:
        """Puts an answer behind those that the API has."""
        self._by_api.setdefault(api, []).append(canned)
        return canned

    def of(self, api: str) -> list[CannedResponse]:
        """The answers of one API, in order."""
        return list(self._by_api.get(api, ()))

    def apis(self) -> list[str]:
        """The APIs that have any."""
        return list(self._by_api)

    def clear(self, api: str | None = None) -> None:
        """Takes back the answers of one API, or all."""
        if api is None:
            self._by_api.clear()
        else:
            self._by_api.pop(api, None)

    def unused(self) -> list[tuple[str, CannedResponse]]:
        """The answers that were never given, with their API."""
        return [(api, canned) for api, several in self._by_api.items() for canned in several if not canned.used]

    def choose(self, api: str, params: dict[str, Any]) -> CannedResponse | None:
        """The answer for a call, or None when there is none (any more)."""
        several = self._by_api.get(api, ())
        for index, canned in enumerate(several):
            if canned.when is not None and mismatch(canned.when, params):
                continue
            times = canned.times
            if times is None and any(later.when == canned.when for later in several[index + 1 :]):
                times = 1
            if times is None or canned.used < times:
                return canned
        return None

    def why_not(self, api: str, params: dict[str, Any]) -> list[str]:
        """For each answer of the API in order, why it was not given."""
        return [
            (mismatch(canned.when, params) if canned.when is not None else None)
            or f"it was given {canned.used} times already"
            for canned in self._by_api.get(api, ())
        ]

    def __repr__(self) -> str:
        return f"<Answers for {', '.join(self._by_api) or 'nothing'}>"


def _to_wire(value: Any) -> Any:
    """Keys as they travel: in snake_case, but for those that would not come back from it as they are."""
    if isinstance(value, Mapping):
        return {_wire_key(key): _to_wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_wire(item) for item in value]
    return value


def _wire_key(key: Any) -> Any:
    if not isinstance(key, str):
        return key
    snake = case.snake(key)
    return snake if case.camel(snake) == key else key

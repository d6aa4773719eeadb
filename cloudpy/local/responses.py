"""Responses of APIs, and canned responses that replace the local WeChat's defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from .. import contracts
from .._wire import case, jsontext
from .._wire.javascript import utf8
from ..errors import text_of

Fault = Literal["refused", "reset", "timeout", "garbage", "truncated", "http500"]
FAULTS: tuple[Fault, ...] = get_args(Fault)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """The response of an API; each endpoint encodes it in its own form.

    Attributes:
        body: body of WeChat's API, with its `content_type`.
        errcode: errcode in the body, 0 for success.
        error_code: code of a rejection by the platform (-604101 …), which has no body; else 0.
        gateway_code: code of an error of the gateway (``SYS_ERR`` …), which has no body either; else empty.
        message: message of an error.
        fault: transport fault instead of a response, or empty.
        delay: seconds before the response.
        origin: ``local data``, ``open data``, ``sample`` or ``nothing``.
        value: the reply as it was written; a function called by name returns it unchanged.
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
        """The outcome in words: ``ok``, ``errcode 40003 invalid openid``, ``refused -604101 …``, ``fault reset``."""
        if self.fault:
            return f"fault {self.fault}"
        if self.gateway_code:
            return f"gateway {self.gateway_code} {self.message}".rstrip()
        if self.error_code:
            return f"refused {self.error_code} {text_of(self.error_code)}".rstrip()
        return f"errcode {self.errcode} {self.message}".rstrip() if self.errcode else "ok"


def reply_response(value: Mapping[str, Any], origin: str = "local data") -> ApiResponse:
    """Return the response for a result as the SDK returns it: in camelCase, bytes as ``{"contentType", "buffer"}``.

    ``errCode`` and ``errMsg`` are optional.

    Raises:
        ValueError: a value has no JSON form; the message names its path.
    """
    if isinstance(value.get("buffer"), (bytes, bytearray)) and "contentType" in value:
        return file_response(bytes(value["buffer"]), str(value["contentType"]), origin)
    rest = {key: item for key, item in value.items() if key not in ("errCode", "errMsg", "errcode", "errmsg")}
    code = value.get("errCode", value.get("errcode", 0)) or 0
    message = value.get("errMsg", value.get("errmsg", "")) if code else "ok"
    if not isinstance(code, int):
        raise ValueError(f"errCode must be an integer, got {code!r}")
    wire = {"errcode": code, "errmsg": message, **_to_wire(rest)}
    body = utf8(jsontext.stringify(wire, "reply"))
    return ApiResponse(body, errcode=code, message=str(message) if code else "", origin=origin, value=value)


def error_response(code: int | str, message: str | None = None, *, api: str = "") -> ApiResponse:
    """Return the response for an error.

    Args:
        code: WeChat's errcode (-1, 40003, …); -604100 to -604104 for a rejection by the platform; or a string for an
            error of the gateway (``EXCEED_REQUEST_LIMIT`` …).
        message: message of the error, by default the usual one. Rejections by the platform have none.
        api: the API that answers, whose contract may know the code.
    """
    if isinstance(code, str):
        return ApiResponse(gateway_code=code, message=message if message is not None else code)
    if -604199 <= code <= -604100:
        return ApiResponse(error_code=code, message=message or "")
    text = usual_text(code, api) if message is None else message
    return ApiResponse(utf8(jsontext.stringify({"errcode": code, "errmsg": text})), errcode=code, message=text)


def file_response(value: bytes, content_type: str, origin: str = "local data") -> ApiResponse:
    """Return the response of an API that returns a file."""
    return ApiResponse(value, content_type, origin=origin)


def text_response(value: str) -> ApiResponse:
    """Return a response in plain text."""
    return ApiResponse(utf8(value), "text/plain")


def usual_text(code: int, api: str = "") -> str:
    """Return WeChat's usual message for an errcode, else what the contract of the API says of it."""
    contract = None if code in _TEXTS else contracts.get(api)
    listed = {error.code: error.meaning for error in contract.errors} if contract else {}
    return _TEXTS.get(code) or listed.get(code) or text_of(code) or "error"


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

ResponseFunction = Callable[[dict[str, Any]], "ApiResponse | Mapping[str, Any]"]


@dataclass(eq=False)
class CannedResponse:
    """A canned response, and the calls it is for.

    Attributes:
        answer: the response; a function of the parameters (camelCase) that returns it; or None for the default
            response, after `delay`.
        when: parameters it is for, in camelCase (see `mismatch`); None for any.
        times: how often it is used. None: once when another with the same `when` follows, else always.
        delay: seconds before the response.
        used: how often it was used.
    """

    answer: ApiResponse | ResponseFunction | None
    when: Mapping[str, Any] | None = None
    times: int | None = None
    delay: float = 0.0
    used: int = field(default=0, init=False)

    def use(self, params: dict[str, Any]) -> ApiResponse | None:
        """Return the response to a call and count it; None for the default response."""
        self.used += 1
        answer = self.answer
        if answer is not None and not isinstance(answer, ApiResponse):
            result = answer(params)
            answer = result if isinstance(result, ApiResponse) else reply_response(result)
        if self.delay:
            answer = answer or ApiResponse(origin="")
            answer = replace(answer, delay=answer.delay + self.delay)
        return answer


class CannedResponses:
    """The canned responses of each API, in order: the first that matches and is not used up is used."""

    def __init__(self) -> None:
        self._by_api: dict[str, list[CannedResponse]] = {}

    def add(self, api: str, canned: CannedResponse) -> CannedResponse:
        """Append a response to those of the API."""
        self._by_api.setdefault(api, []).append(canned)
        return canned

    def of(self, api: str) -> list[CannedResponse]:
        """Return the responses of one API, in order."""
        return list(self._by_api.get(api, ()))

    def apis(self) -> list[str]:
        """Return the APIs that have canned responses."""
        return list(self._by_api)

    def clear(self, api: str | None = None) -> None:
        """Remove the responses of one API, or all."""
        if api is None:
            self._by_api.clear()
        else:
            self._by_api.pop(api, None)

    def choose(self, api: str, params: dict[str, Any]) -> CannedResponse | None:
        """Return the response for a call, or None when none is left."""
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
        """Return for each response of the API, in order, why it was not used."""
        return [
            (mismatch(canned.when, params) if canned.when is not None else None)
            or f"it was used {canned.used} times already"
            for canned in self._by_api.get(api, ())
        ]

    def __repr__(self) -> str:
        return f"<CannedResponses for {', '.join(self._by_api) or 'no API'}>"


def _to_wire(value: Any) -> Any:
    """Return a value with its keys in snake_case, except those that do not survive the way back."""
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


def mismatch(expected: Any, actual: Any, path: str = "") -> str | None:
    """Return a sentence about the first difference between parameters, or None when `actual` matches `expected`.

    An object matches when every expected key is there and matches; it may have others. A list matches item by item.
    Anything else must be equal and of the same kind: True is not 1. A value that is equal to everything, such as
    ``unittest.mock.ANY``, matches anything at any depth.
    """
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return _differs(path, expected, actual)
        for key, item in expected.items():
            where = f"{path}.{key}" if path else str(key)
            if key not in actual:
                return f"{where} is missing"
            different = mismatch(item, actual[key], where)
            if different:
                return different
        return None
    if isinstance(expected, (list, tuple)):
        if not isinstance(actual, (list, tuple)):
            return _differs(path, expected, actual)
        if len(expected) != len(actual):
            return f"{path or 'the list'} has {len(actual)} items, expected {len(expected)}"
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            different = mismatch(one, other, f"{path}[{index}]")
            if different:
                return different
        return None
    if isinstance(expected, bool) != isinstance(actual, bool) and type(expected) in (bool, int, float):
        return _differs(path, expected, actual)
    return None if expected == actual else _differs(path, expected, actual)


def _differs(path: str, expected: Any, actual: Any) -> str:
    return f"{path or 'the value'} is {_short(actual)}, expected {_short(expected)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"

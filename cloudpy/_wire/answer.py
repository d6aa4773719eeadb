"""Read the gateway's response: return the result, or raise the error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .. import errors as codes
from ..errors import CloudSDKError, error_for_code
from . import case, jsontext, messages
from .javascript import ordered, trim
from .protobuf import DecodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .protobuf import Message

# JSON with exactly this type is an error of the gateway itself; with any other spelling it is read as a message.
GATEWAY_JSON = "application/json; charset=utf-8"
_INTEGER = r"[+-]?[0-9]{1,18}\Z"  # compiled when an errcode is a string


def failure(name: str, code: int, message: str, request_id: str = "") -> dict[str, Any]:
    """Return the keywords of an error that neither WeChat nor the gateway worded, in the form that Node gives it."""
    text = f"{name}:fail {code} {codes.text_of(code)}. {message}"
    return {"errCode": code, "errMsg": text, "message": text, "requestId": request_id}


def read_message(api: str, content_type: str, body: bytes, request_id: str = "", name: str = "") -> Message:
    """Return the CommOpenApiResp of a response with HTTP status 200.

    Args:
        api: the name that was sent, without ``openapi.``.
        content_type: the Content-Type of the response.
        body: the body of the response.
        request_id: the id for errors.
        name: the name of the call in errors; by default ``openapi.`` and `api`.

    Raises:
        CloudSDKError: the response is an error, or not a message.
    """
    raise_gateway_error(name or f"openapi.{api}", api, content_type, body, request_id)
    try:
        message = messages.decode("CommOpenApiResp", body)
    except DecodeError as broken:
        raise _not_a_message(api, body, broken, request_id) from None
    code = message["error_code"]
    if code:
        raise error_for_code(code, f"system error: error code: {code}", api=api, requestId=request_id)
    return message


def raise_gateway_error(name: str, api: str, content_type: str, body: bytes, request_id: str) -> None:
    """Raise the gateway's own error, if the response is one.

    Raises:
        CloudSDKError: the response is an error of the gateway.
    """
    if content_type != GATEWAY_JSON:
        return
    try:
        error = jsontext.parse_strictly(body)
    except ValueError:
        return  # read like any other response, as by Node
    raise _gateway_error(name, api, error, request_id)


def read_result(api: str, message: Message, convert_case: bool, request_id: str = "") -> dict[str, Any]:
    """Return the result of an openapi call: WeChat's keys, with errCode 0 and errMsg.

    Raises:
        CloudSDKError: WeChat returned an errcode, or invalid JSON.
    """
    name = f"openapi.{api}"
    content_type, body = message["content_type"], message["resp_data"]
    result: dict[str, Any] = {"errCode": 0, "errMsg": f"{name}:ok"}
    if "application/json" not in content_type and "text/plain" not in content_type:
        result.update(contentType=trim(content_type), buffer=body)
        return result
    try:
        value = jsontext.parse(body)
        converted = case.to_camel(value) if convert_case else value
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
        if "text/plain" in content_type:
            result["result"] = text
            return result
        raise CloudSDKError(
            codes.WX_SYSTEM_ERROR,
            f"{name}:fail wechat server internal error, response body is invalid json: {text}",
            api=api,
            requestId=request_id,
        ) from None
    if not isinstance(value, dict):
        result["result"] = converted
        return result
    code = integer(value.get("errcode"))
    if code != 0:
        message_text = printed(value["errmsg"]) if "errmsg" in value else "undefined"
        text = f"{name}:fail {message_text}"
        if code is None:  # not a number: -1 then means unknown, not busy
            raise CloudSDKError(-1, text, api=api, requestId=request_id)
        raise error_for_code(code, text, api=api, requestId=request_id)
    for key, item in converted.items():
        if key not in ("errcode", "errmsg", "errCode", "errMsg"):
            result[key] = item  # noqa: PERF403  a loop is as fast here, and plainer
    return result


def _gateway_error(name: str, api: str, error: Any, request_id: str) -> CloudSDKError:
    if isinstance(error, Mapping):
        request_id = text_only(error.get("requestId")) or request_id
        if truthy(error.get("code")):
            code = codes.from_gateway(error["code"])
            details = failure(name, code, _message_of(error), request_id)
            return error_for_code(api=api, **details)
        if truthy(error.get("errcode")):
            message = f"{api}:fail {printed(error.get('errmsg', 'undefined'))}"
            errcode = integer(error["errcode"])
            if not errcode:
                return CloudSDKError(-1, message, api=api, requestId=request_id)
            return error_for_code(errcode, message, api=api, requestId=request_id)
    text = f"{api}:fail unknown response {printed(error)}"
    return CloudSDKError(codes.SYSTEM_ERROR, text, api=api, requestId=request_id)


def _not_a_message(api: str, body: bytes, broken: DecodeError, request_id: str) -> CloudSDKError:
    try:
        error = jsontext.parse_strictly(body)
    except ValueError:
        text = f"{api}:fail unknown wx response received: {broken}"
        return CloudSDKError(codes.WX_SYSTEM_ERROR, text, api=api, requestId=request_id)
    if isinstance(error, Mapping) and truthy(error.get("code")) and "message" in error:
        return error_for_code(
            codes.from_gateway(error["code"]),
            f"{api}:fail {printed(error['message'])}",
            api=api,
            requestId=text_only(error.get("requestId")) or request_id,
        )
    text = f"{api}:fail {printed(error, _plain_json)}"
    return CloudSDKError(codes.SYSTEM_ERROR, text, api=api, requestId=request_id)


def integer(code: Any) -> int | None:
    """Return an errcode as an integer: 0 when it is missing, None when it is not an integer."""
    if isinstance(code, str) and re.match(_INTEGER, code):
        return int(code)
    if isinstance(code, float) and code.is_integer():
        return int(code)
    if isinstance(code, int) and not isinstance(code, bool):
        return code
    return None if code else 0


def printed(value: Any, write: Callable[[Any], str] = jsontext.text) -> str:
    """Return a value as part of a message; a value that was parsed may still nest too deep to be written."""
    try:
        return write(value)
    except RecursionError:
        return "(nested too deep to be shown)"


def _plain_json(value: Any) -> str:
    return jsontext.stringify(ordered(value), quote=jsontext.quote_plainly)


def _message_of(error: Mapping[str, Any]) -> str:
    """Return the message of a gateway's error; without one, Node prints the Error itself."""
    message = error.get("message", "")
    if message or message in ([], {}):
        return printed(message)
    return "Error" if message == "" else f"Error: {printed(message)}"


def truthy(value: Any) -> bool:
    """Return whether a JSON value is true in JavaScript, as an empty list or object is."""
    return bool(value) or isinstance(value, (list, dict))


def text_only(value: Any) -> str:
    return value if isinstance(value, str) else ""

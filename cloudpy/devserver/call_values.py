"""What the history shows of a call: its parameters and its answer as JSON, their sizes, and the SDK's words for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import error_for_code, from_gateway, text_of
from ..local.calls import CallRecord
from ..local.responses import ApiResponse
from .invocation import CloudCall

_MAX_BODY = 4 * 1024 * 1024  # bytes of an answer that are read as JSON


def cloud_call(call: CallRecord, answer: ApiResponse, ms: float) -> CloudCall:
    """Return what is kept of a call of the local WeChat."""
    value = answer_value(answer)
    return CloudCall(
        call.text,
        call.outcome,
        ms,
        at=call.at,
        params=plain(call.params),
        answer=value,
        origin=call.answered_from,
        problems=call.problems,
        sent=sum(len(file.value) for file in call.files.values()) + _size(call.wire),
        received=len(answer.body) or _size(value),
        sdk=sdk_words(call.api, answer),
        name=call.api,
    )


def plain(value: Any) -> Any:
    """Return a value as JSON, with the size of bytes in place of them."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value)} bytes>"
    return value


def answer_value(answer: ApiResponse) -> Any:
    """Return an answer as JSON; None if there was none."""
    if answer.value is not None:
        return plain(answer.value)
    if not answer.body:
        return None
    if "json" not in answer.content_type or len(answer.body) > _MAX_BODY:
        return {"contentType": answer.content_type, "buffer": f"<{len(answer.body)} bytes>"}
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return answer.body.decode("utf-8", "replace")


def sdk_words(api: str, answer: ApiResponse) -> str:
    """Return the error that the SDK raises for an answer, or an empty string."""
    if answer.gateway_code:
        code, text = from_gateway(answer.gateway_code), answer.message
        return f"errCode {code} {text_of(code)}: {text}".rstrip(": ")
    name = api if api.startswith(("database.", "cloudPay.")) or "." not in api else f"openapi.{api}"
    if answer.error_code:
        error = error_for_code(answer.error_code, f"{name}:fail system error: error code: {answer.error_code}")
    elif answer.errcode:
        error = error_for_code(answer.errcode, f"{name}:fail {answer.message}")
    else:
        return ""
    return f"{type(error).__name__}: errCode {error.errCode} {error.errMsg}"


def _size(value: Any) -> int:
    if value is None:
        return 0
    try:
        return len(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return 0

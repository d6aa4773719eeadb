"""The part of the environment's own gateway that ``cloud.ai()`` uses: tokens, and answers of models and bots.

There is no model. The response comes from ``answers``, under ``ai.PROVIDER`` or ``aibot.METHOD``, or echoes the prompt.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from ..._wire import jsontext, signature
from ..backend import Backend
from ..calls import CallRecord
from .message import HttpRequest, HttpResponse, json_response, parse_json

TOKEN_PATH = "/auth/v1/token/clientCredential"  # noqa: S105  the path of a file or an API
_PREFIXES = ("/v1/ai/", "/v1/aibot/")
_PIECE = 4  # characters
_STREAM = "text/event-stream; charset=utf-8"


def handles(path: str) -> bool:
    """Whether a path is one of this gateway's."""
    return path == TOKEN_PATH or path.startswith(_PREFIXES)


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Answer one request to a path that `handles`."""
    path = request.target.partition("?")[0]
    if path == TOKEN_PATH:
        if not _is_signed(backend, request):
            return _refused(
                401, "INVALID_CREDENTIALS", "the signature does not fit: take the secrets of this local WeChat"
            )
        token = backend.tokens.ai_token()
        return json_response(200, {"access_token": token, "token_type": "Bearer", "expires_in": 7200}, outcome="ok")
    if not backend.tokens.is_ai_token(request.headers.get("authorization", "").removeprefix("Bearer ")):
        return _refused(401, "INVALID_ACCESS_TOKEN", "no access token of this local WeChat")
    try:
        data: Any = parse_json(request.body) if request.body else {}
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return _refused(400, "INVALID_PARAM", "the body must be a JSON object")
    _, _, kind, *rest = path.split("/")
    is_bot = kind == "aibot"
    api = f"aibot.{rest[-1]}" if is_bot else f"ai.{rest[0]}"
    return _answer(backend, api, data, is_bot=is_bot, path=path, stream=_wants_stream(request, data))


def _answer(backend: Backend, api: str, data: dict[str, Any], *, is_bot: bool, path: str, stream: bool) -> HttpResponse:
    canned = backend.find_canned(api, data, None)
    answer = canned.use(data) if canned else None
    outcome = answer.outcome if answer is not None else "ok"
    origin = "local data" if answer is not None else "sample"
    call = CallRecord(
        api=api,
        params=data,
        wire=data,
        files={},
        caller=None,
        appid="",
        version="",
        endpoint="ai",
        fields={},
        at=backend.clock(),
    )
    call.outcome, call.answered_from = outcome, origin
    backend.calls.add(call)
    log: dict[str, Any] = {"api": api, "outcome": outcome}
    value: Mapping[str, Any] = {}
    if answer is not None:
        log["delay"] = answer.delay
        if answer.fault:
            return HttpResponse(200, [], b"", fault=answer.fault, **log)
        code = answer.gateway_code or answer.error_code or answer.errcode
        if code:
            return json_response(400, {"code": str(code), "message": answer.message}, **log)
        value = answer.value or {}
    text = value.get("text")
    if value and not isinstance(text, str):
        return json_response(200, value, **log)  # as it is written: an image, the list of bots
    if not isinstance(text, str):
        text = f"(local WeChat) {_asked(data)}"
    if not stream:
        return json_response(200, {"content": text} if is_bot else _whole(path, data, text), **log)
    pieces = [_event(piece) for piece in _pieces(path, text, is_bot=is_bot)]
    pieces.append(b"data: [DONE]\n\n")
    return HttpResponse(200, [("Content-Type", _STREAM)], b"".join(pieces), pieces=tuple(pieces), **log)


def _whole(path: str, data: Mapping[str, Any], text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    value = {"id": "local", "model": data.get("model", ""), "choices": [{"finish_reason": "stop", "message": message}]}
    value["usage"] = _usage(text)
    return {"Response": _title_case(value)} if _is_title_case(path) else value


def _pieces(path: str, text: str, *, is_bot: bool) -> list[dict[str, Any]]:
    parts = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] or [""]
    if is_bot:
        return [{"type": "text", "role": "assistant", "content": part} for part in parts]
    chunks: list[dict[str, Any]] = [
        {"id": "local", "choices": [{"index": 0, "delta": {"role": "assistant", "content": part}}]} for part in parts
    ]
    chunks[-1]["choices"][0]["finish_reason"] = "stop"
    chunks[-1]["usage"] = _usage(text)
    return [_title_case(one) for one in chunks] if _is_title_case(path) else chunks


def _event(value: Mapping[str, Any]) -> bytes:
    return f"data: {jsontext.stringify(value)}\n\n".encode()


def _usage(text: str) -> dict[str, int]:
    return {"prompt_tokens": 1, "completion_tokens": len(text), "total_tokens": 1 + len(text)}


def _asked(data: Mapping[str, Any]) -> str:
    """Return the last message to a model or a bot."""
    messages = data.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages and isinstance(messages[-1], dict) else {}
    return str(last.get("content") or data.get("msg") or data.get("prompt") or "")


def _wants_stream(request: HttpRequest, data: Mapping[str, Any]) -> bool:
    return data.get("stream") is True or "text/event-stream" in request.headers.get("accept", "")


def _is_title_case(path: str) -> bool:
    return path == "/v1/ai/hunyuan"


def _title_case(value: Any) -> Any:
    if isinstance(value, list):
        return [_title_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {"".join(word.title() for word in key.split("_")): _title_case(item) for key, item in value.items()}


def _refused(status: int, code: str, message: str) -> HttpResponse:
    return json_response(status, {"code": code, "message": message}, outcome=f"refused {code}")


def _is_signed(backend: Backend, request: HttpRequest) -> bool:
    header = request.headers.get("authorization", "")
    found = re.fullmatch(
        r"TC3-HMAC-SHA256 Credential=([^/]*)/[^,]*, SignedHeaders=([a-z;-]+), Signature=[0-9a-f]{64},"
        r" Timestamp=([0-9]{1,12})(?:, Token=.*)?",
        header,
    )
    if not found or found[1] != backend.secret_id:
        return False
    if abs(int(found[3]) - backend.callers_clock()) > 600:
        return False
    names = found[2].split(";")
    if not {"host", "content-type"} <= set(names) or not all(name in request.headers for name in names):
        return False
    wanted = signature.cloud_api_authorization(
        method=request.method,
        url=f"http://{request.headers['host']}{request.target}",
        headers=[(name, request.headers[name]) for name in names],
        body=json.dumps(parse_json(request.body), separators=(",", ":"), ensure_ascii=False),
        secret_id=backend.secret_id,
        secret_key=backend.secret_key,
        timestamp=int(found[3]),
    )
    return hmac.compare_digest(wanted.encode(), header.partition(", Token=")[0].encode("utf-8", "replace"))

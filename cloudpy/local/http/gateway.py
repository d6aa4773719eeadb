"""The gateway endpoint, ``POST /admin``: bytes to bytes, as strict as Tencent's."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from ..._wire import form_reader, jsontext, messages
from ..._wire.protobuf import DecodeError
from .. import accounts
from ..accounts import CrossAccountGrant
from ..backend import Backend
from ..calls import ApiRequest, CallRecord, File
from ..responses import ApiResponse
from ..users import Caller
from . import database, services, storage
from .message import NOT_JSON, GatewayError, HttpRequest, HttpResponse, json_response, parse_json
from .signature_check import SignatureError, check

PATH = "/admin"
MAX_BODY = 6 * 1024 * 1024  # bytes, as Tencent's gateway accepts
_OPEN_API = "wx.openApi"
_ILLEGAL_SOURCE = -604104
_API_TYPES = {messages.INNER_API: "INNER_API", messages.TOKEN_API: "TOKEN_API"}
_UNIQUE_HEADERS = {"authorization", "content-type", "host", "x-timestamp"}
# Fields that a record keeps: no tokens, no session, no credentials.
_RECORDED = ("action", "apiName", "cgiName", "envName")

_Fields = Sequence[tuple[str, "str | bytes"]]


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Respond to a request to ``/admin``; no request makes it raise."""
    try:
        return _handle(backend, request)
    except GatewayError as refused:
        error = {"code": refused.code, "message": refused.message, "requestId": backend.random_bytes(8).hex()}
        return json_response(refused.status, error, outcome=f"{refused.code} {refused.message}")


def _handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise GatewayError("INVALID_PARAM", f"{PATH} accepts POST, got {request.method}", 405)
    if len(request.body) > MAX_BODY:
        raise GatewayError(
            "EXCEED_MAX_PAYLOAD_SIZE", f"the request has {len(request.body)} bytes, at most {MAX_BODY} are allowed"
        )
    if request.repeated & _UNIQUE_HEADERS:
        raise GatewayError("INVALID_PARAM", f"duplicate header {min(request.repeated & _UNIQUE_HEADERS)}", 400)
    fields = _fields(request)
    grant = _grant(backend, fields)
    keys = grant or backend
    try:
        check(request, fields, secret_id=keys.secret_id, secret_key=keys.secret_key, now=backend.callers_clock())
    except SignatureError as error:
        raise GatewayError("SIGN_PARAM_INVALID", str(error)) from None
    values = dict(fields)
    if len(values) != len(fields):
        raise GatewayError("INVALID_PARAM", "duplicate field")
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    _check_env(backend, request, texts.get("envName", ""), grant)
    action = texts.get("action", "")
    if action in storage.ACTIONS:
        base = f"http://{request.headers.get('host', '')}"
        try:
            env = texts.get("envName") or backend.env
            return storage.handle(backend, action, texts, env, base, _caller(backend, texts))
        except storage.ParameterError as error:
            raise GatewayError("INVALID_PARAM", str(error)) from None
    if action.startswith(database.PREFIX):
        env = texts.get("envName") or backend.env
        value = jsontext.parse(request.body)  # an object, or _fields would have raised
        return database.handle(backend, value, env, _caller(backend, texts), recorded_fields(texts))
    service = services.ACTIONS.get(action)
    if service is not None:
        return service(backend, values, _caller(backend, texts), recorded_fields(texts), request.timeout)
    if action != _OPEN_API:
        known = ", ".join((_OPEN_API, *services.ACTIONS))
        raise GatewayError("INVALID_PARAM", f"action must be {known}, got {action[:60]!r}")
    api = texts.get("apiName", "")
    if not api:
        raise GatewayError("INVALID_PARAM", "apiName is missing")
    if not api.isprintable():  # it goes into the log
        raise GatewayError("INVALID_PARAM", f"invalid API name {api[:60]!r}")
    if api == accounts.API:
        return _cross_account_token(backend, values, texts)
    incoming = _decode(backend, api, values, texts)
    return services.svrkit(backend, incoming) if incoming.kind == "message" else _respond(backend, incoming)


def _fields(request: HttpRequest) -> _Fields:
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("application/json"):
        return _json_fields(request.body)
    try:
        parts = form_reader.decode(request.body, content_type)
        return [
            (part.name, part.value if part.content_type else part.value.decode("utf-8", "strict")) for part in parts
        ]
    except form_reader.FormError as error:
        raise GatewayError("INVALID_PARAM", str(error)[:300], 400) from None
    except UnicodeDecodeError:
        raise GatewayError("INVALID_PARAM", "a text field is not UTF-8", 400) from None


def _json_fields(body: bytes) -> _Fields:
    # Some actions are sent as a JSON object; of a value that is not a string, its JSON is signed.
    try:
        value = parse_json(body)
        if isinstance(value, dict):
            plainly = jsontext.quote_plainly
            return [
                (key, item if isinstance(item, str) else jsontext.stringify(item, quote=plainly))
                for key, item in value.items()
            ]
    except (ValueError, RecursionError):
        raise GatewayError("INVALID_PARAM", f"the body {NOT_JSON}", 400) from None
    raise GatewayError("INVALID_PARAM", "the body is not a JSON object", 400)


def _grant(backend: Backend, fields: _Fields) -> CrossAccountGrant | None:
    """Return the grant of a request for another account's resources, or None for the own account."""
    for name, value in fields:
        if name == "crossAuthorizationToken" and isinstance(value, str) and value:
            grant = backend.accounts.find_grant(value)
            if grant is None or ("sessionToken", grant.token) not in fields:
                raise GatewayError("INVALID_PARAM", "unknown crossAuthorizationToken or sessionToken")
            return grant
    return None


def _cross_account_token(backend: Backend, values: dict[str, str | bytes], texts: dict[str, str]) -> HttpResponse:
    """Respond to a request for the credentials of another account."""
    data = values.get("requestData")
    try:
        message = messages.decode("CommApiData", data if isinstance(data, bytes) else b"\xff")
    except DecodeError as error:
        raise GatewayError("INVALID_PARAM", f"requestData is not a CommApiData message: {error}") from None
    resource = message["token_data"] or {"resource_appid": "", "resource_env": ""}
    params = {"resourceAppid": resource["resource_appid"], "resourceEnv": resource["resource_env"]}
    caller = _caller(backend, texts)
    grant = backend.accounts.grant(resource["resource_appid"], resource["resource_env"]) if caller else None
    code = 0 if grant else accounts.UNAUTHORIZED if caller else _ILLEGAL_SOURCE
    credentials = grant and {"secret_id": grant.secret_id, "secret_key": grant.secret_key, "token": grant.token}
    body = (
        messages.encode("AuthorizationInfo", {"tcb_credentials": credentials, "wx_param": grant.ticket})
        if grant
        else b""
    )
    answer = ApiResponse(body, "", error_code=code, origin="accounts" if grant else "nothing")
    call = CallRecord(accounts.API, params, {}, {}, caller, "", "", "gateway", recorded_fields(texts), backend.clock())
    call.outcome, call.answered_from = answer.outcome, answer.origin
    backend.calls.add(call)
    if backend.observe:
        backend.observe(call, answer)
    return _comm_response(answer, {"api": accounts.API, "user": "", "outcome": answer.outcome})


def _check_env(backend: Backend, request: HttpRequest, name: str, grant: CrossAccountGrant | None) -> None:
    query = request.target.partition("?")[2]
    envs = [piece[4:] for piece in query.split("&") if piece.startswith("env=")]
    # Clients before wx-server-sdk 4 only send envName. Node escapes some characters of the query and not others:
    # both spellings mean the same id.
    if len(envs) > 1 or (envs and name not in (envs[0], unquote(envs[0]))):
        raise GatewayError("INVALID_PARAM", f"env in the URL must occur at most once, and equal envName {name[:60]!r}")
    if grant:
        if name != grant.env:
            raise GatewayError("INVALID_ENV", f"the other account shares {grant.env!r}, not {name[:60]!r}")
    elif name and name != backend.env and not backend.any_env:
        raise GatewayError(
            "INVALID_ENV",
            f"unknown environment {name[:60]!r}, this one is {backend.env!r}: use init() with DYNAMIC_CURRENT_ENV, or"
            f" env: {name[:60]} in local.yaml, or --env",
        )


def _decode(backend: Backend, api: str, values: dict[str, str | bytes], texts: dict[str, str]) -> ApiRequest:
    data = values.get("requestData")
    if not isinstance(data, bytes):
        raise GatewayError("INVALID_PARAM", "requestData must be an octet stream")
    try:
        message = messages.decode("CommApiData", data)
    except DecodeError as error:
        raise GatewayError("INVALID_PARAM", f"requestData is not a CommApiData message: {error}") from None
    kind = _API_TYPES.get(message["api_type"])
    if kind:
        raise GatewayError("INVALID_PARAM", f"the local WeChat does not support calls of type {kind}")
    if message["api_type"] == messages.SVRKIT_API:
        return services.decode_svrkit(api, message, _caller(backend, texts), recorded_fields(texts))
    pairs: list[dict[str, Any]] = (message["openapi_data"] or {"pairs": []})["pairs"]
    files = {pair["key"]: _file(pair) for pair in pairs if pair["filename"] or pair["contenttype"]}
    return ApiRequest(
        api=api,
        wire={pair["key"]: _value(pair) for pair in pairs if pair["key"] not in files},
        files=files,
        caller=_caller(backend, texts),
        appid=message["appid"],
        version="v2" if texts.get("cgiName") == "commrpcv2" else "",
        fields=recorded_fields(texts),
    )


def recorded_fields(texts: dict[str, str]) -> dict[str, str]:
    """Return the fields that a record keeps."""
    return {name: texts[name] for name in _RECORDED if name in texts}


def _caller(backend: Backend, texts: dict[str, str]) -> Caller | None:
    token = texts.get("wxCloudApiToken")
    if token:
        return backend.tokens.find_caller(token)
    access = texts.get("wxCloudbaseAccesstoken")
    if access and not backend.tokens.check_access_token(access, "cloudbase_access_token"):
        return Caller(None, source="other")  # a container's own call, without a user
    return None


def _file(pair: dict[str, Any]) -> File:
    guessed = mimetypes.guess_type(pair["filename"])[0] or "application/octet-stream"
    return File(pair["filename"], pair["contenttype"] or guessed, pair["value"])


def _value(pair: dict[str, Any]) -> Any:
    try:
        return parse_json(pair["value"])
    except ValueError:
        raise GatewayError("INVALID_PARAM", f"parameter {pair['key'][:60]!r} {NOT_JSON}") from None


def _respond(backend: Backend, incoming: ApiRequest) -> HttpResponse:
    answer = backend.handle(incoming)
    user = incoming.caller.user if incoming.caller else None
    log = {"api": incoming.api, "user": user.openid if user else "", "outcome": answer.outcome}
    if answer.gateway_code:
        error = {"code": answer.gateway_code, "message": answer.message, "requestId": backend.random_bytes(8).hex()}
        return json_response(200, error, delay=answer.delay, **log)
    return _comm_response(answer, log)


def _comm_response(answer: ApiResponse, log: dict[str, str]) -> HttpResponse:
    message = {
        "resp_data": answer.body,
        "content_type": "" if answer.error_code else answer.content_type,
        "error_code": answer.error_code,
        "http_code": 200,
    }
    headers = [("Content-Type", "application/octet-stream")]
    body = messages.encode("CommOpenApiResp", message)
    return HttpResponse(
        200,
        headers,
        body,
        delay=answer.delay,
        fault=answer.fault,
        api=log["api"],
        user=log["user"],
        outcome=log["outcome"],
    )

"""The gateway's services beside openapi: callOpenAPI, svrkit messages, WeChat Pay, functions that call each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..._wire import case, jsontext, messages
from ..._wire.protobuf import DecodeError
from ..backend import Backend
from ..calls import ApiRequest
from ..responses import ApiResponse
from ..users import Caller
from .message import GatewayError, HttpResponse, json_response, parse_json

_Fields = Mapping[str, "str | bytes"]


def open_api(
    backend: Backend, values: _Fields, caller: Caller | None, fields: Mapping[str, str], timeout: float
) -> HttpResponse:
    """Respond to ``wx.api``: an API whose parameters and result are JSON strings inside JSON."""
    api = _name(values, "apiName")
    params = _object(values.get("requestData") or "{}", "requestData")
    version = "v2" if values.get("cgiName") == "commrpcv2" else ""
    request = ApiRequest(api=api, wire=params, caller=caller, version=version, fields=fields)
    answer = backend.handle(request)
    if answer.gateway_code:
        return _gateway_error(backend, request, answer)
    text = answer.body.decode("utf-8", "replace")
    if answer.error_code:  # this form has no field for rejections by the platform
        text = jsontext.stringify({"errcode": answer.error_code, "errmsg": answer.message})
    return _json(backend, request, answer, {"responseData": text})


def pay(
    backend: Backend, values: _Fields, caller: Caller | None, fields: Mapping[str, str], timeout: float
) -> HttpResponse:
    """Respond to ``wx.wxPayApi``: a call of WeChat Pay."""
    api = _name(values, "apiName")
    options, data = values.get("apiOptions"), values.get("requestData")
    if not isinstance(options, bytes) or not isinstance(data, bytes):
        raise GatewayError("INVALID_PARAM", "apiOptions and requestData must be octet streams")
    try:
        appid = messages.decode("ApiOptions", options)["appid"]
    except DecodeError as error:
        raise GatewayError("INVALID_PARAM", f"apiOptions is not an ApiOptions message: {error}") from None
    params = _object(data, "requestData")
    request = ApiRequest(api=f"cloudPay.{api}", wire=params, caller=caller, appid=appid, fields=fields, kind="pay")
    answer = backend.handle(request)
    if answer.gateway_code:
        return _gateway_error(backend, request, answer)
    if answer.error_code:
        rejection = {"errcode": answer.error_code, "errmsg": answer.message}
        return json_response(200, rejection, **_log_fields(request, answer))
    headers = [("Content-Type", "application/octet-stream")]
    return HttpResponse(200, headers, answer.body, fault=answer.fault, **_log_fields(request, answer))


def function(
    backend: Backend, values: _Fields, caller: Caller | None, fields: Mapping[str, str], timeout: float
) -> HttpResponse:
    """Respond to ``functions.invokeFunction``; blocks until the called function ends."""
    name = _name(values, "function_name")
    event = values.get("request_data") or "{}"
    data = _object(event, "request_data")
    if not values.get("wxCloudApiToken") and not values.get("wxCloudbaseAccesstoken"):
        caller = Caller(None, source="other")  # the user's own server: its keys suffice, and there is no user
    request = ApiRequest(
        api="callFunction", wire={"name": name, "data": data}, caller=caller, fields=fields, kind="function"
    )
    answer, result = backend.run(request, event if isinstance(event, str) else event.decode(), timeout)
    if answer.error_code:
        answer = ApiResponse(gateway_code="INVALID_REQUEST_SOURCE", message=answer.message, delay=answer.delay)
    if answer.gateway_code:
        return _gateway_error(backend, request, answer)
    if result is None:  # a function's result has its own names, and no errcode
        body = answer.body.decode("utf-8", "replace") if answer.value is None else jsontext.stringify(answer.value)
        return _json(backend, request, answer, {"response_data": body})
    if result.code:
        failed = ApiResponse(gateway_code=result.code, message=result.message)
        return _gateway_error(backend, request, failed)
    return _json(backend, request, answer, {"response_data": result.result})


ACTIONS: dict[str, Callable[[Backend, _Fields, Caller | None, Mapping[str, str], float], HttpResponse]] = {
    "functions.invokeFunction": function,
    "wx.api": open_api,
    "wx.wxPayApi": pay,
}


def _name(values: _Fields, key: str) -> str:
    name = values.get(key)
    if not isinstance(name, str) or not name:
        raise GatewayError("INVALID_PARAM", f"{key} is missing")
    if not name.isprintable():  # it goes into the log
        raise GatewayError("INVALID_PARAM", f"invalid name {name[:60]!r}")
    return name


def _object(text: str | bytes, key: str) -> dict[str, Any]:
    try:
        value = parse_json(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise GatewayError("INVALID_PARAM", f"{key} is not a JSON object")
    return value


def _json(backend: Backend, request: ApiRequest, answer: ApiResponse, data: Mapping[str, str]) -> HttpResponse:
    value = {"data": data, "requestId": backend.random_bytes(8).hex()}
    return json_response(200, value, fault=answer.fault, **_log_fields(request, answer))


def _gateway_error(backend: Backend, request: ApiRequest, answer: ApiResponse) -> HttpResponse:
    error = {"code": answer.gateway_code, "message": answer.message, "requestId": backend.random_bytes(8).hex()}
    return json_response(200, error, **_log_fields(request, answer))


def _log_fields(request: ApiRequest, answer: ApiResponse) -> dict[str, Any]:
    user = request.caller.user if request.caller else None
    api = f"{request.api} {request.wire['name']}" if request.kind == "function" else request.api
    return {"api": api, "user": user.openid if user else "", "outcome": answer.outcome, "delay": answer.delay}


# name on the wire -> name in the SDK, name of the messages
_SVRKIT_NAMES = {
    "ApiGetOpenDataByCloudId": ("getOpenData", "ApiGetOpenDataByCloudId"),
    "ApiVoipSign": ("getVoIPSign", "ApiVoipSign"),
    "GetCloudCallSign": ("getCloudCallSign", "GetCloudCallSign"),
}


def decode_svrkit(api: str, message: Mapping[str, Any], caller: Caller | None, fields: Mapping[str, str]) -> ApiRequest:
    """Decode a call that is a message of WeChat's own services (svrkit).

    Raises:
        GatewayError: the message is unknown or malformed.
    """
    inner = message["svrkit_data"] or {"api_name": "", "req_data": b""}
    if api not in _SVRKIT_NAMES or inner["api_name"] != api:
        raise GatewayError(
            "INVALID_PARAM", f"{api[:60]!r} is not one of {', '.join(_SVRKIT_NAMES)}, or differs from the message"
        )
    name, kind = _SVRKIT_NAMES[api]
    try:
        wire = messages.decode(f"{kind}Req", inner["req_data"])
    except DecodeError as error:
        raise GatewayError("INVALID_PARAM", f"req_data is not a {kind}Req message: {error}") from None
    if name == "getOpenData":
        wire = {"list": wire["cloudid_list"]}
    return ApiRequest(api=name, wire=wire, caller=caller, appid=message["appid"], fields=fields, kind="message")


def svrkit(backend: Backend, request: ApiRequest) -> HttpResponse:
    """Respond to a call that is a message of WeChat's own services."""
    answer = backend.handle(request)
    user = request.caller.user if request.caller else None
    log: dict[str, Any] = {"api": request.api, "user": user.openid if user else "", "outcome": answer.outcome}
    if answer.gateway_code:
        error = {"code": answer.gateway_code, "message": answer.message, "requestId": backend.random_bytes(8).hex()}
        return json_response(200, error, delay=answer.delay, **log)
    kind = next(kind for name, kind in _SVRKIT_NAMES.values() if name == request.api)
    value = jsontext.parse(answer.body) if answer.body and not answer.errcode else {}
    if answer.origin == "local data":  # a canned response, with names as on the wire
        value = case.to_camel(value)
    reply: dict[str, Any] = {"signature": value.get("signature")}
    if request.api == "getOpenData":
        items = value.get("list") or []
        reply = {"data_list": [{"cloud_id": _id(item), "json": jsontext.stringify(item)} for item in items]}
    body = messages.encode(
        "CommOpenApiResp",
        {
            "resp_data": messages.encode(f"{kind}Resp", reply),
            "error_code": answer.error_code,
            "http_code": 200,
            "svrkit_error_code": answer.errcode,
        },
    )
    headers = [("Content-Type", "application/octet-stream")]
    return HttpResponse(200, headers, body, delay=answer.delay, fault=answer.fault, **log)


def _id(item: Any) -> str:
    return str(item.get("cloudID", "")) if isinstance(item, Mapping) else ""

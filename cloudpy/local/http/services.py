"""What the gateway's door answers beside openapi: callOpenAPI, WeChat Pay, and functions that call each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..._wire import jsontext, messages
from ..._wire.protobuf import DecodeError
from ..backend import Backend
from ..calls import ApiRequest
from ..responses import ApiResponse
from ..users import Caller
from .messages import GatewayError, HttpResponse, json_response, parse_json

_Values = Mapping[str, "str | bytes"]


def open_api(
    backend: Backend, values: _Values, caller: Caller | None, fields: Mapping[str, str], timeout: float
) -> HttpResponse:
    """``wx.api``: an API whose parameters and answer are JSON texts inside JSON."""
    api = _name(values, "apiName")
    params = _object(values.get("requestData") or "{}", "requestData")
    version = "v2" if values.get("cgiName") == "commrpcv2" else ""
    asked = ApiRequest(api=api, wire=params, caller=caller, version=version, fields=fields)
    answer = backend.handle(asked)
    if answer.gateway_code:
        return _gateway_error(backend, asked, answer)
    text = answer.body.decode("utf-8", "replace")
    if answer.error_code:  # a refusal of the platform's has no place of its own in this form
        text = jsontext.stringify({"errcode": answer.error_code, "errmsg": answer.message})
    return _json(backend, asked, answer, {"responseData": text})


def pay(
    backend: Backend, values: _Values, caller: Caller | None, fields: Mapping[str, str], timeout: float
) -> HttpResponse:
    """``wx.wxPayApi``: a call of WeChat Pay's."""
    api = _name(values, "apiName")
    options, data = values.get("apiOptions"), values.get("requestData")
    if not isinstance(options, bytes) or not isinstance(data, bytes):
        raise GatewayError("INVALID_PARAM", "apiOptions and requestData must be there, as octet streams")
    try:
        appid = messages.decode("ApiOptions", options)["appid"]
    except DecodeError as error:
        raise GatewayError("INVALID_PARAM", f"apiOptions is no ApiOptions message: {error}") from None
    params = _object(data, "requestData")
    asked = ApiRequest(api=f"cloudPay.{api}", wire=params, caller=caller, appid=appid, fields=fields, kind="pay")
    answer = backend.handle(asked)
    if answer.gateway_code:
        return _gateway_error(backend, asked, answer)
    if answer.error_code:
        refusal = {"errcode": answer.error_code, "errmsg": answer.message}
        return json_response(200, refusal, **_shown(asked, answer))
    headers = [("Content-Type", "application/octet-stream")]
    return HttpResponse(200, headers, answer.body, fault=answer.fault, **_shown(asked, answer))


def function(
    backend: Backend, values: _Values, caller: Caller | None, fields: Mapping[str, str], timeout: float
) -> HttpResponse:
    """``functions.invokeFunction``: another function of the environment; blocks until it has ended."""
    name = _name(values, "function_name")
    event = values.get("request_data") or "{}"
    data = _object(event, "request_data")
    if not values.get("wxCloudApiToken") and not values.get("wxCloudbaseAccesstoken"):
        caller = Caller(None, source="other")  # a server of the user's own: its keys are enough, and no user calls
    asked = ApiRequest(
        api="callFunction", wire={"name": name, "data": data}, caller=caller, fields=fields, kind="function"
    )
    answer, ran = backend.run(asked, event if isinstance(event, str) else event.decode(), timeout)
    if answer.error_code:
        answer = ApiResponse(gateway_code="INVALID_REQUEST_SOURCE", message=answer.message, delay=answer.delay)
    if answer.gateway_code:
        return _gateway_error(backend, asked, answer)
    if ran is None:  # a function's result has names of its own, and no errcode
        body = answer.body.decode("utf-8", "replace") if answer.value is None else jsontext.stringify(answer.value)
        return _json(backend, asked, answer, {"response_data": body})
    if ran.code:
        failed = ApiResponse(gateway_code=ran.code, message=ran.message)
        return _gateway_error(backend, asked, failed)
    return _json(backend, asked, answer, {"response_data": ran.result})


ACTIONS: dict[str, Callable[[Backend, _Values, Caller | None, Mapping[str, str], float], HttpResponse]] = {
    "functions.invokeFunction": function,
    "wx.api": open_api,
    "wx.wxPayApi": pay,
}


def _name(values: _Values, key: str) -> str:
    name = values.get(key)
    if not isinstance(name, str) or not name:
        raise GatewayError("INVALID_PARAM", f"{key} is missing")
    if not name.isprintable():  # it goes into the log
        raise GatewayError("INVALID_PARAM", f"{name[:60]!r} is no name")
    return name


def _object(text: str | bytes, key: str) -> dict[str, Any]:
    try:
        value = parse_json(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise GatewayError("INVALID_PARAM", f"{key} is no JSON object")
    return value


def _json(backend: Backend, asked: ApiRequest, answer: ApiResponse, data: Mapping[str, str]) -> HttpResponse:
    value = {"data": data, "requestId": backend.random_bytes(8).hex()}
    return json_response(200, value, fault=answer.fault, **_shown(asked, answer))


def _gateway_error(backend: Backend, asked: ApiRequest, answer: ApiResponse) -> HttpResponse:
    error = {"code": answer.gateway_code, "message": answer.message, "requestId": backend.random_bytes(8).hex()}
    return json_response(200, error, **_shown(asked, answer))


def _shown(asked: ApiRequest, answer: ApiResponse) -> dict[str, Any]:
    user = asked.caller.user if asked.caller else None
    api = f"{asked.api} {asked.wire['name']}" if asked.kind == "function" else asked.api
    return {"api": api, "user": user.openid if user else "", "outcome": answer.outcome, "delay": answer.delay}

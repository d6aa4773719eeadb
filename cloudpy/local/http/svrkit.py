"""Calls that travel as a message of WeChat's own services: bytes of the message to a call, and an answer back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._wire import case, jsontext, messages
from ..._wire.protobuf import DecodeError
from ..backend import Backend
from ..calls import ApiRequest
from ..users import Caller
from .messages import GatewayError, HttpResponse, json_response

# name on the wire -> name in the SDK, the messages' name
_NAMES = {
    "ApiGetOpenDataByCloudId": ("getOpenData", "ApiGetOpenDataByCloudId"),
    "ApiVoipSign": ("getVoIPSign", "ApiVoipSign"),
    "GetCloudCallSign": ("getCloudCallSign", "GetCloudCallSign"),
}


def incoming(api: str, message: Mapping[str, Any], caller: Caller | None, fields: Mapping[str, str]) -> ApiRequest:
    """The call that a message makes.

    Raises:
        RefusedError: it is none that is known here.
    """
    inner = message["svrkit_data"] or {"api_name": "", "req_data": b""}
    if api not in _NAMES or inner["api_name"] != api:
        raise GatewayError(
            "INVALID_PARAM", f"{api[:60]!r} is none of {', '.join(_NAMES)}, or not what the message says"
        )
    name, kind = _NAMES[api]
    try:
        request = messages.decode(f"{kind}Req", inner["req_data"])
    except DecodeError as error:
        raise GatewayError("INVALID_PARAM", f"req_data is no {kind}Req message: {error}") from None
    if name == "getOpenData":
        request = {"list": request["cloudid_list"]}
    return ApiRequest(api=name, wire=request, caller=caller, appid=message["appid"], fields=fields, kind="message")


def outgoing(backend: Backend, asked: ApiRequest) -> HttpResponse:
    """What goes back for it."""
    answer = backend.handle(asked)
    user = asked.caller.user if asked.caller else None
    log: dict[str, Any] = {"api": asked.api, "user": user.openid if user else "", "outcome": answer.outcome}
    if answer.gateway_code:
        error = {"code": answer.gateway_code, "message": answer.message, "requestId": backend.random_bytes(8).hex()}
        return json_response(200, error, delay=answer.delay, **log)
    kind = next(kind for name, kind in _NAMES.values() if name == asked.api)
    value = jsontext.parse(answer.body) if answer.body and not answer.errcode else {}
    if answer.origin == "local data":  # a canned answer, whose names are those of the wire
        value = case.to_camel(value)
    reply: dict[str, Any] = {"signature": value.get("signature")}
    if asked.api == "getOpenData":
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

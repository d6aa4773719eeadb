"""``getOpenData``, ``getVoIPSign`` and ``getCloudCallSign``: protobuf messages of WeChat's internal services."""

from __future__ import annotations

from collections.abc import Mapping

from ..._transports import Response
from ..._undefined import UNDEFINED
from ..._wire import answer, jsontext, messages
from ..._wire.protobuf import DecodeError
from ...errors import WX_SYSTEM_ERROR, CloudSDKError
from ..config import Config
from ..gateway import FormCall
from .parameters import check_types, initialized, one_dict, rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._typed import open as t
    from ..._wire.protobuf import Message
    from ..retry import Steps

_MAX_TIMESTAMP = 2**32 - 1  # it is sent in 32 bits


def get_open_data(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> Steps[t.GetOpenDataResult]:
    """Return the steps of ``getOpenData(params)``."""
    name = "getOpenData"
    config = initialized(config, name)
    params = one_dict(name, params, keywords)
    ids = params.get("list")
    if ids is None or ids is UNDEFINED or ids in ("", False, 0):
        raise rejected(name, "list must be provided")
    request = {"cloudid_list": _strings(name, "list", ids)}
    kind = "ApiGetOpenDataByCloudId"
    return _ServiceCall(config, name, kind, kind, request, _appid(name, params)).steps(idempotent=True)


def get_voip_sign(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> Steps[t.SignatureResult]:
    """Return the steps of ``getVoIPSign(params)``."""
    name = "getVoIPSign"
    config = initialized(config, name)
    params = one_dict(name, params, keywords)
    check_types(name, params, {"groupId": "string", "timestamp": "number", "nonce": "string"})
    timestamp = params["timestamp"]
    if timestamp != timestamp // 1 or not 0 <= timestamp <= _MAX_TIMESTAMP:
        raise rejected(name, f"timestamp must be an integer of seconds from 0 to {_MAX_TIMESTAMP}, got {timestamp!r}")
    request = {"group_id": params["groupId"], "timestamp": int(timestamp), "nonce": params["nonce"]}
    return _ServiceCall(config, name, "ApiVoipSign", "ApiVoipSign", request).steps(idempotent=True)


def get_cloud_call_sign(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> Steps[t.SignatureResult]:
    """Return the steps of ``getCloudCallSign(params)``."""
    name = "getCloudCallSign"
    config = initialized(config, name)
    params = one_dict(name, params, keywords)
    parameters = params.get("parameterList")
    request = {"parameter_list": [] if parameters is None else _strings(name, "parameterList", parameters)}
    return _ServiceCall(config, name, "GetCloudCallSign", "GetCloudCallSign", request).steps(idempotent=True)


class _ServiceCall(FormCall):
    """A call of one of WeChat's own services; its messages are named ``<kind>Req`` and ``<kind>Resp``."""

    __slots__ = ("_kind",)

    def __init__(self, config: Config, name: str, api: str, kind: str, request: Message, appid: str = "") -> None:
        self._kind = kind
        data: Message = {
            "api_type": messages.SVRKIT_API,
            "svrkit_data": {"api_name": api, "req_data": messages.encode(f"{kind}Req", request)},
            "appid": appid or None,
        }
        fields = (("action", "wx.openApi"), ("apiName", api))
        super().__init__(config, name, api, fields, messages.encode("CommApiData", data))

    def result(self, response: Response) -> dict[str, Any]:
        content_type = response.headers.get("content-type", "")
        message = answer.read_message(self.api, content_type, response.body, self.seq_id, self.name)
        code = message["svrkit_error_code"]
        if code:
            raise self._broken(f"internal svrkit error, code {code}")
        try:
            value = messages.decode(f"{self._kind}Resp", message["resp_data"])
        except DecodeError as error:
            raise self._broken(f"internal svrkit error, broken respData: {error}") from None
        done = {"errCode": 0, "errMsg": f"{self.name}:ok"}
        if "data_list" in value:
            return {"list": [self._item(item) for item in value["data_list"]], **done}
        return {"signature": value["signature"], **done}

    def _item(self, item: Message) -> Any:
        cloud_id, text = item["cloud_id"], item["json"]
        if not text:
            raise self._broken(f"internal svrkit error, empty openData json field for {cloud_id}")
        try:
            return jsontext.parse_strictly(text)
        except ValueError as error:
            raise self._broken(f"internal svrkit error, openData json field for {cloud_id}: {error}") from None

    def _broken(self, what: str) -> CloudSDKError:
        return CloudSDKError(api=self.api, **answer.failure(self.name, WX_SYSTEM_ERROR, what, self.seq_id))


def _strings(name: str, key: str, value: object) -> list[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise rejected(name, f"{key} must be a list of strings, got {value!r}"[:300])
    return list(value)


def _appid(name: str, params: Mapping[str, Any]) -> str:
    appid = params.get("appid")
    if appid is not None and not isinstance(appid, str):
        raise rejected(name, f"appid must be a string, got {appid!r}")
    return appid or ""

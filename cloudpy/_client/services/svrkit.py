"""The three calls that travel as a message of WeChat's own services: getOpenData, getVoIPSign, getCloudCallSign."""

from __future__ import annotations

from collections.abc import Mapping

from ..._error_codes import WX_SYSTEM_ERROR
from ..._transports import Response
from ..._wire import answer, jsontext, messages
from ..._wire.protobuf import DecodeError
from ...errors import CloudSDKError
from ..config import Config
from ..gateway import FormCall
from .parameters import check_types, initialized, one, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._wire.protobuf import Message
    from ..retry import Steps

_MOST = 2**32 - 1  # a timestamp travels in 32 bits


def open_data(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Steps[Any]:
    """The steps of ``getOpenData``."""
    name = "getOpenData"
    config = initialized(config, name)
    given = one(name, params, keywords)
    ids = given.get("list")
    if ids is None or ids == "":
        raise refused(name, "list must be provided")
    request = {"cloudid_list": _texts(name, "list", ids)}
    return _Call(
        config, name, "ApiGetOpenDataByCloudId", "ApiGetOpenDataByCloudId", request, _appid(name, given)
    ).steps(repeatable=True)


def voip_sign(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Steps[Any]:
    """The steps of ``getVoIPSign``."""
    name = "getVoIPSign"
    config = initialized(config, name)
    given = one(name, params, keywords)
    check_types(name, given, {"groupId": "string", "timestamp": "number", "nonce": "string"})
    timestamp = given["timestamp"]
    if timestamp != timestamp // 1 or not 0 <= timestamp <= _MOST:
        raise refused(name, f"timestamp must be whole seconds from 0 to {_MOST}, got {timestamp!r}")
    request = {"group_id": given["groupId"], "timestamp": int(timestamp), "nonce": given["nonce"]}
    return _Call(config, name, "ApiVoipSign", "ApiVoipSign", request).steps(repeatable=True)


def cloud_call_sign(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Steps[Any]:
    """The steps of ``getCloudCallSign``."""
    name = "getCloudCallSign"
    config = initialized(config, name)
    given = one(name, params, keywords)
    listed = given.get("parameterList")
    request = {"parameter_list": [] if listed is None else _texts(name, "parameterList", listed)}
    return _Call(config, name, "GetCloudCallSign", "GetCloudCallSign", request).steps(repeatable=True)


class _Call(FormCall):
    """One of the three.

    Args:
        kind: of its messages, which are called ``…Req`` and ``…Resp``.
    """

    __slots__ = ("_kind",)

    def __init__(self, config: Config, name: str, api: str, kind: str, request: Message, appid: str = "") -> None:
        self._kind = kind
        data: Message = {
            "api_type": messages.SVRKIT_API,
            "svrkit_data": {"api_name": api, "req_data": messages.encode(f"{kind}Req", request)},
            "appid": appid or None,
        }
        lead = (("action", "wx.openApi"), ("apiName", api))
        super().__init__(config, name, api, lead, messages.encode("CommApiData", data))

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


def _texts(name: str, key: str, value: object) -> list[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise refused(name, f"{key} must be a list of texts, got {value!r}"[:300])
    return list(value)


def _appid(name: str, given: Mapping[str, Any]) -> str:
    appid = given.get("appid")
    if appid is not None and not isinstance(appid, str):
        raise refused(name, f"appid must be a text, got {appid!r}")
    return appid or ""

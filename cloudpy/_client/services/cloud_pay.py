"""``cloud.cloudPay``: WeChat Pay (微信支付) without certificates. Any name is one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..._error_codes import INVALID_PARAM, WX_SYSTEM_ERROR, from_gateway
from ..._transports import Response
from ..._wire import answer, case, jsontext, messages
from ...errors import CloudSDKError, ConfigError, answered
from ..config import Config, seconds
from ..gateway import FormCall
from .parameters import initialized, one, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..retry import Steps

_OPTIONS = ("appid", "timeout")


def steps(
    config: Config | None,
    api: str,
    params: Mapping[str, Any] | None,
    keywords: dict[str, Any],
    options: Mapping[str, Any],
) -> Steps[dict[str, Any]]:
    """The steps of ``cloudPay.<api>(params)``; whoever drives them gets the result or the error."""
    name = f"cloudPay.{api}"
    config = initialized(config, name)
    given = case.to_snake(one(name, params, keywords))
    try:
        data = jsontext.stringify(given, "params", jsontext.quote_plainly).encode()
    except jsontext.NotJSONError as error:
        raise refused(name, f"parameter {error}. Nothing was sent") from None
    except RecursionError:
        raise refused(name, "the parameters contain themselves, or nest too deep. Nothing was sent") from None
    made = _Call(config, api, messages.encode("ApiOptions", options), data, given)
    return made.steps(timeout=options.get("timeout"))


def checked(options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Mapping[str, Any]:
    """The options of ``cloudPay(options)``.

    Raises:
        ConfigError: there are none, one does not exist, or has a value it cannot have.
    """
    if (options is None) == (not keywords) or (options is not None and not isinstance(options, Mapping)):
        raise ConfigError(
            INVALID_PARAM, "cloudPay:fail an options object is expected: cloudPay(appid=…); one dict, or keywords"
        )
    given = dict(keywords if options is None else options)
    for name in given:
        if name not in _OPTIONS:
            raise ConfigError(
                INVALID_PARAM, f"cloudPay:fail unknown option {name!r}; cloudPay() takes {', '.join(_OPTIONS)}"
            )
    appid, timeout = given.get("appid"), given.get("timeout")
    if appid is not None and not isinstance(appid, str):
        raise ConfigError(INVALID_PARAM, f"cloudPay:fail appid must be a text, got {appid!r}")
    if timeout is not None:
        given["timeout"] = seconds(timeout, "cloudPay", 0.0)
    return given


class _Call(FormCall):
    """A call of WeChat Pay's: sent once, since money moves."""

    __slots__ = ("_given",)

    def __init__(self, config: Config, api: str, options: bytes, data: bytes, given: dict[str, Any]) -> None:
        lead = (("action", "wx.wxPayApi"), ("apiName", api), ("apiOptions", options))
        super().__init__(config, f"cloudPay.{api}", api, lead, data)
        self._given = given

    def secrets(self) -> Iterable[str]:
        from .. import redact

        return redact.secrets_in(self._given)

    def result(self, response: Response) -> dict[str, Any]:
        body = response.body
        answer.refuse_gateway_json(self.name, self.api, response.headers.get("content-type", ""), body, self.seq_id)
        try:
            return self._paid(body)
        except RecursionError:
            raise CloudSDKError(
                WX_SYSTEM_ERROR, f"{self.api}:fail the answer nests too deep", api=self.api, requestId=self.seq_id
            ) from None

    def _paid(self, body: bytes) -> dict[str, Any]:
        done = {"errCode": 0, "errMsg": f"{self.name}:ok"}
        try:
            value = jsontext.parse_strictly(body)
        except ValueError:
            text = body.decode("utf-8", "replace")
            if self.api != "downloadBill":
                raise CloudSDKError(
                    WX_SYSTEM_ERROR,
                    f"{self.api}:fail unknown wx response received: {text}",
                    api=self.api,
                    requestId=self.seq_id,
                ) from None
            return {"data": body if self._given.get("tar_type") == "GZIP" else text, **done}
        if not isinstance(value, dict):
            return {"result": case.to_camel(value), **done}
        if answer.truthy(value.get("code")) and "message" in value:
            raise answered(
                from_gateway(value["code"]),
                f"{self.api}:fail {answer.printed(value['message'])}",
                api=self.api,
                requestId=answer.text_only(value.get("requestId")) or self.seq_id,
            )
        return {**case.to_camel(value), **done}

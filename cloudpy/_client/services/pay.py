"""``cloud.cloudPay``: WeChat Pay (微信支付) without certificates; and ``cloud.signature`` of game coins (米大师)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..._transports import Response
from ..._wire import answer, case, jsontext, messages
from ..._wire.midas import MidasSignature
from ...errors import INVALID_PARAM, WX_SYSTEM_ERROR, CloudSDKError, ConfigError, error_for_code, from_gateway
from ..config import Config, seconds
from ..gateway import FormCall
from .parameters import initialized, one_dict, rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..retry import Steps

_OPTIONS = ("appid", "timeout")


def call(
    config: Config | None,
    api: str,
    params: Mapping[str, Any] | None,
    keywords: dict[str, Any],
    options: Mapping[str, Any],
) -> Steps[dict[str, Any]]:
    """Return the steps of ``cloudPay.<api>(params)``."""
    name = f"cloudPay.{api}"
    config = initialized(config, name)
    snake_params = case.to_snake(one_dict(name, params, keywords))
    try:
        data = jsontext.stringify(snake_params, "params", jsontext.quote_plainly).encode()
    except jsontext.NotJSONError as error:
        raise rejected(name, f"parameter {error}. Nothing was sent") from None
    except RecursionError:
        raise rejected(name, "the parameters contain themselves, or nest too deep. Nothing was sent") from None
    payment = _PayCall(config, api, messages.encode("ApiOptions", options), data, snake_params)
    return payment.steps(timeout=options.get("timeout"))


def checked_options(options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Mapping[str, Any]:
    """Return the options of ``cloudPay(options)``.

    Raises:
        ConfigError: there are no options, or one is unknown or has an invalid value.
    """
    if (options is None) == (not keywords) or (options is not None and not isinstance(options, Mapping)):
        raise ConfigError(
            INVALID_PARAM, "cloudPay:fail an options object is expected: cloudPay(appid=…); one dict, or keywords"
        )
    checked = dict(keywords if options is None else options)
    for name in checked:
        if name not in _OPTIONS:
            raise ConfigError(
                INVALID_PARAM, f"cloudPay:fail unknown option {name!r}; cloudPay() takes {', '.join(_OPTIONS)}"
            )
    appid, timeout = checked.get("appid"), checked.get("timeout")
    if appid is not None and not isinstance(appid, str):
        raise ConfigError(INVALID_PARAM, f"cloudPay:fail appid must be a string, got {appid!r}")
    if timeout is not None:
        checked["timeout"] = seconds(timeout, "cloudPay", 0.0)
    return checked


def signature(params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> MidasSignature:
    """Return the value of ``signature({"type": "midas", "params": […], "secret": …})``.

    Raises:
        CloudSDKError: the type is another, the params are not a list of strings, or the secret is missing.
    """
    name = "signature"
    params = one_dict(name, params, keywords)
    kind = params.get("type")
    if kind != "midas":
        raise rejected(name, f"type must be 'midas', the only type, got {kind!r}")
    names = params.get("params")
    if not isinstance(names, (list, tuple)) or not all(isinstance(each, str) for each in names):
        raise rejected(name, f"params must be a list of the names of parameters, got {names!r}")
    secret = params.get("secret")
    if not isinstance(secret, str) or not secret:  # no message may show its value
        raise rejected(name, f"secret must be a string that is not empty, got {type(secret).__name__}")
    return MidasSignature(tuple(names), secret)


class _PayCall(FormCall):
    """A call of WeChat Pay, which is sent once, since it moves money."""

    __slots__ = ("_params",)

    def __init__(self, config: Config, api: str, options: bytes, data: bytes, params: dict[str, Any]) -> None:
        fields = (("action", "wx.wxPayApi"), ("apiName", api), ("apiOptions", options))
        super().__init__(config, f"cloudPay.{api}", api, fields, data)
        self._params = params

    def secrets(self) -> Iterable[str | None]:
        from .. import redact

        yield from super().secrets()
        yield from redact.secrets_in(self._params)

    def result(self, response: Response) -> dict[str, Any]:
        body = response.body
        answer.raise_gateway_error(self.name, self.api, response.headers.get("content-type", ""), body, self.seq_id)
        try:
            return self._result(body)
        except RecursionError:
            raise CloudSDKError(
                WX_SYSTEM_ERROR, f"{self.api}:fail the answer nests too deep", api=self.api, requestId=self.seq_id
            ) from None

    def _result(self, body: bytes) -> dict[str, Any]:
        success = {"errCode": 0, "errMsg": f"{self.name}:ok"}
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
            return {"data": body if self._params.get("tar_type") == "GZIP" else text, **success}
        if not isinstance(value, dict):
            return {"result": case.to_camel(value), **success}
        if answer.truthy(value.get("code")) and "message" in value:
            raise error_for_code(
                from_gateway(value["code"]),
                f"{self.api}:fail {answer.printed(value['message'])}",
                api=self.api,
                requestId=answer.text_only(value.get("requestId")) or self.seq_id,
            )
        return {**case.to_camel(value), **success}

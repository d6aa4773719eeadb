"""One openapi call, without I/O: check the permission, build the request, read the answer."""

from __future__ import annotations

from collections.abc import Mapping

from .. import _transports
from .._transports import Response
from .._wire import answer, jsontext, messages, pairs
from ..errors import CloudSDKError
from . import hooks, retry
from .config import Config
from .gateway import FormCall, GatewayCall
from .idempotent import REPEATABLE
from .options import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .gateway import Texts


def call(
    config: Config | None, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> dict[str, Any]:
    """Makes one call, blocking."""
    return retry.drive(steps(config, api, params, keywords, options), _transports.blocking_transport())


async def call_async(
    config: Config | None, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> dict[str, Any]:
    """Makes one call, awaiting."""
    return await retry.drive_async(steps(config, api, params, keywords, options), _transports.async_transport())


def steps(
    config: Config | None, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> retry.Steps[dict[str, Any]]:
    """The steps of ``openapi.<api>(params)``; whoever drives them gets the result or the error.

    Raises:
        CloudSDKError: init() was not called; the parameters cannot be sent.
        ApiPermissionError: config.json does not list the API.
    """
    if config is None:
        raise CloudSDKError(
            -1, f"openapi.{api}:fail not initialized: call cloud.init() first（请先调用 cloud.init()）", api=api
        )
    if hooks.watched():
        yield hooks.Begin(GatewayCall(config, f"openapi.{api}", api))
    if config.permissions is not None:
        config.permissions.check(api)
    given = _one(api, params, keywords)
    if config.validate:
        from .validation import check

        check(api, given, options.convert_case)
    if config.transport:
        from . import https

        return (yield from https.steps(config, api, given, options))
    made = _OpenAPICall(config, api, given, options)
    return (yield from made.steps(timeout=options.timeout, repeatable=api in REPEATABLE))


class _OpenAPICall(FormCall):
    """A call of one of WeChat's own APIs."""

    __slots__ = ("_convert_case", "_params")

    def __init__(self, config: Config, api: str, params: Mapping[str, Any], options: Options) -> None:
        lead: Texts = (("action", "wx.openApi"), ("apiName", api))
        if options.version == "v2":
            lead = (*lead, ("cgiName", "commrpcv2"))
        super().__init__(config, f"openapi.{api}", api, lead, _request_data(api, params, options))
        self._convert_case = options.convert_case
        self._params = params

    def secrets(self) -> Iterable[str]:
        from . import redact

        return redact.secrets_in(self._params)

    def result(self, response: Response) -> dict[str, Any]:
        content_type = response.headers.get("content-type", "")
        message = answer.read_message(self.api, content_type, response.body, self.seq_id)
        return answer.read_result(self.api, message, self._convert_case, self.seq_id)


def _one(api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Mapping[str, Any]:
    if params is None:
        return keywords
    if type(params) is not dict and not isinstance(params, Mapping):
        raise _unsendable(api, f"parameters are one dict or keywords, got a {type(params).__name__}")
    if keywords:
        raise _unsendable(api, "parameters are one dict or keywords, not both")
    return params


def _request_data(api: str, params: Mapping[str, Any], options: Options) -> bytes:
    try:
        encoded = pairs.encode(api, params, options.convert_case)
    except jsontext.NotJSONError as error:
        raise _unsendable(api, f"parameter {error}") from None
    except RecursionError:
        raise _unsendable(api, "the parameters contain themselves, or nest too deep") from None
    return messages.encode(
        "CommApiData", {"api_type": messages.OPEN_API, "openapi_data": {"pairs": encoded}, "appid": options.appid}
    )


def _unsendable(api: str, what: str) -> CloudSDKError:
    return CloudSDKError(-1, f"openapi.{api}:fail {what}. Nothing was sent", api=api)

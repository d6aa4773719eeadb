"""One call of ``openapi``, without I/O: check the permission, build the request, read the response."""

from __future__ import annotations

from collections.abc import Mapping

from .._transports import Response
from .._undefined import UNDEFINED
from .._wire import answer, jsontext, messages
from .._wire.params import encode_params
from ..errors import CloudSDKError
from . import retry
from .config import Config, Options
from .gateway import FormCall
from .idempotent import IDEMPOTENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .gateway import Fields


def call(
    config: Config | None, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> retry.Steps[dict[str, Any]]:
    """Return the steps of ``openapi.<api>(params)``.

    Raises:
        CloudSDKError: init() was not called, or the parameters cannot be sent.
        ApiPermissionError: config.json does not list the API.
    """
    if config is None:
        raise _rejected(api, "not initialized: call cloud.init() first（请先调用 cloud.init()）")
    call = OpenAPICall(config, api, params, keywords, options)
    return call.steps(timeout=options.timeout, idempotent=api in IDEMPOTENT)


class OpenAPICall(FormCall):
    """A call of one of WeChat's own APIs."""

    __slots__ = ("_keywords", "_options", "_params")

    def __init__(
        self,
        config: Config,
        api: str,
        params: Mapping[str, Any] | None,
        keywords: dict[str, Any],
        options: Options,
    ) -> None:
        fields: Fields = (("action", "wx.openApi"), ("apiName", api))
        if options.version == "v2":
            fields = (*fields, ("cgiName", "commrpcv2"))
        super().__init__(config, f"openapi.{api}", api, fields, b"")
        self._params = params
        self._keywords = keywords
        self._options = options

    def prepare(self) -> None:
        api, options = self.api, self._options
        params = self._params = checked(self.config, api, self._params, self._keywords, options)
        try:
            encoded = encode_params(api, params, options.convert_case)
        except jsontext.NotJSONError as error:
            raise _rejected(api, f"parameter {error}. Nothing was sent") from None
        except RecursionError:
            raise _rejected(api, "the parameters contain themselves, or nest too deep. Nothing was sent") from None
        message = {"api_type": messages.OPEN_API, "openapi_data": {"pairs": encoded}, "appid": options.appid}
        self._data = messages.encode("CommApiData", message)

    def secrets(self) -> Iterable[str | None]:
        from . import redact

        yield from super().secrets()
        yield from redact.secrets_in(self._params)

    def result(self, response: Response) -> dict[str, Any]:
        content_type = response.headers.get("content-type", "")
        message = answer.read_message(self.api, content_type, response.body, self.seq_id)
        return answer.read_result(self.api, message, self._options.convert_case, self.seq_id)


def checked(
    config: Config, api: str, params: Mapping[str, Any] | None, keywords: dict[str, Any], options: Options
) -> Mapping[str, Any]:
    """Return the parameters of a call that is allowed, as one dict.

    Raises:
        ApiPermissionError: config.json does not list the API.
        CloudSDKError: they are not one dict or keywords, or break the API's contract with init(validate=True).
    """
    if config.permissions is not None:
        config.permissions.check(api)
    if params is None:
        params = keywords
    elif type(params) is not dict and not isinstance(params, Mapping):
        raise _rejected(api, f"parameters are one dict or keywords, got a {type(params).__name__}. Nothing was sent")
    elif keywords:
        raise _rejected(api, "parameters are one dict or keywords, not both. Nothing was sent")
    if config.validate:
        _validate(api, params, options.convert_case)
    return params


def _validate(api: str, params: Mapping[str, Any], convert_case: bool) -> None:
    """Check parameters against the API's contract, for init(validate=True); without a contract there is no check.

    Raises:
        CloudSDKError: errCode -1, with each mistake and its fix. Nothing was sent.
    """
    from ..contracts import check_params

    sent = {name: value for name, value in params.items() if value is not UNDEFINED}
    problems = check_params(api, sent, convert_case=convert_case)
    if problems:
        sentences = "; ".join(str(problem).removeprefix(f"{api}: ") for problem in problems)
        raise _rejected(api, f"{sentences} (nothing was sent)")


def _rejected(api: str, what: str) -> CloudSDKError:
    return CloudSDKError(-1, f"openapi.{api}:fail {what}", api=api)

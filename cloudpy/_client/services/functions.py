"""``callFunction`` and ``callOpenAPI``: JSON whose parameters and results are JSON strings inside JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..._transports import Response, TransportFailure
from ..._wire import answer, jsontext
from ...errors import SYSTEM_ERROR, CallTimeoutError, CloudSDKError, TransportError, error_for_code, from_gateway
from ..config import Config, seconds
from ..context import Variables
from ..gateway import JSONCall
from .parameters import check_types, initialized, one_dict, rejected, retries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._typed import open as t
    from ..config import Env
    from ..retry import Steps


def call_function(
    config: Config | None, params: Any, keywords: dict[str, Any], more: tuple[Any, ...] = ()
) -> Steps[t.CallFunctionResult]:
    """Return the steps of ``callFunction(params)``; `more` are positional arguments, which it does not take."""
    name = "callFunction"
    config = initialized(config, name)
    if more:  # as in other languages
        written = repr(params) if isinstance(params, str) else "…"
        raise rejected(name, f"the name and the event are keywords: callFunction(name={written}, data={{…}})")
    params = one_dict(name, params, keywords)
    check_types(name, params, {"name": "string"})
    if "data" in params:
        check_types(name, params, {"data": "object"})
    if not params["name"]:
        raise rejected(name, "函数名不能为空")
    body = {
        "action": "functions.invokeFunction",
        "function_name": params["name"],
        "request_data": _json_string(name, "data", params.get("data") or {}),
    }
    env = config.env_for("functions", params.get("config"), name)
    return _FunctionCall(config, name, params["name"], body, env, "response_data", params).own_steps()


def call_open_api(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> Steps[t.CallOpenAPIResult]:
    """Return the steps of ``callOpenAPI(params)``."""
    name = "callOpenAPI"
    config = initialized(config, name)
    params = one_dict(name, params, keywords)
    check_types(name, params, {"api": "string"})
    data = params.get("data")
    if data or isinstance(data, (list, tuple)):
        check_types(name, params, {"data": "object"})
    api = params["api"]
    if config.permissions is not None:
        config.permissions.check(api)
    body = {
        "action": "wx.api",
        "apiName": api,
        "cgiName": None if params.get("version") == "v1" else "commrpcv2",
        "requestData": _json_string(name, "data", data) if isinstance(data, Mapping) else "",
    }
    env = config.env_for("functions", params.get("config"), name)
    call = _NestedCall(config, name, api, body, env, "responseData", params)
    if config.account is not None:
        raise call.error_of_foreign_account()
    return call.own_steps()


class _NestedCall(JSONCall):
    """A call whose response is ``{"data": {<result key>: "<JSON string>"}, "requestId": …}``.

    Args:
        config: the options of init().
        name: the call's name in errors.
        api: the ``api`` of its errors.
        body: the keys of the request.
        env: the environment.
        result_key: the key of the JSON string.
        params: the parameters of the call: ``timeout`` and ``retryOptions`` are read, and secrets in ``data``.
    """

    __slots__ = ("_data", "_result_key", "_retries", "_timeout")
    has_request_id = False

    def __init__(
        self,
        config: Config,
        name: str,
        api: str,
        body: dict[str, Any],
        env: Env,
        result_key: str,
        params: Mapping[str, Any],
    ) -> None:
        super().__init__(config, name, api, body, env)
        self._result_key = result_key
        self._data = params.get("data")
        timeout = params.get("timeout")
        self._timeout = None if timeout is None else seconds(timeout, name, 0.0)
        self._retries = retries(name, params.get("retryOptions"))

    def own_steps(self) -> Steps[Any]:
        """Return the steps of the call, with its own limits."""
        return self.steps(timeout=self._timeout, retries=self._retries)

    def secrets(self) -> Iterable[str | None]:
        from .. import redact

        yield from self.config.secrets()
        yield from redact.secrets_in(self._data)  # the request has its JSON string

    def result(self, response: Response) -> dict[str, Any]:
        try:
            value = jsontext.parse_strictly(response.body)
        except ValueError:
            text = response.body.decode("utf-8", "replace")
            raise self._failed(CloudSDKError, f"the answer is no JSON: {text[:300]}") from None
        message = value if isinstance(value, dict) else {}
        request_id = message.get("requestId")
        if answer.truthy(message.get("code")):
            cause = answer.printed(message["message"]) if "message" in message else "undefined"
            raise error_for_code(
                from_gateway(message["code"]),
                f"{self.name}:fail {cause}",
                api=self.api,
                requestId=answer.text_only(request_id) or self.seq_id,
                message=f"{self.name}:fail {cause}",
            )
        data = message.get("data")
        if not isinstance(data, dict):
            raise self._failed(CloudSDKError, f"the answer has no data: {answer.printed(value)[:300]}")
        value = _parsed(data.get(self._result_key))
        result = {"result": value, "errMsg": f"{self.name}:ok"}
        if self.has_request_id and "requestId" in message:
            result["requestID"] = request_id
        return result

    def error_of_status(self, response: Response) -> CloudSDKError:
        from ..._wire.status_text import status_text

        return self._failed(CloudSDKError, f"{response.status} {status_text(response.status)} | [{self.url}]")

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        return self._failed(CallTimeoutError if failure.timed_out else TransportError, failure.cause)

    def _failed(self, kind: type[CloudSDKError], cause: str) -> CloudSDKError:
        text = f"{self.name}:fail {cause}"
        return kind(SYSTEM_ERROR, text, api=self.api, requestId=self.seq_id, message=text)


class _FunctionCall(_NestedCall):
    __slots__ = ()
    has_request_id = True

    def headers(self) -> list[tuple[str, str]]:
        route = Variables().get("TCB_ROUTE_KEY")
        return [("X-TCB-Route-Key", route)] if route else []


def _json_string(name: str, path: str, value: object) -> str:
    """Return the JSON string that a request carries inside its JSON.

    Documents of the database may be in it: their dates and geometries are written as Node writes them.

    Args:
        name: the call's name in errors.
        path: the value's name in errors.
        value: what is written.

    Raises:
        CloudSDKError: it has no JSON form.
    """
    try:
        return jsontext.stringify(value, path, jsontext.quote_plainly)
    except jsontext.NotJSONError as error:
        raise rejected(name, f"{error}. Nothing was sent") from None
    except RecursionError:
        raise rejected(name, f"{path} contains itself, or nests too deep. Nothing was sent") from None


def _parsed(value: Any) -> Any:
    """Return the value of a JSON string, parsed twice at most, as in Node; any other string stays as it is."""
    for _ in range(2):
        if not isinstance(value, str):
            return value
        try:
            value = jsontext.parse_strictly(value)
        except ValueError:
            return value
    return value

"""What callFunction and callOpenAPI share: parameters as JSON, and answers whose content is JSON text inside JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..._error_codes import SYSTEM_ERROR, from_gateway
from ..._transports import Response, TransportFailure
from ..._wire import answer, jsontext, phrases
from ...errors import CallTimeoutError, CloudSDKError, TransportError, answered
from ..config import Config, seconds
from ..gateway import JSONCall
from .parameters import refused, retries_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..gateway import Env
    from ..retry import Steps


class NestedCall(JSONCall):
    """A call whose answer is ``{"data": {<inner>: "<JSON text>"}, "requestId": …}``.

    Args:
        inner: the key of the text.
        given: its parameters: ``timeout`` and ``retryOptions`` are read; secrets are looked for in ``data``.
    """

    __slots__ = ("_data", "_inner", "_retries", "_timeout")
    tells_request_id = False

    def __init__(
        self,
        config: Config,
        name: str,
        api: str,
        params: dict[str, Any],
        env: Env,
        inner: str,
        given: Mapping[str, Any],
    ) -> None:
        super().__init__(config, name, api, params, env)
        self._inner = inner
        self._data = given.get("data")
        timeout = given.get("timeout")
        self._timeout = None if timeout is None else seconds(timeout, name, 0.0)
        self._retries = retries_of(name, given.get("retryOptions"))

    def secrets(self) -> Iterable[str]:
        from .. import redact

        return redact.secrets_in(self._data)  # what travels is its JSON text

    def all_steps(self) -> Steps[dict[str, Any]]:
        """The steps of the call, with its own limits."""
        return self.steps(timeout=self._timeout, retries=self._retries)

    def read(self, response: Response) -> dict[str, Any]:
        if response.status != 200:
            cause = f"{response.status} {phrases.of(response.status)} | [{self.url}]"
            raise self._failed(CloudSDKError, SYSTEM_ERROR, cause, self.seq_id)
        try:
            value = jsontext.parse_strictly(response.body)
        except ValueError:
            text = response.body.decode("utf-8", "replace")
            raise self._failed(
                CloudSDKError, SYSTEM_ERROR, f"the answer is no JSON: {text[:300]}", self.seq_id
            ) from None
        given = value if isinstance(value, dict) else {}
        request_id = given.get("requestId")
        if answer.truthy(given.get("code")):
            code = from_gateway(given["code"])
            message = answer.printed(given["message"]) if "message" in given else "undefined"
            error = answered(
                code,
                f"{self.name}:fail {message}",
                api=self.api,
                requestId=answer.text_only(request_id) or self.seq_id,
                message=f"{self.name}:fail {message}",
            )
            raise error
        data = given.get("data")
        if not isinstance(data, dict):
            text = answer.printed(value)
            raise self._failed(CloudSDKError, SYSTEM_ERROR, f"the answer has no data: {text[:300]}", self.seq_id)
        result = {"result": _unfolded(data.get(self._inner)), "errMsg": f"{self.name}:ok"}
        if self.tells_request_id and "requestId" in given:
            result["requestID"] = request_id
        return result

    def fail(self, failure: TransportFailure) -> CloudSDKError:
        kind = CallTimeoutError if failure.timed_out else TransportError
        return self._failed(kind, SYSTEM_ERROR, failure.cause, self.seq_id)

    def _failed(self, kind: type[CloudSDKError], code: int, cause: str, request_id: str) -> CloudSDKError:
        text = f"{self.name}:fail {cause}"
        return kind(code, text, api=self.api, requestId=request_id, message=text)


def json_text(name: str, what: str, value: object) -> str:
    """The JSON text that a request carries inside its JSON; `what` is what the value is called in an error.

    Documents of the database may be in it: their dates and geometries are written as Node writes them.

    Raises:
        CloudSDKError: it has no JSON form.
    """
    try:
        return jsontext.stringify(jsontext.objects_as_json(value), what, jsontext.quote_plainly)
    except jsontext.NotJSONError as error:
        raise refused(name, f"{error}. Nothing was sent") from None
    except RecursionError:
        raise refused(name, f"{what} contains itself, or nests too deep. Nothing was sent") from None


def _unfolded(value: Any) -> Any:
    """The value of a JSON text, twice at most, as Node takes it; what is no JSON stays the text it is."""
    for _ in range(2):
        if not isinstance(value, str):
            return value
        try:
            value = jsontext.parse_strictly(value)
        except ValueError:
            return value
    return value

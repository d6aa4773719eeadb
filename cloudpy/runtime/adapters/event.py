"""Event functions in a custom image: ``POST /event-invoke`` with the event as JSON and the context in headers."""

from __future__ import annotations

from ..encode import encode
from ..errors import ExitError, RequestRejected, TimeLimitError
from .body import read_json
from .message import InvocationRequest, Request, Response, RuntimeConfig
from .respond import JSON, json_response, stack_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PATH = "/event-invoke"
# Header -> the variable that the platform's own runtimes set.
_VARIABLES = {
    "x-scf-namespace": "SCF_NAMESPACE",
    "x-scf-region": "TENCENTCLOUD_REGION",
    "x-scf-appid": "TENCENTCLOUD_APPID",
    "x-scf-uin": "TENCENTCLOUD_UIN",
    "x-scf-secret-id": "TENCENTCLOUD_SECRETID",
    "x-scf-secret-key": "TENCENTCLOUD_SECRETKEY",
    "x-scf-session-token": "TENCENTCLOUD_SESSIONTOKEN",
    "x-scf-trigger-src": "TRIGGER_SRC",
}
_CONTEXT = {
    "x-scf-version": "function_version",
    "x-scf-name": "function_name",
    "x-scf-namespace": "namespace",
    "x-scf-region": "tencentcloud_region",
    "x-scf-appid": "tencentcloud_appid",
    "x-scf-uin": "tencentcloud_uin",
}
_MAX_SECONDS = 900  # the longest time limit that the platform gives
_STATUS = {413: 406, 429: 429}  # HTTP -> the platform's own: RequestTooLarge, ResourceLimit


class EventAdapter:
    """The contract of an event function in a custom image.

    A client sets the context and the credentials of the function: only the platform must reach it.
    """

    def __init__(self, config: RuntimeConfig) -> None:
        self.config = config

    def parse(self, request: Request) -> InvocationRequest | Response:
        """Return the invocation that `request` asks for; see ``Adapter``."""
        if request.target.partition("?")[0] != PATH:
            raise RequestRejected(404, "INVALID_PATH", f"the only path for events is {PATH}")
        if request.method != "POST":
            raise RequestRejected(405, "INVALID_METHOD", "the only method for events is POST")
        if request.header("content-encoding").lower() not in ("", "identity"):
            raise RequestRejected(415, "BAD_REQUEST", "compressed bodies are not supported: send it uncompressed")
        event = read_json(request.body) if request.body.strip() else {}
        variables = _taken(request, _VARIABLES)
        limit = _number(request.header("x-scf-timeout"))
        timeout = self.config.timeout
        if limit:  # in seconds where it is small enough to be, else in milliseconds as in other runtimes
            timeout = min(limit if limit <= _MAX_SECONDS else limit / 1000, float(_MAX_SECONDS))
        memory = _number(request.header("x-scf-memory"))
        context = self.config.context(variables, request.id, timeout=timeout, memory=round(memory) if memory else None)
        context.update(_taken(request, _CONTEXT))
        return InvocationRequest(event, context, variables, request.id, timeout)

    def respond(self, call: InvocationRequest, result: Any) -> Response:
        """Return the result as JSON."""
        return Response(200, [JSON], encode(result).encode("utf-8", "backslashreplace"))

    def respond_error(self, request_id: str, error: BaseException) -> Response:
        """Return the object in which the platform reports an error of a function."""
        if isinstance(error, RequestRejected):
            return json_response(
                _shown(error.message, request_id, _STATUS.get(error.status, error.status)), error.status
            )
        if isinstance(error, TimeLimitError):
            return json_response(_shown(f"Invoking task timed out after {error.limit:g} seconds", request_id, 433), 504)
        message = str(error) if isinstance(error, ExitError) else "user code exception caught"
        shown = _shown(message, request_id, 430)
        if not self.config.production:
            shown["stackTrace"] = stack_of(error)
        return json_response(shown, 500)


def _shown(message: str, request_id: str, status: int) -> dict[str, Any]:
    return {"errorCode": -1, "errorMessage": message, "requestId": request_id, "statusCode": status}


def _taken(request: Request, names: dict[str, str]) -> dict[str, str]:
    values = ((name, request.header(header)) for header, name in names.items())
    return {name: value for name, value in values if value}


def _number(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0

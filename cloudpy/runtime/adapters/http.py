"""HTTP functions, Cloud Run and function-style Cloud Run: the body is the event, headers name the caller."""

from __future__ import annotations

from collections.abc import Mapping

from ..access_log import stamp
from .body import event_of
from .identity import Identity, visible_headers
from .message import InvocationRequest, Request, Response, RuntimeConfig
from .respond import TEXT, error_response, integration_response, plain_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PROBE = {"action": "CheckContainerPath"}  # how WeChat checks the path for message push


class HttpAdapter:
    """The contract of function-style Cloud Run, on any path.

    The ``context`` has the keys of an event function, and those of Tencent's framework: ``ctxId``, ``eventID``,
    ``eventType``, ``timestamp``, ``httpContext`` with ``url``, ``httpMethod`` and ``headers``, and
    ``extendedContext`` when there is one.
    """

    def __init__(self, config: RuntimeConfig) -> None:
        self.config = config

    def parse(self, request: Request) -> InvocationRequest | Response:
        """Return the invocation that `request` asks for; see ``Adapter``."""
        config = self.config
        event = event_of(request)
        if event == _PROBE:
            return Response(200, [TEXT], b"success")
        identity = Identity(request, config)
        request_id = request.id
        context = config.context(identity.variables, request_id)
        context["ctxId"] = context["eventID"] = request_id
        context["eventType"] = "http"
        context["timestamp"] = stamp()
        context["httpContext"] = {
            "url": request.target,
            "httpMethod": request.method,
            "headers": visible_headers(request, config),
        }
        if identity.extended is not None:
            context["extendedContext"] = identity.extended
        return InvocationRequest(event, context, identity.variables, request_id, config.timeout)

    def respond(self, call: InvocationRequest, result: Any) -> Response:
        """Return 204 for None, the response that ``statusCode`` and ``headers`` describe, or 200 with the result."""
        if result is None:
            return Response(204)
        if isinstance(result, dict):
            status, headers = result.get("statusCode"), result.get("headers")
            if _is_number(status) and isinstance(headers, Mapping):
                assert isinstance(status, (int, float))
                return integration_response(status, headers, result.get("body"))
        return plain_response(result)

    def respond_error(self, request_id: str, error: BaseException) -> Response:
        """Return ``{code, message, requestId}``; 504 after the time limit."""
        return error_response(self.config, request_id, error, 504)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

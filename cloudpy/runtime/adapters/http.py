"""HTTP functions, Cloud Run and function-style Cloud Run: the body is the event, headers say who calls."""

from __future__ import annotations

from collections.abc import Mapping

from ..clock import stamp
from .body import event_of
from .identity import Identity, shown_headers
from .message import Call, Request, Response, Setting
from .respond import TEXT, error_response, integration_response, plain_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PROBE = {"action": "CheckContainerPath"}  # WeChat asks so whether a path for message push is there


class HTTPDoor:
    """The contract of function-style Cloud Run, on any path.

    The ``context`` has the keys of an event function, and those of Tencent's framework: ``ctxId``, ``eventID``,
    ``eventType``, ``timestamp``, ``httpContext`` with ``url``, ``httpMethod`` and ``headers``, and
    ``extendedContext`` when there is one.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def call(self, request: Request) -> Call | Response:
        """The invocation that `request` asks for; see ``Door``."""
        setting = self.setting
        event = event_of(request)
        if event == _PROBE:
            return Response(200, [TEXT], b"success")
        identity = Identity(request, setting)
        request_id = request.id
        context = setting.context(identity.variables, request_id)
        context["ctxId"] = context["eventID"] = request_id
        context["eventType"] = "http"
        context["timestamp"] = stamp()
        context["httpContext"] = {
            "url": request.target,
            "httpMethod": request.method,
            "headers": shown_headers(request, setting),
        }
        if identity.extended is not None:
            context["extendedContext"] = identity.extended
        return Call(event, context, identity.variables, request_id, setting.timeout)

    def answer(self, call: Call, result: Any) -> Response:
        """204 for None; what a ``statusCode`` with ``headers`` says; else 200 and the result as it is."""
        if result is None:
            return Response(204)
        if isinstance(result, dict):
            status, headers = result.get("statusCode"), result.get("headers")
            if _is_number(status) and isinstance(headers, Mapping):
                assert isinstance(status, (int, float))
                return integration_response(status, headers, result.get("body"))
        return plain_response(result)

    def failure(self, request_id: str, error: BaseException) -> Response:
        """``{code, message, requestId}``; 504 when the time limit has passed."""
        return error_response(self.setting, request_id, error, 504)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

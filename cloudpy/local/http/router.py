"""Route requests to the endpoints; servers and in-process transports call `handle`."""

from __future__ import annotations

import logging

from ..backend import Backend
from . import ai, cloudids, gateway, https_api
from .message import HttpRequest, HttpResponse, json_response

_log = logging.getLogger("cloudpy.local")


def may_block(backend: Backend, request: HttpRequest) -> bool:
    """Whether the response may take long, for another function or many documents: call `handle` in a thread."""
    if backend.function_caller is not None and b"functions.invokeFunction" in request.body[:200]:
        return True
    return backend.documents.is_large() and b'"database.' in request.body and b'"queryType":"DOC"' not in request.body


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Return the response to any request."""
    path = request.target.partition("?")[0]
    try:
        if path == gateway.PATH:
            return gateway.handle(backend, request)
        if path == cloudids.PATH:
            return cloudids.handle(backend, request)
        if ai.handles(path):
            return ai.handle(backend, request)
        if https_api.handles(backend, path):
            return https_api.handle(backend, request)
    except Exception:
        # A canned response may run the user's code, and our own bugs must not end the local WeChat.
        _log.exception("%s %s failed", request.method, path)
        return json_response(500, {"code": "SYS_ERR", "message": "the local WeChat failed; see its log"})
    known = f"POST {gateway.PATH}, GET {https_api.TOKEN_PATH}, POST {https_api.STABLE_TOKEN_PATH}"
    return json_response(
        404,
        {
            "code": "NOT_FOUND",
            "message": f"the local WeChat has no path {path[:100]!r}: it serves {known},"
            " POST /wxa/getopendata and the other paths of WeChat's HTTPS API",
        },
        outcome="no such path",
    )

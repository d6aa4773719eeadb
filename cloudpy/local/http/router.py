"""Which door a request is for: the one function that servers and in-process transports call."""

from __future__ import annotations

import logging

from ..backend import Backend
from . import admin, ai, gateway, https_api
from .messages import HttpRequest, HttpResponse, json_response

_log = logging.getLogger("cloudpy.local")


def may_block(backend: Backend, request: HttpRequest) -> bool:
    """Whether the answer may take long, because another function is run or many documents are read: ask in a thread."""
    if backend.function_caller is not None and b"functions.invokeFunction" in request.body[:200]:
        return True
    return backend.documents.is_large() and b'"database.' in request.body and b'"queryType":"DOC"' not in request.body


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Answers one request, whatever it says."""
    path = request.target.partition("?")[0]
    try:
        if path == gateway.PATH:
            return gateway.handle(backend, request)
        if path == admin.PATH:
            return admin.handle(backend, request)
        if ai.handles(path):
            return ai.handle(backend, request)
        if https_api.handles(backend, path):
            return https_api.handle(backend, request)
    except Exception:
        # A canned answer may be a program of the user's, and a mistake of ours must not end the local WeChat.
        _log.exception("%s %s could not be answered", request.method, path)
        return json_response(500, {"code": "SYS_ERR", "message": "the local WeChat failed, its log tells why"})
    known = f"POST {gateway.PATH}, GET {https_api.TOKEN_PATH}, POST {https_api.STABLE_TOKEN_PATH}"
    return json_response(
        404,
        {
            "code": "NOT_FOUND",
            "message": f"the local WeChat has no path {path[:100]!r}: it answers {known},"
            " POST /wxa/getopendata and the other paths of WeChat's HTTPS API",
        },
        outcome="no such path",
    )

"""The endpoint of WeChat's HTTPS API: ``POST /wxa/getopendata``, the paths of the catalog, and access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from ... import errors as codes
from ..._wire import form_reader, jsontext
from ..backend import GET_OPEN_DATA, Backend
from ..calls import ApiRequest, File
from ..catalog import Route
from ..responses import ApiResponse, error_response
from ..users import Caller
from .message import HttpRequest, HttpResponse, json_response, parse_json

TOKEN_PATH = "/cgi-bin/token"  # noqa: S105  the path of a file or an API
STABLE_TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105  the path of a file or an API
TICKET_PATH = "/cgi-bin/ticket/getticket"
_JSON = "application/json; encoding=utf-8"  # as WeChat's servers spell it
_OWN_ROUTES = {"/wxa/getopendata": [Route(GET_OPEN_DATA, "POST", {})]}
_TOKENS = ("access_token", "cloudbase_access_token")
_NO_PARAMETERS = (*_TOKENS, "from_appid")


def handles(backend: Backend, path: str) -> bool:
    """Whether the HTTPS API has this path."""
    return path in (TOKEN_PATH, STABLE_TOKEN_PATH, TICKET_PATH) or bool(_routes(backend, path))


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Respond to a request to a path that `handles`; no request makes it raise."""
    path, _, query_text = request.target.partition("?")
    try:
        query = dict(parse_qsl(query_text, keep_blank_values=True, max_num_fields=1000))
    except ValueError:
        return _respond(error_response(47001))
    if path == TOKEN_PATH:
        return _token(backend, query) if request.method == "GET" else _respond(error_response(43001))
    if path == STABLE_TOKEN_PATH:
        body = _json_object(request.body)
        if request.method != "POST":
            return _respond(error_response(43002))
        return _respond(error_response(47001)) if body is None else _token(backend, body, stable=True)
    if path == TICKET_PATH:
        return _ticket(backend, query) if request.method == "GET" else _respond(error_response(43001))
    routes = _routes(backend, path)
    matching = [route for route in routes if route.method in (None, request.method)]
    if not matching:
        return _respond(error_response(43001 if routes[0].method == "GET" else 43002), routes[0].api)
    code = _token_code(backend, query)
    if code:
        return _respond(error_response(code), matching[0].api)
    incoming = _likeliest(backend, [_decode(backend, route, query, request) for route in matching])
    if incoming is None:
        return _respond(error_response(47001), matching[0].api)
    answer = backend.handle(incoming)
    user = incoming.caller.user if incoming.caller else None
    return _respond(answer, incoming.api, user.openid if user else "")


def _routes(backend: Backend, path: str) -> Sequence[Route]:
    return _OWN_ROUTES.get(path) or backend.catalog.routes(path)


def _likeliest(backend: Backend, several: list[ApiRequest | None]) -> ApiRequest | None:
    """Return the likeliest of several calls at one path: it has a canned response, or valid parameters."""
    if len(several) == 1 or several[0] is None:
        return several[0]
    scored = [
        (
            backend.responses.choose(one.api, one.params()) is None,
            len(backend.catalog.problems(one.api, one.params())),
            place,
        )
        for place, one in enumerate(several)
        if one is not None
    ]
    return several[min(scored)[-1]]


def _token_code(backend: Backend, query: dict[str, str]) -> int:
    for name in _TOKENS:
        if query.get(name):
            return backend.tokens.check_access_token(query[name], name)
    return 0 if backend.tokenless else 41001


def _decode(backend: Backend, route: Route, query: dict[str, str], request: HttpRequest) -> ApiRequest | None:
    wire: dict[str, Any] = {
        name: _typed(value, route.types.get(name, "string"))
        for name, value in query.items()
        if name not in _NO_PARAMETERS
    }
    files: dict[str, File] = {}
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/form-data"):
        try:
            for part in form_reader.decode(request.body, content_type):
                if part.content_type:
                    files[part.name] = File(part.name, part.content_type, part.value)
                else:
                    wire[part.name] = part.value.decode("utf-8", "replace")
        except form_reader.FormError:
            return None
    elif request.method == "POST" and (request.body or route.api == GET_OPEN_DATA):
        body = _json_object(request.body)
        if body is None:
            return None
        wire.update(body)
    user = backend.users.find(query.get("openid", ""))
    fields = {"path": request.target.partition("?")[0]}
    appid = query.get("from_appid", "")
    return ApiRequest(
        route.api, wire, files, Caller(user, source="other"), appid=appid, endpoint="https", fields=fields
    )


def _typed(value: str, kind: str) -> Any:
    """Return a string of the query as a value of its type."""
    if kind in ("number", "integer"):
        try:
            return jsontext.parse(value)
        except ValueError:
            return value
    return value == "true" if kind == "boolean" and value in ("true", "false") else value


def _token(backend: Backend, params: dict[str, Any], *, stable: bool = False) -> HttpResponse:
    if params.get("grant_type") != "client_credential":
        return _respond(error_response(40002))
    appid = params.get("appid")
    if not appid:
        return _respond(error_response(41002))
    if appid not in backend.users.appids():
        return _respond(error_response(40013))
    if not params.get("secret"):
        return _respond(error_response(41004))
    # Any secret will do where local.yaml has none: there is nothing to protect.
    if params["secret"] != backend.tokens.secrets.get(appid, params["secret"]):
        return _respond(error_response(40125))
    token, life = backend.tokens.access_token(appid, stable=stable, refresh=params.get("force_refresh") is True)
    return json_response(200, {"access_token": token, "expires_in": life}, content_type=_JSON, outcome="ok")


def _ticket(backend: Backend, query: dict[str, str]) -> HttpResponse:
    token = query.get("access_token", "")
    code = backend.tokens.check_access_token(token) if token else 41001
    if code or query.get("type") not in ("jsapi", "wx_card"):
        return _respond(error_response(code or 40097))
    ticket, life = backend.tokens.jsapi_ticket(backend.tokens.appid_of(token), query["type"])
    return json_response(
        200, {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": life}, content_type=_JSON, outcome="ok"
    )


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = parse_json(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _respond(answer: ApiResponse, api: str = "", user: str = "") -> HttpResponse:
    """Return the HTTP response: WeChat's body; a rejection by the platform becomes an errcode."""
    log: dict[str, Any] = {"delay": answer.delay, "api": api, "user": user, "outcome": answer.outcome}
    code = -1 if answer.gateway_code else answer.error_code
    if code:
        message = answer.message or codes.text_of(code)
        return json_response(200, {"errcode": code, "errmsg": message}, content_type=_JSON, **log)
    content_type = _JSON if answer.content_type == "application/json" else answer.content_type
    return HttpResponse(200, [("Content-Type", content_type)], answer.body, fault=answer.fault, **log)

"""The door of WeChat's HTTPS API: ``POST /wxa/getopendata``, the other paths that are known, and the access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from ... import _error_codes as codes
from ..._wire import form, jsontext
from ..backend import GET_OPEN_DATA, Backend
from ..calls import ApiRequest, File
from ..catalog import Route
from ..responses import ApiResponse, error_response
from ..users import Caller
from .messages import HttpRequest, HttpResponse, json_response, parse_json

TOKEN_PATH = "/cgi-bin/token"
STABLE_TOKEN_PATH = "/cgi-bin/stable_token"
TICKET_PATH = "/cgi-bin/ticket/getticket"
_JSON = "application/json; encoding=utf-8"  # so spelled by WeChat's servers
_OWN_ROUTES = {"/wxa/getopendata": [Route(GET_OPEN_DATA, "POST", {})]}
_TOKENS = ("access_token", "cloudbase_access_token")
_NO_PARAMETERS = (*_TOKENS, "from_appid")


def handles(backend: Backend, path: str) -> bool:
    """Whether a path is one of this door's."""
    return path in (TOKEN_PATH, STABLE_TOKEN_PATH, TICKET_PATH) or bool(_routes(backend, path))


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Answers one request to a path that `handles`; never raises on account of what it says."""
    path, _, query_text = request.target.partition("?")
    try:
        query = dict(parse_qsl(query_text, keep_blank_values=True, max_num_fields=1000))
    except ValueError:
        return _plain(error_response(47001))
    if path == TOKEN_PATH:
        return _token(backend, query) if request.method == "GET" else _plain(error_response(43001))
    if path == STABLE_TOKEN_PATH:
        body = _json_object(request.body)
        if request.method != "POST":
            return _plain(error_response(43002))
        return _plain(error_response(47001)) if body is None else _token(backend, body, stable=True)
    if path == TICKET_PATH:
        return _ticket(backend, query) if request.method == "GET" else _plain(error_response(43001))
    routes = _routes(backend, path)
    fitting = [route for route in routes if route.method in (None, request.method)]
    if not fitting:
        return _plain(error_response(43001 if routes[0].method == "GET" else 43002), routes[0].api)
    code = _token_code(backend, query)
    if code:
        return _plain(error_response(code), fitting[0].api)
    incoming = _likeliest(backend, [_incoming(backend, route, query, request) for route in fitting])
    if incoming is None:
        return _plain(error_response(47001), fitting[0].api)
    answer = backend.handle(incoming)
    user = incoming.caller.user if incoming.caller else None
    return _plain(answer, incoming.api, user.openid if user else "")


def _routes(backend: Backend, path: str) -> Sequence[Route]:
    return _OWN_ROUTES.get(path) or backend.catalog.routes(path)


def _likeliest(backend: Backend, several: list[ApiRequest | None]) -> ApiRequest | None:
    """Of several APIs behind one path the one that is meant: it has an answer to give, or these parameters."""
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
            return backend.tokens.access(query[name], name)
    return 0 if backend.tokenless else 41001


def _incoming(backend: Backend, route: Route, query: dict[str, str], request: HttpRequest) -> ApiRequest | None:
    wire: dict[str, Any] = {
        name: _typed(value, route.types.get(name, "string"))
        for name, value in query.items()
        if name not in _NO_PARAMETERS
    }
    files: dict[str, File] = {}
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/form-data"):
        try:
            for part in form.decode(request.body, content_type):
                if part.content_type:
                    files[part.name] = File(part.name, part.content_type, part.value)
                else:
                    wire[part.name] = part.value.decode("utf-8", "replace")
        except form.FormError:
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
    """A value of the query string, which holds texts alone, as the kind it stands for."""
    if kind in ("number", "integer"):
        try:
            return jsontext.parse(value)
        except ValueError:
            return value
    return value == "true" if kind == "boolean" and value in ("true", "false") else value


def _token(backend: Backend, given: dict[str, Any], *, stable: bool = False) -> HttpResponse:
    if given.get("grant_type") != "client_credential":
        return _plain(error_response(40002))
    appid = given.get("appid")
    if not appid:
        return _plain(error_response(41002))
    if appid not in backend.users.appids():
        return _plain(error_response(40013))
    if not given.get("secret"):
        return _plain(error_response(41004))
    # Which one it is does not matter where local.yaml says none: there is nothing to protect.
    if given["secret"] != backend.tokens.secrets.get(appid, given["secret"]):
        return _plain(error_response(40125))
    token, life = backend.tokens.access_token(appid, stable=stable, refresh=given.get("force_refresh") is True)
    return json_response(200, {"access_token": token, "expires_in": life}, content_type=_JSON, outcome="ok")


def _ticket(backend: Backend, query: dict[str, str]) -> HttpResponse:
    token = query.get("access_token", "")
    code = backend.tokens.access(token) if token else 41001
    if code or query.get("type") not in ("jsapi", "wx_card"):
        return _plain(error_response(code or 40097))
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


def _plain(answer: ApiResponse, api: str = "", user: str = "") -> HttpResponse:
    """`answer` as this door gives it: WeChat's own body; a refusal of the platform's becomes an errcode like others."""
    log: dict[str, Any] = {"delay": answer.delay, "api": api, "user": user, "outcome": answer.outcome}
    code = -1 if answer.gateway_code else answer.error_code
    if code:
        words = answer.message or codes.text_of(code)
        return json_response(200, {"errcode": code, "errmsg": words}, content_type=_JSON, **log)
    content_type = _JSON if answer.content_type == "application/json" else answer.content_type
    return HttpResponse(200, [("Content-Type", content_type)], answer.body, fault=answer.fault, **log)

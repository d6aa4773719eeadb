"""The door for whoever runs the local WeChat: makes CloudIDs known while it runs. No web page gets through it."""

from __future__ import annotations

import hmac

from ..backend import Backend
from ..open_data import LIFE
from .messages import HttpRequest, HttpResponse, json_response, parse_json

PATH = "/local/cloudids"
HEADER = "x-cloudpy-proof"  # a page of another origin may not send it, and has not the key


def proof(secret_key: str, body: bytes) -> str:
    """What shows that a request comes from someone who was given the keys: the hexadecimal HMAC-SHA256 of its body."""
    return hmac.digest(secret_key.encode(), body, "sha256").hex()


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """``POST {"openid", "data", "life"}``: the CloudID that was made for it."""
    if request.method != "POST":
        return _refused(405, f"{PATH} takes POST, got {request.method}")
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), proof(backend.secret_key, request.body).encode()):
        return _refused(
            403, f"{HEADER} is missing or wrong: it is made with the TENCENTCLOUD_SECRETKEY of this gateway"
        )
    try:
        value = parse_json(request.body)
        openid, data, life = value["openid"], value["data"], value.get("life", LIFE)
    except (ValueError, KeyError, TypeError, AttributeError):
        return _refused(400, 'the body must be {"openid": …, "data": …}')
    if not isinstance(data, dict) or not (openid is None or (isinstance(openid, str) and openid)):
        return _refused(400, "data must be an object, and openid a text or null for the default user")
    if isinstance(life, bool) or not isinstance(life, (int, float)) or not 0 <= life <= LIFE:
        return _refused(400, f"life must be seconds from 0 to {LIFE:g}")
    user = backend.users.default if openid is None else backend.users.add(openid)
    mark = {"appid": user.appid, "timestamp": int(backend.clock())}
    marked = data if "watermark" in data else {**data, "watermark": mark}
    cloud_id = backend.open_data.mint(marked, openid=user.openid, life=float(life))
    told = {"cloudID": cloud_id, "openid": user.openid, "life": life}
    return json_response(200, told, user=user.openid, outcome="cloudID made")


def _refused(status: int, message: str) -> HttpResponse:
    return json_response(status, {"code": "INVALID_PARAM", "message": message}, outcome=message)

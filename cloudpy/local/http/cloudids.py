"""The endpoint of ``cloudpy cloudid``, which creates CloudIDs in a running local WeChat. Web pages cannot use it."""

from __future__ import annotations

import hmac
from typing import Any

from ..backend import Backend
from ..open_data import LIFE
from .message import HttpRequest, HttpResponse, json_response, parse_json

PATH = "/local/cloudids"
HEADER = "x-cloudpy-proof"  # a page of another origin must not send it, and does not have the key


def signature(secret_key: str, body: bytes) -> str:
    """Return the signature of a request: the hexadecimal HMAC-SHA256 of its body."""
    return hmac.digest(secret_key.encode(), body, "sha256").hex()


def handle(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Respond to ``POST {"openid", "data", "life"}`` with a new CloudID."""
    if request.method != "POST":
        return _rejected(405, f"{PATH} accepts POST, got {request.method}")
    actual, expected = request.headers.get(HEADER, ""), signature(backend.secret_key, request.body)
    if not hmac.compare_digest(actual.encode("utf-8", "replace"), expected.encode()):
        return _rejected(403, f"{HEADER} is missing or wrong: sign with the TENCENTCLOUD_SECRETKEY of this gateway")
    try:
        value = parse_json(request.body)
    except ValueError:
        value = None
    try:
        result = mint(backend, value)
    except ValueError as error:
        return _rejected(400, str(error))
    return json_response(200, result, user=result["openid"], outcome="cloudID created")


def mint(backend: Backend, request: Any) -> dict[str, Any]:
    """Create a CloudID for ``{"openid", "data", "life"}``, and return ``{"cloudID", "openid", "life"}``.

    Raises:
        ValueError: the request has another form.
    """
    try:
        openid, data, life = request["openid"], request["data"], request.get("life", LIFE)
    except (KeyError, TypeError, AttributeError):
        raise ValueError('the body must be {"openid": …, "data": …}') from None
    if not isinstance(data, dict) or not (openid is None or (isinstance(openid, str) and openid)):
        raise ValueError("data must be an object, and openid a string or null for the default user")
    if isinstance(life, bool) or not isinstance(life, (int, float)) or not 0 <= life <= LIFE:
        raise ValueError(f"life must be seconds from 0 to {LIFE:g}")
    user = backend.users.default if openid is None else backend.users.add(openid)
    watermark = {"appid": user.appid, "timestamp": int(backend.clock())}
    content = data if "watermark" in data else {**data, "watermark": watermark}
    cloud_id = backend.open_data.mint(content, openid=user.openid, life=float(life))
    return {"cloudID": cloud_id, "openid": user.openid, "life": life}


def _rejected(status: int, message: str) -> HttpResponse:
    return json_response(status, {"code": "INVALID_PARAM", "message": message}, outcome=message)

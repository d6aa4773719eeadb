"""The HTTP access service (HTTP 访问服务): the request is the event, the result may be a whole response."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import parse_qsl

from ..errors import RequestRejected, ResultError
from .identity import Identity, visible_headers
from .message import InvocationRequest, Request, Response, RuntimeConfig
from .respond import error_response, integration_response, plain_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_FIELDS = 1000
_TEXTS = ("text/", "application/json", "application/xml", "application/x-www-form-urlencoded", "application/javascript")


class AccessAdapter:
    """The contract between the HTTP access service and an event function, for handlers that were written for it."""

    def __init__(self, config: RuntimeConfig) -> None:
        self.config = config

    def parse(self, request: Request) -> InvocationRequest | Response:
        """Return the invocation that `request` asks for; see ``Adapter``."""
        config = self.config
        identity = Identity(request, config)
        environ = config.environ
        env = identity.variables.get("TCB_ENV") or environ.get("TCB_ENV") or environ.get("SCF_NAMESPACE") or ""
        event = access_event(
            request,
            headers=visible_headers(request, config),
            env=env,
            appid=_digits(environ.get("TENCENTCLOUD_APPID", "")),
            uin=_digits(environ.get("TENCENTCLOUD_UIN", "")),
        )
        context = config.context(identity.variables, request.id)
        return InvocationRequest(event, context, identity.variables, request.id, config.timeout)

    def respond(self, call: InvocationRequest, result: Any) -> Response:
        """Return the response that ``statusCode`` describes; else 200 with text for a string, JSON for other values."""
        return access_response(result)

    def respond_error(self, request_id: str, error: BaseException) -> Response:
        """Return ``{code, message, requestId}``; 504 after the time limit."""
        return error_response(self.config, request_id, error, 504)


def access_event(
    request: Request, *, headers: Mapping[str, str], env: str = "", appid: int = 0, uin: int = 0
) -> dict[str, Any]:
    """Return the event of the HTTP access service for a request.

    Args:
        request: the request.
        headers: those that the function may see.
        env: id of the environment.
        appid: of the Tencent Cloud account.
        uin: of the Tencent Cloud account.

    Raises:
        RequestRejected: the query has too many fields.
    """
    path, _, query = request.target.partition("?")
    body, encoded = decode_body(request)
    return {
        "path": path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "queryStringParameters": decode_query(query),
        "requestContext": {"requestId": request.id, "envId": env, "appId": appid, "uin": uin},
        "body": body,
        "isBase64Encoded": encoded,
    }


def access_response(result: Any) -> Response:
    """Return the response of the HTTP access service for a result.

    Raises:
        ResultError: it cannot be sent; names the path to the invalid value.
    """
    if not isinstance(result, Mapping) or "statusCode" not in result:
        return plain_response(result)
    status, headers, body = result["statusCode"], result.get("headers") or {}, result.get("body")
    if not isinstance(status, (int, float)):
        raise ResultError('result["statusCode"]', f"{type(status).__name__} — expected a number such as 200")
    if not isinstance(headers, Mapping):
        raise ResultError('result["headers"]', f"{type(headers).__name__} — expected a dict")
    if result.get("isBase64Encoded") and isinstance(body, str):
        try:
            body = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise ResultError('result["body"]', "isBase64Encoded is true, but this is not base64") from None
    return integration_response(status, headers, body)


def decode_query(query: str) -> dict[str, str]:
    """Return the fields of a query; the last one counts of several with the same name.

    Raises:
        RequestRejected: there are too many.
    """
    try:
        return dict(parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS))
    except ValueError:
        raise RequestRejected(400, "BAD_REQUEST", f"the query has more than {_MAX_FIELDS} fields") from None


def decode_body(request: Request) -> tuple[str, bool]:
    """Return a body as text, or as base64 if it is not text, and whether it is base64."""
    kind = request.header("content-type").lower()
    if not kind or kind.startswith(_TEXTS):
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def _digits(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0

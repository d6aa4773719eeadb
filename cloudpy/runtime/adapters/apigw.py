"""API gateway triggers (API 网关) and function URLs (函数 URL): as the HTTP access service, with another event."""

from __future__ import annotations

from ..events import apigw_event
from .access import AccessAdapter, decode_body, decode_query
from .identity import visible_headers
from .message import InvocationRequest, Request, Response


class ApiGatewayAdapter(AccessAdapter):
    """The contract between the API gateway, or a function URL, and an event function.

    There is no WeChat user behind such a request: identity headers are not read.
    """

    def parse(self, request: Request) -> InvocationRequest | Response:
        """Return the invocation that `request` asks for; see ``Adapter``."""
        config = self.config
        path, _, query = request.target.partition("?")
        body, encoded = decode_body(request)
        event = apigw_event(
            path,
            method=request.method,
            query=decode_query(query),
            headers=visible_headers(request, config),
            body=body,
            request=request.id,
        )
        event["isBase64Encoded"] = encoded
        return InvocationRequest(event, config.context({}, request.id), {}, request.id, config.timeout)

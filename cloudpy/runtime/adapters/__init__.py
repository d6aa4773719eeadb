"""The adapters of Tencent's runtimes: each turns a request into an invocation, and its outcome into a response.

They do no I/O and call no handler::

    adapter = adapter_for("http", RuntimeConfig())
    call = adapter.call(Request("POST", "/", [("Content-Type", "application/json")], b'{"a": 1}'))
    response = adapter.answer(call, handler(call.event, call.context))
"""

from __future__ import annotations

from collections.abc import Callable

from .access import AccessAdapter
from .apigw import ApiGatewayAdapter
from .event import EventAdapter
from .http import HttpAdapter
from .message import InvocationRequest, Request, Response, RuntimeConfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Adapter(Protocol):
        """What an adapter does."""

        config: RuntimeConfig

        def parse(self, request: Request) -> InvocationRequest | Response:
            """Return the invocation that `request` asks for, or a response if no handler is needed.

            Raises:
                RequestRejected: it is invalid, or its headers contradict each other.
            """

        def respond(self, call: InvocationRequest, result: Any) -> Response:
            """Return the response with the handler's result.

            Raises:
                ResultError: it cannot be sent.
            """

        def respond_error(self, request_id: str, error: BaseException) -> Response:
            """Return the response for an error."""


ADAPTERS: dict[str, Callable[[RuntimeConfig], Adapter]] = {
    "http": HttpAdapter,
    "event": EventAdapter,
    "access": AccessAdapter,
    "apigw": ApiGatewayAdapter,
}

__all__ = [
    "ADAPTERS",
    "AccessAdapter",
    "ApiGatewayAdapter",
    "EventAdapter",
    "HttpAdapter",
    "InvocationRequest",
    "Request",
    "Response",
    "RuntimeConfig",
    "adapter_for",
]


def adapter_for(name: str, config: RuntimeConfig) -> Adapter:
    """Return the adapter of a protocol: ``http``, ``event``, ``access`` or ``apigw``.

    Raises:
        ValueError: the protocol is unknown.
    """
    if name not in ADAPTERS:
        raise ValueError(f"unknown protocol {name!r}: expected one of {', '.join(ADAPTERS)}")
    return ADAPTERS[name](config)

"""The adapters of Tencent's runtimes: each turns a request into an invocation, and its outcome into a response.

Values in, values out: there is no socket here, no clock, and no handler is called::

    adapter = adapter_for("http", RuntimeConfig())
    call = adapter.call(Request("POST", "/", [("Content-Type", "application/json")], b'{"a": 1}'))
    response = adapter.answer(call, handler(call.event, call.context))
"""

from __future__ import annotations

from collections.abc import Callable

from .access import AccessAdapter
from .event import EventAdapter
from .http import HttpAdapter
from .message import InvocationRequest, Request, Response, RuntimeConfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Adapter(Protocol):
        """What each adapter does."""

        config: RuntimeConfig

        def parse(self, request: Request) -> InvocationRequest | Response:
            """The invocation that `request` asks for, or a response where no handler is needed.

            Raises:
                RequestRejected: it asks for none, or not in a way that can be believed.
            """

        def respond(self, call: InvocationRequest, result: Any) -> Response:
            """The response with what the handler returned.

            Raises:
                ResultError: it cannot be sent.
            """

        def respond_error(self, request_id: str, error: BaseException) -> Response:
            """The response when there is no result."""


ADAPTERS: dict[str, Callable[[RuntimeConfig], Adapter]] = {
    "http": HttpAdapter,
    "event": EventAdapter,
    "access": AccessAdapter,
}

__all__ = [
    "ADAPTERS",
    "AccessAdapter",
    "EventAdapter",
    "HttpAdapter",
    "InvocationRequest",
    "Request",
    "Response",
    "RuntimeConfig",
    "adapter_for",
]


def adapter_for(name: str, config: RuntimeConfig) -> Adapter:
    """The adapter `name`: ``http``, ``event`` or ``access``.

    Raises:
        ValueError: there is no such adapter.
    """
    if name not in ADAPTERS:
        raise ValueError(f"there is no adapter {name!r}; there are {', '.join(ADAPTERS)}")
    return ADAPTERS[name](config)

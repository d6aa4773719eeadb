"""The doors of Tencent's runtimes: each turns a request into an invocation, and its outcome into a response.

Values in, values out: there is no socket here, no clock, and no handler is called::

    door = door_named("http", Setting())
    call = door.call(Request("POST", "/", [("Content-Type", "application/json")], b'{"a": 1}'))
    response = door.answer(call, handler(call.event, call.context))
"""

from __future__ import annotations

from collections.abc import Callable

from .access import AccessDoor
from .event import EventDoor
from .http import HTTPDoor
from .message import Call, Request, Response, Setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Door(Protocol):
        """What each door does."""

        setting: Setting

        def call(self, request: Request) -> Call | Response:
            """The invocation that `request` asks for, or a response where no handler is needed.

            Raises:
                RefusedError: it asks for none, or not in a way that can be believed.
            """

        def answer(self, call: Call, result: Any) -> Response:
            """The response with what the handler returned.

            Raises:
                ResultError: it cannot be sent.
            """

        def failure(self, request_id: str, error: BaseException) -> Response:
            """The response when there is no result."""


DOORS: dict[str, Callable[[Setting], Door]] = {"http": HTTPDoor, "event": EventDoor, "access": AccessDoor}

__all__ = ["DOORS", "AccessDoor", "Call", "EventDoor", "HTTPDoor", "Request", "Response", "Setting", "door_named"]


def door_named(name: str, setting: Setting) -> Door:
    """The door `name`: ``http``, ``event`` or ``access``.

    Raises:
        ValueError: there is no such door.
    """
    if name not in DOORS:
        raise ValueError(f"there is no door {name!r}; there are {', '.join(DOORS)}")
    return DOORS[name](setting)

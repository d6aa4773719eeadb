"""The decorator ``@cloud.function``; its implementation is imported when it is used."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


def function(main: F) -> F:
    """Let the platform call a handler ``main(event, context)`` directly, an ``async def`` too.

    ::

        @cloud.function
        async def main(event, context):
            return await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})

    The platform's own Python runtime calls a handler and awaits nothing. When it calls a decorated handler (with a
    context that has a ``request_id``, outside of an event loop and of an invocation), the handler reads its variables
    from the context, runs to its end in the process's one event loop, and its result is converted to JSON's types; a
    returned error with errCode and errMsg becomes ``{"errCode", "errMsg"}``. Exceptions are passed on. Awaited in your
    own code, or called by cloudpy's servers and commands, it is the function as you wrote it.

    Raises:
        cloudpy.runtime.LoadError: `main` cannot be called with an event and a context.
    """
    from .runtime.scf import wrapped

    return wrapped(main)

"""The decorator ``@cloud.function``; what it does is imported where it is used, not where the face is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


def function(main: F) -> F:
    """Lets the platform call a handler ``main(event, context)`` directly, an ``async def`` too.

    ::

        @cloud.function
        async def main(event, context):
            return await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})

    The platform's own Python runtime calls a handler and awaits nothing. Called so, with the platform's context (it has
    a ``request_id``), no event loop running and no invocation going on, a decorated handler takes its variables from
    the context, runs to its end in the one loop that the process keeps, and gives a result in JSON's own types; an
    error with errCode and errMsg that it returns becomes ``{"errCode", "errMsg"}``. What it raises comes through.
    Awaited in your own code, and called by cloudpy's servers and commands, it is the function as you wrote it.

    Raises:
        cloudpy.runtime.LoadError: `main` cannot be called with an event and a context.
    """
    from .runtime.scf import wrapped

    return wrapped(main)

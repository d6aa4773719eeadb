"""The decorator ``@cloud.function``; its implementation is imported when it is used."""

from __future__ import annotations

import sys

from ._undefined import JAVASCRIPT_VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    F = TypeVar("F", bound=Callable[..., Any])

_KEY_ERROR: Any = object()  # missing keys raise KeyError, as in any dict

if TYPE_CHECKING:

    @overload
    def function(main: F, /) -> F: ...
    @overload
    def function(*, missing: Any = ...) -> Callable[[F], F]: ...
    @overload
    def function(*, javascript_values: bool) -> Callable[[F], F]: ...


def function(main: Any = None, /, *, missing: Any = _KEY_ERROR, javascript_values: bool = False) -> Any:
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

    Args:
        main: the handler.
        missing: what a missing key of the event and of the context reads as, also in the dicts inside, instead of
            raising KeyError: ``@cloud.function(missing=cloud.UNDEFINED)`` reads them as JavaScript does. An exception
            in the result is then sent as JavaScript does it, too: as an object with its own attributes. For results of
            calls and documents of the database, see the option of ``init()``.
        javascript_values: True: the event and the context read as in JavaScript: a missing key is ``UNDEFINED``, as
            with `missing`, and an empty dict or list is true, so that ``if event["list"]:`` holds for ``[]``. They are
            dicts and lists in all else; slices and copies made by ``list()`` and ``dict()`` are plain. ``print``
            writes ``?`` for half a character that was cut off, where it would raise. ``cloudpy migrate`` writes it.

    Raises:
        cloudpy.runtime.LoadError: `main` cannot be called with an event and a context.
        TypeError: `missing` is given with `javascript_values`.
    """
    from .runtime.scf import wrapped

    def decorate(main: Any) -> Any:
        decorated = wrapped(main)  # checks its parameters
        if javascript_values:
            return wrapped(_reading(main, _javascript))
        return decorated if missing is _KEY_ERROR else wrapped(_reading(main, reader(missing)))

    if javascript_values and missing is not _KEY_ERROR:
        raise TypeError("function() takes missing or javascript_values, not both: a missing key is UNDEFINED there")
    if missing is not _KEY_ERROR:
        from ._wire.records import reader
    return decorate if main is None else decorate(main)


def _javascript(value: Any) -> Any:
    """Return the event or the context with JavaScript's values."""
    from ._wire.records import javascript

    output: Any = sys.stdout
    if getattr(output, "errors", "") in ("strict", "surrogateescape") and hasattr(output, "reconfigure"):
        output.reconfigure(errors="replace")  # half a character, which console.log replaces, would raise
    return javascript(value)


def _reading(main: Any, read: Callable[[Any], Any]) -> Any:
    """Return a handler that gets its event and context from `read`."""
    from ._wire.records import errors_as_objects

    async def awaited(event: Any, context: Any) -> Any:
        before = JAVASCRIPT_VALUES.set(read is _javascript)
        try:
            return errors_as_objects(await main(read(event), read(context)))
        finally:
            JAVASCRIPT_VALUES.reset(before)

    def called(event: Any, context: Any) -> Any:
        before = JAVASCRIPT_VALUES.set(read is _javascript)
        try:
            return errors_as_objects(main(read(event), read(context)))
        finally:
            JAVASCRIPT_VALUES.reset(before)

    code = getattr(main, "__code__", None)
    handler: Any = awaited if code is not None and code.co_flags & _COROUTINE else called
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        if hasattr(main, name):
            setattr(handler, name, getattr(main, name))
    handler.__wrapped__ = main
    return handler


_COROUTINE = 0x80  # inspect.CO_COROUTINE, without importing it

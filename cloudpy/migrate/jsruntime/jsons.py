"""JSON, and what leaves the function: results and parameters."""

from __future__ import annotations

import functools
import json
import math
from typing import Any

from ..._undefined import UNDEFINED, Undefined
from ..._wire.javascript import date_text, ordered
from ..._wire.jsontext import quote_plainly
from ..._wire.jsontext import stringify as write_json
from ..._wire.records import javascript
from ...errors import NotTranslated
from .coercion import _exact, call, number, text
from .objects import keys
from .values import thrown, truthy


def plain(value: Any) -> Any:
    """Return a value as JSON carries it: without undefined, NaN as null, errors as their own properties.

    bytes stay as they are.
    """
    if isinstance(value, dict) and callable(value.get("then")):
        raise NotTranslated("an object with its own then() is not translated")
    result = _plain(value)
    return None if result is UNDEFINED else result


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if callable(value.get("toJSON")):
            raise NotTranslated("an object with its own toJSON() is not translated")
        pairs = ((key, _plain(value[key])) for key in keys(value))
        return {key: item for key, item in pairs if item is not UNDEFINED}
    if isinstance(value, (list, tuple)):
        return [None if item is UNDEFINED else item for item in map(_plain, value)]
    if isinstance(value, (str, int, bytes, Undefined, type(None))):
        return value
    if isinstance(value, float):
        return _exact(value or 0) if math.isfinite(value) else None
    if hasattr(value, "_js_fields") and not hasattr(value, "toJSON"):  # with Object
        return _plain(value._js_fields)
    if hasattr(value, "toJSON") and not getattr(value, "isPlain", False):
        return _plain(value.toJSON())
    if isinstance(value, BaseException):  # with error.any, error.returned
        own = {} if getattr(value, "isPlain", False) else vars(value)
        return _plain({**own, "message": UNDEFINED})
    if hasattr(value, "_entries"):  # with Map, Set
        return {}
    if dated := date_text(value):  # of the database
        return dated
    if callable(value) or type(value).__name__ == "_CurrentEnv":  # which is a symbol
        return UNDEFINED
    raise NotTranslated(f"the JSON of a {type(value).__name__} is not translated")


def handler(function: Any) -> Any:
    """Decorate ``main``: its result is made what JSON carries."""

    async def wait(event: Any, context: Any) -> Any:
        return plain(await function(event, context))

    async def awaited(promise: Any) -> Any:
        return plain(await promise)

    def run(event: Any, context: Any) -> Any:
        result = function(event, context)
        return awaited(result) if hasattr(result, "__await__") else plain(result)

    is_async = function.__code__.co_flags & 0x80
    return functools.wraps(function)(wait if is_async else run)


def entry(function: Any) -> Any:
    """Return ``main`` for a function that the program creates or calls itself; extra arguments are dropped."""
    return handler(lambda event, context: call(function, event, context))


def with_callback(function: Any) -> Any:
    """Give ``main`` a third argument, the callback that it calls with an error or a result; the first call counts."""

    def run(event: Any, context: Any) -> Any:
        outcomes: list[tuple[Any, Any]] = []
        try:
            result = function(event, context, lambda error=None, value=None: outcomes.append((error, value)))
        except Exception:
            if not outcomes:
                raise
            result = None
        if hasattr(result, "__await__"):
            return awaited(result, outcomes)
        if not outcomes and result in (None, UNDEFINED):
            raise NotTranslated("the callback is called after the function has returned, or never")
        return _of_callback(*outcomes[0]) if outcomes else result

    async def awaited(promise: Any, outcomes: list[tuple[Any, Any]]) -> Any:
        result = await promise
        if outcomes and result not in (None, UNDEFINED):
            raise NotTranslated("main calls the callback and returns a value as well: which of them counts is not sure")
        return _of_callback(*outcomes[0]) if outcomes else result

    async def wait(event: Any, context: Any) -> Any:
        outcomes: list[tuple[Any, Any]] = []
        promise = function(event, context, lambda error=None, value=None: outcomes.append((error, value)))
        return await awaited(promise, outcomes)

    is_async = function.__code__.co_flags & 0x80
    return functools.wraps(function)(wait if is_async else run)


def _of_callback(error: Any, value: Any) -> Any:
    if truthy(error):
        raise thrown(error)
    return value


def stringify(value: Any, replacer: Any = None, indent: Any = 0) -> Any:
    """Return ``JSON.stringify(value, replacer, indent)``; `replacer` may be a list of keys or a function."""
    if callable(replacer):  # with stringify.2
        value = _replaced("", value, replacer)
    if not isinstance(value, str):  # with Object, Host, error.any, error.caught, stringify.2, stringify.3
        value = _plain(value)
    value = ordered(value)
    if isinstance(replacer, list):  # with stringify.2
        value = _only(value, [text(key) for key in replacer])
    if value is UNDEFINED:
        return value
    if indent and indent is not True and (isinstance(indent, str) or number(indent) >= 1):  # with stringify.3
        return _indented(value, indent[:10] if isinstance(indent, str) else " " * int(min(number(indent), 10)))
    try:
        return write_json(value, quote=quote_plainly)
    except (TypeError, ValueError) as error:
        raise NotTranslated(f"JSON.stringify: {error}") from None


def _replaced(key: str, value: Any, replacer: Any) -> Any:
    dated = hasattr(value, "toJSON") or hasattr(value, "astimezone")
    value = call(replacer, key, _plain(value) if dated else value)
    if isinstance(value, dict):
        pairs = ((each, _replaced(each, value[each], replacer)) for each in keys(value))
        return {each: item for each, item in pairs if item is not UNDEFINED}
    if isinstance(value, list):
        return [_replaced(str(index), item, replacer) for index, item in enumerate(value)]
    return value


def _only(value: Any, names: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _only(value[key], names) for key in names if key in value}
    return [_only(item, names) for item in value] if isinstance(value, list) else value


def _indented(value: Any, step: str, line: str = "\n") -> str:
    parts = [_indented(item, step, line + step) for item in value] if isinstance(value, list) else []
    if isinstance(value, bytes):
        value = {"type": "Buffer", "data": list(value)}
    if isinstance(value, dict):
        items = [(quote_plainly(key), _indented(value[key], step, line + step)) for key in value]
        parts = [f"{key}: {item}" for key, item in items]
    if not parts:
        return write_json(value, quote=quote_plainly)
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return f"{opened}{line}{step}{f',{line}{step}'.join(parts)}{line}{closed}"


def parse_json(value: Any, reviver: Any = UNDEFINED) -> Any:
    """Return ``JSON.parse(value, reviver)``."""
    try:  # int() takes no NaN
        result = json.loads(text(value), parse_int=number, parse_float=number, parse_constant=int)
    except (ValueError, RecursionError) as error:
        raise SyntaxError(f"not JSON: {error}") from None
    if callable(reviver):  # with parse_json.2
        return _revived("", result, reviver)
    return javascript(result)


def _revived(key: str, value: Any, reviver: Any) -> Any:
    if isinstance(value, dict):
        for each in keys(value):
            value[each] = _revived(each, value[each], reviver)
            if value[each] is UNDEFINED:
                del value[each]
    if isinstance(value, list):
        value[:] = [_revived(str(index), item, reviver) for index, item in enumerate(value)]
    return call(reviver, key, value)

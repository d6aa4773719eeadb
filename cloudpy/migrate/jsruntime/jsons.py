"""JSON, and what leaves the function: results and parameters."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable
from datetime import timezone
from typing import Any

from ..._undefined import UNDEFINED
from ..._wire.records import javascript
from ...errors import NotTranslated
from .coercion import _fit, _number_text, _whole, call, number, text
from .objects import keys
from .texts import _pairs
from .values import is_nil, thrown, truthy


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
    if isinstance(value, float):
        return (0 if value == 0 else _whole(value)) if math.isfinite(value) else None
    if isinstance(value, (str, bool, bytes)) or is_nil(value):
        return value
    if isinstance(value, int):
        return _fit(value)
    if hasattr(value, "_js_fields") and not hasattr(value, "toJSON"):
        return _plain(value._js_fields)
    if getattr(value, "isPlain", False):
        return {}
    if hasattr(value, "toJSON"):
        return _plain(value.toJSON())
    if hasattr(value, "astimezone"):  # a date of the database
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, BaseException):
        pairs = ((key, _plain(item)) for key, item in value.__dict__.items() if key != "message")
        return {key: item for key, item in pairs if item is not UNDEFINED}
    if hasattr(value, "_entries"):
        return {}
    if callable(value) or type(value).__name__ == "_CurrentEnv":  # DYNAMIC_CURRENT_ENV is a symbol
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
        if not outcomes and is_nil(result):
            raise NotTranslated("the callback is called after the function has returned, or never")
        return _of_callback(*outcomes[0]) if outcomes else result

    async def awaited(promise: Any, outcomes: list[tuple[Any, Any]]) -> Any:
        result = await promise
        if outcomes and not is_nil(result):
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
    if callable(replacer):
        value = _replaced("", value, replacer)
    if isinstance(indent, bool) or is_nil(indent):
        indent = 0
    step = indent[:10] if isinstance(indent, str) else " " * max(0, min(10, int(number(indent))))
    value = _plain(value)
    if isinstance(replacer, list):
        value = _only(value, [text(key) for key in replacer])
    ordered = list if isinstance(replacer, list) else keys
    return UNDEFINED if value is UNDEFINED else _pairs(_written(value, step, "\n", ordered))


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


def _written(value: Any, step: str, line: str, keys_of: Callable[[Any], list[str]]) -> str:
    if isinstance(value, bytes):
        value = {"type": "Buffer", "data": list(value)}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number_text(value)
    if isinstance(value, str):
        quoted = json.dumps(_pairs(value), ensure_ascii=False)
        return "".join(f"\\u{ord(each):04x}" if "\ud800" <= each <= "\udfff" else each for each in quoted)
    if not isinstance(value, (dict, list)):
        return json.dumps(value)
    deeper, colon = line + step, ": " if step else ":"
    if isinstance(value, dict):
        parts = [
            _written(key, step, deeper, keys_of) + colon + _written(value[key], step, deeper, keys_of)
            for key in keys_of(value)
        ]
        opened, closed = "{}"
    else:
        parts = [_written(item, step, deeper, keys_of) for item in value]
        opened, closed = "[]"
    if not parts:
        return opened + closed
    return opened + (f"{deeper}{f',{deeper}'.join(parts)}{line}" if step else ",".join(parts)) + closed


def parse_json(value: Any, reviver: Any = UNDEFINED) -> Any:
    """Return ``JSON.parse(value, reviver)``."""
    try:
        result = _normal(json.loads(text(value), parse_constant=_no_constant))
    except (ValueError, RecursionError) as error:
        raise SyntaxError(f"not JSON: {error}") from None
    return _revived("", result, reviver) if callable(reviver) else javascript(result)


def _revived(key: str, value: Any, reviver: Any) -> Any:
    if isinstance(value, dict):
        for each in keys(value):
            value[each] = _revived(each, value[each], reviver)
            if value[each] is UNDEFINED:
                del value[each]
    if isinstance(value, list):
        value[:] = [_revived(str(index), item, reviver) for index, item in enumerate(value)]
    return call(reviver, key, value)


def _no_constant(name: str) -> Any:
    raise ValueError(f"Unexpected token {name}")


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {_pairs(key): _normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, float):
        return _whole(value)
    return _fit(value) if isinstance(value, int) and not isinstance(value, bool) else value

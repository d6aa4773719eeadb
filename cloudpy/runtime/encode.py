"""A handler's result as JSON, as the platform sends it to the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._undefined import UNDEFINED
from .errors import ResultError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # A path is built only when it is needed: each level knows the one above and its own step.
    _Path = tuple[Any, "str | int"] | None

MAX_RESULT = 6 * 1024 * 1024  # bytes: the most that the platform sends back
_MAX_BITS = 14_000  # Python prints integers of up to 4,300 digits
# What to do about types that often end up in results, by the names they go by: none needs importing.
_HINTS = {
    "datetime": "give it a time zone (datetime.now(timezone.utc), value.astimezone()), or give its isoformat()",
    "date": "give its isoformat()",
    "time": "give its isoformat()",
    "timedelta": "give its total_seconds()",
    "Decimal": "give str() of it, or float() where the last digits do not count",
    "Fraction": "give str() or float() of it",
    "UUID": "give str() of it",
    "set": "give list() or sorted() of it",
    "frozenset": "give list() or sorted() of it",
    "dict_keys": "give list() of it",
    "dict_values": "give list() of it",
    "dict_items": "give dict() or list() of it",
    "generator": "give list() of it",
    "async_generator": "collect it: [item async for item in …]",
    "function": "call it, and give what it returns",
    "method": "call it, and give what it returns",
    "Enum": "give its value",
    "complex": "give its real and imag",
    "DataFrame": "give its to_dict('records')",
    "Response": "give what you need of it, such as its json() or status",
}
_ATTRIBUTE_HINTS = {
    "__dataclass_fields__": "give dataclasses.asdict() of it",
    "model_dump": "give its model_dump()",
    "tolist": "give its tolist()",
}


def encode(result: Any) -> str:
    """Return `result` as JSON, as the platform writes it: keys keep their order, characters are not escaped.

    Raises:
        ResultError: it cannot be encoded, or is larger than 6 MB.
    """
    try:
        text = _dumps()(plain(result))
    except RecursionError:
        raise _endless() from None
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can carry
        text = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
        size = len(text.encode())
    if size > MAX_RESULT:
        raise ResultError("result", f"{size / 1024 / 1024:.1f} MB — {_TOO_LARGE}")
    return text


def _dumps() -> Callable[[Any], str]:
    """Return the one encoder: json.dumps() would create one for each call with options."""
    global _encode
    if _encode is None:
        import json  # here, as everywhere in this package: imports slow a cold start

        _encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    return _encode


_encode: Callable[[Any], str] | None = None


def plain(result: Any) -> Any:
    """Return `result` in JSON's own types: dict with string keys, list, str, int, float, bool, None.

    Tuples become lists; bytes become ``{"type": "Buffer", "data": […]}`` as in Node; an error with errCode and errMsg
    becomes ``{"errCode", "errMsg"}``, and whatever has a ``toJSON()`` what that gives; NaN and infinities become None,
    as JSON.stringify does, with a warning; so does a datetime with a time zone: ``2026-05-01T12:30:00.000Z``.

    Raises:
        ResultError: a value cannot be encoded; names the path to it.
    """
    try:
        return _plain(result, None)
    except RecursionError:
        raise _endless() from None


_TOO_LARGE = (
    "the platform sends 6 MB at most (-504002, code 407): store it in cloud storage and give its address, or give it"
    " in parts"
)


def _plain(value: Any, path: _Path) -> Any:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        return value if value.bit_length() < _MAX_BITS else _refuse(path, "int", "it has too many digits to print")
    if isinstance(value, float):
        return _float(float(value), path)
    if isinstance(value, (list, tuple)):
        return [_plain(item, (path, index)) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {_key(key, path): _plain(item, (path, str(key))) for key, item in value.items() if item is not UNDEFINED}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _buffer(value, path)
    if isinstance(value, str):  # a subclass, such as a member of a str enum
        return str.__str__(value)
    if isinstance(value, int):
        return _plain(int(value), path)
    return _other(value, path)


def _other(value: Any, path: _Path) -> Any:
    if value is UNDEFINED:  # the result itself, or in a list
        return None
    # Asked of the type: an object that answers to every name, such as a mock or cloud.openapi, does not mean it.
    kind = type(value)
    if callable(getattr(kind, "toJSON", None)):
        return _plain(value.toJSON(), path)
    if isinstance(value, BaseException):
        code, message = getattr(value, "errCode", None), getattr(value, "errMsg", None)
        if code is not None and message is not None:
            return {"errCode": _plain(code, path), "errMsg": _plain(message, path)}
        return _refuse(path, kind.__name__, 'raise it, or give {"errCode": …, "errMsg": str(err)}')
    if hasattr(kind, "__await__"):
        if hasattr(kind, "close"):
            value.close()  # or Python warns that it was never awaited, which is said better here
        return _refuse(path, kind.__name__, "await it")
    from .._wire.javascript import date_text  # here: most results have none

    date = date_text(value)
    if date is not None:
        return date
    for name, advice in _ATTRIBUTE_HINTS.items():
        if hasattr(kind, name):
            return _refuse(path, kind.__name__, advice)
    for base in kind.__mro__:
        if base.__name__ in _HINTS:
            return _refuse(path, kind.__name__, _HINTS[base.__name__])
    return _refuse(path, kind.__name__, "give a dict, list, str, int, float, bool or None")


def _refuse(path: _Path, kind: str, advice: str) -> Any:
    raise ResultError(_written(path), f"{kind} — JSON has no form for it: {advice}")


def _float(value: float, path: _Path) -> float | None:
    if value - value == 0:
        return value
    import logging  # here: it is not needed at a cold start

    logging.getLogger("cloudpy").warning("%s is %r: sent as null, as in Node", _written(path), value)
    return None


def _buffer(value: bytes | bytearray | memoryview, path: _Path) -> dict[str, Any]:
    data = bytes(value) if memoryview(value).nbytes * 2 <= MAX_RESULT else None
    if data is None:  # each byte takes two characters at least
        raise ResultError(_written(path), f"{memoryview(value).nbytes} bytes — {_TOO_LARGE}")
    return {"type": "Buffer", "data": list(data)}


def _key(key: Any, path: _Path) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    raise ResultError(
        _written(path), f"the key {key!r} is of type {type(key).__name__} — keys must be texts: give str() of it"
    )


def _written(path: _Path) -> str:
    import json

    steps = []
    while path is not None:
        path, step = path
        steps.append(f"[{step}]" if isinstance(step, int) else f"[{json.dumps(step, ensure_ascii=False)}]")
    return "result" + "".join(reversed(steps))


def _endless() -> ResultError:
    return ResultError("result", "it contains itself, or nests too deep — give a tree of dicts and lists")

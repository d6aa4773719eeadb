"""Objects: reading, writing and listing properties. An object is a dict with texts as keys."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from .coercion import _encoded, _error_name, _units, call, iterate, text
from .values import NotTranslated, is_nil, same

# What every object, text and array has without anybody having put it there; functions, mostly.
_INBORN = {
    "constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
    "toLocaleString", "__proto__",
}  # fmt: skip
_INBORN_LIST = {
    "at", "concat", "copyWithin", "entries", "every", "fill", "filter", "find", "findIndex", "findLast",
    "findLastIndex", "flat", "flatMap", "forEach", "includes", "indexOf", "join", "keys", "lastIndexOf", "map",
    "pop", "push", "reduce", "reduceRight", "reverse", "shift", "slice", "some", "sort", "splice", "toReversed",
    "toSorted", "toSpliced", "unshift", "values", "with",
}  # fmt: skip
_INBORN_TEXT = {
    "anchor", "at", "big", "blink", "bold", "charAt", "charCodeAt", "codePointAt", "concat", "endsWith", "fixed",
    "fontcolor", "fontsize", "includes", "indexOf", "isWellFormed", "italics", "lastIndexOf", "link",
    "localeCompare", "match", "matchAll", "normalize", "padEnd", "padStart", "repeat", "replace", "replaceAll",
    "search", "slice", "small", "split", "startsWith", "strike", "sub", "substr", "substring", "sup",
    "toLocaleLowerCase", "toLocaleUpperCase", "toLowerCase", "toUpperCase", "toWellFormed", "trim", "trimEnd",
    "trimLeft", "trimRight", "trimStart",
}  # fmt: skip
_OF_PROMISES = {"then", "catch", "finally"}
_INBORN_NUMBER = {"toExponential", "toFixed", "toPrecision"}


def get(value: Any, key: Any) -> Any:
    """Return ``value[key]``: undefined for what is not there."""
    if isinstance(value, dict):
        key = text(key)
        result = value.get(key, UNDEFINED)
        return _inborn(key, _INBORN) if result is UNDEFINED and key not in value else result
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading '{text(key)}')")
    if isinstance(value, (list, str, bytes)):
        return _part(value, key)
    if isinstance(value, BaseException):
        return _of_error(value, text(key))
    if isinstance(value, (bool, int, float)):
        return _inborn(text(key), _INBORN if isinstance(value, bool) else _INBORN | _INBORN_NUMBER)
    if hasattr(value, "_js_host") and hasattr(value, text(key)) and not text(key).startswith("_"):
        return getattr(value, text(key))
    if _is_promise(value):
        return _inborn(text(key), _INBORN | _OF_PROMISES)
    if hasattr(value, "_js_fields") and not hasattr(value, text(key)):
        return _inborn(text(key), _INBORN)
    # what Python's own patterns are made of has other names, and other values
    if hasattr(value, text(key)) and not callable(value) and type(value).__module__ != "re":
        return getattr(value, text(key))
    raise NotTranslated(f"the property {text(key)} of a {type(value).__name__} is not translated")


def member(value: Any, name: str) -> Any:
    """Return ``value.name``, for a name that texts, lists and numbers do not have by themselves."""
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {'null' if value is None else 'undefined'} (reading '{name}')")
    if isinstance(value, (str, int, float, list)):
        return UNDEFINED
    if isinstance(value, BaseException):
        is_hidden = name in ("errCode", "errMsg") and getattr(value, "isPlain", False)
        return UNDEFINED if is_hidden else _given(value, name)
    if _is_promise(value):
        return _inborn(name, _OF_PROMISES)
    # what Python's own patterns are made of has other names, and other values
    if hasattr(value, name) and not callable(value) and type(value).__module__ != "re":
        return getattr(value, name)
    if hasattr(value, "_js_fields"):
        return UNDEFINED
    raise NotTranslated(f"the property {name} of a {type(value).__name__} is not translated")


def _is_promise(value: Any) -> bool:
    return hasattr(value, "__await__") and not hasattr(value, "_js_host")


def _inborn(key: str, names: set[str]) -> Any:
    if key in ("constructor", "__proto__"):
        raise NotTranslated(f"{key}, which every value of its kind has, is not translated")
    return _Method(key) if key in names else UNDEFINED


class _Method:
    """A method that every value of its kind has, and that is asked for, not called."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: Any) -> Any:
        raise NotTranslated(f"{self._name}, which every value of its kind has, is not translated in this form")


def _part(value: Any, key: Any) -> Any:
    if key == "length":
        return length(value)
    if isinstance(key, str) or not isinstance(key, int) or isinstance(key, bool):
        name = text(key)
        if not name.isdecimal() or text(int(name)) != name:
            if name in getattr(value, "_named", ()):  # of a match
                return value._named[name]
            inborn = _INBORN_TEXT if isinstance(value, str) else _INBORN_LIST
            if isinstance(value, bytes):
                raise NotTranslated(f"the property {name} of a Buffer is not translated")
            return _inborn(name, inborn | _INBORN)
        key = int(name)
    parts = _units(value) if isinstance(value, str) else value
    return parts[key] if 0 <= key < len(parts) else UNDEFINED


def _of_error(error: BaseException, key: str) -> Any:
    if key == "message":
        return str(error)
    if key == "name":
        return _error_name(error)
    if key in ("errCode", "errMsg") and getattr(error, "isPlain", False):
        return UNDEFINED
    if key == "stack":
        raise NotTranslated("the stack of an error, by a key that is made")
    if key in ("requestId", "rid", "api") and key not in error.__dict__ and not hasattr(error, key):
        return UNDEFINED
    return _given(error, key) if not key.startswith("_") and key not in _OF_EXCEPTIONS else UNDEFINED


def _given(error: BaseException, name: str) -> Any:
    """Return a property that the program, the SDK or a package has given an error; Python's own have other meanings."""
    if type(error).__module__ == "builtins":
        return vars(error).get(name, UNDEFINED)
    return UNDEFINED if name in _OF_JSON_ERRORS and isinstance(error, ValueError) else getattr(error, name, UNDEFINED)


def stack(error: Any) -> Any:
    """Return ``error.stack``: the error and where it was raised; of another value its own."""
    if not isinstance(error, BaseException):
        return get(error, "stack")
    names = [each.__name__ for each in type(error).__mro__]
    name = next((name for name in names if name in ("TypeError", "RangeError", "SyntaxError")), "Error")
    lines = [f"{name}: {error}" if str(error) else name]
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.insert(1, f"    at {code.co_name} ({code.co_filename}:{trace.tb_lineno})")
        trace = trace.tb_next
    return "\n".join(lines)


_OF_JSON_ERRORS = {"msg", "doc", "pos", "lineno", "colno"}
_OF_EXCEPTIONS = {"args", "with_traceback", "add_note", "toJSON"}


def maybe(value: Any, key: Any, *more: Any) -> Any:
    """Return ``value?.[key]``, and ``[…]`` for each of `more`; undefined where there is no value."""
    if is_nil(value):
        return UNDEFINED
    for each in (key, *more):
        value = get(value, each)
    return value


def dispatch(value: Any, name: str, helper: Any, *arguments: Any) -> Any:
    """Return ``value.name(...arguments)``: a method of the program's own, or the built-in one, which `helper` does."""
    if hasattr(value, "_js_fields") or (isinstance(value, dict) and name in value):
        return call(get(value, name), *arguments)
    return helper(value, *arguments)


def put(value: Any, key: Any, new: Any) -> Any:
    """Return ``value[key] = new``; gives `new`."""
    if isinstance(value, dict):
        key = text(key)
        if key == "__proto__":
            raise NotTranslated("__proto__ is not translated")
        value[key] = new
    elif is_nil(value):
        raise TypeError(f"Cannot set properties of {text(value)} (setting '{text(key)}')")
    elif isinstance(value, list) and text(key).isdecimal():
        position = int(text(key))
        if position > len(value) + 10_000:
            raise NotTranslated("an array with a large hole in it")
        value.extend([UNDEFINED] * (position + 1 - len(value)))
        value[position] = new
    elif isinstance(value, Exception):
        if key == "message":
            value.args = (new,)
        setattr(value, text(key), new)
    elif hasattr(value, "_js_fields") or text(key) in getattr(value, "_js_settable", ()):
        setattr(value, text(key), new)
    elif not isinstance(value, (str, bool, int, float)):
        raise NotTranslated(f"setting {text(key)} of a {type(value).__name__} is not translated")
    return new


def delete(value: Any, key: Any) -> bool:
    """Return ``delete value[key]``."""
    if is_nil(value):
        raise TypeError("Cannot convert undefined or null to object")
    if hasattr(value, "_js_fields"):
        value.__dict__.pop(text(key), None)
        return True
    if not isinstance(value, dict):
        raise NotTranslated(f"deleting from a {type(value).__name__} is not translated")
    value.pop(text(key), None)
    return True


def has(value: Any, key: Any) -> bool:
    """Return ``key in value``, and ``value.hasOwnProperty(key)``."""
    if isinstance(value, dict):
        return text(key) in value or bool(_inborn(text(key), _INBORN))
    if isinstance(value, list):
        name = text(key)
        if name.isdecimal():
            return text(int(name)) == name and int(name) < len(value)
        return _part(value, name) is not UNDEFINED
    if isinstance(value, BaseException):
        return _of_error(value, text(key)) is not UNDEFINED
    if hasattr(value, "_js_fields"):
        return hasattr(value, text(key)) or bool(_inborn(text(key), _INBORN))
    raise TypeError(f"Cannot use 'in' operator to search for '{text(key)}' in {text(value)}")


def has_own(value: Any, key: Any) -> bool:
    """Return ``value.hasOwnProperty(key)``."""
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading 'hasOwnProperty')")
    return text(key) in keys(value) or (isinstance(value, (str, list)) and text(key) == "length")


def keys(value: Any) -> list[str]:
    """Return ``Object.keys(value)``: integers come first, sorted."""
    if hasattr(value, "_js_fields"):
        value = value._js_fields
    if isinstance(value, dict):
        numbers = [key for key in value if key.isdecimal() and text(int(key)) == key and int(key) < 2**32 - 1]
        if not numbers:
            return list(value)
        return sorted(numbers, key=int) + [key for key in value if key not in numbers]
    if isinstance(value, (list, str, bytes)):
        return [str(index) for index in range(length(value))]
    if is_nil(value):
        raise TypeError("Cannot convert undefined or null to object")
    if isinstance(value, BaseException):
        if getattr(value, "isPlain", False):
            return []
        return [key for key in ("errCode", "errMsg") if hasattr(value, key)] or [*value.__dict__]
    return []


def keys_in(value: Any) -> list[str]:
    """Return what ``for (… in value)`` goes through; nothing for null and undefined."""
    return [] if is_nil(value) else keys(value)


def _pairs_of(value: Any) -> Any:
    """Yield each key of its own with its value."""
    if isinstance(value, str):
        value = list(_units(value))
    for key in keys(value):
        if isinstance(value, dict):
            yield key, value[key]
        else:
            yield key, value[int(key)] if isinstance(value, (list, bytes)) else getattr(value, key)


def values(value: Any) -> list[Any]:
    """Return ``Object.values(value)``."""
    return [item for _, item in _pairs_of(value)]


def entries(value: Any) -> list[list[Any]]:
    """Return ``Object.entries(value)``."""
    return [[key, item] for key, item in _pairs_of(value)]


def from_entries(value: Any) -> dict[str, Any]:
    """Return ``Object.fromEntries(value)``."""
    return {text(get(entry, 0)): get(entry, 1) for entry in iterate(value)}


def spread(value: Any) -> dict[str, Any]:
    """Return what ``{...value}`` takes over; nothing of null, undefined and numbers."""
    return {} if is_nil(value) else dict(_pairs_of(value))


def assign(target: Any, *sources: Any) -> Any:
    """Return ``Object.assign(target, ...sources)``; gives `target`."""
    if is_nil(target):
        raise TypeError("Cannot convert undefined or null to object")
    for source in sources:
        for key, item in spread(source).items():
            put(target, key, item)
    return target


def rest_of(value: Any, *used: Any) -> dict[str, Any]:
    """Return what ``{taken, ...rest}`` leaves for the rest."""
    return {key: item for key, item in spread(value).items() if key not in used}


def object_is(left: Any, right: Any) -> bool:
    """Return ``Object.is(left, right)``."""
    if left != left and right != right:
        return True
    if same(left, right) and left == 0 and not isinstance(left, bool):
        return str(float(left)) == str(float(right))  # 0 and -0
    return same(left, right)


def length(value: Any) -> Any:
    """Return ``value.length``."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(_encoded(value)) // 2
    if isinstance(value, (list, bytes)):
        return len(value)
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading 'length')")
    if callable(value):
        raise NotTranslated("the length of a function is not translated")
    return value.get("length", UNDEFINED) if isinstance(value, dict) else getattr(value, "length", UNDEFINED)

"""Objects: reading, writing and listing properties. An object is a dict with texts as keys."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import _error_name, _units, call, iterate, text
from .values import is_nil, same

# The methods that every object, number, list and text has
_INBORN = set(
    "constructor toString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString __proto__".split()
)
_OF_PROMISES = {"then", "catch", "finally"}
_OF_NUMBERS = {"toExponential", "toFixed", "toPrecision"}
_OF_LISTS = set(
    "at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach "
    "includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice "
    "toReversed toSorted toSpliced unshift values with".split()
)
_OF_TEXTS = set(
    "anchor at big blink bold charAt charCodeAt codePointAt concat endsWith fixed fontcolor fontsize includes indexOf "
    "isWellFormed italics lastIndexOf link localeCompare match matchAll normalize padEnd padStart repeat replace "
    "replaceAll search slice small split startsWith strike sub substr substring sup toLocaleLowerCase "
    "toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimLeft trimRight trimStart".split()
)


def get(value: Any, key: Any) -> Any:
    """Return ``value[key]``: undefined for what is not there."""
    if isinstance(value, dict):
        key = text(key)
        return value.get(key, UNDEFINED) if key in value else _absent(key)
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading '{text(key)}')")
    if isinstance(value, (list, str, bytes)):
        return _part(value, key)
    if isinstance(value, BaseException):
        return _of_error(value, text(key))
    if isinstance(value, (int, float)):
        return _absent(text(key), () if isinstance(value, bool) else _OF_NUMBERS)
    if hasattr(value, "_js_host") and hasattr(value, text(key)) and not text(key).startswith("_"):  # with Host
        return getattr(value, text(key))
    if hasattr(value, "__await__") and not hasattr(value, "_js_host"):
        return _absent(text(key), _OF_PROMISES)
    if hasattr(value, "_js_fields") and not hasattr(value, text(key)):  # with Object
        return _absent(text(key))
    # Python's own patterns and dates have other names, and other values
    if hasattr(value, text(key)) and not callable(value) and type(value).__module__ not in ("re", "datetime"):
        return getattr(value, text(key))
    raise NotTranslated(f"the property {text(key)} of a {type(value).__name__} is not translated")


def member(value: Any, name: str) -> Any:
    """Return ``value.name``, for a name that texts, lists and numbers do not have by themselves."""
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if value is None or value is UNDEFINED:
        raise TypeError(f"Cannot read properties of {'null' if value is None else 'undefined'} (reading '{name}')")
    if isinstance(value, (str, int, float, list)):
        return UNDEFINED
    if isinstance(value, BaseException):
        is_hidden = name in ("errCode", "errMsg") and getattr(value, "isPlain", False)
        return UNDEFINED if is_hidden else _given(value, name)
    if hasattr(value, "__await__") and not hasattr(value, "_js_host"):
        return _asked if name in _OF_PROMISES else UNDEFINED
    # Python's own patterns and dates have other names, and other values
    if hasattr(value, name) and not callable(value) and type(value).__module__ not in ("re", "datetime"):
        return getattr(value, name)
    if hasattr(value, "_js_fields"):  # with Object
        return UNDEFINED
    raise NotTranslated(f"the property {name} of a {type(value).__name__} is not translated")


def _absent(key: str, methods: Any = ()) -> Any:
    """Return undefined for a key that is not there, or a method that every value of its kind has."""
    if key in ("constructor", "__proto__"):
        raise NotTranslated(f"{key}, which every value of its kind has, is not translated")
    return _asked if key in _INBORN or key in methods else UNDEFINED


def _asked(*_: Any) -> Any:
    raise NotTranslated("the call of a method that was asked for by its name is not translated")


def _part(value: Any, key: Any) -> Any:
    """Return the item at a place of a list or a string, or its length; undefined for a place that is not there."""
    if key == "length":
        return length(value)
    if isinstance(key, str) and key in getattr(value, "_named", ()):  # with _Found
        return value._named[key]
    if isinstance(key, str) and key.isdecimal() and str(int(key)) == key:
        key = int(key)
    if isinstance(value, bytes) and not isinstance(key, int):
        raise NotTranslated(f"the property {text(key)} of a Buffer is not translated")
    if not isinstance(key, int) or isinstance(key, bool):
        return _absent(text(key), _OF_TEXTS if isinstance(value, str) else _OF_LISTS)
    parts = _units(value) if isinstance(value, str) else value
    return parts[key] if 0 <= key < len(parts) else UNDEFINED


def _of_error(error: BaseException, key: str) -> Any:
    if key in ("message", "name"):
        return str(error) if key == "message" else _error_name(error)
    if key == "stack":
        raise NotTranslated("the stack of an error, by a key that is made")
    is_hidden = key in ("errCode", "errMsg") and getattr(error, "isPlain", False)
    is_own = key[:1] != "_" and key not in ("args", "with_traceback", "add_note", "toJSON")
    return _given(error, key) if is_own and not is_hidden else UNDEFINED


def _given(error: BaseException, name: str) -> Any:
    """Return a property that the program, the SDK or a package has given an error; Python's own have other meanings."""
    if type(error).__module__ == "builtins":
        return vars(error).get(name, UNDEFINED)
    is_pythons = name in ("msg", "doc", "pos", "lineno", "colno") and isinstance(error, ValueError)
    return UNDEFINED if is_pythons else getattr(error, name, UNDEFINED)


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
        return text(key) in value or _absent(text(key)) is not UNDEFINED
    if isinstance(value, list):
        name = text(key)
        if name.isdecimal():
            return text(int(name)) == name and int(name) < len(value)
        return _part(value, name) is not UNDEFINED
    if isinstance(value, BaseException):
        return _of_error(value, text(key)) is not UNDEFINED
    if hasattr(value, "_js_fields"):
        return hasattr(value, text(key)) or _absent(text(key)) is not UNDEFINED
    raise TypeError(f"Cannot use 'in' operator to search for '{text(key)}' in {text(value)}")


def has_own(value: Any, key: Any) -> bool:
    """Return ``value.hasOwnProperty(key)``."""
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading 'hasOwnProperty')")
    return text(key) in keys(value) or (isinstance(value, (str, list)) and text(key) == "length")


def keys(value: Any) -> list[str]:
    """Return ``Object.keys(value)``: integers come first, sorted."""
    if hasattr(value, "_js_fields"):  # with Object
        value = value._js_fields
    if isinstance(value, dict):
        numbers = [key for key in value if key.isdecimal() and str(int(key)) == key and int(key) < 2**32 - 1]
        return sorted(numbers, key=int) + [key for key in value if key not in numbers]
    if isinstance(value, (list, str, bytes)):
        return [str(index) for index in range(len(_units(value) if isinstance(value, str) else value))]
    if is_nil(value):
        raise TypeError("Cannot convert undefined or null to object")
    if isinstance(value, BaseException) and not getattr(value, "isPlain", False):
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
        return len(value.encode("utf-16-le", "surrogatepass")) // 2
    if isinstance(value, (list, bytes)):
        return len(value)
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {'null' if value is None else 'undefined'} (reading 'length')")
    if callable(value):
        raise NotTranslated("the length of a function is not translated")
    return value.get("length", UNDEFINED) if isinstance(value, dict) else getattr(value, "length", UNDEFINED)

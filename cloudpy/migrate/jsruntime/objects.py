"""Objects: reading, writing and listing properties. An object is a dict with texts as keys."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from ..._wire.javascript import ordered
from ..._wire.jsontext import text as as_text
from ...errors import NotTranslated
from .coercion import _error_name, _units, call, iterate, text
from .values import same

# The methods that every value, list, text and number has
INBORN = set(
    "constructor toString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString __proto__".split()
)
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
METHODS: dict[Any, set[str]] = {
    bool: set(),
    list: _OF_LISTS,
    str: _OF_TEXTS,
    (int, float): {"toExponential", "toFixed", "toPrecision"},
}


def get(value: Any, key: Any) -> Any:
    """Return ``value[key]``: undefined for what is not there."""
    name = text(key)
    if isinstance(value, (list, str, bytes)):
        parts: Any = _units(value) if isinstance(value, str) else value
        if name == "length":
            return len(parts)
        if name in getattr(value, "_named", ()):  # with _Found
            return parts._named[name]
        if name.isdecimal() and str(int(name)) == name:
            return parts[int(name)] if int(name) < len(parts) else UNDEFINED
    if name in ("constructor", "__proto__") and not (isinstance(value, dict) and name in value):  # with method.name
        raise NotTranslated(f"{name}, which every value of its kind has, is not translated")
    if _is_method(value, name):  # with method.name
        return _asked
    return member(value, name)


def _is_method(value: Any, name: str) -> bool:
    if not isinstance(value, (dict, *METHODS)) or (isinstance(value, dict) and name in value):
        return False
    return name in INBORN or name in next((METHODS[kind] for kind in METHODS if isinstance(value, kind)), ())


def _asked(*_: Any) -> Any:
    raise NotTranslated("the call of a method that was asked for by its name is not translated")


def member(value: Any, name: str) -> Any:
    """Return ``value.name``, for a name that texts, lists and numbers do not have by themselves."""
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if isinstance(value, (str, int, float, list)):
        return UNDEFINED
    if value in (None, UNDEFINED):
        raise TypeError(f"Cannot read properties of {as_text(value)} (reading '{name}')")
    if isinstance(value, BaseException):  # with error.any, error.caught
        return _of_error(value, name)
    if hasattr(value, "_js_host") and hasattr(value, name):  # with Host
        return getattr(value, name)
    if hasattr(value, "_js_fields") and name not in INBORN:  # with Object
        return getattr(value, name, UNDEFINED)
    if hasattr(value, "__await__") and name not in ("then", "catch", "finally"):  # with background, started
        return UNDEFINED
    if type(value).__name__ == "module":  # with module.any
        return getattr(value, name, UNDEFINED)
    if type(value).__module__.startswith((__name__, "cloudpy.")) and hasattr(value, name):  # with get, Date
        return getattr(value, name)  # such as db.command
    raise NotTranslated(f"the property {name} of a {type(value).__name__} is not translated")


def _of_error(error: BaseException, name: str) -> Any:
    """Return a property of an error: of Python's own, only what the program has set."""
    if name == "message":
        return str(error)
    if name == "name":  # with get, key.name
        return _error_name(error)
    if name == "stack":  # with get
        raise NotTranslated("the stack of an error, by a key that is made")
    is_hidden = name in ("errCode", "errMsg") and getattr(error, "isPlain", False)
    is_hidden |= name in ("msg", "doc", "pos", "lineno", "colno") and isinstance(error, ValueError)
    if is_hidden or name[:1] == "_" or name == "toJSON" or hasattr(Exception, name):
        return UNDEFINED
    if type(error).__module__ == "builtins":
        return vars(error).get(name, UNDEFINED)
    return getattr(error, name, UNDEFINED)


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
    if value in (None, UNDEFINED):
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
    name = text(key)
    if isinstance(value, dict) and name != "__proto__":
        value[name] = new
    elif value in (None, UNDEFINED):
        raise TypeError(f"Cannot set properties of {as_text(value)} (setting '{name}')")
    elif isinstance(value, list) and name.isdecimal() and int(name) <= len(value) + 10_000:
        value.extend([UNDEFINED] * (int(name) + 1 - len(value)))
        value[int(name)] = new
    elif isinstance(value, Exception):  # with error.any, error.caught
        setattr(value, *(("args", (new,)) if name == "message" else (name, new)))
    elif hasattr(value, "_js_fields") or name in getattr(value, "_js_settable", ()):  # with Object, Host
        setattr(value, name, new)
    elif not isinstance(value, (str, int, float)):
        raise NotTranslated(f"setting {name} of a {type(value).__name__} is not translated")
    return new


def delete(value: Any, key: Any) -> bool:
    """Return ``delete value[key]``."""
    if value in (None, UNDEFINED):
        raise TypeError("Cannot convert undefined or null to object")
    if hasattr(value, "_js_fields"):  # with Object
        value.__dict__.pop(text(key), None)
        return True
    if not isinstance(value, dict):
        raise NotTranslated(f"deleting from a {type(value).__name__} is not translated")
    value.pop(text(key), None)
    return True


def has(value: Any, key: Any) -> bool:
    """Return ``key in value``."""
    name = text(key)
    if isinstance(value, (list, BaseException)):
        return get(value, name) is not UNDEFINED
    if isinstance(value, dict):
        return name in value or name in INBORN
    if hasattr(value, "_js_fields"):  # with Object
        return hasattr(value, name) or name in INBORN
    raise TypeError(f"Cannot use 'in' operator to search for '{name}' in {text(value)}")


def has_own(value: Any, key: Any) -> bool:
    """Return ``value.hasOwnProperty(key)``."""
    if value in (None, UNDEFINED):
        raise TypeError(f"Cannot read properties of {as_text(value)} (reading 'hasOwnProperty')")
    return text(key) in keys(value) or (isinstance(value, (str, list)) and text(key) == "length")


def keys(value: Any) -> list[str]:
    """Return ``Object.keys(value)``: integers come first, sorted."""
    if hasattr(value, "_js_fields"):  # with Object
        value = value._js_fields
    if isinstance(value, dict):
        return [*ordered(dict.fromkeys(value))]
    if isinstance(value, str):
        value = value.encode("utf-16-le", "surrogatepass")[::2]
    if isinstance(value, (list, bytes)):
        return [str(index) for index in range(len(value))]
    if value in (None, UNDEFINED):
        raise TypeError("Cannot convert undefined or null to object")
    if isinstance(value, BaseException):  # with error.any
        given = [key for key in ("errCode", "errMsg") if hasattr(value, key)] or [*vars(value)]
        return [] if getattr(value, "isPlain", False) else given
    if isinstance(value, (int, float)):
        return []
    raise NotTranslated(f"the keys of a {type(value).__name__} are not translated")


def keys_in(value: Any) -> list[str]:
    """Return what ``for (… in value)`` goes through; nothing for null and undefined."""
    return [] if value in (None, UNDEFINED) else keys(value)


def _pairs_of(value: Any) -> Any:
    """Yield each key of its own with its value."""
    items = _units(value) if isinstance(value, str) else value
    for key in keys(value):
        yield key, items[int(key)] if isinstance(items, (list, str, bytes)) else member(value, key)


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
    return {} if value in (None, UNDEFINED) else dict(_pairs_of(value))


def assign(target: Any, *sources: Any) -> Any:
    """Return ``Object.assign(target, ...sources)``; gives `target`."""
    if target in (None, UNDEFINED):
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
    return len(value) if isinstance(value, (list, bytes)) else member(value, "length")

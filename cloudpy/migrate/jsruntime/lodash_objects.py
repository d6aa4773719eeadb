"""Objects as lodash takes them: paths into them, parts of them, copies and comparisons."""

from __future__ import annotations

import re
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import text
from .objects import get, has_own, keys, length, put
from .values import is_nil, same

_PATH = re.compile(
    r"""[^.[\]]+|\[(?:(-?\d+(?:\.\d+)?)|(["'])((?:(?!\2)[^\\]|\\.)*?)\2)\]"""
    r"""|(?=(?:\.|\[\])(?:\.|\[\]|$))"""
)
_DEEP = re.compile(r"""\.|\[(?:[^[\]]*|(["'])(?:(?!\1)[^\\]|\\.)*?\1)\]""")


def _is_list_like(value: Any) -> bool:
    """Whether an object has a length, so that lodash takes it for a list."""
    size = value.get("length", UNDEFINED) if isinstance(value, dict) else UNDEFINED
    return isinstance(size, (int, float)) and not isinstance(size, bool) and size >= 0 and size == int(size)


def _steps(path: Any, value: Any) -> list[str]:
    """Return the keys of a path: ``a.b[0]``, or a list of them; a key of the value itself stays whole."""
    if isinstance(path, list):
        return [text(each) for each in path]
    path = text(path)
    if not _DEEP.search(path) or (isinstance(value, dict) and path in value):
        return [path]
    steps = [""] if path[0] == "." else []
    for found in _PATH.finditer(path):
        inner = found[3] if found[2] else found[1] or found[0]
        steps.append(re.sub(r"\\(\\)?", r"\1", inner) if found[2] else inner)
    return steps


def get_path(value: Any, path: Any, default: Any = UNDEFINED) -> Any:
    """Return ``_.get(value, path, default)``."""
    steps = _steps(path, value)
    for step in steps:
        if is_nil(value):
            return default
        value = get(value, step)
    return default if value is UNDEFINED or not steps else value


def set_path(value: Any, path: Any, new: Any) -> Any:
    """Return ``_.set(value, path, new)``: the value, with what lies on the way to it made."""
    if not isinstance(value, (dict, list)):
        if is_nil(value) or isinstance(value, (bool, int, float, str)):
            return value
        raise NotTranslated(f"_.set of a {type(value).__name__} is not translated")
    steps = _steps(path, value)
    inner = value
    for at, step in enumerate(steps):
        if step in ("__proto__", "constructor", "prototype"):
            return value
        if at == len(steps) - 1:
            put(inner, step, new)
            continue
        found = get(inner, step)
        if not isinstance(found, (dict, list)):
            found = [] if re.fullmatch(r"0|[1-9]\d*", steps[at + 1]) else {}
            put(inner, step, found)
        inner = found
    return value


def has_path(value: Any, path: Any) -> bool:
    """Return ``_.has(value, path)``."""
    steps = _steps(path, value)
    for step in steps:
        if is_nil(value) or not has_own(value, step):
            return False
        value = get(value, step)
    return bool(steps)


def unset_path(value: Any, path: Any) -> bool:
    """Return ``_.unset(value, path)``."""
    steps = _steps(path, value)
    inner = get_path(value, steps[:-1], UNDEFINED) if len(steps) > 1 else value
    if isinstance(inner, list):
        raise NotTranslated("_.unset of an item of a list is not translated")
    if isinstance(inner, dict) and steps:
        inner.pop(steps[-1], None)
    return True


def _own(value: Any) -> dict[str, Any]:
    """Return the properties of an object; nothing has none."""
    if isinstance(value, dict):
        if _is_list_like(value):
            raise NotTranslated("an object with a length, which lodash takes for a list, is not translated")
        return {key: value[key] for key in keys(value)}
    if hasattr(value, "_js_fields"):
        return dict(value._js_fields)
    if isinstance(value, (list, str)):
        return {key: get(value, key) for key in keys(value)}
    return {}


def keys_of_any(value: Any) -> list[str]:
    """Return ``_.keys(value)``."""
    return list(_own(value))


def values_of_any(value: Any) -> list[Any]:
    """Return ``_.values(value)``."""
    return list(_own(value).values())


def to_pairs(value: Any) -> list[list[Any]]:
    """Return ``_.toPairs(value)``."""
    return [[key, item] for key, item in _own(value).items()]


def _names(names: tuple[Any, ...]) -> list[Any]:
    return [each for one in names for each in (one if isinstance(one, list) else [one])]


def pick(value: Any, *names: Any) -> dict[str, Any]:
    """Return ``_.pick(value, ...names)``."""
    result: dict[str, Any] = {}
    for name in _names(names):
        if is_nil(value):
            break
        steps = _steps(name, value)
        found = get_path(value, steps)
        if found is not UNDEFINED or has_path(value, steps):
            if len(steps) == 1:
                result[steps[0]] = found
            else:
                set_path(result, steps, found)
    return result


def omit(value: Any, *names: Any) -> dict[str, Any]:
    """Return ``_.omit(value, ...names)``."""
    out = set()
    for name in _names(names):
        steps = _steps(name, value)
        if len(steps) > 1:
            raise NotTranslated("_.omit with a path is not translated")
        out.update(steps)
    return {key: item for key, item in _own(value).items() if key not in out}


def invert(value: Any) -> dict[str, str]:
    """Return ``_.invert(value)``."""
    return {text(item): key for key, item in _own(value).items()}


def assign_to(target: Any, *sources: Any) -> Any:
    """Return ``_.assign(target, ...sources)``."""
    return _taken(target, sources, lambda key: True)


def defaults(target: Any, *sources: Any) -> Any:
    """Return ``_.defaults(target, ...sources)``: what is undefined in it is taken from them."""
    target = {} if is_nil(target) else target
    return _taken(target, sources, lambda key: get(target, key) is UNDEFINED)


def _taken(target: Any, sources: tuple[Any, ...], is_wanted: Any) -> Any:
    target = {} if is_nil(target) else target
    if not isinstance(target, (dict, list)):
        raise NotTranslated(f"_.assign to a {type(target).__name__} is not translated")
    for source in sources:
        for key, item in _own(source).items():
            if is_wanted(key):
                put(target, key, item)
    return target


def merge(target: Any, *sources: Any) -> Any:
    """Return ``_.merge(target, ...sources)``: objects and lists in it are merged too."""
    target = {} if is_nil(target) else target
    if not isinstance(target, (dict, list)):
        raise NotTranslated(f"_.merge into a {type(target).__name__} is not translated")
    for source in sources:
        for key, item in _own(source).items():
            if key in ("__proto__", "constructor"):
                continue
            found = get(target, key)
            if isinstance(item, (dict, list)):
                fits = isinstance(found, list) if isinstance(item, list) else isinstance(found, (dict, list))
                put(target, key, merge(found if fits else [] if isinstance(item, list) else {}, item))
            elif item is not UNDEFINED or not has_own(target, key):
                put(target, key, item)
    return target


def clone_deep(value: Any) -> Any:
    """Return ``_.cloneDeep(value)``."""
    if isinstance(value, dict):
        return {key: clone_deep(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone_deep(item) for item in value]
    if hasattr(value, "getTime"):
        return type(value)(value)
    if callable(value):
        return {}
    if hasattr(value, "_js_fields") or hasattr(value, "_entries") or isinstance(value, (bytes, BaseException)):
        raise NotTranslated(f"_.cloneDeep of a {type(value).__name__} is not translated")
    return value


def clone_of(value: Any) -> Any:
    """Return ``_.clone(value)``."""
    return dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else clone_deep(value)


def is_equal(one: Any, other: Any) -> bool:
    """Return ``_.isEqual(one, other)``."""
    if same(one, other) or (isinstance(one, float) and isinstance(other, float) and one != one and other != other):
        return True
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_equal(one[key], other[key]) for key in one)
    if hasattr(one, "getTime") and hasattr(other, "getTime"):
        return is_equal(one.getTime(), other.getTime())
    if (
        type(one) is type(other)
        and not isinstance(one, (str, bool, int, float))
        and not callable(one)
        and not is_nil(one)
    ):
        raise NotTranslated(f"_.isEqual of a {type(one).__name__} is not translated")
    return False


def is_match(value: Any, wanted: Any) -> bool:
    """Return ``_.isMatch(value, wanted)``: whether it has what is wanted, in depth."""
    if is_nil(value):
        return not _own(wanted)
    return all(
        (has_own(value, key) if isinstance(value, (dict, list, str)) else False)
        and matches_value(get(value, key), item)
        for key, item in _own(wanted).items()
    )


def matches_value(value: Any, wanted: Any) -> bool:
    """Return whether a value is what is wanted; objects and lists may have more than that."""
    if isinstance(wanted, dict) and isinstance(value, dict):
        return is_match(value, wanted)
    if isinstance(wanted, list) and isinstance(value, list):
        left = list(value)
        for item in wanted:
            at = next((at for at, each in enumerate(left) if matches_value(each, item)), -1)
            if at < 0:
                return False
            del left[at]
        return True
    return is_equal(value, wanted)


def is_empty(value: Any) -> bool:
    """Return ``_.isEmpty(value)``: numbers and truth values are, too."""
    if isinstance(value, (list, str, bytes, dict)):
        return len(value) == 0
    if hasattr(value, "_entries"):
        return bool(value.size == 0)
    return len(_own(value)) == 0


def is_object(value: Any) -> bool:
    """Return ``_.isObject(value)``: functions and lists are, too."""
    return not is_nil(value) and not isinstance(value, (str, bool, int, float))


def size_of(value: Any) -> int:
    """Return ``_.size(value)``."""
    if isinstance(value, str):
        return int(length(value))
    return len(value) if isinstance(value, list) else len(_own(value))


def is_plain_object(value: Any) -> bool:
    """Return ``_.isPlainObject(value)``."""
    return isinstance(value, dict)


def is_list(value: Any) -> bool:
    """Return ``_.isArray(value)``."""
    return isinstance(value, list)


def is_string(value: Any) -> bool:
    """Return ``_.isString(value)``."""
    return isinstance(value, str)


def is_truth(value: Any) -> bool:
    """Return ``_.isBoolean(value)``."""
    return isinstance(value, bool)


def is_callable(value: Any) -> bool:
    """Return ``_.isFunction(value)``."""
    return callable(value)


def is_undefined(value: Any) -> bool:
    """Return ``_.isUndefined(value)``."""
    return value is UNDEFINED


def is_null(value: Any) -> bool:
    """Return ``_.isNull(value)``."""
    return value is None

"""``$jsonSchema``: the keywords of MongoDB's dialect of JSON Schema, draft 4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import DatabaseError, UnsupportedError
from .ordering import equal, key
from .paths import Test
from .pcre import compile_regex
from .values import NUMBER_NAMES, TYPE_NAMES, is_number, type_name

_JSON_TYPES = {
    "object": {"object"},
    "array": {"array"},
    "number": set(NUMBER_NAMES),
    "boolean": {"bool"},
    "string": {"string"},
    "null": {"null"},
}
IGNORED = ("title", "description", "additionalItems", "exclusiveMinimum", "exclusiveMaximum")


def compile_schema(schema: Any) -> Test:
    """Return the test of a schema.

    Raises:
        DatabaseError: a keyword has a wrong value.
        UnsupportedError: a keyword that the local database does not know.
    """
    if type(schema) is not dict:
        raise DatabaseError(f"$jsonSchema must be an object, got {type_name(schema)}")
    tests: list[Test] = []
    for keyword, value in schema.items():
        if keyword in IGNORED:
            continue
        make = _KEYWORDS.get(keyword)
        if make is None:
            raise UnsupportedError(f"the keyword {keyword!r} of $jsonSchema")
        tests.append(make(value, schema))
    return lambda item: all(test(item) for test in tests)


def _wrong(keyword: str, expected: str, value: Any) -> DatabaseError:
    return DatabaseError(f"$jsonSchema keyword '{keyword}' must be {expected}, got {type_name(value)}")


def _only(kind: type, test: Test) -> Test:
    return lambda item: type(item) is not kind or test(item)


def _types(value: Any, keyword: str) -> Test:
    names = value if type(value) is list else [value]
    wanted: set[str] = set()
    for name in names:
        if keyword == "type" and name in _JSON_TYPES:
            wanted |= _JSON_TYPES[name]
        elif keyword == "bsonType" and name in TYPE_NAMES:
            wanted |= NUMBER_NAMES if name == "number" else {name}
        else:
            raise DatabaseError(f"unknown type name alias {name!r} in $jsonSchema keyword '{keyword}'")
    return lambda item: type_name(item) in wanted


def _required(value: Any, schema: Any) -> Test:
    if type(value) is not list or not value or not all(type(name) is str for name in value):
        raise _wrong("required", "a nonempty array of strings", value)
    return _only(dict, lambda item: all(name in item for name in value))


def _properties(value: Any, schema: Any) -> Test:
    if type(value) is not dict:
        raise _wrong("properties", "an object", value)
    tests = {name: compile_schema(inner) for name, inner in value.items()}
    return _only(dict, lambda item: all(name not in item or test(item[name]) for name, test in tests.items()))


def _pattern_properties(value: Any, schema: Any) -> Test:
    if type(value) is not dict:
        raise _wrong("patternProperties", "an object", value)
    tests = [(compile_regex(pattern, "").search, compile_schema(inner)) for pattern, inner in value.items()]
    return _only(
        dict, lambda item: all(test(item[name]) for name in item for search, test in tests if search(name) is not None)
    )


def _additional_properties(value: Any, schema: Any) -> Test:
    known = schema.get("properties", {})
    patterns = [compile_regex(pattern, "").search for pattern in schema.get("patternProperties", {})]
    test: Test = compile_schema(value) if type(value) is dict else lambda item: value is not False

    def extra(name: str) -> bool:
        return name not in known and not any(search(name) for search in patterns)

    return _only(dict, lambda item: all(test(item[name]) for name in item if extra(name)))


def _items(value: Any, schema: Any) -> Test:
    if type(value) is dict:
        each = compile_schema(value)
        return _only(list, lambda item: all(map(each, item)))
    if type(value) is not list:
        raise _wrong("items", "an object or an array of objects", value)
    tests = [compile_schema(inner) for inner in value]
    more = schema.get("additionalItems", True)
    rest: Test = compile_schema(more) if type(more) is dict else lambda item: more is not False
    return _only(
        list,
        lambda item: (
            all(test(element) for test, element in zip(tests, item, strict=False))
            and all(map(rest, item[len(tests) :]))
        ),
    )


def _bound(keyword: str, exclusive: str, sign: int) -> Callable[[Any, Any], Test]:
    def make(value: Any, schema: Any) -> Test:
        if not is_number(value):
            raise _wrong(keyword, "a number", value)
        strict = schema.get(exclusive, False) is True

        def test(item: Any) -> bool:
            if not is_number(item):
                return True
            left, right = (key(item), key(value)) if sign > 0 else (key(value), key(item))
            return left > right if strict else left >= right

        return test

    return make


def _length(keyword: str, kind: type, least: bool) -> Callable[[Any, Any], Test]:
    def make(value: Any, schema: Any) -> Test:
        if not is_number(value) or value < 0:
            raise _wrong(keyword, "a number, not negative", value)
        return _only(kind, (lambda item: len(item) >= value) if least else (lambda item: len(item) <= value))

    return make


def _pattern(value: Any, schema: Any) -> Test:
    if type(value) is not str:
        raise _wrong("pattern", "a string", value)
    search = compile_regex(value, "").search
    return _only(str, lambda item: search(item) is not None)


def _multiple_of(value: Any, schema: Any) -> Test:
    if not is_number(value) or value <= 0:
        raise _wrong("multipleOf", "a positive number", value)
    return lambda item: not is_number(item) or item % value == 0


def _enum(value: Any, schema: Any) -> Test:
    if type(value) is not list or not value:
        raise _wrong("enum", "a nonempty array", value)
    return lambda item: any(equal(item, allowed) for allowed in value)


def _unique(value: Any, schema: Any) -> Test:
    return _only(list, lambda item: value is not True or len({key(element) for element in item}) == len(item))


def _several(keyword: str, accepts: Callable[[int, int], bool]) -> Callable[[Any, Any], Test]:
    def make(value: Any, schema: Any) -> Test:
        if type(value) is not list or not value:
            raise _wrong(keyword, "a nonempty array of objects", value)
        tests = [compile_schema(inner) for inner in value]
        return lambda item: accepts(sum(test(item) for test in tests), len(tests))

    return make


def _not(value: Any, schema: Any) -> Test:
    test = compile_schema(value)
    return lambda item: not test(item)


def _dependencies(value: Any, schema: Any) -> Test:
    if type(value) is not dict:
        raise _wrong("dependencies", "an object", value)
    tests: dict[str, Test] = {}
    for name, needed in value.items():
        tests[name] = _required(needed, schema) if type(needed) is list else compile_schema(needed)
    return _only(dict, lambda item: all(name not in item or test(item) for name, test in tests.items()))


_KEYWORDS: dict[str, Callable[[Any, Any], Test]] = {
    "required": _required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "bsonType": lambda value, schema: _types(value, "bsonType"),
    "type": lambda value, schema: _types(value, "type"),
    "enum": _enum,
    "minimum": _bound("minimum", "exclusiveMinimum", 1),
    "maximum": _bound("maximum", "exclusiveMaximum", -1),
    "multipleOf": _multiple_of,
    "minLength": _length("minLength", str, True),
    "maxLength": _length("maxLength", str, False),
    "pattern": _pattern,
    "items": _items,
    "minItems": _length("minItems", list, True),
    "maxItems": _length("maxItems", list, False),
    "uniqueItems": _unique,
    "minProperties": _length("minProperties", dict, True),
    "maxProperties": _length("maxProperties", dict, False),
    "dependencies": _dependencies,
    "allOf": _several("allOf", lambda passed, total: passed == total),
    "anyOf": _several("anyOf", lambda passed, total: passed > 0),
    "oneOf": _several("oneOf", lambda passed, total: passed == 1),
    "not": _not,
}
KEYWORDS = (*_KEYWORDS, "exclusiveMinimum", "exclusiveMaximum", "additionalItems", "title", "description")

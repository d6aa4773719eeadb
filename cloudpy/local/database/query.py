"""Queries: a condition compiled to a test of documents, with what an index or a sort by distance can use of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from . import conditions, ejson, geo_queries
from .errors import DatabaseError, UnsupportedError
from .expressions import condition
from .ordering import truth
from .paths import Test, any_end, any_value, is_index
from .schema import compile_schema
from .values import MISSING, Regex, type_name

UNSUPPORTED_TOP = ("$text", "$where")
TOP_OPERATORS = ("$and", "$or", "$nor", "$expr", "$jsonSchema", "$comment")
_ELEMENT = "\0"  # the path of an array's element itself: no field can have this name


def compile_query(query: Any, variables: dict[str, Any] | None = None) -> Test:
    """Return the test of a query; `variables` are those of a surrounding ``$lookup``, for ``$expr``.

    Raises:
        DatabaseError: it is not a query, or has an operator that nobody knows.
        UnsupportedError: an operator that the local database does not know.
    """
    if type(query) is not dict:
        raise DatabaseError(f"a query must be an object, got {type_name(query)}")
    return _all([test for name, value in query.items() if (test := _clause(name, value, variables)) is not None])


def _all(tests: list[Test]) -> Test:
    if not tests:
        return lambda document: True
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda document: first(document) and second(document)
    return lambda document: all(test(document) for test in tests)


def _clause(name: str, value: Any, variables: dict[str, Any] | None) -> Test | None:
    if not name.startswith("$"):
        return compile_field(name, value)
    if name in ("$and", "$or", "$nor"):
        if type(value) is not list or not value:
            raise DatabaseError(f"{name} must be a nonempty array of objects, got {type_name(value)}")
        if any(type(item) is not dict for item in value):
            raise DatabaseError(f"{name} takes an array of objects")
        tests = [compile_query(item, variables) for item in value]
        if name == "$and":
            return _all(tests)
        if name == "$or":
            return lambda document: any(test(document) for test in tests)
        return lambda document: not any(test(document) for test in tests)
    if name == "$expr":
        return condition(value, variables)
    if name == "$jsonSchema":
        return compile_schema(value)
    if name == "$comment":
        return None
    if name in UNSUPPORTED_TOP:
        raise UnsupportedError(f"the query operator {name}")
    raise DatabaseError(f"unknown top level operator: {name}")


def is_operators(value: Any) -> bool:
    """Whether a condition on a field is an object of operators, not an object to be equal to."""
    if type(value) is not dict or not value:
        return False
    first = next(iter(value))
    return first.startswith("$") and first not in ("$ref", "$id", "$db")


def compile_field(path: str, value: Any) -> Test:
    """Return the test of a condition on one field."""
    if type(value) is Regex:
        return _any_value(path, conditions.regex(value))
    if not is_operators(value):
        return _any_value(path, conditions.equality(value))
    return _all(_operators(path, value))


def _any_value(path: str, test: Test) -> Test:
    return any_end(path, test) if path == _ELEMENT else any_value(path, test)


def _operators(path: str, found: dict[str, Any]) -> list[Test]:
    tests: list[Test] = []
    for name, value in found.items():
        if name in _VALUE_TESTS:
            tests.append(_any_value(path, _VALUE_TESTS[name](value)))
        elif name in _END_TESTS:
            tests.append(any_end(path, _END_TESTS[name](value)))
        elif name in _SPECIAL:
            test = _SPECIAL[name](path, value, found)
            if test is not None:
                tests.append(test)
        elif name in UNSUPPORTED:
            raise UnsupportedError(f"the query operator {name}")
        else:
            raise DatabaseError(f"unknown operator: {name}")
    return tests


def _not(path: str, value: Any, found: Any) -> Test:
    if type(value) is Regex:
        inner = _any_value(path, conditions.regex(value))
    elif is_operators(value):
        inner = _all(_operators(path, value))
    else:
        raise DatabaseError(f"$not needs a regex or an object of operators, got {type_name(value)}")
    return lambda document: not inner(document)


def _ne(path: str, value: Any, found: Any) -> Test:
    if type(value) is Regex:
        raise DatabaseError("Can't have regex as arg to $ne.")
    inner = _any_value(path, conditions.equality(value))
    return lambda document: not inner(document)


def _nin(path: str, value: Any, found: Any) -> Test:
    inner = _any_value(path, conditions.one_of(value, "$nin"))
    return lambda document: not inner(document)


def _all_of(path: str, value: Any, found: Any) -> Test:
    if type(value) is not list:
        raise DatabaseError(f"$all needs an array, got {type_name(value)}")
    if not value:
        return lambda document: False
    tests = []
    matches = [type(item) is dict and next(iter(item), "") == "$elemMatch" for item in value]
    if any(matches) and not all(matches):
        raise DatabaseError("$all takes $elemMatch objects or values, not both")
    for item in value:
        if is_operators(item) and "$elemMatch" not in item:
            raise DatabaseError("no $ expressions in $all")
        tests.append(compile_field(path, item))
    return _all(tests)


def _exists(path: str, value: Any, found: Any) -> Test:
    there = any_end(path, lambda item: item is not MISSING)
    return there if truth(value) else lambda document: not there(document)


def _elem_match(value: Any) -> Test:
    test = compile_element(value, "$elemMatch")
    return lambda item: type(item) is list and any(map(test, item))


def compile_element(value: Any, what: str) -> Test:
    """Return the test of an array's element: operators for the element itself, or a query for an object.

    ``$elemMatch`` does not look into an element that is an array, ``$pull`` does.
    """
    if type(value) is not dict:
        raise DatabaseError(f"{what} needs an object, got {type_name(value)}")
    if is_operators(value) and next(iter(value)) not in TOP_OPERATORS:
        path = _ELEMENT if what == "$elemMatch" else ""
        tests = _operators(path, value)
        return lambda item: all(test({path: item}) for test in tests)
    query = compile_query(value)

    def test(item: Any) -> bool:
        if type(item) is list:  # its positions are its fields
            item = {str(index): element for index, element in enumerate(item)}
        return type(item) is dict and query(item)

    return test


def _regex(path: str, value: Any, found: dict[str, Any]) -> Test:
    options = found.get("$options", "")
    if type(value) is Regex:
        value, options = value.pattern, options or value.options
    if type(value) is not str or type(options) is not str:
        raise DatabaseError("$regex and $options must be strings")
    return _any_value(path, conditions.regex(Regex(value, options)))


def _options(path: str, value: Any, found: dict[str, Any]) -> None:
    if "$regex" not in found:
        raise DatabaseError("$options needs a $regex")


def _near(path: str, value: Any, found: dict[str, Any]) -> Test:
    return any_end(path, geo_queries.near(value, found))


def _ignored(path: str, value: Any, found: dict[str, Any]) -> None:
    if "$nearSphere" not in found and "$near" not in found:
        raise DatabaseError("$maxDistance and $minDistance need a $nearSphere")


# By operator: a test of the value at the end of the path and of each element of an array there.
_VALUE_TESTS: dict[str, Callable[[Any], Test]] = {
    "$eq": conditions.equality,
    "$gt": conditions.greater,
    "$gte": conditions.greater_or_equal,
    "$lt": conditions.less,
    "$lte": conditions.less_or_equal,
    "$in": lambda value: conditions.one_of(value, "$in"),
    "$mod": conditions.modulo,
    "$type": conditions.type_is,
}
# A test of the value at the end alone.
_END_TESTS: dict[str, Callable[[Any], Test]] = {
    "$size": conditions.size,
    "$elemMatch": _elem_match,
    "$geoWithin": geo_queries.within,
    "$geoIntersects": geo_queries.intersecting,
}
_SPECIAL: dict[str, Callable[[str, Any, dict[str, Any]], Test | None]] = {
    "$ne": _ne,
    "$nin": _nin,
    "$not": _not,
    "$all": _all_of,
    "$exists": _exists,
    "$regex": _regex,
    "$options": _options,
    "$nearSphere": _near,
    "$near": _near,
    "$maxDistance": _ignored,
    "$minDistance": _ignored,
}
UNSUPPORTED = ("$bitsAllClear", "$bitsAllSet", "$bitsAnyClear", "$bitsAnySet", "$within", "$uniqueDocs")
OPERATORS = (*_VALUE_TESTS, *_END_TESTS, *_SPECIAL)


def equality_fields(query: Any) -> list[tuple[str, list[Any]]]:
    """Return the fields that a query fixes to certain values, each with them: an index can answer these."""
    fields = []
    for name, value in query.items() if type(query) is dict else ():
        if name == "$and" and type(value) is list:
            for item in value:
                fields += equality_fields(item)
        elif name.startswith("$") or type(value) is Regex or any(is_index(part) for part in name.split(".")):
            continue
        elif not is_operators(value):
            fields.append((name, [value]))
        elif "$eq" in value:
            fields.append((name, [value["$eq"]]))
        elif type(value.get("$in")) is list and not any(type(item) is Regex for item in value["$in"]):
            fields.append((name, value["$in"]))
    return fields


GEO = ("$nearSphere", "$near", "$geoWithin", "$geoIntersects")
SERVER_DATE = "$tcb_server_date"


class Query:
    """One query.

    Attributes:
        value: as it was written.
        by_id: whether it asks for one ``_id`` and nothing else.
        geo_fields: those that a geo condition is about, which need an index in the cloud.
        distance: for a query with ``$nearSphere`` the distance of a document, which sorts the answers.
        fields: fields that must be equal to one of certain values, each with these.
    """

    __slots__ = ("_test", "by_id", "distance", "fields", "geo_fields", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        identifier = value.get("_id") if type(value) is dict and len(value) == 1 else None
        self.by_id = identifier is not None and type(identifier) is not Regex and not is_operators(identifier)
        self._test: Test | None = None
        self.fields: list[tuple[str, list[Any]]] = []
        self.distance: Callable[[Any], float] | None = None
        self.geo_fields: list[str] = []
        if not self.by_id:
            self._test = compile_query(value)
            self.fields = equality_fields(value)
            self.distance = geo_queries.near_sort(value)
            self.geo_fields = _geo_fields(value)

    @property
    def test(self) -> Test:
        if self._test is None:
            self._test = compile_query(self.value)
        return self._test


def _geo_fields(value: Any) -> list[str]:
    found = []
    for name, operand in value.items() if type(value) is dict else ():
        if name.startswith("$") and type(operand) is list:
            found += [field for item in operand for field in _geo_fields(item)]
        elif type(operand) is dict and any(operator in operand for operator in GEO):
            found.append(name)
    return found


@functools.lru_cache(512)
def _cached(text: str) -> Query:
    return Query(ejson.parse(text, "query"))


def parse(text: str, resolve: Callable[[Any], Any]) -> Query:
    """Return the query of an Extended JSON text; an empty text is the query for all documents.

    Args:
        text: Extended JSON.
        resolve: replaces the server dates in a value.

    Raises:
        DatabaseError: it cannot be read, or the query is invalid.
    """
    if text == "":
        return _cached("{}")
    if SERVER_DATE in text:
        return Query(resolve(ejson.parse(text, "query")))
    return _cached(text)

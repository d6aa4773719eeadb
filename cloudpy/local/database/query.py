"""A query, compiled once: its test, the fields that an index can answer, and the order by distance."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from . import ejson
from .geo_queries import near_sort
from .match import compile_query, equality_fields, is_operators
from .paths import Test
from .values import Regex

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
            self.distance = near_sort(value)
            self.geo_fields = _geo_fields(value)

    @property
    def test(self) -> Test:
        if self._test is None:
            self._test = compile_query(self.value)
        return self._test


def _geo_fields(value: Any) -> list[str]:
    found = []
    for name, condition in value.items() if type(value) is dict else ():
        if name.startswith("$") and type(condition) is list:
            found += [field for item in condition for field in _geo_fields(item)]
        elif type(condition) is dict and any(operator in condition for operator in GEO):
            found.append(name)
    return found


@functools.lru_cache(512)
def _cached(text: str) -> Query:
    return Query(ejson.parse(text, "query"))


def parse(text: str, resolve: Callable[[Any], Any]) -> Query:
    """Return the query of an Extended JSON text; an empty text is the query for all documents.

    Args:
        resolve: replaces the server dates in a value.

    Raises:
        DatabaseError: it cannot be read, or the query is invalid.
    """
    if text == "":
        return _cached("{}")
    if SERVER_DATE in text:
        return Query(resolve(ejson.parse(text, "query")))
    return _cached(text)

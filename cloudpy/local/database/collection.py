"""The documents of one collection in memory, by ``_id``, with hash indexes where they are worth it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from .ordering import Key, key
from .paths import values
from .query import Query
from .values import MISSING

Document = dict[str, Any]
Id = Any  # a string itself, or the key of another value

MIN_INDEXED = 500  # documents: fewer are as quick to read
INDEX_AFTER = 3  # queries for equality on a field
MAX_INDEXES = 8


def id_of(value: Any) -> Id:
    """Return what identifies a document with this ``_id``: equal for equal values, such as 1 and 1.0."""
    return value if type(value) is str else key(value)


class Collection:
    """Documents in the order in which they were inserted. They are never changed in place, only replaced.

    Attributes:
        documents: by what `id_of` gives.
        numbers: for each the number of its row in the store, which grows with each insertion.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.documents: dict[Id, Document] = {}
        self.numbers: dict[Id, int] = {}
        self._indexes: dict[str, dict[Key, dict[Id, None]]] = {}
        self._asked: Counter[str] = Counter()

    def put(self, identifier: Id, document: Document, number: int) -> None:
        """Insert a document, or replace the one with this ``_id``."""
        before = self.documents.get(identifier)
        if before is None:
            self.numbers[identifier] = number
        self.documents[identifier] = document
        for path, index in self._indexes.items():
            if before is not None:
                _drop(index, path, identifier, before)
            _add(index, path, identifier, document)

    def remove(self, identifier: Id) -> None:
        before = self.documents.pop(identifier)
        del self.numbers[identifier]
        for path, index in self._indexes.items():
            _drop(index, path, identifier, before)

    def find(self, query: Query, most: int | None = None) -> Iterable[tuple[Id, Document]]:
        """Return the documents that match, with their ids, in the order of insertion; the first `most` of them."""
        if query.by_id:
            identifier = id_of(query.value["_id"])
            document = self.documents.get(identifier)
            return [] if document is None else [(identifier, document)]
        test = query.test
        chosen = self.candidates(query)
        if most is not None:
            items = self.documents.items() if chosen is None else ((own, self.documents[own]) for own in chosen)
            return list(islice((item for item in items if test(item[1])), most))
        if chosen is None:
            return [item for item in self.documents.items() if test(item[1])]
        return [(identifier, self.documents[identifier]) for identifier in chosen if test(self.documents[identifier])]

    def candidates(self, query: Query) -> list[Id] | None:
        """Return the ids that an index leaves, in order; None when all documents have to be read."""
        best: list[dict[Id, None]] | None = None
        for path, wanted in query.fields:
            if path == "_id":
                found = {id_of(value) for value in wanted}
                present = [dict.fromkeys(identifier for identifier in found if identifier in self.documents)]
                # an array as _id is not allowed, so nothing else can be equal
                return self._ordered(present)
            index = self._indexes.get(path) or self._consider(path)
            if index is not None:
                sets = [index[own] for own in {key(value) for value in wanted} if own in index]
                if best is None or sum(map(len, sets)) < sum(map(len, best)):
                    best = sets
        return None if best is None else self._ordered(best)

    def _ordered(self, sets: list[dict[Id, None]]) -> list[Id]:
        return sorted({identifier for found in sets for identifier in found}, key=self.numbers.__getitem__)

    def _consider(self, path: str) -> dict[Key, dict[Id, None]] | None:
        if len(self.documents) < MIN_INDEXED or len(self._indexes) >= MAX_INDEXES:
            return None
        self._asked[path] += 1
        if self._asked[path] < INDEX_AFTER:
            return None
        index: dict[Key, dict[Id, None]] = {}
        for identifier, document in self.documents.items():
            _add(index, path, identifier, document)
        self._indexes[path] = index
        return index

    def indexes(self) -> list[str]:
        """Return the fields that have an index."""
        return ["_id", *self._indexes]

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents.values())

    def __len__(self) -> int:
        return len(self.documents)


def _keys(document: Document, path: str) -> set[Key]:
    return {key(None if value is MISSING else value) for value in values(document, path)}


def _add(index: dict[Key, dict[Id, None]], path: str, identifier: Id, document: Document) -> None:
    for own in _keys(document, path):
        index.setdefault(own, {})[identifier] = None


def _drop(index: dict[Key, dict[Id, None]], path: str, identifier: Id, document: Document) -> None:
    for own in _keys(document, path):
        found = index[own]
        del found[identifier]
        if not found:
            del index[own]

"""The document database: collections in memory, written through to a store, with transactions."""

from __future__ import annotations

import gc
import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from . import ejson
from .collection import Collection, Document, Id, id_of
from .errors import (
    INVALID_PARAM,
    DatabaseError,
    DuplicateIdError,
    NoCollectionError,
)
from .ordering import sorted_documents, sorter
from .pipeline import compile_pipeline, stage_of
from .projection import compile_projection
from .query import Query
from .stages import Context
from .store import Store
from .transactions import Change, Operation, Transactions, View
from .update import compile_update
from .values import MISSING, Regex, check_storable, identical, resolve, type_name

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024


# Called with the name of a collection, what happened (documents, created, dropped) and the changes of documents.
Listener = Callable[[str, str, "list[Change]"], None]


class Updated(NamedTuple):
    """What an update did: how many documents matched and changed, and the ``_id`` of one that it inserted."""

    matched: int
    modified: int
    upserted: Any = MISSING
    document: Document | None = None  # the last one that matched, as it is now


class Engine:
    """One database.

    Args:
        folder: where its documents are kept; None keeps them in memory alone.
        clock: seconds since 1970, for server dates.
        timer: seconds for the life of transactions; by default the clock.
        sync: whether a write waits until the disk has it, which a power failure survives.
        read_only: reads what is in the folder at this moment, also while another process has it open; writes fail.
        sample: as `random.sample`, for the stage sample.
        listener: receives each change that is done, while the database is locked.
        new_id: makes the ``_id`` of a document of this collection, or with an empty name the id of a transaction.

    Raises:
        StoreError: the folder cannot be used, or another process has it open.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] | None = None,
        sync: bool = False,
        read_only: bool = False,
        sample: Callable[[list[Document], int], list[Document]] = random.sample,
        new_id: Callable[[str], str] = lambda collection: secrets.token_hex(16),
        listener: Listener = lambda name, what, changes: None,
    ) -> None:
        self._listener = listener
        self._clock = clock
        self._sample = sample
        self._lock = threading.RLock()
        self._collections: dict[str, Collection] = {}
        self._next = 1
        self._new_id = new_id
        self._transactions = Transactions(timer or clock, lambda: new_id(""))
        self._store = Store(folder, sync=sync, read_only=read_only) if folder is not None else None
        if self._store:
            self._load(self._store)

    def _load(self, store: Store) -> None:
        for name in store.collections():
            self._collections[name] = Collection(name)
        collecting = gc.isenabled()
        gc.disable()  # nothing here is garbage, and looking for it costs as much as reading
        try:
            for name, number, document in store.read():
                collection = self._collections[name]
                identifier = id_of(document["_id"])
                collection.documents[identifier] = document
                collection.numbers[identifier] = number
                self._next = number + 1
        finally:
            if collecting:
                gc.enable()

    @property
    def folder(self) -> str | None:
        return self._store.folder if self._store else None

    # -- collections

    def collections(self) -> dict[str, int]:
        """Return the number of documents of each collection, by its name."""
        with self._lock:
            return {name: len(found) for name, found in sorted(self._collections.items())}

    def create(self, name: str) -> None:
        """Create a collection.

        Raises:
            DatabaseError: it exists, or the name is not allowed.
        """
        with self._lock:
            if name in self._collections:
                raise DatabaseError(f"[ResourceExist] Table exist: the collection {name!r} exists already")
            if not name or name.startswith("system.") or "$" in name or "\0" in name:
                raise DatabaseError(f"invalid collection name {name!r}", INVALID_PARAM)
            if self._store:
                self._store.create(name)
            self._collections[name] = Collection(name)
            self._listener(name, "created", [])

    def drop(self, name: str) -> None:
        """Delete a collection with its documents; open transactions are aborted.

        Raises:
            NoCollectionError: it does not exist.
        """
        with self._lock:
            self._collection(name)
            if self._store:
                self._store.drop(name)
            del self._collections[name]
            self._transactions.abort_all()
            self._listener(name, "dropped", [])

    def _collection(self, name: str) -> Collection:
        found = self._collections.get(name)
        if found is None:
            raise NoCollectionError(name)
        return found

    # -- documents

    def insert(self, name: str, documents: Iterable[Any], transaction: str | None = None) -> list[Any]:
        """Insert documents and return their ``_id``; one that has none gets 32 hex digits. All or none are inserted.

        Raises:
            DatabaseError: one is not an object, or cannot be stored.
            DuplicateIdError: a document with the same ``_id`` exists.
            NoCollectionError, ConflictError, BusyError, NoTransactionError: see their docs.
        """
        with self._operation(transaction) as view:
            collection = self._collection(name)
            changes: dict[Id, Change] = {}
            ids: list[Any] = []
            for document in documents:
                document = self._prepared(name, document)
                identifier = id_of(document["_id"])
                if identifier in changes or view.get(collection, identifier) is not None:
                    raise DuplicateIdError(name, ejson.relaxed(document["_id"]))
                changes[identifier] = Change(collection, identifier, None, document)
                ids.append(document["_id"])
            self._write(list(changes.values()), view)
            return ids

    def _prepared(self, name: str, document: Any) -> Document:
        if type(document) is not dict:
            raise DatabaseError(f"a document must be an object, got {type_name(document)}", INVALID_PARAM)
        document = resolve(document, self.now())
        check_storable(document)
        identifier = document.get("_id", MISSING)
        if type(identifier) in (list, Regex):
            raise DatabaseError(f"can't use {type_name(identifier)} for _id")
        if identifier is MISSING:
            return {"_id": self._new_id(name), **document}
        return document if next(iter(document)) == "_id" else {"_id": identifier, **document}

    def find(
        self,
        name: str,
        query: Query,
        *,
        order: Any = None,
        skip: int = 0,
        limit: int | None = None,
        fields: Any = None,
        transaction: str | None = None,
    ) -> list[Document]:
        """Return the documents that match: sorted, without the first `skip`, `limit` at most, projected.

        The documents are not copies: callers must not change them.
        """
        last = None if limit is None else skip + limit
        enough = None if order or query.distance else last
        with self._operation(transaction) as view:
            found = [document for _, document in view.find(self._collection(name), query, enough)]
        project = compile_projection(fields) if fields is not None else None
        if order:
            found = sorted_documents(found, sorter(order), last)
        elif query.distance:
            found.sort(key=query.distance)
        found = found[skip:last]
        return [project(document) for document in found] if project else found

    def count(self, name: str, query: Query, transaction: str | None = None) -> int:
        """Return how many documents match."""
        with self._operation(transaction) as view:
            return sum(1 for _ in view.find(self._collection(name), query))

    def update(
        self,
        name: str,
        query: Query,
        update: Any,
        *,
        multi: bool = False,
        upsert: bool = False,
        transaction: str | None = None,
    ) -> Updated:
        """Change the documents that match, or the first of them, by operators such as ``$set``."""
        now = self.now()
        compiled = compile_update(resolve(update, now), now)
        with self._operation(transaction) as view:
            collection = self._collection(name)
            changes: list[Change] = []
            matched = 0
            last = None
            for identifier, document in view.find(collection, query, None if multi else 1):
                matched += 1
                last = compiled(document, query.value)
                if last is not document:
                    changes.append(Change(collection, identifier, document, last))
                if not multi:
                    break
            if not matched and upsert:
                start = {field: found[0] for field, found in query.fields if len(found) == 1 and "." not in field}
                if query.by_id:
                    start = {"_id": query.value["_id"]}
                new = self._prepared(name, compiled(start, query.value, True))
                self._write([Change(collection, id_of(new["_id"]), None, new)], view)
                return Updated(0, 0, new["_id"], new)
            self._write(changes, view)
            return Updated(matched, len(changes), document=last)

    def replace(
        self,
        name: str,
        query: Query,
        document: Any,
        transaction: str | None = None,
        *,
        check: Callable[[Document | None], object] = lambda before: None,
    ) -> Updated:
        """Replace the first document that matches, but for its ``_id``; insert it when none does.

        `check` is called with the document before it is replaced, or None, and may raise.
        """
        document = resolve(document, self.now())
        with self._operation(transaction) as view:
            collection = self._collection(name)
            for identifier, before in view.find(collection, query, 1):
                given = document.get("_id", before["_id"]) if type(document) is dict else before["_id"]
                if id_of(given) != identifier:
                    raise DatabaseError("the (immutable) field '_id' was found to have been altered")
                after = self._prepared(name, {**document, "_id": before["_id"]} if type(document) is dict else document)
                modified = not identical(before, after)
                check(before)
                if modified:
                    self._write([Change(collection, identifier, before, after)], view)
                return Updated(1, int(modified), document=after)
            check(None)
            own = {"_id": query.value["_id"]} if query.by_id else {}
            after = self._prepared(name, {**own, **document} if type(document) is dict else document)
            self._write([Change(collection, id_of(after["_id"]), None, after)], view)
            return Updated(0, 0, after["_id"], after)

    def remove(
        self,
        name: str,
        query: Query,
        *,
        multi: bool = False,
        transaction: str | None = None,
        check: Callable[[Document | None], object] = lambda before: None,
    ) -> int:
        """Delete the documents that match, or the first of them, and return how many; `check` as in `replace`."""
        with self._operation(transaction) as view:
            collection = self._collection(name)
            found = list(view.find(collection, query, None if multi else 1))[: None if multi else 1]
            for _, before in found:
                check(before)
            self._write([Change(collection, identifier, before, None) for identifier, before in found], view)
            return len(found)

    def aggregate(self, name: str, pipeline: list[Any], transaction: str | None = None) -> list[Document]:
        """Return the documents that come out of a pipeline."""
        pipeline = resolve(pipeline, self.now())
        with self._operation(transaction) as view:
            collection = self._collection(name)

            def foreign(other: str) -> Iterable[Document]:
                # a collection that does not exist has no documents, says MongoDB's $lookup
                found = self._collections.get(other)
                return [] if found is None else [document for _, document in view.find(found, _ALL)]

            run = compile_pipeline(pipeline, Context(foreign, {}, self._sample))
            first = stage_of(pipeline[0]) if pipeline else ("", None)
            query = Query(first[1]) if first[0] == "$match" else _ALL
            return list(run(document for _, document in view.find(collection, query)))

    # -- transactions

    def begin(self) -> str:
        """Open a transaction; its snapshot is taken by its first operation."""
        with self._lock:
            return self._transactions.begin()

    def commit(self, transaction: str) -> None:
        """Make what a transaction has written visible, all of it at once.

        Raises:
            NoTransactionError: it has ended, or is older than 30 seconds.
        """
        with self._lock:
            ended = self._transactions.end(transaction)
            self._apply(list(ended.writes.values()))

    def abort(self, transaction: str) -> None:
        """Forget what a transaction has written; raise as `commit`."""
        with self._lock:
            self._transactions.end(transaction)

    def now(self) -> int:
        """Return the instant of server dates, in milliseconds."""
        return int(self._clock() * 1000)

    def close(self) -> None:
        """Close the store; nothing can be written afterwards."""
        with self._lock:
            if self._store:
                self._store.close()

    def _operation(self, transaction: str | None) -> Operation:
        return Operation(self._lock, self._transactions, transaction)

    def _write(self, changes: list[Change], view: View) -> None:
        if view.transaction is not None:
            for change in changes:
                if change.after is not None:
                    _body(change.after)
            self._transactions.write(view.transaction, changes)
        elif changes:
            self._transactions.check_free(changes)
            self._apply(changes)

    def _apply(self, changes: list[Change]) -> None:
        numbers: list[int] = []
        rows: list[tuple[str, int, bytes | None]] = []
        following = self._next
        for collection, identifier, _, after in changes:
            number = collection.numbers.get(identifier)
            if number is None:
                number, following = following, following + 1
            numbers.append(number)
            rows.append((collection.name, number, None if after is None else _body(after)))
        if self._store and rows:
            self._store.write(rows)
        self._next = following
        for (collection, identifier, _, after), number in zip(changes, numbers, strict=True):
            if after is not None:
                collection.put(identifier, after, number)
            elif identifier in collection.documents:
                collection.remove(identifier)
        self._transactions.committed(changes)
        for name in {change.collection.name for change in changes}:
            self._listener(name, "documents", [change for change in changes if change.collection.name == name])


def _body(document: Document) -> bytes:
    body = ejson.encode(document)
    if len(body) > MAX_DOCUMENT_BYTES:
        raise DatabaseError(f"the document has {len(body)} bytes, more than the {MAX_DOCUMENT_BYTES} of the cloud")
    return body


_ALL = Query({})

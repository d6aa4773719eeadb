"""Transactions: a snapshot from the first operation on, and the first writer wins, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from .collection import Collection, Document, Id
from .errors import BusyError, ConflictError, DatabaseError, NoTransactionError
from .pcre import reset_time_limit
from .query import Query

MAX_LIFE_S = 30.0


class Change(NamedTuple):
    """One document before and after a write; None where it is not there."""

    collection: Collection
    identifier: Id
    before: Document | None
    after: Document | None


class Transaction:
    """One open transaction.

    Attributes:
        started: when, by the clock; it lives MAX_LIFE_S.
        reading: whether it has its snapshot: from its first operation on.
        past: what the snapshot has instead of what was committed since.
        writes: its changes, which only it sees until it is committed.
    """

    __slots__ = ("past", "reading", "started", "writes")

    def __init__(self, started: float) -> None:
        self.started = started
        self.reading = False
        self.past: dict[tuple[str, Id], Document | None] = {}
        self.writes: dict[tuple[str, Id], Change] = {}

    def get(self, collection: Collection, identifier: Id) -> Document | None:
        """Return a document as this transaction sees it."""
        own = (collection.name, identifier)
        if own in self.writes:
            return self.writes[own].after
        if own in self.past:
            return self.past[own]
        return collection.documents.get(identifier)

    def find(self, collection: Collection, query: Query) -> list[tuple[Id, Document]]:
        """Return the documents that match, as this transaction sees them."""
        other = {identifier for name, identifier in (*self.past, *self.writes) if name == collection.name}
        if not other:
            return list(collection.find(query))
        found = [item for item in collection.find(query) if item[0] not in other]
        for identifier in other:
            document = self.get(collection, identifier)
            if document is not None and query.test(document):
                found.append((identifier, document))
        # those that are new in here, or deleted outside, come last
        last = max(collection.numbers.values(), default=0) + 1
        order = {own: place for place, own in enumerate((*self.past, *self.writes))}
        found.sort(key=lambda item: collection.numbers.get(item[0]) or last + order.get((collection.name, item[0]), 0))
        return found


class Transactions:
    """The open transactions, and which documents they have written.

    Args:
        clock: seconds; only differences count.
        new_id: a fresh id.
    """

    def __init__(self, clock: Callable[[], float], new_id: Callable[[], str]) -> None:
        self._clock, self._new_id = clock, new_id
        self._open: dict[str, Transaction] = {}
        self._locks: dict[tuple[str, Id], Transaction] = {}

    def begin(self) -> str:
        """Open a transaction and return its id."""
        self._expire()
        identifier = self._new_id()
        self._open[identifier] = Transaction(self._clock())
        return identifier

    def get(self, identifier: str) -> Transaction:
        """Return an open transaction, and take its snapshot if this is its first operation.

        Raises:
            NoTransactionError: it has ended, is too old, or never was.
        """
        self._expire()
        transaction = self._open.get(identifier)
        if transaction is None:
            raise NoTransactionError()
        transaction.reading = True
        return transaction

    def write(self, transaction: Transaction, changes: Iterable[Change]) -> None:
        """Write in a transaction.

        Raises:
            ConflictError: another one has written a document of these, or it was changed after the snapshot.
        """
        changes = list(changes)
        for change in changes:
            own = (change.collection.name, change.identifier)
            if self._locks.get(own, transaction) is not transaction or own in transaction.past:
                raise ConflictError()
        for change in changes:
            own = (change.collection.name, change.identifier)
            self._locks[own] = transaction
            earlier = transaction.writes.get(own)
            transaction.writes[own] = change._replace(before=earlier.before) if earlier else change

    def end(self, identifier: str) -> Transaction:
        """Close a transaction, committed or aborted, and return it.

        Raises:
            NoTransactionError: as `get`.
        """
        transaction = self.get(identifier)
        self._close(identifier)
        return transaction

    def _close(self, identifier: str) -> None:
        transaction = self._open.pop(identifier)
        for own in transaction.writes:
            if self._locks.get(own) is transaction:
                del self._locks[own]

    def check_free(self, changes: Iterable[Change]) -> None:
        """Check a write outside of transactions.

        Raises:
            BusyError: an open transaction has written one of the documents.
        """
        if self._open:
            self._expire()
            if any((change.collection.name, change.identifier) in self._locks for change in changes):
                raise BusyError()

    def committed(self, changes: Iterable[Change]) -> None:
        """Keep what the open snapshots still see, now that changes were committed."""
        for transaction in self._open.values():
            if transaction.reading:
                for change in changes:
                    transaction.past.setdefault((change.collection.name, change.identifier), change.before)

    def abort_all(self) -> None:
        self._open.clear()
        self._locks.clear()

    def _expire(self) -> None:
        now = self._clock()
        # in the order of their start
        while self._open:
            identifier, oldest = next(iter(self._open.items()))
            if now - oldest.started <= MAX_LIFE_S:
                return
            self._close(identifier)

    def __len__(self) -> int:
        return len(self._open)


class View:
    """The documents that one operation sees: committed ones, or a transaction's snapshot with its own writes."""

    __slots__ = ("transaction",)

    def __init__(self, transaction: Transaction | None) -> None:
        self.transaction = transaction

    def get(self, collection: Collection, identifier: Id) -> Document | None:
        if self.transaction is None:
            return collection.documents.get(identifier)
        return self.transaction.get(collection, identifier)

    def find(self, collection: Collection, query: Query, most: int | None = None) -> Iterable[tuple[Id, Document]]:
        if self.transaction is None:
            return collection.find(query, most)
        return self.transaction.find(collection, query)


class Operation:
    """One operation under the lock; an error in a transaction ends it, as MongoDB does."""

    __slots__ = ("_id", "_lock", "_transactions")

    def __init__(self, lock: Any, transactions: Transactions, identifier: str | None) -> None:
        self._lock, self._transactions, self._id = lock, transactions, identifier

    def __enter__(self) -> View:
        self._lock.acquire()
        reset_time_limit()
        try:
            return View(None if self._id is None else self._transactions.get(self._id))
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if self._id is not None and isinstance(error, DatabaseError):
                with suppress(NoTransactionError):
                    self._transactions.end(self._id)
        finally:
            self._lock.release()

"""One operation of the engine: the lock, and what it sees of the documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .collection import Collection, Document, Id
from .errors import DatabaseError, NoTransactionError
from .query import Query
from .transactions import Transaction, Transactions


class View:
    """What one operation sees: what is committed, or a transaction's snapshot and its own writes."""

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
        try:
            return View(None if self._id is None else self._transactions.get(self._id))
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if self._id is not None and isinstance(error, DatabaseError):
                try:
                    self._transactions.end(self._id)
                except NoTransactionError:
                    pass
        finally:
            self._lock.release()

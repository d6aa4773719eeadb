"""Errors of the local database: the gateway's code, and a message that names what was expected and found."""

from __future__ import annotations

REQUEST_FAILED = "DATABASE_REQUEST_FAILED"
COLLECTION_NOT_EXIST = "DATABASE_COLLECTION_NOT_EXIST"
INVALID_PARAM = "INVALID_PARAM"
TRANSACTION_CONFLICT = "DATABASE_TRANSACTION_CONFLICT"
TRANSACTION_FAIL = "DATABASE_TRANSACTION_FAIL"

_CONTACT = "Please check your request, but if the problem persists, contact us."
_TEXT_CONFLICT = (
    "[ResourceUnavailable.TransactionConflict] Transaction is conflict, maybe resource operated by others. " + _CONTACT
)
_TEXT_GONE = (
    "[ResourceUnavailable.TransactionNotExist] Transaction does not exist on the server, transaction must be commit or"
    " abort in 30 seconds. " + _CONTACT
)
_TEXT_BUSY = "[ResourceUnavailable.TransactionBusy] Transaction is busy. " + _CONTACT
_TEXT_NO_COLLECTION = (
    "[ResourceNotFound] Db or Table not exist. Please check your request, but if the problem cannot be solved,"
    " contact us."
)


class DatabaseError(Exception):
    """A request that the database rejects.

    Attributes:
        code: the gateway's code, such as ``DATABASE_REQUEST_FAILED``.
        message: what is wrong.
    """

    code = REQUEST_FAILED

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class UnsupportedError(DatabaseError):
    """A feature that the cloud may have and the local database does not: an error, never a guess."""

    def __init__(self, what: str) -> None:
        super().__init__(f"cloudpy's local database does not know {what}")


class DuplicateIdError(DatabaseError):
    """A document with the same ``_id`` exists."""

    def __init__(self, collection: str, shown: str) -> None:
        super().__init__(f"E11000 duplicate key error collection: {collection} index: _id_ dup key: {{ _id: {shown} }}")


class NoCollectionError(DatabaseError):
    """The collection does not exist; it is not created by the first write."""

    code = COLLECTION_NOT_EXIST

    def __init__(self, collection: str) -> None:
        hint = "create it with db.createCollection() or under database.collections in local.yaml"
        super().__init__(f"{_TEXT_NO_COLLECTION} (local: no collection {collection!r}; {hint})")


class ConflictError(DatabaseError):
    """Another transaction or a later write was first."""

    code = TRANSACTION_CONFLICT

    def __init__(self) -> None:
        super().__init__(_TEXT_CONFLICT)


class NoTransactionError(DatabaseError):
    """The transaction was committed or aborted, is unknown, or is older than 30 seconds."""

    code = TRANSACTION_FAIL

    def __init__(self) -> None:
        super().__init__(_TEXT_GONE)


class BusyError(DatabaseError):
    """A plain write met a document that an open transaction has written."""

    code = TRANSACTION_FAIL

    def __init__(self) -> None:
        super().__init__(_TEXT_BUSY)


class StoreError(Exception):
    """The folder of a store cannot be used."""

"""The errors of cloud calls, as one tree.

::

    CloudSDKError                 errCode, errMsg: the class to catch, as in the Node package
    ├── ConfigError               config.json or an option of init() is unusable; nothing was sent
    ├── ApiPermissionError        the function may not call this API (-604101, -601004)
    ├── SystemBusyError           WeChat is busy: retry later (errcode -1)
    ├── DatabaseError             the database rejected an operation; `code` is the gateway's
    │   ├── CollectionNotFoundError   the collection does not exist (-502005)
    │   ├── DocumentNotFoundError     doc(id).get() of a document that does not exist
    │   ├── DuplicateIdError          a document with this _id, or unique key, exists
    │   ├── TransactionConflictError  another transaction changed the same document
    │   ├── TransactionExpiredError   the transaction has ended, or lasted more than 30 seconds
    │   └── TransactionRolledBackError   rollback(reason) inside runTransaction(), with its `reason`
    ├── StoreError                a store of cloudpy.stores cannot be reached, read or written
    └── TransportError            no answer came: refused, broken, not HTTP
        └── CallTimeoutError      no answer in time, or the function's own time limit is reached

Every class can be pickled and copied. ``str(error)`` is the ``message`` of the same error in the Node package.
"""

from __future__ import annotations

from ._error_codes import SYSTEM_ERROR, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CloudSDKError(Exception):
    """A cloud call that failed.

    Args:
        errCode: WeChat's, Tencent Cloud's or the SDK's code. 0 and None become -1, as in Node.
        errMsg: the message, e.g. ``openapi.cloudbase.getOpenData:fail invalid openid``.
        api: the API that was called, e.g. ``cloudbase.getOpenData``, or an empty string.
        requestId: the id of the request, to give to support.
        message: the result of ``str()``; by default composed of code and errMsg as the Node package does.
    """

    def __init__(
        self,
        errCode: int = -1,
        errMsg: str = "",
        *,
        api: str = "",
        requestId: str = "",
        message: str | None = None,
    ) -> None:
        super().__init__(errCode, errMsg)
        self.errCode = errCode or -1
        self.errMsg = errMsg
        self.api = api
        self.requestId = requestId
        self._message = message

    @property
    def rid(self) -> str:
        """WeChat's own id of the request, taken from its message (``… rid: 5f0b…``), or an empty string."""
        _, separator, rest = self.errMsg.partition("rid: ")
        return rest.split()[0].rstrip(",;.]") if separator and rest.split() else ""

    def toJSON(self) -> dict[str, Any]:
        """Return ``{"errCode": …, "errMsg": …}``, the result of a handler that returns the error."""
        return {"errCode": self.errCode, "errMsg": self.errMsg}

    def __str__(self) -> str:
        if self._message is not None:
            return self._message
        return f"errCode: {self.errCode} {text_of(self.errCode)} | errMsg: {self.errMsg}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(errCode={self.errCode!r}, errMsg={self.errMsg!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception.__reduce__ passes positional arguments only and would lose the keywords.
        return _rebuild, (type(self), self.__dict__.copy())


def _rebuild(kind: type[CloudSDKError], state: dict[str, Any]) -> CloudSDKError:
    error = kind.__new__(kind, state["errCode"], state["errMsg"])
    error.__dict__.update(state)
    return error


class ConfigError(CloudSDKError):
    """config.json, or an option of ``init()``, is unusable. Nothing was sent."""


class ApiPermissionError(CloudSDKError):
    """The function may not call this API.

    It is not in ``permissions.openapi`` of its config.json (-604101), or the account lacks it (-601004).
    """


class SystemBusyError(CloudSDKError):
    """WeChat is busy (errcode -1): the same call may succeed later."""


class DatabaseError(CloudSDKError):
    """The database rejected an operation.

    Attributes:
        code: the gateway's code, e.g. ``DATABASE_REQUEST_FAILED``; empty for an error of the SDK.
    """

    def __init__(self, errCode: int = -1, errMsg: str = "", *, code: str = "", **more: Any) -> None:
        super().__init__(errCode, errMsg, **more)
        self.code = code


class CollectionNotFoundError(DatabaseError):
    """The collection does not exist. Writing to one does not create it: use ``db.createCollection()``."""


class DocumentNotFoundError(DatabaseError):
    """``doc(id).get()`` of a document that does not exist; with ``throwOnNotFound=False`` its data is None instead."""


class DuplicateIdError(DatabaseError):
    """A document with this ``_id``, or with this value of a unique index, exists already."""


class TransactionConflictError(DatabaseError):
    """Another transaction changed the same document, and ``db.runTransaction()`` has used all its retries.

    A write outside of transactions raises it as well when an open transaction has written the document.
    """


class TransactionExpiredError(DatabaseError):
    """The transaction has been committed or rolled back, or has lasted more than 30 seconds."""


class TransactionRolledBackError(DatabaseError):
    """``transaction.rollback(reason)`` was called inside ``db.runTransaction()``.

    Attributes:
        reason: its argument. An exception is raised itself instead.
    """

    def __init__(self, errCode: int = -1, errMsg: str = "", *, reason: Any = None, **more: Any) -> None:
        super().__init__(errCode, errMsg, **more)
        self.reason = reason


class StoreError(CloudSDKError):
    """A store of ``cloudpy.stores`` cannot be reached, read or written."""

    def __init__(self, errCode: int = SYSTEM_ERROR, errMsg: str = "", **more: Any) -> None:
        super().__init__(errCode, errMsg, **more)


class TransportError(CloudSDKError):
    """No answer came: the gateway was not found, refused or broke the connection, or did not speak HTTP."""


class CallTimeoutError(TransportError):
    """No answer came in time. Whether WeChat executed the call is unknown."""


_BY_CODE: dict[int, type[CloudSDKError]] = {
    -1: SystemBusyError,
    -601004: ApiPermissionError,
    -604101: ApiPermissionError,
}


def answered(errCode: int, errMsg: str, **more: Any) -> CloudSDKError:
    """Return the error for a code of WeChat or of the gateway, in the class that a user would catch."""
    return _BY_CODE.get(errCode, CloudSDKError)(errCode, errMsg, **more)


_BY_DATABASE_CODE: dict[str, type[DatabaseError]] = {
    "DATABASE_COLLECTION_NOT_EXIST": CollectionNotFoundError,
    "DATABASE_DUPLICATE_WRITE": DuplicateIdError,
    "DATABASE_TRANSACTION_CONFLICT": TransactionConflictError,
    "DATABASE_TRANSACTION_FAIL": TransactionExpiredError,
}


def database_answered(errCode: int, errMsg: str, code: str, **more: Any) -> DatabaseError:
    """Return the error for a code of the gateway for a database operation."""
    kind = _BY_DATABASE_CODE.get(code, DatabaseError)
    if kind is DatabaseError and "E11000" in errMsg:  # MongoDB's own number, which older services pass on
        kind = DuplicateIdError
    if kind is TransactionExpiredError and "TransactionBusy" in errMsg:  # a write outside of it
        kind = TransactionConflictError
    return kind(errCode, errMsg, code=code, **more)

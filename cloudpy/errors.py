"""What can go wrong in a cloud call, as one tree.

::

    CloudSDKError                 errCode, errMsg: the one to catch, as in the Node package
    ├── ConfigError               config.json or an option of init() is unusable; nothing was sent
    ├── ApiPermissionError        the function may not call this API (-604101, -601004)
    ├── SystemBusyError           WeChat asks to try again later (errcode -1)
    ├── DatabaseError             the database refused an operation; `code` is the gateway's own
    │   ├── CollectionNotFoundError   the collection does not exist (-502005)
    │   ├── DocumentNotFoundError     doc(id).get() of a document that does not exist
    │   ├── DuplicateIdError          a document with this _id, or unique key, exists
    │   ├── TransactionConflictError  another transaction changed the same document
    │   ├── TransactionExpiredError   the transaction has ended, or lasted more than 30 seconds
    │   └── TransactionRolledBackError   rollback(reason) inside of runTransaction(); `reason` is it
    ├── StoreError                a store of cloudpy.stores cannot be reached, read or written
    └── TransportError            no answer came: refused, broken off, not understood as HTTP
        └── CallTimeoutError      no answer in time, or none left of the function's own time limit

Every class pickles and copies. ``str(error)`` is the ``message`` that the Node package gives the same error.
"""

from __future__ import annotations

from ._error_codes import SYSTEM_ERROR, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CloudSDKError(Exception):
    """A cloud call that failed.

    Args:
        errCode: WeChat's, Tencent Cloud's or the SDK's code. 0 and nothing become -1, as in Node.
        errMsg: what went wrong, e.g. ``openapi.cloudbase.getOpenData:fail invalid openid``.
        api: the API called, e.g. ``cloudbase.getOpenData``; empty when none was.
        requestId: what the gateway or our own request calls this call; give it to support.
        message: what ``str()`` gives; left out, it is composed of code and errMsg as the Node package does.
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
        """WeChat's own id of the request, cut out of its message (``… rid: 5f0b…``); empty when it has none."""
        _, found, rest = self.errMsg.partition("rid: ")
        return rest.split()[0].rstrip(",;.]") if found and rest.split() else ""

    def toJSON(self) -> dict[str, Any]:
        """``{"errCode": …, "errMsg": …}``: what a handler that returns its caught error sends to the caller."""
        return {"errCode": self.errCode, "errMsg": self.errMsg}

    def __str__(self) -> str:
        if self._message is not None:
            return self._message
        return f"errCode: {self.errCode} {text_of(self.errCode)} | errMsg: {self.errMsg}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(errCode={self.errCode!r}, errMsg={self.errMsg!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own way gives the constructor positional arguments only and would lose the keywords.
        return _rebuild, (type(self), self.__dict__.copy())


def _rebuild(kind: type[CloudSDKError], state: dict[str, Any]) -> CloudSDKError:
    error = kind.__new__(kind, state["errCode"], state["errMsg"])
    error.__dict__.update(state)
    return error


class ConfigError(CloudSDKError):
    """config.json, or an option of ``init()``, is unusable. Nothing was sent."""


class ApiPermissionError(CloudSDKError):
    """The function may not call this API: it is not in ``permissions.openapi`` of its config.json (-604101), or
    the account lacks it (-601004)."""


class SystemBusyError(CloudSDKError):
    """WeChat is busy (errcode -1): the same call may succeed a little later."""


class DatabaseError(CloudSDKError):
    """The database refused an operation.

    Attributes:
        code: the gateway's own, e.g. ``DATABASE_REQUEST_FAILED``; empty for what the SDK itself says.
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
    """Another transaction changed the same document. ``db.runTransaction()`` has retried as often as it may.

    A write outside of transactions raises it as well when one that is still open has written the document.
    """


class TransactionExpiredError(DatabaseError):
    """The transaction has been committed or rolled back, or has lasted more than 30 seconds."""


class TransactionRolledBackError(DatabaseError):
    """``transaction.rollback(reason)`` was called inside of ``db.runTransaction()``.

    Attributes:
        reason: what it was given. An exception is raised itself instead.
    """

    def __init__(self, errCode: int = -1, errMsg: str = "", *, reason: Any = None, **more: Any) -> None:
        super().__init__(errCode, errMsg, **more)
        self.reason = reason


class StoreError(CloudSDKError):
    """A store of ``cloudpy.stores`` cannot be reached, read or written."""

    def __init__(self, errCode: int = SYSTEM_ERROR, errMsg: str = "", **more: Any) -> None:
        super().__init__(errCode, errMsg, **more)


class TransportError(CloudSDKError):
    """No answer came: the gateway was not found, refused, broke off, or spoke something that is not HTTP."""


class CallTimeoutError(TransportError):
    """No answer came in time. Whether WeChat carried the call out is not known."""


_BY_CODE: dict[int, type[CloudSDKError]] = {
    -1: SystemBusyError,
    -601004: ApiPermissionError,
    -604101: ApiPermissionError,
}


def answered(errCode: int, errMsg: str, **more: Any) -> CloudSDKError:
    """The error for a code that WeChat or the gateway answered, in the class a user would catch."""
    return _BY_CODE.get(errCode, CloudSDKError)(errCode, errMsg, **more)


_BY_DATABASE_CODE: dict[str, type[DatabaseError]] = {
    "DATABASE_COLLECTION_NOT_EXIST": CollectionNotFoundError,
    "DATABASE_DUPLICATE_WRITE": DuplicateIdError,
    "DATABASE_TRANSACTION_CONFLICT": TransactionConflictError,
    "DATABASE_TRANSACTION_FAIL": TransactionExpiredError,
}


def database_answered(errCode: int, errMsg: str, code: str, **more: Any) -> DatabaseError:
    """The error for a code that the gateway answered to an operation of the database."""
    kind = _BY_DATABASE_CODE.get(code, DatabaseError)
    if kind is DatabaseError and "E11000" in errMsg:  # MongoDB's own number, which older services hand on
        kind = DuplicateIdError
    if kind is TransactionExpiredError and "TransactionBusy" in errMsg:  # a write outside, of a document that one holds
        kind = TransactionConflictError
    return kind(errCode, errMsg, code=code, **more)

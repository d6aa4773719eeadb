"""The errors of cloud calls, as one tree.

::

    CloudSDKError                 errCode, errMsg: the class to catch, as in the Node package
    ├── ConfigError               config.json or an option of init() is invalid; nothing was sent
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
    └── TransportError            no valid response: connection refused, broken, or not HTTP
        └── CallTimeoutError      no response in time, or the function's own time limit is reached

Every class can be pickled and copied. ``str(error)`` is the ``message`` of the same error in the Node package.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# The first digit of a code is the origin: 4 the SDK, 5 Tencent Cloud, 6 WeChat. The next two are the area: 01 general,
# 02 database, 03 files, 04 functions. Positive codes are WeChat's own errcode and have no text here.
SYSTEM_ERROR = -501001
INVALID_PARAM = -501007
WX_SYSTEM_ERROR = -601001
API_NOT_FOUND = -604100
NO_PERMISSION = -604101

# The Node package prints -602018 (its constant is -601018); the text must be the same.
_TEXTS = {
    -1: "unknown error",
    -404001: "empty call result",
    -404002: "empty event id",
    -404003: "empty poll url",
    -404004: "empty poll result json",
    -404005: "exceed max poll retry",
    -404006: "empty poll result base resp",
    -404007: "error while polling for the result, poll result base resp ret %s",
    -404008: "error while polling for the result, polling server return a status code of %s",
    -404009: "error while polling for the result: %s",
    -501001: "resource system error",
    -501002: "resource server timeout",
    -501003: "exceed request limit",
    -501004: "exceed concurrent request limit",
    -501005: "invalid env",
    -501006: "invalid common parameters",
    -501007: "invalid parameters",
    -501008: "invalid request source",
    -501009: "resource not initialized",
    -502001: "database request fail",
    -502002: "database invalid command",
    -502003: "database permission denied",
    -502004: "database exceed collection limit",
    -502005: "database collection not exists",
    -503001: "storage request fail",
    -503002: "storage permission denied",
    -503003: "storage file not exists",
    -503004: "storage invalid sign parameter",
    -504001: "functions request fail",
    -504002: "functions execute fail",
    -601001: "system error",
    -601002: "system args error",
    -601003: "system network error",
    -601004: "api permission denied",
    -601005: "invalid cloudID",
    -601006: "cloudID expired",
    -601007: "cloudID and calling user does not match",
    -601008: "server-side request timedout",
    -601009: "missing mobile phone",
    -601010: "no write permission",
    -601011: "no privilege permission",
    -601012: "unauthorized env",
    -601013: "no multiend permission",
    -601015: "access denied (cloudfunction cloudbase_auth returns empty errCode)",
    -601016: "missing env auth info",
    -601017: "access denied (cloudbase_auth returns non-zero errCode)",
    -602001: "database query result size exceed limit (1MB)",
    -602018: "unauthorized API",
    -604001: "cloudfunction result size exceed limit (1MB)",
    -604100: "API not found",
    -604101: "function has no permission to call this API",
    -604102: "call open API timeout",
    -604103: "call open API system error",
    -604104: "illegal source of invocation",
}

# INVALIID_ENV and OPERRATOR are the gateway's spellings; Node does not know the right ones either.
_GATEWAY_CODES = {
    "SYS_ERR": -501001,
    "SERVER_TIMEOUT": -501002,
    "EXCEED_REQUEST_LIMIT": -501003,
    "EXCEED_CONCURRENT_REQUEST_LIMIT": -501004,
    "INVALIID_ENV": -501005,
    "INVALID_COMMON_PARAM": -501006,
    "INVALID_PARAM": -501007,
    "INVALID_REQUEST_SOURCE": -501008,
    "RESOURCE_NOT_INITIAL": -501009,
    "DATABASE_REQUEST_FAILED": -502001,
    "DATABASE_INVALID_OPERRATOR": -502002,
    "DATABASE_PERMISSION_DENIED": -502003,
    "DATABASE_COLLECTION_EXCEED_LIMIT": -502004,
    "DATABASE_COLLECTION_NOT_EXIST": -502005,
    "STORAGE_REQUEST_FAIL": -503001,
    "STORAGE_EXCEED_AUTHORITY": -503002,
    "STORAGE_FILE_NONEXIST": -503003,
    "STORAGE_SIGN_PARAM_INVALID": -503004,
    "FUNCTIONS_REQUEST_FAIL": -504001,
    "FUNCTIONS_EXECUTE_FAIL": -504002,
}


def text_of(code: int) -> str:
    """Return the short text of a code, or an empty string."""
    return _TEXTS.get(code, "")


def from_gateway(code: object) -> int:
    """Return the errCode for a ``code`` of the gateway; an unknown one is a system error."""
    return _GATEWAY_CODES.get(code, SYSTEM_ERROR) if isinstance(code, str) else SYSTEM_ERROR


class CloudSDKError(Exception):
    """A cloud call that failed.

    Args:
        errCode: WeChat's, Tencent Cloud's or the SDK's code. 0 and None become -1, as in Node.
        errMsg: the message, e.g. ``openapi.cloudbase.getOpenData:fail invalid openid``.
        api: the API that was called, e.g. ``cloudbase.getOpenData``, or an empty string.
        requestId: the id of the request, to give to support.
        message: the result of ``str()``; by default composed of code and errMsg as the Node package does.

    Attributes:
        isPlain: whether Node throws a plain ``Error`` instead, which has the same message and no errCode. In a handler
            with ``javascript_values`` its errCode and errMsg are UNDEFINED.
    """

    isPlain = False

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
        _, separator, rest = str(self.errMsg).partition("rid: ")  # it may be UNDEFINED, see isPlain
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


class NotTranslated(BaseException):
    """A place that ``cloudpy migrate`` did not translate was reached: ``except Exception`` must not hide that."""


def error_for_code(errCode: int, errMsg: str, **more: Any) -> CloudSDKError:
    """Return the error for a code of WeChat or of the gateway, in the class that a user would catch."""
    return _BY_CODE.get(errCode, CloudSDKError)(errCode, errMsg, **more)


_BY_DATABASE_CODE: dict[str, type[DatabaseError]] = {
    "DATABASE_COLLECTION_NOT_EXIST": CollectionNotFoundError,
    "DATABASE_DUPLICATE_WRITE": DuplicateIdError,
    "DATABASE_TRANSACTION_CONFLICT": TransactionConflictError,
    "DATABASE_TRANSACTION_FAIL": TransactionExpiredError,
}


def database_error_for_code(errCode: int, errMsg: str, code: str, **more: Any) -> DatabaseError:
    """Return the error for a code of the gateway for a database operation."""
    kind = _BY_DATABASE_CODE.get(code, DatabaseError)
    if kind is DatabaseError and "E11000" in errMsg:  # MongoDB's own number, which older services pass on
        kind = DuplicateIdError
    if kind is TransactionExpiredError and "TransactionBusy" in errMsg:  # a write outside of it
        kind = TransactionConflictError
    return kind(errCode, errMsg, code=code, **more)

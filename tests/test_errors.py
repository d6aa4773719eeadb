"""The errors: a tree, what they say, and that they survive pickling and copying whole."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from cloudpy import errors
from cloudpy.errors import (
    ApiPermissionError,
    CallTimeoutError,
    CloudSDKError,
    CollectionNotFoundError,
    ConfigError,
    DatabaseError,
    DocumentNotFoundError,
    DuplicateIdError,
    StoreError,
    SystemBusyError,
    TransactionConflictError,
    TransactionExpiredError,
    TransactionRolledBackError,
    TransportError,
    error_for_code,
)

CLASSES = [
    CloudSDKError,
    ConfigError,
    ApiPermissionError,
    SystemBusyError,
    DatabaseError,
    CollectionNotFoundError,
    DocumentNotFoundError,
    DuplicateIdError,
    TransactionConflictError,
    TransactionExpiredError,
    TransactionRolledBackError,
    StoreError,
    TransportError,
    CallTimeoutError,
]


def test_every_class_is_under_test() -> None:
    assert CLASSES == [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]


def test_the_tree() -> None:
    parents = {kind.__name__: kind.__mro__[1].__name__ for kind in CLASSES}
    assert parents == {
        "CloudSDKError": "Exception",
        "ConfigError": "CloudSDKError",
        "ApiPermissionError": "CloudSDKError",
        "SystemBusyError": "CloudSDKError",
        "DatabaseError": "CloudSDKError",
        "CollectionNotFoundError": "DatabaseError",
        "DocumentNotFoundError": "DatabaseError",
        "DuplicateIdError": "DatabaseError",
        "TransactionConflictError": "DatabaseError",
        "TransactionExpiredError": "DatabaseError",
        "TransactionRolledBackError": "DatabaseError",
        "StoreError": "CloudSDKError",
        "TransportError": "CloudSDKError",
        "CallTimeoutError": "TransportError",
    }
    for name in parents:
        assert name in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("message", [None, "", "the message"])
@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, *(lambda error, n=n: pickle.loads(pickle.dumps(error, n)) for n in range(6))],
    ids=["copy", "deepcopy", *(f"pickle {n}" for n in range(6))],
)
def test_a_copy_has_everything(kind: type[CloudSDKError], message: str | None, again: Any) -> None:
    error = kind(40003, "openapi.a.b:fail bad rid: 5f-0b.", api="a.b", requestId="r1", message=message)
    error.extra = ["of the user's own"]  # type: ignore[attr-defined]
    twin = again(error)
    assert type(twin) is kind
    assert twin is not error
    assert vars(error) == vars(twin)
    assert (error.args, str(error), repr(error)) == (twin.args, str(twin), repr(twin))


def test_what_an_error_says() -> None:
    error = CloudSDKError(-601001, "openapi.a.b:fail m", api="a.b", requestId="r")
    assert "errCode: -601001 system error | errMsg: openapi.a.b:fail m" == str(error)
    assert "errCode: 40003  | errMsg: m" == str(CloudSDKError(40003, "m"))
    assert "m" == str(CloudSDKError(1, "other", message="m"))
    assert "CloudSDKError(errCode=-601001, errMsg='openapi.a.b:fail m')" == repr(error)
    assert {"errCode": -601001, "errMsg": "openapi.a.b:fail m"} == error.toJSON()
    assert ("a.b", "r") == (error.api, error.requestId)
    assert (-1, "") == (CloudSDKError().errCode, CloudSDKError().errMsg)
    assert -1 == CloudSDKError(0, "x").errCode


@pytest.mark.parametrize(
    "text, rid",
    [
        ("invalid rid: 5f0b-1-2", "5f0b-1-2"),
        ("invalid rid: 5f0b-1-2.", "5f0b-1-2"),
        ("[rid: 5f0b] more", "5f0b"),
        ("rid: ", ""),
        ("none", ""),
        ("", ""),
    ],
)
def test_rid(text: str, rid: str) -> None:
    assert rid == CloudSDKError(1, text).rid


@pytest.mark.parametrize(
    "code, kind",
    [(-1, SystemBusyError), (-604101, ApiPermissionError), (-601004, ApiPermissionError), (40003, CloudSDKError)],
)
def test_the_class_for_a_code(code: int, kind: type[CloudSDKError]) -> None:
    error = error_for_code(code, "m", api="a", requestId="r")
    assert (kind, code, "m", "a", "r") == (type(error), error.errCode, error.errMsg, error.api, error.requestId)


def test_one_except_catches_them_all() -> None:
    for kind in CLASSES:
        with pytest.raises(CloudSDKError):
            raise kind(1, "m")
    with pytest.raises(TransportError):
        raise CallTimeoutError(1, "m")

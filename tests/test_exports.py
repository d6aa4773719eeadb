"""The public names: a short list, the same in both faces."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import cloudpy
import cloudpy.errors
import cloudpy.sync
import cloudpy.testing

PUBLIC = [
    "DYNAMIC_CURRENT_ENV",
    "UNDEFINED",
    "Aggregate",
    "ApiPermissionError",
    "CallRecord",
    "CallTimeoutError",
    "Cloud",
    "CloudSDKError",
    "Collection",
    "CollectionNotFoundError",
    "ConfigError",
    "Context",
    "Database",
    "DatabaseError",
    "Document",
    "DocumentNotFoundError",
    "DuplicateIdError",
    "Event",
    "HttpEvent",
    "PushMessage",
    "Query",
    "StoreError",
    "SystemBusyError",
    "TimerEvent",
    "Transaction",
    "TransactionConflictError",
    "TransactionExpiredError",
    "TransactionRolledBackError",
    "TransportError",
    "WXContext",
    "ai",
    "callFunction",
    "callOpenAPI",
    "cloudPay",
    "createNewInstance",
    "database",
    "deleteFile",
    "downloadFile",
    "function",
    "getCloudCallSign",
    "getOpenData",
    "getTempFileURL",
    "getVoIPSign",
    "getWXContext",
    "init",
    "logger",
    "on_call",
    "openapi",
    "registerService",
    "signature",
    "updateConfig",
    "uploadFile",
    "version",
]


def _all_order(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


CLOSE = {cloudpy: "aclose", cloudpy.sync: "close"}  # awaited or not, as everywhere in Python
APIS = [pytest.param(api, sorted([*PUBLIC, own], key=_all_order), id=api.__name__) for api, own in CLOSE.items()]


@pytest.mark.parametrize("api, names", APIS)
def test_each_api_exports_these_names_and_no_other(api: ModuleType, names: list[str]) -> None:
    assert names == api.__all__


@pytest.mark.parametrize("api, names", APIS)
def test_every_exported_name_is_there(api: ModuleType, names: list[str]) -> None:
    assert [] == [name for name in names if not hasattr(api, name)]


@pytest.mark.parametrize("api, names", APIS)
def test_no_public_name_is_left_out_of_the_list(api: ModuleType, names: list[str]) -> None:
    found = {name for name in vars(api) if not name.startswith(("_", "@"))}  # "@": of pytest, in what it rewrites
    modules = {path.stem for path in Path(cloudpy.__file__).parent.iterdir() if not path.name.startswith("_")}
    assert set(names) == (found | set(api._OF_THE_DATABASE) | set(api._EVENT_TYPES)) - modules - {"TYPE_CHECKING"}


def test_the_test_kit_exports_what_it_lists_and_imports_it_when_asked() -> None:
    assert sorted(cloudpy.testing.__all__) == list(cloudpy.testing.__all__)
    assert cloudpy.testing.__all__ == list(cloudpy.testing._MODULES)
    for name in cloudpy.testing.__all__:
        value = getattr(cloudpy.testing, name)
        assert value.__doc__, f"{name} has no docstring"


def test_errors_are_the_same_classes_in_both_faces() -> None:
    for name in PUBLIC:
        if name.endswith("Error"):
            assert getattr(cloudpy, name) is getattr(cloudpy.sync, name) is getattr(cloudpy.errors, name)


def test_the_error_tree_in_the_docstring_is_the_one_in_the_code() -> None:
    drawn = cloudpy.errors.__doc__ or ""
    tree = [cls for cls in vars(cloudpy.errors).values() if isinstance(cls, type) and issubclass(cls, Exception)]
    for cls in tree:
        assert f"{cls.__name__} " in drawn
    assert len(tree) == drawn.count("Error  ")

"""Operations: the request to the database, and the reading of its response."""

from __future__ import annotations

from collections.abc import Mapping

from .._wire.suggest import did_you_mean
from ..errors import CloudSDKError
from . import ejson, ejson_reader
from .base import invalid, shown, type_name
from .query import encode_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

INVALID_PARAM = -501007
REQUEST_FAIL = -502001
_ID_CHANGED = "不能更新_id的值"


class Operation:
    """One call of the database.

    Attributes:
        name: its name in errors: ``collection.get``.
        action: its name in the request: ``database.getDocument``.
        collection: the name of the collection; empty for an operation on the whole database.
        params: the fields of the request, without the action.
        read: returns the result for the ``data`` of a response.
        idempotent: it may be sent twice: it has no lasting effect.
        whole: `read` receives the whole response, which has no ``data``.
    """

    __slots__ = ("action", "collection", "idempotent", "name", "params", "read", "whole")

    def __init__(
        self,
        name: str,
        action: str,
        params: dict[str, Any],
        read: Callable[[dict[str, Any]], Any],
        *,
        idempotent: bool = False,
        whole: bool = False,
    ) -> None:
        self.name = name
        self.action = f"database.{action}"
        self.collection: str = params.get("collectionName", "")
        self.params = params
        self.read = read
        self.idempotent = idempotent
        self.whole = whole

    def __repr__(self) -> str:  # without values, which may be personal
        return f"<{self.name} of {self.collection!r}>" if self.collection else f"<{self.name}>"


MISSING: Any = object()


def create_collection(name: Any) -> Operation:
    """Return the operation of ``db.createCollection(name)``."""
    return Operation(
        "createCollection",
        "addCollection",
        {"collectionName": collection_name(name)},
        lambda answer: {"errMsg": "createCollection:ok", "requestId": answer.get("requestId", "")},
        whole=True,
    )


def collection_name(name: Any) -> str:
    """Return the name of a collection.

    Raises:
        CloudSDKError: it is not a string, or empty.
    """
    if not isinstance(name, str) or not name:
        raise invalid("Collection name is required", f": expected a non-empty string, got {shown(name)}")
    return name


def documents(data: dict[str, Any], *, geometries: bool = True) -> list[Any]:
    """Return the documents of a response.

    Raises:
        KeyError, TypeError, ValueError: they are missing or invalid.
    """
    return [ejson_reader.loads(text, geometries=geometries) for text in data["list"]]


def project(projection: Any) -> dict[str, Any]:
    """Return the tree of the argument of ``field()``: 1 or 0 for each field, or a part of a list."""
    if projection is None:
        raise CloudSDKError(-1, "parameter object of function field must be provided", api="database")
    if not isinstance(projection, Mapping):
        raise CloudSDKError(-1, f"field should be object instead of {type_name(projection)};", api="database")
    tree: dict[str, Any] = {}
    for key, value in projection.items():
        if isinstance(value, (bool, int, float)):
            tree[key] = {"$numberInt": "1" if value > 0 else "0"}
        elif value is None:
            tree[key] = None
        elif isinstance(value, Mapping):
            if "$elemMatch" in value:
                value = {**value, "$elemMatch": encode_element(value["$elemMatch"], key)}
            tree[key] = ejson.encode(value, key)
        else:
            raise invalid(f"field: {key} must be True, False, 1, 0 or _.project.…, got {shown(value)}")
    return tree


def service_error(name: str, code: int, text: str) -> CloudSDKError:
    """Return an error with the code that the service would return."""
    from .._wire import answer

    return CloudSDKError(api="database", **answer.failure(name, code, text))


def options_of(
    name: str, options: Mapping[str, Any] | None, keywords: dict[str, Any], names: tuple[str, ...]
) -> Mapping[str, Any]:
    if options is None:
        settings: Mapping[str, Any] = keywords
    elif not isinstance(options, Mapping):
        raise invalid(f"{name}:fail expected one dict, or keywords, got {type_name(options)}")
    elif keywords:
        raise invalid(f"{name}:fail expected one dict, or keywords, not both")
    else:
        settings = options
    for key in settings:
        if key not in names:
            hint = did_you_mean(key, names)
            if "data" in names and "data" not in settings:
                hint = f"write {{'data': {{{key!r}: …}}}}"
            raise invalid(f"{name}:fail unknown option {key!r}; {hint}")
    return settings


def changes_of(name: str, data: Any, text: str, *, id: bool = True) -> Any:
    if not isinstance(data, Mapping) and not hasattr(type(data), "__dataclass_fields__"):
        kind = "undefined" if data is MISSING else type_name(data)
        raise CloudSDKError(-1, text.format(kind), api="database")
    if not isinstance(data, Mapping):
        data = {field: getattr(data, field) for field in type(data).__dataclass_fields__}
    if len(data) == 0:  # an empty dict that is true is empty, too
        raise CloudSDKError(-1, "options.data must not be empty", api="database")
    if id:
        reject_id(name, data)
    return data


def reject_id(name: str, data: Mapping[str, Any]) -> None:
    if "_id" in data:
        raise service_error(name, INVALID_PARAM, _ID_CHANGED)


def is_document(value: Any) -> bool:
    return isinstance(value, Mapping) or hasattr(type(value), "__dataclass_fields__")


def updated(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"stats": {"updated": _count(data["updated"])}, "errMsg": f"{name}:ok"}


def removed(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"stats": {"removed": _count(data["deleted"])}, "errMsg": f"{name}:ok"}


def _count(value: Any) -> Any:
    return 0 if value is None else value

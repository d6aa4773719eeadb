"""One document, and the operations on it."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import CloudSDKError, DocumentNotFoundError
from . import ejson
from .base import invalid, type_name
from .command import Change
from .operation import (
    INVALID_PARAM,
    MISSING,
    REQUEST_FAIL,
    Operation,
    changes_of,
    documents,
    options_of,
    project,
    reject_id,
    removed,
    service_error,
    updated,
)
from .query import encode_update

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class DocumentTarget:
    """One document by its id. Immutable."""

    __slots__ = ("collection", "drops_empty", "id", "projection", "transaction")

    def __init__(
        self,
        collection: str,
        id: Any,
        transaction: str | None = None,
        projection: Any = None,
        *,
        drops_empty: bool = False,
    ) -> None:
        if isinstance(id, bool) or not isinstance(id, (str, int, float)):
            raise invalid(
                "docId必须为字符串或数字", f": the id of a document is a string or number, got {type_name(id)}"
            )
        self.collection = collection
        self.id = id
        self.transaction = transaction
        self.drops_empty = drops_empty
        self.projection: dict[str, Any] | None = projection

    def field(self, projection: Any) -> DocumentTarget:
        fields = project(projection)
        return DocumentTarget(self.collection, self.id, self.transaction, fields, drops_empty=self.drops_empty)

    def get(self, throw_on_not_found: bool) -> Operation:
        name = "document.get"
        params = {"collectionName": self.collection, "query": self._query(), **self._transaction()}
        params |= {"queryType": "DOC", "multi": False}
        if self.projection is not None:
            params["projection"] = ejson.dumps(self.projection)

        def read(data: dict[str, Any]) -> dict[str, Any]:
            matches = documents(data)
            if not matches and throw_on_not_found:
                text = f"{name}:fail document with _id {self.id} does not exist"
                raise DocumentNotFoundError(-1, text, api="database.getDocument", message=text)
            return {"data": matches[0] if matches else None, "errMsg": f"{name}:ok"}

        return Operation(name, "getDocument", params, read, idempotent=True)

    def set(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "document.set"
        data = self._data(name, options, keywords)
        if not self.id or self.id != self.id:
            raise service_error(name, INVALID_PARAM, "docId不能为空")
        reject_id(name, data)
        if _has_change(data):
            raise service_error(name, REQUEST_FAIL, "update operator complicit")
        params = {
            "collectionName": self.collection,
            "queryType": "DOC",
            "data": ejson.dumps(ejson.encode(data, "data")),
            **self._transaction(),
            "multi": False,
            "merge": False,
            "upsert": True,
            "query": self._query(),
        }

        def read(data: dict[str, Any]) -> dict[str, Any]:
            stats = {"updated": data["updated"], "created": 1 if data.get("upsert_id") else 0}
            return {"_id": self.id, "errMsg": f"{name}:ok", "stats": stats}

        return Operation(name, "modifyDocument", params, read)

    def update(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "document.update"
        data = self._data(name, options, keywords)
        reject_id(name, data)
        params = {
            "collectionName": self.collection,
            **self._transaction(),
            "data": ejson.dumps(encode_update(data, drops_empty=self.drops_empty)),
            "query": self._query(),
            "queryType": "DOC",
            "multi": False,
            "merge": True,
            "upsert": False,
        }
        return Operation(name, "modifyDocument", params, lambda data: updated(name, data))

    def remove(self) -> Operation:
        name = "document.remove"
        params = {"collectionName": self.collection, **self._transaction(), "query": self._query()}
        params |= {"queryType": "DOC", "multi": False}
        return Operation(name, "removeDocument", params, lambda data: removed(name, data))

    def _query(self) -> str:
        return ejson.dumps(ejson.encode({"_id": self.id}, "the id"))

    def _transaction(self) -> dict[str, Any]:
        return {} if self.transaction is None else {"transactionId": self.transaction}

    def _data(self, name: str, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Any:
        if options is None and not keywords:
            raise CloudSDKError(-1, "parameter should be object instead of undefined; ", api="database")
        settings = options_of(name, options, keywords, ("data",))
        return changes_of(
            name, settings.get("data", MISSING), "parameter.data should be object instead of {};", id=False
        )


def _has_change(value: Any, depth: int = 0) -> bool:
    if isinstance(value, Change):
        return True
    if depth > 200:
        return False
    if isinstance(value, Mapping):
        return any(_has_change(item, depth + 1) for item in value.values())
    return isinstance(value, (list, tuple)) and any(_has_change(item, depth + 1) for item in value)

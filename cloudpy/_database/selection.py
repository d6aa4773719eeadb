"""Documents of a collection that match a condition, and the operations on them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .._undefined import UNDEFINED
from . import ejson
from .base import invalid, shown, type_name
from .document import DocumentTarget
from .operation import MISSING, Operation, changes_of, documents, is_document, options_of, project, removed, updated
from .query import encode_condition, encode_update

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT_LIMIT = 100  # documents of a get()
MAX_LIMIT = 1000
_MAX_INTEGER = 2**53 - 1  # what a number of JavaScript holds
_PATH = re.compile(r"[a-zA-Z0-9-_.]")


class Selection:
    """Documents of a collection: condition, order, offset and limit. Immutable.

    Attributes:
        drops_empty: empty objects of conditions and changes are dropped, and documents that are no dicts are left
            to the database to reject, as in Node.
    """

    __slots__ = ("collection", "condition", "drops_empty", "limit", "offset", "order", "projection", "transaction")

    def __init__(self, collection: str, transaction: str | None = None, *, drops_empty: bool = False) -> None:
        self.collection = collection
        self.transaction = transaction
        self.drops_empty = drops_empty
        self.condition: str | None = None
        self.order: dict[str, int] | None = None
        self.offset: int | None = None
        self.limit: int | None = None
        self.projection: dict[str, Any] | None = None

    def having(self, **parts: Any) -> Selection:
        """Return a copy with some attributes replaced."""
        copy = Selection(self.collection, self.transaction)
        for name in self.__slots__:
            setattr(copy, name, parts[name] if name in parts else getattr(self, name))
        return copy

    def where(self, condition: Any) -> Selection:
        # As in Node: without those values it would choose every document.
        if (
            isinstance(condition, Mapping)
            and len(condition)
            and all(value is UNDEFINED for value in condition.values())
        ):
            names = ", ".join(map(str, condition))
            raise invalid("查询参数对象值不能均为undefined", f": every value of the condition is undefined ({names})")
        return self.having(condition=ejson.dumps(encode_condition(condition, drops_empty=self.drops_empty)))

    def doc(self, id: Any) -> DocumentTarget:
        return DocumentTarget(self.collection, id, self.transaction, drops_empty=self.drops_empty)

    def order_by(self, field: str, direction: str) -> Selection:
        if not isinstance(field, str) or not _PATH.match(field):  # type: ignore[redundant-expr]
            raise invalid(f"orderBy: a field begins with a letter, digit, -, _ or ., got {shown(field)}")
        if direction not in ("asc", "desc"):
            raise invalid("排序字符不合法", f": the direction is 'asc' or 'desc', got {shown(direction)}")
        return self.having(order={**(self.order or {}), field: -1 if direction == "desc" else 1})

    def limited(self, count: Any) -> Selection:
        return self.having(limit=_integer("limit", count))

    def skipping(self, count: Any) -> Selection:
        return self.having(offset=_integer("offset", count))

    def field(self, projection: Any) -> Selection:
        return self.having(projection=project(projection))

    def get(self) -> Operation:
        params: dict[str, Any] = {"collectionName": self.collection, "queryType": "WHERE", **self._transaction()}
        if self.condition is not None:
            params["query"] = self.condition
        if self.order:
            params["order"] = ejson.dumps(ejson.encode(self.order, "orderBy"))
        if self.offset:
            params["offset"] = self.offset
        params["limit"] = min(self.limit, MAX_LIMIT) if self.limit else DEFAULT_LIMIT
        if self.projection is not None:
            params["projection"] = ejson.dumps(self.projection)

        def read(data: dict[str, Any]) -> dict[str, Any]:
            return {"data": documents(data), "errMsg": "collection.get:ok"}

        return Operation("collection.get", "getDocument", params, read, idempotent=True)

    def count(self) -> Operation:
        self._outside("count")
        self._warn("count")
        params = {"collectionName": self.collection, "queryType": "WHERE"}
        if self.condition is not None:
            params["query"] = self.condition

        def read(data: dict[str, Any]) -> dict[str, Any]:
            return {"total": data["total"], "errMsg": "collection.count:ok"}

        return Operation("collection.count", "calculateDocument", params, read, idempotent=True)

    def update(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "collection.update"
        self._outside("update")
        self._warn("update")
        settings = options_of(name, options, keywords, ("data", "multi"))
        data = changes_of(name, settings.get("data", MISSING), "parameter should be object instead of {};")
        params = {
            "collectionName": self.collection,
            "queryType": "WHERE",
            "multi": settings.get("multi") is not False,
            "merge": True,
            "upsert": False,
            "data": ejson.dumps(encode_update(data, drops_empty=self.drops_empty)),
        }
        if self.condition is not None:
            params["query"] = self.condition
        return Operation(name, "modifyDocument", params, lambda data: updated(name, data))

    def remove(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "collection.remove"
        self._outside("remove")
        self._warn("remove")
        settings = options_of(name, options, keywords, ("multi",))
        params = {
            "collectionName": self.collection,
            "query": self.condition or "",
            "queryType": "WHERE",
            "multi": settings.get("multi") is not False,
        }
        return Operation(name, "removeDocument", params, lambda data: removed(name, data))

    def add(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "collection.add"
        settings = options_of(name, options, keywords, ("data",))
        if "data" not in settings and not self.drops_empty:
            raise invalid(f"{name}:fail data is missing: give add(data={{…}}), or add({{'data': {{…}}}})")
        data: Any = settings.get("data")
        many = isinstance(data, (list, tuple))
        texts = []
        for index, document in enumerate(data if many else [data]):
            path = f"data[{index}]" if many else "data"
            if not is_document(document) and not self.drops_empty:
                raise invalid(f"{name}:fail {path} must be an object, got {type_name(document)}")
            texts.append(ejson.dumps(ejson.encode(document, path)))
        params = {"collectionName": self.collection, "data": texts, **self._transaction()}

        def read(data: dict[str, Any]) -> dict[str, Any]:
            ids = data["insertedIds"]
            return {**({"_ids": ids} if many else {"_id": ids[0]}), "errMsg": f"{name}:ok"}

        return Operation(name, "insertDocument", params, read)

    def aggregate(self, stages: tuple[tuple[str, str], ...]) -> Operation:
        name = "collection.aggregate"
        self._outside("aggregate")
        params = {
            "collectionName": self.collection,
            "stages": [{"stageKey": key, "stageValue": value} for key, value in stages],
        }

        def read(data: dict[str, Any]) -> dict[str, Any]:
            return {"list": documents(data, geometries=False), "errMsg": f"{name}:ok"}

        return Operation(name, "aggregateDocuments", params, read, idempotent=True)

    def _transaction(self) -> dict[str, Any]:
        return {} if self.transaction is None else {"transactionId": self.transaction}

    def _outside(self, method: str) -> None:
        if self.transaction is not None:
            raise invalid(
                f"collection.{method}:fail it would run outside the transaction, which has add, get, and doc() with"
                " get, set, update and remove"
            )

    def _warn(self, method: str) -> None:
        ignored = [
            name
            for name, value in (
                ("skip", self.offset), ("limit", self.limit), ("field", self.projection), ("orderBy", self.order),
            )
            if value is not None
        ]  # fmt: skip
        if ignored:
            import logging  # here: it takes milliseconds

            logging.getLogger("cloudpy").warning(
                "%s() of the collection %r ignores %s, as in Node: it applies to all documents that match",
                method,
                self.collection,
                ", ".join(ignored),
            )


def _integer(name: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MAX_INTEGER:
        raise invalid(f"{name}must be integer", f", got {shown(value)}")
    return value

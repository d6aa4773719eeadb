"""Operations as they travel: what one asks the database for, and how its answer is read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import CloudSDKError, DocumentNotFoundError
from . import ejson, query, update
from .command import Change
from .invalid import did_you_mean, invalid, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DEFAULT_LIMIT = 100  # documents of a get()
MAX_LIMIT = 1000
_PATH = re.compile(r"[a-zA-Z0-9-_.]")
_INVALID_PARAM = -501007
_REQUEST_FAIL = -502001
_ID_CHANGED = "不能更新_id的值"


class Operation:
    """One call of the database.

    Attributes:
        name: as errors show it: ``collection.get``.
        action: as it travels: ``database.getDocument``.
        collection: whose documents it is about; empty for those of the whole database.
        params: the fields of its request, without the action.
        read: the result, of an answer's ``data``.
        idempotent: whether it may be sent twice: it changes nothing that lasts.
        whole: whether `read` takes the whole answer, which has no ``data``.
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

    def __repr__(self) -> str:  # no values: they may be personal
        return f"<{self.name} of {self.collection!r}>" if self.collection else f"<{self.name}>"


class Selection:
    """Documents of a collection: those that meet a condition, sorted, from here to there. Never changes."""

    __slots__ = ("collection", "condition", "limit", "offset", "order", "projection", "transaction")

    def __init__(self, collection: str, transaction: str | None = None) -> None:
        self.collection = collection
        self.transaction = transaction
        self.condition: str | None = None
        self.order: dict[str, int] | None = None
        self.offset: int | None = None
        self.limit: int | None = None
        self.projection: dict[str, Any] | None = None

    def having(self, **parts: Any) -> Selection:
        """Return the same with other parts."""
        made = Selection(self.collection, self.transaction)
        for name in self.__slots__:
            setattr(made, name, parts[name] if name in parts else getattr(self, name))
        return made

    def where(self, condition: Any) -> Selection:
        return self.having(condition=ejson.dumps(query.encode(condition)))

    def order_by(self, field: str, direction: str) -> Selection:
        if not isinstance(field, str) or not _PATH.match(field):
            raise invalid(f"orderBy: a field begins with a letter, digit, -, _ or ., got {field!r}")
        if direction not in ("asc", "desc"):
            raise invalid(f"排序字符不合法: the direction is 'asc' or 'desc', got {direction!r}")
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
        given = _options(name, options, keywords, ("data", "multi"))
        data = _changes(name, given.get("data", _MISSING), "parameter should be object instead of {};")
        params = {
            "collectionName": self.collection,
            "queryType": "WHERE",
            "multi": given.get("multi") is not False,
            "merge": True,
            "upsert": False,
            "data": ejson.dumps(update.encode(data)),
        }
        if self.condition is not None:
            params["query"] = self.condition
        return Operation(name, "modifyDocument", params, lambda data: _updated(name, data))

    def remove(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "collection.remove"
        self._outside("remove")
        self._warn("remove")
        given = _options(name, options, keywords, ("multi",))
        params = {
            "collectionName": self.collection,
            "query": self.condition or "",
            "queryType": "WHERE",
            "multi": given.get("multi") is not False,
        }
        return Operation(name, "removeDocument", params, lambda data: _removed(name, data))

    def add(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "collection.add"
        given = _options(name, options, keywords, ("data",))
        if "data" not in given:
            raise invalid(f"{name}:fail data is missing: give add(data={{…}}), or add({{'data': {{…}}}})")
        data = given["data"]
        many = isinstance(data, (list, tuple))
        texts = []
        for index, document in enumerate(data if many else [data]):
            path = f"data[{index}]" if many else "data"
            if not _is_document(document):
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
                f"collection.{method}:fail it would run outside the transaction: in one there are add, get, and doc()"
                " with get, set, update and remove"
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
            from .._log import logger

            logger().warning(
                "%s() of the collection %r passes over %s, as in Node: it is about all documents that match",
                method,
                self.collection,
                ", ".join(ignored),
            )


class DocumentTarget:
    """One document by its id. Never changes."""

    __slots__ = ("collection", "id", "projection", "transaction")

    def __init__(self, collection: str, id: Any, transaction: str | None = None, projection: Any = None) -> None:
        if isinstance(id, bool) or not isinstance(id, (str, int, float)):
            raise invalid(f"docId必须为字符串或数字: the id of a document is a string or number, got {type_name(id)}")
        self.collection = collection
        self.id = id
        self.transaction = transaction
        self.projection: dict[str, Any] | None = projection

    def field(self, projection: Any) -> DocumentTarget:
        return DocumentTarget(self.collection, self.id, self.transaction, project(projection))

    def get(self, throw_on_not_found: bool) -> Operation:
        name = "document.get"
        params = {"collectionName": self.collection, "query": self._query(), **self._transaction()}
        params |= {"queryType": "DOC", "multi": False}
        if self.projection is not None:
            params["projection"] = ejson.dumps(self.projection)

        def read(data: dict[str, Any]) -> dict[str, Any]:
            found = documents(data)
            if not found and throw_on_not_found:
                text = f"{name}:fail document with _id {self.id} does not exist"
                raise DocumentNotFoundError(-1, text, api="database.getDocument", message=text)
            return {"data": found[0] if found else None, "errMsg": f"{name}:ok"}

        return Operation(name, "getDocument", params, read, idempotent=True)

    def set(self, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Operation:
        name = "document.set"
        data = self._data(name, options, keywords)
        if not self.id or self.id != self.id:
            raise refused(name, _INVALID_PARAM, "docId不能为空")
        _no_id(name, data)
        if _has_change(data):
            raise refused(name, _REQUEST_FAIL, "update operator complicit")
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
        _no_id(name, data)
        params = {
            "collectionName": self.collection,
            **self._transaction(),
            "data": ejson.dumps(update.encode(data)),
            "query": self._query(),
            "queryType": "DOC",
            "multi": False,
            "merge": True,
            "upsert": False,
        }
        return Operation(name, "modifyDocument", params, lambda data: _updated(name, data))

    def remove(self) -> Operation:
        name = "document.remove"
        params = {"collectionName": self.collection, **self._transaction(), "query": self._query()}
        params |= {"queryType": "DOC", "multi": False}
        return Operation(name, "removeDocument", params, lambda data: _removed(name, data))

    def _query(self) -> str:
        return ejson.dumps(ejson.encode({"_id": self.id}, "the id"))

    def _transaction(self) -> dict[str, Any]:
        return {} if self.transaction is None else {"transactionId": self.transaction}

    def _data(self, name: str, options: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Any:
        if options is None and not keywords:
            raise CloudSDKError(-1, "parameter should be object instead of undefined; ", api="database")
        given = _options(name, options, keywords, ("data",))
        return _changes(name, given.get("data", _MISSING), "parameter.data should be object instead of {};", id=False)


_MISSING: Any = object()


def create_collection(name: Any) -> Operation:
    """The operation of ``db.createCollection(name)``."""
    return Operation(
        "createCollection",
        "addCollection",
        {"collectionName": collection_name(name)},
        lambda answer: {"errMsg": "createCollection:ok", "requestId": answer.get("requestId", "")},
        whole=True,
    )


def collection_name(name: Any) -> str:
    """Return the name of a collection, checked."""
    if not isinstance(name, str) or not name:
        raise invalid(f"Collection name is required: a string that is not empty, got {name!r}")
    return name


def documents(data: dict[str, Any], *, geometries: bool = True) -> list[Any]:
    """Return the documents of an answer.

    Raises:
        KeyError, TypeError, ValueError: they are none.
    """
    return [ejson.loads(text, geometries=geometries) for text in data["list"]]


def project(projection: Any) -> dict[str, Any]:
    """Return the tree of what ``field()`` was given: 1 or 0 for each field, or a part of a list."""
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
                value = {**value, "$elemMatch": query.element(value["$elemMatch"], key)}
            tree[key] = ejson.encode(value, key)
        else:
            raise invalid(f"field: {key} must be True, False, 1, 0 or _.project.…, got {value!r}")
    return tree


def refused(name: str, code: int, text: str) -> CloudSDKError:
    """Return an error with the code that the database itself would give."""
    from .._wire import answer

    return CloudSDKError(api="database", **answer.failure(name, code, text))


def _integer(name: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(f"{name}must be integer, got {value!r}")
    return value


def _options(
    name: str, options: Mapping[str, Any] | None, keywords: dict[str, Any], names: tuple[str, ...]
) -> Mapping[str, Any]:
    if options is None:
        given: Mapping[str, Any] = keywords
    elif not isinstance(options, Mapping):
        raise invalid(f"{name}:fail it takes one dict, or keywords, got {type_name(options)}")
    elif keywords:
        raise invalid(f"{name}:fail it takes one dict, or keywords, not both")
    else:
        given = options
    for key in given:
        if key not in names:
            hint = did_you_mean(key, names)
            if "data" in names and "data" not in given:
                hint = f"write {{'data': {{{key!r}: …}}}}"
            raise invalid(f"{name}:fail unknown option {key!r}; {hint}")
    return given


def _changes(name: str, data: Any, text: str, *, id: bool = True) -> Any:
    if not isinstance(data, Mapping) and not hasattr(type(data), "__dataclass_fields__"):
        kind = "undefined" if data is _MISSING else type_name(data)
        raise CloudSDKError(-1, text.format(kind), api="database")
    if not isinstance(data, Mapping):
        data = {field: getattr(data, field) for field in type(data).__dataclass_fields__}
    if not data:
        raise CloudSDKError(-1, "options.data must not be empty", api="database")
    if id:
        _no_id(name, data)
    return data


def _no_id(name: str, data: Mapping[str, Any]) -> None:
    if "_id" in data:
        raise refused(name, _INVALID_PARAM, _ID_CHANGED)


def _has_change(value: Any, depth: int = 0) -> bool:
    if isinstance(value, Change):
        return True
    if depth > 200:
        return False
    if isinstance(value, Mapping):
        return any(_has_change(item, depth + 1) for item in value.values())
    return isinstance(value, (list, tuple)) and any(_has_change(item, depth + 1) for item in value)


def _is_document(value: Any) -> bool:
    return isinstance(value, Mapping) or hasattr(type(value), "__dataclass_fields__")


def _updated(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"stats": {"updated": _count(data["updated"])}, "errMsg": f"{name}:ok"}


def _removed(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"stats": {"removed": _count(data["deleted"])}, "errMsg": f"{name}:ok"}


def _count(value: Any) -> Any:
    return 0 if value is None else value

"""The gateway's actions on the database: from the fields of a request to the data of its response. No HTTP."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import localcontext
from typing import Any

from . import ejson, query
from .engine import Engine
from .errors import INVALID_PARAM, DatabaseError
from .pipeline import has_limit
from .query import Query
from .values import DECIMAL_CONTEXT, MISSING, ObjectId, resolve

DEFAULT_GET = 100  # documents of a get that names no limit
MAX_GET = 1000
DEFAULT_AGGREGATE = 20  # documents of an aggregation without a limit stage
MAX_ANSWER_BYTES = 1024 * 1024

Fields = Mapping[str, Any]
Note = Callable[[str], None]

OLD = {
    "database.addDocument": "database.insertDocument",
    "database.queryDocument": "database.getDocument",
    "database.updateDocument": "database.modifyDocument",
    "database.deleteDocument": "database.removeDocument",
    "database.countDocument": "database.calculateDocument",
    "database.aggregate": "database.aggregateDocuments",
    "database.getInTransaction": "database.getDocument",
    "database.updateDocInTransaction": "database.modifyDocument",
    "database.insertDocInTransaction": "database.insertDocument",
    "database.deleteDocInTransaction": "database.removeDocument",
}


def perform(engine: Engine, action: str, fields: Fields, note: Note = lambda text: None) -> dict[str, Any]:
    """Perform one action.

    Args:
        engine: the database.
        action: name of the action, e.g. ``database.getDocument``.
        fields: as the package sends them, without the common ones; strings are Extended JSON.
        note: called with a sentence when the result hit a limit that a program may have forgotten.

    Returns:
        The keys of the response beside ``requestId``: ``{"data": …}``, ``{"transactionId": …}`` or none.

    Raises:
        DatabaseError: it is rejected; `code` and `message` are for the answer.
    """
    if action in OLD:
        raise DatabaseError(
            f"{action} is an action of wx-server-sdk 1.x, which the local WeChat does not support: update the package"
            f" (it sends {OLD[action]} since 2.0)",
            INVALID_PARAM,
        )
    call = ACTIONS.get(action)
    if call is None:
        raise DatabaseError(f"unknown action {action[:60]!r}; known are {', '.join(ACTIONS)}", INVALID_PARAM)
    try:
        with localcontext(DECIMAL_CONTEXT):
            return call(engine, fields, note)
    except (ArithmeticError, RecursionError, ValueError) as error:
        reason = f"{type(error).__name__} {error}".strip()
        raise DatabaseError(f"the local database cannot calculate this: {reason}") from None


def _collection(fields: Fields) -> str:
    name = fields.get("collectionName")
    if type(name) is not str or not name:
        raise DatabaseError(f"collectionName must be a nonempty string, got {name!r}", INVALID_PARAM)
    return name


def _transaction(fields: Fields) -> str | None:
    value = fields.get("transactionId")
    if value is not None and type(value) is not str:
        raise DatabaseError("transactionId must be a string", INVALID_PARAM)
    return value or None


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    if type(value) is not str:
        raise DatabaseError(f"{name} must be a string of Extended JSON, got {type(value).__name__}", INVALID_PARAM)
    return value


def _value(fields: Fields, name: str) -> Any:
    text = _text(fields, name)
    return ejson.parse(text, name) if text else None


def _query(engine: Engine, fields: Fields, note: Note) -> Query:
    found = query.parse(_text(fields, "query"), lambda value: resolve(value, engine.now()))
    for field in found.geo_fields:
        _note_index(fields, field, note)
    return found


def _note_index(fields: Fields, field: Any, note: Note) -> None:
    note(
        f"a geo query of {fields.get('collectionName')!r} by {field!r}: in the cloud it needs an index of type 2dsphere"
        " on that field, made in the console"
    )


def _whole(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or value < 0:
        raise DatabaseError(f"{name} must be a non-negative integer, got {value!r}", INVALID_PARAM)
    return value


def _shown(value: Any) -> Any:
    """Return an id as in a response: a string or number of JSON, else its Extended JSON as a string."""
    if type(value) is ObjectId:
        return value.hex
    if isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return ejson.relaxed(value)


def _list(documents: list[Any], fields: Fields) -> dict[str, Any]:
    texts = []
    size = 0
    for document in documents:
        text = ejson.answer(document)
        size += len(text.encode("utf-8", "surrogatepass"))
        if size > MAX_ANSWER_BYTES:
            raise DatabaseError(
                f"the result has more than {MAX_ANSWER_BYTES} bytes (1 MB), the maximum of the cloud (-602001):"
                " request fewer documents with limit(), or fewer fields"
            )
        texts.append(text)
    return {"data": {"list": texts}}


def insert(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``add``: documents in, their ids out."""
    texts = fields.get("data")
    if type(texts) is not list or not all(type(text) is str for text in texts):
        raise DatabaseError("data must be a list of strings of Extended JSON", INVALID_PARAM)
    documents = [ejson.parse(text, "data") for text in texts]
    ids = engine.insert(_collection(fields), documents, _transaction(fields))
    return {"data": {"insertedIds": [_shown(identifier) for identifier in ids]}}


def get(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``get`` of a query or of one document."""
    name, one = _collection(fields), fields.get("queryType") == "DOC"
    limit, offset = _whole(fields, "limit"), _whole(fields, "offset") or 0
    limit = 1 if one else min(limit or DEFAULT_GET, MAX_GET)
    order, projection = (resolve(_value(fields, key), engine.now()) for key in ("order", "projection"))
    found = engine.find(
        name,
        _query(engine, fields, note),
        order=order,
        skip=offset,
        limit=limit if one else limit + 1,
        fields=projection or None,
        transaction=_transaction(fields),
    )
    if len(found) > limit and limit in (DEFAULT_GET, MAX_GET):
        note(
            f"get() of {name!r} returned {limit} documents and there are more: it returns {DEFAULT_GET} without"
            f" limit(), at most {MAX_GET}, as in the cloud; page with skip() and limit()"
        )
    return _list(found[:limit], fields)


def count(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``count``."""
    return {"data": {"total": engine.count(_collection(fields), _query(engine, fields, note), _transaction(fields))}}


def modify(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``update`` by operators, or ``set`` of a whole document."""
    name, found = _collection(fields), _query(engine, fields, note)
    transaction = _transaction(fields)
    data = _value(fields, "data")
    if fields.get("merge") is False:
        done = engine.replace(name, found, data, transaction)
        updated = done.matched  # the service counts matched documents here
    elif data == {}:
        updated = engine.count(name, found, transaction)
        return {"data": {"updated": updated, "upsert_id": None}}
    else:
        multi, upsert = fields.get("multi") is True, fields.get("upsert") is True
        done = engine.update(name, found, data, multi=multi, upsert=upsert, transaction=transaction)
        updated = done.modified
    upserted = None if done.upserted is MISSING else _shown(done.upserted)
    return {"data": {"updated": updated, "upsert_id": upserted}}


def modify_and_return(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``updateAndReturn`` of the Node SDK: one document, as it is afterwards."""
    name, data = _collection(fields), _value(fields, "data")
    done = engine.update(name, _query(engine, fields, note), data, transaction=_transaction(fields))
    document = None if done.document is None else ejson.answer(done.document)
    return {"data": {"updated": done.matched, "doc": document}}


def remove(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``remove`` of all documents that match, or of one."""
    name = _collection(fields)
    text = _text(fields, "query")
    if not text or text == "{}":
        note(f"remove() of {name!r} had no condition and deleted all documents; the cloud may reject such a call")
    multi = fields.get("multi") is not False
    deleted = engine.remove(name, _query(engine, fields, note), multi=multi, transaction=_transaction(fields))
    return {"data": {"deleted": deleted}}


def aggregate(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``aggregate().end()``."""
    name, stages = _collection(fields), fields.get("stages")
    if type(stages) is not list or not all(type(s) is dict and type(s.get("stageKey")) is str for s in stages):
        raise DatabaseError("stages must be a list of objects with stageKey and stageValue", INVALID_PARAM)
    pipeline = [{stage["stageKey"]: _value(stage, "stageValue")} for stage in stages]
    for stage in pipeline:
        if type(stage.get("$geoNear")) is dict:
            _note_index(fields, stage["$geoNear"].get("key"), note)
    limited = has_limit(pipeline)
    found = engine.aggregate(name, pipeline if limited else [*pipeline, {"$limit": DEFAULT_AGGREGATE + 1}])
    if not limited and len(found) > DEFAULT_AGGREGATE:
        note(
            f"aggregate() of {name!r} returned {DEFAULT_AGGREGATE} documents and there are more: without a limit stage"
            f" it returns {DEFAULT_AGGREGATE}, as in the cloud; add .limit()"
        )
        found = found[:DEFAULT_AGGREGATE]
    return _list(found, fields)


def create(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``createCollection``."""
    engine.create(_collection(fields))
    return {}


def begin(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``startTransaction``."""
    return {"transactionId": engine.begin()}


def commit(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``commit``."""
    engine.commit(_transaction(fields) or "")
    return {}


def abort(engine: Engine, fields: Fields, note: Note) -> dict[str, Any]:
    """``rollback``."""
    engine.abort(_transaction(fields) or "")
    return {}


ACTIONS: dict[str, Callable[[Engine, Fields, Note], dict[str, Any]]] = {
    "database.insertDocument": insert,
    "database.getDocument": get,
    "database.calculateDocument": count,
    "database.modifyDocument": modify,
    "database.modifyAndReturnDoc": modify_and_return,
    "database.removeDocument": remove,
    "database.aggregateDocuments": aggregate,
    "database.addCollection": create,
    "database.startTransaction": begin,
    "database.commitTransaction": commit,
    "database.abortTransaction": abort,
}

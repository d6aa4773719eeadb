"""The document database of the local WeChat: collections, documents, queries, files, indexes."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from typing import Any, Literal, TypedDict

from ...local import collection_files
from ...local.database import Engine, Query
from ...local.database.actions import DEFAULT_AGGREGATE
from ...local.database.pipeline import has_limit
from ...local.database.projection import compile_projection
from ...local.database.values import resolve
from ...local.located_yaml import LocalDataError
from .console import Console
from .documents import ShownDocument, answering, columns, expect, identifier, parse, revision, shown
from .route import ConsoleError, FileResponse, Request, Route, check_segment

_MAX_SHOWN = 200  # documents of one answer
_MAX_BYTES = 4 * 1024 * 1024  # of their texts


class CollectionSize(TypedDict):
    """A collection and its number of documents."""

    name: str
    count: int


class Collections(TypedDict):
    """All collections, and the folder that they are kept in; null if they are in memory alone."""

    env: str
    folder: str | None
    collections: list[CollectionSize]


class NewCollection(TypedDict):
    """A collection to create."""

    name: str


class FindRequest(TypedDict, total=False):
    """A query. Condition, order and fields are Extended JSON: MongoDB's operators, ``{"done": {"$ne": true}}``.

    `orderBy` is an object of fields with 1 or -1, `field` one of fields with true or false.
    """

    where: str
    orderBy: str
    field: str
    skip: int
    limit: int


class PipelineRequest(TypedDict):
    """The stages of an aggregation as Extended JSON: ``[{"$group": {"_id": "$city", "n": {"$sum": 1}}}]``."""

    pipeline: str


class Found(TypedDict):
    """Documents, how many match in all, the columns of a table, and the time that it took in milliseconds.

    `cut` says that there is more than can be shown.
    """

    documents: list[ShownDocument]
    total: int
    columns: list[str]
    ms: float
    cut: bool


class DocumentQuery(TypedDict):
    """The ``_id`` of a document as Extended JSON."""

    id: str


class NewDocuments(TypedDict):
    """A document as Extended JSON, or a list of documents."""

    text: str


class DocumentEdit(NewDocuments):
    """A document as it should be, its ``_id``, and the revision that the page read."""

    id: str
    rev: str


class DocumentRef(TypedDict):
    """A document to delete, and the revision that the page read."""

    id: str
    rev: str


class Deletion(TypedDict):
    """Documents to delete."""

    documents: list[DocumentRef]


class Deleted(TypedDict):
    """How many were deleted, and the ids of those that were not, because they were changed meanwhile."""

    deleted: int
    changed: list[str]


class Added(TypedDict):
    """The ids of new documents as Extended JSON."""

    ids: list[str]


class ImportQuery(TypedDict):
    """The name of the file: its end says whether it is CSV, YAML or JSON."""

    name: str


class Imported(TypedDict):
    """How many documents were imported."""

    count: int


class ExportQuery(TypedDict):
    """The format of the file."""

    format: Literal["lines", "array", "csv"]


class IndexField(TypedDict):
    """A field of an index: its order is 1, -1 or 2dsphere."""

    name: str
    order: int | str


class IndexSuggestion(TypedDict):
    """An index, how many queries it would have served, and one of them."""

    collection: str
    fields: list[IndexField]
    queries: int
    example: str


class Suggestions(TypedDict):
    """Indexes that the cloud would need for the queries that functions have made."""

    indexes: list[IndexSuggestion]


def _engine(console: Console) -> Engine:
    return console.backend.documents.engine()


def _collections(console: Console, _: Request) -> dict[str, Any]:
    with answering():
        engine = _engine(console)
        found = [{"name": name, "count": count} for name, count in engine.collections().items()]
    return {"env": console.backend.env, "folder": engine.folder, "collections": found}


def _create(console: Console, request: Request) -> None:
    name = request.json["name"]
    check_segment(name, "name")
    with answering():
        _engine(console).create(name)


def _drop(console: Console, request: Request) -> None:
    with answering():
        _engine(console).drop(request.params["collection"])


def _find(console: Console, request: Request) -> dict[str, Any]:
    value, name = request.json, request.params["collection"]
    condition = parse(value.get("where") or "{}", "where")
    order = parse(value.get("orderBy") or "{}", "orderBy")
    fields = parse(value.get("field") or "{}", "field")
    skip, limit = value.get("skip", 0), value.get("limit", 50)
    if skip < 0 or not 0 < limit <= _MAX_SHOWN:
        raise ConsoleError(400, "INVALID_PARAM", f"skip must be 0 or more, limit from 1 to {_MAX_SHOWN}")
    started = time.perf_counter()
    with answering():
        engine = _engine(console)
        query = Query(resolve(condition, engine.now()))
        found = engine.find(name, query, order=order or None, skip=skip, limit=limit)
        total = engine.count(name, query)
        project = compile_projection(fields) if fields else None
        return _answer(found, total, started, project)


def _aggregate(console: Console, request: Request) -> dict[str, Any]:
    pipeline = parse(request.json["pipeline"] or "[]", "the pipeline", list)
    started = time.perf_counter()
    with answering():
        limit = _MAX_SHOWN if has_limit(pipeline) else DEFAULT_AGGREGATE  # as in the cloud
        found = _engine(console).aggregate(request.params["collection"], pipeline)
        return _answer(found[:limit], len(found), started)


def _answer(
    found: list[Any], total: int, started: float, project: Callable[[Any], Any] | None = None
) -> dict[str, Any]:
    ms = (time.perf_counter() - started) * 1000
    documents, size = [], 0
    parts = [project(document) for document in found] if project else found
    for document, part in zip(found, parts, strict=True):
        one = {**shown(part), "id": identifier(document), "rev": revision(document)}
        size += len(one["text"] or "")
        if size > _MAX_BYTES:
            break
        documents.append(one)
    names = columns(parts)
    return {"documents": documents, "total": total, "columns": names, "ms": ms, "cut": len(documents) < len(found)}


def _document(console: Console, request: Request) -> dict[str, Any]:
    wanted = request.query["id"]
    with answering():
        found = _engine(console).find(request.params["collection"], _by_id(wanted), limit=1)
        if found:
            return shown(found[0], whole=True)
    raise ConsoleError(404, "NOT_FOUND", f"there is no document {wanted[:200]}: it was deleted meanwhile")


def _add(console: Console, request: Request) -> dict[str, Any]:
    from ...local.database import ejson

    text = request.json["text"]
    documents = parse(text, "the documents", list) if text.lstrip().startswith("[") else [parse(text, "the document")]
    with answering():
        ids = _engine(console).insert(request.params["collection"], documents)
    return {"ids": [ejson.readable(one) for one in ids]}


def _replace(console: Console, request: Request) -> dict[str, Any]:
    value = request.json
    document = parse(value["text"], "the document")
    with answering():
        updated = _engine(console).replace(
            request.params["collection"], _by_id(value["id"]), document, check=expect(value["rev"])
        )
        return shown(updated.document, whole=True)


def _delete(console: Console, request: Request) -> dict[str, Any]:
    deleted, changed = 0, []
    for one in request.json["documents"]:
        try:
            with answering():
                deleted += _engine(console).remove(
                    request.params["collection"], _by_id(one["id"]), check=expect(one["rev"])
                )
        except ConsoleError as error:
            if error.code != "CHANGED":
                raise
            changed.append(one["id"])
    return {"deleted": deleted, "changed": changed}


def _by_id(text: str) -> Query:
    # a list makes the query exact for an _id that is an object with operators as its keys
    return Query({"_id": {"$in": [parse(f'{{"_id": {text}}}', "id")["_id"]]}})


def _import(console: Console, request: Request) -> dict[str, Any]:
    name = os.path.basename(request.query["name"])[-100:] or "file"
    end = os.path.splitext(name)[1].lower()
    handle, path = tempfile.mkstemp(suffix=end if end in (".csv", ".yaml", ".yml") else ".json")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(request.body)
        with answering():
            try:
                return {"count": collection_files.load(_engine(console), request.params["collection"], path)}
            except LocalDataError as error:
                raise LocalDataError(name, error.line, error.what) from None
    finally:
        os.unlink(path)


def _export(console: Console, request: Request) -> FileResponse:
    name, form = request.params["collection"], request.query["format"]
    pieces: list[str] = []
    with answering():
        collection_files.dump(_engine(console).find(name, Query({})), pieces.append, form)
    data = "".join(pieces).encode()
    kind, end = ("text/csv", "csv") if form == "csv" else ("application/json", "json")
    return FileResponse(data=data, content_type=kind, name=f"{name}.{end}")


def _suggest(console: Console, _: Request) -> dict[str, Any]:
    return {
        "indexes": [
            {
                "collection": one.collection,
                "fields": [{"name": name, "order": order} for name, order in one.fields],
                "queries": one.queries,
                "example": one.example,
            }
            for one in console.backend.query_shapes.suggestions()
        ]
    }


def _post(path: str, handler: Any, summary: str, zh: str, body: Any, result: Any, **more: Any) -> Route:
    return Route("POST", f"/database{path}", handler, summary, zh, body=body, result=result, **more)


_ONE = "/{collection}"
ROUTES = (
    Route("GET", "/database", _collections, "All collections.", "所有集合。", result=Collections),
    Route(
        "GET", "/indexes", _suggest, "Indexes that the cloud would need.", "云端需要建立的索引。", result=Suggestions
    ),
    _post("", _create, "Create a collection.", "新建集合。", NewCollection, None, changes=True),
    Route("DELETE", f"/database{_ONE}", _drop, "Delete a collection.", "删除集合。", changes=True, result=None),
    _post(f"{_ONE}/find", _find, "Query documents.", "查询文档。", FindRequest, Found),
    _post(f"{_ONE}/aggregate", _aggregate, "Run an aggregation.", "执行聚合。", PipelineRequest, Found),
    Route(
        "GET",
        f"/database{_ONE}/document",
        _document,
        "One document.",
        "单个文档。",
        query=DocumentQuery,
        result=ShownDocument,
    ),
    _post(f"{_ONE}/documents", _add, "Add documents.", "添加文档。", NewDocuments, Added, changes=True),
    Route(
        "PUT",
        f"/database{_ONE}/document",
        _replace,
        "Replace a document, if it is still what the page read.",
        "替换文档；文档已被改动时不会覆盖。",
        changes=True,
        body=DocumentEdit,
        result=ShownDocument,
    ),
    _post(f"{_ONE}/delete", _delete, "Delete documents.", "删除文档。", Deletion, Deleted, changes=True),
    _post(
        f"{_ONE}/import",
        _import,
        "Import a file of documents: JSON Lines, a JSON array, CSV or YAML.",
        "导入文档：JSON Lines、JSON 数组、CSV 或 YAML。",
        bytes,
        Imported,
        changes=True,
        large=True,
        query=ImportQuery,
    ),
    Route(
        "GET",
        f"/database{_ONE}/export",
        _export,
        "Export a collection.",
        "导出集合。",
        query=ExportQuery,
        result=FileResponse,
    ),
)

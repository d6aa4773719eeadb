"""An aggregation: its stages compiled, and run one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from . import groups, projection, stages
from .errors import DatabaseError, UnsupportedError
from .ordering import sorted_documents, sorter
from .stages import Context, Document, Stage, whole_number

STAGES: dict[str, Callable[[Any, Context], Stage]] = {
    "$addFields": projection.add_fields,
    "$bucket": groups.bucket,
    "$bucketAuto": groups.bucket_auto,
    "$count": stages.count,
    "$geoNear": stages.geo_near,
    "$group": groups.group,
    "$limit": stages.limit,
    "$lookup": lambda value, context: stages.lookup(value, context, compile_pipeline),
    "$match": stages.match,
    "$project": projection.project,
    "$replaceRoot": stages.replace_root,
    "$sample": stages.sample,
    "$skip": stages.skip,
    "$sort": stages.sort,
    "$sortByCount": groups.sort_by_count,
    "$unwind": stages.unwind,
}
UNSUPPORTED = (
    "$collStats",
    "$facet",
    "$graphLookup",
    "$indexStats",
    "$merge",
    "$out",
    "$redact",
    "$replaceWith",
    "$set",
    "$unionWith",
    "$unset",
)


def compile_pipeline(pipeline: Any, context: Context) -> Callable[[Iterable[Document]], Iterable[Document]]:
    """Return the function of a pipeline, from documents to documents.

    Raises:
        DatabaseError: a stage that is unknown or specified wrongly.
        UnsupportedError: a stage that the local database does not know.
    """
    if type(pipeline) is not list:
        raise DatabaseError("a pipeline must be an array of stages")
    compiled: list[Stage] = []
    at = 0
    while at < len(pipeline):
        name, value = stage_of(pipeline[at])
        if name == "$geoNear" and at:
            raise DatabaseError("$geoNear is only valid as the first stage in a pipeline.")
        following = stage_of(pipeline[at + 1]) if at + 1 < len(pipeline) else ("", None)
        if name == "$sort" and following[0] == "$limit":  # the first few need no whole sort
            order, first = sorter(value, needed=True), whole_number(following[1], "limit", 1)
            compiled.append(_first_sorted(order, first))
            at += 1
        else:
            compiled.append(STAGES[name](value, context))
        at += 1

    def run(documents: Iterable[Document]) -> Iterable[Document]:
        for stage in compiled:
            documents = stage(documents)
        return documents

    return run


def _first_sorted(order: Any, first: int) -> Stage:
    return lambda documents: sorted_documents(documents, order, first)


def stage_of(stage: Any) -> tuple[str, Any]:
    """Return the name and the value of a stage.

    Raises:
        DatabaseError: it is not an object of one known stage.
    """
    if type(stage) is not dict or len(stage) != 1:
        raise DatabaseError("A pipeline stage specification object must contain exactly one field.")
    [(name, value)] = stage.items()
    if name not in STAGES:
        if name in UNSUPPORTED:
            raise UnsupportedError(f"the stage {name}")
        raise DatabaseError(f"Unrecognized pipeline stage name: '{name}'")
    return name, value


def has_limit(pipeline: list[Any]) -> bool:
    """Whether a stage limits the number of documents."""
    return any("$limit" in stage for stage in pipeline if type(stage) is dict)

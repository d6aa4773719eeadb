"""Stages of an aggregation that work on each document or on all of them: each compiled to a function of documents."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .errors import DatabaseError, UnsupportedError
from .expression_base import Scope, check_variable
from .expressions import KNOWN, compile_expression
from .geo import is_geometry
from .geo_queries import center_of, near_sort
from .ordering import key, sorted_documents, sorter
from .paths import ends, values
from .query import compile_query
from .values import MISSING, is_integer, is_number, type_name

Document = dict[str, Any]
Documents = Iterable[Document]
Stage = Callable[[Documents], Documents]


@dataclass(slots=True)
class Context:
    """The context of a pipeline.

    Attributes:
        collection: the documents of a collection by name; it raises for one that does not exist.
        variables: those of the surrounding ``$lookup``, looked up when an expression runs.
        sample: as `random.sample`.
    """

    collection: Callable[[str], Iterable[Document]]
    variables: Scope
    sample: Callable[[list[Document], int], list[Document]] = random.sample

    def expression(self, value: Any) -> Callable[[Document], Any]:
        """Compile an expression to a function of a document."""
        found = compile_expression(value, KNOWN.union(self.variables))
        if type(value) is str and value[:1] == "$" and "." not in value and not value.startswith("$$"):
            name = value[1:]  # the usual case, and the quickest
            return lambda document: document.get(name, MISSING)
        if type(value) in (int, float) or value is None:
            return lambda document: value
        outer = self.variables
        if not outer:
            return lambda document: found({"ROOT": document, "CURRENT": document})
        return lambda document: found({**outer, "ROOT": document, "CURRENT": document})


def whole_number(value: Any, name: str, least: int) -> int:
    """Return the operand of ``$limit`` and the like.

    Raises:
        DatabaseError: it is not an integer of at least `least`.
    """
    if not is_number(value) or not is_integer(value) or value < least:
        expected = "positive" if least else "non-negative"
        raise DatabaseError(f"the {name} must be a {expected} integer, got {value!r}")
    return int(value)


def match(value: Any, context: Context) -> Stage:
    """Keep the documents that match a query."""
    if near_sort(value):
        raise DatabaseError("$geoNear, $near, and $nearSphere are not allowed in $match; use the stage geoNear")
    test = compile_query(value, context.variables)
    return lambda documents: filter(test, documents)


def sort(value: Any, context: Context) -> Stage:
    """Sort all documents."""
    order = sorter(value, needed=True)
    return lambda documents: sorted_documents(documents, order)


def limit(value: Any, context: Context) -> Stage:
    """Keep the first documents."""
    count = whole_number(value, "limit", 1)

    def stage(documents: Documents) -> Iterator[Document]:
        left = count
        for document in documents:
            yield document
            left -= 1
            if not left:
                return

    return stage


def skip(value: Any, context: Context) -> Stage:
    """Leave out the first documents."""
    count = whole_number(value, "skip", 0)

    def stage(documents: Documents) -> Iterator[Document]:
        for index, document in enumerate(documents):
            if index >= count:
                yield document

    return stage


def count(value: Any, context: Context) -> Stage:
    """Count the documents; without documents, return none."""
    if type(value) is not str or not value or value.startswith("$") or "." in value or "\0" in value:
        raise DatabaseError("the count field must be a non-empty string, without '.', and not begin with '$'")

    def stage(documents: Documents) -> Iterator[Document]:
        total = sum(1 for _ in documents)
        if total:
            yield {value: total}

    return stage


def sample(value: Any, context: Context) -> Stage:
    """Pick documents at random."""
    if type(value) is not dict or value.keys() != {"size"}:
        raise DatabaseError("the $sample stage needs an object with size")
    size = whole_number(value["size"], "size of $sample", 1)

    def stage(documents: Documents) -> Documents:
        found = list(documents)
        return context.sample(found, min(size, len(found)))

    return stage


def replace_root(value: Any, context: Context) -> Stage:
    """Replace each document with a computed object."""
    if type(value) is not dict or value.keys() != {"newRoot"}:
        raise DatabaseError("the $replaceRoot stage needs an object with newRoot")
    expression = context.expression(value["newRoot"])

    def stage(documents: Documents) -> Iterator[Document]:
        for document in documents:
            root = expression(document)
            if type(root) is not dict:
                raise DatabaseError(
                    f"'newRoot' expression must evaluate to an object, but resulting value was: {type_name(root)}"
                )
            yield root

    return stage


def unwind(value: Any, context: Context) -> Stage:
    """Give a document for each element of an array."""
    options = {"path": value} if type(value) is str else value
    if type(options) is not dict or type(options.get("path")) is not str:
        raise DatabaseError("the $unwind stage needs a path, a string such as '$tags'")
    for name in options:
        if name not in ("path", "includeArrayIndex", "preserveNullAndEmptyArrays"):
            raise DatabaseError(f"unrecognized option to $unwind stage: {name}")
    path, index_name = options["path"], options.get("includeArrayIndex")
    preserve = options.get("preserveNullAndEmptyArrays", False)
    if not path.startswith("$") or path.startswith("$$") or "" in path[1:].split("."):
        raise DatabaseError(f"path option to $unwind stage should be prefixed with a '$': {path}")
    if index_name is not None and (type(index_name) is not str or not index_name or index_name.startswith("$")):
        raise DatabaseError("includeArrayIndex must be a non-empty string that does not begin with '$'")
    if type(preserve) is not bool:
        raise DatabaseError("preserveNullAndEmptyArrays must be a bool")
    names = path[1:].split(".")
    index_names = index_name.split(".") if index_name else None

    def indexed(document: Document, index: int | None) -> Document:
        return _with(document, index_names, index) if index_names else document

    def stage(documents: Documents) -> Iterator[Document]:
        for document in documents:
            found: Any = document
            for name in names:
                found = found.get(name, MISSING) if type(found) is dict else MISSING
            if type(found) is not list:
                if (found is not MISSING and found is not None) or preserve:
                    yield indexed(document, None)
            elif found:
                for index, item in enumerate(found):
                    yield indexed(_with(document, names, item), index)
            elif preserve:
                yield indexed(_with(document, names, MISSING), None)

    return stage


def _with(document: Document, names: list[str], value: Any) -> Document:
    """Return a document with one field set or, for MISSING, without it."""
    result = dict(document)
    if len(names) == 1:
        if value is MISSING:
            result.pop(names[0], None)
        else:
            result[names[0]] = value
        return result
    inner = document.get(names[0])
    result[names[0]] = _with(inner if type(inner) is dict else {}, names[1:], value)
    return result


def lookup(value: Any, context: Context, compile_pipeline: Callable[[Any, Context], Stage]) -> Stage:
    """Add the documents of another collection that belong to each document, as an array."""
    if type(value) is not dict:
        raise DatabaseError("the $lookup stage needs an object")
    for name in ("from", "as"):
        if type(value.get(name)) is not str or not value[name]:
            raise DatabaseError(f"the $lookup stage needs '{name}', a string")
    names = value["as"].split(".")
    if "pipeline" not in value:
        return _equality_lookup(value, names, context)
    if value.keys() - {"from", "as", "let", "pipeline"}:
        raise DatabaseError("$lookup with 'pipeline' may not specify 'localField' or 'foreignField'")
    let = value.get("let", {})
    if type(let) is not dict or type(value["pipeline"]) is not list:
        raise DatabaseError("'let' of $lookup must be an object and 'pipeline' an array")
    given = {check_variable(name): context.expression(item) for name, item in let.items()}
    inner = Context(context.collection, {**context.variables, **dict.fromkeys(given)}, context.sample)
    pipeline = compile_pipeline(value["pipeline"], inner)

    def stage(documents: Documents) -> Iterator[Document]:
        foreign = list(context.collection(value["from"]))
        for document in documents:
            inner.variables.update(context.variables)
            inner.variables.update({name: expression(document) for name, expression in given.items()})
            yield _with(document, names, list(pipeline(foreign)))

    return stage


def _equality_lookup(value: Any, names: list[str], context: Context) -> Stage:
    if value.keys() != {"from", "as", "localField", "foreignField"}:
        raise DatabaseError("$lookup requires 'from', 'as', and 'localField' with 'foreignField' or 'pipeline'")
    local, foreign = value["localField"], value["foreignField"]
    if type(local) is not str or type(foreign) is not str:
        raise DatabaseError("'localField' and 'foreignField' of $lookup must be strings")

    def stage(documents: Documents) -> Iterator[Document]:
        found: dict[Any, dict[int, Document]] = {}
        others = list(context.collection(value["from"]))
        for index, other in enumerate(others):
            for item in values(other, foreign):
                found.setdefault(key(None if item is MISSING else item), {})[index] = other
        for document in documents:
            wanted: list[Any] = []
            for item in ends(document, tuple(local.split("."))):
                wanted += item if type(item) is list else [None if item is MISSING else item]
            joined: dict[int, Document] = {}
            for item in wanted:
                joined.update(found.get(key(item), {}))
            yield _with(document, names, [joined[index] for index in sorted(joined)])

    return stage


def geo_near(value: Any, context: Context) -> Stage:
    """Sort documents by their distance from a point, and add it."""
    if type(value) is not dict or "near" not in value:
        raise DatabaseError("the $geoNear stage needs an object with near")
    known = "near distanceField spherical maxDistance minDistance query limit num includeLocs distanceMultiplier key"
    for name in value:
        if name not in (*known.split(), "uniqueDocs"):
            raise DatabaseError(f"unrecognized option to $geoNear: {name}")
    field = value.get("distanceField")
    if type(field) is not str or not field:
        raise DatabaseError("$geoNear requires a 'distanceField' option as a String")
    center = center_of(value["near"], value.get("minDistance"), value.get("maxDistance"))
    if not is_geometry(value["near"]) and value.get("spherical") is not True:
        raise UnsupportedError("$geoNear with a legacy pair and without spherical: true (distances on a plane)")
    factor = value.get("distanceMultiplier", 1)
    if not is_number(factor) or not factor >= 0:
        raise DatabaseError("distanceMultiplier must be a nonnegative number")
    most = value.get("limit", value.get("num"))
    locations = value.get("includeLocs")
    test = compile_query(value.get("query", {}), context.variables)

    def stage(documents: Documents) -> Documents:
        chosen = [document for document in documents if test(document)]
        path = value.get("key") or _geo_field(chosen)
        found = [
            (nearest[0] * factor, nearest[1], document)
            for document in chosen
            if (nearest := center.nearest(document, path)) is not None
        ]
        found.sort(key=lambda item: item[0])
        results = []
        for length, location, document in found[: None if most is None else whole_number(most, "limit", 1)]:
            result = _with(document, field.split("."), length)
            results.append(_with(result, locations.split("."), location) if locations else result)
        return results

    return stage


def _geo_field(documents: list[Document]) -> str:
    """Return the one field that holds geometries: the field of the index that the cloud would use."""
    fields = {name for document in documents for name, value in document.items() if is_geometry(value)}
    if len(fields) > 1:
        raise DatabaseError(f"$geoNear needs a 'key': several fields hold geometries: {', '.join(sorted(fields))}")
    return fields.pop() if fields else "location"

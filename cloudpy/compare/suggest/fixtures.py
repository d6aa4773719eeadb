"""Documents that the queries of a function find."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from .examples import CALLER, DATE, OTHER_USER, Case, Examples
from .reader import Reader
from .shape import Shape
from .values import Condition, Dict, Known, List, Query, Several, Special, Value

_MAX_DOCUMENTS = 6


def collections(reader: Reader, examples: Examples) -> dict[str, list[dict[str, Any]]]:
    """Return documents for each collection that the function uses, in Extended JSON."""
    found: dict[str, list[dict[str, Any]]] = {}
    for query in reader.queries:
        name = collection_name(query.collection, examples)
        if name:
            documents = found.setdefault(name, [])
            _add(documents, name, reader.document(query.collection), query, examples)
    for name, documents in found.items():
        if documents and len(documents) <= _MAX_DOCUMENTS:
            documents.append(_of_another(documents[0], name, len(documents) + 1))
    return found


def collection_name(collection: str | Shape, examples: Examples) -> str:
    """Return the name of a collection; empty if the code does not tell."""
    made = collection if isinstance(collection, str) else examples.value(collection, {})
    return made if isinstance(made, str) else ""


def _add(documents: list[dict[str, Any]], name: str, shape: Shape, query: Query, examples: Examples) -> None:
    case = {guard.shape: guard.value for guard in query.guards if guard.equal}
    wanted: dict[str, Any] = {}
    for condition in query.where:
        for field, value in condition.items.items():
            made = _wanted(value, case, examples)
            if made is not _UNKNOWN:
                wanted[field] = made
    if any(all(_at(each, field) == value for field, value in wanted.items()) for each in documents):
        return
    identity = wanted.get("_id")
    same = next((each for each in documents if identity is not None and each["_id"] == identity), None)
    if same is None and len(documents) >= _MAX_DOCUMENTS:
        return
    document = same or {
        "_id": f"{name}-{len(documents) + 1}",
        "_openid": CALLER,
        **{key: examples.value(each, {}) for key, each in shape.keys.items() if key != "_id"},
    }
    for field, value in wanted.items():
        _put(document, field, value)
    if same is None:
        documents.append(document)


_UNKNOWN = object()


def _wanted(value: Value, case: Case, examples: Examples) -> Any:
    """Return what a field must be so that a condition finds it."""
    if isinstance(value, Several):
        return _wanted(value.values[0], case, examples)
    if isinstance(value, Known):
        return value.value
    if isinstance(value, Shape):
        return examples.value(value, case)
    if isinstance(value, List):
        made = _wanted(value.element, case, examples)
        return [] if made is _UNKNOWN else [made]
    if isinstance(value, Dict):
        if "regexp" in value.items:
            return _text_for(_wanted(value.items["regexp"], case, examples))
        return _UNKNOWN
    if isinstance(value, Special) and value.kind == "date":
        return {"$date": DATE}
    if not isinstance(value, Condition) or not value.args:
        return _UNKNOWN
    made = _wanted(value.args[0], case, examples)
    number = made if isinstance(made, (int, float)) and not isinstance(made, bool) else None
    match value.name:
        case "eq" | "all":
            return made
        case "gt" | "neq" if number is not None:
            return number + 1
        case "lt" if number is not None:
            return number - 1
        case "gte" | "lte" if number is not None:
            return made
        case "gte" | "lte" if isinstance(made, (str, dict)):
            return made
        case "in" if isinstance(made, list) and made:
            return made[0]
        case "and" | "or" if isinstance(made, list) and made:
            return made[0]
        case "and" | "or":
            return made
        case "RegExp":
            return _text_for(made)
    return _UNKNOWN


def _text_for(found: Any) -> Any:
    return f"前 {found} 后" if isinstance(found, str) else _UNKNOWN


def _at(document: Any, path: str) -> Any:
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        inner = document.get(step)
        if not isinstance(inner, dict):
            inner = document[step] = {}
        document = inner
    document[last] = value


def _of_another(document: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    """Return a document like the first one that belongs to another user."""
    made = copy.deepcopy(document)
    made.update({"_id": f"{name}-{number}", "_openid": OTHER_USER})
    for key, value in made.items():
        if value == CALLER:
            made[key] = OTHER_USER
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            made[key] = value + 1
    return made


def shapes(reader: Reader) -> Sequence[Shape]:
    """Return all that the function reads."""
    return [each for root in (reader.event, *reader.documents.values()) for each in root.inside()]

"""Updates: ``{"$set": …, "$inc": …}`` compiled to a function from one document to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import update_operators
from .errors import DatabaseError, UnsupportedError
from .ordering import equal
from .paths import is_index
from .query import compile_query
from .update_operators import Change
from .values import MISSING, Date, copied, identical, type_name

MAX_DEPTH = 100  # names of a path
MAX_PADDING = 1_500_000  # nulls that one update may append to an array

OPERATORS = (*update_operators.OPERATORS, "$rename", "$setOnInsert", "$currentDate")
Update = Callable[..., Any]


def compile_update(update: Any, now: int) -> Update:
    """Return the function of an update: ``(document, query, inserting=False) -> document``.

    The result is the same object when nothing changes, else a new document; the one given is never changed.

    Raises:
        DatabaseError: an unknown operator, a wrong operand, or paths that are in each other's way.
    """
    if type(update) is not dict:
        raise DatabaseError(f"an update must be an object, got {type_name(update)}")
    steps: list[tuple[tuple[str, ...], str, Change | None, Any]] = []
    for name, fields in update.items():
        if name not in OPERATORS:
            raise DatabaseError(f"Unknown modifier: {name}; expected {', '.join(OPERATORS)}")
        if type(fields) is not dict:
            raise DatabaseError(f"Modifiers operate on fields but we found type {type_name(fields)} instead: {name}")
        if not fields:
            raise DatabaseError(f"'{name}' is empty. You must specify a field like so: {{{name}: {{<field>: ...}}}}")
        for path, operand in fields.items():
            names = _names(path)
            if name == "$rename":
                target = _target(path, operand)
                steps.append((names, name, None, target))
                steps.append((target, "", None, None))
            elif name == "$setOnInsert":
                steps.append((names, name, update_operators.OPERATORS["$set"](operand, path), None))
            elif name == "$currentDate":
                steps.append((names, name, update_operators.OPERATORS["$set"](_current(operand, now), path), None))
            else:
                steps.append((names, name, update_operators.OPERATORS[name](operand, path), None))
    steps.sort(key=lambda step: [_order(part) for part in step[0]])
    _check_conflicts([step[0] for step in steps])

    def apply(document: dict[str, Any], query: Any = None, inserting: bool = False) -> dict[str, Any]:
        result: dict[str, Any] = copied(document)
        for names, name, change, target in steps:
            if name == "$rename":
                _rename(result, names, target)
            elif change is not None and (name != "$setOnInsert" or inserting):
                for concrete in _concrete(result, names, query):
                    _change(result, concrete, change, create=name not in ("$unset", "$pop", "$pull", "$pullAll"))
        if not inserting and not identical(result.get("_id", MISSING), document.get("_id", MISSING)):
            if not equal(result.get("_id", MISSING), document.get("_id", MISSING)):
                raise DatabaseError("Performing an update on the path '_id' would modify the immutable field '_id'")
            result["_id"] = document["_id"]
        return document if identical(result, document) else result

    return apply


def _names(path: str) -> tuple[str, ...]:
    names = tuple(path.split("."))
    if path == "":
        raise DatabaseError("An empty update path is not valid.")
    if "" in names[:-1] or (len(names) > 2 and names[-1] == "") or names[0] == "":
        raise DatabaseError(f"The update path '{path}' contains an empty field name, which is not allowed.")
    if len(names) > MAX_DEPTH:
        raise DatabaseError(f"an update path has at most {MAX_DEPTH} names, this one has {len(names)}")
    for name in names:
        if name.startswith("$["):
            if name != "$[]":
                raise UnsupportedError(f"{name} in an update's path (arrayFilters cannot be sent)")
        elif name.startswith("$") and name not in ("$", "$id", "$ref", "$db"):
            raise DatabaseError(f"The dollar ($) prefixed field '{name}' in '{path}' is not valid for storage.")
    if names[0] == "$" or names[0] == "$[]":
        raise DatabaseError(f"Cannot have positional (i.e. '$') element in the first position in path '{path}'")
    return names


def _target(path: str, operand: Any) -> tuple[str, ...]:
    if type(operand) is not str:
        raise DatabaseError(f"The 'to' field for $rename must be a string: {path}: {operand!r}")
    if operand == path:
        raise DatabaseError(f"The source and target field for $rename must differ: {path}: {operand!r}")
    target = _names(operand)
    if "$" in target or "$" in path.split("."):
        raise DatabaseError("The source and target field for $rename may not be dynamic")
    return target


def _current(operand: Any, now: int) -> Date:
    if operand is True or operand == {"$type": "date"}:
        return Date(now)
    raise UnsupportedError(f"$currentDate with {operand!r}, only with true or {{'$type': 'date'}}")


def _order(name: str) -> tuple[int, int, str]:
    return (0, int(name), name) if is_index(name) else (1, 0, name)


def _check_conflicts(paths: list[tuple[str, ...]]) -> None:
    seen: set[tuple[str, ...]] = set()
    for path in paths:
        for end in range(1, len(path) + 1):
            if path[:end] in seen:
                shown = ".".join(path)
                raise DatabaseError(f"Updating the path '{shown}' would create a conflict at '{'.'.join(path[:end])}'")
        seen.add(path)
    for path in paths:
        for end in range(1, len(path)):
            if path[:end] in seen:
                shown = ".".join(path)
                raise DatabaseError(f"Updating the path '{shown}' would create a conflict at '{'.'.join(path[:end])}'")


def _concrete(document: Any, names: tuple[str, ...], query: Any) -> list[tuple[str, ...]]:
    """Return the paths that a path stands for: ``$`` is the matched position, ``$[]`` each position."""
    if "$" not in names and "$[]" not in names:
        return [names]
    found: list[tuple[str, ...]] = [()]
    for position, name in enumerate(names):
        if name == "$[]":
            spread: list[tuple[str, ...]] = []
            for path in found:
                items = _at(document, path)
                if type(items) is not list:
                    raise DatabaseError(f"The path '{'.'.join(path)}' must be an array to apply '$[]' to it")
                spread += [(*path, str(index)) for index in range(len(items))]
            found = spread
        elif name == "$":
            index = _matched(document, names[:position], query)
            found = [(*path, str(index)) for path in found]
        else:
            found = [(*path, name) for path in found]
    return found


def _at(document: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if type(document) is dict:
            document = document.get(name, MISSING)
        elif type(document) is list and is_index(name) and int(name) < len(document):
            document = document[int(name)]
        else:
            return MISSING
    return document


def _matched(document: Any, names: tuple[str, ...], query: Any) -> int:
    """Return the position of the array element that the query found, the first where one alone matches."""
    items = _at(document, names)
    found: set[int] = set()
    for name, value in _clauses(query, ".".join(names)) if type(items) is list else ():
        test = compile_query({name: value})
        found.update(next(([at] for at, item in enumerate(items) if test(_only(names, item))), []))
    if len(found) == 1:
        return found.pop()
    if found:
        raise UnsupportedError("the positional operator where several conditions match different elements")
    raise DatabaseError("The positional operator did not find the match needed from the query.")


def _clauses(query: Any, path: str) -> list[tuple[str, Any]]:
    found = []
    for name, value in query.items() if type(query) is dict else ():
        if name == "$and":
            for item in value:
                found += _clauses(item, path)
        elif name == path or name.startswith(path + "."):
            found.append((name, value))
    return found


def _only(names: tuple[str, ...], item: Any) -> Any:
    result: Any = [item]
    for name in reversed(names):
        result = {name: result}
    return result


def _change(document: Any, names: tuple[str, ...], change: Change, *, create: bool) -> None:
    holder = document
    for position, name in enumerate(names[:-1]):
        following = _get(holder, name, names, reading=not create)
        if following is MISSING:
            if not create:
                return
            following = {}
            _put(holder, name, following)
        holder = following
        if type(holder) is not dict and type(holder) is not list:
            if not create:
                return
            raise _uncreatable(names[position + 1], name, holder)
    last = names[-1]
    before = _get(holder, last, names, reading=not create)
    after = change(before, document.get("_id"), ".".join(names))
    if after is MISSING:
        if before is MISSING:
            return
        if type(holder) is list:
            holder[int(last)] = None
        else:
            del holder[last]
    elif after is not before:
        _put(holder, last, after)


def _uncreatable(field: str, name: str, holder: Any) -> DatabaseError:
    return DatabaseError(f"Cannot create field '{field}' in element {{{name}: {str(holder)[:80]}}}")


def _get(holder: Any, name: str, names: tuple[str, ...], reading: bool = False) -> Any:
    if type(holder) is dict:
        return holder.get(name, MISSING)
    if not is_index(name):
        if reading:
            return MISSING
        raise _uncreatable(name, ".".join(names[: names.index(name)]), holder)
    index = int(name)
    return holder[index] if index < len(holder) else MISSING


def _put(holder: Any, name: str, value: Any) -> None:
    if type(holder) is dict:
        holder[name] = value
        return
    index = int(name)
    if index < len(holder):
        holder[index] = value
        return
    if index - len(holder) > MAX_PADDING:
        raise DatabaseError(f"can't backfill more than {MAX_PADDING} elements of an array")
    holder.extend([None] * (index - len(holder)))
    holder.append(value)


def _rename(document: dict[str, Any], names: tuple[str, ...], target: tuple[str, ...]) -> None:
    holder: Any = document
    for name in names[:-1]:
        holder = holder.get(name, MISSING) if type(holder) is dict else MISSING
        if type(holder) is list:
            shown = ".".join(names)
            raise DatabaseError(f"The source field cannot be an array element, '{shown}' has an array field '{name}'")
    value = holder.get(names[-1], MISSING) if type(holder) is dict else MISSING
    if value is MISSING:
        return
    place: Any = document
    for name in target[:-1]:
        place = place.get(name, MISSING) if type(place) is dict else MISSING
        if type(place) is list:
            shown = ".".join(target)
            raise DatabaseError(f"The destination field cannot be an array element, '{shown}' has an array '{name}'")
    del holder[names[-1]]
    _change(document, target, lambda before, identifier, path: value, create=True)

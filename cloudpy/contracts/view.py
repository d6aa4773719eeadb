"""A contract's schema as one caller sees it: with the key names that the caller uses, and only what is sure.

Contracts are kept in camelCase. Who calls with `convertCase=False` writes the HTTPS names; a shape that no official
page describes is checked for nothing but files and keys that look misspelt. A view settles both, so that the check
itself knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._wire.case import snake
from .._wire.suggest import nearest
from .catalog import Schema

Naming = Callable[[str, Schema], str]
Fold = Callable[[str], str]
View = Mapping[str, Any]

ANSWER_IN_BYTES: Schema = {
    "type": "object",
    "properties": {"contentType": {"type": "string"}, "buffer": {"type": "bytes"}},
    "required": ["contentType", "buffer"],
}


def own_name(name: str, spec: Schema) -> str:
    """The camelCase name, as parameters are given and results come back by default."""
    return name


def wire_name(name: str, spec: Schema) -> str:
    """The HTTPS name, as parameters are given with `convertCase=False`."""
    said: str = spec.get("wire", snake(name))
    return said


def view(schema: Schema, naming: Naming, *, strict: bool) -> dict[str, Any]:
    """`schema` with its keys named by `naming`; without `strict` nothing is required and no type is held.

    A file parameter gets the type `file`, which only the validator of this package knows.
    """
    if schema.get("in") == "file":
        return {"type": "file"}
    properties: Mapping[str, Schema] = schema.get("properties", {})
    names = {name: naming(name, spec) for name, spec in properties.items()}
    seen: dict[str, Any] = {}
    if strict:
        seen.update(_held(schema, names))
    if properties:
        seen["properties"] = {names[name]: view(spec, naming, strict=strict) for name, spec in properties.items()}
    if "items" in schema:
        seen["items"] = view(schema["items"], naming, strict=strict)
    free = schema.get("additionalProperties")
    if free is not None:
        seen["additionalProperties"] = view(free, naming, strict=strict) if isinstance(free, Mapping) else free
    return seen


def _held(schema: Schema, names: Mapping[str, str]) -> dict[str, Any]:
    """What the schema holds a value to, apart from its members."""
    held: dict[str, Any] = {}
    if "type" in schema:
        held["type"] = [schema["type"], "string"] if schema.get("jsonText") else schema["type"]
    if "enum" in schema:
        held["enum"] = schema["enum"]
    if "required" in schema:
        held["required"] = [names[name] for name in schema["required"]]
    if "anyOf" in schema:
        held["anyOf"] = [{"required": [names[name] for name in option["required"]]} for option in schema["anyOf"]]
    if "dependentRequired" in schema:
        held["dependentRequired"] = {
            names[name]: [names[needed] for needed in also] for name, also in schema["dependentRequired"].items()
        }
    return held


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key that the view does not know: in the object at `where` (its path), which may still take `open_names`."""

    where: str
    key: str
    open_names: tuple[str, ...]
    known: tuple[str, ...]

    def meant(self, cutoff: float) -> str | None:
        """The name that the key is probably a misspelling of, among those not given yet."""
        found = nearest(self.key, self.open_names, cutoff=cutoff)
        return found[0] if found else None


def join(where: str, key: str) -> str:
    """The path of `key` in the object at `where`."""
    return f"{where}.{key}" if where else key


def renamed(seen: View, value: Any, fold: Fold) -> Any:
    """`value` with every key that folds to a name of the view written as that name.

    Two spellings of one name: the one written as the view has it wins, as the SDK's conversion does it.
    """
    if isinstance(value, Mapping):
        properties: Mapping[str, View] = seen.get("properties", {})
        free = seen.get("additionalProperties")
        by_fold = {fold(name): name for name in properties}
        made: dict[str, Any] = {}
        for given, each in sorted(value.items(), key=lambda item: item[0] in properties):
            name = by_fold.get(fold(str(given)), str(given))
            member = properties.get(name) or (free if isinstance(free, Mapping) else None)
            made[name] = renamed(member, each, fold) if member else each
        return made
    if isinstance(value, list | tuple):
        items: View = seen.get("items", {})
        return [renamed(items, each, fold) for each in value] if items else list(value)
    return value


def unknowns(seen: View, value: Any, where: str = "") -> Iterator[Unknown]:
    """The keys in `value` (already renamed) that the view does not know, the outer ones first."""
    if isinstance(value, Mapping):
        properties: Mapping[str, View] = seen.get("properties", {})
        free = seen.get("additionalProperties")
        if free is None and (properties or not where):
            open_names = tuple(name for name in properties if name not in value)
            for key in value:
                if key not in properties:
                    yield Unknown(where, key, open_names, tuple(properties))
        for key, each in value.items():
            member = properties.get(key) or (free if isinstance(free, Mapping) else None)
            if member:
                yield from unknowns(member, each, join(where, key))
    elif isinstance(value, list) and "items" in seen:
        for position, each in enumerate(value):
            yield from unknowns(seen["items"], each, f"{where}[{position}]")

"""The view of a contract's schema: with the key names that the caller uses, and only what is certain.

Contracts are in camelCase, while callers with `convertCase=False` use the HTTPS names. Shapes that no official page
describes are only checked for files and misspelt keys. A view hides both from the check.
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
    """Return the camelCase name, the default for parameters and results."""
    return name


def wire_name(name: str, spec: Schema) -> str:
    """Return the HTTPS name, for parameters with `convertCase=False`."""
    wire: str = spec.get("wire", snake(name))
    return wire


def view(schema: Schema, naming: Naming, *, strict: bool) -> dict[str, Any]:
    """Return `schema` with keys named by `naming`; without `strict` nothing is required and types are free.

    A file parameter gets the type `file`, which only the validator of this package knows.
    """
    if schema.get("in") == "file":
        return {"type": "file"}
    properties: Mapping[str, Schema] = schema.get("properties", {})
    names = {name: naming(name, spec) for name, spec in properties.items()}
    seen: dict[str, Any] = {}
    if strict:
        seen.update(_constraints(schema, names))
    if properties:
        seen["properties"] = {names[name]: view(spec, naming, strict=strict) for name, spec in properties.items()}
    if "items" in schema:
        seen["items"] = view(schema["items"], naming, strict=strict)
    free = schema.get("additionalProperties")
    if free is not None:
        seen["additionalProperties"] = view(free, naming, strict=strict) if isinstance(free, Mapping) else free
    return seen


def _constraints(schema: Schema, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the constraints of a schema, without those of its members."""
    constraints: dict[str, Any] = {}
    if "type" in schema:
        constraints["type"] = [schema["type"], "string"] if schema.get("jsonText") else schema["type"]
    if "enum" in schema:
        constraints["enum"] = schema["enum"]
    if "required" in schema:
        constraints["required"] = [names[name] for name in schema["required"]]
    if "anyOf" in schema:
        constraints["anyOf"] = [
            {"required": [names[name] for name in option["required"]]} for option in schema["anyOf"]
        ]
    if "dependentRequired" in schema:
        constraints["dependentRequired"] = {
            names[name]: [names[needed] for needed in also] for name, also in schema["dependentRequired"].items()
        }
    return constraints


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key that the view does not know, in the object at path `where`; `open_names` are not used there yet."""

    where: str
    key: str
    open_names: tuple[str, ...]
    known: tuple[str, ...]

    def meant(self, cutoff: float) -> str | None:
        """Return the unused name that the key probably misspells, or None."""
        found = nearest(self.key, self.open_names, cutoff=cutoff)
        return found[0] if found else None


def join(where: str, key: str) -> str:
    """Return the path of `key` in the object at `where`."""
    return f"{where}.{key}" if where else key


def renamed(seen: View, value: Any, fold: Fold) -> Any:
    """Return `value` with every key that folds to a name of the view renamed to it.

    Of two spellings of one name, the view's own wins, as in the SDK's conversion.
    """
    if isinstance(value, Mapping):
        properties: Mapping[str, View] = seen.get("properties", {})
        free = seen.get("additionalProperties")
        by_fold = {fold(name): name for name in properties}
        result: dict[str, Any] = {}
        for key, each in sorted(value.items(), key=lambda item: item[0] in properties):
            name = by_fold.get(fold(str(key)), str(key))
            member = properties.get(name) or (free if isinstance(free, Mapping) else None)
            result[name] = renamed(member, each, fold) if member else each
        return result
    if isinstance(value, list | tuple):
        items: View = seen.get("items", {})
        return [renamed(items, each, fold) for each in value] if items else list(value)
    return value


def unknowns(seen: View, value: Any, where: str = "") -> Iterator[Unknown]:
    """Yield the keys in `value` (already renamed) that the view does not know, outer ones first."""
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

"""A contract's schema as one caller sees it: with the key names that the caller uses, and only what is sure.

Contracts are kept in camelCase. Who calls with `convertCase=False` writes the HTTPS names; a shape that no official
page describes is checked for nothing but files and keys that look misspelt. A view settles both, so that the check
itself knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ._case import snake
from ._contract import Schema

Naming = Callable[[str, Schema], str]

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

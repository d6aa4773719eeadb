"""A quick check of values against JSON schemas, for the usual case that they fit.

Importing jsonschema takes longer than most commands run, so that it is imported only for its error messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def is_surely_valid(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    """Whether `value` fits a JSON schema; False if it does not, or if the schema has a keyword that is unknown here.

    Args:
        value: parsed YAML or JSON, or parameters.
        schema: JSON schema, or a part of one.
        definitions: the ``$defs`` of the whole schema.
    """
    return all(
        key in _ANNOTATIONS or (key in _KEYWORDS and _KEYWORDS[key](value, rule, schema, definitions))
        for key, rule in schema.items()
    )


def _fits_ref(value: Any, rule: str, _: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    name = rule.removeprefix("#/$defs/")
    return name in definitions and is_surely_valid(value, definitions[name], definitions)


def _fits_type(value: Any, rule: Any, *_: Any) -> bool:
    types = [rule] if isinstance(rule, str) else rule  # file and bytes are ours
    return any(
        _is_file(value)
        if each == "file"
        else isinstance(value, _TYPES[each]) and not (isinstance(value, bool) and each in _NUMBERS)
        for each in types
    )


def _is_file(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("contentType"), str)
        and isinstance(value.get("value"), bytes | bytearray | memoryview)
    )


def _fits_properties(value: Any, rule: Mapping[str, Any], _: Any, definitions: Mapping[str, Any]) -> bool:
    if not isinstance(value, dict):
        return True
    return all(is_surely_valid(value[key], part, definitions) for key, part in rule.items() if key in value)


def _fits_additional(value: Any, rule: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    if not isinstance(value, dict) or rule is True:
        return True
    rest = [item for key, item in value.items() if key not in schema.get("properties", ())]
    return not rest if rule is False else all(is_surely_valid(item, rule, definitions) for item in rest)


def _fits_items(value: Any, rule: Mapping[str, Any], _: Any, definitions: Mapping[str, Any]) -> bool:
    return not isinstance(value, list) or all(is_surely_valid(item, rule, definitions) for item in value)


def _fits_any(value: Any, rule: Iterable[Mapping[str, Any]], _: Any, definitions: Mapping[str, Any]) -> bool:
    return any(is_surely_valid(value, part, definitions) for part in rule)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_ANNOTATIONS = {
    *("$schema", "$defs", "title", "description", "description_zh", "default"),
    # our own, in contracts
    *("docIn", "fromExample", "in", "jsonText", "saidRequired", "wire"),
}
_NUMBERS = ("integer", "number")
_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,  # 1.0 is one too, for jsonschema
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "bytes": (bytes, bytearray, memoryview),
}
# Keyword -> whether a value fits, by the value, the keyword's value, the schema around it and all definitions.
_KEYWORDS: dict[str, Callable[[Any, Any, Any, Any], bool]] = {
    "$ref": _fits_ref,
    "type": _fits_type,
    "properties": _fits_properties,
    "additionalProperties": _fits_additional,
    "items": _fits_items,
    "anyOf": _fits_any,
    "required": lambda value, rule, *_: not isinstance(value, dict) or all(key in value for key in rule),
    "enum": lambda value, rule, *_: isinstance(value, str) and value in rule,
    "const": lambda value, rule, *_: isinstance(value, str) and value == rule,
    "minLength": lambda value, rule, *_: not isinstance(value, str) or len(value) >= rule,
    "maxLength": lambda value, rule, *_: not isinstance(value, str) or len(value) <= rule,
    "minItems": lambda value, rule, *_: not isinstance(value, list) or len(value) >= rule,
    "minProperties": lambda value, rule, *_: not isinstance(value, dict) or len(value) >= rule,
    "minimum": lambda value, rule, *_: not _is_number(value) or value >= rule,
    "maximum": lambda value, rule, *_: not _is_number(value) or value <= rule,
}

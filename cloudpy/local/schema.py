"""The check of a local.yaml against its JSON schema, with errors that say what to change."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any

from .._wire.suggest import did_you_mean
from ..contracts.schema import is_surely_valid
from .located_yaml import Document, LocalDataError, Path, kind_of

_WORDS = {"object": "a mapping", "array": "a list", "string": "a string", "integer": "an integer"}
_CHOICES = {
    "permissions": "a list of APIs, or the word all",
    "database": "a folder, or a mapping with folder and collections",
}
_MAX_ERRORS = 100  # only the first is reported, and a file may have many
_WORDS |= {"number": "a number", "boolean": "true or false", "null": "nothing"}


def check_local_yaml(document: Document) -> None:
    """Check a local.yaml.

    Raises:
        LocalDataError: the first error in the file.
    """
    _check(document, document.value, (), "")


def check_response(document: Document, value: Any, path: Path) -> None:
    """Check one response of a local.yaml, at `path`; raises like `check_local_yaml`."""
    _check(document, value, path, "answer")


def check_schema(document: Document, file: FilePath) -> None:
    """Check a file against another JSON schema; raises like `check_local_yaml`.

    Args:
        document: the file.
        file: path of the JSON schema; errors of an ``anyOf`` in it are not explained well.
    """
    _raise_first(document, document.value, (), _schema(file))


def find_bytes(value: Any, path: Path) -> Path | None:
    """Return the path of bytes inside a value, which JSON has no form for; None without any."""
    if isinstance(value, bytes):
        return path
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    return next((found for key, item in items if (found := find_bytes(item, (*path, key)))), None)


@functools.cache
def _schema(file: FilePath, part: str = "") -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return {"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"} if part else schema


def _check(document: Document, value: Any, path: Path, part: str) -> None:
    _raise_first(document, value, path, _schema(FilePath(__file__).with_name("local.schema.json"), part))


def _raise_first(document: Document, value: Any, path: Path, schema: dict[str, Any]) -> None:
    if is_surely_valid(value, schema, schema.get("$defs", {})):
        return
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema)
    # An invalid list of responses is checked item by item later, which gives better errors.
    wrong = (
        error
        for error in validator.iter_errors(value)
        if not (error.validator == "anyOf" and error.instance and isinstance(error.instance, list))
    )
    errors = [_explained(document, error, path) for error in itertools.islice(wrong, _MAX_ERRORS)]
    if errors:
        raise min(errors, key=lambda error: error.line)


def _explained(document: Document, error: Any, prefix: Path) -> LocalDataError:
    path: Path = (*prefix, *error.absolute_path)
    value, rule = error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", ()))
            wrong = next(key for key in value if key not in known)
            hint = did_you_mean(wrong, known, f"known are {', '.join(known)}", 0.7)
            return document.error((*path, wrong), f"unknown key; {hint}")
        case "required":
            missing = next(key for key in rule if key not in value)
            return document.error(path, f"{missing} is missing")
        case "type":
            expected = " or ".join(_WORDS[one] for one in ([rule] if isinstance(rule, str) else rule))
            quotes = ", in quotes" if rule == "string" and not isinstance(value, (dict, list, type(None))) else ""
            return document.error(path, f"must be {expected}{quotes}, is {kind_of(value)}")
        case "enum":
            return document.error(path, f"must be one of {', '.join(rule)}, is {str(value)[:40]!r}")
        case "minLength" | "minItems" | "minProperties":
            return document.error(path, "must not be empty")
        case "minimum" | "maximum" | "maxLength":
            words = {"minimum": "must be at least", "maximum": "must be at most", "maxLength": "is longer than"}
            return document.error(path, f"{words[error.validator]} {rule}")
    # Only these have an anyOf.
    expected = _CHOICES.get(str(path[-1]), "a reply, or a list of responses")
    return document.error(path, f"must be {expected}, is {kind_of(value)}")

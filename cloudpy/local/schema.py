"""The check of a local.yaml against its JSON schema, in words that say what to change."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any

from .._wire.suggest import did_you_mean
from .located_yaml import Document, LocalDataError, Path, kind

_WORDS = {"object": "a mapping", "array": "a list", "string": "a text", "integer": "a whole number"}
_CHOICES = {
    "permissions": "a list of APIs, or the word all",
    "database": "a folder, or a mapping with folder and collections",
}
_MAX_ERRORS = 100  # one alone is told, and a file can have hundreds of thousands
_WORDS |= {"number": "a number", "boolean": "true or false", "null": "nothing"}


def check(document: Document) -> None:
    """Checks a whole file.

    Raises:
        LocalDataError: what comes first in the file of all that is wrong.
    """
    _check(document, document.value, (), "")


def check_answer(document: Document, value: Any, path: Path) -> None:
    """Checks one answer of the file, at `path`; raises as `check` does."""
    _check(document, value, path, "answer")


def check_by(document: Document, file: FilePath) -> None:
    """Checks a whole file against another schema than that of local.yaml; raises as `check` does.

    Args:
        file: the JSON schema; of what it may say, ``anyOf`` is not told well.
    """
    _raise_first(document, document.value, (), _validator_of(file))


def binary(value: Any, path: Path) -> Path | None:
    """The path of bytes inside a value, for which JSON has no form."""
    if isinstance(value, bytes):
        return path
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    return next((found for key, item in items if (found := binary(item, (*path, key)))), None)


@functools.cache
def _validator(part: str) -> Any:
    import jsonschema  # here: it is slow to import, and only this needs it

    schema = json.loads(FilePath(__file__).with_name("local.schema.json").read_text("utf-8"))
    if part:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"}
    return jsonschema.Draft202012Validator(schema)


@functools.cache
def _validator_of(file: FilePath) -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(json.loads(file.read_text("utf-8")))


def _check(document: Document, value: Any, path: Path, part: str) -> None:
    _raise_first(document, value, path, _validator(part))


def _raise_first(document: Document, value: Any, path: Path, validator: Any) -> None:
    # A list of answers that does not fit is looked at one by one later, which tells more than that none of it fits.
    wrong = (
        error
        for error in validator.iter_errors(value)
        if not (error.validator == "anyOf" and error.instance and isinstance(error.instance, list))
    )
    errors = [_told(document, error, path) for error in itertools.islice(wrong, _MAX_ERRORS)]
    if errors:
        raise min(errors, key=lambda error: error.line)


def _told(document: Document, error: Any, prefix: Path) -> LocalDataError:
    path: Path = (*prefix, *error.absolute_path)
    found, rule = error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", ()))
            wrong = next(key for key in found if key not in known)
            hint = did_you_mean(wrong, known, f"it may be one of {', '.join(known)}", 0.7)
            return document.error((*path, wrong), f"unknown key; {hint}")
        case "required":
            missing = next(key for key in rule if key not in found)
            return document.error(path, f"{missing} is missing")
        case "type":
            wanted = " or ".join(_WORDS[one] for one in ([rule] if isinstance(rule, str) else rule))
            quotes = ", in quotes" if rule == "string" and not isinstance(found, (dict, list, type(None))) else ""
            return document.error(path, f"must be {wanted}{quotes}, is {kind(found)}")
        case "enum":
            return document.error(path, f"must be one of {', '.join(rule)}, is {str(found)[:40]!r}")
        case "minLength" | "minItems" | "minProperties":
            return document.error(path, "must not be empty")
        case "minimum" | "maximum" | "maxLength":
            words = {"minimum": "must be at least", "maximum": "must be at most", "maxLength": "is longer than"}
            return document.error(path, f"{words[error.validator]} {rule}")
    # What is left is the anyOf of these two.
    wants = _CHOICES.get(str(path[-1]), "a reply, or a list of answers")
    return document.error(path, f"must be {wants}, is {kind(found)}")

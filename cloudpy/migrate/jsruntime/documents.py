"""Documents of the database: what goes into them and what comes out."""

from __future__ import annotations

from typing import Any

from .dates import Date
from .objects import keys


def document(value: Any) -> Any:
    """Return a value in the form that the database accepts: instances as the objects of their fields."""
    if isinstance(value, dict):
        return {key: document(value[key]) for key in keys(value)}
    if hasattr(value, "_js_fields"):
        return document(value._js_fields)
    if isinstance(value, list):
        return [document(item) for item in value]
    return value


def dated(value: Any) -> Any:
    """Return a document of the database with JavaScript's Dates in it."""
    if isinstance(value, dict):
        return type(value)((key, dated(item)) for key, item in value.items())
    if isinstance(value, list):
        return type(value)(map(dated, value))
    return Date(value.timestamp() * 1000) if hasattr(value, "timestamp") else value

"""Documents of the database: what goes into them and what comes out."""

from __future__ import annotations

from typing import Any

from .dates import Date
from .objects import keys
from .promises import wait
from .values import UNDEFINED


def document(value: Any) -> Any:
    """Return a value in the form that the database accepts: without undefined, dates as datetime."""
    if isinstance(value, dict):
        return {key: document(value[key]) for key in keys(value) if value[key] is not UNDEFINED}
    if hasattr(value, "_js_fields"):
        return document(value._js_fields)
    if isinstance(value, list):
        return [document(item) for item in value]
    if hasattr(value, "to_datetime"):  # a Date
        return value.to_datetime()
    return None if value is UNDEFINED else value


def conditions(value: Any) -> Any:
    """Return what ``where`` takes. Conditions that are all undefined are an error there, and not every document."""
    if isinstance(value, dict) and value and all(item is UNDEFINED for item in value.values()):
        raise Exception("查询参数对象值不能均为undefined")
    return document(value)


def with_dates(value: Any) -> Any:
    """Return a result of the database with JavaScript's Dates in it."""
    if isinstance(value, dict):
        return {key: with_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_dates(item) for item in value]
    return Date(value.timestamp() * 1000) if hasattr(value, "timestamp") else value


async def dated(promise: Any) -> Any:
    """Await a result of the database. Return it with JavaScript's Dates in it."""
    return with_dates(await wait(promise))

"""Documents as the console shows and edits them: Extended JSON that keeps every type, and the cells of a table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import localcontext
from typing import Any, TypedDict

from ...local.database import DatabaseError, StoreError, ejson
from ...local.database.errors import DuplicateIdError, NoCollectionError
from ...local.database.values import DECIMAL_CONTEXT, type_name
from ...local.located_yaml import LocalDataError
from .route import ConsoleError

MAX_COLUMNS = 40
_MAX_CELL = 120  # characters
_MAX_TEXT = 200_000  # characters of a document in a list; a longer one is read alone


class Cell(TypedDict):
    """A value in a table: BSON's name of its type, and a short text."""

    type: str
    text: str


class ShownDocument(TypedDict):
    """A document.

    `id` and `text` are Extended JSON; `text` is null in a list if it is long. `rev` changes with every change.
    """

    id: str
    rev: str
    text: str | None
    cells: dict[str, Cell]


class ChangedError(DatabaseError):
    """A document is not what it was when the page read it."""


def shown(document: Any, *, whole: bool = False) -> dict[str, Any]:
    """Return a document as a `ShownDocument`; `whole` also if it is long."""
    text = ejson.readable(document, 2)
    cells = {name: cell(value) for name, value in list(document.items())[:MAX_COLUMNS]}
    kept = text if whole or len(text) <= _MAX_TEXT else None
    return {"id": identifier(document), "rev": revision(document), "text": kept, "cells": cells}


def identifier(document: Any) -> str:
    """Return the ``_id`` of a document as Extended JSON, empty for the result of an aggregation without one."""
    return ejson.readable(document["_id"]) if "_id" in document else ""


def cell(value: Any) -> dict[str, str]:
    """Return a value as a `Cell`."""
    kind = type_name(value)
    if kind == "string":
        text = ejson.UNPAIRED_SURROGATE.sub("\ufffd", value)
    elif kind == "date":
        text = ejson.readable(value).removeprefix('{"$date":"').removesuffix('"}')
    elif kind == "objectId":
        text = value.hex
    elif kind == "decimal":
        text = str(value)
    elif kind == "long":
        text = str(int(value))
    else:
        text = ejson.readable(value)
    return {"type": kind, "text": text if len(text) <= _MAX_CELL else f"{text[: _MAX_CELL - 1]}…"}


def columns(documents: list[Any]) -> list[str]:
    """Return the fields of some documents, the most frequent first, ``_id`` before all."""
    counts: dict[str, int] = {}
    for document in documents:
        for name in document:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda name: (name != "_id", -counts[name]))
    return names[:MAX_COLUMNS]


def revision(document: Any) -> str:
    """Return what changes with every change of a document."""
    return hashlib.sha256(ejson.encode(document)).hexdigest()[:16]


def expect(rev: str) -> Callable[[Any], None]:
    """Return a check for `Engine.replace` and `Engine.remove`: that a document still has this revision."""

    def check(before: Any) -> None:
        if before is None or revision(before) != rev:
            raise ChangedError("deleted" if before is None else "changed")

    return check


def parse(text: str, what: str, kind: type[Any] = dict) -> Any:
    """Return a value that a page sent as Extended JSON.

    Raises:
        ConsoleError: it is not Extended JSON, or another kind of value.
    """
    try:
        value = ejson.parse(text, what)
    except DatabaseError as error:
        raise ConsoleError(400, "INVALID_PARAM", error.message) from None
    if type(value) is not kind:
        words: dict[Any, str] = {
            dict: 'an object, such as {"done": false}',
            list: 'a list, such as [{"$match": {"done": false}}]',
        }
        raise ConsoleError(400, "INVALID_PARAM", f"{what} must be {words[kind]}; it is {type_name(value)}")
    return value


@contextmanager
def answering() -> Iterator[None]:
    """Turn the errors of a database into those of the console."""
    try:
        with localcontext(DECIMAL_CONTEXT):
            yield
    except ChangedError as error:
        problem = f"the document was {error.message} meanwhile; nothing was overwritten: load it again"
        raise ConsoleError(409, "CHANGED", problem) from None
    except DatabaseError as error:
        status = 404 if isinstance(error, NoCollectionError) else 409 if isinstance(error, DuplicateIdError) else 400
        raise ConsoleError(status, error.code, error.message) from None
    except LocalDataError as error:
        raise ConsoleError(400, "INVALID_PARAM", str(error)) from None
    except StoreError as error:
        raise ConsoleError(500, "SYS_ERR", str(error)) from None
    except (ArithmeticError, RecursionError) as error:
        problem = f"the local database cannot calculate this: {type(error).__name__} {error}"
        raise ConsoleError(400, "INVALID_PARAM", problem) from None

"""Documents as CSV: one column for each field, and cells that keep the type of every value.

A cell is Extended JSON where it can be read as that (``12``, ``true``, ``{"$date": …}``), else a string; a string that
could be misread is in the quotes of JSON. An empty cell stands for a field that is missing. The order of the fields
is that of the columns.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from .located_yaml import LocalDataError

_MAX_CELL = 16 * 1024 * 1024  # characters


def write_csv(documents: Iterable[Any], write: Callable[[str], object]) -> int:
    """Write documents, and return their number. The first character is a BOM, which spreadsheets need."""
    several = list(documents)
    names = list(dict.fromkeys(chain.from_iterable(several))) or ["_id"]

    class Sink:
        def write(self, text: str) -> None:
            write(text)

    write("\ufeff")
    writer = csv.writer(Sink(), lineterminator="\r\n")
    writer.writerow([_string(name) for name in names])
    for document in several:
        writer.writerow([_cell(document[name]) if name in document else "" for name in names])
    return len(several)


def read_csv(path: str) -> Iterator[dict[str, Any]]:
    """Yield the documents of a file.

    Raises:
        LocalDataError: the file cannot be read; the message names the line.
    """
    from .database import DatabaseError

    before = csv.field_size_limit(_MAX_CELL)
    line = 1
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            names = [_name(cell) for cell in next(reader, [])]
            if not any(names):
                raise LocalDataError(path, 1, "expected the names of the fields in the first line")
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise LocalDataError(path, 1, f"the field {twice!r} occurs twice in the first line")
            for row in reader:
                line = reader.line_num
                if not row:
                    continue
                if len(row) > len(names):
                    problem = f"has {len(row)} cells, more than the {len(names)} fields of the first line"
                    raise LocalDataError(path, line, problem)
                yield {name: _value(cell) for name, cell in zip(names, row, strict=False) if cell != ""}
    except UnicodeDecodeError:
        raise LocalDataError(path, 0, "is not UTF-8: save it as UTF-8") from None
    except csv.Error as error:
        raise LocalDataError(path, line + 1, f"is not CSV: {error}") from None
    except DatabaseError as error:
        raise LocalDataError(path, line, str(error)) from None
    except OSError as error:
        raise LocalDataError(path, 0, f"cannot be read: {error.strerror}") from None
    finally:
        csv.field_size_limit(before)


def _cell(value: Any) -> str:
    from .database import ejson

    return _string(value) if type(value) is str else ejson.readable(value)


def _string(text: str) -> str:
    from .database import ejson

    plain = bool(text) and all(char >= " " or char in "\t\n" for char in text) and "\x7f" not in text
    if plain and not ejson.UNPAIRED_SURROGATE.search(text) and _value(text) == text:
        return text
    return ejson.readable(text)


def _value(cell: str) -> Any:
    from .database import DatabaseError, ejson

    try:
        return ejson.parse(cell, "the cell")
    except DatabaseError:
        if cell.lstrip().startswith('{"$'):  # Extended JSON with a mistake is not a string
            raise
        return cell


def _name(cell: str) -> str:
    value = _value(cell)
    return value if type(value) is str else cell

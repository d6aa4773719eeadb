"""SQL texts as mysql2 makes them, and the rows of an answer as it gives them."""

from __future__ import annotations

import re
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import number, text
from .dates import Date, date_at, date_utc
from .jsons import parse_json
from .numbers import parse_float
from .values import is_nil

_SQL_ESCAPES = {
    "\0": "\\0", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z", '"': '\\"', "'": "\\'",
    "\\": "\\\\",
}  # fmt: skip
# What a question mark may be in without standing for a value; and the question marks themselves
_SQL_PARTS = re.compile(
    r"""'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|`(?:[^`]|``)*`?"""
    r"""|\#[^\n]*|--(?=[\0- ]|$)[^\n]*|/\*(?![!+]).*?(?:\*/|$)|\?+""",
    re.DOTALL,
)
_SQL_ASSIGNS = re.compile(r"(?i)(?:\bset|\bupdate|,)\s*$")
# Numbers of the types of columns
_SQL_WHOLE = {1, 2, 3, 8, 9, 13}
_SQL_REAL = {4, 5}
_SQL_DAYS = {7, 10, 12}
_SQL_DECIMAL = {0, 246}
_SQL_JSON = 245
_SQL_SHAPE = 255


def sql_id(name: Any) -> str:
    """Return ``mysql.escapeId(name)``."""
    if isinstance(name, list):
        return ", ".join(map(sql_id, name))
    return "`" + text(name).replace("`", "``").replace(".", "`.`") + "`"


def sql_value(value: Any, zone: Any = UNDEFINED) -> str:
    """Return ``mysql.escape(value)``."""
    if is_nil(value):
        return "NULL"
    if isinstance(value, bool | int | float):
        return text(value)
    if isinstance(value, Date):
        at = value.getTime()
        if at != at:
            return "NULL"
        parts = value._fields() if zone in (UNDEFINED, "local") else Date(at + 60_000 * _minutes(zone))._fields(True)
        year, month, day, hour, minute, second, ms, _ = parts
        return f"'{year:04}-{month + 1:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{ms:03}'"
    if isinstance(value, list):
        inner = [sql_value(each, zone) for each in value]
        return ", ".join(
            f"({each})" if isinstance(part, list) else each for each, part in zip(inner, value, strict=True)
        )
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, dict):
        return _escaped("[object Object]")
    if not isinstance(value, str):
        raise NotTranslated(f"a {type(value).__name__} as a value of mysql2 is not translated")
    return _escaped(value)


def _escaped(value: str) -> str:
    return "'" + "".join(_SQL_ESCAPES.get(letter, letter) for letter in value) + "'"


def _minutes(zone: Any) -> int:
    """Return how far a time zone as mysql2 takes it is from UTC."""
    found = re.fullmatch(r"([+\-\s])(\d\d):?(\d\d)?", text(zone))
    if zone == "Z":
        return 0
    if found is None:
        raise NotTranslated(f"the timezone {text(zone)} of mysql2 is not translated")
    return (-1 if found[1] == "-" else 1) * (int(found[2]) * 60 + int(found[3] or 0))


def sql_format(sql: Any, values: Any = UNDEFINED, zone: Any = UNDEFINED) -> str:
    """Return ``mysql.format(sql, values)``: each ``?`` is a value, each ``??`` a name."""
    if is_nil(values):
        return text(sql)
    left = list(values) if isinstance(values, list) else [values]

    def put(found: re.Match[str]) -> str:
        mark = found[0]
        if mark[0] != "?" or len(mark) > 2 or not left:
            return mark
        value = left.pop(0)
        if mark == "??":
            return sql_id(value)
        if not isinstance(value, dict):
            return sql_value(value, zone)
        if not _SQL_ASSIGNS.search(sql, 0, found.start()):
            raise NotTranslated("an object as a value of mysql2 is only translated after SET")
        given = {key: each for key, each in value.items() if not callable(each)}
        return ", ".join(f"{sql_id(key)} = {sql_value(each, zone)}" for key, each in given.items())

    return _SQL_PARTS.sub(put, text(sql))


def _cell(kind: int, value: Any, options: dict[str, Any], is_prepared: bool) -> Any:
    """Return one value of a row: of what the server wrote, as mysql2 reads it."""
    if value is None:
        return None
    if kind in _SQL_WHOLE:
        whole = int(value)
        big = kind == 8 and options.get("supportBigNumbers") is True
        if big and (abs(whole) > 2**53 - 1 or options.get("bigNumberStrings") is True):
            return value
        return number(value)
    if kind in _SQL_REAL:
        import struct

        real = parse_float(value)
        return struct.unpack("f", struct.pack("f", real))[0] if kind == 4 and is_prepared else real
    if kind in _SQL_DECIMAL:
        return parse_float(value) if options.get("decimalNumbers") is True else value
    if kind in _SQL_DAYS:
        if options.get("dateStrings") is True:
            return value
        return _day(value, options.get("timezone", "local"))
    if kind == _SQL_JSON:
        return parse_json(value)
    if kind == _SQL_SHAPE:
        raise NotTranslated("a column of geometry is not translated")
    return value


def _day(value: str, zone: Any) -> Any:
    parts = [int(part) for part in re.split("[-: .]", value.partition(".")[0])]
    parts[1] -= 1
    fraction = value.partition(".")[2]
    if fraction:
        parts.append(int(fraction[:3].ljust(3, "0")))
    if not any(parts[:1]) and not parts[2]:
        return Date(float("nan"))  # 0000-00-00
    if zone == "local":
        return date_at(*parts)
    return Date(number(date_utc(*parts)) - 60_000 * _minutes(zone))

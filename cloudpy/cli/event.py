"""The event of an invocation, as it is given on the command line: JSON, ``@FILE``, or ``-`` for standard input."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

_MOST = 6 * 1024 * 1024  # bytes: the largest event that the platform takes
_KINDS = {list: "a list", str: "a text", bool: "a boolean", type(None): "null", int: "a number", float: "a number"}
_QUOTES = """in a shell it goes into single quotes: --event '{"cloudID": "xxx"}'"""


class Event(click.ParamType[dict[str, Any]]):
    """A JSON object. Fails with a message that says where it is wrong."""

    name = "JSON|@FILE|-"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        where, data = self._read(value)
        if len(data) > _MOST:
            self.fail(f"{where} has {len(data)} bytes; the platform takes events of 6 MB at most")
        try:
            event = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
        except UnicodeDecodeError as error:
            self.fail(f"{where} is not UTF-8 (byte {error.start})")
        except json.JSONDecodeError as error:
            # a text that begins unlike JSON may be a file's name without its @
            hint = f"; {_QUOTES}, a file is named with @" if where == "the event" else ""
            self.fail(f"{where} is no JSON: line {error.lineno}, column {error.colno}: {error.msg}{hint}")
        except RecursionError:
            self.fail(f"{where} nests too deep")
        except ValueError as error:
            self.fail(f"{where} is no JSON: {error}")
        if not isinstance(event, dict):
            self.fail(f'{where} must be a JSON object such as {{"cloudID": "xxx"}}, is {_KINDS[type(event)]}')
        return event

    def _read(self, value: str) -> tuple[str, bytes]:
        if value == "-":
            if sys.stdin is None:
                self.fail("standard input is closed: there is no event to read")
            return "standard input", sys.stdin.buffer.read(_MOST + 1)
        if not value.startswith("@"):
            return "the event", value.encode("utf-8", "surrogateescape")
        path = value[1:]
        try:
            with open(path, "rb") as file:
                return path, file.read(_MOST + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.fail(f"the event's file {path!r} cannot be read: {why}")


def is_timer(event: dict[str, Any]) -> bool:
    """Whether an event is one that a timer sends; nobody stands behind it."""
    return event.get("Type") == "Timer" and "TriggerName" in event


def _refuse(literal: str) -> Any:
    raise ValueError(f"{literal} has no form in JSON")

"""What comes in by a door of the local WeChat and what goes out, and which door a request is for. No sockets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._wire import jsontext
from .answers import Fault

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class DoorRequest:
    """One HTTP request, whole; `target` is path and query as in the request line. Never shows its headers or body."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """The value of a header, or an empty text; of several the first."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """One HTTP answer, whole, and how it is given: after `delay` seconds, or broken by `fault`.

    `api`, `user` and `outcome` are for the log.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes = field(repr=False)
    delay: float = 0.0
    fault: Fault | str = ""
    api: str = ""
    user: str = ""
    outcome: str = ""


def json_answer(status: int, value: Any, *, content_type: str = JSON, **more: Any) -> DoorAnswer:
    """An answer in JSON."""
    return DoorAnswer(status, [("Content-Type", content_type)], jsontext.stringify(value).encode(), **more)

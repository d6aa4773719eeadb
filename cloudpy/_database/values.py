"""What stands in a document beside plain values: the server's date, and a regular expression by its text."""

from __future__ import annotations

from .invalid import Frozen, invalid, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class ServerDate(Frozen):
    """The time at which the database takes the request, with an offset in milliseconds."""

    __slots__ = ("offset",)
    _fields = ("offset",)
    _shown = "serverDate"
    offset: int

    def __init__(self, offset: int = 0) -> None:
        if isinstance(offset, bool) or not isinstance(offset, (int, float)):
            raise invalid(f"serverDate: offset must be a number of milliseconds, got {shown(offset)}")
        self._set(offset=offset)

    def __repr__(self) -> str:
        return f"serverDate(offset={self.offset!r})" if self.offset else "serverDate()"


class RegExp(Frozen):
    """A regular expression of the database, with the options ``i``, ``m`` and ``s``."""

    __slots__ = ("options", "regexp")
    _fields = ("regexp", "options")
    _shown = "RegExp"
    regexp: str
    options: str

    def __init__(self, regexp: str, options: str = "") -> None:
        if not isinstance(regexp, str) or not regexp:
            raise invalid(f"regexp must be a string, got {shown(regexp)}")
        if not isinstance(options, str):
            raise invalid(f"RegExp: options must be a string such as 'i', got {shown(options)}")
        self._set(regexp=regexp, options=options)

    def __repr__(self) -> str:
        return f"RegExp(regexp={self.regexp!r}, options={self.options!r})"


def server_date(options: Mapping[str, Any] | None = None, /, *, offset: int = 0) -> ServerDate:
    """``db.serverDate()``: the database's own time, `offset` milliseconds later."""
    if options is not None:
        offset = options.get("offset", 0)
    return ServerDate(offset or 0)


def regexp(params: Mapping[str, Any] | None = None, /, *, regexp: str = "", options: str = "") -> RegExp:
    """``db.RegExp(regexp=…, options=…)``, as one dict or keywords."""
    if params is not None:
        regexp, options = params.get("regexp", ""), params.get("options") or ""
    return RegExp(regexp, options)

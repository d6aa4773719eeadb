"""Responses that were set while the local WeChat runs: they come before those of every local.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .changes import Changes
from .responses import CannedResponse, CannedResponses


class Overrides:
    """The responses that were set, by API, with the value that they were written as; see `answers.parse_responses`."""

    def __init__(self, changes: Changes | None = None) -> None:
        self._changes = changes or Changes()
        self._found: dict[str, tuple[Any, CannedResponses]] = {}

    def set(self, api: str, value: Any, responses: Sequence[CannedResponse]) -> None:
        """Set all responses of an API, in place of earlier ones."""
        several = CannedResponses()
        for canned in responses:
            several.add(api, canned)
        self._found[api] = (value, several)
        self._changes.publish("responses", {"api": api})

    def clear(self, api: str | None = None) -> None:
        """Remove the responses of one API, or all."""
        for name in list(self._found) if api is None else [api]:
            if self._found.pop(name, None):
                self._changes.publish("responses", {"api": name})

    def apis(self) -> list[str]:
        """Return the APIs whose responses were set."""
        return list(self._found)

    def value(self, api: str) -> Any:
        """Return the value that was set for an API; None without one."""
        found = self._found.get(api)
        return found and found[0]

    def of(self, api: str) -> CannedResponses | None:
        """Return the responses that were set for an API; None without any."""
        found = self._found.get(api)
        return found and found[1]

    def __repr__(self) -> str:
        return f"<Overrides of {', '.join(self._found) or 'no API'}>"

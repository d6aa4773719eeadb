"""All requests of the console's API in one table, and how one is found."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote

from . import (
    apis,
    cloudids,
    database,
    functions,
    invocations,
    invoke,
    logs,
    media,
    overview,
    pay,
    recordings,
    replay,
    responses,
    state,
    storage,
    tokens,
    users,
)
from .console import Console
from .route import ConsoleError, FileResponse, Request, Route
from .shapes import describe

__all__ = ["ROUTES", "Api", "Console", "ConsoleError", "FileResponse", "Request", "Route", "describe"]

ROUTES: tuple[Route, ...] = (
    *overview.ROUTES,
    *functions.ROUTES,
    *invoke.ROUTES,
    *invocations.ROUTES,
    *logs.ROUTES,
    *users.ROUTES,
    *storage.ROUTES,
    *database.ROUTES,
    *responses.ROUTES,
    *pay.ROUTES,
    *media.ROUTES,
    *tokens.ROUTES,
    *apis.ROUTES,
    *cloudids.ROUTES,
    *replay.ROUTES,
    *recordings.ROUTES,
    *state.ROUTES,
)
_MAX_FIELDS = 50  # of a query string


class Api:
    """Finds the route of a request.

    Args:
        routes: all of them.
    """

    def __init__(self, routes: Iterable[Route] = ROUTES) -> None:
        self._routes = [(route.path.strip("/").split("/"), route) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Return the route of a request and the variables of its path.

        Args:
            method: of HTTP.
            path: below ``/_console/api``, still escaped.

        Raises:
            ConsoleError: there is no such route.
        """
        segments = path.strip("/").split("/")
        allowed: set[str] = set()
        for pattern, route in self._routes:
            params = _match(pattern, segments)
            if params is None:
                continue
            if route.method == method:
                return route, params
            allowed.add(route.method)
        if allowed:
            raise ConsoleError(405, "INVALID_METHOD", f"use {' or '.join(sorted(allowed))} here")
        raise ConsoleError(404, "NOT_FOUND", "the console's API has no such path; docs/console-api lists them")


def query_fields(query: str) -> dict[str, str]:
    """Return the fields of a query string.

    Raises:
        ConsoleError: there are too many, or one occurs twice.
    """
    if query.count("&") >= _MAX_FIELDS:
        raise ConsoleError(400, "INVALID_PARAM", f"more than {_MAX_FIELDS} query fields")
    fields: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in fields:
            raise ConsoleError(400, "INVALID_PARAM", f"the query field {name[:50]!r} occurs twice")
        fields[name] = value
    return fields


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    params: dict[str, str] = {}
    for expected, found in zip(pattern, segments, strict=True):
        if expected.startswith("{"):
            if not found:
                return None
            params[expected[1:-1]] = unquote(found, errors="replace")
        elif expected != found:
            return None
    return params

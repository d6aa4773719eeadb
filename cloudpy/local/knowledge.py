"""The seam to the contracts: what the local WeChat knows of APIs that it was told nothing about.

``Contracts`` asks ``cloudpy.contracts`` and imports it at the first question. Anything with the same methods can take
its place; ``Nothing`` knows no API at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, Protocol

from .answers import reply


class Route(NamedTuple):
    """How an API is called over HTTPS: its method, and the types of its parameters in the query string.

    `method` is None where nobody knows it. `types` maps a parameter's name there to ``number``, ``boolean`` or
    ``string``, since a query string holds texts alone.
    """

    api: str
    method: str | None
    types: Mapping[str, str]


class Knowledge(Protocol):
    """What may be asked about APIs; parameters are in camelCase."""

    def names(self) -> Collection[str]:
        """The APIs that are known."""
        ...

    def sample(self, api: str, params: Mapping[str, Any]) -> tuple[str, bytes] | None:
        """Content type and body (in snake_case) of a plausible answer, the same for the same request."""
        ...

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        """What is wrong with the parameters."""
        ...

    def refusal(self, api: str) -> str | None:
        """Why WeChat does not offer this API to cloud call, when that is known."""
        ...

    def route(self, path: str) -> Route | None:
        """The API behind a path of the HTTPS API."""
        ...


class Contracts:
    """The contracts that come with the package; they are read with the first question, since they bring yaml along."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] | None = None

    def names(self) -> Collection[str]:
        from .. import contracts

        return contracts.names()

    def sample(self, api: str, params: Mapping[str, Any]) -> tuple[str, bytes] | None:
        from .. import contracts

        if contracts.get(api) is None:
            return None
        made = contracts.sample_reply(api, params)
        if made.body is not None:
            return made.content_type or "application/octet-stream", made.body
        answer = reply(made.json or {})
        return answer.content_type, answer.body

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        from .. import contracts

        return tuple(str(problem) for problem in contracts.check_params(api, params))

    def refusal(self, api: str) -> str | None:
        from .. import contracts

        return contracts.refusal(api)

    def route(self, path: str) -> Route | None:
        if self._routes is None:  # every contract is read for this: at the first call over HTTPS, not before
            self._routes = _routes()
        return self._routes.get(path)


def _routes() -> dict[str, Route]:
    from .. import contracts

    routes: dict[str, Route] = {}
    for name in contracts.names():
        contract = contracts.get(name)
        assert contract is not None
        types = {one.wire: str(one.schema.get("type", "string")) for one in contract.parameters if one.place == "query"}
        # Of several names for one path the first stands for all of them.
        routes.setdefault(contract.path, Route(name, contract.method, types))
    return routes


class Nothing:
    """No knowledge at all."""

    def names(self) -> Collection[str]:
        return ()

    def sample(self, api: str, params: Mapping[str, Any]) -> tuple[str, bytes] | None:
        return None

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        return ()

    def refusal(self, api: str) -> str | None:
        return None

    def route(self, path: str) -> Route | None:
        return None

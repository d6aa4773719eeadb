"""API metadata for calls without a canned response.

``ContractCatalog`` reads ``cloudpy.contracts``, imported on first use. Anything with the same methods can replace it;
``EmptyCatalog`` has no APIs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .responses import reply_response

if TYPE_CHECKING:
    from ..contracts import Contract


class Route(NamedTuple):
    """How an API is called over HTTPS.

    `method` is None where unknown. `types` maps the names of parameters in the query string, which are all strings
    there, to ``number``, ``boolean`` or ``string``.
    """

    api: str
    method: str | None
    types: Mapping[str, str]


class ApiCatalog(Protocol):
    """A source of API metadata; parameters are in camelCase."""

    def names(self) -> Collection[str]:
        """Return the names of all APIs."""
        ...

    def sample(self, api: str, params: Mapping[str, Any]) -> tuple[str, bytes] | None:
        """Return content type and body (in snake_case) of a plausible response, the same for the same request."""
        ...

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the violations of the API's contract."""
        ...

    def refusal(self, api: str) -> str | None:
        """Return why WeChat does not offer this API to cloud call, or None."""
        ...

    def routes(self, path: str) -> tuple[Route, ...]:
        """Return the APIs at a path of the HTTPS API, the likeliest first; several may share a path."""
        ...


class ContractCatalog:
    """The contracts of the package, imported on first use because they import yaml."""

    def names(self) -> Collection[str]:
        from .. import contracts

        return contracts.names()

    def sample(self, api: str, params: Mapping[str, Any]) -> tuple[str, bytes] | None:
        from .. import contracts

        if contracts.get(api) is None:
            return None
        sample = contracts.sample_reply(api, params)
        if sample.body is not None:
            return sample.content_type or "application/octet-stream", sample.body
        response = reply_response(sample.json or {})
        return response.content_type, response.body

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        from .. import contracts

        return tuple(str(problem) for problem in contracts.check_params(api, params))

    def refusal(self, api: str) -> str | None:
        from .. import contracts

        return contracts.refusal(api)

    def routes(self, path: str) -> tuple[Route, ...]:
        from .. import contracts

        matches = [contract for name in contracts.at_path(path) if (contract := contracts.get(name))]
        # Names of the mini program before those of official accounts, certain contracts before uncertain ones.
        matches.sort(key=lambda one: (one.name.startswith("officialAccount."), not one.certain))
        return tuple(_route(contract) for contract in matches)


def _route(contract: Contract) -> Route:
    types = {one.wire: str(one.schema.get("type", "string")) for one in contract.parameters if one.place == "query"}
    return Route(contract.name, contract.method, types)


class EmptyCatalog:
    """A catalog without APIs."""

    def names(self) -> Collection[str]:
        return ()

    def sample(self, api: str, params: Mapping[str, Any]) -> tuple[str, bytes] | None:
        return None

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        return ()

    def refusal(self, api: str) -> str | None:
        return None

    def routes(self, path: str) -> tuple[Route, ...]:
        return ()

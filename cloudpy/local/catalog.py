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
    """How an API is called over HTTPS: its method, and the types of its parameters in the query string.

    `method` is None where nobody knows it. `types` maps a parameter's name there to ``number``, ``boolean`` or
    ``string``, since a query string holds texts alone.
    """

    api: str
    method: str | None
    types: Mapping[str, str]


class ApiCatalog(Protocol):
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

    def routes(self, path: str) -> tuple[Route, ...]:
        """The APIs behind a path of the HTTPS API; several names may share one, the likeliest comes first."""
        ...


class ContractCatalog:
    """The contracts that come with the package; they are read with the first question, since they bring yaml along."""

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
        answer = reply_response(made.json or {})
        return answer.content_type, answer.body

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        from .. import contracts

        return tuple(str(problem) for problem in contracts.check_params(api, params))

    def refusal(self, api: str) -> str | None:
        from .. import contracts

        return contracts.refusal(api)

    def routes(self, path: str) -> tuple[Route, ...]:
        from .. import contracts

        known = [contracts.get(name) for name in contracts.at_path(path)]
        found = [contract for contract in known if contract is not None]
        # The mini program's own names before those of official accounts, what is sure before what is not.
        found.sort(key=lambda one: (one.name.startswith("officialAccount."), not one.certain))
        return tuple(_route(contract) for contract in found)


def _route(contract: Contract) -> Route:
    types = {one.wire: str(one.schema.get("type", "string")) for one in contract.parameters if one.place == "query"}
    return Route(contract.name, contract.method, types)


class EmptyCatalog:
    """No knowledge at all."""

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

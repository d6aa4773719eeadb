"""Resources of other accounts: who may use them, and the credentials that whoever may is given."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field

API = "getCrossAccountToken"
UNAUTHORIZED = -601012


@dataclass(frozen=True, slots=True)
class CrossAccountGrant:
    """The permission to use an environment of another account."""

    appid: str
    env: str
    secret_id: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)
    proof: bytes = field(repr=False)


class Accounts:
    """The other accounts of one local WeChat. As long as none is named, all share whatever they are asked for."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._shared: set[tuple[str, str]] = set()
        self._grants: dict[bytes, CrossAccountGrant] = {}

    def share(self, appid: str, env: str) -> None:
        """Lets an account share an environment; one that shares none gets no calls any more."""
        self._shared.add((appid, env))

    def grant(self, appid: str, env: str) -> CrossAccountGrant | None:
        """Credentials for an environment of another account; None when it is not shared."""
        if not appid or not env or (self._shared and (appid, env) not in self._shared):
            return None
        made = [self._random_bytes(16).hex() for _ in range(3)]
        grant = CrossAccountGrant(appid, env, f"AKIDshared{made[0]}", made[1], made[2], self._random_bytes(24))
        self._grants[grant.proof] = grant
        return grant

    def adopt(self, other: Accounts) -> None:
        """Takes over the grants that another one gave."""
        self._grants.update(other._grants)

    def of(self, authorization: str) -> CrossAccountGrant | None:
        """The grant that a ``crossAuthorizationToken`` proves, if it is one of this run."""
        try:
            proof = base64.b64decode(
                json.loads(base64.b64decode(authorization, validate=True))["mpToken"], validate=True
            )
        except (ValueError, TypeError, KeyError):
            return None
        return self._grants.get(proof)

    def __repr__(self) -> str:
        return f"<Accounts, {len(self._grants)} grants>"

"""Resources that other accounts share, and the credentials for them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field

API = "getCrossAccountToken"
UNAUTHORIZED = -601012


@dataclass(frozen=True, slots=True)
class CrossAccountGrant:
    """Credentials for an environment of another account; `ticket` is the secret that a client proves it with."""

    appid: str
    env: str
    secret_id: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)
    ticket: bytes = field(repr=False)


class Accounts:
    """The other accounts of one local WeChat. Until one is named, all share everything."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._shared: set[tuple[str, str]] = set()
        self._grants: dict[bytes, CrossAccountGrant] = {}

    def share(self, appid: str, env: str) -> None:
        """Let an account share an environment; accounts that share nothing are rejected from then on."""
        self._shared.add((appid, env))

    def grant(self, appid: str, env: str) -> CrossAccountGrant | None:
        """Return new credentials for an environment of another account, or None when it is not shared."""
        if not appid or not env or (self._shared and (appid, env) not in self._shared):
            return None
        secret_id, secret_key, token = (self._random_bytes(16).hex() for _ in range(3))
        grant = CrossAccountGrant(appid, env, f"AKIDshared{secret_id}", secret_key, token, self._random_bytes(24))
        self._grants[grant.ticket] = grant
        return grant

    def adopt(self, other: Accounts) -> None:
        """Accept the grants of another instance, too."""
        self._grants.update(other._grants)

    def find_grant(self, authorization: str) -> CrossAccountGrant | None:
        """Return the grant of a ``crossAuthorizationToken``, or None for an unknown or malformed one."""
        try:
            ticket = base64.b64decode(
                json.loads(base64.b64decode(authorization, validate=True))["mpToken"], validate=True
            )
        except (ValueError, TypeError, KeyError):
            return None
        return self._grants.get(ticket)

    def __repr__(self) -> str:
        return f"<Accounts, {len(self._grants)} grants>"

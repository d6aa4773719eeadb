"""The Authorization headers of requests to the gateway, taken apart."""

from __future__ import annotations

import re

from .signature import ALGORITHM

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<id>[^/]*)/(?P<scope>[^,]*),(?: SignedParams=(?P<params>[^,]*),)?"
    r" SignedHeaders=(?P<headers>[^,]*), Signature=(?P<signature>[0-9a-f]{64})"
)


class Authorization:
    """The parts of an Authorization header; the scope is ``date/tcb/tc3_request``."""

    __slots__ = ("headers", "params", "scope", "secret_id", "signature")

    def __init__(self, secret_id: str, scope: str, params: list[str], headers: list[str], signature: str) -> None:
        self.secret_id = secret_id
        self.scope = scope
        self.params = params
        self.headers = headers
        self.signature = signature


def parse(header: str) -> Authorization | None:
    """Return the parts of an Authorization header, or None for another algorithm."""
    match = _AUTHORIZATION.fullmatch(header)
    if not match:
        return None
    params = match["params"].split(";") if match["params"] else []
    return Authorization(match["id"], match["scope"], params, match["headers"].split(";"), match["signature"])

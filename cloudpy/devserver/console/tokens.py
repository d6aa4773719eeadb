"""Access tokens of the HTTPS API. They are secrets: pages see a part of each."""

from __future__ import annotations

import hashlib
from typing import Any, TypedDict

from ..._client.secret_patterns import HIDDEN
from .console import Console
from .route import ConsoleError, Request, Route

_SHOWN = 4  # characters of a token


class ShownToken(TypedDict):
    """A token: the account, when it expires, in seconds since 1970, and whether it is valid now."""

    id: str
    token: str
    account: str
    stable: bool
    ends: float
    valid: bool


class TokenList(TypedDict):
    """Access tokens, the newest first, and the seconds that a new one is valid."""

    tokens: list[ShownToken]
    life: float


def _list(console: Console, _: Request) -> dict[str, Any]:
    tokens, now = console.backend.tokens, console.backend.clock()
    found = [
        {
            "id": _id(one.token),
            "token": f"{one.token[:_SHOWN]}{HIDDEN}",
            "account": one.account,
            "stable": one.stable,
            "ends": one.ends,
            "valid": now < one.ends,
        }
        for one in tokens.access_tokens()
    ]
    return {"tokens": found[::-1], "life": tokens.life}


def _expire(console: Console, request: Request) -> None:
    for one in console.backend.tokens.access_tokens():
        if _id(one.token) == request.params["token"]:
            console.backend.tokens.expire(one.token)
            return
    raise ConsoleError(404, "NOT_FOUND", "there is no such token: it expired some time ago")


def _id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


ROUTES = (
    Route("GET", "/tokens", _list, "Access tokens, masked.", "access_token（已脱敏）。", result=TokenList),
    Route(
        "POST",
        "/tokens/{token}/expire",
        _expire,
        "Let an access token expire now: calls with it are answered 42001.",
        "让 access_token 立即过期，之后使用它的调用返回 42001。",
        changes=True,
        result=None,
    ),
)

"""Tokens that the local WeChat issues: API tokens, which carry their caller, and access tokens."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from .changes import Changes
from .users import Caller, User

ACCESS_TOKEN_LIFE = 7200.0  # seconds, as of /cgi-bin/token
CLOUDBASE_TOKEN_LIFE = 1800.0  # seconds, as of the file in a Cloud Run container
_OVERLAP = 1 / 24  # the share of its life for which an access token is valid after a newer one: five minutes
MAX_EXPIRED = 100  # expired tokens that are still told from invented ones


class AccessToken(NamedTuple):
    """An access token: the account that it is for, or ``cloudbase``, and when it expires, in seconds since 1970."""

    token: str
    account: str
    ends: float
    stable: bool

    def __repr__(self) -> str:
        return f"AccessToken(account={self.account!r}, ends={self.ends!r}, stable={self.stable!r})"


class Tokens:
    """The tokens of one run of the local WeChat; tokens of another run are invalid.

    API tokens (``WX_API_TOKEN``) carry their caller, signed with a key that never leaves this object, so issuing
    millions of them takes no memory. Access tokens are few and expire.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        life: float = ACCESS_TOKEN_LIFE,
        changes: Changes | None = None,
    ) -> None:
        self._changes = changes or Changes()
        self.life = life  # seconds of an access token
        self.secrets: dict[str, str] = {}  # appid -> AppSecret; of an account that is not here, any will do
        self._clock = clock
        self._random_bytes = random_bytes
        self._seal = random_bytes(32)
        self._recent: dict[str, Caller] = {}  # most calls use the same few tokens
        self._access: dict[str, tuple[str, float]] = {}  # token -> kind, end
        self._stable: dict[str, str] = {}  # appid -> token
        self._tickets: dict[tuple[str, str], tuple[str, float]] = {}  # appid and type -> ticket, end

    def mint(self, caller: Caller) -> str:
        """Return an API token for `caller`; opaque, and ending in ``=`` like WeChat's own."""
        user = caller.user
        who = [user.openid, user.unionid, user.appid, user.client_ip] if user else None
        payload = json.dumps([who, caller.function, caller.source, caller.invocation])
        ticket = hmac.digest(self._seal, payload.encode(), "sha256").hex()
        event = self._random_bytes(8).hex()
        text = json.dumps({"Version": "local", "KeyVersion": "0", "eventId": event, "for": payload, "ticket": ticket})
        text += " " * ((2 - len(text)) % 3)  # two bytes more than a multiple of three end in one "="
        return base64.b64encode(text.encode()).decode()

    def find_caller(self, token: str) -> Caller | None:
        """Return the caller that an API token was issued for, or None for an invalid token."""
        known = self._recent.get(token)
        if known is not None:
            return known
        try:
            sealed: Any = json.loads(base64.b64decode(token, validate=True))
            payload, ticket = sealed["for"], sealed["ticket"]
            if not hmac.compare_digest(hmac.digest(self._seal, payload.encode(), "sha256").hex(), ticket):
                return None
            who, function, source, invocation = json.loads(payload)
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if len(self._recent) >= MAX_EXPIRED:
            self._recent.clear()
        caller = self._recent[token] = Caller(User(*who) if who else None, function, source, invocation)
        return caller

    def access_token(self, appid: str, *, stable: bool = False, refresh: bool = False) -> tuple[str, int]:
        """Return an access token for the HTTPS API and the seconds until it expires.

        Args:
            appid: the account.
            stable: return the same token until shortly before it expires, as ``/cgi-bin/stable_token`` does.
            refresh: return a new stable token, which ends the one before it at once.
        """
        now = self._clock()
        overlap = self.life * _OVERLAP
        current = self._stable.get(appid, "")
        left = self._access.get(current, ("", 0.0))[1] - now
        if stable and not refresh and left > overlap:
            return current, int(left)
        for token, (kind, end) in self._access.items():
            if kind == appid and (token == current) == stable:
                self._access[token] = (kind, now if stable and refresh else min(end, now + overlap))
        token = self._new(appid, self.life)
        if stable:
            self._stable[appid] = token
        return token, int(self.life)

    def jsapi_ticket(self, appid: str, kind: str) -> tuple[str, int]:
        """Return a ticket of ``/cgi-bin/ticket/getticket``, the same until it expires, and the seconds left."""
        ticket, end = self._tickets.get((appid, kind), ("", 0.0))
        if end <= self._clock():
            ticket, end = self._random_bytes(40).hex(), self._clock() + self.life
            self._tickets[appid, kind] = (ticket, end)
        return ticket, int(end - self._clock())

    def access_tokens(self) -> list[AccessToken]:
        """Return the access tokens that are valid or expired a short time ago, the oldest first."""
        stable = set(self._stable.values())
        return [AccessToken(token, kind, end, token in stable) for token, (kind, end) in list(self._access.items())]

    def expire(self, token: str) -> bool:
        """Make an access token expire now; WeChat's errcode is 42001 from then on. Return False for an unknown one."""
        known = self._access.get(token)
        if known is None:
            return False
        self._access[token] = (known[0], min(known[1], self._clock()))
        self._changes.publish("tokens", {})
        return True

    def appid_of(self, token: str) -> str:
        """Return the account of a valid access token."""
        return self._access[token][0]

    def ai_token(self) -> str:
        """Return a token for models and bots, signed like API tokens."""
        nonce = self._random_bytes(16).hex()
        return f"{nonce}.{hmac.digest(self._seal, f'ai:{nonce}'.encode(), 'sha256').hex()}"

    def is_ai_token(self, token: str) -> bool:
        """Whether we issued this token."""
        nonce, _, seal = token.partition(".")
        wanted = hmac.digest(self._seal, f"ai:{nonce}".encode("utf-8", "replace"), "sha256").hex()
        return hmac.compare_digest(wanted.encode(), seal.encode("utf-8", "replace"))

    def cloudbase_access_token(self) -> str:
        """Return a token as Cloud Run gives its containers: ``cloudbase_access_token``."""
        return self._new("cloudbase", CLOUDBASE_TOKEN_LIFE)

    def check_access_token(self, token: str, kind: str = "access_token") -> int:
        """Return WeChat's errcode for an access token: 0 for a valid one, 42001 expired, 40001 invalid.

        Args:
            token: the access token.
            kind: ``access_token`` or ``cloudbase_access_token``, the parameter it was sent in.
        """
        known = self._access.get(token)
        if known is None or (known[0] == "cloudbase") != (kind == "cloudbase_access_token"):
            return 40001
        return 0 if self._clock() < known[1] else 42001

    def _new(self, kind: str, life: float) -> str:
        now = self._clock()
        ended = [token for token, (_, end) in self._access.items() if end <= now]
        for token in ended[: max(0, len(self._access) - MAX_EXPIRED)]:
            del self._access[token]
        while len(self._access) > 10 * MAX_EXPIRED:  # a stopped clock must not fill the memory
            del self._access[next(iter(self._access))]
        token = base64.urlsafe_b64encode(self._random_bytes(60)).decode()
        self._access[token] = (kind, now + life)
        self._changes.publish("tokens", {})
        return token

    def __repr__(self) -> str:
        return "<Tokens>"

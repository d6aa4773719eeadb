"""The ``access_token`` of one account, from WeChat's token endpoints."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from ..errors import INVALID_PARAM, CloudSDKError, ConfigError
from ..stores import MemoryStore, Store, open_store
from .endpoint import Endpoint
from .shared import Fetched, SharedValue
from .source import SharedSource

_STABLE_PATH = "/cgi-bin/stable_token"
_CLASSIC_PATH = "/cgi-bin/token"


class _Token:
    """What both endpoints share."""

    _kind: str

    def __init__(
        self,
        appid: str,
        secret: str,
        *,
        store: Store | str | None = None,
        serviceUrl: str = "",  # noqa: N803 - spelled as in init()
        proxy: str = "",
        ca: str = "",
    ) -> None:
        for name, value in (("appid", appid), ("secret", secret)):
            if not isinstance(value, str) or not value or value != value.strip():  # type: ignore[redundant-expr]
                actual = "one with blanks around it" if isinstance(value, str) and value else "an empty string"  # type: ignore[redundant-expr]
                actual = actual if isinstance(value, str) else f"a {type(value).__name__}"  # type: ignore[redundant-expr]
                raise ConfigError(INVALID_PARAM, f"{type(self).__name__}: {name} must be a string, got {actual}")
        if serviceUrl and not serviceUrl.startswith(("http://", "https://")):
            raise ConfigError(INVALID_PARAM, f"{type(self).__name__}: serviceUrl must begin with http:// or https://")
        self.appid = appid
        self._secret = secret
        self.store: Store = MemoryStore() if store is None else open_store(store)
        self._own = (serviceUrl, proxy, ca)
        self._sources: dict[tuple[str, str, str], SharedSource] = {}
        self._lock = threading.Lock()

    def get(self, *, refused: str = "") -> str:
        """Return the token, and wait for it if necessary.

        Args:
            refused: the token that WeChat rejected with 40001, 40014 or 42001. It is not returned again.

        Raises:
            CloudSDKError: WeChat returned an error, such as 40125 (wrong secret), 40164 (address not on the whitelist).
            StoreError: the store cannot be reached.
            TransportError, CallTimeoutError: WeChat did not answer.
        """
        token = self._token_source().get(refused)
        assert token is not None  # without a deadline
        return token

    async def aget(self, *, refused: str = "") -> str:
        """Return the token, as ``get`` does, awaited."""
        source = self._token_source()
        return source.current if source.is_ready(refused) else await source.get_async(refused)

    def _token_source(self, service_url: str = "", proxy: str = "", ca: str = "") -> SharedSource:
        """Return the source for a Cloud with these options; they count where no others were given to the token."""
        there = tuple(own or its for own, its in zip(self._own, (service_url, proxy, ca), strict=True))
        with self._lock:
            source = self._sources.get(there)  # type: ignore[arg-type]
            if source is None:
                endpoint = Endpoint(*there)
                name = f"{type(self).__name__}({self.appid})"
                fetch = self._fetch(name, endpoint)
                shared = SharedValue(name, self.store, self._key(endpoint), self._identity(), fetch)
                source = self._sources[there] = SharedSource(name, shared)  # type: ignore[index]
        return source

    def _key(self, endpoint: Endpoint) -> str:
        # A local WeChat's tokens mean nothing to WeChat.
        where = "" if endpoint.is_wechat else f"@{endpoint.service_url.partition('://')[2]}"
        return f"{self._kind}:{self.appid}{where}"

    def _identity(self) -> str:
        return hashlib.sha256(f"{self.appid}:{self._secret}".encode()).hexdigest()[:16]

    def _fetch(self, name: str, endpoint: Endpoint) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:  # no secret
        return f"<{type(self).__name__} {self.appid}, {self.store!r}>"


class StableToken(_Token):
    """The token of ``/cgi-bin/stable_token``, which WeChat gives again until it expires.

    Give it to ``init(transport="https", access_token=…)``.

    Args:
        appid: of the mini program or official account.
        secret: its AppSecret.
        store: where processes share the token; see ``cloudpy.stores``. Default: in the memory of this process.
        serviceUrl: address of WeChat's HTTPS API. Default: that of the Cloud that uses the token.
        proxy: as of ``init()``. Default: that of the Cloud that uses the token.
        ca: likewise.

    Raises:
        ConfigError: an argument is unusable.
    """

    _kind = "stable_token"

    def _fetch(self, name: str, endpoint: Endpoint) -> Any:
        def fetch(refused: str, timeout: float) -> Fetched:
            found = self._ask(name, endpoint, timeout, force=False)
            if refused and found.value == refused:
                found = self._ask(name, endpoint, timeout, force=True)  # WeChat allows 20 of these a day
            return found

        return fetch

    def _ask(self, name: str, endpoint: Endpoint, timeout: float, *, force: bool) -> Fetched:
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self._secret, "force_refresh": force}
        answer = endpoint.ask(
            name, _STABLE_PATH, body=body, timeout=timeout, repeatable=not force, secrets=[self._secret]
        )
        return fetched(name, answer, "access_token")


class ClassicToken(_Token):
    """The token of ``/cgi-bin/token``: each one that WeChat gives ends the one before it, five minutes later.

    For programs that share an account with others that use this endpoint. Takes what ``StableToken`` takes.
    """

    _kind = "token"

    def _fetch(self, name: str, endpoint: Endpoint) -> Any:
        def fetch(refused: str, timeout: float) -> Fetched:  # noqa: ARG001  the caller passes it
            query = {"grant_type": "client_credential", "appid": self.appid, "secret": self._secret}
            answer = endpoint.ask(
                name, _CLASSIC_PATH, query=query, timeout=timeout, repeatable=True, secrets=[self._secret]
            )
            return fetched(name, answer, "access_token")

        return fetch


def fetched(name: str, answer: dict[str, Any], key: str) -> Fetched:
    """Return the value of an answer.

    Raises:
        CloudSDKError: it is not there.
    """
    value, seconds = answer.get(key), answer.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        raise CloudSDKError(-1, f"{name}:fail the answer lacks {key} or expires_in")
    return Fetched(value, float(seconds))

"""The ``jsapi_ticket``, which signs the URLs of pages that use WeChat's JS-SDK."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any, Literal

from ..errors import INVALID_PARAM, CloudSDKError, ConfigError
from ..stores import Store, open_store
from .access_token import ClassicToken, StableToken, fetched
from .endpoint import Endpoint
from .shared import Fetched, SharedValue
from .source import SharedSource

_PATH = "/cgi-bin/ticket/getticket"
_REFUSED = (40001, 40014, 42001)


class JsapiTicket:
    """The ticket of an official account, shared as its access token is.

    Args:
        access_token: of the same account.
        store: where processes share the ticket. Default: the store of the access token.
        type: ``jsapi``, or ``wx_card`` for cards and coupons.

    Raises:
        ConfigError: an argument is unusable.
    """

    def __init__(
        self,
        access_token: StableToken | ClassicToken,
        *,
        store: Store | str | None = None,
        type: Literal["jsapi", "wx_card"] = "jsapi",
    ) -> None:
        if not isinstance(access_token, (StableToken, ClassicToken)):
            found = access_token.__class__.__name__  # type: ignore[unreachable]
            raise ConfigError(INVALID_PARAM, f"JsapiTicket needs a StableToken or ClassicToken, got a {found}")
        if type not in ("jsapi", "wx_card"):
            raise ConfigError(INVALID_PARAM, f"JsapiTicket: type must be 'jsapi' or 'wx_card', got {type!r}")
        self._token = access_token
        self._type = type
        self.store: Store = access_token.store if store is None else open_store(store)
        self._endpoint = Endpoint(*access_token._own)
        name = f"JsapiTicket({access_token.appid})"
        key = access_token._key(self._endpoint).partition(":")[2]
        shared = SharedValue(name, self.store, f"ticket:{type}:{key}", access_token._identity(), self._fetch)
        self._source = SharedSource(name, shared)

    def get(self) -> str:
        """Return the ticket; raises as ``StableToken.get`` does."""
        ticket = self._source.get()
        assert ticket is not None  # without a deadline
        return ticket

    async def aget(self) -> str:
        """Return the ticket, awaited."""
        return self._source.current if self._source.is_ready() else await self._source.get_async()

    def sign(self, url: str) -> dict[str, Any]:
        """Return what ``wx.config`` takes: ``appId``, ``timestamp``, ``nonceStr``, ``signature``.

        Args:
            url: of the page, as ``location.href.split("#")[0]`` gives it in the browser.

        Raises:
            ConfigError: `url` is not a whole address.
            CloudSDKError, StoreError: as of ``get``.
        """
        checked = _address(url)
        return self._signed(self.get(), checked)

    async def asign(self, url: str) -> dict[str, Any]:
        """Return the same, awaited."""
        checked = _address(url)
        return self._signed(await self.aget(), checked)

    def _signed(self, ticket: str, url: str) -> dict[str, Any]:
        nonce, timestamp = secrets.token_hex(8), int(time.time())
        signed = signature(ticket, nonce, timestamp, url)
        return {"appId": self._token.appid, "timestamp": timestamp, "nonceStr": nonce, "signature": signed}

    def _fetch(self, _: str, timeout: float) -> Fetched:
        token = self._token.get()
        try:
            return self._ask(token, timeout)
        except CloudSDKError as error:
            if error.errCode not in _REFUSED:
                raise
        return self._ask(self._token.get(refused=token), timeout)

    def _ask(self, token: str, timeout: float) -> Fetched:
        name = f"JsapiTicket({self._token.appid})"
        query = {"access_token": token, "type": self._type}
        answer = self._endpoint.ask(name, _PATH, query=query, timeout=timeout, repeatable=True, secrets=[token])
        return fetched(name, answer, "ticket")

    def __repr__(self) -> str:  # no ticket
        return f"<JsapiTicket {self._token.appid}, {self.store!r}>"


def _address(url: Any) -> str:
    # Signed as it is, a path gives a signature that WeChat calls invalid without a reason.
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        shown = url.partition("?")[0] if isinstance(url, str) else type(url).__name__  # a query may have a secret
        raise ConfigError(
            INVALID_PARAM, f"JsapiTicket: url must begin with http:// or https://, as location.href does, got {shown!r}"
        )
    return url


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Return the signature of a page."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324  WeChat's signatures are SHA-1

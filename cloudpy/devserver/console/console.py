"""What the handlers of the console's API work on."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from .events import EventHub
from .uploads import Uploads

if TYPE_CHECKING:
    from ...local.backend import Backend
    from ..cloud import LocalCloud


class Console:
    """A local WeChat, the functions beside it, and the pages that are open.

    Args:
        cloud: the local cloud, or None if there are no functions.
        backend: the local WeChat if there are no functions.
        gateway: its address then.

    Attributes:
        cloud: the local cloud, or None.
        events: tells open pages what has changed.
        uploads: those of pages that are not finished.
        token: needed for every request that changes something; a secret.
    """

    def __init__(self, cloud: LocalCloud | None = None, *, backend: Backend | None = None, gateway: str = "") -> None:
        assert cloud is not None or backend is not None, "a console shows a local cloud or a local WeChat"
        self.cloud = cloud
        self.events = EventHub()
        self.token = secrets.token_urlsafe(24)
        self.uploads = Uploads()
        self._backend = backend
        self._gateway = gateway
        if cloud is not None:
            cloud.history.publish = self.events.publish
        (cloud or self.backend).changes.subscribe(self.events.publish)

    @property
    def backend(self) -> Backend:
        """The local WeChat; another one after local.yaml was saved."""
        if self.cloud is not None:
            return self.cloud.backend
        assert self._backend is not None
        return self._backend

    @property
    def gateway(self) -> str:
        """The address of the local WeChat."""
        return self.cloud.gateway if self.cloud else self._gateway

    def is_token(self, text: str) -> bool:
        """Whether `text` is the token."""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self.token.encode())

    def __repr__(self) -> str:
        return f"<Console of {self.cloud or self._backend!r}>"

"""The people of the local WeChat, and who stands behind a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

DEFAULT_APPID = "wx00000000000local"
DEFAULT_OPENID = "o-local-user"


@dataclass(frozen=True, slots=True)
class User:
    """Someone who uses the mini program; `appid` is the mini program that they use."""

    openid: str
    unionid: str = ""
    appid: str = ""
    client_ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a call is made.

    Attributes:
        user: None when nobody stands behind it, as with a timer or a server's own call.
        function: name of the cloud function that calls; its permissions count.
        source: as in ``getWXContext().SOURCE``, e.g. ``wx_client``.
        invocation: id of the invocation that calls, where whoever runs the function told it.
    """

    user: User | None
    function: str = ""
    source: str = "wx_client"
    invocation: str = ""


class Users:
    """Who is known, by openid. The first one added is the default caller; before that a made-up user is."""

    def __init__(self, appid: str = DEFAULT_APPID) -> None:
        self.appid = appid
        self._known: dict[str, User] = {}

    def add(self, user: User | str) -> User:
        """Makes a user known, and gives them the default appid when they have none of their own."""
        if isinstance(user, str):
            user = self._known.get(user) or User(user)
        user = user if user.appid else replace(user, appid=self.appid)
        self._known[user.openid] = user
        return user

    def find(self, openid: str) -> User | None:
        """The user of that openid, or None."""
        if not self._known and openid == DEFAULT_OPENID:
            return self.default
        return self._known.get(openid)

    def appids(self) -> set[str]:
        """The mini programs that there are."""
        return {self.appid, *(user.appid for user in self._known.values())}

    @property
    def default(self) -> User:
        """The user who calls when none is named."""
        return next(iter(self._known.values()), None) or User(DEFAULT_OPENID, appid=self.appid)

    def __iter__(self) -> Iterator[User]:
        return iter(self._known.values())

    def __repr__(self) -> str:
        return f"<Users {', '.join(self._known) or 'none but the made-up one'}>"

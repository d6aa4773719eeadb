"""The users of the local WeChat, and the caller of a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

DEFAULT_APPID = "wx00000000000local"
DEFAULT_OPENID = "o-local-user"


@dataclass(frozen=True, slots=True)
class User:
    """A user of a mini program; `appid` is the mini program's."""

    openid: str
    unionid: str = ""
    appid: str = ""
    client_ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a call.

    Attributes:
        user: user on whose behalf the call is made; None for timers and a server's own calls.
        function: name of the cloud function that calls; its permissions apply.
        source: as in ``getWXContext().SOURCE``, e.g. ``wx_client``.
        invocation: id of the invocation that calls, where known.
    """

    user: User | None
    function: str = ""
    source: str = "wx_client"
    invocation: str = ""


class Users:
    """Users by openid. The first one added is the default caller; until then a made-up user is."""

    def __init__(self, appid: str = DEFAULT_APPID) -> None:
        self.appid = appid
        self._users: dict[str, User] = {}

    def add(self, user: User | str) -> User:
        """Add a user, with the default appid if they have none, and return it."""
        if isinstance(user, str):
            user = self._users.get(user) or User(user)
        user = user if user.appid else replace(user, appid=self.appid)
        self._users[user.openid] = user
        return user

    def find(self, openid: str) -> User | None:
        """Return the user with this openid, or None."""
        if not self._users and openid == DEFAULT_OPENID:
            return self.default
        return self._users.get(openid)

    def appids(self) -> set[str]:
        """Return the appids of all mini programs."""
        return {self.appid, *(user.appid for user in self._users.values())}

    @property
    def default(self) -> User:
        """The user who calls when none is named."""
        return next(iter(self._users.values()), None) or User(DEFAULT_OPENID, appid=self.appid)

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def __repr__(self) -> str:
        return f"<Users {', '.join(self._users) or '(made up)'}>"

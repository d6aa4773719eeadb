"""The users of the local WeChat, and the caller of a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .changes import Changes

DEFAULT_APPID = "wx00000000000local"
DEFAULT_OPENID = "o-local-user"
MAX_ID_LEN = 128  # characters of an openid, unionid or appid in a request


def id_problem(name: str, value: str) -> str:
    """Return why a request cannot name a caller with this openid, unionid or appid; an empty string if it can.

    Args:
        name: of the header or field, for the message.
        value: the id.
    """
    if len(value) > MAX_ID_LEN or not value.isascii() or not value.isprintable() or " " in value:
        return f"{name} must be up to {MAX_ID_LEN} ASCII characters without spaces"
    return ""


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
    """Users by openid. The one that was chosen is the default caller, else the first; until then a made-up user is.

    Args:
        appid: the mini program of users who have none.
        changes: receives users who are added, changed or removed.
    """

    def __init__(self, appid: str = DEFAULT_APPID, changes: Changes | None = None) -> None:
        self.appid = appid
        self._changes = changes or Changes()
        self._users: dict[str, User] = {}
        self._declared: set[str] = set()
        self._edited: set[str] = set()
        self._chosen = ""

    def add(self, user: User | str) -> User:
        """Add a user, with the default appid if they have none, and return it."""
        if isinstance(user, str):
            user = self._users.get(user) or User(user)
        user = user if user.appid else replace(user, appid=self.appid)
        if self._users.get(user.openid) != user:
            self._users[user.openid] = user
            self._changes.publish("users", {"openid": user.openid})
        return user

    def declare(self, user: User) -> User:
        """Add a user of a local.yaml."""
        self._declared.add(user.openid)
        return self.add(user)

    def edit(self, user: User) -> User:
        """Add a user, or replace the one with this openid, until the program ends; a reload does not undo it."""
        self._edited.add(user.openid)
        return self.add(user)

    def remove(self, openid: str) -> bool:
        """Remove a user. Return False for one that does not exist.

        Raises:
            ValueError: a local.yaml has the user, who would come back with it.
        """
        if openid in self._declared:
            raise ValueError(f"the user {openid!r} is in local.yaml: remove the entry under users there")
        if self._users.pop(openid, None) is None:
            return False
        self._edited.discard(openid)
        self._chosen = "" if self._chosen == openid else self._chosen
        self._changes.publish("users", {"openid": openid})
        return True

    def choose(self, openid: str) -> None:
        """Make a user the caller when none is named; an empty openid undoes it.

        Raises:
            KeyError: the user does not exist.
        """
        if openid and openid not in self._users:
            raise KeyError(openid)
        self._chosen = openid
        self._changes.publish("users", {"chosen": openid})

    @property
    def chosen(self) -> User | None:
        """The user that was chosen as the caller when none is named."""
        return self._users.get(self._chosen)

    def is_declared(self, openid: str) -> bool:
        """Whether a local.yaml has this user."""
        return openid in self._declared

    def adopt(self, other: Users) -> None:
        """Keep the users that another instance has from elsewhere than its local.yaml, and its choice."""
        for openid, user in other._users.items():
            if openid in other._edited or (openid not in self._users and openid not in other._declared):
                self._users[openid] = user
        self._edited = other._edited & self._users.keys()
        self._chosen = other._chosen if other._chosen in self._users else ""
        self._changes.publish("users", {})

    def restore(self, users: Iterable[User], chosen: str = "") -> None:
        """Replace the users that no local.yaml has, and the choice; those of local.yaml are changed, not removed."""
        for openid in [openid for openid in self._users if openid not in self._declared]:
            del self._users[openid]
        self._edited.clear()
        for user in users:
            if self._users.get(user.openid) != user:
                self.edit(user)
        self._chosen = chosen if chosen in self._users else ""
        self._changes.publish("users", {})

    def find(self, openid: str) -> User | None:
        """Return the user with this openid, or None."""
        if not self._users and openid == DEFAULT_OPENID:
            return self.default
        return self._users.get(openid)

    def appids(self) -> set[str]:
        """Return the appids of all mini programs."""
        return {self.appid, *(user.appid for user in list(self._users.values()))}

    @property
    def default(self) -> User:
        """The user who calls when none is named."""
        return self.chosen or next(iter(self._users.values()), None) or User(DEFAULT_OPENID, appid=self.appid)

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._users.values()))

    def __repr__(self) -> str:
        return f"<Users {', '.join(self._users) or '(made up)'}>"

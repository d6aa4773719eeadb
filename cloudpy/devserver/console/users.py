"""The users of the local WeChat."""

from __future__ import annotations

import ipaddress
from typing import Any, TypedDict

from ...local.users import MAX_ID_LEN, User, id_problem
from .console import Console
from .route import ConsoleError, Request, Route, check_segment


class UserFields(TypedDict):
    """What is stored of a user beside the openid."""

    unionid: str
    appid: str
    clientIP: str


class NewUser(UserFields):
    """A user to add."""

    openid: str


class UserEdit(UserFields):
    """A user as it should be, and as the page shows it: a user who is another one by now is not overwritten."""

    seen: UserFields


class ShownUser(NewUser):
    """A user: whether a local.yaml has it, and whether it is the caller when none is named."""

    declared: bool
    current: bool


class OwnCaller(TypedDict):
    """A function whose caller is another one than the current user, as its own local.yaml says."""

    function: str
    openid: str


class UserList(TypedDict):
    """All users. `chosen` is the openid that was chosen as the caller, or empty."""

    users: list[ShownUser]
    chosen: str
    own: list[OwnCaller]
    appid: str


class Choice(TypedDict):
    """The user who calls when none is named; an empty openid undoes the choice."""

    openid: str


def _list(console: Console, _: Request) -> dict[str, Any]:
    users, cloud = console.backend.users, console.cloud
    default = cloud.user("") if cloud else users.default
    callers = {name: cloud.user(name).openid for name in cloud.functions} if cloud else {}
    found = [*users] or [default]
    return {
        "users": [
            {
                "openid": user.openid,
                **_fields(user),
                "declared": users.is_declared(user.openid),
                "current": user.openid == default.openid,
            }
            for user in found
        ],
        "chosen": users.chosen.openid if users.chosen else "",
        "own": [{"function": name, "openid": one} for name, one in callers.items() if one != default.openid],
        "appid": users.appid,
    }


def _add(console: Console, request: Request) -> dict[str, Any]:
    value = request.json
    check_segment(value["openid"], "openid")
    if value["openid"] in {user.openid for user in console.backend.users}:
        raise ConsoleError(
            409, "EXISTS", f"there is a user {value['openid']!r} already: edit it, or take another openid"
        )
    return _fields(console.backend.users.edit(_user(value["openid"], value)))


def _edit(console: Console, request: Request) -> dict[str, Any]:
    value = request.json
    before = _find(console, request.params["openid"])
    if _fields(before) != value["seen"]:
        raise ConsoleError(
            409, "CHANGED", f"the user {before.openid!r} has been changed meanwhile: load the page again"
        )
    return _fields(console.backend.users.edit(_user(before.openid, value)))


def _remove(console: Console, request: Request) -> None:
    user = _find(console, request.params["openid"])
    try:
        removed = console.backend.users.remove(user.openid)
    except ValueError as error:
        raise ConsoleError(409, "DECLARED", str(error)) from None
    if not removed:
        raise ConsoleError(409, "MADE_UP", "this user is there as long as there is no other: add one first")


def _choose(console: Console, request: Request) -> dict[str, Any]:
    openid = request.json["openid"]
    users = console.backend.users
    if openid:
        users.add(_find(console, openid))
    users.choose(openid)
    return {"openid": (console.cloud.user("") if console.cloud else users.default).openid}


def _find(console: Console, openid: str) -> User:
    user = console.backend.users.find(openid)
    if user is None:
        raise ConsoleError(404, "NOT_FOUND", f"there is no user {openid[:MAX_ID_LEN]!r}")
    return user


def _user(openid: str, fields: Any) -> User:
    values = {"openid": openid, "unionid": fields["unionid"], "appid": fields["appid"]}
    for name, text in values.items():
        if problem := id_problem(name, text):
            raise ConsoleError(400, "INVALID_PARAM", problem)
    if not openid:
        raise ConsoleError(400, "INVALID_PARAM", "openid must not be empty")
    address = fields["clientIP"] or "127.0.0.1"
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise ConsoleError(400, "INVALID_PARAM", "clientIP must be an IP address, such as 127.0.0.1") from None
    return User(openid, fields["unionid"], fields["appid"], address)


def _fields(user: User) -> dict[str, str]:
    return {"unionid": user.unionid, "appid": user.appid, "clientIP": user.client_ip}


ROUTES = (
    Route("GET", "/users", _list, "All users.", "所有用户。", result=UserList),
    Route("POST", "/users", _add, "Add a user.", "添加用户。", changes=True, body=NewUser, result=UserFields),
    Route(
        "PUT", "/users/{openid}", _edit, "Change a user.", "修改用户。", changes=True, body=UserEdit, result=UserFields
    ),
    Route("DELETE", "/users/{openid}", _remove, "Remove a user.", "删除用户。", changes=True, result=None),
    Route(
        "PUT",
        "/current-user",
        _choose,
        "Choose the user who calls when none is named.",
        "选择默认的调用用户。",
        changes=True,
        body=Choice,
        result=Choice,
    ),
)

"""What a function may call: ``permissions.openapi`` of the config.json beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from .._error_codes import INVALID_PARAM, NO_PERMISSION
from ..errors import ApiPermissionError, ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HINT = 'write {"permissions": {"openapi": ["cloudbase.getOpenData"]}}, with a line for each API the function calls'


# Told of each refusal, which reaches no gateway: a test kit wants to hear of them.
on_refusal: Callable[[str, Permissions], object] | None = None

_GIVEN = "the config given to init()"


class Permissions:
    """The APIs that a function declares, and the file that declares them.

    Attributes:
        misplaced: keys under which a list stands that is not read; see the function `misplaced`.
    """

    __slots__ = ("allowed", "misplaced", "origin")

    def __init__(self, allowed: frozenset[str], origin: str, misplaced: tuple[str, ...] = ()) -> None:
        self.allowed = allowed
        self.origin = origin
        self.misplaced = misplaced

    def __repr__(self) -> str:
        return f"Permissions({sorted(self.allowed)!r}, origin={self.origin!r})"

    def check(self, api: str) -> None:
        """Refuses an API that is not declared.

        Raises:
            ApiPermissionError: errCode -604101, naming the API, the file, and the line to add.
        """
        if api in self.allowed:
            return
        if on_refusal is not None:
            on_refusal(api, self)
        if self.origin == _GIVEN:
            again, chinese = "", f'（在传给 init() 的 config 的 permissions.openapi 中加入 "{api}"）'
        else:
            again = " and upload the function again"
            chinese = f'（在 {self.origin} 的 permissions.openapi 中加入 "{api}"，然后重新上传云函数）'
        hint = f"; {wrong_key(self.misplaced)}" if self.misplaced else ""
        raise ApiPermissionError(
            NO_PERMISSION,
            f"openapi.{api}:fail {NO_PERMISSION} function has no permission to call this API."
            f' Nothing was sent: {self.origin} does not list it. Add "{api}" to permissions.openapi there{again}'
            f"{hint}{chinese}",
            api=api,
        )


def from_mapping(config: Mapping[str, Any]) -> Permissions:
    """The permissions of a config given to init() as a dict."""
    return _of(config, _GIVEN)


def from_file(path: str) -> Permissions:
    """Return the permissions of a config.json.

    Raises:
        ConfigError: it cannot be read, is not JSON, or says something that the platform would not understand.
    """
    return _of(read_file(path), path)


def read_file(path: str) -> dict[str, Any]:
    """Return what a config.json holds: the one reader of it, for the SDK and for all commands.

    Raises:
        ConfigError: it cannot be read, or is not a JSON object.
    """
    import json  # here, and once more below: a function without config.json does not need it at its start

    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise _broken(path, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in the path
        raise _broken(path, f"cannot be read: {error}") from None
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _broken(path, "begins with a byte order mark; save it as UTF-8 without BOM")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=lambda pairs: _unique(pairs, path))
    except UnicodeDecodeError as error:
        raise _broken(path, f"is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise _broken(path, f"is no JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (ValueError, RecursionError):
        raise _broken(path, "is no JSON that can be read") from None
    if not isinstance(value, dict):
        raise _broken(path, f"must hold an object, holds {_kind(value)}")
    return value


def beside(folder: str) -> Permissions | None:
    """The permissions of the config.json in `folder`, or None when there is none."""
    path = os.path.join(folder, "config.json")
    return from_file(path) if os.path.lexists(path) else None


def _of(value: Mapping[str, Any], origin: str) -> Permissions:
    return Permissions(_allowed(value, origin), origin, misplaced(value))


def misplaced(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys, from the outermost on, under which a list of APIs stands that nothing reads; () without one.

    These are ``openapi`` at the top, and names that are written like ``permissions`` and ``openapi``.
    """
    for key, inside in value.items():
        if _is_like(key, "openapi") and isinstance(inside, list) and inside:
            return (key,)
        if not _is_like(key, "permi", "premi") or not isinstance(inside, Mapping):
            continue
        for name, names in inside.items():
            is_read = key == "permissions" and name == "openapi"
            if not is_read and _is_like(name, "openapi", "api") and isinstance(names, list) and names:
                return (key, name)
    return ()


def wrong_key(keys: tuple[str, ...]) -> str:
    """Say that the list under `keys` is not read."""
    return f"the list under {'.'.join(keys)} is not read: its place is permissions.openapi"


def _is_like(key: object, *starts: str) -> bool:
    return "".join(letter for letter in str(key).lower() if letter.isalnum()).startswith(starts)


def _allowed(value: Any, origin: str) -> frozenset[str]:
    if not isinstance(value, Mapping):
        raise _broken(origin, f"must hold an object, holds {_kind(value)}")
    permissions = value.get("permissions")
    if permissions is None:
        return frozenset()
    if not isinstance(permissions, Mapping):
        raise _broken(origin, f"permissions must be an object, is {_kind(permissions)}")
    names = permissions.get("openapi")
    if names is None:
        return frozenset()
    if not isinstance(names, (list, tuple)):
        raise _broken(origin, f"permissions.openapi must be a list of API names, is {_kind(names)}")
    for index, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise _broken(origin, f"permissions.openapi[{index}] must be the name of an API, is {_kind(name)}")
    # `openapi.` in front is how calls are written in code; the platform's list goes without
    return frozenset(name.strip() for name in names)


def _unique(pairs: list[tuple[str, Any]], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _broken(path, f"has the key {key!r} twice; the first would be lost, join them")
        found[key] = value
    return found


def _kind(value: Any) -> str:
    import json

    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    names |= {int: "a number", float: "a number"}
    shown = json.dumps(value, ensure_ascii=False, default=repr)  # repr: a dict given to init() may hold anything
    return f"{names.get(type(value)) or f'a {type(value).__name__}'} ({shown[:60]})"


def _broken(path: str, what: str) -> ConfigError:
    return ConfigError(INVALID_PARAM, f"init:fail {path} {what}. How it should be: {_HINT}")

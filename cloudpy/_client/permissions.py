"""The APIs that a function may call: ``permissions.openapi`` of its config.json."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from ..errors import INVALID_PARAM, NO_PERMISSION, ApiPermissionError, ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HINT = '{"permissions": {"openapi": ["cloudbase.getOpenData"]}}, with each API the function calls'


# Called with each API that is rejected; no gateway sees such a call. For test kits.
on_refusal: Callable[[str, Permissions], object] | None = None

# False leaves the check to the gateway, as Node's SDK does. For `cloudpy compare`.
checked_here = True

_MAPPING = "the config given to init()"


class Permissions:
    """The APIs that a function declares, and the file that declares them.

    Attributes:
        misplaced: the keys of a list that is not read; see the function `misplaced`.
    """

    __slots__ = ("allowed", "misplaced", "origin")

    def __init__(self, allowed: frozenset[str], origin: str, misplaced: tuple[str, ...] = ()) -> None:
        self.allowed = allowed
        self.origin = origin
        self.misplaced = misplaced

    def __repr__(self) -> str:
        return f"Permissions({sorted(self.allowed)!r}, origin={self.origin!r})"

    def check(self, api: str) -> None:
        """Reject an API that is not declared.

        Raises:
            ApiPermissionError: errCode -604101, naming the API, the file, and the line to add.
        """
        if api in self.allowed or not checked_here:
            return
        if on_refusal is not None:
            on_refusal(api, self)
        from .catalogue import unknown

        if reason := unknown(api):
            raise ApiPermissionError(
                NO_PERMISSION,
                f"openapi.{api}:fail {NO_PERMISSION} {reason} Nothing was sent: {self.origin} does not list it."
                " Should WeChat have an API of this name, add it there",
                api=api,
            )
        if self.origin == _MAPPING:
            upload, chinese = "", f'（在传给 init() 的 config 的 permissions.openapi 中加入 "{api}"）'
        else:
            upload = " and upload the function again"
            chinese = f'（在 {self.origin} 的 permissions.openapi 中加入 "{api}"，然后重新上传云函数）'
        hint = f"; {wrong_key(self.misplaced)}" if self.misplaced else ""
        raise ApiPermissionError(
            NO_PERMISSION,
            f"openapi.{api}:fail {NO_PERMISSION} function has no permission to call this API."
            f' Nothing was sent: {self.origin} does not list it. Add "{api}" to permissions.openapi there{upload}'
            f"{hint}{chinese}",
            api=api,
        )


_UNSET = object()


def load(config: object = _UNSET, caller: str | None = None) -> Permissions | None:
    """Return the permissions that the option ``config`` of init() asks for; None for no check.

    Args:
        config: a path, a dict, or None for no check; by default the config.json of the function is searched for.
        caller: the file of the program that calls init().

    Raises:
        ConfigError: `config` has another type, or the config.json is unusable.
    """
    if config is None:
        return None
    if isinstance(config, Mapping):
        return from_mapping(config)
    if isinstance(config, (str, os.PathLike)):
        path = os.fspath(config)
        if isinstance(path, str):
            is_folder = os.path.isdir(path) and os.path.basename(path) != "config.json"
            return from_file(os.path.join(path, "config.json") if is_folder else path)
    if config is not _UNSET:
        got = repr(config) if isinstance(config, (int, float)) else f"a {type(config).__name__}"  # may hold secrets
        raise ConfigError(INVALID_PARAM, f"init:fail config must be a path, a dict or None, got {got}")
    folders = _function_folders(os.path.dirname(os.path.abspath(caller)) if caller else os.getcwd())
    for folder in folders:
        permissions = beside(folder)
        if permissions is not None:
            return permissions
    from .logging import logger  # here: it is not needed at a cold start

    logger().warning(
        "no config.json in %s: no permissions are checked here, only by the server that answers. Add a config.json"
        " there, or pass init(config=…)",
        folders[-1],
    )
    return None


def _function_folders(folder: str) -> list[str]:
    """Return `folder`, and those above it up to the one that modules are imported from: the function's folder.

    Return `folder` alone when no folder above it is one: then the function's folder is unknown. Code in the folder
    ``_shared`` beside a function's folder runs for that function.
    """
    import_folders = [os.path.abspath(path or os.curdir) for path in sys.path]
    folders = [folder]
    while folders[-1] not in import_folders:
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            return folders[:1]
        folders.append(parent)
    around, name = os.path.split(folders[-1])
    if name == "_shared":
        folders += [path for path in import_folders if os.path.dirname(path) == around and path != folders[-1]][:1]
    return folders


def from_mapping(config: Mapping[str, Any]) -> Permissions:
    """Return the permissions of a config that is a dict."""
    return _of(config, _MAPPING)


def from_file(path: str) -> Permissions:
    """Return the permissions of a config.json.

    Raises:
        ConfigError: it cannot be read, is not JSON, or has content that the platform would not understand.
    """
    return _of(read_file(path), path)


def read_file(path: str) -> dict[str, Any]:
    """Return the content of a config.json. The SDK and all commands read it here.

    Raises:
        ConfigError: it cannot be read, or is not a JSON object.
    """
    import json  # here and below: a function without config.json starts without it

    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise _broken(path, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in the path
        raise _broken(path, f"cannot be read: {error}") from None
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _broken(path, "starts with a byte order mark (BOM); save it as UTF-8 without BOM")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=lambda pairs: _unique(pairs, path))
    except UnicodeDecodeError as error:
        raise _broken(path, f"is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise _broken(path, f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (ValueError, RecursionError):
        raise _broken(path, "is not JSON that can be read") from None
    if not isinstance(value, dict):
        raise _broken(path, f"must hold an object, holds {_kind(value)}")
    return value


def beside(folder: str) -> Permissions | None:
    """Return the permissions of the config.json in `folder`; None without one."""
    path = os.path.join(folder, "config.json")
    return from_file(path) if os.path.lexists(path) else None


def _of(value: Mapping[str, Any], origin: str) -> Permissions:
    return Permissions(_allowed(value, origin), origin, misplaced(value))


def misplaced(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys, outermost first, of a list of APIs that nothing reads; () without one.

    Such keys are ``openapi`` at the top, and misspellings of ``permissions`` and ``openapi``.
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
    """Return the sentence for a list under `keys`, which is not read."""
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
    unique: dict[str, Any] = {}
    for key, value in pairs:
        if key in unique:
            raise _broken(path, f"has the key {key!r} twice; the first would be lost, join them")
        unique[key] = value
    return unique


def _kind(value: Any) -> str:
    import json

    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    names |= {int: "a number", float: "a number"}
    text = json.dumps(value, ensure_ascii=False, default=repr)  # repr: a dict passed to init() may hold anything
    return f"{names.get(type(value)) or f'a {type(value).__name__}'} ({text[:60]})"


def _broken(path: str, what: str) -> ConfigError:
    return ConfigError(INVALID_PARAM, f"init:fail {path} {what}. Expected: {_HINT}")

"""local.yaml: users, open data, canned responses and settings of the local WeChat."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from .._client.permissions import from_file
from .._wire.suggest import did_you_mean, folded, nearest, question
from . import located_yaml, schema
from .answers import canned_responses
from .backend import DEFAULT_ENV, Backend, Invalid, Unknown
from .collection_files import documents_of
from .documents import Seed
from .located_yaml import Document, LocalDataError, Path, kind_of
from .responses import CannedResponse
from .tokens import ACCESS_TOKEN_LIFE
from .users import DEFAULT_APPID, User

__all__ = ["LocalData", "LocalDataError", "build", "load", "parse_local_data", "read", "read_both"]

_log = logging.getLogger("cloudpy.local")
_ENTRY_KEYS = {"openid", "data", "expired", "cloudID"}


@dataclass(frozen=True, slots=True)
class OpenDataEntry:
    """The open data behind one CloudID of the file. It never expires, or is expired from the start."""

    openid: str
    data: Any
    expired: bool


@dataclass(frozen=True, slots=True)
class LocalData:
    """The content of a local.yaml, checked.

    Attributes:
        path: path of the file.
        env: id of the environment.
        appid: mini program of the users.
        users: in the order of the file.
        open_data: by CloudID.
        answers: pairs of an API and one of its canned responses, in the order of the file.
        permissions: APIs that functions may call, or None when not set.
        unknown: ``sample`` or ``refuse``, or None when not set.
        invalid: ``warn`` or ``refuse``, or None when not set.
        storage: folder of the files, or None when not set.
        accounts: appid and environment of the resources that other accounts share.
        database: folder of the documents, or None when not set.
        collections: names of collections with their seeds, each the path of a file or a list of documents.
        app_secret: secret of `appid`; empty accepts any.
        access_token_life: seconds until an access token expires.
        more_seeds: of collections of another file.
    """

    path: str
    env: str
    appid: str
    users: tuple[User, ...]
    open_data: dict[str, OpenDataEntry]
    answers: tuple[tuple[str, CannedResponse], ...]
    permissions: frozenset[str] | Literal["all"] | None
    unknown: Unknown | None
    invalid: Invalid | None = None
    storage: str | None = None
    accounts: tuple[tuple[str, str], ...] = ()
    database: str | None = None
    collections: tuple[tuple[str, str | list[Any]], ...] = ()
    app_secret: str = ""
    access_token_life: float = ACCESS_TOKEN_LIFE
    more_seeds: dict[str, Seed] = field(default_factory=dict)

    def seeds(self) -> dict[str, Seed]:
        """Return functions that read the seeds, by collection."""
        own = {name: partial(documents_of, source, self.path) for name, source in self.collections}
        return {**self.more_seeds, **own}


NO_DATA = LocalData("", DEFAULT_ENV, DEFAULT_APPID, (), {}, (), None, None)


def read(path: str | os.PathLike[str]) -> LocalData:
    """Read and check a local.yaml.

    Raises:
        LocalDataError: the file is invalid; the message names file, line and key.
    """
    return parse_local_data(located_yaml.read(path))


def parse_local_data(document: Document) -> LocalData:
    """Check a document and return its content; raises like `read`."""
    schema.check_local_yaml(document)
    content = document.value
    appid = content.get("appid", DEFAULT_APPID)
    users = tuple(
        User(user["openid"], user.get("unionid", ""), user.get("appid", appid), user.get("clientIP", "127.0.0.1"))
        for user in content.get("users", ())
    )
    _check_unique(document, users)
    permissions = content.get("permissions")
    return LocalData(
        path=document.path,
        env=content.get("env", DEFAULT_ENV),
        appid=appid,
        users=users,
        open_data={
            cloud_id: _open_data(document, cloud_id, value, users)
            for cloud_id, value in content.get("open_data", {}).items()
        },
        answers=tuple(canned_responses(document)),
        permissions="all" if permissions == "all" else None if permissions is None else frozenset(permissions),
        unknown=content.get("unknown"),
        invalid=content.get("invalid"),
        storage=_folder(document.path, content.get("storage")),
        accounts=tuple((account["appid"], account["env"]) for account in content.get("accounts", ())),
        database=_folder(document.path, _database(content).get("folder")),
        collections=tuple(_collections(document, _database(content).get("collections", {}))),
        app_secret=content.get("app_secret", ""),
        access_token_life=content.get("access_token_life", ACCESS_TOKEN_LIFE),
    )


def read_both(
    path: str | os.PathLike[str] | None, project: str | os.PathLike[str] | None, *, has_config: bool
) -> LocalData:
    """Return the data of a function's local.yaml over that of its project.

    As in `cloudpy dev`: the function's users and answers come first, and the project's CloudIDs and settings.

    Args:
        path: of the function's local.yaml, or None.
        project: of the project's, or None.
        has_config: the function has a config.json, which comes before the project's permissions.

    Raises:
        LocalDataError: a local.yaml is invalid.
    """
    own, around = (read(each) if each is not None else NO_DATA for each in (path, project))
    if has_config:
        around = replace(around, permissions=None)
    if not own.path or not around.path:
        return own if own.path else around
    openids, apis = {user.openid for user in own.users}, {api for api, _ in own.answers}
    names = {name for name, _ in own.collections}
    more = around.seeds()
    return replace(
        own,
        env=around.env if around.env != DEFAULT_ENV else own.env,
        appid=around.appid if around.appid != DEFAULT_APPID else own.appid,
        users=(*own.users, *(user for user in around.users if user.openid not in openids)),
        open_data={**own.open_data, **around.open_data},
        answers=(*own.answers, *(each for each in around.answers if each[0] not in apis)),
        permissions=around.permissions if own.permissions is None else own.permissions,
        unknown=around.unknown or own.unknown,
        invalid=around.invalid or own.invalid,
        storage=around.storage or own.storage,
        accounts=tuple(dict.fromkeys((*own.accounts, *around.accounts))),
        database=around.database or own.database,
        app_secret=around.app_secret or own.app_secret,
        more_seeds={name: seed for name, seed in more.items() if name not in names},
    )


def load(
    path: str | os.PathLike[str] | None = None,
    *,
    project: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    env: str | None = None,
    unknown: Unknown | None = None,
    storage: str | os.PathLike[str] | None = None,
    database: str | os.PathLike[str] | None = None,
    default_database: str | os.PathLike[str] | None = None,
    **more: Any,
) -> Backend:
    """Return a backend with the data of a local.yaml.

    Args:
        path: path of the local.yaml; without one there is only a made-up user.
        project: path of the local.yaml of the whole project, which adds to the first; see `read_both`.
        config: path of the function's config.json; permissions in local.yaml override it, those of the project's do
            not. Without any the function may call nothing.
        env: id of the environment, overrides the file.
        unknown: ``sample`` or ``refuse``, overrides the file.
        storage: folder of the files, overrides the file; by default a temporary one.
        database: folder of the documents, overrides the file.
        default_database: folder of the documents when neither names one; without it they are in memory.
        more: further arguments of `Backend` (clock, remember, …).

    Raises:
        LocalDataError: the local.yaml is invalid.
        ConfigError: the config.json is invalid.
    """
    data = read_both(path, project, has_config=config is not None)
    database = database or data.database or default_database
    return build(data, config=config, env=env, unknown=unknown, storage=storage, database=database, **more)


def build(
    data: LocalData,
    *,
    config: str | os.PathLike[str] | None = None,
    env: str | None = None,
    unknown: Unknown | None = None,
    storage: str | os.PathLike[str] | None = None,
    database: str | os.PathLike[str] | None = None,
    **more: Any,
) -> Backend:
    """Return a new backend with `data`; the arguments are those of `load`, as is the ConfigError for `config`."""
    backend = Backend(
        env=env or data.env,
        appid=data.appid,
        unknown=unknown or data.unknown or "sample",
        invalid=data.invalid or "warn",
        storage=storage or data.storage,
        database=database or data.database,
        **{"access_token_life": data.access_token_life, **more},
    )
    if data.path:
        backend.files = (("", data.path),)
    if data.app_secret:
        backend.tokens.secrets[data.appid] = data.app_secret
    backend.documents.seed(data.seeds())
    for account in data.accounts:
        backend.accounts.share(*account)
    for user in data.users:
        backend.users.declare(user)
    for cloud_id, entry in data.open_data.items():
        openid = entry.openid or backend.users.default.openid
        backend.open_data.add(cloud_id, entry.data, openid=openid, life=0 if entry.expired else None)
    for api in dict.fromkeys(api for api, _ in data.answers):
        _warn_of_misspelling(backend, api, data.path)
    for api, canned in data.answers:
        backend.responses.add(api, replace(canned))  # a copy: each backend counts its uses
    if data.permissions is not None:
        backend.allow(data.permissions)
    elif config is not None:
        backend.allow(from_file(os.fspath(config)).allowed)
    return backend


def _warn_of_misspelling(backend: Backend, api: str, path: str) -> None:
    """Warn of a response that no call will get, because its API has another name; a new API may have any name."""
    known = backend.catalog.names()
    namespaces = {folded(name.rpartition(".")[0]) for name in known}
    if api not in known and folded(api.rpartition(".")[0]) in namespaces and (near := nearest(api, known, cutoff=0.8)):
        _log.warning("%s: answers: cloudpy knows no API %s; %s", path, api, question(near))


def _folder(path: str, folder: str | None) -> str | None:
    return None if folder is None else os.path.join(os.path.dirname(os.path.abspath(path)), folder)


def _database(content: dict[str, Any]) -> dict[str, Any]:
    value = content.get("database", {})
    return value if isinstance(value, dict) else {"folder": value}


def _collections(document: Document, seeds: dict[str, Any]) -> Iterator[tuple[str, str | list[Any]]]:
    for name, source in seeds.items():
        path: Path = ("database", "collections", name)
        if isinstance(source, list):
            for index, one in enumerate(source):
                if not isinstance(one, dict):
                    raise document.error((*path, index), f"must be a mapping, a document; is {kind_of(one)}")
            yield name, source
        elif isinstance(source, str):
            file = os.path.join(os.path.dirname(os.path.abspath(document.path)), source)
            if not os.path.isfile(file):
                raise document.error(path, f"no file {source!r} in the folder of {os.path.basename(document.path)}")
            yield name, file
        else:
            raise document.error(path, f"must be the path of a file or a list of documents, is {kind_of(source)}")


def _check_unique(document: Document, users: Collection[User]) -> None:
    seen: set[str] = set()
    for index, user in enumerate(users):
        if user.openid in seen:
            raise document.error(("users", index, "openid"), f"duplicate openid {user.openid!r}")
        seen.add(user.openid)


def _open_data(document: Document, cloud_id: str, value: Any, users: Collection[User]) -> OpenDataEntry:
    path: Path = ("open_data", cloud_id)
    if not isinstance(value, dict) or "data" not in value:
        return _entry(document, path, "", value, False)
    for key in value.keys() - _ENTRY_KEYS:
        near = nearest(key, _ENTRY_KEYS, cutoff=0.7)
        if near:
            raise document.error((*path, key), f"unknown key; {question(near)}")
        return _entry(document, path, "", value, False)  # open data that happens to have a key `data`
    openid = value.get("openid", "")
    known = {user.openid for user in users}
    if not isinstance(openid, str):
        raise document.error((*path, "openid"), f"must be a string in quotes, is {kind_of(openid)}")
    if openid and known and openid not in known:
        hint = did_you_mean(openid, known, "add one under users", 0.7)
        raise document.error((*path, "openid"), f"no user has the openid {openid!r}; {hint}")
    if value.get("cloudID", cloud_id) != cloud_id:
        raise document.error((*path, "cloudID"), f"must be {cloud_id!r}, or omitted")
    expired = value.get("expired", False)
    if not isinstance(expired, bool):
        raise document.error((*path, "expired"), f"must be true or false, is {kind_of(expired)}")
    return _entry(document, (*path, "data"), openid, value["data"], expired)


def _entry(document: Document, path: Path, openid: str, data: Any, expired: bool) -> OpenDataEntry:
    place = schema.find_bytes(data, path)
    if place:
        raise document.error(place, "JSON has no form for !!binary")
    return OpenDataEntry(openid, data, expired)

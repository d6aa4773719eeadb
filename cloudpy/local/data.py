"""local.yaml: what the local WeChat knows and answers, read from a file that people write."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from .._client.permissions import from_file
from .._wire.suggest import did_you_mean, nearest, question
from . import responses_data, schema
from .backend import DEFAULT_ENV, Backend, Unknown
from .collection_files import documents_of
from .documents import Seed
from .located_yaml import Document, LocalDataError, Path, kind
from .located_yaml import read as read_yaml
from .responses import CannedResponse
from .tokens import ACCESS_TOKEN_LIFE
from .users import DEFAULT_APPID, User

__all__ = ["LocalData", "LocalDataError", "build", "load", "parse_local_data", "read"]

_RECORD = {"openid", "data", "expired", "cloudID"}


@dataclass(frozen=True, slots=True)
class OpenDataEntry:
    """What stands behind one CloudID of the file. It never expires unless it is to be expired from the start."""

    openid: str
    data: Any
    expired: bool


@dataclass(frozen=True, slots=True)
class LocalData:
    """The content of a local.yaml, checked.

    Attributes:
        open_data: by CloudID.
        answers: an API and one of its canned answers each, in the order of the file.
        permissions: what functions may call, or None when the file says nothing of it.
        unknown: ``sample`` or ``refuse``, or None when the file says nothing of it.
        storage: the folder of the files, or None when the file says nothing of it.
        accounts: appid and environment of what other accounts share.
        database: the folder of the documents, or None when the file says nothing of it.
        collections: what they hold from the start, each the path of a file or a list of documents.
        app_secret: of `appid`; any will do when it is empty.
        access_token_life: seconds of an access token.
    """

    path: str
    env: str
    appid: str
    users: tuple[User, ...]
    open_data: dict[str, OpenDataEntry]
    answers: tuple[tuple[str, CannedResponse], ...]
    permissions: frozenset[str] | Literal["all"] | None
    unknown: Unknown | None
    storage: str | None = None
    accounts: tuple[tuple[str, str], ...] = ()
    database: str | None = None
    collections: tuple[tuple[str, str | list[Any]], ...] = ()
    app_secret: str = ""
    access_token_life: float = ACCESS_TOKEN_LIFE

    def seeds(self) -> dict[str, Seed]:
        """What reads the documents of each collection that the file names."""
        return {name: partial(documents_of, source, self.path) for name, source in self.collections}


NO_DATA = LocalData("", DEFAULT_ENV, DEFAULT_APPID, (), {}, (), None, None)


def read(path: str | os.PathLike[str]) -> LocalData:
    """Reads and checks a local.yaml.

    Raises:
        LocalDataError: it cannot be used, naming file, line and key.
    """
    return parse_local_data(read_yaml(path))


def parse_local_data(document: Document) -> LocalData:
    """Checks what was read; raises as `read` does."""
    schema.check(document)
    content = document.value
    appid = content.get("appid", DEFAULT_APPID)
    users = tuple(
        User(user["openid"], user.get("unionid", ""), user.get("appid", appid), user.get("clientIP", "127.0.0.1"))
        for user in content.get("users", ())
    )
    _no_openid_twice(document, users)
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
        answers=tuple(responses_data.read(document)),
        permissions="all" if permissions == "all" else None if permissions is None else frozenset(permissions),
        unknown=content.get("unknown"),
        storage=_folder(document.path, content.get("storage")),
        accounts=tuple((account["appid"], account["env"]) for account in content.get("accounts", ())),
        database=_folder(document.path, _database(content).get("folder")),
        collections=tuple(_collections(document, _database(content).get("collections", {}))),
        app_secret=content.get("app_secret", ""),
        access_token_life=content.get("access_token_life", ACCESS_TOKEN_LIFE),
    )


def load(
    path: str | os.PathLike[str] | None = None,
    *,
    config: str | os.PathLike[str] | None = None,
    env: str | None = None,
    unknown: Unknown | None = None,
    storage: str | os.PathLike[str] | None = None,
    database: str | os.PathLike[str] | None = None,
    default_database: str | os.PathLike[str] | None = None,
    **more: Any,
) -> Backend:
    """A backend that knows what a local.yaml says.

    Args:
        path: the local.yaml; without one, nothing but a made-up user is known.
        config: the config.json of the function; what local.yaml says of permissions goes before it. Without either
            the function may call nothing.
        env: id of the environment; goes before that of the file.
        unknown: ``sample`` or ``refuse``; goes before that of the file.
        storage: the folder of its files; goes before that of the file. Without either it is a temporary one.
        database: the folder of its documents; goes before that of the file.
        default_database: that folder when neither names one; without it documents are in memory alone.
        more: further arguments of `Backend` (clock, remember, …).

    Raises:
        LocalDataError: the local.yaml cannot be used.
        ConfigError: the config.json cannot be used.
    """
    data = read(path) if path is not None else NO_DATA
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
    """A fresh backend that knows `data`; the arguments are those of `load`, and so is what it raises for `config`."""
    backend = Backend(
        env=env or data.env,
        appid=data.appid,
        unknown=unknown or data.unknown or "sample",
        storage=storage or data.storage,
        database=database or data.database,
        **{"access_token_life": data.access_token_life, **more},
    )
    if data.app_secret:
        backend.tokens.secrets[data.appid] = data.app_secret
    backend.documents.seed(data.seeds())
    for account in data.accounts:
        backend.accounts.share(*account)
    for user in data.users:
        backend.users.add(user)
    for cloud_id, entry in data.open_data.items():
        openid = entry.openid or backend.users.default.openid
        backend.open_data.add(cloud_id, entry.data, openid=openid, life=0 if entry.expired else None)
    for api, canned in data.answers:
        backend.responses.add(api, replace(canned))  # a copy: each backend counts by itself how often one was given
    if data.permissions is not None:
        backend.allow(data.permissions)
    elif config is not None:
        backend.allow(from_file(os.fspath(config)).allowed)
    return backend


def _folder(path: str, folder: str | None) -> str | None:
    return None if folder is None else os.path.join(os.path.dirname(os.path.abspath(path)), folder)


def _database(content: dict[str, Any]) -> dict[str, Any]:
    said = content.get("database", {})
    return said if isinstance(said, dict) else {"folder": said}


def _collections(document: Document, said: dict[str, Any]) -> Iterator[tuple[str, str | list[Any]]]:
    for name, source in said.items():
        path: Path = ("database", "collections", name)
        if isinstance(source, list):
            for index, one in enumerate(source):
                if not isinstance(one, dict):
                    raise document.error((*path, index), f"must be a mapping, a document; is {kind(one)}")
            yield name, source
        elif isinstance(source, str):
            file = os.path.join(os.path.dirname(os.path.abspath(document.path)), source)
            if not os.path.isfile(file):
                raise document.error(path, f"there is no file {source!r} beside {os.path.basename(document.path)}")
            yield name, file
        else:
            raise document.error(path, f"must be the path of a file or a list of documents, is {kind(source)}")


def _no_openid_twice(document: Document, users: Collection[User]) -> None:
    seen: set[str] = set()
    for index, user in enumerate(users):
        if user.openid in seen:
            raise document.error(("users", index, "openid"), f"{user.openid!r} is there twice")
        seen.add(user.openid)


def _open_data(document: Document, cloud_id: str, value: Any, users: Collection[User]) -> OpenDataEntry:
    path: Path = ("open_data", cloud_id)
    if not isinstance(value, dict) or "data" not in value:
        return _entry(document, path, "", value, False)
    for key in value.keys() - _RECORD:
        near = nearest(key, _RECORD, cutoff=0.7)
        if near:
            raise document.error((*path, key), f"unknown key; {question(near)}")
        return _entry(document, path, "", value, False)  # data that happens to have a key `data` of its own
    openid = value.get("openid", "")
    known = {user.openid for user in users}
    if not isinstance(openid, str):
        raise document.error((*path, "openid"), f"must be a text in quotes, is {kind(openid)}")
    if openid and known and openid not in known:
        hint = did_you_mean(openid, known, "add a user with it", 0.7)
        raise document.error((*path, "openid"), f"there is no {openid!r} among users; {hint}")
    if value.get("cloudID", cloud_id) != cloud_id:
        raise document.error((*path, "cloudID"), f"must be {cloud_id!r}, or be left out")
    expired = value.get("expired", False)
    if not isinstance(expired, bool):
        raise document.error((*path, "expired"), f"must be true or false, is {kind(expired)}")
    return _entry(document, (*path, "data"), openid, value["data"], expired)


def _entry(document: Document, path: Path, openid: str, data: Any, expired: bool) -> OpenDataEntry:
    found = schema.binary(data, path)
    if found:
        raise document.error(found, "JSON has no form for !!binary")
    return OpenDataEntry(openid, data, expired)

"""The local WeChat of a local cloud: one backend, made from the local.yaml and config.json of every function.

What is nearer to a function goes before what is further: its own local.yaml, then its config.json, then the
local.yaml of the project folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .._client.permissions import from_file
from ..errors import ConfigError
from ..local.backend import DEFAULT_ENV, Backend
from ..local.calls import CallRecord
from ..local.responses import ApiResponse, CannedResponses
from ..local.users import DEFAULT_APPID, DEFAULT_OPENID, User
from ..runner.discovery import CONFIG, LOCAL_YAML, Folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..local.data import LocalData

STORAGE = (".cloudpy", "storage")  # below the first folder given
DATABASE = (".cloudpy", "database")


@dataclass(slots=True)
class WeChat:
    """A backend, who calls each function when nobody is named, and what is wrong with the files, a sentence each."""

    backend: Backend
    callers: dict[str, User] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def make(
    folders: Sequence[Folder],
    projects: Iterable[str],
    *,
    env: str | None = None,
    observe: Callable[[CallRecord, ApiResponse], None] | None = None,
    storage: str | None = None,
    database: str | None = None,
) -> WeChat:
    """The local WeChat for some functions; a file that cannot be used is left out, and told.

    Args:
        projects: the folders that were given; a local.yaml in one holds for all functions in it.
        env: id of the environment; by default the first that a local.yaml says.
        observe: see `Backend`.
        storage: the folder of its files; by default what a local.yaml says first, or else `STORAGE` in the first of
            `projects`, so that files outlive a restart.
        database: the folder of its documents; by default likewise, `DATABASE`.
    """
    problems: list[str] = []
    projects = list(projects)
    shared = {project: _read(project, problems) for project in projects}
    own = {folder.name: None if folder.path in shared else _read(folder.path, problems) for folder in folders}
    files = [data for data in (*shared.values(), *own.values()) if data]
    envs = list(dict.fromkeys(data.env for data in files if data.env != DEFAULT_ENV))
    backend = Backend(
        env=env or (envs[0] if envs else DEFAULT_ENV),
        appid=next((data.appid for data in files if data.appid != DEFAULT_APPID), DEFAULT_APPID),
        unknown=next((data.unknown for data in files if data.unknown), "sample"),
        any_env=len(envs) > 1,
        remember=0,  # the history has what is shown; parameters may be large
        observe=observe,
        storage=storage or _storage(files, projects),
        database=database or _database(files, projects),
    )
    for data in files:
        from ..local.data import LocalDataError

        seeds = data.seeds()
        try:
            for read in seeds.values():
                read()
        except LocalDataError as error:
            problems.append(str(error))
        else:
            backend.documents.seed(seeds)
    for account in dict.fromkeys(account for data in files for account in data.accounts):
        backend.accounts.share(*account)
    wechat = WeChat(backend, problems=problems)
    known: set[str] = set()
    for data in files:
        for user in data.users:
            if user.openid not in known:
                backend.users.add(user)
                known.add(user.openid)
    backend.allow("all")  # for clients that are no function here: no config.json speaks of them
    for folder in folders:
        mine, ours = own[folder.name], shared.get(folder.project)
        users = (mine.users if mine else ()) or (ours.users if ours else ())
        wechat.callers[folder.name] = users[0] if users else User(DEFAULT_OPENID, appid=backend.users.appid)
        _allow(wechat, folder, mine, ours)
        if mine:
            answers = backend.function_responses[folder.name] = CannedResponses()
            for api, canned in mine.answers:
                answers.add(api, canned)
    for ours in shared.values():
        for api, canned in ours.answers if ours else ():
            backend.responses.add(api, canned)
    _add_open_data(wechat, files)
    return wechat


def adopt(new: Backend, old: Backend) -> None:
    """Lets `new` stand in for `old` while functions run: keys, tokens, addresses of files, orders, CloudIDs that were
    minted and what was uploaded stay. The folders of files and documents stay too, unless a local.yaml says others."""
    new.secret_id, new.secret_key, new.tokens = old.secret_id, old.secret_key, old.tokens
    new.calls, new.media, new.function_caller = old.calls, old.media, old.function_caller
    new.signed_urls, new.pay = old.signed_urls, old.pay
    new.accounts.adopt(old.accounts)
    new.documents.adopt(old.documents)
    new.open_data.adopt(old.open_data)


def _storage(files: Iterable[LocalData], projects: Sequence[str]) -> str | None:
    said = next((data.storage for data in files if data.storage), None)
    return said or (os.path.join(projects[0], *STORAGE) if projects else None)


def _database(files: Iterable[LocalData], projects: Sequence[str]) -> str | None:
    said = next((data.database for data in files if data.database), None)
    return said or (os.path.join(projects[0], *DATABASE) if projects else None)


def _read(folder: str, problems: list[str]) -> LocalData | None:
    path = os.path.join(folder, LOCAL_YAML)
    if not os.path.lexists(path):
        return None
    from ..local.data import LocalDataError, read  # here: yaml and jsonschema come with it

    try:
        return read(path)
    except LocalDataError as error:
        problems.append(str(error))
        return None


def _allow(wechat: WeChat, folder: Folder, mine: LocalData | None, ours: LocalData | None) -> None:
    allow, config = wechat.backend.allow, folder.own(CONFIG)
    if mine and mine.permissions is not None:
        allow(mine.permissions, function=folder.name)
    elif config is not None:
        try:
            allow(from_file(config).allowed, function=folder.name)
        except ConfigError as error:  # the function's own init() fails as well
            allow(None, function=folder.name)
            wechat.problems.append(error.errMsg.removeprefix("init:fail "))
    elif ours and ours.permissions is not None:
        allow(ours.permissions, function=folder.name)
    else:
        allow(None, function=folder.name)


def _add_open_data(wechat: WeChat, files: Iterable[LocalData]) -> None:
    said: dict[str, str] = {}
    for data in files:
        for cloud_id, entry in data.open_data.items():
            if cloud_id in said:
                wechat.problems.append(
                    f"{data.path}: the CloudID {cloud_id!r} is in {said[cloud_id]} already, which counts"
                )
                continue
            said[cloud_id] = data.path
            default = data.users[0] if data.users else wechat.backend.users.default
            openid = entry.openid or default.openid
            wechat.backend.open_data.add(cloud_id, entry.data, openid=openid, life=0 if entry.expired else None)

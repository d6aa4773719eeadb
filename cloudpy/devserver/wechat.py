"""The local WeChat of a local cloud: one backend, created from the local.yaml and config.json of every function.

For a function its own local.yaml comes first, then its config.json, then the local.yaml of the project folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .._client.permissions import from_file
from ..errors import ConfigError
from ..local.backend import DEFAULT_ENV, Backend
from ..local.calls import CallRecord
from ..local.changes import Changes
from ..local.responses import ApiResponse, CannedResponses
from ..local.users import DEFAULT_APPID, DEFAULT_OPENID, User
from ..runner.discovery import CONFIG, LOCAL_YAML, FunctionFolder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..local.data import LocalData

STORAGE = (".cloudpy", "storage")  # in the first project
DATABASE = (".cloudpy", "database")


@dataclass(slots=True)
class LocalWeChat:
    """A local WeChat.

    Attributes:
        backend: itself.
        callers: default caller of each function, by the function's name.
        problems: with the files, one sentence each.
    """

    backend: Backend
    callers: dict[str, User] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def create(
    folders: Sequence[FunctionFolder],
    projects: Iterable[str],
    *,
    env: str | None = None,
    observe: Callable[[CallRecord, ApiResponse], None] | None = None,
    storage: str | None = None,
    database: str | None = None,
    changes: Changes | None = None,
) -> LocalWeChat:
    """Create the local WeChat for some functions. An invalid file is skipped and reported in `problems`.

    Args:
        folders: of the functions.
        projects: folders of the command line; a local.yaml in one applies to all functions in it.
        env: id of the environment; by default the first in a local.yaml.
        observe: see `Backend`.
        storage: folder of the cloud storage; by default the first in a local.yaml, or `STORAGE` in the first project,
            so that files outlive a restart.
        database: folder of the database; likewise, or `DATABASE`.
        changes: receives what changes in it.
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
        invalid=next((data.invalid for data in files if data.invalid), "warn"),
        any_env=len(envs) > 1,
        remember=0,  # the history keeps what is shown; parameters may be large
        observe=observe,
        storage=storage or next((data.storage for data in files if data.storage), os.path.join(projects[0], *STORAGE)),
        database=database
        or next((data.database for data in files if data.database), os.path.join(projects[0], *DATABASE)),
        changes=changes,
    )
    backend.files = tuple(
        (name, data.path) for name, data in (*(("", data) for data in shared.values()), *own.items()) if data
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
    wechat = LocalWeChat(backend, problems=problems)
    known: set[str] = set()
    for data in files:
        for user in data.users:
            if user.openid not in known:
                backend.users.declare(user)
                known.add(user.openid)
    backend.allow("all")  # for clients that are not functions and have no config.json
    for folder in folders:
        function_data, project_data = own[folder.name], shared.get(folder.project)
        users = (function_data.users if function_data else ()) or (project_data.users if project_data else ())
        wechat.callers[folder.name] = users[0] if users else User(DEFAULT_OPENID, appid=backend.users.appid)
        _allow(wechat, folder, function_data, project_data)
        if function_data:
            responses = backend.function_responses[folder.name] = CannedResponses()
            for api, canned in function_data.answers:
                responses.add(api, canned)
    for project_data in shared.values():
        for api, canned in project_data.answers if project_data else ():
            backend.responses.add(api, canned)
    _add_open_data(wechat, files)
    return wechat


def adopt(new: Backend, old: Backend) -> None:
    """Move what running functions rely on from `old` to `new`.

    These are keys, tokens, addresses of files, orders, created CloudIDs and uploads, and the folders of files and
    documents, unless a local.yaml names others; and what was set while it ran: users and responses.
    """
    new.secret_id, new.secret_key, new.tokens = old.secret_id, old.secret_key, old.tokens
    new.calls, new.media, new.function_caller = old.calls, old.media, old.function_caller
    new.signed_urls, new.pay, new.query_shapes = old.signed_urls, old.pay, old.query_shapes
    new.overrides = old.overrides
    new.users.adopt(old.users)
    new.accounts.adopt(old.accounts)
    new.documents.adopt(old.documents)
    new.open_data.adopt(old.open_data)
    new.changes.publish("responses", {})  # of files that may have changed


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


def _allow(
    wechat: LocalWeChat, folder: FunctionFolder, function_data: LocalData | None, project_data: LocalData | None
) -> None:
    allow, config = wechat.backend.allow, folder.file(CONFIG)
    if function_data and function_data.permissions is not None:
        allow(function_data.permissions, function=folder.name)
    elif config is not None:
        try:
            allow(from_file(config).allowed, function=folder.name)
        except ConfigError as error:  # the function's own init() fails as well
            allow(None, function=folder.name)
            wechat.problems.append(error.errMsg.removeprefix("init:fail "))
    elif project_data and project_data.permissions is not None:
        allow(project_data.permissions, function=folder.name)
    else:
        allow(None, function=folder.name)


def _add_open_data(wechat: LocalWeChat, files: Iterable[LocalData]) -> None:
    first: dict[str, str] = {}
    for data in files:
        for cloud_id, entry in data.open_data.items():
            if cloud_id in first:
                wechat.problems.append(
                    f"{data.path}: the CloudID {cloud_id!r} is already in {first[cloud_id]}, which counts"
                )
                continue
            first[cloud_id] = data.path
            default = data.users[0] if data.users else wechat.backend.users.default
            openid = entry.openid or default.openid
            wechat.backend.open_data.add(cloud_id, entry.data, openid=openid, life=0 if entry.expired else None)

"""The state of a local WeChat as a folder: export, import, reset.

    cloudpy-state.json            users, created CloudIDs, responses, orders, and a list of the files below
    database/ENV/COLLECTION.jsonl documents as canonical Extended JSON, one on each line
    storage/ENV/…                 files under their paths
    media/ID                      uploaded media

Tokens, keys and records of calls are not exported.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .answers import parse_responses
from .backend import Backend
from .calls import File
from .collection_files import read as read_documents
from .documents import env_folder
from .located_yaml import LocalDataError
from .media import Medium
from .open_data import OpenData
from .pay import Order
from .responses import CannedResponse
from .storage import FileStorage, PathError
from .users import User

MANIFEST = "cloudpy-state.json"
VERSION = 1
_CHUNK_BYTES = 1024 * 1024
_BATCH = 1000  # documents
_PLAIN = re.compile("[a-z0-9_-]{1,80}")  # names that are a file name everywhere
_ABANDONED_AFTER = 3600.0  # seconds after which an unfinished export is removed


class StateError(Exception):
    """A state cannot be exported or imported; the message says why."""


@dataclass
class State:
    """A state that was read from a folder and checked, but not applied; files and documents are still in the folder."""

    folder: Path
    users: list[User]
    chosen: str
    open_data: dict[str, OpenData]
    responses: dict[str, tuple[Any, list[CannedResponse]]]
    orders: list[Order]
    media: list[Medium]
    collections: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how many of each there are."""
        return {
            "users": len(self.users),
            "collections": sum(len(found) for found in self.collections.values()),
            "documents": sum(len(documents) for found in self.collections.values() for documents in found.values()),
            "files": sum(len(paths) for paths in self.files.values()),
            "responses": len(self.responses),
            "orders": len(self.orders),
            "media": len(self.media),
        }


def export(backend: Backend, target: str | os.PathLike[str]) -> None:
    """Write the state to a folder, which appears when complete; an earlier export there is replaced.

    Raises:
        StateError: the folder has something else, or cannot be written, or the database cannot be read.
    """
    folder = Path(os.path.abspath(target))
    try:
        _recover(folder)
        if folder.exists() and not _is_state(folder):
            raise StateError(f"{target} is not an exported state: choose a new or an empty folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.partial-"))
        try:
            _write(backend, partial)
            _replace(partial, folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    except (OSError, PathError) as error:
        raise StateError(f"the state cannot be written to {target}: {error}") from None
    except Exception as error:
        raise _state_error(error, f"the state cannot be written to {target}") from None


def read(source: str | os.PathLike[str]) -> State:
    """Read and check an exported state.

    Raises:
        StateError: the folder is not one, or something in it is missing or invalid.
    """
    folder = Path(os.path.abspath(source))
    try:
        _recover(folder)
        if not folder.is_dir():
            raise StateError(f"there is no folder {source}")
        try:
            value = json.loads((folder / MANIFEST).read_text("utf-8"))
        except FileNotFoundError:
            raise StateError(f"{source} is not an exported state: it has no {MANIFEST}") from None
        if not isinstance(value, dict) or value.get("format") != "cloudpy-state":
            raise StateError(f"{source} is not an exported state: {MANIFEST} is another file")
        if value.get("version") != VERSION:
            raise StateError(f"{source} has version {value.get('version')!r}; this cloudpy reads {VERSION}")
        return _parse(folder, value)
    except OSError as error:
        raise StateError(f"{error.filename or source} cannot be read: {error.strerror or error}") from None
    except LocalDataError as error:
        raise StateError(str(error)) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StateError(f"{folder / MANIFEST} is invalid: {type(error).__name__}: {error}") from None


def apply(backend: Backend, state: State) -> None:
    """Replace the state of a local WeChat.

    Raises:
        StateError: a document or file cannot be stored; then the state is incomplete.
    """
    try:
        backend.documents.reset(seeds=False)
        for env, collections in state.collections.items():
            engine = backend.documents.engine(env)
            for name, documents in collections.items():
                engine.create(name)
                for start in range(0, len(documents), _BATCH):
                    engine.insert(name, documents[start : start + _BATCH])
        backend.storage.clear()
        for env, paths in state.files.items():
            source = FileStorage(state.folder / "storage", env)
            for path in paths:
                _copy(source, backend.storage, path, env)
    except Exception as error:
        raise _state_error(error, f"the state of {state.folder} cannot be imported") from None
    backend.users.restore(state.users, state.chosen)
    backend.open_data.restore(state.open_data)
    backend.overrides.clear()
    for api, (value, responses) in state.responses.items():
        backend.overrides.set(api, value, responses)
    backend.pay.restore(state.orders)
    backend.media.restore(state.media)


def reset(backend: Backend) -> None:
    """Return to what the local.yaml files say: no other users, documents, files, responses, orders, media.

    Raises:
        StateError: the database cannot be used.
    """
    try:
        backend.documents.reset()
    except Exception as error:
        raise _state_error(error, "the database cannot be reset") from None
    backend.storage.clear()
    backend.users.restore(())
    backend.open_data.restore({})
    backend.overrides.clear()
    backend.pay.restore(())
    backend.media.restore(())


def counts(backend: Backend) -> dict[str, int]:
    """Return how many of each a local WeChat has, as `State.counts` does."""
    collections = [engine for env in backend.documents.envs() for engine in [backend.documents.engine(env)]]
    return {
        "users": sum(1 for _ in backend.users),
        "collections": sum(len(engine.collections()) for engine in collections),
        "documents": sum(sum(engine.collections().values()) for engine in collections),
        "files": sum(len(backend.storage.paths(env)) for env in backend.storage.envs()),
        "responses": len(backend.overrides.apis()),
        "orders": len(backend.pay.orders()),
        "media": len(backend.media),
    }


def _state_error(error: Exception, what: str) -> Exception:
    from .database import DatabaseError, StoreError

    if isinstance(error, (DatabaseError, StoreError, LocalDataError, PathError, OSError)):
        return StateError(f"{what}: {error}")
    return error


# Writing


def _write(backend: Backend, folder: Path) -> None:
    media = list(backend.media)
    value = {
        "format": "cloudpy-state",
        "version": VERSION,
        "exported": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(backend.clock())),
        "env": backend.env,
        "users": [_user(user) for user in backend.users],
        "chosen": backend.users.chosen.openid if backend.users.chosen else "",
        "openData": {name: asdict(entry) for name, entry in backend.open_data.created().items()},
        "responses": {api: backend.overrides.value(api) for api in backend.overrides.apis()},
        "orders": [asdict(order) for order in backend.pay.orders()],
        "media": [_medium(folder, number, one) for number, one in enumerate(media)],
        "database": _write_documents(backend, folder),
        "storage": _write_files(backend, folder),
    }
    with open(folder / MANIFEST, "w", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, indent=1, allow_nan=False)  # ASCII: a name may have half of a surrogate pair
        file.flush()
        os.fsync(file.fileno())


def _user(user: User) -> dict[str, str]:
    return {"openid": user.openid, "unionid": user.unionid, "appid": user.appid, "clientIP": user.client_ip}


def _medium(folder: Path, number: int, one: Medium) -> dict[str, Any]:
    path = f"media/{number:04}"
    (folder / "media").mkdir(exist_ok=True)
    (folder / path).write_bytes(one.file.value)
    return {
        "mediaId": one.media_id,
        "filename": one.file.filename,
        "contentType": one.file.content_type,
        "created": one.created,
        "ends": None if one.ends == float("inf") else one.ends,
        "file": path,
    }


def _write_documents(backend: Backend, folder: Path) -> dict[str, dict[str, str]]:
    from .database import Query, ejson

    written: dict[str, dict[str, str]] = {}
    for env in backend.documents.envs():
        engine = backend.documents.engine(env)
        snapshot = engine.begin()  # all collections as they are at one moment
        try:
            for number, name in enumerate(engine.collections()):
                title = name if _PLAIN.fullmatch(name) else f"~{number:04}"
                path = f"database/{env_folder(env)}/{title}.jsonl"
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                with open(folder / path, "w", encoding="utf-8", newline="\n") as file:
                    for document in engine.find(name, Query({}), transaction=snapshot):
                        text = ejson.canonical(document)
                        file.write(ejson.UNPAIRED_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
                written.setdefault(env, {})[name] = path
        finally:
            engine.abort(snapshot)
    return written


def _write_files(backend: Backend, folder: Path) -> dict[str, list[str]]:
    written: dict[str, list[str]] = {}
    for env in backend.storage.envs():
        target = FileStorage(folder / "storage", env)
        for path in backend.storage.paths(env):
            if _copy(backend.storage, target, path, env):
                written.setdefault(env, []).append(path)
    shutil.rmtree(folder / "storage" / ".cloudpy-uploads", ignore_errors=True)
    return written


def _copy(source: FileStorage, target: FileStorage, path: str, env: str) -> bool:
    """Copy a file. Return False for one that was deleted meanwhile."""
    file = source.open(path, env)
    if file is None:
        return False
    with file:
        upload = target.begin(path, env)
        try:
            while piece := file.read(_CHUNK_BYTES):
                upload.write(piece)
            upload.commit()
        finally:
            upload.discard()
    return True


# The folder as a whole


def _replace(partial: Path, folder: Path) -> None:
    """Put a complete export in its place. At every moment there is a complete one, here or in `_old`."""
    old = _old(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.rename(folder, old)
    os.rename(partial, folder)
    shutil.rmtree(old, ignore_errors=True)


def _recover(folder: Path) -> None:
    """Bring an export back whose replacement was interrupted between two renames."""
    if not folder.exists() and _old(folder).is_dir():
        os.rename(_old(folder), folder)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _sweep(folder: Path) -> None:
    """Remove exports that killed processes left behind."""
    for path in folder.parent.glob(f".{folder.name}.partial-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED_AFTER:
                shutil.rmtree(path, ignore_errors=True)


def _is_state(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MANIFEST).is_file() or not any(folder.iterdir()))


# Reading


def _parse(folder: Path, value: dict[str, Any]) -> State:
    return State(
        folder,
        [User(one["openid"], one["unionid"], one["appid"], one["clientIP"]) for one in value["users"]],
        value["chosen"],
        {name: OpenData(**entry) for name, entry in value["openData"].items()},
        {api: (one, parse_responses(api, one, str(folder / MANIFEST))) for api, one in value["responses"].items()},
        [Order(**order) for order in value["orders"]],
        list(_media(folder, value["media"])),
        {
            env: {name: list(read_documents(str(_inside(folder, path)))) for name, path in collections.items()}
            for env, collections in value["database"].items()
        },
        {env: list(_checked(folder, env, paths)) for env, paths in value["storage"].items()},
    )


def _media(folder: Path, listed: list[dict[str, Any]]) -> Iterator[Medium]:
    for one in listed:
        file = File(one["filename"], one["contentType"], _inside(folder, one["file"]).read_bytes())
        yield Medium(one["mediaId"], file, one["created"], float("inf") if one["ends"] is None else one["ends"])


def _checked(folder: Path, env: str, paths: list[str]) -> Iterator[str]:
    source = FileStorage(folder / "storage", env)
    for path in paths:
        file = source.open(path, env)
        if file is None:
            raise StateError(f"{folder}: the file {path!r} of the storage is missing")
        file.close()
        yield path


def _inside(folder: Path, path: str) -> Path:
    """Return the path of a file of the export; a manifest of somebody else names no other files."""
    found = (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()):
        raise StateError(f"{folder / MANIFEST} names a file outside of the folder: {path!r}")
    return found

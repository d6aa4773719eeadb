"""The document databases of a local WeChat, one for each environment, and their seeds."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from .changes import Changes

if TYPE_CHECKING:
    from .database import Engine
    from .database.transactions import Change

MANY_DOCUMENTS = 10_000
_MAX_TOLD = 100  # ids of documents in one notice
_log = logging.getLogger("cloudpy.local")

# Returns the first documents of a collection; called when the collection does not exist.
Seed = Callable[[], Sequence[Any]]


class Documents:
    """The databases of one local WeChat, opened when they are first used.

    Args:
        folder: the folder, with a subfolder for each environment; None keeps documents in memory.
        env: default environment.
        clock: returns seconds since 1970, for server dates and the life of transactions.
        changes: receives collections and documents that change.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None,
        env: str,
        clock: Callable[[], float],
        changes: Changes | None = None,
    ) -> None:
        self._changes = changes or Changes()
        self.folder = None if folder is None else os.path.abspath(folder)
        self._env = env
        self._clock = clock
        self._engines: dict[str, Engine] = {}
        self._seeds: dict[str, Seed] = {}
        self._lock = threading.Lock()
        self._seed: str | None = None
        self._warned: set[str] = set()

    def warn_once(self, text: str) -> None:
        """Log a warning, each text once."""
        if text not in self._warned:
            self._warned.add(text)
            _log.warning("%s", text)

    def seed(self, collections: Mapping[str, Seed]) -> None:
        """Add seeds for collections of the default environment that do not exist yet."""
        self._seeds.update(collections)
        engine = self._engines.get(self._env)
        if engine is not None:
            self._insert_seeds(engine)

    def repeat(self, seed: str) -> None:
        """Generate the same ids (by position in a collection) and the same samples for the same `seed`."""
        self._seed = seed

    def snapshot(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return all documents as plain values, by environment, collection and ``_id``."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for env, engine in sorted(self._engines.items()):
            found[env] = {name: _plain(engine, name) for name in engine.collections()}
        return found

    @property
    def seeds(self) -> Mapping[str, Seed]:
        """The seeds by collection."""
        return dict(self._seeds)

    def engine(self, env: str = "") -> Engine:
        """Return the database of an environment; the first call opens it.

        Raises:
            StoreError: its folder cannot be used, or another process has it open.
            DatabaseError, LocalDataError: a collection cannot be loaded.
        """
        env = env or self._env
        found = self._engines.get(env)
        if found is None:
            with self._lock:
                found = self._engines.get(env)
                if found is None:
                    found = self._open(env)
                    self._engines[env] = found
        return found

    def _open(self, env: str) -> Engine:
        from .database import Engine  # late: many programs use no documents

        folder = None if self.folder is None else os.path.join(self.folder, env_folder(env))
        engine = Engine(
            folder,
            clock=self._clock,
            listener=lambda name, what, changes: self._tell(env, name, what, changes),
            **({} if self._seed is None else _generators(f"{self._seed}\n{env}")),
        )
        if env == self._env:
            try:
                self._insert_seeds(engine)
            except BaseException:
                engine.close()
                raise
        return engine

    def _tell(self, env: str, name: str, what: str, changes: list[Change]) -> None:
        if not self._changes.watched:
            return
        from .database import ejson

        several = [change.before or change.after or {} for change in changes[:_MAX_TOLD]]
        ids = [ejson.readable(document["_id"]) for document in several]
        value = {"env": env, "collection": name, "change": what, "ids": ids, "count": len(changes)}
        self._changes.publish("database", value)

    def _insert_seeds(self, engine: Engine) -> None:
        present = engine.collections()
        for name, documents in self._seeds.items():
            if name not in present:
                found = documents()
                engine.create(name)
                engine.insert(name, found)

    def envs(self) -> list[str]:
        """Return the environments that have a database, sorted."""
        found = set(self._engines)
        if self.folder is not None and os.path.isdir(self.folder):
            with os.scandir(self.folder) as entries:
                found |= {unquote(entry.name) for entry in entries if entry.is_dir()}
        return sorted(found | {self._env})

    def reset(self, *, seeds: bool = True) -> None:
        """Delete all collections, of every environment.

        Args:
            seeds: insert the seeds of local.yaml again.
        """
        for env in self.envs():
            engine = self.engine(env)
            for name in engine.collections():
                engine.drop(name)
            if seeds and env == self._env:
                self._insert_seeds(engine)

    def is_large(self) -> bool:
        """Whether a query of all documents takes so long that other calls should not wait for it."""
        return any(sum(engine.collections().values()) > MANY_DOCUMENTS for engine in self._engines.values())

    def is_configured(self, default: str) -> bool:
        """Whether collections, or a folder other than `default`, were configured."""
        return bool(self._seeds) or self.folder != os.path.abspath(default)

    def adopt(self, old: Documents) -> None:
        """Take over the open databases of another instance with the same folder; otherwise close them."""
        if self.folder == old.folder:
            self._engines = old._engines
            engine = self._engines.get(self._env)
            if engine is not None:
                self._insert_seeds(engine)
        else:
            old.close()

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            engines, self._engines = self._engines, {}
        for engine in engines.values():
            engine.close()

    def __repr__(self) -> str:
        return f"<Documents in {self.folder or 'memory'}>"


def _plain(engine: Engine, name: str) -> dict[str, Any]:
    from .._wire import jsontext
    from .database import Query, ejson

    found = {}
    for document in engine.find(name, Query({})):
        identifier = document["_id"]
        key = identifier if isinstance(identifier, str) else ejson.relaxed(identifier)
        found[key] = jsontext.parse(ejson.relaxed(document))
    return found


def _generators(seed: str) -> dict[str, Any]:
    import random

    counts: dict[str, int] = {}

    def new_id(collection: str) -> str:
        counts[collection] = counts.get(collection, 0) + 1
        return random.Random(f"{seed}\n{collection}\n{counts[collection]}").randbytes(16).hex()

    return {"new_id": new_id, "sample": random.Random(seed).sample}


def env_folder(env: str) -> str:
    """Return the name of an environment's folder."""
    return quote(env, safe="").replace(".", "%2E") or "_"

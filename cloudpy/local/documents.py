"""The document databases of a local WeChat, one for each environment, and what they hold from the start."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from .database import Engine

LARGE = 10_000  # documents
_log = logging.getLogger("cloudpy.local")

# What a collection holds from the start: documents, read when the collection is not there yet.
Seed = Callable[[], Sequence[Any]]


class Documents:
    """The databases of one local WeChat, opened when they are first used.

    Args:
        folder: where they are kept, each in a folder named after its environment; None keeps them in memory.
        env: the environment that is meant when none is named.
        clock: seconds since 1970, for server dates and the life of transactions.
    """

    def __init__(self, folder: str | os.PathLike[str] | None, env: str, clock: Callable[[], float]) -> None:
        self.folder = None if folder is None else os.path.abspath(folder)
        self._env = env
        self._clock = clock
        self._engines: dict[str, Engine] = {}
        self._seeds: dict[str, Seed] = {}
        self._lock = threading.Lock()
        self._seed: str | None = None
        self._noted: set[str] = set()

    def note(self, text: str) -> None:
        """Say that a limit was met, each sentence once."""
        if text not in self._noted:
            self._noted.add(text)
            _log.warning("%s", text)

    def seed(self, collections: Mapping[str, Seed]) -> None:
        """Say what collections of the default environment hold from the start, where they do not exist yet."""
        self._seeds.update(collections)
        engine = self._engines.get(self._env)
        if engine is not None:
            self._plant(engine)

    def repeat(self, seed: str) -> None:
        """Make up the same ids, by their position in a collection, and the same samples for the same `seed`."""
        self._seed = seed

    def snapshot(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return what is there, as plain values: by environment, collection and ``_id``."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for env, engine in sorted(self._engines.items()):
            found[env] = {name: _plain(engine, name) for name in engine.collections()}
        return found

    @property
    def seeds(self) -> Mapping[str, Seed]:
        """What was said with `seed`."""
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
        from .database import Engine  # here: many local WeChats are asked for no document

        folder = None if self.folder is None else os.path.join(self.folder, folder_of(env))
        engine = Engine(folder, clock=self._clock, **({} if self._seed is None else _repeated(f"{self._seed}\n{env}")))
        if env == self._env:
            try:
                self._plant(engine)
            except BaseException:
                engine.close()
                raise
        return engine

    def _plant(self, engine: Engine) -> None:
        present = engine.collections()
        for name, documents in self._seeds.items():
            if name not in present:
                found = documents()
                engine.create(name)
                engine.insert(name, found)

    def is_large(self) -> bool:
        """Whether a query that reads all documents takes so long that other calls should not wait for it."""
        return any(sum(engine.collections().values()) > LARGE for engine in self._engines.values())

    def is_named(self, default: str) -> bool:
        """Whether somebody named a folder other than `default`, or collections."""
        return bool(self._seeds) or self.folder != os.path.abspath(default)

    def adopt(self, old: Documents) -> None:
        """Take over the open databases of another one, if it kept them in the same place; else close those."""
        if self.folder == old.folder:
            self._engines = old._engines
            engine = self._engines.get(self._env)
            if engine is not None:
                self._plant(engine)
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


def _repeated(seed: str) -> dict[str, Any]:
    import random

    counts: dict[str, int] = {}

    def new_id(collection: str) -> str:
        counts[collection] = counts.get(collection, 0) + 1
        return random.Random(f"{seed}\n{collection}\n{counts[collection]}").randbytes(16).hex()

    return {"new_id": new_id, "sample": random.Random(seed).sample}


def folder_of(env: str) -> str:
    """Return the name of an environment's folder."""
    return quote(env, safe="").replace(".", "%2E") or "_"

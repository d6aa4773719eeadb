"""Documents on disk: one SQLite file (WAL) in a folder, written by one process at a time.

A write is acknowledged when SQLite has committed it: it survives the end of the process, however that comes. With
`sync` it survives a power failure as well.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from . import ejson
from .errors import DatabaseError, StoreError

FILE = "documents.sqlite"
LOCK = "lock.sqlite"  # empty; locked as long as a process has the store open, and free when that ends in any way
OWNER = "process.txt"  # the id of that process, for people
VERSION = 1


class Store:
    """An open folder of documents.

    Args:
        sync: whether a commit waits until the disk has it.
        read_only: reads what is committed at this moment, also while another process has the folder open.

    Raises:
        StoreError: another process has it open, it cannot be written, or another version made it.
    """

    def __init__(self, folder: str | os.PathLike[str], *, sync: bool = False, read_only: bool = False) -> None:
        self.folder = os.path.abspath(os.fspath(folder))
        self._ids: dict[str, int] = {}
        self._connections: list[sqlite3.Connection] = []
        self._read_only = read_only
        try:
            if read_only:
                self._open_for_reading()
            else:
                os.makedirs(self.folder, exist_ok=True)
                self._lock()
                self._open(sync)
                self._note_owner()
        except (OSError, sqlite3.OperationalError) as error:
            self.close()
            raise StoreError(f"the folder {self.folder} cannot be used for the database: {error}") from None
        except sqlite3.Error as error:
            self.close()
            raise StoreError(
                f"{os.path.join(self.folder, FILE)} is not a database of cloudpy, or is damaged: {error}; move it away"
                " to begin with an empty one"
            ) from None
        except DatabaseError as error:
            self.close()
            raise StoreError(f"the folder {self.folder} cannot be used for the database: {error.message}") from None
        except StoreError:
            self.close()
            raise

    def _connect(self, name: str, mode: str) -> sqlite3.Connection:
        address = f"{Path(self.folder, name).as_uri()}?mode={mode}"
        connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
        self._connections.append(connection)
        return connection

    def _lock(self) -> None:
        try:
            self._connect(LOCK, "rwc").execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise StoreError(
                f"the database in {self.folder} is open in another process{self._owner()}: end that one, or use another"
                " folder"
            ) from None

    def _open(self, sync: bool) -> None:
        self._connection = self._connect(FILE, "rwc")
        run = self._connection.execute
        run("PRAGMA journal_mode = WAL")
        run(f"PRAGMA synchronous = {'FULL' if sync else 'NORMAL'}")
        with _Writing(self._connection):
            self._check_version(0, VERSION)
            run("CREATE TABLE IF NOT EXISTS collections (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL)")
            run(
                "CREATE TABLE IF NOT EXISTS documents"
                " (number INTEGER PRIMARY KEY, collection INTEGER NOT NULL, body BLOB NOT NULL)"
            )
            run(f"PRAGMA user_version = {VERSION}")
        self._read_ids()

    def _open_for_reading(self) -> None:
        self._connection = self._connect(FILE, "ro")
        self._connection.execute("BEGIN")  # one snapshot for all that is read
        self._check_version(VERSION)
        self._read_ids()

    def _check_version(self, *known: int) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in known:
            raise StoreError(
                f"the database in {self.folder} was written by another version of cloudpy (format {version}, this one"
                f" reads {VERSION})"
            )

    def _read_ids(self) -> None:
        self._ids = {name: number for number, name in self._connection.execute("SELECT id, name FROM collections")}

    def _owner(self) -> str:
        try:
            with open(os.path.join(self.folder, OWNER), encoding="ascii") as file:
                return f" (process {int(file.read(20))})"
        except (OSError, ValueError):
            return ""

    def _note_owner(self) -> None:
        try:
            with open(os.path.join(self.folder, OWNER), "w", encoding="ascii") as file:
                file.write(f"{os.getpid()}\n")
        except OSError:
            pass  # only a help for the message

    def collections(self) -> list[str]:
        return list(self._ids)

    def read(self) -> Iterator[tuple[str, int, dict[str, Any]]]:
        """Yield each document with its collection and number, in the order of their insertion."""
        names = {number: name for name, number in self._ids.items()}
        for number, collection, body in self._connection.execute(
            "SELECT number, collection, body FROM documents ORDER BY number"
        ):
            yield names[collection], number, ejson.decode(body)

    def create(self, name: str) -> None:
        """Note a new, empty collection."""
        if self._read_only:
            raise self._not_writable()
        with _Writing(self._connection):
            cursor = self._connection.execute("INSERT INTO collections (name) VALUES (?)", (_text(name),))
        assert cursor.lastrowid is not None
        self._ids[name] = cursor.lastrowid

    def drop(self, name: str) -> None:
        """Delete a collection and its documents."""
        number = self._ids[name]
        if self._read_only:
            raise self._not_writable()
        with _Writing(self._connection):
            self._connection.execute("DELETE FROM documents WHERE collection = ?", (number,))
            self._connection.execute("DELETE FROM collections WHERE id = ?", (number,))
        del self._ids[name]

    def write(self, rows: Iterable[tuple[str, int, bytes | None]]) -> None:
        """Write rows, all or none: the bytes of a document, or None to delete it.

        Raises:
            DatabaseError: the disk refuses.
        """
        if self._read_only:
            raise self._not_writable()
        with _Writing(self._connection):
            for name, number, body in rows:
                if body is None:
                    self._connection.execute("DELETE FROM documents WHERE number = ?", (number,))
                else:
                    self._connection.execute(
                        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (number, self._ids[name], body)
                    )

    def _not_writable(self) -> DatabaseError:
        return DatabaseError(f"the database in {self.folder} was opened for reading")

    def close(self) -> None:
        """Close the file; the folder can be opened again."""
        for connection in self._connections:
            connection.close()
        self._connections = []


class _Writing:
    """One transaction of SQLite's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._connection.execute("ROLLBACK" if error else "COMMIT")
        except sqlite3.Error as failure:
            error = error or failure
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise DatabaseError(f"the local database cannot write its file: {error}") from None


def _text(name: str) -> str:
    return name.encode("utf-8", "replace").decode()

"""The last invocations, their calls and what functions print: bounded, and on disk.

A thread writes them, so that no invocation waits. Secrets are masked before anything is written. The database is
SQLite's own temporary file, which goes away with the process.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._client import redact
from .._wire.javascript import escape_surrogates
from .frames import read_frames
from .invocation import CloudCall, Invocation
from .levels import level_of
from .masking import mask_json

MAX_INVOCATIONS = 20_000
MAX_LINES = 200_000
MAX_BYTES = 256 * 1024 * 1024  # of events, results and calls
MAX_VALUE = 256 * 1024  # bytes of the parameters or the answer of a call
_MAX_PENDING_LINES = 50_000  # older ones are dropped, and the drop is reported
_MAX_PENDING = 64 * 1024 * 1024  # bytes of invocations that are not written yet; then invocations wait
_TRIM_EVERY = 256  # invocations
_WORDS = 2000  # characters of an event, and of a result, that a search finds
_PAUSE = 0.02  # seconds in which records gather
_SECRETS_LIFE = 2.0  # seconds for which the known secrets are kept
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -8000;
CREATE TABLE invocations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, function TEXT, openid TEXT, unionid TEXT, appid TEXT,
    trigger TEXT, parent TEXT, started REAL, ms REAL, kind TEXT, summary TEXT, words TEXT, event TEXT, result TEXT,
    frames TEXT, calls INTEGER DEFAULT 0, failed_calls INTEGER DEFAULT 0, bytes INTEGER DEFAULT 0);
CREATE INDEX parents ON invocations (parent) WHERE parent != '';
CREATE INDEX starts ON invocations (started);
CREATE TABLE calls (
    seq INTEGER PRIMARY KEY, owner INTEGER, api TEXT, outcome TEXT, at REAL, ms REAL, attempt INTEGER,
    origin TEXT, params TEXT, answer TEXT, problems TEXT, sdk TEXT, sent INTEGER, received INTEGER, name TEXT);
CREATE INDEX owners ON calls (owner);
CREATE TABLE lines (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, function TEXT, invocation TEXT, level TEXT, text TEXT);
CREATE INDEX printers ON lines (invocation) WHERE invocation != '';
"""
Publish = Callable[[str, Any], None]


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions of a search: SQL and its values."""

    sql: str = "1"
    values: tuple[Any, ...] = ()

    def also(self, sql: str, *values: Any) -> Where:
        """Return this and another condition."""
        return Where(f"{self.sql} AND {sql}", (*self.values, *values))


@dataclass(slots=True)
class _Lines:
    function: str
    invocation: str
    at: float
    texts: list[str]
    level: str = ""


class History:
    """Invocations, calls and lines; safe to use from several threads.

    Args:
        secrets: returns current secrets beside those of this process.
        folder: returns the folder of a function.
        publish: called with what has changed, for open pages.
        report: called with a sentence when something could not be recorded.
        record: whether anything is kept; without, it only knows which invocations are running.
        max_invocations: that are kept.
        max_lines: that are kept.
        max_bytes: of events, results and calls that are kept.
    """

    def __init__(
        self,
        *,
        secrets: Callable[[], Iterable[str]] = tuple,
        folder: Callable[[str], str] = lambda _: "",
        publish: Publish = lambda _, __: None,
        report: Callable[[str], None] = lambda _: None,
        record: bool = True,
        max_invocations: int = MAX_INVOCATIONS,
        max_lines: int = MAX_LINES,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.publish = publish
        self._secrets, self._folder, self._report, self._record = secrets, folder, report, record
        self._max_invocations, self._max_lines, self._max_bytes = max_invocations, max_lines, max_bytes
        self._lock = threading.Lock()  # of the database
        self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(_SCHEMA)
        self._changed = threading.Condition()
        self._records: deque[tuple[Callable[[], None], int]] = deque()
        self._pending_bytes = 0
        self._lines: deque[_Lines] = deque()
        self._pending_lines = 0
        self._dropped = 0
        self._busy = False
        self._failed = False
        self._closed = False
        self._running: dict[str, Invocation] = {}
        self._known: tuple[float, set[str]] = (0.0, set())
        self._bytes = 0
        self.removed = 0  # invocations
        self._thread = threading.Thread(target=self._write_pending, name="history", daemon=True)
        self._thread.start()

    # What is recorded

    def begin(self, invocation: Invocation) -> None:
        """Add a running invocation."""
        event = invocation.event
        with self._changed:
            self._running[invocation.id] = invocation
        self._put(lambda: self._insert(invocation, event), 1000)

    def end(self, invocation: Invocation) -> None:
        """Note that an invocation has ended."""
        with self._changed:
            self._running.pop(invocation.id, None)
        kind, text = invocation.kind, invocation.text
        self._put(lambda: self._update(invocation, kind, text), len(text))

    def note(self, invocation: str, call: CloudCall) -> bool:
        """Add a call to a running invocation; return False if none has this id."""
        with self._changed:
            running = self._running.get(invocation)
        if running is None:
            return False
        running.add(call)
        self._put(lambda: self._add_call(invocation, call), call.sent + call.received)
        return True

    def printed(self, function: str, texts: list[str], invocation: str = "", level: str = "") -> None:
        """Add lines that a function printed; the oldest are dropped when there are too many at once.

        Args:
            function: its name, or empty for what cloudpy says.
            texts: the lines.
            invocation: id of the invocation that printed them, or empty.
            level: of the lines; by default as they look.
        """
        if not self._record:
            return
        with self._changed:
            self._lines.append(_Lines(function, invocation, time.time(), texts, level))
            self._pending_lines += len(texts)
            while self._pending_lines > _MAX_PENDING_LINES and len(self._lines) > 1:
                dropped = len(self._lines.popleft().texts)
                self._pending_lines -= dropped
                self._dropped += dropped
            self._changed.notify_all()

    def close(self) -> None:
        """Write nothing more, and remove what there is."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(2.0)
        with self._lock:
            self._database.close()

    # What is read

    def flush(self, timeout: float = 2.0) -> None:
        """Wait until what was recorded can be read, for `timeout` seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._records or self._lines or self._busy), timeout)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        with self._lock:
            return [dict(row) for row in self._database.execute(sql, values)]

    def count(self, table: str, where: Where) -> int:
        """Return how many rows of a table meet a condition."""
        sql = f"SELECT count(*) AS n FROM {table} WHERE {where.sql}"  # noqa: S608  the names are our own
        return int(self.rows(sql, where.values)[0]["n"])

    def clear_lines(self) -> None:
        """Remove all lines."""
        self.flush()
        with self._lock:
            self._database.execute("DELETE FROM lines")
        self.publish("log", {"function": "", "invocation": "", "lines": 0})

    # The thread that writes

    def _put(self, work: Callable[[], None], size: int) -> None:
        if not self._record:
            return
        with self._changed:
            while self._pending_bytes > _MAX_PENDING and not self._closed:
                self._changed.wait(1.0)
            self._records.append((work, size))
            self._pending_bytes += size
            self._changed.notify_all()

    def _write_pending(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._records or self._lines or self._closed)
                if self._closed:
                    return
                self._busy = True
            if len(self._records) < 2:
                time.sleep(_PAUSE)
            with self._changed:
                records, self._records = self._records, deque()
                lines = self._lines.popleft() if self._lines else None
                dropped, self._dropped = self._dropped, 0
                self._pending_bytes = 0
                if lines is not None:
                    self._pending_lines -= len(lines.texts)
            if dropped:
                text = f"{dropped} lines were dropped here: more was printed than could be recorded"
                self._try(partial(self._add_lines, _Lines("", "", time.time(), [text], "warning")))
            for work, _ in records:
                self._try(work)
            if lines is not None:
                self._try(partial(self._add_lines, lines))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # the disk is full, for instance: the functions go on
            if not self._failed and not self._closed:
                self._failed = True
                self._report(f"the console's history is incomplete: {type(error).__name__}: {error}")

    def _insert(self, one: Invocation, event: Mapping[str, Any]) -> None:
        masked = mask_json(json.dumps(event, ensure_ascii=False), self._current_secrets())
        values = (
            *(one.id, one.function, one.openid, one.unionid, one.appid, one.trigger, one.parent, one.started),
            *("", masked[:_WORDS], masked, len(masked)),
        )
        with self._lock:
            self._database.execute(
                "INSERT INTO invocations (id, function, openid, unionid, appid, trigger, parent, started, kind, words,"
                " event, bytes, ms, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')",
                _storable(values),
            )
            self._bytes += len(masked)
            seq = self._database.execute("SELECT last_insert_rowid()").fetchone()[0]
        if seq % _TRIM_EVERY == 0 or self._bytes > self._max_bytes:
            self._trim(seq)
        self._publish(one.id)

    def _update(self, one: Invocation, kind: str, text: str) -> None:
        secrets = self._current_secrets()
        is_json = kind in ("result", "error")
        text = mask_json(text, secrets) if is_json else redact.text(redact.without(text, secrets))
        frames = read_frames(text, self._folder(one.function)) if kind in ("raised", "load") else []
        shown = one.with_text(kind, text)
        with self._lock:
            self._database.execute(
                "UPDATE invocations SET kind = ?, result = ?, summary = ?, ms = ?, frames = ?, bytes = bytes + ?,"
                " words = words || ' ' || ? WHERE id = ?",
                _storable((kind, text, shown.short(), one.ms, json.dumps(frames), len(text), text[-_WORDS:], one.id)),
            )
            self._bytes += len(text)
        self._publish(one.id)

    def _add_call(self, invocation: str, call: CloudCall) -> None:
        secrets = self._current_secrets()
        params, answer = (_json(value, secrets) for value in (call.params, call.answer))
        values = (call.api, call.outcome, call.at, call.ms, call.attempt, call.origin, params, answer)
        more = (json.dumps(call.problems), redact.text(call.sdk), call.sent, call.received, call.name)
        failed = call.outcome != "ok"
        with self._lock:
            self._database.execute(
                "INSERT INTO calls (owner, api, outcome, at, ms, attempt, origin, params, answer, problems, sdk, sent,"
                " received, name) SELECT seq, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM invocations WHERE id = ?",
                _storable((*values, *more, invocation)),
            )
            size = len(params) + len(answer)
            self._database.execute(
                "UPDATE invocations SET calls = calls + 1, failed_calls = failed_calls + ?, bytes = bytes + ?"
                " WHERE id = ?",
                (failed, size, invocation),
            )
            self._bytes += size

    def _add_lines(self, lines: _Lines) -> None:
        masked = redact.text(redact.without("\n".join(lines.texts), self._current_secrets())).split("\n")
        known = lines.at, lines.function, lines.invocation
        rows = [_storable((*known, lines.level or level_of(text), text)) for text in masked]
        with self._lock:
            self._database.execute("BEGIN")
            self._database.executemany(
                "INSERT INTO lines (at, function, invocation, level, text) VALUES (?, ?, ?, ?, ?)", rows
            )
            last = self._database.execute("SELECT max(seq) FROM lines").fetchone()[0]
            self._database.execute("DELETE FROM lines WHERE seq <= ?", (last - self._max_lines,))
            self._database.execute("COMMIT")
        self.publish("log", {"function": lines.function, "invocation": lines.invocation, "lines": len(rows)})

    def _trim(self, last: int) -> None:
        """Remove the oldest invocations if there are too many, or if they are too large."""
        with self._lock:
            first = self._database.execute("SELECT min(seq) FROM invocations").fetchone()[0]
            until = last - self._max_invocations
            if self._bytes > self._max_bytes:
                kept = 0
                for seq, size in self._database.execute("SELECT seq, bytes FROM invocations ORDER BY seq DESC"):
                    kept += size
                    if kept > self._max_bytes * 0.9:
                        until = max(until, min(seq, last - 1))
                        break
            if until < first:
                return
            gone = self._database.execute(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM invocations WHERE seq <= ?", (until,)
            ).fetchone()
            self._database.execute("DELETE FROM calls WHERE owner <= ?", (until,))
            self._database.execute("DELETE FROM invocations WHERE seq <= ?", (until,))
            self.removed += gone[0]
            self._bytes -= gone[1]

    def _publish(self, invocation: str) -> None:
        rows = self.rows(f"SELECT {ROW} FROM invocations WHERE id = ?", (invocation,))  # noqa: S608  our own names
        if rows:
            self.publish("invocation", rows[0])

    def _current_secrets(self) -> set[str]:
        at, known = self._known
        if time.monotonic() - at > _SECRETS_LIFE or not at:
            known = redact.known(self._secrets())
            self._known = (time.monotonic(), known)
        return known

    def __repr__(self) -> str:
        return f"<History, {len(self._running)} running>"


# The columns of an invocation in a list.
ROW = "seq, id, function, openid, trigger, parent, started, ms, kind, summary, calls, failed_calls"


def _storable(values: Iterable[Any]) -> list[Any]:
    """Return what SQLite takes: half of a surrogate pair as an escape, which JSON has as well."""
    return [escape_surrogates(value) if isinstance(value, str) else value for value in values]


def _json(value: Any, secrets: set[str]) -> str:
    text = mask_json(json.dumps(value, ensure_ascii=False, default=str), secrets)
    if len(text) <= MAX_VALUE:
        return text
    return json.dumps({"cut": f"{len(text)} characters; the first {MAX_VALUE} are kept", "text": text[:MAX_VALUE]})

"""What the local cloud says: lines for people, with colours on a terminal, or JSON lines.

Whatever is slow about the reader is his own business: a thread writes, and when too much waits, some is dropped.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from queue import Empty, Full, Queue
from typing import IO, Any

from ..runtime.printable import printable
from .invocation import Invocation

_WAITING = 20_000  # lines
_COLOURS = {"ok": "green", "failed": "bold red", "call": "dim", "notice": "cyan", "problem": "bold red", "print": ""}

_Line = tuple[str, str, "dict[str, Any]"]  # kind, text for people, fields for programs


class Terminal:
    """Writes to standard output.

    Args:
        as_json: one JSON object a line.
    """

    def __init__(self, *, as_json: bool = False, stream: IO[str] | None = None) -> None:
        self._as_json = as_json
        self._stream = stream or sys.stdout
        self._lines: Queue[_Line | None] = Queue(_WAITING)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write_all, name="terminal", daemon=True)
        self._thread.start()

    def ready(self, text: str, **fields: Any) -> None:
        """The local cloud is there."""
        self._put("notice", text, {"log": "ready", **fields})

    def notice(self, text: str, **fields: Any) -> None:
        """Something happened that is as it should be."""
        self._put("notice", f"{_now()} {text}", {"log": "notice", "text": text, **fields})

    def problem(self, text: str, **fields: Any) -> None:
        """Something is wrong; a text of several lines is shown as it is."""
        self._put("problem", f"{_now()} {text}", {"log": "problem", "text": text, **fields})

    def printed(self, function: str, line: str) -> None:
        """A line that a function printed."""
        self._put("print", f"         {function} │ {line}", {"log": "print", "function": function, "text": line})

    def invocation(self, one: Invocation) -> None:
        """One that has ended, and its cloud calls."""
        who = one.openid or "–"
        how = "" if one.how == "client" else f" {one.how}"
        text = f"{_now(one.started)} {one.function}  {who}{how}  {one.ms:.0f} ms  {one.short()}"
        calls = [{"api": call.api, "outcome": call.outcome, "ms": round(call.ms, 1)} for call in one.calls]
        fields: dict[str, Any] = {
            "log": "invocation",
            "id": one.id,
            "function": one.function,
            "user": one.openid,
            "how": one.how,
            "parent": one.parent,
            "ms": round(one.ms, 1),
            "outcome": one.kind,
        }
        if one.failed:
            fields["error"] = one.problem()
        self._put("failed" if one.failed else "ok", text, {**fields, "calls": calls})
        if self._as_json:
            return
        for call in one.calls:
            self._put("call", f"         └ {call.api}  {call.outcome}  {call.ms:.0f} ms", {})
        stack = one.problem().get("stack") if one.failed else None
        if stack:
            self._put("call", "\n".join(f"           {line}" for line in stack.rstrip().split("\n")), {})

    def late_call(self, function: str, api: str, outcome: str, ms: float) -> None:
        """A cloud call that belongs to no running invocation."""
        who = function or "somebody"
        text = f"{_now()} {who} called {api} outside of an invocation  {outcome}  {ms:.0f} ms"
        fields = {"log": "call", "function": function, "api": api, "outcome": outcome, "ms": round(ms, 1)}
        self._put("call", text, fields)

    def close(self) -> None:
        """Writes what waits, as far as a second allows."""
        try:
            self._lines.put(None, timeout=1.0)
        except Full:
            return
        self._thread.join(1.0)

    def _put(self, kind: str, text: str, fields: dict[str, Any]) -> None:
        text = printable(text, colours=kind == "print")  # those of the function's own are welcome
        try:
            self._lines.put_nowait((kind, text, fields))
        except Full:
            self._dropped += 1

    def _write_all(self) -> None:
        show = self._json if self._as_json else self._colourful() if self._stream.isatty() else self._plain
        while True:
            try:
                line = self._lines.get(timeout=0.5)
            except Empty:
                continue
            if line is None:
                return
            try:
                if self._dropped:
                    dropped, self._dropped = self._dropped, 0
                    text = f"{dropped} lines were dropped: more was printed than could be shown"
                    show(("problem", text, {"log": "problem", "text": text}))
                show(line)
            except (OSError, ValueError):  # its reader is gone: the functions go on
                continue

    def _json(self, line: _Line) -> None:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._write(json.dumps({"time": stamp, **line[2]}))

    def _plain(self, line: _Line) -> None:
        self._write(line[1])

    def _write(self, text: str) -> None:
        data = (text + "\n").encode("utf-8", "backslashreplace")
        buffer = getattr(self._stream, "buffer", None)
        if buffer is None:
            self._stream.write(data.decode())
        else:
            buffer.write(data)
        self._stream.flush()

    def _colourful(self) -> Any:
        if "NO_COLOR" in os.environ:
            return self._plain
        try:
            from rich.console import Console
            from rich.text import Text
        except ImportError:
            return self._plain
        console = Console(file=self._stream, highlight=False)

        def show(line: _Line) -> None:
            kind, text, _ = line
            if kind == "print":
                self._plain(line)
            else:
                console.print(Text(text, style=_COLOURS[kind]), soft_wrap=True)

        return show


def _now(at: float | None = None) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))

"""The console output of the local cloud: text, with colours on a terminal, or JSON lines.

A thread writes it; lines are dropped if the consumer falls behind.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, Full, Queue
from typing import IO, Any

from ..i18n import translated
from ..runtime.printable import printable
from .invocation import Invocation

_MAX_PENDING = 20_000  # lines
_MAX_LINE = 8192  # bytes that a function prints; the rest of a longer line becomes more lines
_LOGGER = "cloudpy.local"
_COLOURS = {"ok": "green", "failed": "bold red", "call": "dim", "notice": "cyan", "problem": "bold red", "print": ""}

_Line = tuple[str, str, "dict[str, Any]"]  # kind, text for people, fields for programs


class ConsoleReporter:
    """Writes to standard output.

    Args:
        as_json: write one JSON object per line.
        stream: to write to instead.
    """

    def __init__(self, *, as_json: bool = False, stream: IO[str] | None = None) -> None:
        self._as_json = as_json
        self._stream = stream or sys.stdout
        self._lines: Queue[_Line | None] = Queue(_MAX_PENDING)
        self._dropped = 0
        self.on_lines: Callable[[str, list[str], str, str], None] | None = None  # function, lines, invocation, level
        self._thread = threading.Thread(target=self._write_pending, name="reporter", daemon=True)
        self._thread.start()

    def ready(self, text: str, **fields: Any) -> None:
        """Report that the local cloud is ready."""
        self._put("notice", text, {"log": "ready", **fields})

    def notice(self, text: str, **fields: Any) -> None:
        """Report a normal event."""
        self._put("notice", f"{_now()} {translated(text)}", {"log": "notice", "text": text, **fields})
        self._pass_on(str(fields.get("function", "")), text.split("\n"), "", "info")

    def problem(self, text: str, **fields: Any) -> None:
        """Report a problem; `text` may have several lines."""
        self._put("problem", f"{_now()} {translated(text)}", {"log": "problem", "text": text, **fields})
        self._pass_on(str(fields.get("function", "")), text.split("\n"), "", "error")

    def printed(self, function: str, lines: list[str], invocation: str = "") -> None:
        """Report lines that a function printed, in an invocation if one is named."""
        for line in lines:
            self._put("print", f"         {function} │ {line}", {"log": "print", "function": function, "text": line})
        self._pass_on(function, lines, invocation, "")

    def invocation(self, one: Invocation) -> None:
        """Report an invocation that has ended, and its cloud calls."""
        who = one.openid or "–"
        trigger = "" if one.trigger == "client" else f" {one.trigger}"
        text = f"{_now(one.started)} {one.function}  {who}{trigger}  {one.ms:.0f} ms  {one.short()}"
        calls = [{"api": call.api, "outcome": call.outcome, "ms": round(call.ms, 1)} for call in one.calls]
        fields: dict[str, Any] = {
            "log": "invocation",
            "id": one.id,
            "function": one.function,
            "user": one.openid,
            "how": one.trigger,
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
        """Report a cloud call that belongs to no running invocation."""
        who = function or "a client"
        text = f"{_now()} {who} called {api} outside an invocation  {outcome}  {ms:.0f} ms"
        fields = {"log": "call", "function": function, "api": api, "outcome": outcome, "ms": round(ms, 1)}
        self._put("call", text, fields)

    def close(self) -> None:
        """Write what is pending, for up to a second."""
        try:
            self._lines.put(None, timeout=1.0)
        except Full:
            return
        self._thread.join(1.0)

    def _pass_on(self, function: str, lines: list[str], invocation: str, level: str) -> None:
        if self.on_lines is not None:
            self.on_lines(function, [printable(line, colours=False) for line in lines], invocation, level)

    def _put(self, kind: str, text: str, fields: dict[str, Any]) -> None:
        text = printable(text, colours=kind == "print")  # a function may print colours
        try:
            self._lines.put_nowait((kind, text, fields))
        except Full:
            self._dropped += 1

    def _write_pending(self) -> None:
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
                    text = f"{dropped} lines were dropped, because more was printed than could be written"
                    show(("problem", text, {"log": "problem", "text": text}))
                show(line)
            except (OSError, ValueError):  # nobody reads it any more; the functions go on
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


class LogForwarder(logging.Handler):
    """Forwards the local WeChat's log records about calls, such as invalid parameters, to a reporter."""

    def __init__(self, reporter: ConsoleReporter) -> None:
        super().__init__(logging.DEBUG)
        self._reporter = reporter

    def install(self) -> None:
        """Add it to the local WeChat's logger."""
        logger = logging.getLogger(_LOGGER)
        logger.setLevel(logging.DEBUG)  # with an observer, the local WeChat logs at this level
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Report the message; child loggers only log requests."""
        if record.name == _LOGGER:
            self._reporter.problem(self.format(record))


class LineSplitter:
    """Splits the output of a process into lines; safe to use from several threads.

    Args:
        on_lines: called with lines, without their ends.
    """

    def __init__(self, on_lines: Callable[[list[str]], None]) -> None:
        self._on_lines = on_lines
        self._rest = b""
        self._lock = threading.Lock()

    def feed(self, data: bytes) -> None:
        """Add output; b"" means that it has ended."""
        with self._lock:
            *lines, rest = (self._rest + data).split(b"\n")
            self._rest = rest if data else b""
            if not data and rest:
                lines.append(rest)
            while len(self._rest) > _MAX_LINE:
                lines.append(self._rest[:_MAX_LINE])
                self._rest = self._rest[_MAX_LINE:]
        if lines:
            decoded = (line[: 4 * _MAX_LINE].decode("utf-8", "backslashreplace") for line in lines)
            self._on_lines([line.rstrip("\r") for line in decoded])

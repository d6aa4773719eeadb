"""Invocations: request, outcome, cloud calls, and the history of the last ones."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

_MAX_LINE = 120  # characters of a result or an error on one line
_MAX_CALLS = 200  # of one invocation
_MAX_TEXT = 20_000  # characters of an error or a traceback
# kind of an outcome -> errCode of the SDK
CODES = {
    "raised": -504002,
    "refused": -504002,
    "load": -504002,
    "exited": -504002,
    "ended": -504002,
    "late": -501002,
    "busy": -501004,
    "stopped": -501001,
}


@dataclass(frozen=True, slots=True)
class CloudCall:
    """A call that an invocation made; `ms` is the time until the local WeChat answered, in milliseconds."""

    api: str
    outcome: str
    ms: float


@dataclass(slots=True)
class Invocation:
    """One run of one function.

    Attributes:
        id: the request id.
        function: its name.
        openid: of the calling user, or empty.
        trigger: ``client``, ``timer``, ``message``, ``http``, or ``function`` if another function called.
        parent: id of the calling invocation, or empty.
        started: seconds since 1970.
        ms: duration in milliseconds; 0 while it runs.
        kind: ``result``, ``error`` (an SDK error was raised), or what failed: see `CODES`; empty while it runs.
        text: JSON of the result or of the SDK error; otherwise a sentence or a traceback.
        calls: the first cloud calls, up to 200.
    """

    id: str
    function: str
    openid: str = ""
    trigger: str = "client"
    parent: str = ""
    started: float = field(default_factory=time.time)
    ms: float = 0.0
    kind: str = ""
    text: str = ""
    calls: list[CloudCall] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether it has ended without a result."""
        return self.kind not in ("", "result")

    def add(self, call: CloudCall) -> None:
        """Add a call."""
        if len(self.calls) < _MAX_CALLS:
            self.calls.append(call)

    def shortened(self) -> Invocation:
        """Return a copy without what is never shown: results and error messages may have 6 MB."""
        if self.kind == "error":
            problem = {name: _cut(value) if isinstance(value, str) else value for name, value in self.problem().items()}
            return replace(self, text=json.dumps(problem))
        return replace(self, text=self.text[: _MAX_LINE + 1] if self.kind == "result" else _cut(self.text))

    def problem(self) -> dict[str, Any]:
        """Return ``{"errCode", "errMsg"}`` of a failed one, and ``stack`` if the user's code raised."""
        if self.kind == "error":
            value: dict[str, Any] = json.loads(self.text)
            return value
        code = CODES.get(self.kind, -501001)
        if self.kind in ("raised", "load") and "\n" in self.text:
            last = self.text.rstrip().rpartition("\n")[2]
            return {"errCode": code, "errMsg": f"{self.function}:fail {last}", "stack": self.text}
        return {"errCode": code, "errMsg": f"{self.function}:fail {self.text}"}

    def short(self) -> str:
        """Return the result or the error on one line."""
        if self.kind == "result":
            text = self.text
        else:
            problem = self.problem()
            text = f"{problem.get('errCode')} {problem.get('errMsg')}"
        text = text if len(text) <= _MAX_LINE else f"{text[: _MAX_LINE - 1]}…"
        return "".join(c if c.isprintable() else " " for c in text)


def _cut(text: str) -> str:
    """Remove the middle of a long text; the last line of a traceback, which names the error, stays."""
    if len(text) <= _MAX_TEXT:
        return text
    body, end, last = text.rstrip().rpartition("\n")
    if len(body) > _MAX_TEXT:
        half = _MAX_TEXT // 2
        body = f"{body[:half]}\n… {len(body) - 2 * half} characters …\n{body[-half:]}"
    return f"{body}{end}{last if len(last) <= _MAX_TEXT else f'{last[:_MAX_TEXT]}…'}"


class History:
    """The running invocations and the last ones of each function; safe to use from several threads.

    Args:
        remember: invocations of each function.
    """

    def __init__(self, remember: int = 20) -> None:
        self._remember = remember
        self._lock = threading.Lock()
        self._running: dict[str, Invocation] = {}
        self._ended: dict[str, deque[Invocation]] = {}

    def begin(self, invocation: Invocation) -> None:
        """Add a running invocation."""
        with self._lock:
            self._running[invocation.id] = invocation

    def end(self, invocation: Invocation) -> None:
        """Move an invocation to those that have ended."""
        with self._lock:
            self._running.pop(invocation.id, None)
            ended = self._ended.setdefault(invocation.function, deque(maxlen=self._remember))
            ended.appendleft(invocation.shortened())

    def note(self, invocation: str, call: CloudCall) -> bool:
        """Add a call to a running invocation; return False if none has this id."""
        with self._lock:
            running = self._running.get(invocation)
            if running is not None:
                running.add(call)
            return running is not None

    def of(self, function: str) -> list[Invocation]:
        """Return the last invocations of a function, the latest first."""
        with self._lock:
            running = [one for one in self._running.values() if one.function == function]
            return [*reversed(running), *self._ended.get(function, ())]

    def __repr__(self) -> str:
        return f"<History, {len(self._running)} running>"

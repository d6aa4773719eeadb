"""One invocation: what was asked, what came of it, and the cloud calls in it."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

_SHORT = 120  # characters of a result or an error on one line
_CALLS = 200  # that are kept of one invocation
_MAX_TEXT = 20_000  # characters of an error or a traceback that are shown
# how an invocation ended -> errCode of the SDK
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
    """A call that an invocation made; `ms` is how long the local WeChat took for its answer."""

    api: str
    outcome: str
    ms: float


@dataclass(slots=True)
class Invocation:
    """One run of one function.

    Attributes:
        id: the request id.
        function: its name.
        openid: of the user who calls, empty when nobody does.
        how: ``client``, ``timer``, ``message``, ``http``, or ``function`` when another function calls.
        parent: id of the invocation that called, empty when none did.
        started: seconds since 1970.
        ms: how long it took; 0 while it runs.
        kind: ``result``, ``error`` (an SDK error came out of it), or what went wrong: see `CODES`; empty while it runs.
        text: JSON text of the result or of the error; of anything else a sentence or a traceback.
        calls: the cloud calls so far, the first ones of many.
    """

    id: str
    function: str
    openid: str = ""
    how: str = "client"
    parent: str = ""
    started: float = field(default_factory=time.time)
    ms: float = 0.0
    kind: str = ""
    text: str = ""
    calls: list[CloudCall] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return self.kind not in ("", "result")

    def add(self, call: CloudCall) -> None:
        """Notes a call."""
        if len(self.calls) < _CALLS:
            self.calls.append(call)

    def shortened(self) -> Invocation:
        """Return a copy that keeps no more than is shown: a result may have 6 MB, and a message of an error as well."""
        if self.kind == "error":
            problem = {name: _cut(value) if isinstance(value, str) else value for name, value in self.problem().items()}
            return replace(self, text=json.dumps(problem))
        return replace(self, text=self.text[: _SHORT + 1] if self.kind == "result" else _cut(self.text))

    def problem(self) -> dict[str, Any]:
        """``{"errCode", "errMsg"}`` of one that failed, with ``stack`` where the user's code raised."""
        if self.kind == "error":
            value: dict[str, Any] = json.loads(self.text)
            return value
        code = CODES.get(self.kind, -501001)
        if self.kind in ("raised", "load") and "\n" in self.text:
            last = self.text.rstrip().rpartition("\n")[2]
            return {"errCode": code, "errMsg": f"{self.function}:fail {last}", "stack": self.text}
        return {"errCode": code, "errMsg": f"{self.function}:fail {self.text}"}

    def short(self) -> str:
        """The result or the error on one line."""
        if self.kind == "result":
            text = self.text
        else:
            problem = self.problem()
            text = f"{problem.get('errCode')} {problem.get('errMsg')}"
        text = text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
        return "".join(c if c.isprintable() else " " for c in text)


def _cut(text: str) -> str:
    """Return a long text without its middle: the last line of a traceback says what was raised."""
    if len(text) <= _MAX_TEXT:
        return text
    body, end, last = text.rstrip().rpartition("\n")
    if len(body) > _MAX_TEXT:
        half = _MAX_TEXT // 2
        body = f"{body[:half]}\n… {len(body) - 2 * half} characters …\n{body[-half:]}"
    return f"{body}{end}{last if len(last) <= _MAX_TEXT else f'{last[:_MAX_TEXT]}…'}"


class History:
    """The invocations that run and the last ones that did; safe to use from several threads."""

    def __init__(self, remember: int = 20) -> None:
        self._remember = remember
        self._lock = threading.Lock()
        self._running: dict[str, Invocation] = {}
        self._ended: dict[str, deque[Invocation]] = {}

    def begin(self, invocation: Invocation) -> None:
        with self._lock:
            self._running[invocation.id] = invocation

    def end(self, invocation: Invocation) -> None:
        with self._lock:
            self._running.pop(invocation.id, None)
            ended = self._ended.setdefault(invocation.function, deque(maxlen=self._remember))
            ended.appendleft(invocation.shortened())

    def note(self, invocation: str, call: CloudCall) -> bool:
        """Adds a call to the invocation that made it; False when that has ended, or is not known."""
        with self._lock:
            running = self._running.get(invocation)
            if running is not None:
                running.add(call)
            return running is not None

    def of(self, function: str) -> list[Invocation]:
        """The last invocations of a function, the latest first."""
        with self._lock:
            running = [one for one in self._running.values() if one.function == function]
            return [*reversed(running), *self._ended.get(function, ())]

    def __repr__(self) -> str:
        return f"<History, {len(self._running)} running>"

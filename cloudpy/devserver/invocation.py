"""Invocations: request, outcome and cloud calls."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
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


@dataclass(slots=True)
class CloudCall:
    """A call that an invocation made.

    Attributes:
        api: in words: ``cloudbase.getOpenData``, ``callFunction other``, ``database.collection("todos").get()``.
        outcome: ``ok``, or what the local WeChat answered instead.
        ms: milliseconds until the local WeChat answered.
        at: when it began, in seconds since 1970.
        params: parameters as JSON; bytes are described.
        answer: what was answered, likewise.
        origin: where the answer is from: see `ApiResponse.origin`.
        problems: violations of the API's contract.
        sent: bytes of the parameters.
        received: bytes of the answer.
        sdk: the error that the SDK raises for it, or empty.
        name: of the API, as a stub names it: ``database.getDocument``, ``callFunction``.
        attempt: 1, or 2 and so on for a call that the SDK made again after a failure.
    """

    api: str
    outcome: str
    ms: float
    at: float = 0.0
    params: Any = None
    answer: Any = None
    origin: str = ""
    problems: tuple[str, ...] = ()
    sent: int = 0
    received: int = 0
    sdk: str = ""
    attempt: int = 1
    name: str = ""


@dataclass(slots=True)
class Invocation:
    """One run of one function.

    Attributes:
        id: the request id.
        function: its name.
        openid: of the calling user, or empty.
        unionid: of the calling user, or empty.
        appid: of the user's mini program, or empty.
        event: as it was sent, before CloudIDs were replaced.
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
    unionid: str = ""
    appid: str = ""
    event: Mapping[str, Any] = field(default_factory=dict, repr=False)
    calls: list[CloudCall] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether it has ended without a result."""
        return self.kind not in ("", "result")

    def add(self, call: CloudCall) -> None:
        """Add a call, and number it if it repeats the one before."""
        last = self.calls[-1] if self.calls else None
        if last is not None and last.outcome != "ok" and (last.api, last.params) == (call.api, call.params):
            call.attempt = last.attempt + 1
        if len(self.calls) < _MAX_CALLS:
            self.calls.append(call)

    def shortened(self) -> Invocation:
        """Return a copy without what is never shown: results and error messages may have 6 MB."""
        if self.kind == "error":
            problem = {name: _cut(value) if isinstance(value, str) else value for name, value in self.problem().items()}
            return replace(self, text=json.dumps(problem))
        return replace(self, text=self.text[: _MAX_LINE + 1] if self.kind == "result" else _cut(self.text))

    def with_text(self, kind: str, text: str) -> Invocation:
        """Return a copy with another outcome."""
        return replace(self, kind=kind, text=text)

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

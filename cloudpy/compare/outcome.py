"""What came of one event in one function: a result, or one of the ways in which there is none."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import Any, Literal

from .values import unpacked

Kind = Literal["result", "error", "raised", "unhandled", "unsendable", "exit", "killed", "late"]
# After these the process is gone, or not to be trusted with the next event.
SPOILT: tuple[Kind, ...] = ("unhandled", "exit", "killed", "late")
_KINDS: dict[str, Kind] = {"result": "result", "error": "error", "raised": "raised", "unhandled": "unhandled"}


@dataclass(frozen=True)
class Outcome:
    """One function's answer to one event.

    Attributes:
        kind: ``result``; ``error``, an SDK error came out; ``raised``, another exception did; ``unhandled``, one that
            nobody awaited ended the process; ``unsendable``, the result has no form in JSON; ``exit``, the process
            ended itself; ``killed``, a signal did; ``late``, it ran longer than it may.
        value: the result; ``{"errCode", "errMsg"}``; ``{"name", "message", "own", "trace"}``; a sentence; the exit
            code; the signal's name; None.
        seconds: that it took.
    """

    kind: Kind
    value: Any = None
    seconds: float = 0.0

    @property
    def spoilt(self) -> bool:
        """Whether the process has to be replaced."""
        return self.kind in SPOILT

    @property
    def words(self) -> str:
        """What happened, but for a result's own value: one line."""
        match self.kind:
            case "result":
                return "a result"
            case "error":
                return f"the SDK error {self.value.get('errCode')}"
            case "raised":
                return f"{self.value['name']}: {self.value['message']}"
            case "unhandled":
                return f"ended by an error that nobody awaited, {self.value['name']}: {self.value['message']}"
            case "unsendable":
                return str(self.value)
            case "exit":
                return f"ended itself with exit code {self.value}"
            case "killed":
                return f"ended by {self.value}"
            case "late":
                return "ran longer than the time limit"

    def as_json(self) -> dict[str, Any]:
        """For the report: kind, value, seconds; without a traceback."""
        value = self.value
        if isinstance(value, dict) and self.kind in ("raised", "unhandled"):
            value = {"name": value["name"], "message": value["message"], "byTheProgram": value["own"]}
        return {"kind": self.kind, "value": value, "seconds": round(self.seconds, 4)}


def of_frame(kind: str, payload: str, hide: tuple[str, str]) -> Outcome:
    """The outcome that a worker's frame tells of.

    Args:
        hide: an address that is one run's own, and what is written in its place.
    """
    value = json.loads(payload.replace(*hide))
    if kind == "exited":
        return Outcome("exit", value)
    if kind == "refused":
        return Outcome("unsendable", value)
    return Outcome(_KINDS[kind], unpacked(value) if kind == "result" else value)


def of_end(code: int) -> Outcome:
    """The outcome of a process that ended with `code` before it had answered."""
    if code >= 0:
        return Outcome("exit", code)
    try:
        return Outcome("killed", signal.Signals(-code).name)
    except ValueError:
        return Outcome("killed", f"signal {-code}")

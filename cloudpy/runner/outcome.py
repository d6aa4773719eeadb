"""The outcome of one step of a function process, and the messages of those without a result."""

from __future__ import annotations

import json
import signal
from typing import NamedTuple

from ..runtime.errors import sys_exit_text, time_limit_text


class Outcome(NamedTuple):
    """One step's outcome.

    Attributes:
        kind: the kind of frame that the worker sent (see `runtime.worker`), ``ended`` or ``late``.
        payload: JSON of that frame; the exit code of an ended process.
        seconds: between the request and the answer.
    """

    kind: str
    payload: str
    seconds: float = 0.0


def exit_text(code: int) -> str:
    """Describe the end of a process by its exit code: ``exited with code 3``, ``was ended by SIGKILL``."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def load_failure(outcome: Outcome, limit: float) -> Outcome:
    """Return why a function could not be loaded: a ``load`` outcome with a string, or an ``error`` with an SDK error.

    Args:
        outcome: what `FunctionProcess.loaded` returned.
        limit: seconds for loading.
    """
    kind, payload, seconds = outcome
    if kind == "error":
        return outcome  # an SDK error has its own code
    if kind == "late":
        text = (
            f"the function's code took longer than {limit:g} s to load and was ended: look for a loop or a wait outside"
            " of main()"
        )
    elif kind == "exited":
        text = f"the function called sys.exit({json.loads(payload)['argument']}) while it was loaded"
    elif kind == "ended":
        text = f"the function's process {exit_text(int(payload))} while it was loaded"
    else:
        text = _text(outcome)
    return Outcome("load", text, seconds)


def failure_text(outcome: Outcome, limit: float, hint: str = "") -> str:
    """Describe an invocation without a result. An SDK error stays JSON; a raised exception is a traceback.

    Args:
        outcome: what `FunctionProcess.invoke` or `load_failure` returned.
        limit: time limit in seconds.
        hint: advice about the time limit.
    """
    kind, payload, _ = outcome
    if kind == "late":
        return f"{time_limit_text(limit)} and was ended（函数执行超时）{hint}"
    if kind == "exited":
        return sys_exit_text(json.loads(payload)["argument"])
    if kind == "ended":
        return f"the function's process {exit_text(int(payload))} before it returned a result"
    return _text(outcome)


def _text(outcome: Outcome) -> str:
    if outcome.kind in ("raised", "refused"):
        value = json.loads(outcome.payload)
        text: str = value["trace"] if isinstance(value, dict) else value
        return text
    return outcome.payload

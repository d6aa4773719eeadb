"""Texts for the outcomes of a function process: one for each way in which there is no result."""

from __future__ import annotations

import json

from ..runtime.errors import sys_exit_text, time_limit_text
from .process import Outcome, exit_text


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

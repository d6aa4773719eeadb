"""What came of a process, in words."""

from __future__ import annotations

import json

from .process import Outcome, ending


def not_loaded(outcome: Outcome, limit: float) -> Outcome:
    """What kept a function from being loaded: of the kind ``load``, or ``error`` with an SDK error.

    Args:
        limit: seconds that it had.
    """
    kind, payload = outcome
    if kind == "error":
        return outcome  # an SDK error, with a code of its own
    if kind in ("raised", "refused"):
        return Outcome("load", json.loads(payload))
    if kind == "exited":
        return Outcome("load", f"its code called sys.exit({json.loads(payload)}) while it was loaded")
    if kind == "late":
        return Outcome(
            "load", f"its code took longer than {limit:g} s to load: look for a loop or a wait outside of main()"
        )
    return Outcome("load", f"its process {ending(int(payload))} while it was loaded")


def told(outcome: Outcome, limit: float) -> tuple[str, str]:
    """Kind and text of an `Invocation`; `limit` is its time limit in seconds."""
    kind, payload = outcome
    if kind in ("raised", "refused"):
        return kind, json.loads(payload)
    if kind == "exited":
        return kind, (
            f"the function called sys.exit({json.loads(payload)}), which ends the instance on the platform: return a"
            " result, or raise an error"
        )
    if kind == "late":
        return kind, f"the function ran longer than its time limit of {limit:g} s and was ended（函数执行超时）"
    if kind == "ended":
        return kind, f"the function's process {ending(int(payload))} before there was a result; a new one starts"
    return kind, payload

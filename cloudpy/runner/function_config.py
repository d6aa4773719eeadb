"""The part of a function's config.json that is about running it: time limit and timers."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._client.permissions import read_file
from ..errors import ConfigError
from ..runtime.context import DEFAULT_TIMEOUT
from ..runtime.cron import Timer, read_timers

_MAX_TIMEOUT = 900.0  # seconds; the platform's limit


@dataclass(frozen=True, slots=True)
class FunctionConfig:
    """The settings of one function.

    Attributes:
        timeout: seconds; None if the file does not say.
        timers: names of its timers.
        schedule: when they fire, of those with a valid time.
        unscheduled: what is wrong with the others.
        error: what is wrong with the file, or empty.
    """

    timeout: float | None = None
    timers: tuple[str, ...] = field(default=())
    error: str = ""
    schedule: tuple[Timer, ...] = ()
    unscheduled: tuple[str, ...] = ()

    def limit(self, override: float | None) -> float:
        """Return the time limit in seconds; `override` is that of the command line."""
        return override or self.timeout or DEFAULT_TIMEOUT


def read(path: str | None) -> FunctionConfig:
    """Read a config.json. Its permissions are checked by the local WeChat."""
    if path is None:
        return FunctionConfig()
    try:
        value = read_file(path)
    except ConfigError as error:
        return FunctionConfig(error=error.errMsg.removeprefix("init:fail "))
    timeout, problem = _timeout(value.get("timeout"))
    triggers = value.get("triggers")
    timers = [
        trigger["name"]
        for trigger in (triggers if isinstance(triggers, list) else ())
        if isinstance(trigger, dict) and trigger.get("type") == "timer" and isinstance(trigger.get("name"), str)
    ]
    problem = f"{path}: {problem}" if problem else ""
    schedule, unscheduled = read_timers("", value)
    return FunctionConfig(timeout, tuple(dict.fromkeys(timers)), problem, tuple(schedule), tuple(unscheduled))


def _timeout(value: object) -> tuple[float | None, str]:
    if value is None:
        return None, ""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= _MAX_TIMEOUT:
        return float(value), ""
    return None, f"timeout must be a number of seconds, up to {_MAX_TIMEOUT:g}"

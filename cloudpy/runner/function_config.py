"""What a function's config.json says about running it: its time limit and its timers."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._client.permissions import read_file
from ..errors import ConfigError
from ..runtime.context import DEFAULT_TIMEOUT

_LONGEST = 900.0  # seconds: the most that the platform gives


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one function.

    Attributes:
        timeout: seconds; None when the file does not say.
        timers: names of its timers.
        error: what is wrong with the file, empty when nothing is.
    """

    timeout: float | None = None
    timers: tuple[str, ...] = field(default=())
    error: str = ""

    def limit(self, given: float | None) -> float:
        """The time limit in seconds; `given` is that of the command line and goes before the file's."""
        return given or self.timeout or DEFAULT_TIMEOUT


def read(path: str | None) -> Settings:
    """The settings in a config.json. What is wrong with its permissions is for the local WeChat to say."""
    if path is None:
        return Settings()
    try:
        value = read_file(path)
    except ConfigError as error:
        return Settings(error=error.errMsg.removeprefix("init:fail "))
    timeout, wrong = _timeout(value.get("timeout"))
    triggers = value.get("triggers")
    timers = [
        trigger["name"]
        for trigger in (triggers if isinstance(triggers, list) else ())
        if isinstance(trigger, dict) and trigger.get("type") == "timer" and isinstance(trigger.get("name"), str)
    ]
    return Settings(timeout, tuple(dict.fromkeys(timers)), f"{path}: {wrong}" if wrong else "")


def _timeout(value: object) -> tuple[float | None, str]:
    if value is None:
        return None, ""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= _LONGEST:
        return float(value), ""
    return None, f"timeout must be a number of seconds, up to {_LONGEST:g}"

"""The timers of a config.json: their names, and cron expressions of seven fields.

What may stand there is said by WeChat's page 定时触发器
(https://developers.weixin.qq.com/miniprogram/dev/wxcloudservice/wxcloud/guide/functions/triggers.md): one timer a
function; a name of up to 60 letters, digits, - and _, a letter first; fields with , - * / and in Beijing's time
(UTC+8). Given both, the day and the weekday each count by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .config_file import NAME, ConfigFile
from .finding import Finding

# name, lowest, highest, words
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
    ("weekday", 0, 6, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
    ("year", 1970, 2099, ()),
)
_ORDER = ", ".join(name for name, *_ in _FIELDS)


def findings(config: ConfigFile) -> Iterator[Finding]:
    """Errors in ``triggers``."""
    triggers = config.value.get("triggers")
    if triggers is None:
        return

    def error(text: str, *path: str | int) -> Finding:
        return Finding(NAME, config.line("triggers", *path), "error", "trigger", text)

    if not isinstance(triggers, list):
        yield error('triggers must be a list of {"name", "type": "timer", "config": "0 0 2 * * * *"}')
        return
    if len(triggers) > 1:
        yield error(f"triggers holds {len(triggers)}; WeChat takes one a function", 1)
    for index, trigger in enumerate(triggers):
        where = f"triggers[{index}]"
        if not isinstance(trigger, dict):
            yield error(f'{where} must be {{"name", "type": "timer", "config": "0 0 2 * * * *"}}', index)
            continue
        name, kind, cron = (trigger.get(key) for key in ("name", "type", "config"))
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][\w-]{0,59}", name, re.ASCII):
            yield error(f"{where}.name must be letters, digits, - and _, up to 60, a letter first; is {name!r}", index)
        if kind != "timer":
            yield error(f'{where}.type must be "timer", is {kind!r}', index)
        wrong = cron_error(cron)
        if wrong:
            yield error(f"{where}.config {wrong}", index, *(["config"] if "config" in trigger else []))


def cron_error(cron: Any) -> str:
    """What is wrong with a cron expression of seven fields, in words; empty when nothing is."""
    if not isinstance(cron, str):
        return f"must be a cron expression of seven fields ({_ORDER}), is {cron!r}"
    fields = cron.split()
    if len(fields) != len(_FIELDS):
        how = f"; put 0 in front for the second, and * behind for the year: 0 {cron.strip()} *"
        hint = how if len(fields) == 5 else ""
        return f"must have seven fields ({_ORDER}), has {len(fields)}: {cron!r}{hint}"
    for text, (name, lowest, highest, words) in zip(fields, _FIELDS, strict=True):
        for piece in text.split(","):
            if not _fits(piece.upper(), name, lowest, highest, words):
                return f"has {piece!r} as {name}; that is {lowest} to {highest}, *, a-b, */n, or several with commas"
    return ""


def _fits(piece: str, name: str, lowest: int, highest: int, words: tuple[str, ...]) -> bool:
    base, slash, step = piece.partition("/")
    if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
        return False
    if base == "*":
        return True
    numbers = [_number(each, lowest, words) for each in base.split("-")]
    if len(numbers) > 2 or any(number is None or not lowest <= number <= highest for number in numbers):
        return False
    # FRI-SUN: the page does not say whether a range of weekdays may go past Saturday
    return len(numbers) == 1 or (numbers[0] or 0) <= (numbers[1] or 0) or name == "weekday"


def _number(text: str, lowest: int, words: tuple[str, ...]) -> int | None:
    if text in words:
        return words.index(text) + lowest
    return int(text) if text.isascii() and text.isdigit() else None

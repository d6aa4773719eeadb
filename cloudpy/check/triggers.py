"""The triggers of a function's config.json.

The rules are those of WeChat's page 定时触发器
(https://developers.weixin.qq.com/miniprogram/dev/wxcloudservice/wxcloud/guide/functions/triggers.md): one timer per
function; a name of up to 60 letters, digits, - and _ that starts with a letter; cron fields with , - * / in Beijing
time (UTC+8). A day and a weekday are independent of each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..local.config_file import NAME, ConfigFile
from ..runtime.cron import cron_error
from .finding import Finding


def trigger_findings(config: ConfigFile) -> Iterator[Finding]:
    """Yield the errors in ``triggers``."""
    triggers = config.value.get("triggers")
    if triggers is None:
        return

    def error(text: str, *path: str | int) -> Finding:
        return Finding(NAME, config.line("triggers", *path), "error", "trigger", text)

    if not isinstance(triggers, list):
        yield error('triggers must be a list of {"name", "type": "timer", "config": "0 0 2 * * * *"}')
        return
    if len(triggers) > 1:
        yield error(f"triggers has {len(triggers)} items; WeChat allows one per function", 1)
    for index, trigger in enumerate(triggers):
        where = f"triggers[{index}]"
        if not isinstance(trigger, dict):
            yield error(f'{where} must be {{"name", "type": "timer", "config": "0 0 2 * * * *"}}', index)
            continue
        name, kind, cron = (trigger.get(key) for key in ("name", "type", "config"))
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][\w-]{0,59}", name, re.ASCII):
            yield error(
                f"{where}.name must be up to 60 letters, digits, - and _, starting with a letter; got {name!r}", index
            )
        if kind != "timer":
            yield error(f'{where}.type must be "timer", got {kind!r}', index)
        problem = cron_error(cron)
        if problem:
            yield error(f"{where}.config {problem}", index, *(["config"] if "config" in trigger else []))

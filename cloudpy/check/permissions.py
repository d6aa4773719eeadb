"""The APIs that the code calls, held against the catalogue and against the config.json."""

from __future__ import annotations

from collections.abc import Iterator

from .._wire.suggest import question
from ..contracts import names, nearest, refusal
from .calls import ApiCall, Unseen
from .config_file import NAME, ConfigFile
from .finding import Finding


def callable_apis(calls: list[ApiCall]) -> list[str]:
    """The APIs among `calls` that WeChat offers to cloud call, sorted."""
    return sorted({call.api for call in calls} & set(names()))


def findings(calls: list[ApiCall], unseen: list[Unseen], config: ConfigFile) -> Iterator[Finding]:
    """What is wrong between code, catalogue and config.json."""
    if config.error:
        yield Finding(NAME, 1, "error", "config", f"{NAME} {config.error}")
    if config.wrong_key is not None:
        line, text = config.wrong_key
        yield Finding(NAME, line, "error", "config", f"{NAME}: {text}（键名应为 permissions.openapi）")
    known = set(names())
    for call in calls:
        if call.api not in known:
            yield _unknown(call, call.api in config.allowed)
    if not config.error:
        yield from _missing(calls, config, known)
        yield from _listed(calls, unseen, config, known)
    for each in unseen:
        yield Finding(
            each.file,
            each.line,
            "hint",
            "unseen",
            f"{each.what}: what it calls cannot be seen here; list those APIs in permissions.openapi yourself",
        )


def _missing(calls: list[ApiCall], config: ConfigFile, known: set[str]) -> Iterator[Finding]:
    told: set[str] = set()
    for call in calls:
        if call.api in config.allowed or call.api in told or call.api not in known:
            continue
        told.add(call.api)
        how = f'add "{call.api}" to permissions.openapi in {NAME}'
        if not config.exists:
            how = f'there is no {NAME}: write {{"permissions": {{"openapi": ["{call.api}"]}}}}'
        yield Finding(
            call.file,
            call.line,
            "error",
            "permission",
            f"{call.api} is called and not allowed (-604101 in the cloud): {how}, or give --fix"
            f"（{call.api} 未在 permissions.openapi 中声明）",
        )


def _listed(calls: list[ApiCall], unseen: list[Unseen], config: ConfigFile, known: set[str]) -> Iterator[Finding]:
    used = {call.api for call in calls}
    for name, line in config.allowed.items():
        if name not in known and name not in used:
            bare = name.removeprefix("cloud.").removeprefix("openapi.")
            meant = [bare] if bare in known else nearest(name)
            why = refusal(name) or question(meant, "`cloudpy api list` has all")
            yield Finding(NAME, line, "warning", "permission-name", f"no API is called {name!r} — {why}")
        elif name not in used and not unseen:
            yield Finding(NAME, line, "hint", "unused-permission", f"{name} is allowed, and nothing here calls it")


def _unknown(call: ApiCall, is_allowed: bool) -> Finding:
    refused = refusal(call.api)
    if refused:
        return Finding(call.file, call.line, "error", "refused-api", f"{call.api}: {refused}")
    meant = nearest(call.api)
    hint = question(meant, "`cloudpy api list` has all names")
    text = f"cloud call has no API {call.api!r} — {hint}"
    if is_allowed and not meant:  # the user knows of it twice over: it may be newer than our catalogue
        return Finding(call.file, call.line, "warning", "unknown-api", text)
    return Finding(call.file, call.line, "error", "unknown-api", text)

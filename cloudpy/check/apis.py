"""The APIs that the code calls, compared with the catalog, the config.json and their contracts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .._wire.suggest import question
from ..contracts import check_params, names, nearest, refusal
from ..local.config_file import NAME, ConfigFile
from .calls import ApiCall, DynamicCall
from .finding import Finding


def callable_apis(calls: list[ApiCall]) -> list[str]:
    """Return the names in `calls` that are APIs of cloud call, sorted."""
    return sorted({call.api for call in calls} & set(names()))


def permission_findings(
    calls: list[ApiCall], dynamic_calls: list[DynamicCall], config: ConfigFile
) -> Iterator[Finding]:
    """Yield unknown APIs, missing permissions, and permissions that no call needs."""
    if config.error:
        yield Finding(NAME, 1, "error", "config", f"{NAME} {config.error}")
    if config.wrong_key is not None:
        line, text = config.wrong_key
        yield Finding(NAME, line, "error", "config", f"{NAME}: {text}")
    known = set(names())
    for call in calls:
        if call.api not in known:
            yield _unknown(call, call.api in config.allowed)
    if not config.error:
        yield from _missing(calls, config, known)
        yield from _listed(calls, dynamic_calls, config, known)
    for each in dynamic_calls:
        text = f"{each.what}: which APIs it calls is only known at run time; add them to permissions.openapi yourself"
        yield Finding(each.file, each.line, "hint", "unseen", text)


def parameter_findings(calls: list[ApiCall]) -> Iterator[Finding]:
    """Yield warnings about literal parameters."""
    for call in calls:
        if call.node is None:
            continue
        reader = _LiteralReader()
        params = _params(call.node, reader)
        if not isinstance(params, dict):
            continue
        for problem in check_params(call.api, params, convert_case=call.convert_case):
            # of a value known at run time only the key can be wrong
            if problem.path in reader.dynamic and "is not known" not in problem.message:
                continue
            # a file is checked as a whole, and its bytes are hardly ever a literal
            inside = f"{problem.path}."
            if "must be a file" in problem.message and any(path.startswith(inside) for path in reader.dynamic):
                continue
            if reader.is_open and ("is missing" in problem.message or " lack " in problem.message):
                continue
            yield Finding(call.file, call.line, "warning", "parameter", str(problem))


def _missing(calls: list[ApiCall], config: ConfigFile, known: set[str]) -> Iterator[Finding]:
    first = {call.api: call for call in reversed(calls) if call.api in known and call.api not in config.allowed}
    for call in first.values():
        how = f'add "{call.api}" to permissions.openapi in {NAME}'
        if not config.exists:
            how = f'there is no {NAME}: write {{"permissions": {{"openapi": ["{call.api}"]}}}}'
        text = f"{call.api} is called without permission (-604101 in the cloud): {how}, or pass --fix"
        yield Finding(call.file, call.line, "error", "permission", text)


def _listed(
    calls: list[ApiCall], dynamic_calls: list[DynamicCall], config: ConfigFile, known: set[str]
) -> Iterator[Finding]:
    used = {call.api for call in calls}
    for name, line in config.allowed.items():
        if name not in known and name not in used:
            bare = name.removeprefix("cloud.").removeprefix("openapi.")
            near = [bare] if bare in known else nearest(name)
            why = refusal(name) or question(near, "see `cloudpy api list`")
            yield Finding(NAME, line, "warning", "permission-name", f"unknown API {name!r} — {why}")
        elif name not in used and not dynamic_calls:
            yield Finding(NAME, line, "hint", "unused-permission", f"{name} is allowed, but the code does not call it")


def _unknown(call: ApiCall, is_allowed: bool) -> Finding:
    reason = refusal(call.api)
    if reason:
        return Finding(call.file, call.line, "error", "refused-api", f"{call.api}: {reason}")
    near = nearest(call.api)
    hint = question(near, "see `cloudpy api list`")
    # code and config.json both have it: it may be newer than the catalog
    severity: Any = "warning" if is_allowed and not near else "error"
    return Finding(call.file, call.line, severity, "unknown-api", f"cloud call has no API {call.api!r} — {hint}")


class _Dynamic:
    """Stands for a value that is only known at run time."""

    def __repr__(self) -> str:
        return "…"


class _LiteralReader:
    """Reads literals as values.

    Attributes:
        dynamic: the paths of values only known at run time, in the form of a Problem's path.
        is_open: an object may have more keys than the code shows.
    """

    def __init__(self) -> None:
        self.dynamic: set[str] = set()
        self.is_open = False

    def value(self, node: ast.expr, path: str) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            number = node.operand.value
            return -number if isinstance(number, int | float) else self._dynamic(path)
        if isinstance(node, ast.List | ast.Tuple) and not any(isinstance(item, ast.Starred) for item in node.elts):
            return [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.elts)]
        if isinstance(node, ast.Dict):
            keys = [_string(key) for key in node.keys]
            return self.members(list(zip(keys, node.values, strict=True)), path)
        return self._dynamic(path)

    def members(self, pairs: list[tuple[str | None, ast.expr]], path: str) -> dict[str, Any]:
        members = {}
        for key, value in pairs:
            if key is None:
                self.is_open = True
            else:
                members[key] = self.value(value, f"{path}.{key}" if path else key)
        return members

    def _dynamic(self, path: str) -> _Dynamic:
        self.dynamic.add(path)
        return _Dynamic()


def _params(node: ast.Call, reader: _LiteralReader) -> Any:
    if any(isinstance(argument, ast.Starred) for argument in node.args) or len(node.args) > 1:
        return None
    if node.args and node.keywords:
        return None
    if node.args:
        argument = node.args[0]
        if isinstance(argument, ast.Constant) and argument.value is None:
            return {}
        return reader.value(argument, "") if isinstance(argument, ast.Dict) else None
    return reader.members([(keyword.arg, keyword.value) for keyword in node.keywords], "")


def _string(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

"""The use of the SDK apart from APIs: names, options, a missing ``init()``, calls at import time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .._client.config import Config, Options
from .._wire.suggest import nearest, question
from ..errors import ConfigError
from . import public_api
from .finding import Finding
from .resolver import Api, CloudFactory, Local, Member, Object, Resolver
from .source import FunctionNode, Scope, Source

# Options that need each other: not checked when one of them is only known at run time.
_GROUPS = ({"secretId", "secretKey"}, {"access_token", "transport"})


def findings(resolver: Resolver) -> Iterator[Finding]:
    """Yield wrong names and options of the SDK, a missing ``init()``, and calls at import time."""
    for source in resolver.sources:
        for node in source.nodes():
            if isinstance(node, ast.Attribute):
                yield from _attribute(node, source, resolver)
            elif isinstance(node, ast.ImportFrom):
                yield from _imported(node, source)
            elif isinstance(node, ast.Call):
                yield from _options(node, source, resolver)
    yield from _uninitialised(resolver)
    yield from _import_time_calls(resolver)


def _attribute(node: ast.Attribute, source: Source, resolver: Resolver) -> Iterator[Finding]:
    for value in resolver.of(node, source.scopes[node]):
        if (
            isinstance(value, Object)
            and value.method
            and isinstance(node.ctx, ast.Load)
            and not public_api.object_has(value.type, value.method)
        ):
            near = nearest(value.method, [name for name in dir(value.type) if name[0] != "_"], 3)
            hint = f"; {question(near)}" if near else ""
            text = f"{value.type.__name__} has no {value.method}{hint}"
            yield Finding(source.name, node.lineno, "error", "name", text)
        if not isinstance(value, Member) or "." in value.name or not isinstance(node.ctx, ast.Load):
            continue
        has = public_api.module_has if value.of_module else public_api.instance_has
        if not has(value.client, value.name):
            yield _missing(source.name, node.lineno, value.client, value.name)


def _imported(node: ast.ImportFrom, source: Source) -> Iterator[Finding]:
    for client, module in public_api.MODULES.items():
        if node.module == module and not node.level:
            for alias in node.names:
                if alias.name != "*" and not public_api.module_has(client, alias.name):
                    yield _missing(source.name, node.lineno, client, alias.name)


def _missing(file: str, line: int, client: public_api.Client, name: str) -> Finding:
    near = nearest(name, public_api.names(client), 3)
    hint = question(near, "docs/en/differences.md lists what differs from wx-server-sdk")
    return Finding(file, line, "error", "name", f"{public_api.MODULES[client]} has no {name}; {hint}")


def _options(node: ast.Call, source: Source, resolver: Resolver) -> Iterator[Finding]:
    """Yield options of ``init()`` and ``openapi()`` that the SDK rejects."""
    for value in resolver.of(node.func, source.scopes[node]):
        is_init = isinstance(value, CloudFactory) or (isinstance(value, Member) and value.name == "updateConfig")
        if not is_init and value not in (Api("async", ""), Api("sync", "")):
            continue
        options = _literals(node)
        if options is None or (isinstance(value, CloudFactory) and ast.unparse(node.func).endswith("Cloud")):
            return  # Cloud(…) also takes the options of another account
        try:
            if is_init:
                options.pop("config", None)
                Config(options, None)
            elif options:
                Options(options)
        except ConfigError as error:
            text = error.errMsg.partition(":fail ")[2] or error.errMsg
            yield Finding(source.name, node.lineno, "error", "option", f"{ast.unparse(node.func)}(): {text}")
        return


def _literals(node: ast.Call) -> dict[str, Any] | None:
    """Return the options of a call, None for a value that cannot be read; None for arguments that are not dicts."""
    pairs: list[tuple[object, ast.expr]] = [(keyword.arg, keyword.value) for keyword in node.keywords]
    for argument in node.args:
        if not isinstance(argument, ast.Dict):
            return None
        pairs += [(getattr(key, "value", None), item) for key, item in zip(argument.keys, argument.values, strict=True)]
    dynamic: set[str] = set()
    options: dict[str, Any] = {}
    for name, item in pairs:
        if not isinstance(name, str):  # **options
            continue
        try:
            options[name] = ast.literal_eval(item)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            dynamic.add(name)
            options[name] = None
    open_ended = any(not isinstance(name, str) for name, _ in pairs)
    for group in _GROUPS:
        if open_ended or group & dynamic:
            for name in group & options.keys():
                options[name] = None
    return options


def _uninitialised(resolver: Resolver) -> Iterator[Finding]:
    """Yield an error for the first call when the function never initialises the SDK."""
    for source in resolver.sources:
        for node in source.nodes():
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                values = resolver.of(node, source.scopes[node])
                if any(isinstance(value, CloudFactory) for value in values):
                    return
    for source in resolver.sources:
        sites = [(node.lineno, name) for node, name in _call_sites(resolver, source) if name != "getWXContext"]
        if sites:
            line, name = min(sites)
            text = f"{name} is called without cloud.init(): call cloud.init() once at the top of the file"
            yield Finding(source.name, line, "error", "init", text)
            return


def _call_sites(resolver: Resolver, source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls in a file that need an invocation, each with its name."""
    for node in source.nodes():
        if isinstance(node, ast.Call):
            for value in resolver.of(node.func, source.scopes[node]):
                if (isinstance(value, Api) and value.name) or (
                    isinstance(value, Member) and (value.name == "getWXContext" or public_api.is_awaited(value.name))
                ):
                    yield node, value.name
                elif isinstance(value, Object) and public_api.is_sent(value.type, value.method):
                    yield node, f"{value.type.__name__}.{value.method}"


def _import_time_calls(resolver: Resolver) -> Iterator[Finding]:
    """Yield an error for each call at the top of a file, or in a function that is called there."""
    early = _run_at_import(resolver)
    for source in resolver.sources:
        for node, name in _call_sites(resolver, source):
            function = source.scopes[node].function
            if function is None and _is_main_guarded(node, source):
                continue
            if function is None or function.node in early:
                where = "" if function is None else f", from {early[function.node]}"
                text = (
                    f"{name} is called when the function is imported{where}, without a caller and credentials; call it"
                    " in main()"
                )
                yield Finding(source.name, node.lineno, "error", "loading", text)


def _run_at_import(resolver: Resolver) -> dict[ast.AST, str]:
    """Return the user's functions that run when a file is imported, each with the place that calls it."""
    callers: dict[ast.AST, str] = {}
    queue: list[tuple[ast.AST, Source, str]] = []

    def add(node: ast.Call, source: Source, place: str) -> None:
        for value in resolver.of(node.func, source.scopes[node]):
            target: ast.AST | None = value.node if isinstance(value, Local) else None
            if isinstance(target, ast.ClassDef):
                target = next((each for each in target.body if _is_init(each)), None)
            if isinstance(target, FunctionNode) and target not in callers and isinstance(value, Local):
                callers[target] = place
                queue.append((target, value.scope.source, place))

    for source in resolver.sources:
        for node in source.nodes():
            if (
                isinstance(node, ast.Call)
                and source.scopes[node].function is None
                and not _is_main_guarded(node, source)
            ):
                add(node, source, f"{source.name}:{node.lineno}")
    while queue:
        function, source, place = queue.pop()
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _innermost(source.scopes[node]) is function:
                add(node, source, place)
    return callers


def _innermost(scope: Scope) -> ast.AST | None:
    return scope.function.node if scope.function is not None else None


def _is_init(node: ast.AST) -> bool:
    return isinstance(node, FunctionNode) and node.name == "__init__"


def _is_main_guarded(node: ast.AST, source: Source) -> bool:
    """Whether it is under ``if __name__ == "__main__":``, which the platform does not run."""
    around = source.parent(node)
    while around is not None:
        if isinstance(around, ast.If) and "__name__" in ast.unparse(around.test):
            return True
        around = source.parent(around)
    return False

"""How the code uses the SDK beside ``openapi``: names, options, where it is initialised, what is called too early."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .._client.config import Config, Options
from .._wire.suggest import nearest, question
from ..errors import ConfigError
from . import public_api
from .finding import Finding
from .meaning import Api, Maker, Meaning, Member, Object
from .source import Source

# A pair, or an option that needs another: not judged while a part of it only shows when the code runs.
_TOGETHER = ({"secretId", "secretKey"}, {"access_token", "transport"})


def findings(meaning: Meaning) -> Iterator[Finding]:
    """What is wrong with the names and options of the SDK."""
    for source in meaning.sources:
        for node in source.nodes():
            if isinstance(node, ast.Attribute):
                yield from _attribute(node, source, meaning)
            elif isinstance(node, ast.ImportFrom):
                yield from _imported(node, source)
            elif isinstance(node, ast.Call):
                yield from _options(node, source, meaning)
    yield from _uninitialised(meaning)


def _attribute(node: ast.Attribute, source: Source, meaning: Meaning) -> Iterator[Finding]:
    for value in meaning.of(node, source.scopes[node]):
        if isinstance(value, Object) and value.method and isinstance(node.ctx, ast.Load):
            if not public_api.object_has(value.type, value.method):
                meant = nearest(value.method, [name for name in dir(value.type) if name[0] != "_"], 3)
                hint = f"; {question(meant)}" if meant else ""
                text = f"{value.type.__name__} has no {value.method}{hint}"
                yield Finding(source.name, node.lineno, "error", "name", text)
        if not isinstance(value, Member) or "." in value.name or not isinstance(node.ctx, ast.Load):
            continue
        has = public_api.module_has if value.of_module else public_api.instance_has
        if not has(value.face, value.name):
            yield _missing(source.name, node.lineno, value.face, value.name)


def _imported(node: ast.ImportFrom, source: Source) -> Iterator[Finding]:
    for face, module in public_api.MODULES.items():
        if node.module == module and not node.level:
            for alias in node.names:
                if alias.name != "*" and not public_api.module_has(face, alias.name):
                    yield _missing(source.name, node.lineno, face, alias.name)


def _missing(file: str, line: int, face: public_api.Face, name: str) -> Finding:
    meant = nearest(name, public_api.names(face), 3)
    hint = question(meant, "docs/differences.md says what of wx-server-sdk is not here")
    return Finding(file, line, "error", "name", f"{public_api.MODULES[face]} has no {name}; {hint}")


def _options(node: ast.Call, source: Source, meaning: Meaning) -> Iterator[Finding]:
    """Options of ``init()`` and ``openapi()`` that the SDK itself would refuse."""
    for value in meaning.of(node.func, source.scopes[node]):
        is_init = isinstance(value, Maker) or (isinstance(value, Member) and value.name == "updateConfig")
        if not is_init and value not in (Api("async", ""), Api("sync", "")):
            continue
        given = _literals(node)
        if given is None or (isinstance(value, Maker) and ast.unparse(node.func).endswith("Cloud")):
            return  # Cloud(…) takes what names another account, too
        try:
            if is_init:
                given.pop("config", None)
                Config(given, None)
            elif given:
                Options(given)
        except ConfigError as error:
            text = error.errMsg.partition(":fail ")[2] or error.errMsg
            yield Finding(source.name, node.lineno, "error", "option", f"{ast.unparse(node.func)}(): {text}")
        return


def _literals(node: ast.Call) -> dict[str, Any] | None:
    """The options whose values can be read; None when the call is made of something else."""
    pairs: list[tuple[object, ast.expr]] = [(keyword.arg, keyword.value) for keyword in node.keywords]
    for argument in node.args:
        if not isinstance(argument, ast.Dict):
            return None
        pairs += [(getattr(key, "value", None), item) for key, item in zip(argument.keys, argument.values, strict=True)]
    unseen: set[str] = set()
    given: dict[str, Any] = {}
    for name, item in pairs:
        if not isinstance(name, str):  # **options
            continue
        try:
            given[name] = ast.literal_eval(item)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            unseen.add(name)
            given[name] = None
    open_ended = any(not isinstance(name, str) for name, _ in pairs)
    for group in _TOGETHER:
        if open_ended or group & unseen:
            for name in group & given.keys():
                given[name] = None
    return given


def _uninitialised(meaning: Meaning) -> Iterator[Finding]:
    """The first call of a function that initialises the SDK nowhere."""
    for source in meaning.sources:
        for node in source.nodes():
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                values = meaning.of(node, source.scopes[node])
                if any(isinstance(value, Maker) for value in values):
                    return
    for source in meaning.sources:
        sites = [(node.lineno, name) for node, name in call_sites(meaning, source) if name != "getWXContext"]
        if sites:
            line, name = min(sites)
            text = f"{name} is called, and cloud.init() nowhere: call it once at the top of the file"
            yield Finding(source.name, line, "error", "init", text)
            return


def call_sites(meaning: Meaning, source: Source) -> Iterator[tuple[ast.Call, str]]:
    """The calls in a file that need an invocation, each with its name."""
    for node in source.nodes():
        if isinstance(node, ast.Call):
            for value in meaning.of(node.func, source.scopes[node]):
                if isinstance(value, Api) and value.name:
                    yield node, value.name
                elif isinstance(value, Member) and (value.name == "getWXContext" or public_api.is_awaited(value.name)):
                    yield node, value.name
                elif isinstance(value, Object) and public_api.is_sent(value.type, value.method):
                    yield node, f"{value.type.__name__}.{value.method}"

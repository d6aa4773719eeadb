"""Await rules: coroutines that are not awaited, awaits of blocking calls, and calls that block the event loop."""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections.abc import Iterator

from . import public_api
from .calls import ApiCall, CallReader, CallUse, function_name, is_in_async
from .finding import Finding
from .public_api import Client
from .resolver import Api, ExternalName, Local, Member, Object, Resolver
from .source import Source

# Blocking calls that ruff does not know
_BLOCKING = {
    "socket.create_connection": "await asyncio.open_connection(…)",
    "pymysql.connect": "await asyncio.to_thread(pymysql.connect, …)",
}


def findings(calls: list[ApiCall], resolver: Resolver, handler: str) -> Iterator[Finding]:
    """Yield missing and needless awaits, and calls that block the event loop.

    Args:
        calls: of APIs.
        resolver: of the same code.
        handler: name of the function that the platform calls.
    """
    by_file = {source.name: source for source in resolver.sources}
    for call in calls:
        if call.node is not None:
            yield from _check(call.api, call.client, call.use, call.node, by_file[call.file], handler)
    for source in resolver.sources:
        reader = CallReader(resolver, source)
        for node in source.nodes():
            if not isinstance(node, ast.Call):
                continue
            scope = source.scopes[node]
            for name, client in dict.fromkeys(_coroutines(node, source, resolver)):
                yield from _check(name, client, reader.use(node, scope), node, source, handler)
            if is_in_async(scope) and not isinstance(source.parent(node), ast.Await):
                yield from _blocking(node, source, resolver)


def _coroutines(node: ast.Call, source: Source, resolver: Resolver) -> Iterator[tuple[str, Client]]:
    """Yield the coroutine functions that `node` calls, except APIs; those of ``cloudpy.sync`` too, which block."""
    values = resolver.of(node.func, source.scopes[node])
    if any(isinstance(value, Api) for value in values):
        return
    for value in values:
        if isinstance(value, Member) and public_api.is_awaited(value.name):
            yield value.name, value.client
        elif isinstance(value, Object):
            if inspect.iscoroutinefunction(getattr(value.type, value.method, None)):
                yield f"{value.type.__name__}.{value.method}", "async"
        elif isinstance(value, Local) and isinstance(value.node, ast.AsyncFunctionDef):
            if not value.node.decorator_list and not _is_generator(value.node, value.scope.source):
                yield value.node.name, "async"
        elif isinstance(value, ExternalName) and _is_asyncio_coroutine(value.name):
            yield value.name, "async"


def _is_asyncio_coroutine(name: str) -> bool:
    package, _, attribute = name.partition(".")
    return package == "asyncio" and inspect.iscoroutinefunction(getattr(asyncio, attribute, None))


def _is_generator(function: ast.AsyncFunctionDef, source: Source) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Yield) and (scope := source.scopes[node].function) and scope.node is function:
            return True
    return False


def _check(name: str, client: Client, use: CallUse, node: ast.Call, source: Source, handler: str) -> Iterator[Finding]:
    scope = source.scopes[node]
    if client == "sync":
        if use == "awaited":
            text = f"{name} of cloudpy.sync cannot be awaited: remove the await, or import cloudpy as cloud"
            yield Finding(source.name, node.lineno, "error", "await", text)
        elif is_in_async(scope):
            text = (
                f"{name} of cloudpy.sync blocks the event loop of an async def: import cloudpy as cloud, and await it"
            )
            yield Finding(source.name, node.lineno, "hint", "blocking", text)
        return
    function = function_name(scope)
    if use == "dropped" or (use == "returned" and is_in_async(scope) and function == handler):
        how = (
            f"write await {ast.unparse(node.func)}(…)"
            if is_in_async(scope)
            else f"make {function or 'it'} an async def and await it, or import cloudpy.sync as cloud"
        )
        text = f"{name} is not awaited: the call is not made, or its result is lost; {how}"
        yield Finding(source.name, node.lineno, "error", "await", text)


def _blocking(node: ast.Call, source: Source, resolver: Resolver) -> Iterator[Finding]:
    for value in resolver.of(node.func, source.scopes[node]):
        if isinstance(value, ExternalName) and value.name in _BLOCKING:
            text = f"{value.name}() blocks the event loop of an async def; use {_BLOCKING[value.name]}"
            yield Finding(source.name, node.lineno, "hint", "blocking", text)
            return

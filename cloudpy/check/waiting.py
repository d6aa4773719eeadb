"""Whether somebody waits: a call whose answer nobody awaits, an await where there is nothing to, a wait that blocks."""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections.abc import Iterator

from . import public_api
from .calls import ApiCall, Reader, Waiting, function_name, is_in_async
from .finding import Finding
from .meaning import Api, Local, Meaning, Member, Object, Thing
from .public_api import Face
from .source import Source

# What holds up the whole event loop, and what to do instead.
_IN_A_THREAD = "await asyncio.to_thread({name}, …)"
_BLOCKING = {
    "time.sleep": "await asyncio.sleep(…)",
    "os.system": "await asyncio.create_subprocess_shell(…)",
    "subprocess.run": "await asyncio.create_subprocess_exec(…)",
    "subprocess.call": "await asyncio.create_subprocess_exec(…)",
    "subprocess.check_output": "await asyncio.create_subprocess_exec(…)",
    "subprocess.check_call": "await asyncio.create_subprocess_exec(…)",
    "urllib.request.urlopen": _IN_A_THREAD,
    "socket.create_connection": "await asyncio.open_connection(…)",
    "pymysql.connect": _IN_A_THREAD,
    "input": "an event or a variable: nobody types in the cloud",
}
_BLOCKING_FAMILIES = ("requests.", "httpx.get", "httpx.post", "httpx.put", "httpx.request")


def findings(calls: list[ApiCall], meaning: Meaning, handler: str) -> Iterator[Finding]:
    """Where an await is missing, is too much, or is needed for something else.

    Args:
        handler: name of the function that the platform calls.
    """
    by_file = {source.name: source for source in meaning.sources}
    for call in calls:
        if call.node is not None:
            yield from _call(call.api, call.face, call.waiting, call.node, by_file[call.file], handler)
    for source in meaning.sources:
        reader = Reader(meaning, source)
        for node in source.nodes():
            if not isinstance(node, ast.Call):
                continue
            scope = source.scopes[node]
            for name, face in dict.fromkeys(_coroutines(node, source, meaning)):
                yield from _call(name, face, reader.waiting(node, scope), node, source, handler)
            if is_in_async(scope) and not isinstance(source.parent(node), ast.Await):
                yield from _blocking(node, source, meaning)


def _coroutines(node: ast.Call, source: Source, meaning: Meaning) -> Iterator[tuple[str, Face]]:
    """What `node` calls that returns a coroutine, or would on the async API; calls below ``openapi`` are not meant."""
    values = meaning.of(node.func, source.scopes[node])
    if any(isinstance(value, Api) for value in values):
        return
    for value in values:
        if isinstance(value, Member) and public_api.is_awaited(value.name):
            yield value.name, value.face
        elif isinstance(value, Object):
            if inspect.iscoroutinefunction(getattr(value.type, value.method, None)):
                yield f"{value.type.__name__}.{value.method}", "async"
        elif isinstance(value, Local) and isinstance(value.node, ast.AsyncFunctionDef):
            if not value.node.decorator_list and not _is_generator(value.node, value.scope.source):
                yield value.node.name, "async"
        elif isinstance(value, Thing) and value.name.startswith("asyncio."):
            if inspect.iscoroutinefunction(getattr(asyncio, value.name.removeprefix("asyncio."), None)):
                yield value.name, "async"


def _is_generator(function: ast.AsyncFunctionDef, source: Source) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Yield) and (scope := source.scopes[node].function) and scope.node is function:
            return True
    return False


def _call(name: str, face: Face, waiting: Waiting, node: ast.Call, source: Source, handler: str) -> Iterator[Finding]:
    scope = source.scopes[node]
    inside = function_name(scope)
    if face == "sync":
        if waiting == "awaited":
            yield Finding(
                source.name,
                node.lineno,
                "error",
                "await",
                f"{name} is called by cloudpy.sync, whose answers are not awaited: leave the await out, or"
                " import cloudpy as cloud",
            )
        elif is_in_async(scope):
            yield Finding(
                source.name,
                node.lineno,
                "hint",
                "blocking",
                f"{name} is called by cloudpy.sync in an async def, and holds everything else up meanwhile: import"
                " cloudpy as cloud, and await it",
            )
        return
    lost = waiting == "dropped" or (waiting == "returned" and is_in_async(scope) and inside == handler)
    if lost:
        how = (
            f"write await {ast.unparse(node.func)}(…)"
            if is_in_async(scope)
            else f"make {inside or 'it'} an async def and await it, or import cloudpy.sync as cloud"
        )
        yield Finding(
            source.name,
            node.lineno,
            "error",
            "await",
            f"nobody awaits {name}: the call is never made, or its answer is lost; {how}（缺少 await）",
        )


def _blocking(node: ast.Call, source: Source, meaning: Meaning) -> Iterator[Finding]:
    for value in meaning.of(node.func, source.scopes[node]):
        if not isinstance(value, Thing):
            continue
        instead = _BLOCKING.get(value.name)
        if instead is None and value.name.startswith(_BLOCKING_FAMILIES):
            instead = _IN_A_THREAD
        if instead is not None:
            instead = instead.format(name=value.name)
            yield Finding(
                source.name,
                node.lineno,
                "hint",
                "blocking",
                f"{value.name}() in an async def holds everything else up meanwhile; use {instead}",
            )
            return

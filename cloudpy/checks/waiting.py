"""Whether somebody waits: a call whose answer nobody awaits, an await where there is nothing to, a wait that blocks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .calls import ApiCall, function_name, is_in_async
from .finding import Finding
from .meaning import Meaning, Thing
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
            yield from _call(call, call.node, by_file[call.file], handler)
    for source in meaning.sources:
        for node in source.nodes():
            if isinstance(node, ast.Call) and is_in_async(source.scopes[node]):
                if not isinstance(source.parent(node), ast.Await):
                    yield from _blocking(node, source, meaning)


def _call(call: ApiCall, node: ast.Call, source: Source, handler: str) -> Iterator[Finding]:
    scope = source.scopes[node]
    inside = function_name(scope)
    if call.face == "sync":
        if call.waiting == "awaited":
            yield Finding(
                call.file,
                call.line,
                "error",
                "await",
                f"{call.api} is called by cloudpy.sync, whose answers are not awaited: leave the await out, or"
                " import cloudpy as cloud",
            )
        elif is_in_async(scope):
            yield Finding(
                call.file,
                call.line,
                "hint",
                "blocking",
                f"{call.api} is called by cloudpy.sync in an async def, and holds everything else up meanwhile: import"
                " cloudpy as cloud, and await it",
            )
        return
    lost = call.waiting == "dropped" or (call.waiting == "returned" and is_in_async(scope) and inside == handler)
    if lost:
        how = (
            f"write await {ast.unparse(node.func)}(…)"
            if is_in_async(scope)
            else f"make {inside or 'it'} an async def and await it, or import cloudpy.sync as cloud"
        )
        yield Finding(
            call.file,
            call.line,
            "error",
            "await",
            f"nobody awaits {call.api}: the call is never made, or its answer is lost; {how}（缺少 await）",
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

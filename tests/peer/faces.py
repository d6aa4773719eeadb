"""The three ways to make one call: the Node package and both faces of cloudpy, with outcomes in one form."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import cloudpy
import cloudpy.sync
from tests.peer.peer import Peer
from tests.peer.tagging import CURRENT_ENV, UNDEFINED, same, untag

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What came of a call: a result, or what a caught error shows its user."""

    result: Any = None
    errCode: Any = None  # noqa: N815 - WeChat's spelling
    errMsg: Any = None  # noqa: N815
    message: Any = None
    json: Any = None
    failed: bool = False
    unhandled: tuple[str, ...] = ()
    """Rejections in Node that nothing awaited."""
    lookups: tuple[str, ...] = ()
    """Names whose address Node asked for; it got none."""

    def agrees(self, ours: Outcome) -> bool:
        return all(
            same(getattr(self, name), getattr(ours, name))
            for name in ("failed", "result", "errCode", "errMsg", "message", "json")
        )


class Face(Protocol):
    """One way to make a call."""

    name: str

    def instance(self, options: Mapping[str, Any]) -> Any: ...

    def call(self, instance: Any, api: str, params: tuple[Any, ...], options: Mapping[str, Any] | None) -> Outcome: ...

    def walk(self, instance: Any, steps: tuple[Any, ...]) -> Outcome: ...

    def context(self, instance: Any) -> Outcome: ...


class NodeFace:
    """The published package."""

    name = "node"

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._ids = map(str, itertools.count(1))

    def instance(self, options: Mapping[str, Any]) -> str:
        id = next(self._ids)
        theirs = dict(options)
        if "timeout" in theirs:
            theirs["timeout"] *= 1000  # they count in milliseconds
        outcome = _of_node(self.peer.instance(id, theirs))
        assert not outcome.failed, outcome
        return id

    def call(self, instance: str, api: str, params: tuple[Any, ...], options: Mapping[str, Any] | None) -> Outcome:
        steps = ["openapi", *([] if options is None else [[options]]), *api.split("."), list(params)]
        return _of_node(self.peer.walk(instance, *steps))

    def walk(self, instance: str, steps: tuple[Any, ...]) -> Outcome:
        return _of_node(self.peer.walk(instance, *steps))

    def context(self, instance: str) -> Outcome:
        return _of_node(self.peer.walk(instance, "getWXContext", []))


class SyncFace:
    """`import cloudpy.sync as cloud`."""

    name = "sync"
    _module: Any = cloudpy.sync

    def instance(self, options: Mapping[str, Any]) -> Any:
        ours = {key: cloudpy.DYNAMIC_CURRENT_ENV if value is CURRENT_ENV else value for key, value in options.items()}
        # No config.json has a say here: Node never looks at it, it is WeChat's server that does.
        return self._module.createNewInstance({"config": None, **ours})

    def call(self, instance: Any, api: str, params: tuple[Any, ...], options: Mapping[str, Any] | None) -> Outcome:
        async def call() -> Any:
            target = instance.openapi if options is None else instance.openapi(options)
            for name in api.split("."):
                target = getattr(target, name)
            value = target(*params)
            return await value if inspect.isawaitable(value) else value

        return self._outcome(call())

    def walk(self, instance: Any, steps: tuple[Any, ...]) -> Outcome:
        async def walk() -> Any:
            target = instance
            for step in steps:
                target = getattr(target, step) if isinstance(step, str) else target(*step)
            return await target if inspect.isawaitable(target) else target

        return self._outcome(walk())

    def context(self, instance: Any) -> Outcome:
        async def context() -> Any:
            return instance.getWXContext()

        return self._outcome(context())

    def _outcome(self, work: Awaitable[Any]) -> Outcome:
        try:
            return Outcome(result=self._run(work))
        except cloudpy.CloudSDKError as error:
            return Outcome(
                errCode=error.errCode, errMsg=error.errMsg, message=str(error), json=error.toJSON(), failed=True
            )

    def _run(self, work: Awaitable[T]) -> T:
        # Nothing in it ever waits, so that no event loop is needed: a loop would hide a face that is not sync.
        try:
            work.__await__().send(None)
        except StopIteration as done:
            value: T = done.value
            return value
        raise AssertionError("the sync face waited for something asynchronous")


class AsyncFace(SyncFace):
    """`import cloudpy as cloud`, on one event loop."""

    name = "async"
    _module = cloudpy

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def _run(self, work: Awaitable[T]) -> T:
        return self._loop.run_until_complete(work)

    def stop(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


def _of_node(answer: dict[str, Any]) -> Outcome:
    unhandled = tuple(str(error.get("message")) for error in answer.get("unhandled", ()))
    lookups = tuple(answer.get("lookups", ()))
    if "error" not in answer:
        result = untag(answer["result"])
        if isinstance(result, dict):
            # `undefined` is what JavaScript says where Python has no such key.
            result = {key: value for key, value in result.items() if value is not UNDEFINED}
        return Outcome(result=result, unhandled=unhandled, lookups=lookups)
    error = answer["error"]
    if "thrown" in error:  # a value that is no error
        return Outcome(message=untag(error["thrown"]), failed=True, unhandled=unhandled, lookups=lookups)
    return Outcome(
        errCode=untag(error["errCode"]),
        errMsg=untag(error["errMsg"]),
        message=untag(error["message"]),
        json=json.loads(error["json"]) if isinstance(error["json"], str) else error["json"],
        failed=True,
        unhandled=unhandled,
        lookups=lookups,
    )

"""The routes of ``tcb-router``."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from .coercion import call
from .objects import get
from .promises import wait


class Router:
    """``new TcbRouter({event})``: handlers by the ``$url`` of the event, those for ``*`` first."""

    def __init__(self, options: Any) -> None:
        event = get(options, "event")
        event = {} if event is UNDEFINED else event
        self._context: dict[str, Any] = {"_req": {"event": event, "url": get(event, "$url")}, "_res": {}}
        self._handlers: dict[str, list[Any]] = {}

    def use(self, *args: Any) -> None:
        self.router(*args) if len(args) > 1 else self.router("*", *args)

    def router(self, path: Any, *handlers: Any) -> None:
        for each in path if isinstance(path, list) else [path]:
            self._handlers.setdefault(each, []).extend(handlers)

    async def serve(self) -> Any:
        url = self._context["_req"]["url"]
        handlers = [*self._handlers.get("*", []), *(self._handlers.get(url, []) if url != "*" else [])]
        if not handlers:
            return UNDEFINED
        reached = -1

        async def run(number: int) -> Any:
            nonlocal reached
            if number <= reached:
                raise Exception("next() called multiple times")
            reached = number
            if number == len(handlers):
                return UNDEFINED
            return await wait(call(handlers[number], self._context, lambda: run(number + 1)))

        await run(0)
        return self._context.get("body", UNDEFINED)

"""The routes of ``tcb-router``."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from .coercion import call


class RouteContext(dict):  # type: ignore[type-arg]
    """The ``ctx`` of the handlers: what is missing reads as undefined; the result is in ``ctx["body"]``."""

    def __missing__(self, key: str) -> Any:
        return UNDEFINED


class Router:
    """``new TcbRouter({event})``: handlers by the ``$url`` of the event, those for ``*`` first."""

    def __init__(self, options: dict[str, Any]) -> None:
        event = options["event"]
        url = event.get("$url", UNDEFINED)
        self._context = RouteContext(_req={"event": event, "url": url}, _res={})
        self._handlers: dict[str, list[Any]] = {}

    def use(self, *args: Any) -> None:
        self.router(*args[:2]) if len(args) > 1 else self.router("*", *args)

    def router(self, path: Any, *handlers: Any) -> None:
        for each in path if isinstance(path, list) else [path]:
            self._handlers.setdefault(each, []).extend(handlers)

    async def serve(self) -> Any:
        url = self._context["_req"]["url"]
        handlers = [*self._handlers.get("*", []), *(self._handlers.get(url, []) if url != "*" else [])]
        reached = -1

        async def run(number: int) -> Any:
            nonlocal reached
            if number <= reached:
                raise Exception("next() called multiple times")
            reached = number
            if number == len(handlers):
                return UNDEFINED
            result = call(handlers[number], self._context, lambda: run(number + 1))
            return await result if hasattr(result, "__await__") else result

        await run(0)
        return self._context["body"]

"""Calls of HTTP clients: axios, request, request-promise and fetch."""

from __future__ import annotations

from .catalog import AXIOS, FETCH, REQUEST_PROMISE
from .code import Py, call, quoted
from .context import Part
from .diagnostics import Untranslated
from .jstypes import NOTHING, OBJECTS
from .nodes import text_of
from .syntax import Node

_WITHOUT_DATA = {"get", "delete", "head"}
_WITH_DATA = {"post", "put", "patch"}


class HttpClients(Part):
    """Write requests. js.py sends them with the standard library, so that a draft needs no package for them."""

    def call(self, source: str, path: str, args: list[Node]) -> Py | None:
        """Write a call of the package `source`; `path` is the function in it. None for any other package."""
        if any(each.type == "spread_element" for each in args):
            return None
        if source in AXIOS:
            return self._axios(path, args)
        if source in REQUEST_PROMISE and len(args) == 1 and path in ("", "get", "post", "put", "delete"):
            method = [Py(quoted(path.upper()))] if path else []
            return call(self._named("js.request_promise"), *self.arguments(args), *method)
        if source in FETCH and path in ("", "default") and 1 <= len(args) <= 2 and not self.sync:
            return call("js.fetch", *self.arguments(args))
        return None

    def request(self, path: str, args: list[Node], *, in_promise: bool) -> Py:
        """Write a call of the package request, which calls back."""
        if self.sync or not in_promise or len(args) != 2 or path not in ("", "get", "post", "put", "delete"):
            cause = "the package request is not translated"
            raise Untranslated("request outside of a new Promise; Python has httpx", cause)
        method = [Py(quoted(path.upper()))] if path else []
        return call("js.background", call("js.request", *self.arguments(args), *method))

    def _axios(self, path: str, args: list[Node]) -> Py:
        name = self._named("js.axios")
        if path in _WITHOUT_DATA and 1 <= len(args) <= 2:
            return call(name, quoted(path), *self.arguments(args))
        if path in _WITH_DATA and 1 <= len(args) <= 3:
            url, *rest = self.arguments(args)
            data = rest[0] if rest else Py("js.UNDEFINED")
            config = rest[1] if len(rest) > 1 else Py("js.UNDEFINED")
            return call(name, quoted(path), url, config, data)
        if path in ("", "default", "request") and len(args) == 1 and NOTHING < self.type_of(args[0]) <= OBJECTS:
            return call(name, '""', "js.UNDEFINED", *self.arguments(args))
        what = f"axios.{path}" if path else f"axios({text_of(args[0]) if args else ''})"
        raise Untranslated(f"{what[:60]} is not translated; Python has httpx", "this use of axios is not translated")

    def _named(self, helper: str) -> str:
        return f"{helper}_sync" if self.sync else helper

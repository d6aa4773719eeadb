"""Calls of HTTP clients: axios, request, request-promise and fetch."""

from __future__ import annotations

from .catalog import AXIOS, FETCH, GOT, REQUEST_PROMISE
from .code import COMPARE, Py, call, quoted
from .context import Part
from .diagnostics import Untranslated
from .jstypes import NOTHING, OBJECTS
from .nodes import arguments_of, field, strip, text_of
from .packages.kinds import package_path
from .syntax import Node

_WITHOUT_DATA = {"get", "delete", "head"}
_WITH_DATA = {"post", "put", "patch"}
_REQUEST = {
    "": "",
    **{name: name.upper() for name in ("get", "post", "put", "patch", "delete", "head")},
    "del": "DELETE",
}
_GOT = {"get", "post", "put", "patch", "head", "delete"}


class HttpClients(Part):
    """Write requests. js.py sends them with the standard library, so that a draft needs no package for them."""

    def call(self, source: str, path: str, args: list[Node]) -> Py | None:
        """Write a call of the package `source`; `path` is the function in it. None for any other package."""
        if any(each.type == "spread_element" for each in args):
            return None
        if source in AXIOS:
            return self._axios(path, args)
        if source in REQUEST_PROMISE and 1 <= len(args) <= 2 and path in _REQUEST:
            method = [Py(quoted(_REQUEST[path]))] if path else []
            return call(self._named("js.request_promise"), self._options(args), *method)
        if source in FETCH and path == "" and 1 <= len(args) <= 2 and not self.sync:
            return call("js.fetch" if source == "fetch" else "js.node_fetch", *self.arguments(args))
        if source in GOT and path in ("", *_GOT) and not self.sync:
            return self.got(path, args)
        return None

    def got(self, path: str, args: list[Node], form: str = "") -> Py:
        """Write a call of got; `form` is what its promise is asked for: ``json``, ``text`` or ``buffer``."""
        if not 1 <= len(args) <= 2 or self.sync:
            raise Untranslated(f"got with {len(args)} arguments")
        method = path.rpartition(".")[2].upper() if path.rpartition(".")[2] in _GOT else ""
        named = [Py(f"{key}={quoted(value)}") for key, value in (("method", method), ("form", form)) if value]
        return call("js.got", *self.arguments(args), *named)

    def read_got(self, callee: Node) -> Py | None:
        """Write ``got(…).json``, when it is called; None for any other call."""
        made = strip(field(callee, "object")) if callee.type == "member_expression" else callee
        form = text_of(field(callee, "property")) if callee.type == "member_expression" else ""
        if made.type != "call_expression" or form not in ("json", "text", "buffer"):
            return None
        source, path = package_path(self.module, strip(field(made, "function")))
        return self.got(path, arguments_of(made), form) if source in GOT else None

    def request(self, path: str, args: list[Node], *, in_promise: bool) -> Py:
        """Write a call of the package request, which calls back."""
        if self.sync or not in_promise or not 2 <= len(args) <= 3 or path not in _REQUEST:
            cause = "the package request is not translated"
            raise Untranslated("request outside of a new Promise; Python has httpx", cause)
        method = [Py(quoted(_REQUEST[path]))] if path else []
        options, callback = self._options(args[:-1]), self.expr(args[-1])
        return call("js.background", call("js.request", options, callback, *method))

    def _options(self, args: list[Node]) -> Py:
        """Write the address and the options of a request as one value."""
        if len(args) == 1:
            return self.expr(args[0])
        url, options = self.arguments(args)
        if not NOTHING < self.type_of(args[1]) <= OBJECTS:
            raise Untranslated("an address and options that may be a callback", "this use of request is not translated")
        return Py(f'{{**{options.at(COMPARE + 1)}, "uri": {url}}}')

    def _axios(self, path: str, args: list[Node]) -> Py:
        name = self._named("js.axios")
        if path in _WITHOUT_DATA and 1 <= len(args) <= 2:
            return call(name, quoted(path), *self.arguments(args))
        if path in _WITH_DATA and 1 <= len(args) <= 3:
            url, *rest = self.arguments(args)
            data = rest[0] if rest else Py("js.UNDEFINED")
            config = rest[1] if len(rest) > 1 else Py("js.UNDEFINED")
            return call(name, quoted(path), url, config, data)
        if path in ("", "request") and len(args) == 1 and NOTHING < self.type_of(args[0]) <= OBJECTS:
            return call(name, '""', "js.UNDEFINED", *self.arguments(args))
        what = f"axios.{path}" if path else f"axios({text_of(args[0]) if args else ''})"
        raise Untranslated(f"{what[:60]} is not translated; Python has httpx", "this use of axios is not translated")

    def _named(self, helper: str) -> str:
        return f"{helper}_sync" if self.sync else helper

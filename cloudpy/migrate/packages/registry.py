"""All npm packages that are translated."""

from __future__ import annotations

from ..code import Py
from ..context import Context, Part
from ..diagnostics import Untranslated
from ..jstypes import NIL
from ..nodes import arguments_of, field, required, strip
from ..syntax import Node
from .date_fns import DateFns
from .date_kinds import STATES
from .date_texts import DateTexts
from .dayjs import Dayjs
from .kinds import joined, package_of, package_path
from .lodash import Lodash
from .moment import Moment
from .node_http import NodeHttp
from .package import Package
from .tabled import Tabled
from .tcb_router import TcbRouter

# One class for each; the first that names a package writes it.
_ALL: tuple[type[Package], ...] = (NodeHttp, Tabled, TcbRouter, DateFns, Dayjs, Lodash, Moment)


class Packages(Part):
    """Find the package that a call, a name or a value belongs to."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._dates = DateTexts(context)
        self._packages = [*(package(context) for package in _ALL), self._dates]

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        """Write a call of a function of an npm package; None if it is not translated."""
        name, within = package_of(source)
        package = self._named(name)
        return package.call(name, joined(within, path), args, node) if package is not None else None

    def new(self, constructor: Node, args: list[Node], node: Node) -> Py | None:
        """Write ``new`` of a class of an npm package; None if it is not translated."""
        source, path = package_path(self.module, constructor)
        package = self._named(source)
        return package.new(source, path, args, node) if package is not None else None

    def value(self, source: str, path: str, node: Node) -> Py | None:
        """Write what a package has, and what is not called here; None if it is not translated."""
        name, within = package_of(source)
        package = self._named(name)
        return package.value(name, joined(within, path), node) if package is not None else None

    def method(self, owner: Node, name: str, args: list[Node], node: Node) -> Py | None:
        """Write a method of a value of a package; None if it may be another value, or is not translated."""
        if "date-utils" in self.module.date_settings:
            extension = self._dates.extension(owner, name, args)
            if extension is not None:
                return extension
        package = self._of_kind(owner)
        if package is None:
            return None
        code = package.method(owner, name, args, node)
        if code is None:
            raise Untranslated(f"{name} of what {' or '.join(sorted(package.sources))} gives is not translated")
        return code

    def property(self, owner: Node, name: str) -> Py | None:
        """Write a property of a value of a package; None if it may be another value, or is not translated."""
        package = self._of_kind(owner)
        return package.property(owner, name) if package is not None else None

    def is_setting(self, node: Node) -> bool:
        """Whether a statement only sets a package up, and nothing stands for it in Python."""
        if node.type != "call_expression":
            return False
        if required(node):  # for its side effects
            source, path = package_of(required(node))
            args = []
        else:
            source, path = package_path(self.module, strip(field(node, "function")))
            args = arguments_of(node)
        package = self._named(source)
        return package is not None and package.setting(source, path, args)

    def _named(self, name: str) -> Package | None:
        return next((each for each in self._packages if name in each.sources), None) if name else None

    def _of_kind(self, owner: Node) -> Package | None:
        words = self.type_of(owner) - NIL - STATES
        return next((each for each in self._packages if words and words <= each.kinds), None)

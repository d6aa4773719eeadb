"""lodash: plain Python where the types allow, else a helper of js.py for each function."""

from __future__ import annotations

from ..code import ATOM, COMPARE, LAMBDA, OR, TERNARY, Py, call, quoted
from ..diagnostics import Untranslated
from ..jstypes import LISTS, TEXTS, js_type
from ..nodes import string_value, text_of
from ..syntax import Node
from .lodash_names import ALIASES, FUNCTIONS_OF, RESULTS
from .package import Package

# Where a function is handed over, this method of arrays does the same with a list
_ARRAY_METHODS = {"map", "filter", "find", "some", "every", "reduce", "flatMap", "findIndex"}
_WAITING = "does not wait for its async function"


class Lodash(Package):
    """Write functions of lodash."""

    sources = frozenset({"lodash", "lodash-es", *(f"lodash.{name.lower()}" for name in RESULTS | ALIASES)})

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        name = _name_of(source, path)
        if name not in RESULTS:
            if path == "" and source in ("lodash", "lodash-es"):
                raise Untranslated("a chain of lodash")
            return None
        if name in ("debounce", "throttle", "template", "chain", "uniqueId", "memoize", "bind"):
            raise Untranslated(f"{name} of lodash")
        self._check_functions(name, args)
        short = self._short(name, args)
        if short is not None:
            return short
        helper, least, most = FUNCTIONS_OF[name]
        return call(f"js.{helper}", *self._fit(name, args, least, most))

    def value(self, source: str, path: str, node: Node) -> Py | None:
        name = _name_of(source, path)
        parent = node.parent
        if name in FUNCTIONS_OF and parent is not None and parent.type == "arguments" and FUNCTIONS_OF[name][2] == 1:
            return Py(f"js.{FUNCTIONS_OF[name][0]}")
        return None

    def _fit(self, name: str, args: list[Node], least: int, most: int) -> list[Py]:
        if len(args) < least:
            raise Untranslated(f"{name} of lodash with {len(args)} argument{'' if len(args) == 1 else 's'}")
        if len(args) > most:
            if any(each.type == "spread_element" or not self.is_pure(each) for each in args[most:]):
                raise Untranslated(f"{name} of lodash with {len(args)} arguments")
            args = args[:most]
        if most < 99 and any(each.type == "spread_element" for each in args):
            raise Untranslated(f"a spread in {name} of lodash")
        return self.arguments(args)

    def _check_functions(self, name: str, args: list[Node]) -> None:
        for each in args:
            function = self.module.function_of(each)
            if function is None:
                continue
            self.note_call(function)
            if self.is_async(function) and name not in ("map", "flatMap", "times", "mapValues"):
                raise Untranslated(f"{name} {_WAITING}")

    def _short(self, name: str, args: list[Node]) -> Py | None:
        """Write plain Python; None where the types do not allow it."""
        if not args or any(each.type == "spread_element" for each in args):
            return None
        one, type_ = args[0], self.type_of(args[0])
        is_list, is_text = bool(type_) and type_ <= LISTS, bool(type_) and type_ <= TEXTS
        is_function = len(args) > 1 and self.type_of(args[1]) == js_type("fn")
        if name in _ARRAY_METHODS and is_list and is_function and (name != "reduce" or len(args) == 3):
            return self.context.write_method(one, name, args[1:])
        if name == "map" and type_ == js_type("recs") and len(args) == 2 and _is_key(args[1]):
            return Py(f"[each[{quoted(string_value(args[1]))}] for each in {self.expr(one).at(OR)}]")
        simple = {
            "isArray": "isinstance({}, list)",
            "isString": "isinstance({}, str)",
            "isBoolean": "isinstance({}, bool)",
            "isFunction": "callable({})",
        }
        if name in simple:
            return Py(simple[name].format(self.expr(one).at(TERNARY)))
        if name in ("isUndefined", "isNull"):
            nothing = "js.UNDEFINED" if name == "isUndefined" else "None"
            return Py(f"{self.expr(one).at(COMPARE + 1)} is {nothing}", COMPARE)
        if name == "isEmpty" and (is_list or is_text):
            return Py(f"len({self.expr(one)}) == 0", COMPARE)  # an empty list of the event is true
        if name == "shuffle" and is_list and self.is_pure(one):
            code = self.expr(one)
            return Py(f"random.sample({code}, len({code}))")
        if name == "random" and len(args) == 2 and all(_is_count(each) for each in args):
            low, high = (int(text_of(each)) for each in args)
            return Py(f"random.randint({min(low, high)}, {max(low, high)})")
        if name == "range" and len(args) <= 2 and all(_is_count(each) for each in args) and _in_order(args):
            return Py(f"list(range({', '.join(map(str, self.arguments(args)))}))")
        if name == "range" and len(args) == 1 and type_ == js_type("lit"):
            return Py(f"list(range({self.expr(one)}))")
        if name == "get" and len(args) <= 3 and _is_key(args[1] if len(args) > 1 else one) and type_ == js_type("rec"):
            default = self.expr(args[2]) if len(args) == 3 else Py("js.UNDEFINED")
            return Py(f"{self.expr(one).at(ATOM)}.get({self.expr(args[1])}, {default.at(LAMBDA)})")
        if name in ("head", "last") and is_list and self.is_pure(one):
            item = self.expr(one).at(ATOM)
            return Py(f"{item}[{0 if name == 'head' else -1}] if len({item}) else js.UNDEFINED", TERNARY)
        if name == "chunk" and len(args) == 2 and is_list and self.is_pure(one) and _is_count(args[1]):
            item, size = self.expr(one).at(ATOM), int(text_of(args[1]))
            if size and "at" not in self.names.pythons:
                return Py(f"[{item}[at : at + {size}] for at in range(0, len({item}), {size})]")
        return None


def _name_of(source: str, path: str) -> str:
    """Return the function that is meant by ``lodash/get``, ``lodash.groupby`` and the aliases of lodash."""
    path = path.removeprefix("fp.") if path.startswith("fp.") else path
    name = path.removesuffix(".js")
    if source.startswith("lodash."):
        short = source.removeprefix("lodash.")
        name = next((each for each in RESULTS | ALIASES if each.lower() == short), "") if not path else ""
    return ALIASES.get(name, name)


def _is_key(node: Node) -> bool:
    """Whether a string in the source is one key, not a path."""
    return node.type == "string" and string_value(node).isidentifier()


def _is_count(node: Node) -> bool:
    return node.type == "number" and text_of(node).isdecimal()


def _in_order(args: list[Node]) -> bool:
    return len(args) == 1 or int(text_of(args[0])) <= int(text_of(args[1]))

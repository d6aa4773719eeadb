"""Methods of lists, where Python has a form of its own: comprehensions, ``in``, slices, ``sorted``."""

from __future__ import annotations

from collections.abc import Callable

from .code import ADD, ATOM, COMPARE, LAMBDA, OR, TERNARY, Py, call, defines_reader, reads_key
from .context import Context, Part
from .jstypes import (
    JSON,
    LISTS,
    LOOPED,
    NUMBERS,
    PLAIN_TRUTH,
    TEXTS,
    WHOLE,
    JsType,
    are_compared_alike,
    is_open,
    js_type,
)
from .lengths import may_be_text_or_list
from .nodes import (
    all_at_once,
    child_nodes,
    field,
    is_async,
    parameters_of,
    string_value,
    strip,
    text_of,
    uses_arguments,
)
from .operators import Operators
from .plain_names import is_named_plainly
from .sorts import Sorts
from .syntax import Node

_CHANGING = {"push", "pop", "shift", "unshift", "splice", "reverse", "sort", "fill"}
_COMPREHENSIONS = {"map", "filter", "some", "every", "find", "findIndex"}


class ListMethods(Part):
    """Write methods of what surely is a list."""

    def __init__(self, context: Context, operators: Operators) -> None:
        super().__init__(context)
        self.operators = operators
        self.sorts = Sorts(context)
        self._writers: dict[str, Callable[[Node, list[Node]], Py | None]] = {
            "concat": self._concat,
            "includes": self._includes,
            "join": self._join,
            "reduce": self._reduce,
            "slice": self._slice,
        }

    def write(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write ``owner.name(…)``; None where a helper has to do it."""
        if any(each.type == "spread_element" for each in args):
            return None
        if name in _COMPREHENSIONS:
            return self._comprehension(owner, name, args[0])
        if name == "sort" and args:
            is_plain = args[0].type in ("arrow_function", "function_expression") and self._is_plain(args[0])
            return self.sorts.write(owner, args[0], _value_of(args[0])) if is_plain else None
        if name == "includes" and len(args) == 1 and not self._is_list(owner):
            return self.contains(owner, args[0]) if not self.module.has_own_method(name) else None
        if name == "join" and self._is_of_texts(owner, args):
            return call(f"{self.expr(args[0]).at(ATOM)}.join", self.expr(owner))
        writer = self._writers.get(name)
        return writer(owner, args) if writer is not None and (self._is_list(owner) or name == "concat") else None

    def _is_list(self, owner: Node) -> bool:
        """Whether a value is a list, or one that has no methods of lists in JavaScript and is no list in Python."""
        type_ = self.type_of(owner)
        return bool(type_ & LISTS) and type_ <= LOOPED

    def _over(self, owner: Node, *, reads: bool = False) -> Py:
        """Write what a comprehension goes over: of what may be no list, with a check.

        No check is needed where the comprehension surely `reads` a key of each item: of the characters of a
        string, and of the keys of a dict, that is an error.
        """
        code = self.expr(owner)
        is_loud = reads and self.types.facts.is_loud(owner) and bool(self.type_of(owner) & LISTS)
        return code if is_loud or self._is_list(owner) else call("js.array", code)

    def items_of(self, owner: Node) -> JsType:
        """Return what the items of a list can be."""
        owner = strip(owner)
        if owner.type == "array" and not self.has_node(owner, "spread_element"):
            return js_type("").union(*map(self.type_of, child_nodes(owner)))
        return self.types.each(owner)

    # ---- comprehensions

    def _comprehension(self, owner: Node, name: str, callback: Node) -> Py | None:
        """Write a comprehension, for a short function of one parameter, or two."""
        if callback.type == "identifier":
            return self._of_named(owner, name, callback)
        if callback.type not in ("arrow_function", "function_expression") or not self._is_plain(callback):
            return None
        body, parameters = _value_of(callback), parameters_of(callback)
        if len(parameters) > 2 or any(each.type != "identifier" for each in parameters):
            return None
        gives_promise = body is not None and not is_async(callback) and self.type_of(body) == js_type("promise")
        if body is None or (self.is_async(callback) and not (gives_promise and name == "map")):
            return self._called_for_each(owner, name, callback)
        if self.has_assignment(body) or self.has_node(body, "regex", deep=True) or not all_at_once(body):
            return None
        if any(f".{kind}(" in text_of(body) for kind in _CHANGING):
            return None
        saved, self.context.prelude = self.context.prelude, []
        self.context.in_lambda += 1
        self.context.within.append(callback)
        try:
            value = self.expr(body) if name == "map" else self.operators.condition(body)
        finally:
            result, self.context.prelude = self.context.prelude, saved
            self.context.in_lambda -= 1
            self.context.within.pop()
        if result or ":=" in value.text or self.has_assignment(owner):
            return None
        names = [self.names.of[each.id].python for each in parameters]
        over = self._over(owner, reads=bool(names) and reads_key(value.text, names[0]))
        if ":=" in over.text:
            return None  # Python does not take it there
        item, index = names[0] if names else "_", names[1] if len(names) > 1 else ""
        if name == "findIndex" and not index:
            index = "index" if "index" not in self.names.pythons else self.unique_name("index")
        return _comprehended(name, item, index, value, over)

    def _is_plain(self, function: Node) -> bool:
        """Whether a function asks for neither ``this``, ``arguments`` nor itself."""
        return function.type == "arrow_function" or not (
            function.child_by_field_name("name") is not None
            or uses_arguments(function)
            or self.has_node(field(function, "body"), "this", deep=True)
        )

    def _of_named(self, owner: Node, name: str, callback: Node) -> Py | None:
        """Write ``filter(Boolean)``, ``map(String)``, ``map(function)``."""
        called, over = text_of(callback), self._over(owner)
        if ":=" in over.text:
            return None
        if self.variable_of(callback) is None:
            if called == "Boolean" and name in ("filter", "some", "every", "find"):
                truth = Py("item") if self._is_plainly_true(owner) else call("js.truthy", "item")
                return _comprehended(name, "item", "", truth, over)
            if name == "map" and called in ("String", "Number"):
                items = self.items_of(owner)
                is_same = bool(items) and items <= (TEXTS if called == "String" else NUMBERS)
                if called == "String" and items and items <= WHOLE:
                    return _comprehended(name, "item", "", call("str", "item"), over)
                helper = "js.text" if called == "String" else "js.number"
                value = Py("item") if is_same else call(helper, "item")
                return _comprehended(name, "item", "", value, over)
        return None

    def _is_plainly_true(self, owner: Node) -> bool:
        items = self.items_of(owner)
        return bool(items) and items <= PLAIN_TRUTH

    def _called_for_each(self, owner: Node, name: str, function: Node) -> Py | None:
        """Write ``[callback(item) for item in items]``, for a function of several lines, or one that is async."""
        if name != "map" or len(parameters_of(function)) != 1 or self.has_assignment(owner):
            return None
        callback = self.expr(function)
        over = self._over(owner, reads=defines_reader(self.context.prelude, callback.text))
        item = self.names.of[parameters_of(function)[0].id].python
        if not callback.text.isidentifier() or ":=" in over.text:
            return None
        return _comprehended(name, item, "", call(callback.text, item), over)

    # ---- other forms

    def _includes(self, owner: Node, args: list[Node]) -> Py | None:
        return self.contains(owner, args[0]) if len(args) == 1 else None

    def contains(self, owner: Node, value: Node) -> Py | None:
        """Write ``value in owner`` where Python's ``==`` is JavaScript's, and nothing is NaN."""
        if not (_is_constant(owner) or self._is_fixed(value) or (self.is_pure(owner) and self.is_pure(value))):
            return None
        type_, of_value = self.type_of(owner), self.type_of(value)
        is_named = is_named_plainly(value)
        if self._is_list(owner):
            if not is_named and not are_compared_alike(self.items_of(owner), of_value):
                return None
        elif type_ and type_ <= TEXTS:
            if not of_value or not of_value <= TEXTS:
                return None
        elif not (
            (is_named or (of_value and of_value <= TEXTS | {"undef"}))
            and may_be_text_or_list(self.module, owner, type_)
            and self._is_loud(owner)
        ):
            return None
        over = self.expr(owner)
        if strip(owner).type == "array" and _is_constant(owner) and len(child_nodes(strip(owner))) > 1:
            over = Py(f"({over.text[1:-1]})")
        return Py(f"{self.expr(value).at(COMPARE + 1)} in {over.at(COMPARE + 1)}", COMPARE)

    def _is_fixed(self, node: Node) -> bool:
        """Whether nothing that runs meanwhile changes a value."""
        variable = self.variable_of(node) if strip(node).type == "identifier" else None
        return _is_constant(node) or (variable is not None and variable.is_constant)

    def _join(self, owner: Node, args: list[Node]) -> Py | None:
        """Write ``separator.join(items)`` for strings and integers."""
        if args and not (self.type_of(args[0]) and self.type_of(args[0]) <= TEXTS):
            return None
        items = self.items_of(owner)
        if not (self.type_of(owner) == js_type("strs") or (args and text_of(args[0])[1:-1])) and args:
            return None  # halves of characters may meet
        if not items or not (items <= TEXTS or items <= WHOLE) or not (not args or self.is_pure(args[0])):
            return None
        separator = self.expr(args[0]) if args else Py('","')
        code = self.expr(owner)
        return call(f"{separator.at(ATOM)}.join", code if items <= TEXTS else call("map", "str", code))

    def _is_of_texts(self, owner: Node, args: list[Node]) -> bool:
        """Whether what may be a list of anything is joined as words: of anything but strings Python raises."""
        if len(args) != 1 or args[0].type != "string" or string_value(args[0]) in ("", ",") or not self._is_loud(owner):
            return False
        items = self.items_of(owner) if self._is_list(owner) else frozenset()
        return is_open(items) and items <= JSON

    def _is_loud(self, node: Node) -> bool:
        return self.types.facts.is_loud(node)

    def _slice(self, owner: Node, args: list[Node]) -> Py | None:
        """Write ``items[start:end]``: of numbers Python's is JavaScript's, or raises."""
        types = [self.type_of(each) for each in args]
        if not all(type_ and type_ <= NUMBERS for type_ in types) or not all(map(self.is_pure, args)):
            return None
        start = self.expr(args[0]) if args and text_of(args[0]) != "0" else Py("")
        end = self.expr(args[1]) if len(args) > 1 else Py("")
        return Py(f"{self.expr(owner).at(ATOM)}[{start.at(TERNARY)}:{end.at(TERNARY)}]")

    def _reduce(self, owner: Node, args: list[Node]) -> Py | None:
        """Write ``functools.reduce(function, items, start)``."""
        callback = args[0]
        if callback.type not in ("arrow_function", "function_expression") or not self._is_plain(callback):
            return None
        if len(parameters_of(callback)) != 2 or not (len(args) > 1 or self._is_loud(owner)):
            return None  # of an empty list, the message of Python's error is another
        merged = self._merged(owner, callback) if len(args) == 1 else None
        if merged is not None:
            return merged
        if strip(owner).type == "identifier" and any(f".{kind}(" in text_of(callback) for kind in _CHANGING):
            return None
        items, function = self.expr(owner), self.expr(callback)
        return call("functools.reduce", function, items, *self.arguments(args[1:]))

    def _merged(self, owner: Node, callback: Node) -> Py | None:
        """Write one result of the database for many, read in parts: all documents of them, and the first message."""
        body, (first, second) = _value_of(callback), map(text_of, parameters_of(callback))
        made = callback.parent.parent if callback.parent is not None else None
        use = made.parent if made is not None else None
        is_alone = use is not None and use.type in ("return_statement", "variable_declarator")
        read = {text_of(field(each, "key")): text_of(field(each, "value")) for each in _pairs_of(body)}
        if read != {"data": f"{first}.data.concat({second}.data)", "errMsg": f"{first}.errMsg"} or not is_alone:
            return None
        keys = self.types.of_all(owner) or {}
        if "data" not in keys or self.context.in_lambda:
            return None
        results = self.expr(owner)
        if not results.text.isidentifier():
            name = self.unique_name("results")
            self.context.prelude.append(f"{name} = {results}")
            results = Py(name)
        data = f'[item for result in {results} for item in result["data"]]'
        return Py(f'{{"data": {data}, "errMsg": {results}[0]["errMsg"]}}')

    def _concat(self, owner: Node, args: list[Node]) -> Py | None:
        """Write ``items + others``: for lists, and for what may be lists where it raises for anything else."""
        are_lists = [bool(self.type_of(each)) and self.type_of(each) <= LISTS for each in (owner, *args)]
        may_be_lists = all(self.type_of(each) & LISTS for each in (owner, *args))
        if not args or not (all(are_lists) or (any(are_lists[:2]) and may_be_lists and self._is_loud(owner))):
            return None
        return Py(" + ".join(self.expr(each).at(ADD + 1) for each in [owner, *args]), ADD)


def _comprehended(name: str, item: str, index: str, value: Py, over: Py) -> Py:
    """Return the comprehension that a method is."""
    loop = f"for {index}, {item} in enumerate({over})" if index else f"for {item} in {over.at(OR)}"
    if name == "map":
        return Py(f"[{value.at(LAMBDA)} {loop}]")
    if name == "filter":
        return Py(f"[{item} {loop} if {value.at(OR)}]")
    if name == "find":
        return Py(f"next(({item} {loop} if {value.at(OR)}), js.UNDEFINED)")
    if name == "findIndex":
        return Py(f"next(({index} for {index}, {item} in enumerate({over}) if {value.at(OR)}), -1)")
    return Py(f"{'any' if name == 'some' else 'all'}({value.at(TERNARY)} {loop})")


def _value_of(function: Node) -> Node | None:
    """Return what a function gives that does nothing else; None for one of several statements."""
    body = field(function, "body")
    if body.type != "statement_block":
        return body
    statements = body.named_children
    if len(statements) != 1 or statements[0].type != "return_statement":
        return None
    value = child_nodes(statements[0])
    return strip(value[0]) if value else None


def _pairs_of(body: Node | None) -> list[Node]:
    """Return the pairs of an object literal that has nothing else; nothing for any other value."""
    body = strip(body) if body is not None else None
    parts = child_nodes(body) if body is not None and body.type == "object" else []
    return parts if all(each.type == "pair" for each in parts) else []


def _is_constant(node: Node) -> bool:
    """Whether it is a literal of strings and numbers."""
    node = strip(node)
    return node.type in ("string", "number") or (node.type == "array" and all(map(_is_constant, child_nodes(node))))

"""Promises: ``Promise.all``, ``new Promise``, ``.then``."""

from __future__ import annotations

from .code import MUL, Py, call
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import NUMBERS, js_type
from .nodes import FUNCTIONS, arguments_of, child_nodes, field, parameters_of, strip, text_of
from .operators import Operators
from .syntax import Node

_PROMISE = js_type("promise")


class Promises(Part):
    """Write what makes promises, and what waits for them."""

    def __init__(self, context: Context, operators: Operators) -> None:
        super().__init__(context)
        self.operators = operators

    def new(self, args: list[Node]) -> Py:
        """Write ``new Promise(…)``: around a timer alone a pause, otherwise what it is in JavaScript."""
        if len(args) != 1 or args[0].type not in FUNCTIONS or not self.context.within:
            raise Untranslated("new Promise in this form")
        pause = self._pause(args[0])
        if pause is not None:
            return call("time.sleep" if self.sync else "asyncio.sleep", self._seconds(pause))
        if self.sync:
            raise Untranslated("new Promise, without await")
        return call("js.promise", self.expr(args[0]))

    def _seconds(self, pause: Node) -> Py:
        milliseconds = self.types.constant(pause)
        if milliseconds is not None and pause.type == "number":
            return Py(str(milliseconds / 1000).removesuffix(".0"))
        code, type_ = self.expr(pause), self.type_of(pause)
        return Py(f"{code.at(MUL)} / 1000", MUL) if type_ and type_ <= NUMBERS else call("js.div", code, "1000")

    def _pause(self, executor: Node) -> Node | None:
        """Return the milliseconds of ``resolve => setTimeout(resolve, milliseconds)``."""
        body, parameters = field(executor, "body"), parameters_of(executor)
        if body.type == "statement_block" and len(child_nodes(body)) == 1:
            body = strip(child_nodes(child_nodes(body)[0])[0]) if child_nodes(child_nodes(body)[0]) else body
        if body.type != "call_expression" or text_of(body.child_by_field_name("function")) != "setTimeout":
            return None
        args = arguments_of(body)
        if len(args) != 2 or not parameters or text_of(args[0]) != text_of(parameters[0]):
            return None
        return args[1] if self.type_of(args[1]) and self.type_of(args[1]) <= NUMBERS else None

    def global_call(self, full: str, args: list[Node], node: Node) -> Py:
        if full in ("Promise.all", "Promise.allSettled") and len(args) == 1:
            return self._gathered(full, args[0])
        if full in ("Promise.race", "Promise.any") and len(args) == 1 and not self.sync:
            return call("js.race" if full == "Promise.race" else "js.first_kept", self.expr(args[0]))
        if full == "Promise.reject" and len(args) <= 1 and not self.sync:
            return call("js.rejected", *self.arguments(args))
        if self.is_resolved(node) and not self.sync:
            return call("asyncio.sleep", "0", self.resolved_value(node))
        if full == "Promise.resolve" and not self.sync:
            return call("js.wait", *(self.arguments(args[:1]) or [Py("js.UNDEFINED")]))
        if full == "Promise.resolve" and len(args) == 1:
            return self.expr(args[0])
        raise Untranslated(f"{full} is not translated")

    def _gathered(self, full: str, args: Node) -> Py:
        if self.sync and full == "Promise.allSettled":
            raise Untranslated("Promise.allSettled without await")
        code = self.expr(args)
        if self.sync:
            self.caveat(args, "Promise.all: the calls are made one after the other")
            return code
        if full == "Promise.allSettled":
            return call("js.gather_settled", code)
        if self._are_promises(args) and (code.text.startswith("[") or code.text.isidentifier()):
            return call("asyncio.gather", code.text[1:-1] if args.type == "array" else f"*{code}")
        return call("js.gather", code)

    def _are_promises(self, value: Node) -> bool:
        """Whether each item of a list surely is a promise: of ``[a(), b()]``, of ``items.map(async …)``."""
        value = strip(value)
        if value.type == "identifier":
            return self.type_of(value) == js_type("arr") and self.types.each(value) == _PROMISE
        if value.type == "array":
            return bool(child_nodes(value)) and all(self.type_of(each) == _PROMISE for each in child_nodes(value))
        callee = strip(field(value, "function")) if value.type == "call_expression" else value
        if callee.type != "member_expression" or text_of(field(callee, "property")) != "map":
            return False
        function = self.module.function_of(arguments_of(value)[0]) if arguments_of(value) else None
        return function is not None and (self.is_async(function) or self.types.returned(function) == _PROMISE)

    def started_in_place(self, node: Node, code: Py) -> Py:
        """Write a call whose promise is used as a value, which nothing awaits there: Node starts it all the same."""
        if self.type_of(node) != _PROMISE or not self._is_value(node):
            return code
        if self.sync:
            raise Untranslated("a promise that is used as a value, without await")
        return self.in_background(node, code)

    def _is_value(self, node: Node) -> bool:
        """Whether a promise is compared, tested, read or stored in an object where it is made."""
        use = node.parent
        while use is not None and use.type in ("parenthesized_expression", "as_expression"):
            node, use = use, use.parent
        if use is None:
            return False
        match use.type:
            case "pair" | "unary_expression" | "template_substitution":
                return True
            case "if_statement" | "ternary_expression":
                return use.child_by_field_name("condition") == node
            case "variable_declarator":
                return field(use, "name").type == "object_pattern"
            case "binary_expression":
                return text_of(field(use, "operator")) not in ("&&", "||", "??")
            case "member_expression":
                return text_of(field(use, "property")) not in ("then", "catch", "finally")
            case "arguments" if use.parent is not None and use.parent.type == "call_expression":
                return self.module.function_of(field(use.parent, "function")) is not None
        return False

    def then(self, callee: Node, args: list[Node]) -> Py:
        name, owner = text_of(field(callee, "property")), field(callee, "object")
        type_ = self.type_of(owner)
        if "promise" not in type_ or (type_ != js_type("promise") and self.module.has_own_method(name)):
            raise Untranslated(f".{name} of a value that may not be a promise")
        if self.sync:
            raise Untranslated(f".{name} of a promise, without await: write it as try and except")
        max_count = 2 if name == "then" else 1
        if not 1 <= len(args) <= max_count:
            raise Untranslated(f".{name} with {len(args)} arguments")
        helper = {"then": "js.then", "catch": "js.catch", "finally": "js.last"}[name]
        return call(helper, self.expr(owner), *self.arguments(args))

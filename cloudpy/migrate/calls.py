"""Calls of functions, and ``new``."""

from __future__ import annotations

import re

from .catalog import GLOBALS, METHODS
from .chains import Chains
from .code import ADD, ATOM, COMPARE, MUL, Py, call
from .context import Context, Part
from .counterparts import hint
from .database import Databases
from .diagnostics import DATE_TEXT, POWER_RISK, Untranslated
from .failures import Failures
from .functions import Functions
from .heap import RESOLVER
from .instances import Instances
from .jstypes import JSON, LISTS, NIL, NOTHING, NUMBERS, TEXTS, js_type
from .methods import Methods
from .nodes import FUNCTIONS, arguments_of, child_nodes, field, strip, text_of
from .operators import Operators
from .packages.kinds import package_of
from .packages.registry import Packages
from .platform import Platform
from .promises import Promises
from .sdk import Sdk
from .syntax import Node

_METHOD_OF_ARRAYS = re.compile(r"(?:Array\.prototype|\[\])\.(\w+)")
_ERRORS = {"Error": "Exception", "TypeError": "TypeError", "RangeError": "js.RangeError"}
_CHANGING = {"push", "pop", "shift", "unshift", "splice", "reverse", "sort", "fill"}
_ROUNDED = {"Math.sin", "Math.cos", "Math.atan2", "Math.asin", "Math.acos", "Math.log", "Math.exp"}
_ROUNDED |= {
    "Math.tan",
    "Math.atan",
    "Math.cbrt",
    "Math.log1p",
    "Math.expm1",
    "Math.tanh",
    "Math.log10",
    "Math.log2",
    "Math.hypot",
}


class Calls(Part):
    """Write calls and ``new``."""

    def __init__(
        self,
        context: Context,
        operators: Operators,
        chains: Chains,
        databases: Databases,
        sdk: Sdk,
        promises: Promises,
        platform: Platform,
        functions: Functions,
        methods: Methods,
        instances: Instances,
        packages: Packages,
    ) -> None:
        super().__init__(context)
        self.failures = Failures(context)
        self.operators = operators
        self.chains = chains
        self.databases = databases
        self.sdk = sdk
        self.promises = promises
        self.platform = platform
        self.functions = functions
        self.methods = methods
        self.instances = instances
        self.packages = packages
        context.expressions |= {"call_expression": self._started, "new_expression": self.call}

    def _started(self, node: Node) -> Py:
        return self.promises.started_in_place(node, self.call(node))

    def call(self, node: Node) -> Py:
        if node.type == "new_expression":
            return self._new(node)
        callee, args = strip(field(node, "function")), arguments_of(node)
        if field(node, "arguments").type == "template_string":
            raise Untranslated("a template with a tag")
        if callee.type == "super":
            return self.instances.super_constructor(args)
        if self.module.classes.named(callee) is not None:
            raise Untranslated("a class that is called without new")
        if callee.type == "member_expression" and not self.open_links(node) and not self.open_links(callee):
            method = self.instances.call(field(callee, "object"), text_of(field(callee, "property")), args)
            if method is not None:
                return method
        special = self.platform.call(node, callee, args)
        if special is not None:
            return special
        links = self.open_links(node)
        if links:
            return self.chains.chained(node, links)
        if self.open_links(callee):
            raise Untranslated("a call of an optional chain in parentheses")
        if callee.type == "member_expression" and self.is_database(field(callee, "object")):
            failure = self.failures.missing_method(callee, args) if not self.types.of(node) else None
            if failure is not None:
                return failure
            return self.databases.call(node, callee, args)
        name = self.module.dotted(callee)
        if name in GLOBALS:
            return self._global(name, args, node) if name != "crypto.randomUUID" else Py("str(uuid.uuid4())")
        if name == "Array.isArray":
            return call("isinstance", *self.arguments(args[:1]), "list")
        if name == "Buffer.isBuffer":
            return call("isinstance", *self.arguments(args[:1]), "bytes")
        if name == "String.fromCharCode" and len(args) == 1 and self.type_of(args[0]) <= js_type("lit"):
            return call("chr", Py(f"{self.expr(args[0])} % 65536", MUL))
        if name in _ERRORS and self.variable_of(callee) is None:
            return self._error(name, args)
        if name == "Array":
            return self._new_array(node, args)
        if name == "Array.of":
            return Py("[" + ", ".join(map(str, self.arguments(args))) + "]")
        if name.startswith("Object.prototype.hasOwnProperty.call") and len(args) == 2:
            return call("js.has_own", *self.arguments(args))
        if name == "Object.freeze" and len(args) == 1:
            raise Untranslated("Object.freeze: a dict cannot be frozen")
        if callee.type == "identifier" or callee.type in FUNCTIONS:
            return self._function_call(callee, args)
        handed = self._handed(callee, args)
        if handed is not None:
            return handed
        of_variable = name.startswith("process.env.") and name.count(".") > 2
        if name and name[0] != "%" and "." in name and not of_variable and self.variable_of(_first(callee)) is None:
            first = _first(callee)
            failure = self.failures.undeclared(first) if first.type == "identifier" else None
            if failure is not None:
                return failure
            raise Untranslated(f"{name} is not translated")
        if callee.type == "member_expression":
            return self.methods.call(node, callee, args)
        return call("js.call", self.expr(callee), *self.arguments(args))

    def _handed(self, callee: Node, args: list[Node]) -> Py | None:
        """Write ``function.call(this, …)``, ``apply`` and ``bind``: no function in Python asks who calls it."""
        name = text_of(field(callee, "property")) if callee.type == "member_expression" else ""
        if name not in ("call", "apply", "bind") or self.module.has_own_method(name) or self.open_links(callee):
            return None
        if not args or any(each.type == "spread_element" for each in args) or (name == "apply" and len(args) > 2):
            raise Untranslated(f"{name} in this form")
        function, items = field(callee, "object"), args[1:]
        given = self.arguments(items)
        if name == "apply" and items:
            if not (self.type_of(items[0]) and self.type_of(items[0]) <= LISTS):
                raise Untranslated("apply with what may be no array")
            given = [Py(f"*{given[0].at(COMPARE + 1)}")]
        method = _METHOD_OF_ARRAYS.fullmatch(text_of(function))
        if method is not None and name != "bind" and method[1] in METHODS:
            is_list = bool(self.type_of(args[0])) and self.type_of(args[0]) <= LISTS
            if not is_list and method[1] in _CHANGING:
                raise Untranslated(f"{method[1]} of what may be no array")
            owner = self.expr(args[0]) if is_list else call("js.array_from", self.expr(args[0]))
            return call(f"js.{METHODS[method[1]][0]}", owner, *given)
        known = GLOBALS.get(self.module.dotted(function))
        if known is not None and known[1] == 99 and name != "bind":
            return call(known[0], *given)
        if not (self.is_idle(args[0]) or args[0].type in ("null", "this")):
            raise Untranslated(f"{name} with a first argument that has side effects")
        if name == "bind":
            if items or self.module.function_of(function) is None:
                raise Untranslated("bind with arguments, or of what may be no function")
            return self.expr(function)
        return call("js.call", self.expr(function), *given)

    def _global(self, name: str, args: list[Node], node: Node) -> Py:
        if name == "Array.from" and len(args) == 1 and (listed := self.methods.sets.taken(args[0])) is not None:
            return listed
        helper, max_count = GLOBALS[name]
        if any(each.type == "spread_element" for each in args) and max_count < 99:
            raise Untranslated(f"a spread in {name}")
        if not args and max_count and name not in ("String", "Number", "Math.max", "Math.min"):
            raise Untranslated(f"{name} without arguments")
        if name == "Math.pow":
            self.caveat(args[0], POWER_RISK)
        if name in _ROUNDED:
            self.caveat(args[0], f"the last digit of {name} may differ")
        if len(args) > max_count:
            if not all(self.is_idle(each) for each in args[max_count:]):
                raise Untranslated(f"{name} with extra arguments that have side effects")
            args = args[:max_count]
        type_ = self.type_of(args[0]) if args else frozenset()
        if name == "Buffer.from" and self._is_base64(args):
            return call("base64.b64decode", self.expr(args[0]), "validate=True")
        if name == "JSON.stringify" and len(args) == 1 and args[0].type == "object" and not child_nodes(args[0]):
            return Py('"{}"')
        if (
            name == "Math.floor"
            and args[0].type == "binary_expression"
            and text_of(args[0].child_by_field_name("operator")) == "/"
        ):
            left, right = field(args[0], "left"), field(args[0], "right")
            if (
                self.type_of(left)
                and self.type_of(left) <= js_type("lit nat")
                and right.type == "number"
                and self.type_of(right) == js_type("lit")
                and text_of(right) != "0"
            ):
                return Py(f"{self.expr(left).at(MUL)} // {self.expr(right)}", MUL)
        if self.operators.signs.rounds_plainly(node):
            code = self.expr(args[0])
            if name == "Math.round":
                return call("math.floor", Py(f"{code.at(ADD)} + 0.5", ADD))
            return call(f"math.{name[5:]}", code)
        if name == "String" and type_ == js_type("date"):
            raise Untranslated(DATE_TEXT)
        if name == "String" and args and not (type_ and type_ <= TEXTS):
            code = self.expr(args[0])
            return call("str" if self.context.plain_texts.is_plain(args[0], code) else helper, code)
        if name in ("Number", "String") and type_ and type_ <= (NUMBERS if name == "Number" else TEXTS):
            return self.expr(args[0])
        if name == "Boolean":
            return (
                call("bool", self.operators.condition(args[0]))
                if type_ <= js_type("str ascii")
                else call("js.truthy", self.expr(args[0]))
            )
        return call(helper, *self.arguments(args))

    def _is_base64(self, args: list[Node]) -> bool:
        """Whether bytes come from outside as Base64: Python raises for all but its standard form."""
        is_open = js_type("str rec") <= self.type_of(args[0]) <= JSON and self.types.facts.is_loud(args[0])
        return is_open and len(args) == 2 and text_of(args[1])[1:-1] == "base64"

    def _undefined(self, name: str) -> Py:
        raise Untranslated(f"{name}() is not defined in this file")

    def _function_call(self, callee: Node, args: list[Node]) -> Py:
        name = text_of(callee)
        variable = self.variable_of(callee)
        if variable is None and callee.type == "identifier":
            return self.failures.undeclared(callee) or self._undefined(name)
        if self.type_of(callee) == js_type("next"):
            return call(self.expr(callee).at(ATOM))
        if self.type_of(callee) == js_type("dom"):
            return call(self.expr(callee).at(ATOM), *self.arguments(args))
        function = self.module.known_function(callee)
        sites = self.types.sites(callee)
        if sites and len(args) == 1 and args[0].type != "spread_element" and all(s.kind == RESOLVER for s in sites):
            return call(self.expr(callee).at(ATOM), self.expr(args[0]))
        if function is None or any(each.type == "spread_element" for each in args):
            return call("js.call", self.expr(callee), *self.arguments(args))
        self.note_call(function)
        if self.functions.has_busy_extra(function, args):
            return call("js.call", self.expr(callee), *self.arguments(args))
        return call(self.expr(callee).at(ATOM), *self.functions.fit_arguments(function, args))

    def _date(self, args: list[Node]) -> Py:
        """Write ``new Date(…)``; only what may be a string needs the helper that parses one."""
        type_ = self.type_of(args[0]) if args else NOTHING
        is_plain = not args or (len(args) == 1 and type_ and type_ <= NUMBERS | NIL | {"date", "bool"})
        helper = "js.Date" if is_plain else "js.date_at" if len(args) > 1 else "js.date_of"
        if args and args[0].type == "spread_element":
            raise Untranslated("new Date with a spread")
        return call(helper, *self.arguments(args))

    def _new(self, node: Node) -> Py:
        """Write ``new …``."""
        name, args = text_of(field(node, "constructor")), arguments_of(node)
        if self.module.is_cloud(field(node, "constructor")):
            return self.sdk.new_cloud(node)
        constructor = field(node, "constructor")
        if constructor.type == "member_expression" and self.is_database(field(constructor, "object")):
            return self.databases.call(node, constructor, args)  # new db.Geo.Point(…)
        code = self.instances.new(constructor, args) or self.packages.new(constructor, args, node)
        if code is not None:
            return code
        if self.variable_of(field(node, "constructor")) is not None:
            source = self.module.source_of(constructor)[0]
            if source and not source.startswith("."):
                why = f"is not translated{hint(package_of(source)[0])}"
                raise Untranslated(f"new {name} {why}", f"the package {source} {why}")
            raise Untranslated(f"new {name}: the class is not translated")
        if name in _ERRORS:
            return self._error(name, args)
        if name == "Promise":
            return self.promises.new(args)
        if name == "Date" and len(args) <= 7:
            return self._date(args)
        if name == "RegExp" and args:
            return self.methods.regexes.made(node)
        plain = self.methods.sets.made(node) if name == "Set" else None
        if plain is not None:
            return plain
        if name in ("Map", "Set", "WeakMap", "WeakSet") and len(args) <= 1:
            return call(f"js.{name.removeprefix('Weak')}", *self.arguments(args))
        if name == "Array":
            return self._new_array(node, args)
        if name == "Object" and not args:
            return Py("{}")
        raise Untranslated(f"new {name} is not translated")

    def _error(self, name: str, args: list[Node]) -> Py:
        """Write ``new Error(…)``, or ``Error(…)``, which is the same."""
        python = _ERRORS[name]
        if len(args) > 1:
            raise Untranslated(f"new {name} with more than a message")
        if not args:
            return call(python, '""')
        type_ = self.type_of(args[0])
        return call(python, self.expr(args[0]) if type_ and type_ <= TEXTS else call("js.text", self.expr(args[0])))

    def _new_array(self, node: Node, args: list[Node]) -> Py:
        """Write ``new Array(…)``: one with holes is only translated where they make no difference."""
        if not args:
            return Py("[]")
        use = node.parent
        while use is not None and use.type == "parenthesized_expression":
            use = use.parent
        method = text_of(use.child_by_field_name("property")) if use is not None else ""
        taker = use.parent if use is not None and use.type == "arguments" else None
        named = text_of(taker.child_by_field_name("function")) if taker is not None else ""
        if len(args) > 1 or (use is not None and use.type == "spread_element"):
            return call("js.array_of", *self.arguments(args))
        if method not in ("fill", "join", "keys", "length", "entries") and named != "Array.from":
            raise Untranslated("an array with holes")
        if self.type_of(args[0]) == js_type("lit"):
            return Py(f"[js.UNDEFINED] * {self.expr(args[0]).at(ATOM)}", MUL)
        return call("js.array_of", *self.arguments(args))


def _first(node: Node) -> Node:
    while node.type == "member_expression":
        node = strip(field(node, "object"))
    return node

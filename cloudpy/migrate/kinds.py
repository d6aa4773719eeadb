"""What an expression can be, as far as the source shows it: sets of words.

``lit`` is a whole number from 0 to 2**31, such as a literal, a length or an index; ``nat`` one that came of adding
such; ``int`` the same with a sign; ``real`` a finite number; ``num`` any number, NaN and -0 too. ``ascii`` is a text
of ASCII alone; ``strs`` a list of texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .syntax import FUNCTIONS, arguments_of, bare, field, is_async, kids, maybe_field, string_value, text_of

if TYPE_CHECKING:
    from .module import Module
    from .tree import Node
    from .variables import Variable

Kind = frozenset[str]


def kind(words: str) -> Kind:
    """A set of words."""
    return frozenset(words.split())


NOTHING: Kind = frozenset()
NUMBERS = kind("lit nat int real num")
WHOLE = kind("lit nat int")
TEXTS = kind("ascii str")
NIL = kind("undef null")
LISTS = kind("arr strs")
# Python's truth of them is JavaScript's
PLAIN_TRUTH = kind("undef null bool lit nat int real ascii str fn err")
ALWAYS_TRUE = kind("arr strs obj fn err date bytes regex map set promise shape")
# Without promises: nobody keeps those in data
ANY = NIL | NUMBERS | TEXTS | LISTS | kind("bool obj fn err date bytes regex map set module")
CALLED = ANY | {"promise"}
# They go into JSON as they are, whatever is inside them
_RESULTS: dict[str, Kind] = {
    **dict.fromkeys(
        "trim trimStart trimEnd toUpperCase toLowerCase substring substr charAt padStart".split(), kind("str")
    ),
    **dict.fromkeys("padEnd repeat join replace replaceAll normalize toLocaleUpperCase".split(), kind("str")),
    **dict.fromkeys("toFixed toISOString toPrecision".split(), kind("ascii")),
    **dict.fromkeys("map filter flat flatMap splice reverse sort fill".split(), kind("arr")),
    **dict.fromkeys("startsWith endsWith some every test includes hasOwnProperty".split(), kind("bool")),
    **dict.fromkeys("indexOf lastIndexOf findIndex search".split(), kind("int")),
    **dict.fromkeys("getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds".split(), kind("num")),
    **dict.fromkeys("charCodeAt getMilliseconds getTimezoneOffset valueOf".split(), kind("num")),
    "split": kind("strs"),
    "forEach": kind("undef"),
    "push": kind("nat"),
    "unshift": kind("nat"),
    "match": kind("arr null"),
    "exec": kind("arr null"),
}
_GLOBAL: dict[str, Kind] = {
    "String": kind("str"),
    "Number": kind("num"),
    "Boolean": kind("bool"),
    "parseInt": kind("num"),
    "parseFloat": kind("num"),
    "isNaN": kind("bool"),
    "isFinite": kind("bool"),
    "encodeURIComponent": kind("ascii"),
    "encodeURI": kind("ascii"),
    "decodeURIComponent": kind("str"),
    "Object.keys": kind("strs"),
    "Object.values": kind("arr"),
    "Object.entries": kind("arr"),
    "Object.fromEntries": kind("obj"),
    "Array.isArray": kind("bool"),
    "Array.from": kind("arr"),
    "Array": kind("arr"),
    "Array.of": kind("arr"),
    "JSON.stringify": kind("str undef"),
    "JSON.parse": kind("null bool lit nat int real num ascii str arr obj"),
    "Date.now": kind("nat"),
    "Date.UTC": kind("num"),
    "Date.parse": kind("num"),
    "Number.isInteger": kind("bool"),
    "Number.isNaN": kind("bool"),
    "Buffer.from": kind("bytes"),
    "Buffer.concat": kind("bytes"),
    "Buffer.isBuffer": kind("bool"),
    "Math.random": kind("real"),
    "String.fromCharCode": kind("str"),
}


class Kinds:
    """The kinds of the expressions of one file."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.names = module.names
        self.variables: dict[int, Kind] = {}
        self._settled: dict[int, Kind] | None = None
        self._results: dict[int, Kind] = {}  # of the functions asked for
        self._functions: dict[int, Node] = {}
        for _ in range(12):
            before = (dict(self.variables), dict(self._results))
            for function in list(self._functions.values()):
                self._results[function.id] = self._returned(function)
            for variable in self.names.all:
                self.variables[id(variable)] = self._declared(variable)
            if before == (self.variables, self._results):
                break
        else:  # it does not settle: nothing is known
            self.variables = {id(variable): CALLED for variable in self.names.all}
            self._results = dict.fromkeys(self._functions, CALLED)
        self._settled = {}

    def of(self, node: Node | None) -> Kind:
        """What `node` can be; ``CALLED`` when nothing is known."""
        if node is None:
            return kind("undef")
        node = bare(node)
        if self._settled is not None and node.id in self._settled:
            return self._settled[node.id]
        method = getattr(self, f"_{node.type}", None)
        found: Kind = method(node) if method is not None else ANY
        if self._settled is not None:
            self._settled[node.id] = found
        return found

    def _declared(self, variable: Variable) -> Kind:
        if variable.kind in ("function", "class"):
            return kind("fn")
        if variable.kind == "import":
            return kind("module") | CALLED
        if variable.kind == "parameter":
            return self.module.parameter_kind(variable, self)
        if variable.kind == "catch":
            return ANY if self.module.throws_values else kind("err")
        if variable.patterned:
            return CALLED
        found: Kind = NOTHING if variable.value is not None or variable.kind == "const" else kind("undef")
        loop = variable.node.parent
        if loop is not None and loop.type == "for_in_statement":
            return self._loop_variable(loop)
        if variable.kind == "var":
            found |= {"undef"}
        if variable.value is not None:
            found |= self.of(variable.value)
        for how, node in variable.writes:
            found |= self.of(node) if how == "=" else self._written(node)
        return found

    def _loop_variable(self, loop: Node) -> Kind:
        if text_of(loop.child_by_field_name("operator")) == "in":
            return kind("str")
        over = self.of(loop.child_by_field_name("right"))
        return kind("str") if over <= TEXTS | {"strs"} else ANY

    def _written(self, node: Node) -> Kind:
        if node.type in ("update_expression", "augmented_assignment_expression"):
            return self.of(node)
        return CALLED

    # ---- literals and names

    def _string(self, node: Node) -> Kind:
        return kind("ascii") if string_value(node).isascii() else kind("str")

    def _template_string(self, node: Node) -> Kind:
        return kind("str")

    def _number(self, node: Node) -> Kind:
        written = text_of(node)
        return kind("lit") if written.isdecimal() and len(written) < 11 and int(written) < 2**31 else kind("real")

    def _true(self, node: Node) -> Kind:
        return kind("bool")

    _false = _true

    def _null(self, node: Node) -> Kind:
        return kind("null")

    def _undefined(self, node: Node) -> Kind:
        return kind("undef")

    def _array(self, node: Node) -> Kind:
        parts = kids(node)
        return (
            kind("strs")
            if parts
            and all(self.of(part) <= TEXTS and part.type != "spread_element" for part in parts)
            and self._is_fixed(node)
            else kind("arr")
        )

    def _is_fixed(self, node: Node) -> bool:
        # a list that others may add to is no list of texts for ever
        parent = node.parent
        return parent is not None and (parent.type == "member_expression" or parent.type == "for_in_statement")

    def _object(self, node: Node) -> Kind:
        return kind("obj")

    def _regex(self, node: Node) -> Kind:
        return kind("regex")

    def _arrow_function(self, node: Node) -> Kind:
        return kind("fn")

    _function_expression = _arrow_function

    def _identifier(self, node: Node) -> Kind:
        variable = self.names.of.get(node.id)
        if variable is not None:
            return self.variables.get(id(variable), NOTHING)
        return {"NaN": kind("num"), "Infinity": kind("num"), "undefined": kind("undef")}.get(text_of(node), kind("fn"))

    _shorthand_property_identifier = _identifier

    # ---- operators

    def _binary_expression(self, node: Node) -> Kind:
        sign = text_of(node.child_by_field_name("operator"))
        left, right = self.of(field(node, "left")), self.of(field(node, "right"))
        if sign in ("===", "!==", "==", "!=", "<", ">", "<=", ">=", "in", "instanceof"):
            return kind("bool")
        if sign == "||":
            return (left - NIL) | right
        if sign == "&&":
            return right if left <= ALWAYS_TRUE else left | right
        if sign == "??":
            return (left - NIL) | right
        return self.arithmetic(sign, left, right)

    def arithmetic(self, sign: str, left: Kind, right: Kind) -> Kind:
        """The kind of ``left sign right``."""
        if not left or not right:
            return NOTHING
        if sign in ("&", "|", "^", "<<", ">>"):
            return kind("int")
        if sign == ">>>":
            return kind("nat")
        if sign == "+":
            if left <= TEXTS or right <= TEXTS:
                return kind("ascii") if left | right <= kind("ascii lit nat int bool") else kind("str")
            if not (left <= NUMBERS and right <= NUMBERS):
                safe = NUMBERS | NIL | {"bool"}
                return kind("num") if left <= safe and right <= safe else kind("num str")
        if not (left <= NUMBERS and right <= NUMBERS):
            return kind("num")
        both = left | right
        if sign in "+-" and both <= WHOLE and ("lit" == "".join(left) or "lit" == "".join(right)):
            return kind("nat") if sign == "+" and both <= kind("lit nat") else kind("int")
        if sign == "%" and left <= kind("lit nat") and right == kind("lit"):
            return kind("nat num")
        if sign in "+-" and both <= kind("lit nat int real"):
            return kind("num")
        return kind("num")

    def _augmented_assignment_expression(self, node: Node) -> Kind:
        sign = text_of(node.child_by_field_name("operator"))[:-1]
        left, right = self.of(field(node, "left")), self.of(field(node, "right"))
        return left | right if sign in ("||", "&&", "??") else self.arithmetic(sign, left, right)

    def _update_expression(self, node: Node) -> Kind:
        sign = "+" if "++" in text_of(node) else "-"
        return self.arithmetic(sign, self.of(field(node, "argument")), kind("lit"))

    def _assignment_expression(self, node: Node) -> Kind:
        return self.of(field(node, "right"))

    def _unary_expression(self, node: Node) -> Kind:
        sign = node.children[0].type
        if sign == "-":
            argument = bare(field(node, "argument"))
            return (
                kind("int")
                if argument.type == "number" and self.of(argument) == kind("lit") and text_of(argument) != "0"
                else kind("num")
            )
        return {"!": kind("bool"), "typeof": kind("ascii"), "void": kind("undef"), "~": kind("int")}.get(
            sign, kind("bool") if sign == "delete" else kind("num")
        )

    def _ternary_expression(self, node: Node) -> Kind:
        return self.of(field(node, "consequence")) | self.of(field(node, "alternative"))

    def _sequence_expression(self, node: Node) -> Kind:
        return self.of(kids(node)[-1])

    def _await_expression(self, node: Node) -> Kind:
        inner = bare(kids(node)[0])
        if inner.type == "call_expression" and self.module.is_cloud_call(inner):
            return kind("obj")
        if text_of(inner).startswith("Promise.all("):
            return kind("arr")
        return self.of(inner) if not self.of(inner) & {"promise"} else ANY

    # ---- members and calls

    def _member_expression(self, node: Node) -> Kind:
        owner, name = field(node, "object"), text_of(field(node, "property"))
        of = self.of(owner)
        if name == "length" and of and of <= TEXTS | LISTS | {"bytes"}:
            return kind("lit")
        if self.module.dotted(node) in ("Math.PI", "Math.E"):
            return kind("real")
        if name in ("message", "errMsg") and of == kind("err"):
            return kind("str") if name == "message" and "message" not in self.names.put else ANY
        value = self.module.property_value(node)
        if value is not None:
            return self.of(value)
        return ANY

    def _subscript_expression(self, node: Node) -> Kind:
        of = self.of(field(node, "object"))
        return kind("str undef") if of and of <= TEXTS | {"strs"} else ANY

    def _new_expression(self, node: Node) -> Kind:
        name = text_of(field(node, "constructor"))
        return {
            "Date": kind("date"),
            "Map": kind("map"),
            "Set": kind("set"),
            "Promise": kind("promise"),
            "RegExp": kind("regex"),
            "Array": kind("arr"),
        }.get(name, kind("err") if name.endswith("Error") else CALLED)

    def _call_expression(self, node: Node) -> Kind:
        callee = bare(field(node, "function"))
        if self.module.is_cloud_call(node):
            return kind("promise")
        name = self.module.dotted(callee)
        if name in _GLOBAL:
            return _GLOBAL[name]
        if name.startswith("Math."):
            argument = arguments_of(node)
            finite = bool(argument) and all(self.of(each) <= kind("lit nat int real") for each in argument)
            return kind("int") if finite and name in ("Math.floor", "Math.ceil", "Math.trunc") else kind("num")
        if name.startswith("Promise."):
            return kind("promise")
        if name.endswith(".getWXContext") and self.module.is_cloud(callee):
            return kind("obj")
        function = self.module.known_function(callee)
        if function is not None:
            return self.returned(function)
        foreign = self.module.foreign_function(callee)
        if foreign is not None:
            return foreign[0].kinds.returned(foreign[1])
        if callee.type == "member_expression":
            return self._method(field(callee, "object"), text_of(field(callee, "property")), node)
        return CALLED

    def _method(self, owner: Node, name: str, node: Node) -> Kind:
        of = self.of(owner)
        if name == "then" or name == "catch" or name == "finally":
            return kind("promise")
        if self.module.has_own_method(name) and not of <= TEXTS | LISTS | NUMBERS:
            return CALLED
        if name == "slice" or name == "concat":
            return of if of and of <= TEXTS | LISTS else kind("str arr bytes")
        if name == "toString" and not self.module.is_cloud(owner):
            return kind("ascii") if of and of <= NUMBERS else kind("str")
        if name == "filter" and of == kind("strs"):
            return of
        if name == "update" or name == "digest":
            return kind("str bytes")
        return _RESULTS.get(name, CALLED)

    def returned(self, function: Node) -> Kind:
        """What a function of the program gives."""
        if is_async(function) or self.module.gives_promise(function):
            return kind("promise")
        if function.id not in self._functions:
            self._functions[function.id] = function
            if self._settled is not None:
                self._results[function.id] = CALLED  # where it calls itself
                self._results[function.id] = self._returned(function)
        return self._results.get(function.id, NOTHING)

    def _returned(self, function: Node) -> Kind:
        body = bare(field(function, "body"))
        if body.type != "statement_block":
            return self.of(body)
        found: Kind = NOTHING
        for node in returns(body):
            found |= self.of(kids(node)[0]) if kids(node) else kind("undef")
        return found | kind("undef") if not self.module.always_ends(body) else found


def returns(node: Node) -> list[Node]:
    """The return statements of a function's body, not of functions in it."""
    found: list[Node] = []
    for child in node.named_children:
        if child.type == "return_statement":
            found.append(child)
        elif child.type not in FUNCTIONS and child.type != "class_body":
            found += returns(child)
    return found


def has_value(node: Node) -> bool:
    """Whether a return statement gives something."""
    return maybe_field(node, "value") is not None or bool(kids(node))

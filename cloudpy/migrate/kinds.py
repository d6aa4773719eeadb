"""What an expression can be, as far as the source shows it: sets of words.

``lit`` is a whole number from 0 to 2**31, such as a literal, a length or an index; ``nat`` one that came of adding
such; ``int`` the same with a sign; ``real`` a finite number; ``num`` any number, NaN and -0 too. ``ascii`` is a text
of ASCII alone; ``strs`` a list of texts. ``db``, ``cmd`` (a command, or what commands are made with), ``query`` (a
collection too), ``doc``, ``stages`` and ``tx`` are the objects of the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .syntax import (
    FUNCTIONS,
    arguments_of,
    bare,
    field,
    is_async,
    kids,
    maybe_field,
    optional_links,
    string_value,
    text_of,
)
from .variables import may_be_unset

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
DATABASE = kind("db cmd query doc stages tx")
ALWAYS_TRUE = kind("arr strs obj fn err date bytes regex map set promise router") | DATABASE
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
    "Number.isFinite": kind("bool"),
    "Number.isSafeInteger": kind("bool"),
    "crypto.randomUUID": kind("ascii"),
    "Buffer.from": kind("bytes"),
    "Buffer.concat": kind("bytes"),
    "Buffer.isBuffer": kind("bool"),
    "Math.random": kind("real"),
    "String.fromCharCode": kind("str"),
}


# Steps of a query that give another, and calls that are sent: their results, key by key
_STEPS: dict[str, dict[str, Kind]] = {
    "db": {"collection": kind("query"), "serverDate": kind("cmd"), "RegExp": kind("cmd")},
    "tx": {"collection": kind("query")},
    "query": {
        "doc": kind("doc"),
        "aggregate": kind("stages"),
        **dict.fromkeys(["where", "orderBy", "limit", "skip", "field"], kind("query")),
    },
    "doc": {"field": kind("doc")},
}
_CHANGED = {"stats": kind("obj")}
SENT: dict[str, dict[str, dict[str, Kind]]] = {
    "db": {"createCollection": {}, "startTransaction": {}, "runTransaction": {}},
    "tx": {"commit": {}, "rollback": {}},
    "query": {
        "get": {"data": kind("arr")},
        "count": {"total": kind("lit")},
        "add": {"_id": kind("str")},
        "update": _CHANGED,
        "remove": _CHANGED,
    },
    "doc": {"get": {"data": kind("obj null")}, "set": {}, "update": _CHANGED, "remove": _CHANGED},
    "stages": {"end": {"list": kind("arr")}},
}


class Kinds:
    """The kinds of the expressions of one file."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.names = module.names
        module.kinds = self  # it is asked meanwhile
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
        if optional_links(node):
            found |= {"undef"}
        if self._settled is not None:
            self._settled[node.id] = found
        return found

    def _declared(self, variable: Variable) -> Kind:
        if variable.kind in ("function", "class"):
            return kind("fn")
        foreign = self._foreign(variable)
        if foreign:
            return foreign
        if variable.kind == "import":
            return kind("module") | CALLED
        if variable.kind == "parameter":
            return self.module.parameter_kind(variable, self)
        if variable.kind == "catch":
            return ANY if self.module.throws_values else kind("err")
        if variable.patterned:
            return self._out_of_result(variable) or CALLED
        found: Kind = NOTHING if variable.value is not None or variable.kind == "const" else kind("undef")
        loop = variable.node.parent
        if loop is not None and loop.type == "for_in_statement":
            return self._loop_variable(loop)
        if variable.kind == "var" and may_be_unset(variable):
            found |= {"undef"}
        if variable.value is not None:
            found |= self.of(variable.value)
        for how, node in variable.writes:
            found |= self.of(node) if how == "=" else self._written(node)
        return found

    def _out_of_result(self, variable: Variable) -> Kind:
        """``const { data } = await db.collection(…).get()``."""
        key, part = variable.name, variable.node
        if part.parent is not None and part.parent.type == "pair_pattern":
            part = part.parent
            key = text_of(part.child_by_field_name("key"))
        declarator = part.parent.parent if part.parent is not None and part.parent.type == "object_pattern" else None
        value = maybe_field(declarator, "value") if declarator and declarator.type == "variable_declarator" else None
        result = self.result(value) if value is not None and value.type == "await_expression" else None
        return result.get(key, NOTHING) if result is not None and variable.is_constant else NOTHING

    def _foreign(self, variable: Variable) -> Kind:
        """What comes from another file, if it is of the database."""
        source, name = self.module.requires.get(id(variable), ("", ""))
        other = self.module.others.get(source)
        value = other.exports.get(name or "default") if other is not None else None
        return other.kinds.of(value) & DATABASE if other is not None and value is not None else NOTHING

    def sent(self, node: Node) -> dict[str, Kind] | None:
        """The keys of what a call of the database gives when it is awaited; None for all else."""
        callee = bare(field(node, "function")) if node.type == "call_expression" else node
        if callee.type != "member_expression" or node.type != "call_expression":
            return None
        of = self.of(field(callee, "object"))
        return SENT.get("".join(of), {}).get(text_of(field(callee, "property"))) if of and of <= DATABASE else None

    def result(self, node: Node) -> dict[str, Kind] | None:
        """The keys of a value that is the result of a call of the database; None for all else."""
        node = bare(node)
        if node.type == "await_expression":
            return self.sent(bare(kids(node)[0]))
        variable = self.names.of.get(node.id)
        if variable is None or any(how != "=" for how, _ in variable.writes):
            return None
        if variable.kind in ("const", "let", "var") and not variable.patterned:
            values = [bare(each) for _, each in variable.writes]
            values += [bare(variable.value)] if variable.value is not None else []
            found = [self.result(each) if each.type == "await_expression" else None for each in values]
            return found[0] if found and all(each == found[0] for each in found) else None
        if not variable.is_constant:
            return None
        if variable.kind == "parameter" and not variable.patterned:
            name, owner = self.module.handed_to(variable.scope.node)
            return self.sent(bare(owner)) if name == "then" and owner is not None else None
        return None

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
        if self.sent(inner) is not None:
            name = text_of(field(bare(field(inner, "function")), "property"))
            return {"startTransaction": kind("tx"), "runTransaction": ANY}.get(name, kind("obj"))
        if text_of(inner).startswith("Promise.all("):
            return kind("arr")
        return self.of(inner) if not self.of(inner) & {"promise"} else ANY

    # ---- members and calls

    def _member_expression(self, node: Node) -> Kind:
        owner, name = field(node, "object"), text_of(field(node, "property"))
        of = self.of(owner)
        if of and of <= DATABASE:
            plain = of == kind("cmd") or name in ("command", "Geo")
            return kind("cmd") if plain else kind("fn")
        result = self.result(owner)
        if result is not None and name in result and name not in self.names.put:
            return result[name]
        foreign = self._foreign_member(owner, name)
        if foreign:
            return foreign
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

    def _foreign_member(self, owner: Node, name: str) -> Kind:
        source, what = self.module.source_of(owner)
        other = self.module.others.get(source)
        value = other.exports.get(name) if other is not None and not what else None
        return other.kinds.of(value) & DATABASE if other is not None and value is not None else NOTHING

    def _subscript_expression(self, node: Node) -> Kind:
        of = self.of(field(node, "object"))
        return kind("str undef") if of and of <= TEXTS | {"strs"} else ANY

    def _new_expression(self, node: Node) -> Kind:
        name = text_of(field(node, "constructor"))
        if self.module.source_of(field(node, "constructor"))[0] == "tcb-router":
            return kind("router")
        if self.of(field(node, "constructor")) == kind("cmd"):
            return kind("cmd")  # new db.Geo.Point(…)
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
        if callee.type == "member_expression":
            of, step = self.of(field(callee, "object")), text_of(field(callee, "property"))
            if of and of <= DATABASE:
                return self._step(of, step)
            if of == kind("router"):
                return kind("promise") if step == "serve" else kind("undef")
            if step == "database" and self.module.is_cloud(callee):
                return kind("db")
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

    def _step(self, of: Kind, name: str) -> Kind:
        """The kind of ``owner.name(…)`` for an object of the database; nothing where it has no such method."""
        if of == kind("cmd"):
            return of
        found = NOTHING
        for each in of:
            if name in SENT.get(each, {}):
                found |= kind("promise")
            elif each == "stages":
                found |= kind("stages")
            else:
                found |= _STEPS.get(each, {}).get(name, NOTHING)
        return found

    def _method(self, owner: Node, name: str, node: Node) -> Kind:
        of = self.of(owner)
        if name == "then" or name == "catch" or name == "finally":
            return kind("promise")
        if self.module.has_own_method(name) and not of <= TEXTS | LISTS | NUMBERS:
            return CALLED
        if name == "slice" or name == "concat":
            return of if of and of <= TEXTS | LISTS else kind("str arr bytes")
        if name == "reduce":
            given = arguments_of(node)
            function = self.module.function_of(given[0]) if given else None
            if function is not None and len(given) == 2 and not is_async(function):
                return self.returned(function) | self.of(given[1])
        if name in ("find", "pop", "shift", "at"):
            return ANY
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

"""Calls: of the program's own functions, of the platform's, of methods of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Base, refuse
from .code import ATOM, COMPARE, LAMBDA, MUL, OR, TERNARY, Py, call, quoted
from .helpers import GLOBALS, METHODS
from .kinds import LISTS, NIL, NUMBERS, TEXTS, WHOLE, kind
from .marks import DATE_TEXT, POWER_RISK, Untranslated
from .syntax import FUNCTIONS, arguments_of, bare, field, has, kids, parameters_of, string_value, text_of

if TYPE_CHECKING:
    from .tree import Node

_ROUNDED = {"Math.sin", "Math.cos", "Math.atan2", "Math.asin", "Math.acos", "Math.log"}
_CHANGING = {"push", "pop", "shift", "unshift", "splice", "reverse", "sort", "fill"}


class Calls(Base):
    """Calls and ``new``."""

    in_lambda: int
    attributes: set[str]

    def call(self, node: Node) -> Py:
        if node.type == "new_expression":
            return self.made(node)
        callee, given = bare(field(node, "function")), arguments_of(node)
        if callee.type == "super":
            return refuse("super() is not translated")
        special = self.platform_call(node, callee, given)
        if special is not None:
            return special
        links = self.open_links(node)
        if links:
            return self.chained(node, links)
        if self.open_links(callee):
            return refuse("a call of an optional chain in parentheses")
        if callee.type == "member_expression" and self.is_database(field(callee, "object")):
            return self.database_call(node, callee, given)
        name = self.module.dotted(callee)
        if name in GLOBALS:
            return self._global(name, given) if name != "crypto.randomUUID" else Py("str(uuid.uuid4())")
        if name == "Array.isArray":
            return call("isinstance", *self.arguments(given[:1]), "list")
        if name == "Buffer.isBuffer":
            return call("isinstance", *self.arguments(given[:1]), "bytes")
        if name == "String.fromCharCode" and len(given) == 1 and self.kind(given[0]) <= kind("lit"):
            return call("chr", Py(f"{self.expr(given[0])} % 65536", MUL))
        if name == "Array.of":
            return Py("[" + ", ".join(map(str, self.arguments(given))) + "]")
        if name.startswith("Object.prototype.hasOwnProperty.call") and len(given) == 2:
            return call("js.has_own", *self.arguments(given))
        if name == "Object.freeze" and len(given) == 1:
            return refuse("Object.freeze: a dict cannot be frozen")
        if callee.type == "identifier" or callee.type in FUNCTIONS:
            return self._function_call(node, callee, given)
        of_variable = name.startswith("process.env.") and name.count(".") > 2
        if name and name[0] != "%" and "." in name and not of_variable and self.name_of(_first(callee)) is None:
            return refuse(f"{name} is not translated")
        if callee.type == "member_expression":
            return self._method(node, callee, given)
        return call("js.call", self.expr(callee), *self.arguments(given))

    def chained(self, node: Node, links: list[Node]) -> Py:
        """A chain with a call in it: undefined where nothing is before its last ``?.``."""
        owner = field(links[0], "object") if links[0].type != "call_expression" else None
        if owner is None or not self.is_pure(owner):
            return refuse("a call in an optional chain")
        test = self.loose(owner)
        ids = {each.id for each in links}
        self.present |= ids
        try:
            value = self.expr(node)
        finally:
            self.present -= ids
        return Py(f"js.UNDEFINED if js.is_nil({test}) else {value.at(TERNARY)}", TERNARY)

    def _global(self, name: str, given: list[Node]) -> Py:
        helper, most = GLOBALS[name]
        if any(each.type == "spread_element" for each in given) and most < 99:
            return refuse(f"a spread in {name}")
        if not given and most and name not in ("String", "Number", "Math.max", "Math.min"):
            return refuse(f"{name} without arguments")
        if name == "Math.pow":
            self.risk(given[0], POWER_RISK)
        if name in _ROUNDED:
            self.risk(given[0], f"the last digit of {name} may be another")
        if len(given) > most:
            given = given[:most] if all(self.is_pure(each) for each in given[most:]) else refuse_all(name)
        of = self.kind(given[0]) if given else frozenset()
        if (
            name == "Math.floor"
            and given[0].type == "binary_expression"
            and text_of(given[0].child_by_field_name("operator")) == "/"
        ):
            left, right = field(given[0], "left"), field(given[0], "right")
            if (
                self.kind(left)
                and self.kind(left) <= kind("lit nat")
                and right.type == "number"
                and self.kind(right) == kind("lit")
                and text_of(right) != "0"
            ):
                return Py(f"{self.expr(left).at(MUL)} // {self.expr(right)}", MUL)
        if name == "String" and of == kind("date"):
            return refuse(DATE_TEXT)
        if name == "String" and of and of <= WHOLE:
            return call("str", self.expr(given[0]))
        if name in ("Number", "String") and of and of <= (NUMBERS if name == "Number" else TEXTS):
            return self.expr(given[0])
        if name == "Boolean":
            return (
                call("bool", self.cond(given[0])) if of <= kind("str ascii") else call("js.truthy", self.expr(given[0]))
            )
        if name == "JSON.stringify" and len(given) > 1 and given[1].type in FUNCTIONS:
            return refuse("JSON.stringify with a function")
        return call(helper, *self.arguments(given))

    # ---- functions

    def _function_call(self, node: Node, callee: Node, given: list[Node]) -> Py:
        name = text_of(callee)
        variable = self.name_of(callee)
        if variable is None and callee.type == "identifier":
            return refuse(f"{name}() is not known here")
        function = self.module.known_function(callee)
        if function is None or any(each.type == "spread_element" for each in given):
            return call("js.call", self.expr(callee), *self.arguments(given))
        self.called(function)
        return call(self.expr(callee).at(ATOM), *self.fitted(function, given))

    def fitted(self, function: Node, given: list[Node]) -> list[Py]:
        """As many arguments as a function takes: what is missing is undefined, what is too much must do nothing."""
        parameters = parameters_of(function)
        if parameters and text_of(parameters[-1]).startswith("..."):
            made = self.arguments(given)
            return made + [Py("js.UNDEFINED")] * (len(parameters) - 1 - len(made))
        if not all(self.is_pure(each) for each in given[len(parameters) :]):
            refuse("an argument that the function does not take, and that does something")
        is_main = self.module.main is not None and function.id == self.module.main.id
        made = self.arguments(given[: len(parameters)])
        return made + [Py("js.UNDEFINED")] * ((2 if is_main else len(parameters)) - len(made))

    # ---- methods

    def _method(self, node: Node, callee: Node, given: list[Node]) -> Py:
        owner, name = field(callee, "object"), text_of(field(callee, "property"))
        of = self.kind(owner)
        value = self.module.property_value(callee)
        if value is not None:
            function = self.module.function_of(value)
            if function is not None and not any(each.type == "spread_element" for each in given):
                self.called(function)
                return call(f"{self.expr(owner).at(ATOM)}[{quoted(name)}]", *self.fitted(function, given))
        if (
            of == kind("regex")
            or name == "match"
            or name == "search"
            or name == "matchAll"
            or (given and self.kind(given[0]) == kind("regex") and name in ("replace", "replaceAll", "split"))
        ):
            return self.pattern_call(node, owner, name, given)
        if self.module.has_own_method(name) and not of <= TEXTS | LISTS | NUMBERS | kind("date bytes map set"):
            if name in METHODS:
                return refuse(f"{name}: a method of the program's own, or that of arrays and texts")
            return call("js.call", self.read_of(owner, name, callee), *self.arguments(given))
        if of and of <= kind("map set"):
            return (
                call(f"{self.expr(owner).at(ATOM)}.{name}", *self.arguments(given))
                if name != "forEach"
                else call("js.for_each", self.expr(owner), *self.arguments(given))
            )
        if (
            name in ("getTime", "toISOString")
            or (name[:3] in ("get", "set") and of - NIL == kind("date"))
            or (name in ("toJSON", "toDateString", "valueOf") and of - NIL == kind("date"))
        ):
            return call(f"{self.expr(owner).at(ATOM)}.{name}", *self.arguments(given))
        if of == kind("err") and name == "toString" and not given:
            return call("js.text", self.expr(owner))
        if name in ("toLocaleString", "toLocaleDateString", "toLocaleTimeString"):
            return self._localized(owner, name, given)
        if of == kind("router") and name in ("use", "router", "serve"):
            return call(f"{self.expr(owner).at(ATOM)}.{name}", *self.arguments(given))
        if of and of <= kind("date map set err fn regex module promise router"):
            return refuse(f"{name} of a {' or '.join(sorted(of))} is not translated")
        if name in ("replace", "replaceAll", "split"):
            return self._replaced(owner, name, given)
        if name in METHODS:
            return self._helped(owner, name, given, node)
        if name in (
            "localeCompare",
            "normalize",
            "apply",
            "bind",
            "call",
            "reduceRight",
            "toPrecision",
            "codePointAt",
            "entries",
            "keys",
            "values",
            "findLast",
            "copyWithin",
            "valueOf",
        ):
            return refuse(f"{name} is not translated")
        return call("js.call", self.read_of(owner, name, callee), *self.arguments(given))

    def _localized(self, owner: Node, name: str, given: list[Node]) -> Py:
        """A date or a number in the words of a country."""
        locale = string_value(given[0]) if given and given[0].type == "string" else "" if not given else "?"
        if given and text_of(given[0]) == "undefined":
            locale = ""
        if len(given) > 2 or locale not in ("", "zh-CN", "en-US"):
            return refuse(f"{name} in what is neither zh-CN nor en-US")
        if not locale:
            self.risk(owner, f"{name} is in the words of en-US, as where the machine has no other language")
        options: dict[str, Node] = {}
        for part in kids(given[1]) if len(given) == 2 and given[1].type == "object" else given[1:]:
            if part.type != "pair":
                return refuse(f"{name} with options that are not written here")
            options[text_of(field(part, "key"))] = field(part, "value")
        if options and options.keys() <= {"minimumFractionDigits", "maximumFractionDigits"}:
            digits = [options.get(key) for key in ("minimumFractionDigits", "maximumFractionDigits")]
            shown = [self.expr(each) if each is not None else Py("js.UNDEFINED") for each in digits]
            return call("js.locale_number", self.expr(owner), *shown)
        zone, twelve = options.get("timeZone"), options.get("hour12")
        if not options.keys() <= {"timeZone", "hour12"} or (zone is not None and zone.type != "string"):
            return refuse(f"{name} with these options")
        if twelve is not None and (
            twelve.type not in ("true", "false") or (twelve.type == "true") == (locale == "zh-CN")
        ):
            return refuse(f"{name} with these options")
        more = [Py(quoted(locale or "en-US"))] if given else []
        more += [Py(f"zone={self.expr(zone)}")] if zone is not None else []
        more += [Py(f"twelve={self.expr(twelve)}")] if twelve is not None else []
        return call("js.to_locale", self.expr(owner), quoted(name), *more)

    def _promise_of(self, node: Node, given: list[Node]) -> Py:
        """``new Promise(…)``: around a timer alone a pause, otherwise what it is in JavaScript."""
        if len(given) != 1 or given[0].type not in FUNCTIONS or not self.within:
            return refuse("new Promise in this form")
        pause = self._pause(given[0])
        if pause is not None:
            seconds = self.arithmetic_of("/", self.expr(pause), Py("1000"), pause, pause)
            return call("time.sleep" if self.sync else "asyncio.sleep", seconds)
        if self.sync:
            return refuse("new Promise, without await")
        return call("js.promise", self.expr(given[0]))

    def _pause(self, executor: Node) -> Node | None:
        """The milliseconds of ``resolve => setTimeout(resolve, milliseconds)``."""
        body, parameters = field(executor, "body"), parameters_of(executor)
        if body.type == "statement_block" and len(kids(body)) == 1:
            body = bare(kids(kids(body)[0])[0]) if kids(kids(body)[0]) else body
        if body.type != "call_expression" or text_of(body.child_by_field_name("function")) != "setTimeout":
            return None
        given = arguments_of(body)
        if len(given) != 2 or not parameters or text_of(given[0]) != text_of(parameters[0]):
            return None
        return given[1] if self.kind(given[1]) and self.kind(given[1]) <= NUMBERS else None

    def is_in_promise(self, node: Node) -> bool:
        """Whether it stands in the function of a ``new Promise``, whose promise is waited for."""
        at: Node | None = node
        while at is not None:
            around = at.parent.parent if at.type in FUNCTIONS and at.parent is not None else None
            if around is not None and around.type == "new_expression":
                return text_of(field(around, "constructor")) == "Promise"
            at = at.parent
        return False

    def read_of(self, owner: Node, name: str, callee: Node) -> Py:
        """A property that is called."""
        self.attributes.add(name)  # js.Date and the like keep the methods that are named
        return call("js.get", self.expr(owner), quoted(name))

    def _replaced(self, owner: Node, name: str, given: list[Node]) -> Py:
        if (name != "split" and len(given) != 2) or len(given) > 2:
            return refuse(f"{name} with {len(given)} arguments")
        ones = self.kind(given[0]) if given else frozenset()
        if given and not (ones and ones <= TEXTS):
            return refuse(f"{name} by what may be a regular expression or a text")
        code = self.expr(owner)
        helper = {"replace": "replace", "replaceAll": "replace_all", "split": "split"}[name]
        if (
            name == "split"
            and len(given) == 1
            and self.kind(owner) <= TEXTS
            and self.kind(owner)
            and given[0].type == "string"
            and text_of(given[0])[1:-1]
        ):
            return call(f"{code.at(ATOM)}.split", self.expr(given[0]))
        return call(f"js.{helper}", code, *self.arguments(given))

    def _helped(self, owner: Node, name: str, given: list[Node], node: Node) -> Py:
        helper, fewest, most = METHODS[name]
        if len(given) > most or len(given) < fewest:
            return refuse(f"{name} with {len(given)} argument{'' if len(given) == 1 else 's'}")
        for each in given:
            handed = self.module.function_of(each)
            if handed is not None:
                self.called(handed)
        spread = any(each.type == "spread_element" for each in given)
        if spread and most < 99:
            return refuse(f"a spread in {name}")
        if name == "sort" and given and given[0].type in FUNCTIONS and self.goes_boolean(given[0]):
            return refuse("the function of a sort gives true or false, which is no order")
        if (
            given
            and given[0].type in FUNCTIONS
            and self.is_async_function(given[0])
            and name != "map"
            and name in ("forEach", "filter", "some", "every", "find", "reduce", "findIndex", "sort")
        ):
            return refuse(f"{name} does not wait for its async function")
        if (
            given
            and given[0].type == "identifier"
            and name in ("forEach", "filter", "some", "every", "find", "reduce", "findIndex")
        ):
            function = self.module.function_of(given[0])
            if function is not None and self.is_async_function(function):
                return refuse(f"{name} does not wait for its async function")
        of = self.kind(owner)
        short = self._short(owner, name, given) if of and of <= LISTS else None
        if short is not None:
            return short
        kept = list(self.prelude)
        direct = self._direct(owner, name, given) if of else None
        if direct is not None:
            return direct
        self.prelude = kept
        return call(f"js.{helper}", self.expr(owner), *self.arguments(given))

    def goes_boolean(self, function: Node) -> bool:
        """Whether a function gives a truth value."""
        return bool(self.module.kinds.returned(function) == kind("bool"))

    def is_async_function(self, function: Node) -> bool:
        """Whether a function gives a promise."""
        return has(function, "async") or self.module.gives_promise(function)

    def _direct(self, owner: Node, name: str, given: list[Node]) -> Py | None:
        """Python's own method, where the kinds leave no difference."""
        of = self.kind(owner)
        code = self.expr(owner)
        texts = all(self.kind(each) and self.kind(each) <= TEXTS for each in given)
        if of <= TEXTS:
            if name in ("startsWith", "endsWith") and len(given) == 1 and texts:
                return call(f"{code.at(ATOM)}.{name.lower()}", *self.arguments(given))
            if name in ("toUpperCase", "toLowerCase"):
                return call(f"{code.at(ATOM)}.{name[2:7].lower()}")
            if name == "includes" and texts:
                return (
                    Py(f"{self.expr(given[0]).at(COMPARE + 1)} in {code.at(COMPARE + 1)}", COMPARE)
                    if self.is_pure(owner) or self.is_pure(given[0])
                    else None
                )
            if name == "toString" and not given:
                return code
        if of <= WHOLE and name == "toString" and not given:
            return call("str", code)
        if of <= LISTS and name == "join" and of == kind("strs") and given and given[0].type == "string":
            return call(f"{quotedless(self.expr(given[0]))}.join", code)
        return None

    def _short(self, owner: Node, name: str, given: list[Node]) -> Py | None:
        """A comprehension, for a short function of one parameter."""
        if name not in ("map", "filter", "some", "every", "find") or given[0].type != "arrow_function":
            return None
        function = given[0]
        body, parameters = field(function, "body"), parameters_of(function)
        if len(parameters) != 1 or parameters[0].type != "identifier" or body.type == "statement_block":
            return None
        if self.is_async_function(function) or self.writes(body) or self.holds(body, *FUNCTIONS, "regex", deep=True):
            return None
        if any(f".{way}(" in text_of(body) for way in _CHANGING):
            return None
        kept, self.prelude = self.prelude, []
        self.in_lambda += 1
        self.within.append(function)
        try:
            value = self.expr(body) if name == "map" else self.cond(body)
        finally:
            made, self.prelude = self.prelude, kept
            self.in_lambda -= 1
            self.within.pop()
        if made or ":=" in value.text:
            return None
        item = self.names.of[parameters[0].id].python
        over = f"for {item} in {self.expr(owner).at(OR)}"
        if name == "map":
            return Py(f"[{value.at(LAMBDA)} {over}]")
        if name == "filter":
            return Py(f"[{item} {over} if {value.at(OR)}]")
        if name == "find":
            return Py(f"next(({item} {over} if {value.at(OR)}), js.UNDEFINED)")
        return Py(f"{'any' if name == 'some' else 'all'}({value.at(TERNARY)} {over})")

    # ---- new

    def made(self, node: Node) -> Py:
        """``new …``."""
        name, given = text_of(field(node, "constructor")), arguments_of(node)
        if self.module.is_cloud(field(node, "constructor")):
            return self.new_cloud(node)
        constructor = field(node, "constructor")
        if constructor.type == "member_expression" and self.is_database(field(constructor, "object")):
            return self.database_call(node, constructor, given)  # new db.Geo.Point(…)
        if self.module.source_of(constructor) == ("tcb-router", "") and len(given) == 1 and not self.sync:
            return call("js.Router", *self.arguments(given))
        if self.name_of(field(node, "constructor")) is not None:
            source = self.module.source_of(constructor)[0]
            if source and not source.startswith("."):
                raise Untranslated(f"new {name} is not translated", f"the package {source} is not translated")
            return refuse(f"new {name}: a class of the program's own is not translated")
        if name == "Error" or name in ("TypeError", "RangeError"):
            python = {"Error": "Exception", "RangeError": "js.RangeError"}.get(name, name)
            if len(given) > 1:
                return refuse(f"new {name} with more than a message")
            if not given:
                return call(python, '""')
            of = self.kind(given[0])
            return call(python, self.expr(given[0]) if of and of <= TEXTS else call("js.text", self.expr(given[0])))
        if name == "Promise":
            return self._promise_of(node, given)
        if name in ("Date", "Map", "Set") and len(given) <= (7 if name == "Date" else 1):
            return call(f"js.{name}", *self.arguments(given))
        if name == "Array" and len(given) == 1 and self.kind(given[0]) == kind("lit"):
            return (
                Py(f"[js.UNDEFINED] * {self.expr(given[0]).at(ATOM)}", MUL)
                if node.parent is not None and ".fill(" in text_of(node.parent.parent)
                else refuse("an array of holes")
            )
        if name == "Array" and not given:
            return Py("[]")
        return refuse(f"new {name} is not translated")


def _first(node: Node) -> Node:
    while node.type == "member_expression":
        node = bare(field(node, "object"))
    return node


def quotedless(code: Py) -> str:
    """A literal to call a method of."""
    return code.at(ATOM)


def refuse_all(name: str) -> list[Node]:
    """Gives up on a call with more arguments than are looked at."""
    refuse(f"{name} with more arguments than it looks at, which do something")
    return []

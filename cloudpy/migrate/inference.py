"""Inference of types: of the variables and functions of a file, from its expressions."""

from __future__ import annotations

from collections.abc import Mapping

from .expression_types import ExpressionTypes
from .http_names import http_client
from .jstypes import ANY, CALLED, EACH, LISTS, NOTHING, RECS, SHARED, TEXTS, JsType, js_type
from .module import Module
from .nodes import (
    always_ends,
    arguments_of,
    child_nodes,
    field,
    is_async,
    is_generator,
    maybe_field,
    parameters_of,
    passed_to,
    returns,
    string_value,
    strip,
    text_of,
)
from .packages.kinds import callback_type
from .syntax import Node
from .variables import Variable, may_be_unset


def _is_passing(node: Node) -> bool:
    """Whether a value is only thrown, printed, made a string, or asked for a member."""
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        node, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type in ("throw_statement", "template_substitution"):
        return True
    if parent.type in ("member_expression", "subscript_expression"):
        return field(parent, "object").id == node.id
    call = parent.parent if parent.type == "arguments" else None
    return call is not None and text_of(call.child_by_field_name("function")).startswith(("console.", "String"))


_ADDING = {"push", "unshift", "splice", "fill"}


class Types(ExpressionTypes):
    """The types of the variables, functions and expressions of one file."""

    def __init__(self, module: Module, right_type: Mapping[Module, Types] | None = None) -> None:
        super().__init__(module, right_type or {})
        self._asking: set[int] = set()
        self._results: dict[int, JsType] = {}  # of the functions asked for
        self._functions: dict[int, Node] = {}
        self._keeps_errors: bool | None = None
        self._settle()
        self._cache = {}
        if self._adds_to_records(module.root):
            self._cache = None
            self.has_records = False
            self._settle()
            self._cache = {}

    def _settle(self) -> None:
        """Infer again and again, until nothing changes."""
        self.variables = {}
        self._results = {}
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

    @property
    def keeps_errors(self) -> bool:
        """Whether an error may become part of a value: anything but its members is used, and it is not thrown."""
        if self._keeps_errors is None:
            self._keeps_errors = self._made_and_kept(self.module.root) or any(
                not _is_passing(read)
                for variable in self.names.all
                if self.variables[id(variable)] == js_type("err") or variable.kind == "catch"
                for read in variable.reads
            )
        return self._keeps_errors

    def _made_and_kept(self, node: Node) -> bool:
        """Whether an error is made that is not thrown at once."""
        if node.type in ("new_expression", "call_expression") and self.of(node) == js_type("err"):
            return not _is_passing(node)
        return any(self._made_and_kept(child) for child in node.named_children)

    def _adds_to_records(self, node: Node) -> bool:
        """Whether the program puts objects of its own into a list of documents, which are then no longer alike."""
        owner = None
        if node.type == "call_expression":
            callee = strip(field(node, "function"))
            if callee.type == "member_expression" and text_of(field(callee, "property")) in _ADDING:
                owner = field(callee, "object")
        elif node.type == "assignment_expression" and field(node, "left").type == "subscript_expression":
            owner = field(field(node, "left"), "object")
        if owner is not None and self.of(owner) & RECS and self.of(owner) <= RECS | {"undef", "null"}:
            return True
        return any(self._adds_to_records(child) for child in node.named_children)

    def _declared(self, variable: Variable) -> JsType:
        if variable.kind in ("function", "class"):
            return js_type("fn")
        foreign = self._foreign(variable)
        if foreign:
            return foreign
        if variable.kind == "import":
            return js_type("module") | CALLED
        if variable.kind == "parameter":
            return self._parameter(variable)
        if variable.kind == "catch":
            return ANY if self.module.throws_values else js_type("err")
        if variable.patterned:
            item = self.awaited_item(variable)
            if item is not None:
                return self.awaited(item)
            return self._out_of_result(variable) or self._out_of_record(variable) or CALLED
        result: JsType = NOTHING if variable.value is not None or variable.kind == "const" else js_type("undef")
        loop = variable.node.parent
        if loop is not None and loop.type == "for_in_statement":
            return self._loop_variable(loop) | self._assigned(variable)
        if variable.kind == "var" and may_be_unset(variable):
            result |= {"undef"}
        if variable.value is not None:
            result |= self.of(variable.value)
        return result | self._assigned(variable)

    def _assigned(self, variable: Variable) -> JsType:
        result = NOTHING
        for how, node in variable.writes:
            result |= self.of(node) if how == "=" else self._written(node)
        return result

    def _out_of_record(self, variable: Variable) -> JsType:
        """Return the type of ``name`` in ``const { name } = event``."""
        part = variable.node
        key = variable.name
        default: JsType | None = None
        if part.parent is not None and part.parent.type == "object_assignment_pattern":
            part = part.parent
            default = self.of(field(part, "right"))
        if part.parent is not None and part.parent.type == "pair_pattern":
            part = part.parent
            name = field(part, "key")
            if name.type not in ("property_identifier", "string"):
                return NOTHING
            key = string_value(name) if name.type == "string" else text_of(name)
        declarator = part.parent.parent if part.parent is not None and part.parent.type == "object_pattern" else None
        value = maybe_field(declarator, "value") if declarator and declarator.type == "variable_declarator" else None
        if value is None or not variable.is_constant or part.type == "rest_pattern":
            return NOTHING
        type_ = self._of_record(self.of(value), key)
        if type_ == ANY:
            return NOTHING
        return type_ if default is None else (type_ - {"undef"}) | default

    def _out_of_result(self, variable: Variable) -> JsType:
        """Return the type of ``data`` in ``const { data } = await db.collection(…).get()``."""
        key, part = variable.name, variable.node
        if part.parent is not None and part.parent.type == "pair_pattern":
            part = part.parent
            key = text_of(part.child_by_field_name("key"))
        declarator = part.parent.parent if part.parent is not None and part.parent.type == "object_pattern" else None
        value = maybe_field(declarator, "value") if declarator and declarator.type == "variable_declarator" else None
        result = self.result(value) if value is not None and value.type == "await_expression" else None
        return result.get(key, NOTHING) if result is not None and variable.is_constant else NOTHING

    def _foreign(self, variable: Variable) -> JsType:
        """Return the type of a name from another file, if it is an object of the database."""
        source, name = self.module.requires.get(id(variable), ("", ""))
        found = self.module.export_of(source, name)
        return self.others[found[0]].of(found[1]) & SHARED if found is not None else NOTHING

    def _loop_variable(self, loop: Node) -> JsType:
        if text_of(loop.child_by_field_name("operator")) == "in":
            return js_type("str")
        over = self.of(loop.child_by_field_name("right"))
        return self.item(over)

    def _written(self, node: Node) -> JsType:
        if node.type in ("update_expression", "augmented_assignment_expression"):
            return self.of(node)
        return CALLED

    def returned(self, function: Node) -> JsType:
        """Return what a function of the program gives."""
        if is_generator(function):
            return ANY
        if is_async(function) or self.gives_promise(function):
            return js_type("promise")
        return self.resolved(function)

    def resolved(self, function: Node) -> JsType:
        """Return what an async function's promise resolves to; of another function, what it returns."""
        if function.id not in self._functions:
            self._functions[function.id] = function
            if self._cache is not None:
                self._results[function.id] = CALLED  # where it calls itself
                self._results[function.id] = self._returned(function)
        return self._results.get(function.id, NOTHING)

    def _returned(self, function: Node) -> JsType:
        body = strip(field(function, "body"))
        if body.type != "statement_block":
            return self.of(body)
        result: JsType = NOTHING
        for node in returns(body):
            result |= self.of(child_nodes(node)[0]) if child_nodes(node) else js_type("undef")
        return result | js_type("undef") if not always_ends(body) else result

    def _parameter(self, variable: Variable) -> JsType:
        """Return what a parameter can be: known for ``main`` and for what is handed to the methods of arrays."""
        function = variable.scope.node
        parameters = parameters_of(function)
        place = next((at for at, each in enumerate(parameters) if each.id == variable.node.id), -1)
        place = (
            place
            if place >= 0
            else next(
                (
                    at
                    for at, each in enumerate(parameters)
                    if each.type == "required_parameter"
                    and field(each, "pattern").id == variable.node.id
                    and each.child_by_field_name("value") is None
                ),
                -1,
            )
        )
        result = CALLED
        if place < 0:
            if variable.node.parent is not None and variable.node.parent.type == "rest_pattern":
                return (
                    js_type("arr")
                    if variable.node.parent.parent == function.child_by_field_name("parameters")
                    else CALLED
                )
            return CALLED
        if self.module.main is not None and function.id == self.module.main.id:
            result = js_type("rec") if place < 2 else js_type("obj")
        else:
            name, owner = passed_to(function)
            packaged = callback_type(self.module, function, self.of) if place == 0 else None
            if self.is_route(function) and place < 2:
                result = js_type("rec") if place == 0 else js_type("next")
            elif packaged is not None:
                result = packaged
            elif owner is not None and name in EACH:
                result = js_type("lit") if place == 1 else js_type("arr") if place == 2 else ANY
                if place == 0 and self.of(owner) <= LISTS:
                    result = self.item(self.of(owner))
                if not self.of(owner) <= LISTS and name == "forEach" and place:
                    result = CALLED
            elif owner is not None and name in ("replace", "replaceAll"):
                result = TEXTS if place == 0 else ANY
            elif owner is not None and name in ("sort", "reduce"):
                is_item = self.of(owner) <= RECS and place < 2 and (name == "sort" or place == 1)
                result = js_type("rec") if is_item else ANY
            elif owner is not None and name == "runTransaction" and self.of(owner) == js_type("db"):
                result = js_type("tx") if place == 0 else CALLED
            elif owner is not None and name == "then" and self.sent(strip(owner)) is not None:
                result = js_type("obj") if place == 0 else CALLED
            else:
                calls = self.module.calls_of(function)
                if calls is not None:
                    result = self._passed(calls, place)
        for how, node in variable.writes:
            result |= self.of(node) if how == "=" else CALLED
        return result

    def is_route(self, function: Node) -> bool:
        """Whether a function is a handler of a router."""
        call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
        callee = strip(field(call, "function")) if call is not None and call.type == "call_expression" else None
        if callee is None or callee.type != "member_expression":
            return False
        return text_of(field(callee, "property")) in ("use", "router") and self.of(field(callee, "object")) == js_type(
            "router"
        )

    def _passed(self, calls: list[Node], place: int) -> JsType:
        result: JsType = frozenset()
        for call in calls:
            args = arguments_of(call)
            result |= self.of(args[place]) if place < len(args) else js_type("undef")
        return result

    def is_async(self, function: Node) -> bool:
        """Whether a function returns a promise, and so becomes an ``async def``."""
        return is_async(function) or self.gives_promise(function)

    def gives_promise(self, function: Node) -> bool:
        """Return whether a function without ``async`` returns a promise in every case."""
        if is_async(function) or is_generator(function) or function.id in self._asking:
            return False
        self._asking.add(function.id)
        try:
            body = strip(field(function, "body"))
            if body.type != "statement_block":
                return self._is_promise(body)
            args = returns(body)
            return bool(args) and all(
                child_nodes(each) and self._is_promise(strip(child_nodes(each)[0])) for each in args
            )
        finally:
            self._asking.discard(function.id)

    def _is_promise(self, node: Node) -> bool:
        if node.type == "call_expression":
            callee = strip(field(node, "function"))
            if self.sent(node) is not None:
                return True
            if self.module.is_cloud_call(node) or http_client(self.module, node):
                return True
            if self.module.dotted(callee).startswith("Promise."):
                return True
            if callee.type == "member_expression" and text_of(field(callee, "property")) in (
                "then",
                "catch",
                "finally",
            ):
                return True
            function = self.module.known_function(callee) or self.module.known_method(callee)
            return function is not None and (is_async(function) or self.gives_promise(function))
        if node.type == "new_expression":
            return text_of(field(node, "constructor")) == "Promise"
        return False

"""Inference of types: of the variables and functions of a file, from its expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .bindings import Bindings
from .contents import Facts
from .date_groups import DateGroups
from .file_flow import flow_of
from .http_names import http_client
from .initializers import is_set_by_loops, may_be_unset
from .jstypes import ANY, CALLED, NOTHING, JsType, js_type
from .module import Module
from .nodes import (
    always_ends,
    child_nodes,
    field,
    is_async,
    is_generator,
    returns,
    strip,
    text_of,
)
from .packages.kinds import call_type
from .syntax import Node
from .thrown import receivers
from .variables import Variable

_ROUNDS = 40


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


class Types(Bindings):
    """The types of the variables, functions and expressions of one file; `infer` makes those of a program."""

    def __init__(self, module: Module, facts: Facts | None = None) -> None:
        super().__init__(module, facts or Facts(flow_of([module])))
        self._asking: set[int] = set()
        self._results: dict[int, JsType] = {}  # of the functions asked for
        self._functions: dict[int, Node] = {}
        self._promising: set[int] = set()  # functions that return a promise in some cases
        self._keeps_errors: bool | None = None
        self.forget()
        self.facts.files[module] = self
        if facts is None:
            settle({module: self}, self.facts)

    def forget(self) -> None:
        """Forget what expressions can be, for another round."""
        super().forget()
        self.dates = DateGroups(self.module, self.facts)

    def is_datetime(self, node: Node) -> bool:
        """Whether a Date is written as a datetime."""
        return bool(self.dates.zone(node))

    def is_valid_datetime(self, node: Node) -> bool:
        """Whether a Date is written as a datetime, and surely is no invalid date."""
        return self.is_datetime(node) and not self.dates.may_be_invalid(node)

    def round(self) -> bool:
        """Infer once more, from what the last round has found; return whether anything has changed."""
        before = (dict(self.variables), dict(self._results), len(self._promising))
        for function in list(self._functions.values()):
            self._results[function.id] = self._returned(function)
        for variable in self.names.all:
            self.variables[id(variable)] = self._declared(variable)
        return before != (self.variables, self._results, len(self._promising))

    def give_up(self) -> None:
        """Take everything for possible: the types do not settle."""
        self.variables = {id(variable): CALLED for variable in self.names.all}
        self._results = dict.fromkeys(self._functions, CALLED)

    def start_again(self) -> None:
        """Take nothing for possible, as before the first round."""
        self.variables = {}
        self._results = dict.fromkeys(self._functions, NOTHING)
        self._keeps_errors = None
        self.forget()

    def ask_all(self) -> None:
        """Find out what each expression can be, so that nothing new is asked for when it is written."""
        pending = [self.module.root]
        while pending:
            node = pending.pop()
            if node.type in self._by_node:
                self.of(node)
            pending += node.named_children

    def thrown_values(self) -> list[tuple[Module, Node | None]]:
        """Return what the file throws, or rejects a promise with, and what may be no error."""
        return [(self.module, value) for value in self.module.thrown if not self.of(value) <= {"err"}]

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

    def _declared(self, variable: Variable) -> JsType:
        if variable.kind in ("function", "class"):
            return js_type("fn")
        if variable.kind == "global":
            is_own = not self.module.others and all(how == "=" for how, _ in variable.writes)
            return NOTHING.union(*(self.of(node) for _, node in variable.writes)) if is_own else CALLED
        foreign = self._foreign(variable)
        if foreign:
            return foreign
        if variable.kind == "import":
            return js_type("module") | CALLED
        result = NOTHING if _is_declared_alone(variable) and is_set_by_loops(variable) else self.bound(variable.node)
        if variable.kind == "var" and may_be_unset(variable):
            result |= {"undef"}
        for how, node in variable.writes:
            result |= self.of(node) if how == "=" else self._written(variable, node)
        return result

    def _written(self, variable: Variable, node: Node) -> JsType:
        if node.type in ("update_expression", "augmented_assignment_expression"):
            return self.of(node)
        return CALLED

    def _foreign(self, variable: Variable) -> JsType:
        """Return the type of a name from another file."""
        source, name = self.module.requires.get(id(variable), ("", ""))
        found = self.module.export_of(source, name)
        return self.facts.files[found[0]].of(found[1]) if found is not None else NOTHING

    def returned(self, function: Node) -> JsType:
        """Return what a function of the program gives."""
        if is_generator(function):
            return ANY
        if is_async(function) or self.gives_promise(function):
            return js_type("promise")
        result = self.resolved(function)
        return result | js_type("promise") if function.id in self._promising else result

    def resolved(self, function: Node) -> JsType:
        """Return what an async function's promise resolves to; of another function, what it returns."""
        if function.id not in self._functions:
            self._functions[function.id] = function
            self.facts.has_news = True
            self._results[function.id] = CALLED if self.facts.is_settled else NOTHING  # where it calls itself
            self._results[function.id] = self._returned(function)
        return self._results.get(function.id, NOTHING)

    def _returned(self, function: Node) -> JsType:
        result = NOTHING
        for value in self.given_by(function):
            result |= self._given(value) if value is not None else js_type("undef")
            if value is not None and "promise" in self.of(value):
                self._promising.add(function.id)
        body = strip(field(function, "body"))
        falls_through = body.type == "statement_block" and not always_ends(body)
        return result | js_type("undef") if falls_through else result

    def given_by(self, function: Node) -> list[Node | None]:
        """Return the expressions that a function returns; None for a return without one."""
        body = strip(field(function, "body"))
        if body.type != "statement_block":
            return [body]
        return [strip(child_nodes(each)[0]) if child_nodes(each) else None for each in returns(body)]

    def _given(self, value: Node) -> JsType:
        """Return what is given by a function in the end: of a promise, what it resolves to."""
        type_ = self.of(value)
        return type_ if "promise" not in type_ else type_ - {"promise"} | self.awaited(value)

    def is_async(self, function: Node) -> bool:
        """Whether a function returns a promise, and so becomes an ``async def``."""
        return is_async(function) or self.gives_promise(function)

    def gives_promise(self, function: Node) -> bool:
        """Return whether a function without ``async`` returns a promise in every case."""
        if is_async(function) or is_generator(function) or function.id in self._asking:
            return False
        self._asking.add(function.id)
        try:
            values = self.given_by(function)
            return bool(values) and all(value is not None and self._is_promise(value) for value in values)
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
            if call_type(self.module, node, self.of) == js_type("promise"):
                return True  # of a package
            function = self.module.known_function(callee) or self.module.known_method(callee)
            return (
                function is not None
                and not is_generator(function)
                and (is_async(function) or self.gives_promise(function))
            )
        if node.type == "new_expression":
            return text_of(field(node, "constructor")) == "Promise"
        return False


def _is_declared_alone(variable: Variable) -> bool:
    """Whether its declaration gives it no value."""
    around = variable.node.parent
    return around is not None and around.type == "variable_declarator" and len(around.named_children) == 1


def settle(files: Mapping[Module, Types], facts: Facts) -> None:
    """Infer the types of a program: first without what its handlers catch, as that depends on them, then with it."""
    _settle(files, facts)
    facts.know_caught()
    for types in files.values():
        types.start_again()
    _settle(files, facts)


def _settle(files: Mapping[Module, Types], facts: Facts) -> None:
    """Infer the types again and again, until nothing changes."""
    for _ in range(_ROUNDS):
        is_changed = False
        for types in files.values():
            types.forget()
        for types in files.values():
            is_changed |= types.round()
        for (site, name), before in list(facts.slots.items()):
            types = next(iter(files.values()))
            facts.slots[site, name] = types.slot_now(site, name)
            is_changed |= before != facts.slots[site, name]
        thrown = [each for types in files.values() for each in types.thrown_values()]
        found = receivers(facts.flow, thrown, lambda module, function: "promise" in files[module].returned(function))
        is_changed |= found != facts.receivers
        facts.receivers = found
        if is_changed:
            continue
        facts.has_news = False
        for types in files.values():
            types.ask_all()
        if not facts.has_news:
            break
    else:
        for types in files.values():
            types.give_up()
        facts.receivers, facts.is_open = None, True
        facts.slots = dict.fromkeys(facts.slots, CALLED)
    facts.is_settled = True
    for types in files.values():
        types.forget()


def infer(modules: Iterable[Module]) -> dict[Module, Types]:
    """Return the types of the files of a program; what a file requires comes before it."""
    facts = Facts(flow_of(modules))
    files = {module: Types(module, facts) for module in facts.flow.modules}
    settle(files, facts)
    return files

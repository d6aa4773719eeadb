"""A ``tcb-router`` that is used as nearly everybody does: its handlers are functions, and a dict has them by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as made

from .code import ATOM, Py, quoted
from .context import Part
from .nodes import FUNCTIONS, LOOPS, arguments_of, child_nodes, field, parameters_of, string_value, strip, text_of
from .packages.kinds import package_path
from .syntax import Node
from .variables import Variable

# The strings of what event.$url may be without being a string
_NO_NAME = re.compile(r"\*|-?[0-9].*|true|false|null|undefined|NaN|-?Infinity|")


@dataclass
class _Plan:
    """What is written for one router.

    Attributes:
        event: what its handlers are chosen by.
        declared: id of the statement that creates it.
        uses: id of a statement -> the handler that it gives to all routes.
        routes: id of a statement -> the names and the handler of a route.
        serve: id of the statement that returns the result.
        functions: names of routes -> names of functions in Python.
        around: id of a statement -> the function for all routes.
    """

    event: Node
    declared: int
    uses: dict[int, Node] = made(default_factory=dict)
    routes: dict[int, tuple[list[str], Node]] = made(default_factory=dict)
    serve: int = 0
    functions: dict[str, str] = made(default_factory=dict)
    around: dict[int, str] = made(default_factory=dict)


class Routes(Part):
    """Write the statements of a router."""

    _plans: dict[int, _Plan | None]

    def statement(self, node: Node) -> list[str] | None:
        """Write a statement of a router in the body of ``main``; None for any other."""
        main = self.module.main
        if main is None or node.parent is None or node.parent.id != field(main, "body").id:
            return None
        plan = next((plan for plan in self._all(main) if self._has(plan, node)), None)
        if plan is None:
            return None
        if node.id == plan.serve:
            return self._served(plan, main)
        names, handler = plan.routes.get(node.id, ([], None))
        if handler is not None:
            code = self.expr(handler)
            plan.functions |= dict.fromkeys(names, code.text)
        elif node.id in plan.uses:
            plan.around[node.id] = self.expr(plan.uses[node.id]).text
        return []

    def _has(self, plan: _Plan, node: Node) -> bool:
        return node.id in (plan.declared, plan.serve) or node.id in plan.uses or node.id in plan.routes

    def _all(self, main: Node) -> list[_Plan]:
        if not hasattr(self, "_plans"):
            self._plans = {}
            for variable in self.names.scopes[main.id].names.values():
                self._plans[id(variable)] = self._plan(variable, main)
        return [plan for plan in self._plans.values() if plan is not None]

    def _plan(self, variable: Variable, main: Node) -> _Plan | None:
        """Return what to write for a router; None for anything else, or where it is not used plainly."""
        value = strip(variable.value) if variable.value is not None and variable.is_constant else None
        if value is None or value.type != "new_expression" or variable.patterned or not self.is_async(main):
            return None
        if package_path(self.module, field(value, "constructor"))[0] != "tcb-router":
            return None
        event, body = self._event(value, main), field(main, "body")
        declared = variable.node.parent.parent if variable.node.parent is not None else None
        if event is None or declared is None or declared.parent is None or declared.parent.id != body.id:
            return None
        plan = _Plan(event, declared.id)
        if len(child_nodes(declared)) != 1 or not all(self._add(plan, read, body) for read in variable.reads):
            return None
        if not plan.serve or not plan.routes or not self._is_plain(plan):
            return None
        for _, handler in plan.routes.values():
            self.context.unused |= {each.id for each in parameters_of(handler)[1:] if handler.type in FUNCTIONS}
        return plan

    def _event(self, new: Node, main: Node) -> Node | None:
        """Return what ``new TcbRouter({ event })`` is given, if it is the event of ``main``."""
        given, parameters = arguments_of(new), parameters_of(main)
        pairs = child_nodes(given[0]) if len(given) == 1 and given[0].type == "object" else []
        if len(pairs) != 1 or not parameters:
            return None
        inner = pairs[0] if pairs[0].type == "shorthand_property_identifier" else None
        if pairs[0].type == "pair" and text_of(field(pairs[0], "key")) == "event":
            inner = strip(field(pairs[0], "value"))
        variable = self.names.of.get(inner.id) if inner is not None else None
        is_event = variable is not None and variable.is_constant and variable.node.id == parameters[0].id
        return inner if is_event and (inner is not pairs[0] or text_of(pairs[0]) == "event") else None

    def _add(self, plan: _Plan, read: Node, body: Node) -> bool:
        """Add one use of the router to the plan. Return whether there is a plain form of it."""
        member = read.parent
        called = member.parent if member is not None and member.type == "member_expression" else None
        if member is None or called is None or called.type != "call_expression":
            return False
        name, args, at = text_of(field(member, "property")), arguments_of(called), called.parent
        if name == "serve" and at is not None and at.type == "await_expression":
            at = at.parent
        if at is None or at.parent is None or at.parent.id != body.id or plan.serve:
            return False
        if name == "serve":
            plan.serve = at.id
            return at.type == "return_statement" and not args
        if at.type != "expression_statement" or not args:
            return False
        if name == "use" and len(args) == 1:
            plan.uses[at.id] = args[0]
            return self._goes_on_once(args[0])
        paths = child_nodes(args[0]) if args[0].type == "array" else [args[0]]
        names = [string_value(each) for each in paths if each.type == "string"]
        taken = {each for others, _ in plan.routes.values() for each in others}
        plan.routes[at.id] = (names, args[-1])
        is_new = len(names) == len(paths) == len({*names} - taken) and not any(map(_NO_NAME.fullmatch, names))
        return name == "router" and len(args) == 2 and is_new and self._takes_context(args[1])

    def _goes_on_once(self, handler: Node) -> bool:
        """Whether a handler of all routes is an async function of ``(ctx, next)`` with one ``await next()``."""
        parameters = parameters_of(handler) if handler.type in FUNCTIONS else []
        if len(parameters) != 2 or not self.is_async(handler) or any(each.type != "identifier" for each in parameters):
            return False
        reads = self.names.of[parameters[1].id].reads
        called = reads[0].parent if len(reads) == 1 else None
        waited = called.parent if called is not None and called.type == "call_expression" else None
        if called is None or waited is None or waited.type != "await_expression" or arguments_of(called):
            return False
        around = waited.parent
        if around is None or around.type != "expression_statement" or field(called, "function").id != reads[0].id:
            return False
        while around is not None and around.type not in FUNCTIONS and around.type not in LOOPS:
            around = around.parent
        return around is not None and around.id == handler.id

    def _takes_context(self, handler: Node) -> bool:
        """Whether a route is an async function of ``ctx``, which may name more and not use it."""
        function = self._function(handler)
        parameters = parameters_of(function) if function is not None else []
        if function is None or not parameters or not self.is_async(function):
            return False
        if any(each.type != "identifier" for each in parameters):
            return False
        unused = [self.names.of[each.id] for each in parameters[1:]]
        return not unused or (function is handler and not any(each.reads or each.writes for each in unused))

    def _function(self, handler: Node) -> Node | None:
        """Return the function that a handler is, or is the name of."""
        if handler.type in FUNCTIONS:
            return handler
        variable = self.names.of.get(handler.id) if handler.type == "identifier" else None
        if variable is None or not variable.is_constant or variable.patterned:
            return None
        value = strip(variable.value) if variable.value is not None else variable.node.parent
        is_one = value is not None and (value.type in FUNCTIONS or value.type == "function_declaration")
        return value if is_one else None

    def _is_plain(self, plan: _Plan) -> bool:
        """Whether each key of ``ctx`` is set before it is read, for all that the router shows."""
        known = {"body"}
        for handler in plan.uses.values():
            variable = self.names.of[parameters_of(handler)[0].id]
            if not self._reads_set(variable, known, handler):
                return False
            known |= {name for name, _ in self._set_at_once(variable, handler)}
        handlers = [self._function(each) for _, each in plan.routes.values()]
        return all(
            each is not None and self._reads_set(self.names.of[parameters_of(each)[0].id], known, each)
            for each in handlers
        )

    def _reads_set(self, context: Variable, known: set[str], handler: Node) -> bool:
        """Whether a handler reads of its context only what is known, or what it has set before."""
        own = dict(self._set_at_once(context, handler))
        for read in context.reads:
            member = read.parent
            if member is not None and _is_printed(member):
                continue
            if member is None or member.type != "member_expression" or field(member, "object").id != read.id:
                return False
            name, around = text_of(field(member, "property")), member.parent
            is_set = around is not None and around.type == "assignment_expression"
            if around is not None and is_set and field(around, "left").id == member.id:
                if name == "body" and "promise" in self.type_of(field(around, "right")):
                    return False
                continue
            if name not in known and not own.get(name, read.start_byte) < read.start_byte:
                return False
        return context.is_constant

    def _set_at_once(self, context: Variable, handler: Node) -> Iterator[tuple[str, int]]:
        """Yield the keys that a handler surely sets, and where."""
        for read in context.reads:
            member = read.parent
            around = member.parent if member is not None else None
            statement = around.parent if around is not None and around.type == "assignment_expression" else None
            if member is None or around is None or statement is None or statement.type != "expression_statement":
                continue
            is_first = statement.parent is not None and statement.parent.id == field(handler, "body").id
            if is_first and field(around, "left").id == member.id and member.type == "member_expression":
                yield text_of(field(member, "property")), around.end_byte

    def _served(self, plan: _Plan, main: Node) -> list[str]:
        """Write the dict of the routes, and the call of the one that the event asks for."""
        url = f'{self.expr(plan.event).at(ATOM)}["$url"]'
        routes = self.unique_name("routes")
        is_free = self.names.scopes[main.id].find("ctx") is None and "ctx" not in self.context.used_names
        context = "ctx" if is_free else self.unique_name("ctx")
        pairs = ", ".join(f"{quoted(name)}: {function}" for name, function in plan.functions.items())
        call = [f"if {url} in {routes}:", f"    {self.awaited(Py(f'{routes}[{url}]({context})'))}"]
        if plan.around:
            name = self.unique_name("route")
            call = [f"{'' if self.sync else 'async '}def {name}():", *(f"    {line}" for line in call), ""]
            first, *others = plan.around.values()
            for outer in reversed(others):
                name = f"lambda {name}={name}: {outer}({context}, {name})"
            call.append(str(self.awaited(Py(f"{first}({context}, {name})"))))
        return [f"{routes} = {{{pairs}}}", f'{context} = {{"body": js.UNDEFINED}}', *call, f'return {context}["body"]']


def _is_printed(arguments: Node) -> bool:
    """Whether these are the arguments of a call of the console."""
    call = arguments.parent if arguments.type == "arguments" else None
    return call is not None and text_of(call.child_by_field_name("function")).startswith("console.")

"""Functions: lambdas, nested defs, parameters, the variables they assign and capture."""

from __future__ import annotations

import re

from .code import LAMBDA, TERNARY, Py, call, indented
from .context import EXPORTS, Context
from .diagnostics import Untranslated
from .initializers import may_be_unset
from .nodes import (
    FUNCTIONS,
    always_ends,
    child_nodes,
    field,
    has,
    has_value,
    is_exported_method,
    is_generator,
    maybe_field,
    parameters_of,
    passed_to,
    returns,
    string_value,
    strip,
    text_of,
    uses_arguments,
)
from .parameters import Parameters
from .patterns import Patterns
from .requires import SDK
from .sdk import AS_IN_JAVASCRIPT, Sdk
from .syntax import Node
from .todos import Todos
from .variables import RESERVED, Variable, snake_case


class Functions(Parameters):
    """Write functions."""

    def __init__(self, context: Context, todos: Todos, patterns: Patterns, sdk: Sdk) -> None:
        super().__init__(context)
        self.todos = todos
        self.patterns = patterns
        self.sdk = sdk
        context.expressions |= dict.fromkeys(FUNCTIONS, self.function)

    def function(self, node: Node, hint: str = "") -> Py:
        body = field(node, "body")
        plain = (
            not is_generator(node)
            and all(each.type == "identifier" for each in parameters_of(node))
            and body.type != "statement_block"
        )
        if plain and not self.is_async(node) and not self.has_assignment(body):
            saved, given_names = self.context.prelude, set(self.context.used_names)
            self.context.prelude = []
            self.context.in_lambda += 1
            self.context.within.append(node)
            try:
                value = self.expr(body)
                if not self.context.prelude and ":=" not in value.text:
                    names = ", ".join(
                        [self.parameter(each).python for each in parameters_of(node)] + self._loop_defaults(node)
                    )
                    return Py(f"lambda{' ' + names if names else ''}: {value.at(TERNARY)}", LAMBDA)
            except Untranslated:
                pass  # a def may do
            finally:
                self.context.prelude = saved
                self.context.in_lambda -= 1
                self.context.within.pop()
            self.context.used_names = given_names
        if self.context.in_lambda:
            raise Untranslated("a function with statements inside a lambda")
        args = node.child_by_field_name("name") if node.type == "function_expression" else None
        variable = self.names.of.get(args.id) if args is not None else None
        name = (
            variable.python
            if variable is not None
            else self.unique_name(_identifier(hint or _route(node)) or "callback")
        )
        self.context.prelude += self.definition(node, name)
        return Py(name)

    def definition(self, node: Node, name: str, this: str = "", before_body: list[str] | None = None) -> list[str]:
        """Write a def; `this` is the name of the first parameter of a method, `before_body` what it begins with."""
        if is_generator(node) and self.is_async(node):
            self._require_plain_generator(node)
        outer_this, outer_arguments = self.context.this, self.context.arguments
        if this or node.type != "arrow_function":
            self.context.arguments = ""
            self.context.this = this or self._object_around(node)
        kept_prelude, kept_lambda, kept_ranges = self.context.prelude, self.context.in_lambda, self.context.ranges
        self.context.prelude, self.context.in_lambda, self.context.ranges = [], 0, []
        kept_loops, self.context.loops = self.context.loops, []
        self.context.within.append(node)
        try:
            names, first = self._all_arguments(node) if uses_arguments(node) else self._parameters(node)
            if this:
                names.insert(0, this)
            scope = self.names.scopes[node.id]
            lines = []
            for word, group in self._outer(scope.assigns).items():
                lines.append(f"{word} {', '.join(group)}")
            lines += [
                f"{variable.python} = js.UNDEFINED"
                for variable in scope.names.values()
                if self.needs_initializer(variable)
            ]
            own = node.child_by_field_name("name") if node.type == "function_expression" else None
            if own is not None and self.names.of[own.id].reads and self.names.of[own.id].python != name:
                lines.append(f"{self.names.of[own.id].python} = {name}")
            lines += [*first, *(before_body or []), *self._body(node)]
        finally:
            self.context.prelude, self.context.in_lambda, self.context.ranges = kept_prelude, kept_lambda, kept_ranges
            self.context.loops = kept_loops
            self.context.within.pop()
            self.context.this, self.context.arguments = outer_this, outer_arguments
        word = "async def" if self.is_async(node) and not self.sync else "def"
        decorators = []
        if self.module.main is not None and node.id == self.module.main.id:
            decorators.append(f"@{self.function_decorator()}({AS_IN_JAVASCRIPT})")
            if self.module.needs_background():
                decorators.append("@js.finishing")  # outermost: the result is made before the wait
            if len(names) > 2:
                decorators += ["@js.handler", "@js.with_callback"]
            elif not self._gives_plain(node):
                decorators.append("@js.handler")
        if node.id in self.context.flattened:
            decorators.append("@js.flattened")
        return [*decorators, f"{word} {name}({', '.join(names)}):", *indented(lines)]

    def _object_around(self, method: Node) -> str:
        """Return the constant whose method it is: ``const api = { get() { return this.x } }``."""
        if is_exported_method(method):
            return EXPORTS if _method_name(method) not in self.module.imported_names else ""
        literal = method.parent if method.parent is not None and method.parent.type != "pair" else None
        if method.parent is not None and method.parent.type == "pair":
            literal = method.parent.parent
        declarator = literal.parent if literal is not None and literal.type == "object" else None
        if declarator is None or declarator.type != "variable_declarator":
            return ""
        variable = self.names.of.get(field(declarator, "name").id)
        name = _method_name(method)
        is_accessor = has(method, "get") or has(method, "set")  # its `this` is what it is read of
        if variable is None or not variable.is_constant:
            return ""
        return variable.python if is_accessor or not any(_may_detach(each, name) for each in variable.reads) else ""

    def _gives_plain(self, function: Node) -> bool:
        body = strip(field(function, "body"))
        is_awaited = self.is_async(function) and not self.sync
        if body.type != "statement_block":
            return self.sdk.is_result(body, is_awaited=is_awaited)
        given = [child_nodes(each)[0] for each in returns(body) if has_value(each)]
        return all(self.sdk.is_result(each, is_awaited=is_awaited) for each in given)

    def _outer(self, variables: list[Variable]) -> dict[str, list[str]]:
        result: dict[str, list[str]] = {}
        for variable in variables:
            if id(variable) not in self.module.requires:
                word = "global" if variable.scope.function is self.names.root else "nonlocal"
                result.setdefault(word, []).append(variable.python)
        return result

    def needs_initializer(self, variable: Variable) -> bool:
        """Return whether a ``var`` may be read before it is assigned, or only assigned in some branch."""
        if variable.kind != "var":
            return False
        return may_be_unset(variable) or (bool(variable.inside) and variable.scope is not self.names.root)

    def yields(self, node: Node) -> list[str]:
        """Write ``yield value`` and ``yield* values`` whose value nobody uses."""
        if not has(node, "*") or self.sync or not self.is_async(self.context.within[-1]):
            return [self.yielded(node)]
        name = self.unique_name("item")
        values = child_nodes(node)[0]
        return [f"{self.each_awaited(values, self.expr(values), name)}:", f"    yield {name}"]

    def yielded(self, node: Node) -> str:
        """Write ``yield value`` and ``yield* values`` of a generator."""
        args = child_nodes(node)
        if has(node, "*"):
            code = self.expr(args[0])
            return f"yield from {code if self.generator_of(args[0]) is not None else call('js.iterate', code)}"
        if not args:
            return "yield js.UNDEFINED"
        return f"yield {self.returned_value(args[0])}"

    def each_awaited(self, values: Node, code: Py, target: str) -> str:
        """Write the head of ``for await (target of values)``; `code` is that of the values."""
        generator = self.generator_of(values)
        if self.sync:
            return f"for {target} in {code if generator is not None else call('js.iterate', code)}"
        is_known = generator is not None and self.is_async(generator)
        return f"async for {target} in {code if is_known else call('js.each_awaited', code)}"

    def _require_plain_generator(self, node: Node) -> None:
        """Refuse what an async generator of Python does not do, or at another time."""
        body = field(node, "body")
        if any(has_value(each) for each in returns(body)):
            raise Untranslated("an async generator that returns a value")
        if self.has_node(body, "finally_clause"):
            raise Untranslated("finally in an async generator: a loop that is left early runs it later in Python")

    def _parameters(self, node: Node) -> tuple[list[str], list[str]]:
        names: list[str] = []
        lines: list[str] = []
        is_main = self.module.main is not None and node.id == self.module.main.id
        for each in parameters_of(node):
            if each.id in self.context.unused:
                continue
            default = None
            if each.type in ("required_parameter", "optional_parameter"):
                default, each = maybe_field(each, "value"), field(each, "pattern")
            if each.type == "assignment_pattern":
                default, each = field(each, "right"), field(each, "left")
            if each.type == "rest_pattern":
                inner = child_nodes(each)[0]
                if inner.type != "identifier":
                    raise Untranslated("a pattern as a rest parameter")
                names.append(f"*{self.parameter(inner).python}")
                lines.append(f"{self.parameter(inner).python} = list({self.parameter(inner).python})")
                continue
            plain = each.type == "identifier"
            base = ("event", "context")[len(names)] if is_main and len(names) < 2 else "value"
            name = self.parameter(each).python if plain else self.unique_name(base)
            names.append(name)
            if default is not None:
                code = self.expr(default)
                lines += [*self.take_prelude(), f"if {name} is js.UNDEFINED:", f"    {name} = {code}"]
            if not plain:
                lines += self.patterns.bind(each, Py(name), each)
        if is_main:
            names += [self.unique_name(base) for base in ("event", "context")[len(names) :]]
        return names + self._loop_defaults(node), lines

    def _body(self, node: Node) -> list[str]:
        body = field(node, "body")
        is_main = self.module.main is not None and node.id == self.module.main.id
        if body.type != "statement_block":
            value = self.returned_value(body)
            return [*self.take_prelude(), f"return {value}"]
        is_main = self._has_no_result(node) or is_generator(node)
        lines = self.block(body)
        gives = any(has_value(each) for each in returns(body))
        if not is_main and not always_ends(body) and (gives or self._value_is_used(node)):
            lines.append("return js.UNDEFINED")
        return lines

    def returned_value(self, node: Node, code: Py | None = None) -> Py:
        """Write the value of a return statement, or take `code` for it: a promise is awaited, as async functions do."""
        node = strip(node)
        if self.context.within and self.is_async(self.context.within[-1]) and self.is_resolved(node):
            return self.resolved_value(node)
        code = code or self.expr(node)
        if not self.context.within or not self.is_async(self.context.within[-1]) or self.sync:
            return code
        type_ = self.type_of(node)
        if text_of(node).startswith("console."):
            return code
        if type_ == frozenset({"promise"}):
            return self.awaited(code)
        return self.awaited(call("js.wait", code)) if "promise" in type_ else code

    def returns_undefined(self) -> bool:
        """Return whether a bare return of the function around has to say what it gives."""
        node = self.context.within[-1]
        is_main = self._has_no_result(node) or is_generator(node)
        gives = any(has_value(each) for each in returns(field(node, "body")))
        return not is_main and (gives or self._value_is_used(node))

    def _has_no_result(self, node: Node) -> bool:
        """Return whether nothing has to be returned at the end: by ``main``, and by a constructor."""
        if node.type == "method_definition" and text_of(node.child_by_field_name("name")) == "constructor":
            return True
        return self.module.main is not None and node.id == self.module.main.id

    def _value_is_used(self, node: Node) -> bool:
        name, owner = passed_to(node)
        if (owner is not None and name == "forEach") or self.types.is_route(node):
            return False
        args = node.child_by_field_name("name") if node.type != "method_definition" else None
        declarator = node.parent
        if declarator is not None and declarator.type == "variable_declarator":
            args = field(declarator, "name")
        variable = self.names.of.get(args.id) if args is not None else None
        if variable is None:
            return True
        for read in variable.reads:
            use = read.parent
            if use is None or use.type != "call_expression" or strip(field(use, "function")).id != read.id:
                return True
            while use.parent is not None and use.parent.type in ("await_expression", "parenthesized_expression"):
                use = use.parent
            if use.parent is None or use.parent.type != "expression_statement":
                return True
        return any(text_of(value) == variable.name for value in self.module.exports.values())

    def define(self, function: Node, name: str) -> list[str]:
        main = self.module.main
        try:
            return self.definition(function, name)
        except Untranslated as error:
            if main is None or function.id != main.id:
                raise
            marked = self.todos.todo(function, str(error), error.cause)
            message = self.todos.message(function, str(error))
            return [
                *(line for line in marked if line.startswith("#")),
                f"@{self.function_decorator()}",
                f"def {name}(event, context):",
                f"    raise js.NotTranslated({message})",
            ]

    def function_decorator(self) -> str:
        face = "cloudpy.sync" if self.sync else "cloudpy"
        for variable in self.names.root.names.values():
            source, name = self.module.requires.get(id(variable), ("", "-"))
            if source == SDK and name in ("", "default"):
                self.context.sdk_name = variable.python
        if not self.context.sdk_name:
            self.context.sdk_name = "cloud" if "cloud" not in self.names.pythons else self.unique_name("cloud")
        self.context.imports.append(f"import {face} as {self.context.sdk_name}")
        return f"{self.context.sdk_name}.function"


def _identifier(hint: str) -> str:
    hint = snake_case(hint)
    if not (hint.isidentifier() and hint.islower()):
        return ""
    return f"{hint}_" if hint in RESERVED else hint


def _route(function: Node) -> str:
    """Return the name that a handler is registered with: ``list`` of ``app.router("list", async ctx => …)``."""
    arguments = function.parent
    if arguments is None or arguments.type != "arguments" or child_nodes(arguments)[0].type != "string":
        return ""
    return re.sub(r"\W", "_", string_value(child_nodes(arguments)[0]))


def _method_name(method: Node) -> str:
    around = method.parent
    if around is not None and around.type == "assignment_expression":
        return text_of(field(around, "left")).rpartition(".")[2]
    owner = around if around is not None and around.type == "pair" else method
    return text_of(owner.child_by_field_name("key") or owner.child_by_field_name("name"))


def _may_detach(read: Node, name: str) -> bool:
    """Return whether a use of an object may call its method `name` with another ``this``."""
    use = read.parent
    if use is None or use.type in ("spread_element", "arguments", "subscript_expression"):
        return True
    if use.type == "variable_declarator":
        return field(use, "name").type == "object_pattern"
    if use.type != "member_expression" or text_of(use.child_by_field_name("property")) != name:
        return False
    call = use.parent
    return call is None or call.type != "call_expression" or strip(field(call, "function")).id != use.id

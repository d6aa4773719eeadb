"""Parameters of functions, and the arguments of calls that fit them."""

from __future__ import annotations

from .code import Py
from .context import Part
from .diagnostics import Untranslated
from .jstypes import EACH
from .nodes import FUNCTIONS, parameters_of, passed_to, strip, text_of, uses_arguments
from .syntax import Node
from .variables import Variable

_AT_ONCE = EACH | {"sort", "reduce", "replace", "replaceAll", "from"}


class Parameters(Part):
    """Write arguments, ``arguments``, and what a function keeps of the round of a loop."""

    def has_busy_extra(self, function: Node, args: list[Node]) -> bool:
        """Whether a function does not take an argument in which something happens."""
        parameters = parameters_of(function)
        is_open = uses_arguments(function) or (bool(parameters) and text_of(parameters[-1]).startswith("..."))
        return not is_open and not all(self.is_idle(each) for each in args[len(parameters) :])

    def fit_arguments(self, function: Node, args: list[Node]) -> list[Py]:
        """Write as many arguments as a function takes: a missing one is undefined, an extra one must do nothing."""
        parameters = parameters_of(function)
        if uses_arguments(function):
            return self.arguments(args)
        if parameters and text_of(parameters[-1]).startswith("..."):
            result = self.arguments(args)
            return result + [Py("js.UNDEFINED")] * (len(parameters) - 1 - len(result))
        if self.has_busy_extra(function, args):
            raise Untranslated("an extra argument that has side effects")
        is_main = self.module.main is not None and function.id == self.module.main.id
        result = self.arguments(args[: len(parameters)])
        return result + [Py("js.UNDEFINED")] * ((2 if is_main else len(parameters)) - len(result))

    def parameter(self, node: Node) -> Variable:
        """Return the variable of a plain parameter."""
        return self.names.of[node.id]

    def _loop_defaults(self, node: Node) -> list[str]:
        """Write ``*, i=i`` for each variable of a loop's round that a function may need after the round."""
        scope = self.names.scopes[node.id]
        result = []
        for variable in self.names.captured.get(node.id, ()):
            if variable.scope.is_function or not variable.scope.is_in_loop:
                continue
            if not scope.is_inside(variable.scope) or self._is_used_at_once(node, variable):
                continue
            loop = variable.node.parent
            of_head = (
                loop is not None
                and loop.parent is not None
                and loop.parent.parent is not None
                and loop.parent.parent.type == "for_statement"
            )
            if (any(kind != "=" for kind, _ in variable.writes) and not of_head) or any(
                kind == "=" for kind, _ in variable.writes
            ):
                raise Untranslated(f"a function uses {variable.name}, which is assigned in the loop around it")
            if of_head and self._assigned_in(variable, node):
                raise Untranslated(f"a function assigns {variable.name} of the loop around it")
            if variable.value is not None and strip(variable.value).id == node.id:
                raise Untranslated(f"{variable.name} calls itself and is created in each round of a loop")
            result.append(f"{variable.python}={variable.python}")
        return ["*", *result] if result else []

    def _assigned_in(self, variable: Variable, node: Node) -> bool:
        return variable in self.names.scopes[node.id].assigns

    def _is_used_at_once(self, node: Node, variable: Variable) -> bool:
        at: Node | None = node
        while at is not None and at.id != variable.scope.node.id:
            name, owner = passed_to(at) if at.type in FUNCTIONS else ("", None)
            if owner is not None and name in _AT_ONCE:
                if not self.is_async(at):
                    return True
                around = (
                    at.parent.parent.parent.parent
                    if at.parent and at.parent.parent and at.parent.parent.parent
                    else None
                )
                if (
                    around is not None
                    and text_of(around.child_by_field_name("function")).startswith("Promise.all")
                    and around.parent
                    and around.parent.type == "await_expression"
                ):
                    return True
            at = at.parent
        return False

    def _all_arguments(self, node: Node) -> tuple[list[str], list[str]]:
        """Write the parameters of a function that uses ``arguments``."""
        name = "arguments" if "arguments" not in self.names.pythons else self.unique_name("arguments")
        self.context.arguments = name
        lines = [f"{name} = list({name})"]
        for at, each in enumerate(parameters_of(node)):
            if each.type != "identifier" or self.parameter(each).writes:
                raise Untranslated("`arguments` beside parameters that are assigned or taken apart")
            lines.append(f"{self.parameter(each).python} = {name}[{at}] if len({name}) > {at} else js.UNDEFINED")
        return [f"*{name}", *self._loop_defaults(node)[1:]], lines

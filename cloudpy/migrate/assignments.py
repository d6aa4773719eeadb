"""Assignments, as statements and as expressions."""

from __future__ import annotations

from .code import ADD, ATOM, COMPARE, TERNARY, Py, call, indented, negated, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .instances import Instances
from .items import Items
from .jstypes import LISTS, NIL, NUMBERS, OBJECTS, TEXTS, WHOLE, js_type
from .nodes import child_nodes, field, has, optional_links, strip, text_of
from .operators import Operators
from .patterns import Patterns
from .plain_keys import is_taken_for_object, may_be_place
from .syntax import Node


class Assignments(Part):
    """Write assignments to a name or to a property."""

    def __init__(self, context: Context, operators: Operators, instances: Instances, patterns: Patterns) -> None:
        super().__init__(context)
        self.operators = operators
        self.instances = instances
        self.patterns = patterns
        self.items = Items(context)
        context.store = lambda left, value: self._store(left, value, None)
        context.expressions |= {
            "assignment_expression": self._assignment_expression,
            "augmented_assignment_expression": self._augmented_assignment_expression,
            "update_expression": self._update_expression,
        }

    def started_promise(self, node: Node, code: Py) -> Py:
        """Start a promise that is not awaited where it is made, as Node does."""
        if self.sync and self.type_of(node) == js_type("promise") and self._may_fail_late():
            raise Untranslated("a promise that is awaited later than it is made, without await")
        if self.sync or "promise" not in self.type_of(node):
            return code
        if self.type_of(node) == js_type("promise"):
            inner = strip(node)
            is_call = inner.type == "call_expression" and self.module.is_cloud_call(inner)
            if inner.type in ("identifier", "member_expression", "subscript_expression") or _is_awaited_next(node):
                return code  # it was made before, or nothing happens before it is awaited
            if not self.context.within:
                raise Untranslated("a promise created when the file is loaded")
            if not is_call and self.types.sent(inner) is None:
                self.caveat(node, "Node runs an async function up to its first await at once; here it starts later")
            return call("asyncio.ensure_future", code)
        return code

    def _may_fail_late(self) -> bool:
        """Whether the function around catches errors: without await a promise fails where it is made."""
        return bool(self.context.within) and self.has_node(field(self.context.within[-1], "body"), "try_statement")

    def assign(self, node: Node) -> list[str]:
        left, right = field(node, "left"), field(node, "right")
        if (
            right.type == "assignment_expression"
            and left.type == "identifier"
            and field(right, "left").type == "identifier"
        ):
            lines = self.assign(right)
            target = self.expr(left)
            return [*lines, f"{target} = {self.expr(field(right, 'left'))}"]
        if left.type in ("array_pattern", "object_pattern"):
            return self._assign_pattern(left, right)
        value = self.expr(right)
        if left.type == "identifier":
            variable = self.variable_of(left)
            if variable is None or variable.kind == "const" or id(variable) in self.module.requires:
                raise Untranslated(f"an assignment to {text_of(left)}, which is a constant or not declared")
            value = self.started_promise(right, value)
            return [*self.take_prelude(), f"{self.expr(left)} = {value}"]
        return self._store(left, value, right)

    def _assign_pattern(self, left: Node, right: Node) -> list[str]:
        """Write an assignment to the names and properties of a pattern."""
        targets = _targets(left)
        for each in targets:
            variable = self.variable_of(each)
            if each.type in ("member_expression", "subscript_expression"):
                continue
            if variable is None or variable.kind == "const" or id(variable) in self.module.requires:
                raise Untranslated(f"an assignment to {text_of(each)}, which is a constant or not declared")
        plain = left.type == "array_pattern" and all(each.type == "identifier" for each in child_nodes(left))
        same = (
            right.type == "array" and len(child_nodes(left)) == len(child_nodes(right)) == text_of(left).count(",") + 1
        )
        if plain and same and all(each.type != "spread_element" for each in child_nodes(right)):
            names = ", ".join(str(self.expr(each)) for each in child_nodes(left))
            values = ", ".join(self.expr(each).at(COMPARE) for each in child_nodes(right))
            return [*self.take_prelude(), f"{names} = {values}"]
        swapped = self.items.swapped(left, right)
        if swapped is not None:
            return [swapped]
        name = self.unique_name("found")
        code = self.expr(right)
        return [*self.take_prelude(), f"{name} = {code}", *self.patterns.bind(left, Py(name), right)]

    def _store(self, left: Node, value: Py, right: Node | None) -> list[str]:
        """Write ``owner.key = value`` as a statement."""
        if left.type == "member_expression":
            stored = self.instances.store(field(left, "object"), text_of(field(left, "property")), value)
            if stored is not None:
                return stored
        if self._is_emptying(left, right):
            return [f"{self.expr(field(left, 'object')).at(ATOM)}.clear()"]
        if left.type == "member_expression" and text_of(field(left, "property")) == "lastIndex":
            holder = field(left, "object")
            if self.type_of(holder) == js_type("regex") and holder.type == "identifier":
                return [f"{self.expr(holder)}.lastIndex = {value}"]
        owner, key = self._target(left)
        if self.type_of(field(left, "object")) <= LISTS and left.type == "member_expression":
            raise Untranslated("a property of an array that is not an index")
        simple = right is None or self.is_pure(right) or self.is_pure(field(left, "object"))
        index = field(left, "index") if left.type == "subscript_expression" else None
        texts = index is None or (bool(self.type_of(index)) and self.type_of(index) <= TEXTS)
        texts = texts or (index is not None and self.context.lookups.takes(self.types, field(left, "object"), index))
        pure_index = index is None or self.is_pure(index) or right is None or self.is_pure(right)
        owner_type = self.type_of(field(left, "object"))
        is_known = left.type == "member_expression" or (index is not None and index.type == "string")
        plain = self.plain_to_read(left) | {"obj"} if is_known and owner_type & OBJECTS else OBJECTS
        holder = field(left, "object")
        is_plain = bool(owner_type) and owner_type <= plain
        if not is_plain and key.text != '"__proto__"' and not (index is not None and may_be_place(index, holder)):
            is_plain = is_taken_for_object(self.types, holder, owner_type, self.types.sites(holder))
        if index is not None and self.items.is_item(left) and self.types.facts.is_loud(left):
            is_plain = texts = self.items.is_own_place(
                holder, index
            )  # it raises where JavaScript makes the list longer
        if is_plain and texts and simple and pure_index:
            return [f"{owner.at(ATOM)}[{key}] = {value}"]
        return [str(call("js.put", owner, key, value))]

    def delete(self, target: Node) -> Py | None:
        """Write ``delete owner.key`` as a statement; None where a helper has to do it."""
        if target.type not in ("member_expression", "subscript_expression") or optional_links(target):
            return None
        holder, index = field(target, "object"), target.child_by_field_name("index")
        is_text = index is None or (bool(self.type_of(index)) and self.type_of(index) <= TEXTS)
        if index is not None and self.context.lookups.takes(self.types, holder, strip(index)):
            is_text = True
        type_ = self.type_of(holder)
        is_object = bool(type_) and type_ <= OBJECTS | NIL
        if not is_object and not (index is not None and may_be_place(index, holder)):
            is_object = is_taken_for_object(self.types, holder, type_, self.types.sites(holder))
        if not is_text or not is_object:
            return None
        key = quoted(text_of(field(target, "property"))) if index is None else str(self.expr(index))
        return Py(f"{self.expr(holder).at(ATOM)}.pop({key}, None)")

    def _is_emptying(self, left: Node, right: Node | None) -> bool:
        """Whether it is ``list.length = 0`` for what surely is a list."""
        if left.type != "member_expression" or text_of(field(left, "property")) != "length" or right is None:
            return False
        type_ = self.type_of(field(left, "object"))
        return bool(type_) and type_ <= LISTS and text_of(right) == "0"

    def augment(self, node: Node) -> list[str]:
        left, right = field(node, "left"), field(node, "right")
        sign = text_of(node.child_by_field_name("operator"))[:-1]
        if sign in ("||", "&&", "??"):
            if not self.is_pure(left):
                raise Untranslated("an assignment whose left side has side effects")
            old = self.operators.condition(left) if sign != "??" else call("js.is_nil", self.operators.nullish(left))
            test = negated(old) if sign == "||" else old
            lines = (
                [f"{self.expr(left)} = {self.expr(right)}"]
                if left.type == "identifier"
                else self._store(left, self.expr(right), right)
            )
            return [f"if {test}:", *indented(lines)]
        if left.type != "identifier":
            owner = self.variable_of(field(left, "object"))
            is_fixed = owner is not None and owner.is_constant
            if not self.is_pure(left):
                raise Untranslated("an assignment whose left side has side effects")
            if self.has_node(right, "await_expression") and not is_fixed and field(left, "object").type != "this":
                raise Untranslated("an assignment that reads its left side before an await")
        added = self.expr(right)
        value = self.operators.arithmetic(sign, self.expr(left), added, node)
        is_name = left.type == "identifier"
        lines = [f"{self.expr(left)} = {value}"] if is_name else self._store(left, value, right)
        return self._shortened(sign, self.expr(left), lines, added)

    def _shortened(self, sign: str, left: Py, lines: list[str], right: Py) -> list[str]:
        """Write ``x += y`` for ``x = x + y``."""
        start = f"{left} = {left} {sign} "
        if len(lines) != 1 or not lines[0].startswith(start):
            return lines
        rest = lines[0][len(start) :]
        return [f"{left} {sign}= {right if rest == f'({right})' else rest}"]

    def update(self, node: Node) -> list[str]:
        argument = field(node, "argument")
        sign = "+" if has(node, "++") else "-"
        code = self.expr(argument)
        is_name = argument.type == "identifier"
        if not is_name and not self.is_pure(argument):
            raise Untranslated("++ or -- whose operand has side effects")
        if self.operators.signs.may_be_counted(node, argument):
            value = Py(f"{code.at(ADD)} {sign} 1", ADD)
        else:
            number = code if is_name and self.type_of(argument) <= NUMBERS else call("js.number", code)
            value = call("js.add" if sign == "+" else "js.sub", number, "1")
        lines = [f"{code} = {value}"] if is_name else self._store(argument, value, None)
        return self._shortened(sign, code, lines, Py("1"))

    def _assignment_expression(self, node: Node) -> Py:
        left = field(node, "left")
        return self.assigned(left, self.expr(field(node, "right")))

    def assigned(self, left: Node, value: Py) -> Py:
        if left.type == "identifier":
            variable = self.variable_of(left)
            if variable is None or self.context.in_lambda:
                raise Untranslated("an assignment to a name that is not declared, or inside a lambda")
            if variable.kind == "const" or id(variable) in self.module.requires:
                raise Untranslated("an assignment to a constant")
            return Py(f"({variable.python} := {value.at(TERNARY)})")
        if left.type in ("member_expression", "subscript_expression"):
            owner, key = self._target(left)
            if key.text.startswith('"#'):
                raise Untranslated("an assignment to a private field inside an expression")
            return call("js.put", owner, key, value)
        raise Untranslated("an assignment to a pattern inside an expression")

    def _target(self, left: Node) -> tuple[Py, Py]:
        """Return the owner and the key of what is assigned."""
        owner = field(left, "object")
        if left.type == "member_expression":
            name = text_of(field(left, "property"))
            if name in ("length", "__proto__", "prototype") or text_of(owner) in (
                "exports",
                "module",
                "module.exports",
            ):
                raise Untranslated(f"setting {name} is not translated")
            if self.module.is_cloud(owner) or (self.variable_of(owner) is None and owner.type == "identifier"):
                raise Untranslated(f"setting a property of {text_of(owner)} is not translated")
            return self.expr(owner), Py(quoted(name))
        index = field(left, "index")
        return self.expr(owner), self.expr(index)

    def _augmented_assignment_expression(self, node: Node) -> Py:
        left, sign = field(node, "left"), text_of(node.child_by_field_name("operator"))[:-1]
        if sign in ("||", "&&", "??"):
            raise Untranslated(f"{sign}= inside an expression")
        if left.type != "identifier" and not self.is_pure(left):
            raise Untranslated("an assignment whose left side has side effects")
        right = field(node, "right")
        if not self.is_pure(right) and self.has_node(right, "await_expression"):
            raise Untranslated("an assignment that reads the old value before an await")
        return self.assigned(left, self.operators.arithmetic(sign, self.expr(left), self.expr(right), node))

    def _update_expression(self, node: Node) -> Py:
        argument = field(node, "argument")
        sign = "+" if has(node, "++") else "-"
        is_whole = self.type_of(argument) and self.type_of(argument) <= WHOLE
        if argument.type != "identifier" or not is_whole:
            return self._updated(
                argument, "js.add" if sign == "+" else "js.sub", is_after=node.children[0].id == argument.id
            )
        variable = self.variable_of(argument)
        if variable is None or self.context.in_lambda:
            raise Untranslated(f"{sign}{sign} inside a lambda")
        set_ = f"({variable.python} := {variable.python} {sign} 1)"
        if node.children[0].type in ("++", "--"):
            return Py(set_)
        return Py(f"{set_} {'-' if sign == '+' else '+'} 1", ADD)

    def _updated(self, argument: Node, helper: str, *, is_after: bool) -> Py:
        """Write ``++`` and ``--`` of what may be any value; `is_after` for the value before the change."""
        if self.context.in_lambda or not self.is_pure(argument):
            raise Untranslated("++ or -- inside a lambda, or of an operand that has side effects")
        is_plain = self.operators.signs.may_be_counted(argument.parent or argument, argument)
        if is_plain and (not is_after or self.type_of(argument) <= NUMBERS):
            code = self.expr(argument)
            changed = self.assigned(argument, Py(f"{code.at(ADD)} {'+' if helper == 'js.add' else '-'} 1", ADD))
            if not is_after:
                return changed
            name = self.unique_name("before")
            return Py(f"({name} := {code}, {changed})[0]")
        number = call("js.number", self.expr(argument))
        if not is_after:
            return self.assigned(argument, call(helper, number, "1"))
        name = self.unique_name("before")
        changed = self.assigned(argument, call(helper, name, "1"))
        return Py(f"({name} := {number}, {changed})[0]")


def _targets(pattern: Node) -> list[Node]:
    """Return the names and properties that a pattern assigns."""
    if pattern.type in ("assignment_pattern", "object_assignment_pattern"):
        return _targets(field(pattern, "left"))
    if pattern.type == "pair_pattern":
        return _targets(field(pattern, "value"))
    if pattern.type in ("array_pattern", "object_pattern", "rest_pattern"):
        return [target for child in child_nodes(pattern) for target in _targets(child)]
    return [pattern]


def _is_awaited_next(value: Node) -> bool:
    """Whether the statement after ``const request = send();`` awaits it, before it does anything else."""
    declarator = value.parent
    while declarator is not None and declarator.type == "parenthesized_expression":
        declarator = declarator.parent
    if declarator is None or declarator.type != "variable_declarator" or declarator.parent is None:
        return False
    name, declaration = text_of(field(declarator, "name")), declarator.parent
    statements = child_nodes(declaration.parent)
    after = [each for each in statements if each.start_byte > declaration.start_byte]
    if len(child_nodes(declaration)) != 1 or not after:
        return False
    following = after[0]
    if following.type == "try_statement":
        inside = child_nodes(field(following, "body"))
        following = next((each for each in inside if each.type != "empty_statement"), following)
    at = following
    while at.type not in ("await_expression", "try_statement"):
        parts = child_nodes(at)
        if at.type in ("variable_declarator", "assignment_expression") and parts[0].type == "identifier":
            parts = parts[1:]
        if not parts:
            return False
        at = parts[0]
    return at.type == "await_expression" and text_of(strip(child_nodes(at)[0])) == name

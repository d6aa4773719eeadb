"""Dates that can be datetimes: those whose every use, wherever they get to, has a plain form in Python."""

from __future__ import annotations

from dataclasses import dataclass, field

from .contents import Facts
from .date_creations import COMPARED, DOCUMENT_METHODS, ISO, needs_of, setter_of
from .date_sources import DateSources
from .date_uses import is_again, is_asked, is_checked, is_set, is_tested, reads_of
from .initializers import may_be_unset
from .jstypes import DATABASE, JsType
from .module import Module
from .nodes import (
    FUNCTIONS,
    arguments_of,
    is_async,
    is_called,
    maybe_field,
    parameters_of,
    strip,
    text_of,
)
from .nodes import field as field_of
from .syntax import Node
from .variables import Variable


@dataclass
class Group:
    """Dates that get to the same places.

    Attributes:
        needs: what their uses need: the parts of the clock, UTC, a zone, or only the number.
        members: ids of the variables and of the nodes that are of the group.
        kept: where one is kept by something else; `set`: where a variable is changed.
        may_be_invalid: whether one is made of what may be no date; `is_sure`: of what has to be one.
        is_checked: whether the program asks if one is invalid; `may_be_null`: whether null stands for none.
        reckoned: where two are compared or subtracted.
    """

    needs: set[str] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    kept: list[Node] = field(default_factory=list)
    set: list[tuple[Variable, Node]] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    sources: list[Node] = field(default_factory=list)
    uses: list[Node] = field(default_factory=list)
    zone: str = ""
    may_be_invalid: bool = False
    is_sure: bool = False
    is_checked: bool = False
    may_be_null: bool = False
    reckoned: list[Node] = field(default_factory=list)


class _Unknown(Exception):
    """A use, or a date, that has no plain form."""


class DateGroups(DateSources):
    """Finds the dates of a file that can be datetimes."""

    def __init__(self, module: Module, facts: Facts) -> None:
        super().__init__(module, facts)
        self._groups: dict[int, Group | None] = {}
        self._knew_caught = False

    def zone(self, node: Node) -> str:
        """Return ``utc``, ``local`` or, where the zone does not show, ``naive``; empty for what is no datetime."""
        group = self._group(node)
        return group.zone if group is not None else ""

    def may_be_invalid(self, node: Node) -> bool:
        """Whether a date that is a datetime may be made of what is no date."""
        group = self._group(node)
        return group is not None and group.may_be_invalid

    def _group(self, node: Node) -> Group | None:
        if self._module.tests_dates or self._module.names.root.find("Date") is not None:
            return None
        if self._knew_caught != self._facts.knows_caught:
            self._groups, self._knew_caught = {}, self._facts.knows_caught
        made = self._creation(strip(node), set())
        if made is None:
            return None
        if made.id not in self._groups:
            self._groups[made.id] = None
            group = self._explored(made)
            for each in group.sources if group is not None else [made]:
                self._groups[each.id] = group
        group = self._groups[made.id]
        return group if group is not None and self._key(strip(node)) in group.members else None

    def _key(self, node: Node) -> int:
        variable = self._module.names.of.get(node.id)
        return id(variable) if variable is not None else node.id

    def is_of_clock(self, node: Node) -> bool:
        """Whether a date is reckoned from the present time, and so has parts of a millisecond, which Node has not."""
        made = self._creation(strip(node), set())
        form = self.form(made) if made is not None else None
        if form is None or form.kind not in ("now", "step", "copy"):
            return False
        variable = self._module.names.of.get(strip(node).id)
        is_changed = variable is not None and any(map(is_set, variable.reads))
        return not is_changed and (form.base is None or self.is_of_clock(form.base))

    # ---- what is of one group

    def _explored(self, made: Node) -> Group | None:
        group = Group()
        try:
            self._source(group, made)
            while group.uses:
                self._use(group, group.uses.pop())
            if not all(self._can_be_set(group, *each) for each in group.set):
                return None
        except _Unknown:
            return None
        if "parts" in group.needs and "utc only" in group.needs:
            return None
        if group.may_be_null and not all(map(self._facts.is_loud, group.reckoned)):
            return None
        if group.is_checked and (group.is_sure or not group.may_be_invalid):
            return None
        local = "naive" if group.needs <= {"parts"} else "local"
        group.zone = local if "parts" in group.needs else "utc"
        return group

    def _source(self, group: Group, node: Node) -> None:
        """Take a value into the group: it surely is a date, and each use of it is known."""
        node = strip(node)
        key = self._key(node)
        if key in group.members:
            return
        variable = self._module.names.of.get(node.id)
        if variable is not None:
            self._variable(group, variable)
            return
        group.members.add(key)
        if node.type == "new_expression":
            form = self.form(node)
            if form is None or (form.may_fail and not self._facts.is_loud(node)):
                raise _Unknown
            group.sources.append(node)
            group.needs |= form.needs
            group.may_be_invalid |= form.kind == "any"
            group.is_sure |= form.kind in ("number", "text")
            if form.base is not None:
                self._source(group, form.base)
            group.uses.append(node)
        elif node.type == "call_expression":
            function = self._module.known_function(strip(field_of(node, "function")))
            if function is None:
                raise _Unknown
            self._function(group, function)
        elif node.type == "ternary_expression":
            self._source(group, field_of(node, "consequence"))
            self._source(group, field_of(node, "alternative"))
            group.uses.append(node)
        elif node.type == "null":
            group.may_be_null = True
        else:
            raise _Unknown

    def _variable(self, group: Group, variable: Variable) -> None:
        if id(variable) in group.members:
            return
        group.members.add(id(variable))
        group.variables.append(variable)
        if variable.patterned or any(how != "=" or each is None for how, each in variable.writes):
            raise _Unknown
        values = [each for _, each in variable.writes]
        if variable.kind == "parameter":
            passed = self._passed(variable)
            if not passed:
                raise _Unknown
            values += passed
        elif (
            variable.kind not in ("const", "let", "var")
            or variable.value is None
            or (variable.kind == "var" and may_be_unset(variable))
        ):
            raise _Unknown
        else:
            values.append(variable.value)
        for each in values:
            self._source(group, each)
        group.uses += variable.reads

    def _function(self, group: Group, function: Node) -> None:
        """Take what a function gives into the group, and so each call of it."""
        if function.id in group.members:
            return
        group.members.add(function.id)
        callers, given = self._facts.flow.callers_of(function), self._given(function)
        if not callers or not given:
            raise _Unknown
        for each in given:
            self._source(group, each)
        for caller in callers:
            if caller.how != "call" or caller.module is not self._module:
                raise _Unknown
            group.members.add(caller.node.id)
            group.uses.append(caller.node)

    # ---- what becomes of a date

    def _use(self, group: Group, node: Node) -> None:
        around = node.parent
        while around is not None and around.type == "parenthesized_expression":
            around = around.parent
        if around is None:
            raise _Unknown
        kind = around.type
        if kind == "variable_declarator":
            variable = self._module.names.of.get(field_of(around, "name").id)
            if variable is None:
                raise _Unknown
            self._variable(group, variable)
        elif kind == "assignment_expression":
            self._assigned(group, node, around)
        elif kind == "ternary_expression" and field_of(around, "condition").id != node.id:
            self._source(group, around)
        elif kind == "return_statement" or (kind == "arrow_function" and field_of(around, "body").id == node.id):
            self._returned(group, around)
        elif kind == "arguments":
            self._argument(group, node, around)
        elif kind == "member_expression" and field_of(around, "object").id == node.id:
            self._method(group, node, around)
        elif kind == "binary_expression" and text_of(field_of(around, "operator")) in COMPARED:
            group.needs.add("number")
            group.reckoned.append(around)
        elif not is_tested(node, around):
            self._kept(group, node, around)

    def _assigned(self, group: Group, node: Node, around: Node) -> None:
        variable = self._module.names.of.get(field_of(around, "left").id)
        if variable is None:
            self._kept(group, node, around)
        elif around.parent is None or around.parent.type != "expression_statement":
            raise _Unknown
        else:
            self._variable(group, variable)

    def _returned(self, group: Group, around: Node) -> None:
        at: Node | None = around
        while at is not None and at.type not in FUNCTIONS:
            at = at.parent
        if at is None:
            raise _Unknown
        self._function(group, at)

    def _argument(self, group: Group, node: Node, around: Node) -> None:
        call = around.parent
        if call is None or call.type not in ("new_expression", "call_expression"):
            raise _Unknown
        args = arguments_of(call)
        if call.type == "new_expression":
            if text_of(field_of(call, "constructor")) != "Date" or len(args) != 1:
                raise _Unknown
            self._source(group, call)
            return
        callee = strip(field_of(call, "function"))
        if text_of(callee).startswith("console."):
            return
        function = self._module.known_function(callee)
        if function is None:
            self._kept(group, node, around)
            return
        place = next((at for at, each in enumerate(args) if strip(each).id == strip(node).id), -1)
        parameters = parameters_of(function)
        variable = self._module.names.of.get(parameters[place].id) if 0 <= place < len(parameters) else None
        if variable is None:
            raise _Unknown
        if variable.kind == "parameter" and variable.reads and all(map(self._is_taken, variable.reads)):
            group.needs.add("zone")  # the function makes a new date of it
            return
        if is_async(function) or not all(map(is_asked, variable.reads)):
            group.kept.append(node)
        self._variable(group, variable)

    def _is_taken(self, read: Node) -> bool:
        """Whether a value is only what a date is made of, of any kind of value."""
        made = read.parent.parent if read.parent is not None and read.parent.type == "arguments" else None
        if made is None or made.type != "new_expression":
            return False
        form = self.form(made)
        return form is not None and form.kind == "any" and self.zone(made) != ""

    def _method(self, group: Group, node: Node, member: Node) -> None:
        name, call = text_of(field_of(member, "property")), member.parent
        if call is None or call.type != "call_expression" or field_of(call, "function").id != member.id:
            raise _Unknown
        if "?." in text_of(member):
            raise _Unknown
        if name.startswith("set"):
            variable = self._module.names.of.get(strip(node).id)
            setter = setter_of(call)
            if variable is None or setter is None or (setter.may_fail and not self._facts.is_loud(call)):
                raise _Unknown
            group.needs |= setter.needs
            group.set.append((variable, call))
            return
        needs = needs_of(name, arguments_of(call))
        if needs is None:
            raise _Unknown
        group.is_checked |= name not in ISO and is_checked(call, self._module.names)
        group.needs |= needs

    def _kept(self, group: Group, node: Node, around: Node) -> None:
        """Take a date that goes into the database, or into an object under a key that the program never reads."""
        if around.type == "assignment_expression":
            target = field_of(around, "left")
            is_key = target.type == "member_expression" and field_of(around, "right").id == node.id
            is_fine = is_key and self._is_unread(text_of(field_of(target, "property")))
        elif around.type == "arguments":
            is_fine = self._is_sent(around)
        elif around.type == "pair" or node.type == "shorthand_property_identifier":
            key = text_of(field_of(around, "key")).strip("'\"") if around.type == "pair" else text_of(node)
            part = around if around.type == "pair" else node
            is_fine = self._is_unread(key) or self._goes_to_database(part) or self._takes_reads(group, key)
        else:
            is_fine = False
        if not is_fine:
            raise _Unknown
        group.needs.add("zone")
        group.kept.append(node)

    def _is_unread(self, key: str) -> bool:
        return key.isidentifier() and key not in self._module.read_keys

    def _takes_reads(self, group: Group, key: str) -> bool:
        """Take what is read from a key into the group: only methods that nothing but a date has may be called on it."""
        if not key.isidentifier() or len(self._facts.files) > 1:
            return False
        for made in self._made_under(key):
            self._source(group, made)
        reads = reads_of(self._module.root, key)
        for read in reads or ():
            method = read.parent
            call = method.parent if method is not None and method.type == "member_expression" else None
            if method is None or call is None or not is_called(method) or "?." in text_of(method):
                return False
            name = text_of(field_of(method, "property"))
            if (
                name not in DOCUMENT_METHODS
                or arguments_of(call)
                or not self._facts.is_loud(call)
                or is_checked(call, self._module.names)
            ):
                return False
            group.needs |= needs_of(name, []) or set()
            group.members.add(read.id)
        return reads is not None

    def _goes_to_database(self, part: Node) -> bool:
        """Whether an object literal is an argument of a method of the database."""
        at = part.parent
        while at is not None and at.type in ("object", "pair", "array", "parenthesized_expression"):
            at = at.parent
        return at is not None and at.type == "arguments" and self._is_sent(at)

    def _is_sent(self, arguments: Node) -> bool:
        call = arguments.parent
        callee = maybe_field(call, "function") if call is not None and call.type == "call_expression" else None
        if callee is None or callee.type != "member_expression":
            return False
        type_: JsType = self._facts.files[self._module].of(field_of(callee, "object"))
        return bool(type_) and type_ <= DATABASE

    # ---- a variable that is changed

    def _can_be_set(self, group: Group, variable: Variable, call: Node) -> bool:
        """Whether a new datetime in the variable is the same as a change of the date: nothing else has it before."""
        names = self._module.names
        inside = names.scope_of(call).function
        statement = call.parent
        if statement is None or variable.kind not in ("const", "let", "var") or variable.value is None:
            return False
        increment = statement.child_by_field_name("increment") if statement.type == "for_statement" else None
        if statement.type != "expression_statement" and (increment is None or increment.id != call.id):
            return False
        values = [strip(each) for each in (variable.value, *(each for _, each in variable.writes))]
        if any(each.type != "new_expression" for each in values) or variable.scope.function is not inside:
            return False
        for read in variable.reads:
            around = read.parent
            is_alias = around is None or around.type in (
                "variable_declarator",
                "assignment_expression",
                "ternary_expression",
            )
            is_kept = any(strip(each).id == read.id for each in group.kept) or names.scope_of(read).function != inside
            if is_alias or (is_kept and (read.start_byte < call.start_byte or is_again(variable, read))):
                return False
        return True

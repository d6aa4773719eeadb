"""Statements."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .assignments import Assignments
from .base import refuse
from .code import ATOM, call, indented, negated, quoted
from .endings import Endings
from .kinds import LISTS, kind
from .marks import Mark, Undone, Untranslated
from .syntax import FUNCTIONS, TYPES, bare, field, has, kids, line_of, maybe_field, text_of
from .tree import MAX_DEPTH

if TYPE_CHECKING:
    from .tree import Node

_WITH_BLOCKS = {"statement_block", "switch_body", "class_body"}
_DECLARING = {"lexical_declaration", "variable_declaration", "function_declaration", "class_declaration",
              "import_statement", "export_statement", "generator_function_declaration", "enum_declaration"}  # fmt: skip
# What Python's source may not hold, not even in a comment, or takes for the end of a line
_SIGNS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


class Statements(Assignments, Endings):
    """Blocks, declarations, conditions; loops are beside."""

    marks: list[Mark]
    in_lambda: int

    def block(self, node: Node) -> list[str]:
        if node.type not in ("statement_block", "program"):
            return self.statement(node)
        lines: list[str] = []
        children = node.named_children
        late = [child for child in children if child.type == "function_declaration" and self._is_called_early(child)]
        for child in late:
            lines += self.statement(child)
        before: Node | None = None
        for child in children:
            if child.type == "comment":
                self._comment(child, before, lines)
            elif child not in late:
                if before is not None and lines and child.row - before.end_row > 1 and lines[-1]:
                    lines.append("")
                lines += self.statement(child)
            before = child
        return lines

    def _is_called_early(self, function: Node) -> bool:
        variable = self.names.of.get(field(function, "name").id)
        if variable is None:
            return False
        return any(
            read.start_byte < function.start_byte and self.names.scope_of(read).function is variable.scope.function
            for read in variable.reads
        )

    def _comment(self, node: Node, before: Node | None, lines: list[str]) -> None:
        made = commented(node)
        if (
            before is not None
            and before.end_row == node.row
            and lines
            and len(made) == 1
            and not lines[-1].lstrip().startswith("#")
        ):
            lines[-1] += f"  {made[0]}"
        else:
            if before is not None and lines and node.row - before.end_row > 1 and lines[-1]:
                lines.append("")
            lines += made

    def statement(self, node: Node) -> list[str]:
        """The lines of one statement; of one that cannot be translated, the source as a comment and why."""
        if node.type in TYPES or node.type == "empty_statement":
            return []
        kept, marks = self.prelude, len(self.marks)
        self.prelude = []
        for variable in self.names.declared_in(node) if self.undone else ():
            self.undone.pop(id(variable), None)  # of an earlier look: whether it is made is found out here
        try:
            method = getattr(self, f"_{node.type}", None)
            if method is None:
                raise Untranslated(f"{node.type.replace('_', ' ')} is not translated")
            lines: list[str] = method(node)
            inner = [line for each in self._inner_comments(node) for line in commented(each)]
            return [*inner, *self.prelude, *lines]
        except Untranslated as error:
            del self.marks[marks:]
            return self.marked(node, str(error), error.cause)
        finally:
            self.prelude = kept

    def _inner_comments(self, node: Node) -> list[Node]:
        found: list[Node] = []
        for child in node.named_children:
            if child.type == "comment":
                found.append(child)
            elif (
                child.type not in _WITH_BLOCKS and not child.type.endswith("_statement") and child.type != "else_clause"
            ):
                found += self._inner_comments(child)
        return found

    def marked(self, node: Node, why: str, cause: str = "") -> list[str]:
        """The source as a comment, why it is there, and what keeps it from being passed over."""
        why = _one_line(why)
        source = [_SIGNS.sub(" ", line) for line in text_of(node).splitlines()] or [""]
        indent = min((len(line) - len(line.lstrip()) for line in source[1:] if line.strip()), default=0)
        self.marks.append(Mark(self.module.file, line_of(node), len(source), why, _one_line(cause or why)))
        lines = [f"# TODO(migrate): {why}"]
        lines += [f"# {line}".rstrip() for line in [source[0], *(line[indent:] for line in source[1:])]]
        told = quoted(f"{self.module.file}:{line_of(node)}: {why}")
        undone = Undone(line_of(node), _one_line(cause or why))
        for variable in self.names.declared_in(node):
            self.undone[id(variable)] = undone
        for function in self.within:
            self.unfinished.setdefault(function.id, line_of(node))
        if self.within:
            return [*lines, f"raise js.NotTranslated({told})"]
        exported = [name for name, value in self.module.exports.items() if _is_in(value, node)]
        for name in exported:
            self.module.undone_exports[name] = undone
        if node.type not in _DECLARING and not exported:
            self._changed(node, undone)
        names = [variable.python for variable in self.names.declared_in(node) if variable.scope is self.names.root]
        own = {variable.python for variable in self.names.root.names.values()}
        names += [name for name in map(self.module.export_name, exported) if name not in own]
        for name in dict.fromkeys(names):
            if name == "main":
                lines += ["def main(event, context):", f"    raise js.NotTranslated({told})"]
            else:
                lines.append(f"{name} = js.todo({told})")
        return lines

    def _changed(self, node: Node, undone: Undone) -> None:
        """What a marked statement of the file's top may change is not what it was."""
        if node.type in ("identifier", "shorthand_property_identifier"):
            variable = self.names.of.get(node.id)
            is_function = variable is not None and (
                variable.kind in ("function", "class", "import")
                or (variable.is_constant and variable.value is not None and bare(variable.value).type in FUNCTIONS)
                or id(variable) in self.module.requires
            )
            if variable is not None and variable.scope is self.names.root and not is_function:
                self.undone.setdefault(id(variable), replace(undone, verb="changed"))
        for child in node.named_children:
            self._changed(child, undone)

    # ---- declarations

    def _lexical_declaration(self, node: Node) -> list[str]:
        lines: list[str] = []
        for declarator in kids(node):
            name, value = field(declarator, "name"), maybe_field(declarator, "value")
            if name.type == "identifier":
                lines += self.declared(name, value)
            elif value is not None:
                code = self.taken_apart(name, value)
                lines += [*self._flushed(), *code]
        return lines

    _variable_declaration = _lexical_declaration

    def declared(self, name: Node, value: Node | None) -> list[str]:
        """``const name = value``."""
        variable = self.names.of[name.id]
        if id(variable) in self.module.requires:
            return self.imported(variable)
        if value is None:
            return [f"{variable.python} = js.UNDEFINED"] if variable.kind != "var" else []
        if value.type in FUNCTIONS and variable.is_constant:
            return self.defined(value, variable.python)
        code = self.kept_promise(value, self.expr(value))
        return [*self._flushed(), f"{variable.python} = {code}"]

    def _function_declaration(self, node: Node) -> list[str]:
        return self.defined(node, self.names.of[field(node, "name").id].python)

    def _too_deep(self, node: Node) -> list[str]:
        return [refuse(f"it is nested more than {MAX_DEPTH} levels deep").text]

    def _class_declaration(self, node: Node) -> list[str]:
        return [refuse("a class is not translated").text]

    def _generator_function_declaration(self, node: Node) -> list[str]:
        return [refuse("a generator is not translated").text]

    def _enum_declaration(self, node: Node) -> list[str]:
        parts, count = [], 0
        for each in kids(field(node, "body")):
            if each.type == "enum_assignment":
                value = field(each, "value")
                code = self.expr(value)
                if value.type == "number":
                    count = int(text_of(value))
                    parts += [
                        f"{quoted(text_of(field(each, 'name')))}: {count}",
                        f'"{count}": {quoted(text_of(field(each, "name")))}',
                    ]
                    count += 1
                    continue
                parts.append(f"{quoted(text_of(field(each, 'name')))}: {code}")
            else:
                parts += [f"{quoted(text_of(each))}: {count}", f'"{count}": {quoted(text_of(each))}']
                count += 1
        return [f"{self.names.of[field(node, 'name').id].python} = {{{', '.join(parts)}}}"]

    # ---- simple statements

    def _expression_statement(self, node: Node) -> list[str]:
        inner = bare(kids(node)[0])
        if inner.type == "string":
            return []
        special = self.top_statement(inner)
        if special is not None:
            return special
        if inner.type == "assignment_expression":
            return self._assignment(inner)
        if inner.type == "augmented_assignment_expression":
            return self._augmented(inner)
        if inner.type == "update_expression":
            return self._update(inner)
        if inner.type == "unary_expression" and inner.children[0].type == "delete":
            return [str(self.expr(inner))]
        if inner.type == "binary_expression" and text_of(inner.child_by_field_name("operator")) in ("&&", "||"):
            test = self.cond(field(inner, "left"))
            then = self.expr(field(inner, "right"))
            test = test if has(inner, "&&") else negated(test)
            return (
                [f"if {test}:", f"    {then}"] if self.holds(field(inner, "right"), "call_expression") else [str(then)]
            )
        if inner.type == "call_expression":
            return self._call_statement(inner)
        code = self.expr(inner)
        return [str(code)]

    def _call_statement(self, node: Node) -> list[str]:
        callee = bare(field(node, "function"))
        if callee.type == "member_expression" and text_of(field(callee, "property")) == "push":
            owner, given = field(callee, "object"), kids(node.child_by_field_name("arguments"))
            if self.kind(owner) and self.kind(owner) <= LISTS and len(given) == 1 and given[0].type != "spread_element":
                code = self.kept_promise(given[0], self.expr(given[0]))
                return [f"{self.expr(owner).at(ATOM)}.append({code})"]
        if "promise" in self.kind(node) and self.kind(node) == kind("promise") and not self.sync:
            if self.is_in_promise(node):
                return [str(call("asyncio.ensure_future", self.expr(node)))]
            refuse("nobody waits for this promise: it may not be done when the function ends")
        if self.sync and self.kind(node) == kind("promise"):
            self.risk(node, "nobody waits for this promise in Node; here it is done before the next line")
        code = self.expr(node)
        if "promise" in self.kind(node) and not self.sync and code.text.startswith("js.call("):
            code = call("js.done", code)
        return [str(code)]

    # ---- conditions

    def _if_statement(self, node: Node, word: str = "if") -> list[str]:
        test = self.cond(field(node, "condition"))
        before = self._flushed()
        lines = [f"{word} {test}:", *indented(self.block(field(node, "consequence")))]
        other = maybe_field(node, "alternative")
        if other is not None:
            inner = kids(other)[0]
            remarks = [line for child in other.named_children if child.type == "comment" for line in commented(child)]
            if inner.type == "if_statement" and not remarks:
                kept = self.prelude
                self.prelude = []
                more = self._if_statement(inner, "elif")
                clean = not self.prelude and more[0].startswith("elif")
                self.prelude = kept
                lines += more if clean else ["else:", *indented(self.statement(inner))]
            else:
                lines += ["else:", *indented([*remarks, *self.block(inner)])]
        return [*before, *lines]

    def _statement_block(self, node: Node) -> list[str]:
        return self.block(node)


def commented(node: Node) -> list[str]:
    """The lines of a comment, as Python writes them."""
    written = text_of(node)
    if written.startswith("//"):
        return [f"# {_SIGNS.sub(' ', written[2:]).strip()}".rstrip()]
    inner = written[2:-2].strip("*").splitlines()
    lines = [_SIGNS.sub(" ", line).strip().removeprefix("*").strip() for line in inner]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return [f"# {line}".rstrip() for line in lines] or ["#"]


def _one_line(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", text).split())[:200]


def _is_in(inner: Node, outer: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte

"""Destructuring."""

from __future__ import annotations

from .code import ATOM, TERNARY, Py, call, indented, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import LISTS, NIL, OBJECTS, READABLE, js_type
from .nodes import INBORN, arguments_of, child_nodes, field, parameters_of, string_value, strip, text_of
from .syntax import Node


class Patterns(Part):
    """Write the lines that bind the names of a pattern."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)

    def destructure(self, pattern: Node, value: Node) -> list[str]:
        code = self.expr(value)
        if value.type == "identifier" or (
            pattern.type == "object_pattern"
            and len(child_nodes(pattern)) == 1
            and child_nodes(pattern)[0].type == "shorthand_property_identifier_pattern"
        ):
            return self.bind(pattern, code, value)
        if (
            pattern.type == "array_pattern"
            and value.type == "await_expression"
            and self.type_of(value) == js_type("arr")
            and text_of(value).startswith("await Promise.all([")
            and len(child_nodes(arguments_of(strip(child_nodes(value)[0]))[0])) == len(child_nodes(pattern))
            and all(each.type in ("identifier", "object_pattern", "array_pattern") for each in child_nodes(pattern))
            and sum(child.type == "," for child in pattern.children) == len(child_nodes(pattern)) - 1
        ):
            return self._unpacked(child_nodes(pattern), code)
        name = self.unique_name("found")
        return [f"{name} = {code}", *self.bind(pattern, Py(name), value)]

    def _unpacked(self, parts: list[Node], code: Py) -> list[str]:
        """Write ``first, second = await asyncio.gather(…)``, and what is taken out of each."""
        names = [
            self.names.of[each.id].python if each.type == "identifier" else self.unique_name("found") for each in parts
        ]
        lines = [f"{', '.join(names)}{',' if len(names) == 1 else ''} = {code}"]
        for name, part in zip(names, parts, strict=True):
            if part.type != "identifier":
                lines += self.bind(part, Py(name))
        return lines

    def bind(self, pattern: Node, value: Py, node: Node | None = None) -> list[str]:
        if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
            return [f"{self.names.of[pattern.id].python} = {value}"]
        if pattern.type in ("assignment_pattern", "object_assignment_pattern"):
            target, default = field(pattern, "left"), field(pattern, "right")
            if target.type in ("member_expression", "subscript_expression"):
                raise Untranslated("a default in a pattern that assigns a property")
            plain = target.type in ("identifier", "shorthand_property_identifier_pattern")
            name = self.names.of[target.id].python if plain else self.unique_name("found")
            saved, self.context.prelude = self.context.prelude, []
            code = self.expr(default)
            before, self.context.prelude = self.context.prelude, saved
            lines = [f"{name} = {value}", f"if {name} is js.UNDEFINED:", *indented([*before, f"{name} = {code}"])]
            return lines if plain else [*lines, *self.bind(target, Py(name))]
        if pattern.type in ("member_expression", "subscript_expression"):
            return self.context.store(pattern, value)
        if pattern.type == "object_pattern":
            return self._object_pattern(pattern, value, node)
        if pattern.type == "array_pattern":
            return self._array_pattern(pattern, value, node)
        raise Untranslated(f"{pattern.type.replace('_', ' ')} is not translated")

    def _object_pattern(self, pattern: Node, value: Py, node: Node | None) -> list[str]:
        lines: list[str] = []
        used: list[str] = []
        parts = child_nodes(pattern)
        if not parts:
            raise Untranslated("an empty pattern")
        result = self.types.result(node) if node is not None and node.type != pattern.type else None
        for part in parts:
            if part.type == "rest_pattern":
                name = self.names.of[child_nodes(part)[0].id].python
                lines.append(f"{name} = {self._rest(pattern, value, used)}")
                continue
            key_node, target = part, part
            if part.type == "pair_pattern":
                key_node, target = field(part, "key"), field(part, "value")
            elif part.type == "object_assignment_pattern":
                key_node = field(part, "left")
            if key_node.type == "computed_property_name":
                raise Untranslated("a computed key in a pattern")
            key_text = string_value(key_node) if key_node.type == "string" else text_of(key_node)
            key = quoted(key_text)
            used.append(key)
            if node is not None and node.type != pattern.type and self.is_database(node):
                lines += self.bind(target, Py(f"{value.at(ATOM)}.{text_of(key_node)}"))
            elif result is not None and text_of(key_node) in result:
                lines += self.bind(target, Py(f"{value.at(ATOM)}[{key}]"))
            elif default := self._json_default(part, node):
                lines.append(f"{self.names.of[key_node.id].python} = {value.at(ATOM)}.get({key}, {default})")
            else:
                type_ = self.types.bound(pattern)
                read = self.key_of(part, value, type_, self.types.sites(pattern), key_text)
                lines += self.bind(target, read)
        return lines

    def _rest(self, pattern: Node, value: Py, used: list[str]) -> str:
        """Write what a pattern leaves: of what is no object, JavaScript makes an object, too, and Python raises."""
        type_ = self.types.bound(pattern)
        is_object = bool(type_ & OBJECTS) and type_ <= OBJECTS | NIL
        is_open = bool(type_ & OBJECTS) and type_ <= READABLE | OBJECTS and self.types.facts.is_loud(pattern)
        if not (is_object or is_open):
            return f"js.rest_of({value}, {', '.join(used)})"
        test = f" if key not in ({', '.join(used)})" if len(used) > 1 else f" if key != {used[0]}" if used else ""
        return f"{{key: item for key, item in {value.at(ATOM)}.items(){test}}}"

    def _json_default(self, part: Node, node: Node | None) -> str:
        """Return the default of ``{ name = default } = event``; empty for other owners, whose keys may be undefined."""
        if part.type != "object_assignment_pattern" or node is None or node.type != "identifier":
            return ""
        variable, default = self.variable_of(node), field(part, "right")
        main = self.module.main
        if main is None or variable is None or not variable.is_constant or variable.kind != "parameter":
            return ""
        parameters = parameters_of(main)
        name = text_of(field(part, "left"))
        is_event = bool(parameters) and parameters[0].id == variable.node.id and name not in self.names.put
        simple = default.type in ("string", "number", "true", "false", "null") or text_of(default) in ("[]", "{}")
        return (
            str(self.expr(default)) if is_event and "*" not in self.names.put and simple and name not in INBORN else ""
        )

    def _array_pattern(self, pattern: Node, value: Py, node: Node | None) -> list[str]:
        is_pattern = node is None or node.type == pattern.type
        type_ = self.types.bound(pattern) if is_pattern else self.type_of(node)
        is_list = bool(type_) and type_ <= LISTS
        lines: list[str] = []
        if not is_list or (is_pattern and not value.text.isidentifier()):
            name = self.unique_name("items")
            lines.append(f"{name} = {value}" if is_list else f"{name} = list(js.iterate({value}))")
            value = Py(name)
        for index, part in _placed(pattern):
            if part.type == "rest_pattern":
                lines += self.bind(child_nodes(part)[0], Py(f"{value.at(ATOM)}[{index}:]"))
            elif value.text.isidentifier():
                item = Py(f"{value}[{index}] if len({value}) > {index} else js.UNDEFINED", TERNARY)
                lines += self.bind(part, item)
            else:
                lines += self.bind(part, call("js.get", value, str(index)))
        return lines


def _placed(pattern: Node) -> list[tuple[int, Node]]:
    """Return the parts of an array pattern with their places; it may have holes."""
    result, place = [], 0
    parts = {each.id for each in child_nodes(pattern)}
    for child in pattern.children:
        place += child.type == ","
        if child.id in parts:
            result.append((place, child))
    return result

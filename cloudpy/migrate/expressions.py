"""Literals, names, objects, arrays, templates, properties."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .base import Base, refuse
from .code import ATOM, COMPARE, LAMBDA, TERNARY, Py, call, quoted
from .kinds import LISTS, TEXTS, WHOLE, kind
from .marks import DATE_TEXT
from .syntax import FUNCTIONS, bare, field, has, joined_units, kids, optional_links, string_value, text_of, unescaped

if TYPE_CHECKING:
    from .tree import Node

INBORN = set(
    "constructor toString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString __proto__".split()
)
_HOOKS = {"toJSON", "toString", "valueOf"}
_MAX_DIGITS = 250
_PLATFORM = {"undefined": "js.UNDEFINED", "NaN": "math.nan", "Infinity": "math.inf"}


class Expressions(Base):
    """One method for each kind of node."""

    def expr(self, node: Node) -> Py:
        node = bare(node)
        if node.type in FUNCTIONS:
            return self.function(node)
        method = getattr(self, f"_{node.type}", None)
        if method is None:
            return refuse(f"{node.type.replace('_', ' ')} is not translated")
        found: Py = method(node)
        return found

    def loose(self, node: Node) -> Py:
        node = bare(node)
        if node.type == "member_expression" and not optional_links(node):
            owner, name = field(node, "object"), text_of(field(node, "property"))
            value = self.module.property_value(node)
            if value is None and self.kind(owner) == kind("obj") and name not in INBORN:
                return Py(f"{self.expr(owner).at(ATOM)}.get({quoted(name)})")
        return self.expr(node)

    # ---- literals

    def _string(self, node: Node) -> Py:
        return Py(quoted(joined_units(string_value(node))))

    def _number(self, node: Node) -> Py:
        written = text_of(node).replace("_", "").lower()
        if written.endswith("n"):
            return refuse("a BigInt is another kind of number than those of Python")
        if len(written) > _MAX_DIGITS:
            return refuse(f"a number of more than {_MAX_DIGITS} digits")
        if written[:2] in ("0x", "0o", "0b"):
            value: float = int(written, 0)
        elif written.isdecimal() and len(written) > 1 and written[0] == "0":
            return refuse("an octal number in the old form")
        elif written.isdecimal():
            value = int(written)
        else:
            value = float(written)
            if value == int(value) if abs(value) < 2**53 else False:
                value = int(value)
        if abs(value) > 2**53:
            return Py("math.inf") if value == math.inf else Py(repr(float(value)))
        return Py(repr(value) if written[:2] not in ("0x", "0b", "0o") else written)

    def _true(self, node: Node) -> Py:
        return Py("True")

    def _false(self, node: Node) -> Py:
        return Py("False")

    def _null(self, node: Node) -> Py:
        return Py("None")

    def _undefined(self, node: Node) -> Py:
        return Py("js.UNDEFINED")

    def _regex(self, node: Node) -> Py:
        return self.regex(node)

    def _this(self, node: Node) -> Py:
        return refuse("`this` depends on how a function is called")

    def _template_string(self, node: Node) -> Py:
        parts: list[tuple[str, Py | None]] = []
        for child in node.named_children:
            if child.type == "template_substitution":
                inner = bare(kids(child)[0])
                is_plain = self.kind(inner) and self.kind(inner) <= TEXTS | WHOLE
                code = self.expr(inner) if self.kind(inner) != kind("date") else refuse(DATE_TEXT)
                parts.append(("", code if is_plain else call("js.text", code)))
            else:
                parts.append((unescaped(child), None))
        if not parts:
            return Py('""')
        if all(code is None for _, code in parts):
            return Py(quoted(joined_units("".join(text for text, _ in parts))))
        written = ""
        for text, each in parts:
            code = each if each is not None else Py("")
            if each is None:
                inside = quoted(joined_units(text.replace("{", "{{").replace("}", "}}")))
                if inside[0] == "'":
                    inside = '"' + inside[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
                written += inside[1:-1]
            elif (
                "'" in code.text or "\\" in code.text or "\n" in code.text or ":=" in code.text or "lambda" in code.text
            ):
                pieces = [quoted(joined_units(text)) if code is None else code.at(TERNARY) for text, code in parts]
                return Py(f"js.concat({', '.join(pieces)})")
            else:
                inner_text = code.text.replace('"', "'")
                written += "{" + (" " if inner_text[0] == "{" else "") + inner_text + "}"
        return Py(f'f"{written}"')

    def _object(self, node: Node) -> Py:
        parts = []
        for part in kids(node):
            if part.type == "spread_element":
                inner = bare(kids(part)[0])
                code = self.expr(inner)
                parts.append(f"**{code.at(COMPARE + 1)}" if self.kind(inner) == kind("obj") else f"**js.spread({code})")
            elif part.type == "shorthand_property_identifier":
                parts.append(f"{quoted(text_of(part))}: {self._identifier(part)}")
            elif part.type == "pair":
                value = field(part, "value")
                key = self._key(field(part, "key"))
                self._refuse_hook(key, value)
                parts.append(
                    f"{key}: {self.function(value, key.strip(chr(34))).at(LAMBDA) if value.type in FUNCTIONS else self.expr(value).at(LAMBDA)}"  # noqa: E501
                )
            elif part.type == "method_definition" and not has(part, "get") and not has(part, "set"):
                key = self._key(field(part, "name"))
                self._refuse_hook(key, part)
                parts.append(f"{key}: {self.function(part, key.strip(chr(34)))}")
            else:
                refuse("a getter or setter of an object is not translated")
        return Py("{" + ", ".join(parts) + "}")

    def _refuse_hook(self, key: str, value: Node) -> None:
        name = key.strip('"')
        if name in _HOOKS and (value.type in FUNCTIONS or self.kind(value) == kind("fn")):
            refuse(f"{name} is a function that JavaScript calls by itself")

    def _key(self, node: Node) -> str:
        if node.type == "computed_property_name":
            inner = bare(kids(node)[0])
            code = self.expr(inner)
            return code.at(TERNARY) if self.kind(inner) and self.kind(inner) <= TEXTS else f"js.text({code})"
        if node.type == "string":
            name = string_value(node)
        elif node.type == "number":
            name = text_of(node)
            if not name.isdecimal() or str(int(name)) != name:
                refuse("a key that is a number in another form than its text")
        else:
            name = text_of(node)
        if name == "__proto__":
            refuse("__proto__ is no property like others")
        return quoted(name)

    def _array(self, node: Node) -> Py:
        if any(one.type == other.type == "," for one, other in zip(node.children, node.children[1:], strict=False)) or (
            len(node.children) > 1 and node.children[1].type == ","
        ):
            return refuse("an array with holes")
        return Py("[" + ", ".join(code.at(LAMBDA) for code in self.arguments(kids(node))) + "]")

    def arguments(self, nodes: list[Node]) -> list[Py]:
        made = []
        for node in nodes:
            if node.type == "spread_element":
                inner = bare(kids(node)[0])
                code = self.expr(inner)
                made.append(
                    Py(
                        f"*{code.at(COMPARE + 1)}"
                        if self.kind(inner) and self.kind(inner) <= LISTS
                        else f"*js.iterate({code})"
                    )
                )
            else:
                made.append(self.expr(node))
        return made

    # ---- names

    def _identifier(self, node: Node) -> Py:
        variable = self.names.of.get(node.id)
        name = text_of(node)
        if variable is None:
            if name in _PLATFORM:
                return Py(_PLATFORM[name])
            known = {
                "Number": "js.number",
                "String": "js.text",
                "Boolean": "js.truthy",
                "parseInt": "js.parse_int",
                "parseFloat": "js.parse_float",
                "isNaN": "js.is_nan",
                "encodeURIComponent": "js.encode_component",
            }
            if name in known:
                return Py(known[name])
            return refuse(f"{name} is not known here")
        if id(variable) in self.undone:
            raise self.undone[id(variable)].error(name)
        if id(variable) in self.module.requires:
            return self.required_name(variable, node)
        if variable.kind == "class":
            return refuse("a class is not translated")
        return Py(variable.python)

    _shorthand_property_identifier = _identifier

    # ---- properties

    def _member_expression(self, node: Node) -> Py:
        owner, name = field(node, "object"), text_of(field(node, "property"))
        special = self.member(node, owner, name)
        if special is not None:
            return special
        if self.is_database(owner):
            return self.database_member(owner, name)
        chain = self.chain(node)
        if chain is not None:
            return chain
        return self.read(owner, name, node)

    def read(self, owner: Node, name: str, node: Node) -> Py:
        """``owner.name`` of a value."""
        of = self.kind(owner)
        if name == "length":
            return (
                call("len", self.expr(owner))
                if of and of <= LISTS | kind("bytes ascii")
                else call("js.length", self.expr(owner))
            )
        if of and of <= kind("map set") and name == "size":
            return Py(f"{self.expr(owner).at(ATOM)}.size")
        if self.module.property_value(node) is not None:
            return Py(f"{self.expr(owner).at(ATOM)}[{quoted(name)}]")
        result = self.module.kinds.result(owner)
        if result is not None and name in result and name not in self.names.put:
            return Py(f"{self.expr(owner).at(ATOM)}[{quoted(name)}]")
        if name in INBORN or name == "prototype":
            return refuse(f"{name} is a property that every object has, and Python's do not")
        if name == "stack" and of & kind("err"):
            self.risk(node, "the stack of an error is Python's; its first line is the same")
        if of == kind("err") and name == "message" and "message" not in self.names.put:
            return call("str", self.expr(owner))
        return call("js.get", self.expr(owner), quoted(name))

    def chained(self, node: Node, links: list[Node]) -> Py:
        raise NotImplementedError

    def chain(self, node: Node) -> Py | None:
        """``a?.b.c``; None where nothing is optional in it."""
        links = self.open_links(node)
        if not links:
            return None
        steps: list[Node] = []
        at = node
        while at.type in ("member_expression", "subscript_expression"):
            steps.append(at)
            if at.id == links[0].id:
                break
            at = at.children[0]
            while at.type == "non_null_expression":
                at = at.named_children[0]
        else:
            return self.chained(node, links)
        base = field(steps[-1], "object")
        keys = []
        for step in reversed(steps):
            if step.type == "member_expression":
                keys.append(Py(quoted(text_of(field(step, "property")))))
            else:
                keys.append(self.expr(field(step, "index")))
        if any(key.text.strip('"') in INBORN for key in keys):
            return refuse("a property that every object has, and Python's do not")
        if any(step.type == "subscript_expression" and not self.is_pure(field(step, "index")) for step in steps):
            return refuse("what stands in the brackets of an optional chain is only evaluated when there is an object")
        return call("js.maybe", self.loose(base) if base.type == "member_expression" else self.expr(base), *keys)

    def _subscript_expression(self, node: Node) -> Py:
        chain = self.chain(node)
        if chain is not None:
            return chain
        owner, index = field(node, "object"), field(node, "index")
        if index.type == "string":
            return (
                self.read(owner, string_value(index), node)
                if string_value(index).isidentifier()
                else call("js.get", self.expr(owner), quoted(string_value(index)))
            )
        if self.in_range(owner, index):
            return Py(f"{self.expr(owner).at(ATOM)}[{self.expr(index)}]")
        return call("js.get", self.expr(owner), self.expr(index))

    def in_range(self, owner: Node, index: Node) -> bool:
        """Whether a loop around makes sure that the index is one of the list's."""
        return (text_of(owner), text_of(index)) in self.ranges

    ranges: list[tuple[str, str]]

    def _sequence_expression(self, node: Node) -> Py:
        return refuse("the comma operator")

    def _await_expression(self, node: Node) -> Py:
        inner = bare(kids(node)[0])
        code = self.expr(inner)
        of = self.kind(inner)
        if "promise" not in of and of:
            return code
        if of == kind("promise"):
            return self.waited(code)
        return code if self.sync else self.waited(call("js.wait", code))

    def _spread_element(self, node: Node) -> Py:
        return refuse("a spread here")

    def _new_expression(self, node: Node) -> Py:
        return self.call(node)

    def _call_expression(self, node: Node) -> Py:
        return self.call(node)

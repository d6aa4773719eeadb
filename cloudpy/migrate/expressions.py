"""Literals, names, objects, arrays, templates, properties."""

from __future__ import annotations

import math

from .chains import Chains
from .code import ATOM, COMPARE, LAMBDA, MUL, OR, TERNARY, Py, attribute, call, quoted
from .context import Context, Part
from .database import Databases
from .diagnostics import DATE_TEXT, Untranslated, untranslated
from .failures import Failures
from .functions import Functions
from .instances import Instances
from .items import Items
from .jstypes import COLLECTIONS, LISTS, NIL, NOTHING, OBJECTS, TEXTS, JsType, js_type
from .lengths import is_taken_for_text, tells_emptiness
from .nodes import (
    FUNCTIONS,
    INBORN,
    arguments_of,
    child_nodes,
    field,
    has,
    is_target,
    joined_units,
    string_value,
    strip,
    text_of,
    unescaped,
)
from .plain_sets import PlainSets
from .platform import Platform
from .syntax import Node

_HOOKS = {"toJSON", "toString", "valueOf"}
_MAX_DIGITS = 250
_PLATFORM = {"undefined": "js.UNDEFINED", "NaN": "math.nan", "Infinity": "math.inf", "__filename": "__file__"}
_PLATFORM["__dirname"] = "str(Path(__file__).parent)"


class Expressions(Part):
    """Write expressions: one method for each type of node."""

    def __init__(
        self,
        context: Context,
        chains: Chains,
        databases: Databases,
        platform: Platform,
        functions: Functions,
        instances: Instances,
    ) -> None:
        super().__init__(context)
        self.failures = Failures(context)
        self.items = Items(context)
        self.sets = PlainSets(context)
        self.chains = chains
        self.databases = databases
        self.platform = platform
        self.functions = functions
        self.instances = instances
        context.expressions |= {
            "string": self._string,
            "number": self._number,
            "true": self._true,
            "false": self._false,
            "null": self._null,
            "undefined": self._undefined,
            "template_string": self._template_string,
            "object": self._object,
            "array": self._array,
            "identifier": self._identifier,
            "member_expression": self._member_expression,
            "subscript_expression": self._subscript_expression,
            "sequence_expression": self._sequence_expression,
            "await_expression": self._await_expression,
            "spread_element": self._spread_element,
            "yield_expression": self._yield_expression,
            "shorthand_property_identifier": self._identifier,
        }

    def _string(self, node: Node) -> Py:
        return Py(quoted(joined_units(string_value(node))))

    def _number(self, node: Node) -> Py:
        written = text_of(node).replace("_", "").lower()
        if written.endswith("n"):
            raise Untranslated("a BigInt")
        if len(written) > _MAX_DIGITS:
            raise Untranslated(f"a number of more than {_MAX_DIGITS} digits")
        if written[:2] in ("0x", "0o", "0b"):
            value: float = int(written, 0)
        elif written.isdecimal() and len(written) > 1 and written[0] == "0":
            raise Untranslated("an octal number in the old notation")
        elif written.isdecimal():
            value = int(written)
        else:
            value = float(written)
            if value == int(value) if abs(value) < 2**53 else False:
                value = int(value)
        if abs(value) > 2**53:
            return Py("math.inf") if value == math.inf else Py(repr(float(value)))
        return Py(repr(value) if written[:2] not in ("0x", "0b", "0o") else written)

    def _true(self, _: Node) -> Py:
        return Py("True")

    def _false(self, _: Node) -> Py:
        return Py("False")

    def _null(self, _: Node) -> Py:
        return Py("None")

    def _undefined(self, _: Node) -> Py:
        return Py("js.UNDEFINED")

    def _template_string(self, node: Node) -> Py:
        parts: list[tuple[str, Py | None]] = []
        texts = self.context.plain_texts
        strings = set()  # that Python takes for strings, or raises
        for child in node.named_children:
            if child.type == "template_substitution":
                inner = strip(child_nodes(child)[0])
                code = self.expr(inner) if self.type_of(inner) != js_type("date") else untranslated(DATE_TEXT)
                is_plain = node.id in self.context.shown or texts.is_plain(inner, code)
                if not is_plain and texts.expected.has(inner):
                    is_plain = True
                    strings.add(len(parts))
                parts.append(("", code if is_plain else call("js.text", code)))
            else:
                parts.append((unescaped(child), None))
        if not parts:
            return Py('""')
        if all(code is None for _, code in parts):
            return Py(quoted(joined_units("".join(text for text, _ in parts))))
        written = ""
        for place, (text, each) in enumerate(parts):
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
                written += (
                    "{" + (" " if inner_text[0] == "{" else "") + inner_text + (":s}" if place in strings else "}")
                )
        return Py(f'f"{written}"')

    def _spread(self, value: Node) -> str:
        """Write ``...value`` of an object: of anything but an object two stars raise, where JavaScript may go on."""
        code, type_ = self.expr(value), self.type_of(value)
        is_loud = bool(type_ & OBJECTS) and self.types.facts.is_loud(value)
        if type_ <= OBJECTS or (is_loud and not type_ & NIL):
            return f"**{code.at(COMPARE + 1)}"
        if is_loud or (type_ and type_ <= OBJECTS | NIL):
            return f"**({code.at(OR)} or {{}})"
        return f"**js.spread({code})"

    def _object(self, node: Node) -> Py:
        parts = []
        accessors: dict[str, list[str]] = {}
        for part in child_nodes(node):
            if part.id in self.context.ignored:
                continue
            if part.type == "spread_element":
                parts.append(self._spread(strip(child_nodes(part)[0])))
            elif part.type == "shorthand_property_identifier":
                parts.append(f"{quoted(text_of(part))}: {self._identifier(part)}")
            elif part.type == "pair":
                value = field(part, "value")
                key = self._key(field(part, "key"))
                self._refuse_hook(key, value)
                is_function = value.type in FUNCTIONS
                code = self.functions.function(value, key.strip(chr(34))) if is_function else self.expr(value)
                parts.append(f"{key}: {code.at(LAMBDA)}")
            elif part.type == "method_definition" and not has(part, "get") and not has(part, "set"):
                key = self._key(field(part, "name"))
                self._refuse_hook(key, part)
                parts.append(f"{key}: {self.functions.function(part, key.strip(chr(34)))}")
            else:
                key = self._key(field(part, "name"))
                if part.type != "method_definition" or key[0] != '"':
                    raise Untranslated("a getter or setter in this form")
                if key not in accessors:
                    parts.append(f"{key}: None")
                pair = accessors.setdefault(key, ["js.UNDEFINED", "js.UNDEFINED"])
                pair[has(part, "set")] = str(self.functions.function(part, key.strip('"')))
        written = Py("{" + ", ".join(parts) + "}")
        if accessors:
            pairs = ", ".join(f"{key}: ({', '.join(pair)})" for key, pair in accessors.items())
            return call("js.Accessors", written, f"{{{pairs}}}")
        return written

    def _refuse_hook(self, key: str, value: Node) -> None:
        name = key.strip('"')
        if name in _HOOKS and (value.type in FUNCTIONS or self.type_of(value) == js_type("fn")):
            raise Untranslated(f"{name}: a method that JavaScript calls implicitly")

    def _key(self, node: Node) -> str:
        if node.type == "computed_property_name":
            inner = strip(child_nodes(node)[0])
            code = self.expr(inner)
            return code.at(TERNARY) if self.type_of(inner) and self.type_of(inner) <= TEXTS else f"js.text({code})"
        if node.type == "string":
            name = string_value(node)
        elif node.type == "number":
            name = text_of(node)
            if not name.isdecimal() or str(int(name)) != name:
                raise Untranslated("a numeric key that is not written in decimal")
        else:
            name = text_of(node)
        if name == "__proto__":
            raise Untranslated("__proto__ is not an ordinary property")
        return quoted(name)

    def _array(self, node: Node) -> Py:
        if any(one.type == other.type == "," for one, other in zip(node.children, node.children[1:], strict=False)) or (
            len(node.children) > 1 and node.children[1].type == ","
        ):
            raise Untranslated("an array with holes")
        parts = child_nodes(node)
        is_copy = len(parts) == 1 and parts[0].type == "spread_element"
        if is_copy and (taken := self.sets.taken(child_nodes(parts[0])[0])) is not None:
            return taken
        code = Py("[" + ", ".join(each.at(LAMBDA) for each in self.arguments(parts)) + "]")
        new = any(each.type == "call_expression" and self.type_of(each) == js_type("promise") for each in parts)
        return self.started(node, code) if new and not self.is_gathered(node) else code

    def _identifier(self, node: Node) -> Py:
        variable = self.names.of.get(node.id)
        name = text_of(node)
        if variable is None:
            if name == "arguments" and self.context.arguments:
                return self._arguments(node)
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
            failure = self.failures.undeclared(node)
            if failure is not None:
                return failure
            raise Untranslated(f"{name} is not defined in this file")
        if id(variable) in self.context.unavailable:
            raise self.context.unavailable[id(variable)].error(name)
        if id(variable) in self.module.requires:
            return self.platform.required_name(variable, node)
        return Py(variable.python)

    def _arguments(self, node: Node) -> Py:
        """Write ``arguments`` where it is used as a list."""
        use = node.parent
        taker = use.parent if use is not None and use.type == "arguments" else None
        named = text_of(taker.child_by_field_name("function")) if taker is not None else ""
        taken = use is not None and (
            use.type in ("spread_element", "for_in_statement")
            or (use.type == "subscript_expression" and field(use, "object").id == node.id and not is_target(use))
            or (use.type == "member_expression" and text_of(field(use, "property")) == "length" and not is_target(use))
        )
        if not taken and not named.startswith(("Array.", "[].")) and not named.endswith(".apply"):
            raise Untranslated("`arguments` in this form")
        return Py(self.context.arguments)

    def _member_expression(self, node: Node) -> Py:
        owner, name = field(node, "object"), text_of(field(node, "property"))
        special = self.platform.member(node, owner, name)
        if special is not None:
            return special
        if self.is_database(owner):
            return self.databases.member(owner, name)
        chain = self.chains.chain(node)
        if chain is not None:
            return chain
        return self.read(owner, name, node)

    def read(self, owner: Node, name: str, node: Node) -> Py:
        """Write ``owner.name`` of a value."""
        code = self.instances.read(owner, name)
        if code is not None:
            return code
        type_ = self.type_of(owner)
        if name == "length":
            return self._length(node, owner, type_)
        if type_ - NIL and type_ - NIL <= COLLECTIONS and name == "size":
            return self.sets.size(owner) or Py(f"{self.expr(owner).at(ATOM)}.size")
        if name == "lastIndex" and type_ == js_type("regex") and owner.type == "identifier":
            return Py(f"{self.expr(owner)}.lastIndex")
        if self.module.property_value(node) is not None:
            return Py(f"{self.expr(owner).at(ATOM)}[{quoted(name)}]")
        result = self.types.result(owner)
        if result is not None and name in result and name not in self.names.put:
            return Py(f"{self.expr(owner).at(ATOM)}[{quoted(name)}]")
        if name in INBORN or name == "prototype":
            raise Untranslated(f"{name} is a property that every JavaScript object inherits")
        if name == "stack" and type_ & js_type("err"):
            self.caveat(node, "err.stack shows Python's stack; its first line is the same")
        if type_ == js_type("err") and name == "message" and "message" not in self.names.put:
            return call("str", self.expr(owner))
        code = attribute(self.expr(owner), name, "js.UNDEFINED") if type_ == js_type("err") else None
        return code or self._read_key(owner, name)

    def _length(self, node: Node, owner: Node, type_: JsType) -> Py:
        """Write ``owner.length``."""
        inner = strip(owner)
        if inner.type == "call_expression" and self.module.dotted(field(inner, "function")) == "Object.keys":
            args = arguments_of(inner)
            counted = self.type_of(args[0]) if len(args) == 1 else NOTHING
            if counted - NIL and counted - NIL <= OBJECTS | LISTS:
                return call("len", self.expr(args[0]))  # of null it raises a TypeError in both
        code = self.expr(owner)
        is_plain = bool(type_) and (type_ <= LISTS | TEXTS | {"bytes"} or self.types.is_plain_length(node))
        is_text = bool(type_) and (type_ <= TEXTS or (is_plain and is_taken_for_text(self.module, owner)))
        if is_text and type_ != {"ascii"} and not tells_emptiness(node):
            half = "" if self.types.facts.is_loud(node) else ', "surrogatepass"'  # otherwise it raises
            return Py(f'len({code.at(ATOM)}.encode("utf-16-le"{half})) // 2', MUL)  # an emoji is two units
        return call("len" if is_plain else "js.length", code)

    def _subscript_expression(self, node: Node) -> Py:
        chain = self.items.of_loop(node) or self.chains.chain(node)
        if chain is not None:
            return chain
        owner, index = field(node, "object"), field(node, "index")
        if index.type == "string":
            return (
                self.read(owner, string_value(index), node)
                if string_value(index).isidentifier()
                else self._read_key(owner, string_value(index))
            )
        if self.in_range(owner, index):
            return Py(f"{self.expr(owner).at(ATOM)}[{self.expr(index)}]")
        item = self.items.last(node, owner, index) or self.items.item(node, owner, index)
        item = item or self.items.by_key(node, owner, index)
        return item if item is not None else call("js.get", self.expr(owner), self.expr(index))

    def _read_key(self, owner: Node, name: str) -> Py:
        """Write ``owner.name`` of a value, by what it can be."""
        return self.key_of(owner, self.expr(owner), self.type_of(owner), self.types.sites(owner), name)

    def in_range(self, owner: Node, index: Node) -> bool:
        """Return whether a loop around makes sure that the index is one of the list's."""
        return (text_of(owner), text_of(index)) in self.context.ranges

    def _sequence_expression(self, node: Node) -> Py:
        parts = child_nodes(node)
        kept = [each for each in parts[:-1] if not self.is_idle(each)] + parts[-1:]
        if len(kept) == 1:
            return self.expr(kept[0])
        return Py(f"({', '.join(self.expr(each).at(TERNARY) for each in kept)})[-1]")

    def _await_expression(self, node: Node) -> Py:
        inner = strip(child_nodes(node)[0])
        if self.is_resolved(inner):
            return self.resolved_value(inner)
        if self._is_of_values(node, inner):
            return self.expr(arguments_of(inner)[0])
        code = self.expr(inner)
        type_ = self.type_of(inner)
        is_known = not code.text.startswith("js.call(")  # a name alone does not say what a method returns
        if ("promise" not in type_ and type_ and is_known) or text_of(inner).startswith("console."):
            return code
        if type_ == js_type("promise"):
            return self.awaited(code)
        return code if self.sync else self.awaited(call("js.wait", code))

    def _is_of_values(self, node: Node, inner: Node) -> bool:
        """Whether it is a ``Promise.all`` of a list without promises, of which a method makes something else."""
        if inner.type != "call_expression" or text_of(field(inner, "function")) != "Promise.all" or self.sync:
            return False
        args, use = arguments_of(inner), node.parent
        while use is not None and use.type == "parenthesized_expression":
            use = use.parent
        if len(args) != 1 or args[0].type != "identifier" or use is None or use.type != "member_expression":
            return False
        items = self.types.each(args[0])
        return self.type_of(args[0]) == js_type("arr") and bool(items) and items <= js_type("rec null str lit bool")

    def _yield_expression(self, node: Node) -> Py:
        """Write ``yield value`` where what it gives is used: undefined, as nobody calls ``next`` with a value."""
        if ".next(" in self.module.text or has(node, "*") or self.context.in_lambda:
            raise Untranslated("the value that a generator gets")
        return Py(f"(({self.functions.yielded(node)}) or js.UNDEFINED)")

    def _spread_element(self, _: Node) -> Py:
        raise Untranslated("a spread in this place")

"""Classes of the program."""

from __future__ import annotations

from .class_info import ClassInfo, attribute
from .code import Py, indented
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .instances import Instances
from .nodes import field, has_value, returns, text_of
from .syntax import Node


class Classes(Part):
    """Write class declarations."""

    def __init__(self, context: Context, functions: Functions, instances: Instances) -> None:
        super().__init__(context)
        self.functions = functions
        self.instances = instances
        context.statements["class_declaration"] = self._class_declaration
        context.expressions["class"] = self._class

    def _class_declaration(self, node: Node) -> list[str]:
        return self.definition(node, self.names.of[field(node, "name").id].python)

    def _class(self, node: Node) -> Py:
        if self.context.in_lambda:
            raise Untranslated("a class inside a lambda")
        own = node.child_by_field_name("name")
        name = self.unique_name(text_of(own) or "Class")
        self.context.prelude += self.definition(node, name)
        return Py(name)

    def definition(self, node: Node, name: str) -> list[str]:
        """Write a class."""
        info = self.module.classes.info(node)
        if info.unsupported:
            raise Untranslated(info.unsupported)
        if self.module.classes.has_ambiguous_static(info):
            raise Untranslated("a static member whose name is read of other objects, too")
        lines: list[str] = []
        for key, value in info.static_fields.items():
            code = self.expr(value) if value is not None else Py("js.UNDEFINED")
            if self.context.prelude:
                raise Untranslated("a static field that holds a function with statements")
            lines.append(f"{attribute(key)} = {code}")
        lines += self._constructor(info)
        for key, member in info.methods.items():
            lines += ["", *self.functions.definition(member, attribute(key), this="self")]
        for key, member in info.getters.items():
            lines += ["", "@property", *self.functions.definition(member, attribute(key), this="self")]
        for key, member in info.setters.items():
            if key not in info.getters:
                raise Untranslated("a setter without a getter")
            lines += ["", f"@{attribute(key)}.setter", *self.functions.definition(member, attribute(key), this="self")]
        for key, member in info.statics.items():
            lines += ["", "@classmethod", *self.functions.definition(member, attribute(key), this="cls")]
        while lines and not lines[0]:
            lines.pop(0)
        return [f"class {name}({self.instances.base_name(info)}):", *indented(lines)]

    def _constructor(self, info: ClassInfo) -> list[str]:
        fields = self._fields(info)
        node = info.constructor
        if node is None:
            if not fields:
                return []
            if info.base is None:
                return ["", "def __init__(self):", *indented(fields)]
            known = self.module.classes.base(info)
            inherited = self.module.classes.constructor(known) if known is not None else None
            if known is not None and inherited is None:
                return ["", "def __init__(self):", *indented(["super().__init__()", *fields])]
            return ["", "def __init__(self, *args):", *indented(["super().__init__(*args)", *fields])]
        if any(has_value(each) for each in returns(field(node, "body"))):
            raise Untranslated("a constructor that returns a value")
        if info.base is None:
            return ["", *self.functions.definition(node, "__init__", this="self", before_body=fields)]
        lines = self.functions.definition(node, "__init__", this="self")
        if not fields:
            return ["", *lines]
        at = 1 + next((at for at, line in enumerate(lines) if line.startswith("    super().__init__(")), -2)
        if at < 0:
            raise Untranslated("a constructor that calls super in a branch")
        return ["", *lines[:at], *indented(fields), *[line for line in lines[at:] if line != "    pass"]]

    def _fields(self, info: ClassInfo) -> list[str]:
        lines: list[str] = []
        this, self.context.this = self.context.this, "self"
        within = info.constructor or info.node
        self.context.within.append(within)
        try:
            for name, value in info.fields:
                code = self.expr(value) if value is not None else Py("js.UNDEFINED")
                lines += [*self.take_prelude(), f"self.{attribute(name)} = {code}"]
        finally:
            self.context.this = this
            self.context.within.pop()
        return lines

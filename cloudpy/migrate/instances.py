"""Instances of classes, and ``this``: their fields and methods."""

from __future__ import annotations

from .class_info import ERRORS, ClassInfo, attribute, is_attribute
from .code import ATOM, Py, call
from .context import EXPORTS, Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .nodes import text_of
from .syntax import Node


class Instances(Part):
    """Write fields and method calls of instances whose class is known, and of ``this``."""

    def __init__(self, context: Context, functions: Functions) -> None:
        super().__init__(context)
        self.functions = functions
        self.classes = context.module.classes
        context.expressions["this"] = self._this

    def _this(self, _: Node) -> Py:
        if not self.context.this:
            raise Untranslated("`this` outside of a class and of an object's methods")
        if self.context.this == EXPORTS:
            raise Untranslated("`this` is all exports of the file")
        return Py(self.context.this)

    def _of_exports(self, owner: Node, name: str) -> Py | None:
        is_this = owner.type == "this" and self.context.this == EXPORTS
        if not is_this and (text_of(owner) not in ("exports", "module.exports") or name not in self.module.exports):
            return None
        if name not in self.module.exports or name in self.names.put - set(self.module.exports):
            raise Untranslated(f"this.{name}: there is no such export")
        if name in self.module.unavailable_exports:
            raise self.module.unavailable_exports[name].error(name)
        return Py(self.module.export_name(name))

    def read(self, owner: Node, name: str) -> Py | None:
        """Write ``owner.name``; None if the class is not known."""
        if owner.type == "super":
            raise Untranslated("super outside of a call")
        exported = self._of_exports(owner, name)
        if exported is not None:
            return exported
        static = self.classes.named(owner)
        if static is not None:
            info = static
            if name == "name" and "name" not in info.static_fields:
                return Py(f"{self.expr(owner).at(ATOM)}.__name__")
            if self.classes.member(info, name, "static_fields") is None:
                raise Untranslated(f"{text_of(owner)}.{name} is not a static field, or a method that is not called")
            return Py(f"{self.expr(owner).at(ATOM)}.{attribute(name)}")
        if text_of(owner) == "this.constructor" and name == "name" and self.classes.instance_of(owner.children[0]):
            return Py(f"type({self.context.this}).__name__")
        known = self.classes.instance_of(owner)
        if known is None:
            if name.startswith("#"):
                raise Untranslated("a private field of another object")
            return None
        info = known
        if self.classes.member(info, name, "methods") is not None:
            raise Untranslated(f"the method {name} is used without a call")
        is_field = owner.type == "this" and self.classes.is_always_assigned(info, name)
        if is_field or name.startswith("#") or self.classes.member(info, name, "getters") is not None:
            return Py(f"{self.expr(owner).at(ATOM)}.{attribute(name)}")
        return None

    def store(self, owner: Node, name: str, value: Py) -> list[str] | None:
        """Write ``owner.name = value``; None if it is not an instance of a known class."""
        static = self.classes.named(owner)
        if static is not None:
            info = static
            if self.classes.member(info, name, "static_fields") is None:
                raise Untranslated(f"{text_of(owner)}.{name} is not a static field of the class")
            return [f"{self.expr(owner).at(ATOM)}.{attribute(name)} = {value}"]
        known = self.classes.instance_of(owner)
        if known is None:
            return None
        info = known
        if self.classes.member(info, name, "getters") and self.classes.member(info, name, "setters") is None:
            raise Untranslated(f"an assignment to {name}, which has a getter alone")
        if self.classes.member(info, name, "methods") is not None:
            raise Untranslated(f"an assignment to the method {name}")
        if not is_attribute(name) or (self.classes.is_error(info) and name == "message"):
            return None
        return [f"{self.expr(owner).at(ATOM)}.{attribute(name)} = {value}"]

    def call(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write ``owner.name(args)``; None if the method is not known."""
        if owner.type == "super":
            return self._super_call(name, args)
        exported = self._of_exports(owner, name)
        if exported is not None:
            function = self.module.function_of(self.module.exports[name])
            if function is None or any(each.type == "spread_element" for each in args):
                return call("js.call", exported, *self.arguments(args))
            self.note_call(function)
            return call(exported.text, *self.functions.fit_arguments(function, args))
        known, kind = self.classes.named(owner), "statics"
        if known is None:
            known, kind = self.classes.instance_of(owner), "methods"
        if known is None or any(each.type == "spread_element" for each in args):
            return None
        info = known
        member = self.classes.member(info, name, kind)
        if member is None:
            if kind == "statics":
                raise Untranslated(f"{text_of(owner)}.{name} is not a static method of the class")
            return None
        if kind == "methods" and self.classes.is_overridden(info, name):
            return None
        if self.classes.owns(info):
            self.note_call(member)
        return call(f"{self.expr(owner).at(ATOM)}.{attribute(name)}", *self.functions.fit_arguments(member, args))

    def super_constructor(self, args: list[Node]) -> Py:
        """Write ``super(args)``."""
        member = self._constructor_of_base()
        is_error = member is None and self.classes.is_error(self._own_class())
        return self._super("__init__", self._error_message(args) if is_error else self._fit_constructor(member, args))

    def _super_call(self, name: str, args: list[Node]) -> Py:
        known = self.classes.base(self._own_class())
        member = self.classes.member(known, name, "methods") if known is not None else None
        if member is None:
            raise Untranslated(f"super.{name}: no such method is known")
        return self._super(attribute(name), self._fit_constructor(member, args))

    def _super(self, name: str, args: list[Py]) -> Py:
        method = self.context.within[-1] if self.context.within else None
        direct = method is not None and method.type == "method_definition"
        owner = "super()" if direct else f"super({self._class_name()}, {self.context.this})"
        return call(f"{owner}.{name}", *args)

    def _own_class(self) -> ClassInfo:
        known = next((found for each in self.context.within if (found := self.classes.around(each))), None)
        if known is None or not self.context.this:
            raise Untranslated("super outside of a class")
        return known

    def _class_name(self) -> str:
        name = self._own_class().node.child_by_field_name("name")
        if name is None:
            raise Untranslated("super in a function of a class without a name")
        return self.names.of[name.id].python

    def _constructor_of_base(self) -> Node | None:
        info = self._own_class()
        known = self.classes.base(info)
        if known is None and not info.is_error:
            raise Untranslated(f"a class that extends {text_of(info.base)}")
        return self.classes.constructor(known) if known is not None else None

    def new(self, constructor: Node, args: list[Node]) -> Py | None:
        """Write ``new Class(args)``; None if it is not a class of the program."""
        known = self.classes.named(constructor)
        if known is None:
            return None
        info = known
        member = self.classes.constructor(info)
        if member is not None and self.classes.owns(info):
            self.note_call(member)
        if member is None and self.classes.is_error(info):
            return call(self.expr(constructor).at(ATOM), *self._error_message(args))
        return call(self.expr(constructor).at(ATOM), *self._fit_constructor(member, args))

    def _fit_constructor(self, member: Node | None, args: list[Node]) -> list[Py]:
        if any(each.type == "spread_element" for each in args):
            raise Untranslated("a spread in the arguments of a constructor")
        if member is not None:
            return self.functions.fit_arguments(member, args)
        if not all(self.is_idle(each) for each in args):
            raise Untranslated("an extra argument that has side effects")
        return []

    def _error_message(self, args: list[Node]) -> list[Py]:
        if len(args) > 1:
            raise Untranslated("an error with more than a message")
        if not args:
            return []
        type_ = self.type_of(args[0])
        code = self.expr(args[0])
        return [code if type_ and type_ <= {"ascii", "str"} else call("js.message", code)]

    def base_name(self, info: ClassInfo) -> str:
        """Return the Python class that a class derives from."""
        if info.base is None:
            return "js.Object"
        if self.classes.named(info.base) is not None:
            return str(self.expr(info.base))
        name = text_of(info.base)
        if name in ERRORS and self.variable_of(info.base) is None:
            return {"Error": "Exception", "RangeError": "js.RangeError"}.get(name, name)
        raise Untranslated(f"a class that extends {name}")

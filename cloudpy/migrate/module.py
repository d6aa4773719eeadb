"""One file of the program, and what can be said of it before it is translated."""

from __future__ import annotations

import posixpath

from . import traits
from .class_index import ClassIndex
from .class_info import ClassInfo
from .diagnostics import Unavailable
from .exports import Exports
from .jstypes import JsType
from .nodes import (
    FUNCTIONS,
    arguments_of,
    child_nodes,
    exports_this,
    field,
    has,
    required,
    strip,
    text_of,
)
from .requires import SDK, chosen, is_package, source_of_variable
from .source import in_plain_forms
from .syntax import Node, parse
from .variables import Names

_NOT_PROMISES = {"getWXContext", "init", "updateConfig", "database", "logger", "createNewInstance", "Cloud", "command"}
_NOT_PROMISES |= {"openapi", "debug", "error", "info", "log", "warn"}  # and the methods of a logger


class Module:
    """A file: its tree, its variables, its kinds.

    Attributes:
        file: relative to the Node function's folder, with ``/``.
        others: what it requires -> the file of the program; `data`: -> the JSON file.
        later: what it requires, and what is loaded only after it, as that requires it, too -> the file.
        python: the name that Python imports it by.
        read_files: JSON files that it requires, relative to the Node function's folder.
        handles_dates: whether the program looks at dates, as far as this file shows it; `makes_dates`: makes any.
        has_datetimes: whether all dates of the program are datetimes, those of documents, too.
        tests_dates: whether the program asks what a Date is; `changes_dates`: changes any in its place;
            `changes_zone`: sets the time zone.
        read_keys: the names of properties that the program reads, as far as this file shows it.
        date_settings: how the program sets date packages up, as far as this file shows it.
        makes_instances: whether it makes values that JSON has no form for, dates aside.
        changes_objects: whether it changes objects in ways that do not show what changes.
        requires: id of a variable -> what it is required from, and the name in it ("" for the whole).
        meets_values: whether it is in a program, too, that throws anything but errors.
        is_entry: whether the platform calls its ``exports.main``.
        handed: what other functions of the project, which use the file, too, hand to its functions: the byte where a
            function begins, and the place of a parameter -> what that can be.
        thrown: what is thrown, and what promises are rejected with.
        main: the function that is exactly this handler; None if the program also calls it.
        has_background: whether a promise is started that nothing awaits; known when it has been translated.
        imported_names: what other files take out of its exports by name.
        exports: name -> the node of its value; `unavailable_exports`: those that are marked, when it is translated.
        passed_on: name of an export that is another file's -> what it is required from, and the name in it ("" for
            the whole).
    """

    def __init__(
        self,
        file: str,
        text: str,
        right_type: dict[str, Module] | None = None,
        data: dict[str, str] | None = None,
        root: Node | None = None,
        is_entry: bool = True,
        *,
        keep_names: bool = False,
    ) -> None:
        self.file = file
        self.is_entry = is_entry
        self.handed: dict[tuple[int, int], JsType] = {}
        text = text if root is not None else in_plain_forms(text, file)
        self.text = text
        self.changes_objects = traits.changes_objects(text)
        self.root = root or parse(text, file)
        self.names = Names(self.root, keep_names=keep_names)
        self.requires: dict[int, tuple[str, str]] = {}
        self.others = right_type or {}
        self._exports = Exports(self.others, self.foreign_source)
        self.exports = self._exports.values
        self.passed_on = self._exports.passed_on
        self.unavailable_exports: dict[str, Unavailable] = {}
        self.unfinished: set[int] = set()
        self.looks_at_dates = traits.looks_at_dates(text)
        self.methods_of_dates = traits.methods_of_dates(self.root, self.names)
        self.handles_dates = self.looks_at_dates or bool(self.methods_of_dates)
        self.has_datetimes = False
        self.makes_dates = traits.makes_dates(text)
        self.tests_dates = traits.tests_dates(text)
        self.changes_zone = traits.changes_zone(text)
        self.changes_dates = traits.changes_dates(text)
        self.read_keys = frozenset(traits.read_keys(self.root))
        self.date_settings = traits.date_settings(text)
        self.makes_instances = traits.makes_instances(self.root, self.names)
        self.own_methods: set[str] = set()
        self.thrown: list[Node | None] = []
        self.meets_values = False
        self.has_background = False
        self.imported_names: set[str] = set()
        self.data = data or {}
        self.later: dict[str, Module] = {}
        self.python = ""
        self.read_files: set[str] = set()
        self._asking: set[int] = set()
        for variable in self.names.all:
            if required_from := source_of_variable(variable, self._source_of_value):
                self.requires[id(variable)] = required_from
        for key, (source, name) in self.requires.items():
            self.requires[key] = source, name = self._origin(source, name)
            if name and source in self.others:
                self.others[source].imported_names.add(name)
        self._look(self.root)
        self.classes = ClassIndex(self.root, self.names, self._foreign_class)
        self.main = self._main()

    def _look(self, node: Node) -> None:
        if node.type == "throw_statement":
            self.thrown.append(strip(child_nodes(node)[0]))
        elif node.type == "call_expression" and text_of(node.child_by_field_name("function")) in (
            "reject",
            "Promise.reject",
        ):
            self.thrown.append(next(iter(arguments_of(node)), None))
        elif node.type == "call_expression" and text_of(node.child_by_field_name("function")).endswith(".rollback"):
            self.thrown += arguments_of(node)[:1]  # the reason, which may be no error
        elif (
            node.type == "pair" and strip(field(node, "value")).type in FUNCTIONS
        ) or node.type == "method_definition":
            key = node.child_by_field_name("key") or node.child_by_field_name("name")
            self.own_methods.add(text_of(key))
        elif node.type == "assignment_expression":
            self._exports.assigned(node)
            if strip(field(node, "right")).type in FUNCTIONS and field(node, "left").type == "member_expression":
                self.own_methods.add(text_of(field(field(node, "left"), "property")))
        elif node.type == "export_statement":
            self._exports.declared(node)
        for child in node.named_children:
            self._look(child)

    def foreign_source(self, value: Node) -> tuple[str, str]:
        """Return what an expression is required from, and the name in it; two empty texts where it is a value."""
        value = strip(value)
        if value.type == "shorthand_property_identifier":
            variable = self.names.root.names.get(text_of(value))
            return self.requires.get(id(variable), ("", ""))
        return self.source_of(value)

    def origin(self, name: str) -> tuple[Module, str]:
        """Return the file that an export comes from, and its name there: empty for the whole file."""
        module, seen = self, {self}
        while name in module.passed_on:
            source, inner = module.passed_on[name]
            if module.others[source] in seen:
                break
            module, name = module.others[source], inner
            seen.add(module)
        return module, name

    def _origin(self, source: str, name: str) -> tuple[str, str]:
        """Return what a name is required from in the end, where the file in between only passes it on."""
        other = self.others.get(source)
        if other is None or not name:
            return source, name
        module, inner = other.origin(name)
        if module is other:
            return source, name
        path = posixpath.relpath(module.file, posixpath.dirname(self.file) or ".")
        path = path if path.startswith(".") else f"./{path}"
        self.others[path] = module
        return path, inner

    def import_line(self, name: str, python: str, *, is_whole: bool = False) -> str:
        """Return the line that imports an export of this file as `python`; without `name` the default one, or all."""
        name = "" if is_whole else name or ("default" if "default" in self.exports else "")
        package, _, last = (self.python, "", self.export_name(name)) if name else self.python.rpartition(".")
        line = f"from {package} import {last}" if package else f"import {last}"
        return line + (f" as {python}" if last != python else "")

    def export_of(self, source: str, name: str) -> tuple[Module, Node] | None:
        """Return the value of an export of another file, and the file that it is in."""
        other = self.others.get(source)
        if other is None:
            return None
        module, inner = other.origin(name or "default")
        value = module.exports.get(inner or "default")
        return (module, value) if value is not None else None

    def _main(self) -> Node | None:
        result = self.exports.get("main")
        function = self.function_of(result) if result is not None and self.is_entry else None
        if function is None:
            return None
        around = function.parent
        names = [function.child_by_field_name("name") if function.type != "method_definition" else None]
        names.append(
            around.child_by_field_name("name") if around is not None and around.type == "variable_declarator" else None
        )
        exported = {strip(value).id for value in self.exports.values()}
        for name in names:
            variable = self.names.of.get(name.id) if name is not None else None
            if variable is not None and any(read.id not in exported for read in variable.reads):
                return None  # what the handler gives to the platform is not what it gives to the program
        return function

    def _source_of_value(self, value: Node) -> tuple[str, str]:
        """Return what a value is required from, if it is a whole file of the program, or of a package."""
        source, name = self.source_of(value)
        if source in self.others and not name:
            return source, ""
        path: list[str] = []
        while value.type == "member_expression" and not has(value, "optional_chain"):
            path.insert(0, text_of(field(value, "property")))
            value = strip(field(value, "object"))
        source, name = self.source_of(value)
        return (source, ".".join([name, *path] if name else path)) if is_package(source) else ("", "")

    # ---- questions

    def function_of(self, node: Node) -> Node | None:
        """Return the function that an expression surely is."""
        node = strip(node)
        if node.type in FUNCTIONS:
            return node
        variable = self.names.of.get(node.id)
        if variable is None and node.type == "identifier":
            variable = self.names.scope_of(node).find(text_of(node))
        if variable is not None and variable.is_constant and variable.value is not None and variable.kind != "class":
            value = strip(variable.value)
            return value if value.type in FUNCTIONS else None
        return None

    def known_function(self, callee: Node) -> Node | None:
        """Return the function of this file that is called, when that is sure."""
        return self.function_of(callee) if callee.type == "identifier" or callee.type in FUNCTIONS else None

    def _foreign_class(self, node: Node) -> ClassInfo | None:
        source, name = self.source_of(node)
        if node.type == "member_expression" and not source:
            source, owner = self.source_of(strip(field(node, "object")))
            name = text_of(field(node, "property")) if not owner else ""
            source = source if name else ""
        found = self.export_of(source, name)
        return found[0].classes.of_export(found[1]) if found is not None else None

    def known_method(self, callee: Node) -> Node | None:
        """Return the method of a class, or of the exports, that is called, when that is sure."""
        if callee.type != "member_expression":
            return None
        owner, name = strip(field(callee, "object")), text_of(field(callee, "property"))
        if text_of(owner) in ("exports", "module.exports") or (owner.type == "this" and exports_this(owner)):
            value = self.exports.get(name)
            return self.function_of(value) if value is not None else None
        info = self.classes.named(owner)
        if info is not None:
            return self.classes.member(info, name, "statics")
        info = self.classes.instance_of(owner)
        if info is None or self.classes.is_overridden(info, name) or name in self.names.put:
            return None
        return self.classes.member(info, name, "methods")

    def other(self, source: str) -> Module | None:
        """Return the file of the program that a relative path means."""
        return self.others.get(source)

    def export_name(self, name: str) -> str:
        """Return the Python name of what it exports."""
        value = self.exports.get(name)
        variable = self.names.root.names.get(text_of(value)) if value is not None else None
        if name == "main":
            return "main"
        if variable is not None and (id(variable) not in self.requires or name in self.passed_on):
            return variable.python
        if value is None and name in self.passed_on:
            module, inner = self.origin(name)
            return module.export_name(inner) if inner else module.python.rpartition(".")[2]
        declared = self.names.root.names.get(name)
        if (
            declared is not None
            and value is not None
            and declared.value is not None
            and strip(declared.value).id in (value.id, strip(value).id)
        ):
            return declared.python
        if name == "default":
            return "exported"
        is_class = value is not None and self.classes.of_export(value) is not None
        python = self.names.python_name(name, is_class=is_class)
        others = {each.python for each in self.names.root.names.values()}
        return f"{python}_" if declared is not None or python in others else python

    def source_of(self, node: Node) -> tuple[str, str]:
        """Return what package or file a name is from, and the name in it; two empty texts for none.

        ``common.utils`` is from ``utils``, where ``common`` only passes it on.
        """
        if node.type == "member_expression" and not has(node, "optional_chain"):
            source, what = self.source_of(strip(field(node, "object")))
            origin = (
                self._origin(source, text_of(field(node, "property"))) if source in self.others and not what else None
            )
            return origin if origin is not None and origin[0] != source else ("", "")
        variable = self.names.of.get(node.id)
        if variable is None:
            return (required(node), "") if node.type == "call_expression" else ("", "")
        return self.requires.get(id(variable), ("", ""))

    def is_cloud(self, node: Node) -> bool:
        """Whether an expression begins with the SDK: ``cloud``, ``cloud.openapi.a.b``."""
        node = strip(node)
        while node.type in ("member_expression", "call_expression"):
            if node.type == "call_expression":
                node = strip(field(node, "function"))
                if not text_of(node).endswith((".openapi", ".createNewInstance", ".logger")):
                    return False  # what a call gave is a value
            else:
                node = strip(field(node, "object"))
        if node.type == "new_expression":
            return self.is_cloud(field(node, "constructor"))
        if node.type != "identifier":
            return False
        if self.source_of(node)[0] == SDK:
            return True
        variable = self.names.of.get(node.id)
        if variable is None or not variable.is_constant or variable.value is None or variable.patterned:
            return False
        if id(variable) in self._asking:
            return False
        self._asking.add(id(variable))
        try:
            value = chosen(variable.value, self.is_cloud)
            if value.type not in ("new_expression", "member_expression", "call_expression"):
                return False
            name = self.dotted(value if value.type != "call_expression" else field(value, "function"))
            is_one = value.type != "call_expression" or name.endswith((".createNewInstance", ".openapi", ".logger"))
            return is_one and self.is_cloud(value)
        finally:
            self._asking.discard(id(variable))

    def is_cloud_call(self, node: Node) -> bool:
        """Whether it is a call of the SDK that gives a promise."""
        callee = strip(field(node, "function"))
        if callee.type == "identifier":
            source, name = self.source_of(callee)
            return source == SDK and bool(name) and name not in _NOT_PROMISES
        if callee.type != "member_expression" or not self.is_cloud(callee):
            return False
        name = text_of(field(callee, "property"))
        return name not in _NOT_PROMISES and not text_of(callee).startswith(("cloud.database", "cloud.ai"))

    def dotted(self, node: Node) -> str:
        """Return ``Math.floor`` for a member of what the platform provides, or of a variable; empty for all else."""
        node = strip(node)
        if node.type == "identifier":
            return text_of(node) if self.names.of.get(node.id) is None else f"%{text_of(node)}"
        if node.type == "member_expression":
            owner = self.dotted(field(node, "object"))
            return f"{owner}.{text_of(field(node, 'property'))}" if owner else ""
        return ""

    def has_own_method(self, name: str) -> bool:
        """Whether the program puts functions of this name into objects of its own."""
        return name in self.own_methods

    def property_value(self, node: Node) -> Node | None:
        """Return the value of ``variable.name`` where the variable is a literal object that nobody changes there."""
        if node.type != "member_expression":
            return None
        owner, name = strip(field(node, "object")), text_of(field(node, "property"))
        variable = self.names.of.get(owner.id)
        if variable is None or not variable.is_constant or variable.value is None or variable.patterned:
            return None
        value = strip(variable.value)
        if (
            value.type != "object"
            or name in self.names.put
            or "*" in self.names.put
            or variable.kind not in ("const", "let")
        ):
            return None
        if self.changes_objects:
            return None
        result: Node | None = None
        for part in child_nodes(value):
            if part.type == "pair" and text_of(field(part, "key")) == name:
                result = field(part, "value")
            elif part.type == "shorthand_property_identifier" and text_of(part) == name:
                result = part
            elif part.type not in ("pair", "shorthand_property_identifier"):
                return None
        return result

    def needs_background(self) -> bool:
        """Return whether this file, or one that it requires, starts promises that nothing awaits."""
        return self.has_background or any(other.needs_background() for other in self.others.values())

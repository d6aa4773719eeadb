"""What a file exports: values of its own, and what it passes on from other files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from .nodes import TYPES, child_nodes, field, has, imported_from, maybe_field, required, text_of
from .syntax import Node


class ExportingFile(Protocol):
    """A file of the program, as far as its exports are known: see `Module`."""

    @property
    def exports(self) -> dict[str, Node]: ...
    @property
    def passed_on(self) -> dict[str, tuple[str, str]]: ...


class Exports:
    """The exports of one file.

    Args:
        others: what the file requires -> the file of the program.
        source: returns what an expression is required from, and the name in it; two empty texts for a value.

    Attributes:
        values: name -> the node of its value.
        passed_on: name of an export of another file -> what that is required from, and the name in it ("" for all).
    """

    def __init__(self, others: Mapping[str, ExportingFile], source: Callable[[Node], tuple[str, str]]) -> None:
        self._others = others
        self._source = source
        self.values: dict[str, Node] = {}
        self.passed_on: dict[str, tuple[str, str]] = {}

    def assigned(self, node: Node) -> None:
        """Note what an assignment to ``exports`` or ``module.exports`` exports."""
        left, right = text_of(field(node, "left")), field(node, "right")
        if left == "module.exports" and right.type == "object":
            for part in child_nodes(right):
                if part.type == "pair":
                    self._export(text_of(field(part, "key")), field(part, "value"))
                elif part.type == "shorthand_property_identifier":
                    self._export(text_of(part), part)
                elif part.type == "method_definition":
                    self._export(text_of(field(part, "name")), part)
                elif part.type == "spread_element":
                    self._pass_on_all(child_nodes(part)[0])
        elif left == "module.exports" and required(right) in self._others:
            self._pass_on_all(right)
        elif left == "module.exports":
            self.values["default"] = right
        elif left.startswith(("exports.", "module.exports.")) and left.rpartition(".")[0] in (
            "exports",
            "module.exports",
        ):
            self._export(left.rpartition(".")[2], right)

    def _export(self, name: str, value: Node) -> None:
        self.values[name] = value
        self.passed_on.pop(name, None)
        source, inner = self._source(value)
        if source in self._others:
            self.passed_on[name] = source, inner

    def _pass_on_all(self, value: Node) -> None:
        """Note the exports of ``...require('./other')``; of a file that exports a single value nothing is known."""
        source, name = self._source(value)
        other = self._others.get(source)
        if other is not None and not name and "default" not in other.exports:
            for each in {**other.exports, **other.passed_on}:
                self.values.pop(each, None)
                self.passed_on[each] = source, each

    def _pass_on_from(self, node: Node, source: str) -> None:
        """Note the exports of ``export … from 'source'``."""
        other = self._others.get(source)
        if other is None:
            return
        for part in child_nodes(node):
            if part.type == "namespace_export":
                self.passed_on[text_of(child_nodes(part)[0])] = source, ""
            for each in child_nodes(part) if part.type == "export_clause" else []:
                name = text_of(field(each, "name"))
                if name in other.exports or name in other.passed_on:  # a type is not exported
                    self.passed_on[text_of(maybe_field(each, "alias")) or name] = source, name
        if has(node, "*"):
            for name in {**other.exports, **other.passed_on}.keys() - {"default"} - self.values.keys():
                self.passed_on.setdefault(name, (source, name))

    def declared(self, node: Node) -> None:
        """Note what an ``export`` statement exports."""
        declared = maybe_field(node, "declaration")
        value = maybe_field(node, "value")
        source = imported_from(node) if node.child_by_field_name("source") is not None else ""
        if source:
            self._pass_on_from(node, source)
            return
        if declared is not None:
            if declared.type == "lexical_declaration":
                for each in child_nodes(declared):
                    if maybe_field(each, "value") is not None:
                        self.values[text_of(field(each, "name"))] = field(each, "value")
            elif declared.type not in TYPES and declared.child_by_field_name("name") is not None:
                name = "default" if has(node, "default") else text_of(field(declared, "name"))
                self.values[name] = declared
        elif value is not None:
            self.values["default"] = value
        for clause in child_nodes(node):
            if clause.type == "export_clause":
                for each in child_nodes(clause):
                    args = field(each, "name")
                    self.values[text_of(maybe_field(each, "alias") or args)] = args

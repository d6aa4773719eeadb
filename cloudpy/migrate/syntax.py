"""JavaScript and TypeScript as syntax trees: read by tree-sitter, copied into nodes that know their parents.

tree-sitter looks for a parent from the root on, and decodes each type and text again, so walking its nodes costs more
the longer a file is. Statements that are nested too deeply are cut here, so that what walks the tree may be recursive.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

TYPESCRIPT = (".ts", ".mts", ".cts")
# Levels of the tree. Python itself stops at 100 levels of indentation; an `if` in an `if` is two levels of the tree.
MAX_DEPTH = 160
TOO_DEEP = "too_deep"
_CHAINED = {"member_expression", "subscript_expression", "call_expression"}
_LISTS = {"program", "statement_block", "switch_case", "switch_default"}


class Node:
    """One piece of the source.

    Attributes:
        type: as the grammar names it; ``too_deep`` for a statement that was cut.
        children: all of them, operators and keywords too; `named_children` are those with a name in the grammar.
        id: a number that no other node of the process has.
        row: the line in which it begins, from 0; `end_row`: in which it ends.
    """

    __slots__ = ("_fields", "_source", "_text", "children", "end_byte", "end_row", "id", "named_children", "parent",
                 "row", "start_byte", "type")  # fmt: skip

    def __init__(self, node: tree_sitter.Node, source: bytes, parent: Node | None) -> None:
        self.type = "class_declaration" if node.type == "abstract_class_declaration" else node.type
        self.id = id(self)
        self.parent = parent
        self.children: list[Node] = []
        self.named_children: list[Node] = []
        self.start_byte = node.start_byte
        self.end_byte = node.end_byte
        self.row = node.start_point.row
        self.end_row = node.end_point.row
        self._source = source
        self._text: str | None = None
        self._fields: dict[str, Node] | None = None

    @property
    def source(self) -> bytes:
        """The source of the file."""
        return self._source

    @property
    def text(self) -> str:
        """The source of the node."""
        if self._text is None:
            self._text = self._source[self.start_byte : self.end_byte].decode("utf-8", "replace")
        return self._text

    def child_by_field_name(self, name: str) -> Node | None:
        """Return the first child that the grammar calls `name`."""
        return self._fields.get(name) if self._fields is not None else None

    def add(self, child: Node, name: str | None, named: bool) -> None:
        """Add a child."""
        self.children.append(child)
        if named:
            self.named_children.append(child)
        if name is not None:
            if self._fields is None:
                self._fields = {}
            self._fields.setdefault(name, child)

    def cut(self) -> None:
        """Keep only the text."""
        self.type = TOO_DEEP
        self.children, self.named_children, self._fields = [], [], None

    def __repr__(self) -> str:
        return f"<{self.type} in line {self.row + 1}>"


def copied(tree: tree_sitter.Tree, source: bytes) -> Node:
    """Return the root of a tree. Statements with something deeper than ``MAX_DEPTH`` in them are cut."""
    cursor = tree.walk()
    root = at = Node(tree.root_node, source, None)
    depth, cut = 0, []
    while True:
        down = depth < MAX_DEPTH
        if not down and cursor.goto_first_child():
            cut.append(at)
            cursor.goto_parent()
        if down and cursor.goto_first_child():
            depth += 1
            parent = at
        else:
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    _cut(cut)
                    return root
                depth -= 1
                at = at.parent or root
                if depth == 0:
                    _cut(cut)
                    return root
            parent = at.parent or root
        result = cursor.node
        if result is None:  # a cursor always stands on a node
            continue
        at = Node(result, source, parent)
        parent.add(at, cursor.field_name, result.is_named)


def _cut(nodes: list[Node]) -> None:
    for node in nodes:
        at = node
        while at.parent is not None and at.parent.type not in _LISTS:
            at = at.parent
        at.cut()


class SyntaxProblem(Exception):
    """A file that is no JavaScript, or none that the grammar knows.

    Attributes:
        file: as it was given.
        line: from 1.
        why: what was expected there, and what was found.
    """

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line
        self.why = why


class Missing(Exception):
    """tree-sitter or one of its grammars is not installed; the message says what to install."""


def parse(text: str, file: str) -> Node:
    """Return the root of the tree of a file; ``.ts`` is read as TypeScript.

    Raises:
        SyntaxProblem: with the first line that cannot be read.
        Missing: the extra ``migrate`` is not installed.
    """
    try:
        import tree_sitter

        if file.endswith(TYPESCRIPT):
            import tree_sitter_typescript

            language = tree_sitter_typescript.language_typescript()
        else:
            import tree_sitter_javascript

            language = tree_sitter_javascript.language()
    except ImportError:
        raise Missing(
            "cloudpy migrate needs tree-sitter to read JavaScript:"
            " pip install tree-sitter tree-sitter-javascript tree-sitter-typescript ruff"
        ) from None
    source = text.encode()
    tree = tree_sitter.Parser(tree_sitter.Language(language)).parse(source)
    if tree.root_node.has_error:
        bad = _first_error(tree.root_node)
        written = (bad.text or b"").decode("utf-8", "replace").strip()
        result = (written.splitlines() or [""])[0][:40]
        name = "TypeScript" if file.endswith(TYPESCRIPT) else "JavaScript"
        what = f"expected {bad.type!r}" if bad.is_missing else f"expected {name}, found {result!r}"
        raise SyntaxProblem(file, bad.start_point.row + 1, what)
    root = copied(tree, source)
    _read_awaits(root)
    return root


def _read_awaits(node: Node) -> None:
    """Read ``await (…).name()`` as JavaScript does: the grammar takes it for a call of a function ``await``."""
    pending = [node]
    while pending:
        node = pending.pop()
        pending += node.named_children
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        given = node.child_by_field_name("arguments")
        if function is None or given is None or function.type != "identifier" or function.text != "await":
            continue
        if len(given.named_children) == 1:
            _regroup(node, function, given)


def _regroup(call: Node, word: Node, given: Node) -> None:
    """Make parentheses of the call, and await what is read or called of them."""
    call.type = "parenthesized_expression"
    call.start_byte, call.row = given.start_byte, given.row
    call.children, call.named_children, call._fields = given.children, given.named_children, None
    for child in call.children:
        child.parent = call
    top = call
    while top.parent is not None and top.parent.type in _CHAINED and top.parent.named_children[0] is top:
        top = top.parent
        top.start_byte, top.row = given.start_byte, given.row
    around = top.parent
    awaited = copy.copy(word)
    awaited.id = id(awaited)
    awaited.type, awaited.parent = "await_expression", around
    awaited.end_byte, awaited.end_row = top.end_byte, top.end_row
    awaited.children, awaited.named_children, awaited._fields = [word, top], [top], None
    word.type, word.parent, top.parent = "await", awaited, awaited
    if around is not None:
        around.children = [awaited if each is top else each for each in around.children]
        around.named_children = [awaited if each is top else each for each in around.named_children]
        for name, each in (around._fields or {}).items():
            if each is top and around._fields is not None:
                around._fields[name] = awaited


def _first_error(node: tree_sitter.Node) -> tree_sitter.Node:
    while True:
        inner = next((child for child in node.children if child.has_error), None)
        if node.is_error or node.is_missing or inner is None:
            return node
        node = inner


def walk(root: Node) -> Iterator[Node]:
    """Yield a node and all that is in it, in no order."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += node.named_children

"""What the writers of one file share: its facts, the state of the writing, and how they call each other."""

from __future__ import annotations

from collections.abc import Callable

from .callbacks import goes_to_promise
from .catalog import DATE_METHODS, METHODS
from .code import ATOM, AWAIT, COMPARE, Py, call, getter, quoted
from .diagnostics import Caveat, Todo, Unavailable, Untranslated
from .handlers import is_inside
from .heap import OBJECT, Site
from .inference import Types
from .jstypes import DATABASE, LOOPED, NIL, NOTHING, OBJECTS, READABLE, RECORD, TEXTS, JsType, js_type, may_be_own_bool
from .jumps import Loop, Round
from .load_order import follows_init, needs_init
from .lookups import Lookups
from .module import Module
from .nodes import (
    FUNCTIONS,
    INBORN,
    arguments_of,
    child_nodes,
    comment_lines,
    field,
    is_generator,
    line_of,
    optional_links,
    strip,
    text_of,
)
from .plain_keys import is_caller_at_load, is_from_outside, is_read_on, is_taken_for_object
from .plain_texts import PlainTexts
from .syntax import Node
from .variables import Variable

_WRITES = {"assignment_expression", "augmented_assignment_expression", "update_expression"}
_SIGNS = {"property_identifier", "private_property_identifier", "optional_chain"}


# What stands for ``this`` where it is the exports of the file
EXPORTS = "exports"


class Context:
    """The state of writing one file.

    Attributes:
        sync: Whether it is written for ``cloudpy.sync``, without await.
        expressions: Type of a node -> what writes it as an expression.
        statements: Type of a node -> what writes it as a statement.
        write_block: Writes a block, or a single statement, as lines.
        write_method: Writes a method of a list.
        write_effect: Writes an expression whose value nobody uses, as lines.
        log_added: Writes the log that is added before a statement of a handler.
        write_statement: Writes one statement; one that cannot be translated becomes a todo.
        store: Writes an assignment to a property.
        prelude: Definitions that go before the statement that is being written.
        present: Ids of nodes whose ``?.`` is known to find an object.
        within: The functions around, outermost first; a lambda is one too.
        unavailable: Id of a variable -> why it has no value in Python.
        unfinished: Id of a function with a todo in it -> the line of that todo.
        callees: Id of a function -> ids of the functions that it calls.
        used_names: Names made up for this file; `in_lambda`: depth of the lambdas around.
        ranges: Pairs of list and index, as written, of the counting loops around.
        items: The same of loops over the items themselves -> what an item is called.
        item_names: What the items of such loops of the file are called.
        loops: The loops around, outermost first; `rounds`: id of a callback that has become one -> the loop.
        flattened: Ids of functions that return a coroutine without awaiting it.
        late: Id of a ``return`` whose promise is awaited later -> its name; `splits`: of each ``if`` with the rest.
        imports: Import lines for the top of the file; `libraries`: those of Python packages other than cloudpy.
        late_imports: Import lines that go before the statement of the file that is being written.
        required: Path of a file that an expression requires -> the name that it is imported as.
        helpers: Names used from ``js``; `attributes`: all attribute names; `reads`: all names.
        sdk_name: What the SDK is called in this file.
        ignored: Ids of pairs of object literals that have no effect; `unused`: of parameters that are not written.
        unwritten: Ids of names that are read in JavaScript alone.
        error_name: What errors are called that the program gives no name.
        shown: Ids of texts that are only printed: their parts are shown as Python shows them.
        arguments: What ``arguments`` is called in the function that is being written; `this`: what ``this`` is.
    """

    write_block: Callable[[Node], list[str]]
    write_effect: Callable[[Node], list[str]]
    write_statement: Callable[[Node], list[str]]
    store: Callable[[Node, Py], list[str]]
    write_method: Callable[[Node, str, list[Node]], Py]
    log_added: Callable[[Node], list[str]]

    def __init__(self, types: Types, *, sync: bool) -> None:
        self.types = types
        self.module = types.module
        self.plain_texts = PlainTexts(types)
        self.lookups = Lookups(types.facts)
        self.sync = sync
        self.expressions: dict[str, Callable[[Node], Py]] = {}
        self.statements: dict[str, Callable[[Node], list[str]]] = {}
        self.unavailable: dict[int, Unavailable] = {}
        self.unused: set[int] = set()
        self.unfinished: dict[int, int] = {}
        self.callees: dict[int, set[int]] = {}
        self.present: set[int] = set()
        self.within: list[Node] = []
        self.in_lambda = 0
        self.sdk_name = ""
        self.this = ""
        self.arguments = ""
        self.reset()

    def reset(self) -> None:
        """Forget what was written; what is known about unfinished pieces stays."""
        self.todos: list[Todo] = []
        self.caveats: list[Caveat] = []
        self.imports: list[str] = []
        self.late_imports: list[str] = []
        self.libraries: list[str] = []
        self.required: dict[str, str] = {}
        self.prelude: list[str] = []
        self.ranges: list[tuple[str, str]] = []
        self.items: dict[tuple[str, str], str] = {}
        self.item_names: set[str] = set()
        self.loops: list[Loop] = []
        self.rounds: dict[int, Round] = {}
        self.used_names: set[str] = set()
        self.flattened: set[int] = set()
        self.late: dict[int, str] = {}
        self.splits: set[int] = set()
        self.shown: set[int] = set()
        self.unwritten: set[int] = set()
        self.error_name = ""
        self.ignored: set[int] = set()
        self.helpers: set[str] = set()
        self.attributes: set[str] = set()
        self.reads: set[str] = set()

    def reachable_todo(self, function: int) -> int:
        """Return the line of a todo that a call of the function with that id may reach, or 0."""
        seen: set[int] = set()
        pending = [function]
        while pending:
            current = pending.pop()
            if current in self.unfinished:
                return self.unfinished[current]
            seen.add(current)
            pending += self.callees.get(current, set()) - seen
        return 0


class Part:
    """A writer of one kind of nodes. What it needs from other writers is given to its constructor."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.types = context.types
        self.module = context.module
        self.names = context.module.names
        self.sync = context.sync

    def import_file(self, other: Module, name: str, python: str, node: Node, *, is_whole: bool = False) -> None:
        """Import a file of the program for `node`: at the top, or after ``init()`` if its loading needs that."""
        line = other.import_line(name, python, is_whole=is_whole)
        if follows_init(node) and needs_init(other):
            self.context.late_imports.append(f"{line}  # noqa: E402 - it uses what init() made")
        else:
            self.context.imports.append(line)

    # ---- dispatch to the writers

    def expr(self, node: Node) -> Py:
        """Write an expression."""
        node = strip(node)
        writer = self.context.expressions.get(node.type)
        if writer is None:
            raise Untranslated(f"{node.type.replace('_', ' ')} is not translated")
        return writer(node)

    def arguments(self, nodes: list[Node]) -> list[Py]:
        """Write the arguments of a call, or the items of an array."""
        codes = []
        for node in nodes:
            if node.type != "spread_element":
                codes.append(self.expr(node))
                continue
            inner = strip(child_nodes(node)[0])
            code, type_ = self.expr(inner), self.type_of(inner)
            is_plain = (bool(type_) and type_ <= LOOPED | TEXTS | {"map", "set"}) or self.generator_of(
                inner
            ) is not None
            codes.append(Py(f"*{code.at(COMPARE + 1)}" if is_plain else f"*js.iterate({code})"))
        return codes

    def generator_of(self, value: Node) -> Node | None:
        """Return the generator function whose call a value is, when that is sure."""
        value = strip(value)
        if value.type != "call_expression":
            return None
        callee = strip(field(value, "function"))
        function = self.module.known_function(callee) or self.module.known_method(callee)
        return function if function is not None and is_generator(function) else None

    def block(self, node: Node) -> list[str]:
        """Write a block, or a single statement."""
        return self.context.write_block(node)

    def statement_lines(self, node: Node) -> list[str]:
        """Write a statement or a comment."""
        return comment_lines(node) if node.type == "comment" else self.context.write_statement(node)

    def raw_statement(self, node: Node) -> list[str]:
        """Write a statement; one that cannot be translated fails the whole piece around."""
        return self.context.statements[node.type](node)

    def take_prelude(self) -> list[str]:
        """Return the definitions that go before the current statement, and forget them."""
        lines, self.context.prelude = self.context.prelude, []
        return lines

    def unique_name(self, base: str) -> str:
        """Return a name that nothing else in the file has."""
        name, count = base, 1
        while name in self.names.pythons or name in self.context.used_names:
            count += 1
            name = f"{base}_{count}"
        self.context.used_names.add(name)
        return name

    def awaited(self, code: Py) -> Py:
        """Write ``await code``; ``cloudpy.sync`` awaits nothing."""
        return code if self.sync else Py(f"await {code.at(ATOM)}", AWAIT)

    def is_resolved(self, node: Node) -> bool:
        """Whether it is ``Promise.resolve(value)`` of a value that surely is no promise."""
        if node.type != "call_expression" or text_of(field(node, "function")) != "Promise.resolve":
            return False
        args = arguments_of(node)
        type_ = self.type_of(args[0]) if args else js_type("undef")
        return len(args) <= 1 and bool(type_) and "promise" not in type_

    def resolved_value(self, node: Node) -> Py:
        """Write the value of ``Promise.resolve(value)``."""
        args = arguments_of(node)
        return self.expr(args[0]) if args else Py("js.UNDEFINED")

    def started(self, node: Node, promises: Py) -> Py:
        """Start the promises of a list that is not gathered: Node has started them, whether anything waits or not."""
        if self.sync:
            raise Untranslated("promises that are awaited later than they are made, without await")
        if not self.context.within:
            raise Untranslated("promises created when the file is loaded")
        self.caveat(node, "Node answers before these promises are settled; here main waits for them")
        self.module.has_background = True
        return Py(f"js.started({promises})")

    def in_background(self, node: Node, promise: Py) -> Py:
        """Start a promise that nothing awaits where it is made."""
        if not self.context.within:
            raise Untranslated("a promise created when the file is loaded")
        self.caveat(node, "Node answers before this promise is settled; here main waits for it, and prints a failure")
        if self.types.sent(node) is None and not self.module.is_cloud_call(node):
            self.caveat(node, "Node runs an async function up to its first await at once; here it starts later")
        self.module.has_background = True
        return call("js.background", promise)

    def is_gathered(self, node: Node) -> bool:
        """Whether a list of promises, or a variable that has it, is an argument of ``Promise.all`` and the like."""
        use = node.parent
        while use is not None and use.type in ("parenthesized_expression", "as_expression"):
            use = use.parent
        variable = None
        if use is not None and use.type == "variable_declarator":
            variable = self.names.of.get(field(use, "name").id)
        elif use is not None and use.type == "assignment_expression":
            variable = self.variable_of(field(use, "left"))
        if goes_to_promise(node):
            return True
        return not self.sync and variable is not None and any(map(goes_to_promise, variable.reads))

    # ---- diagnostics

    def caveat(self, node: Node, why: str) -> None:
        """Note a condition under which the translation holds."""
        self.context.caveats.append(Caveat(self.module.file, line_of(node), why))

    def note_call(self, function: Node) -> None:
        """Note a call of a function of this file: while the file is imported, it must not reach a todo."""
        if self.context.within:
            for around in self.context.within:
                self.context.callees.setdefault(around.id, set()).add(function.id)
            return
        if line := self.context.reachable_todo(function.id):
            raise Untranslated(f"it runs when the file is loaded, and reaches line {line}, which is not translated")

    # ---- questions

    def type_of(self, node: Node | None) -> JsType:
        """Return what an expression can be."""
        return self.types.of(node)

    def variable_of(self, node: Node) -> Variable | None:
        """Return the variable that a name refers to."""
        return self.names.of.get(strip(node).id)

    def is_async(self, function: Node) -> bool:
        """Whether a function returns a promise, and so becomes an ``async def``."""
        return self.types.is_async(function)

    def is_database(self, node: Node) -> bool:
        """Whether an expression surely is an object of the database; of null there is an error in both."""
        type_ = self.type_of(node) - NIL
        return bool(type_) and type_ <= DATABASE

    def is_in_promise(self, node: Node) -> bool:
        """Whether it is in the function of a ``new Promise``, whose promise is awaited."""
        at: Node | None = node
        while at is not None:
            around = at.parent.parent if at.type in FUNCTIONS and at.parent is not None else None
            if around is not None and around.type == "new_expression":
                return text_of(field(around, "constructor")) == "Promise"
            at = at.parent
        return False

    def is_pure(self, node: Node) -> bool:
        """Whether it can be skipped, or evaluated twice, without a difference."""
        node = strip(node)
        if node.type in ("identifier", "this", "string", "number", "true", "false", "null", "undefined"):
            return True
        if node.type in ("member_expression", "subscript_expression", "unary_expression", "binary_expression"):
            return all(self.is_pure(child) for child in node.named_children if child.type not in _SIGNS) and not (
                node.type == "unary_expression" and node.children[0].type == "delete"
            )
        if node.type in ("array", "object"):
            return not node.named_children
        if node.type == "template_string":
            return all(
                self.is_pure(child.named_children[0])
                for child in node.named_children
                if child.type == "template_substitution"
            )
        return False

    def is_idle(self, node: Node) -> bool:
        """Whether nothing is missed where it is not written: it is pure, and it cannot fail."""
        node = strip(node)
        if node.type in ("member_expression", "subscript_expression"):
            type_ = self.type_of(field(node, "object"))
            return bool(type_) and not type_ & NIL and self.is_idle(field(node, "object")) and self.is_pure(node)
        return node.type in FUNCTIONS or (
            self.is_pure(node)
            and all(self.is_idle(child) for child in node.named_children if node.type.endswith("ary_expression"))
        )

    def key_of(self, node: Node, code: Py, type_: JsType, sites: set[Site], name: str) -> Py:
        """Write the reading of a key of a value, by what the value can be.

        Brackets read a record as JavaScript does. Of anything but an object they raise TypeError, where JavaScript
        may give undefined: not written where the program would catch that.
        """
        key = quoted(name)
        if name in DATE_METHODS and type_ - NIL == {"date"}:
            raise Untranslated(f"the method {name} is used without a call")
        plain = RECORD if name in DATE_METHODS or may_be_own_bool(type_) else self.plain_to_read(node)
        if name not in INBORN | METHODS.keys() and name != "length" and type_ - NIL:
            if type_ <= RECORD and is_caller_at_load(sites):  # init() may be called later, or with it
                return Py(f"{code.at(ATOM)}.get({key}, js.UNDEFINED)")
            there = self.types.facts.flow.is_always_there({each for each in sites if each.kind == OBJECT}, name)
            if type_ <= plain | ({"obj"} if there else NOTHING) and type_ & OBJECTS:
                return Py(f"{code.at(ATOM)}[{key}]")
            is_object = type_ <= plain | {"obj"} and "obj" in type_
            if is_object or is_taken_for_object(self.types, node, type_, sites):
                is_plain = is_read_on(node) or (not is_object and is_from_outside(self.types, sites))
                return Py(f"{code.at(ATOM)}[{key}]" if is_plain else f"{code.at(ATOM)}.get({key}, js.UNDEFINED)")
        return call("js.stack", code) if name == "stack" else call(getter(key), code, key)

    def plain_to_read(self, node: Node) -> JsType:
        """Return what brackets, or ``get``, may read at this place, beside an object of the program."""
        return RECORD if is_inside(node, self.types.facts.handlers.caught) else READABLE

    def open_links(self, node: Node) -> list[Node]:
        """Return the nodes with ``?.`` in a chain whose owner may be missing."""
        links = [each for each in optional_links(node) if each.id not in self.context.present]
        return [each for each in links if self.types.may_be_missing(each)]

    def has_assignment(self, node: Node) -> bool:
        """Whether an expression assigns anything, outside of functions in it."""
        return node.type in _WRITES or any(
            self.has_assignment(child) for child in node.named_children if child.type not in FUNCTIONS
        )

    def has_node(self, node: Node, *types: str, deep: bool = False) -> bool:
        """Whether an expression contains a node of these types, outside of functions in it unless `deep`."""
        if node.type in types:
            return True
        return any(
            self.has_node(child, *types, deep=deep)
            for child in node.named_children
            if deep or child.type in types or child.type not in FUNCTIONS
        )

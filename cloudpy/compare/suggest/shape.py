"""What the code of a function tells about the values that it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

EVENT, DOCUMENT, OTHER = "event", "document", "other"


@dataclass(frozen=True)
class Guard:
    """A condition on the way to a place of the code: `shape` has `value`, or has another one."""

    shape: Shape
    value: Any
    equal: bool


Guards = tuple[Guard, ...]


class Shape:
    """A value that the function reads.

    Attributes:
        name: the key or the name it is read with.
        parent: the value that it is a key or an element of, or None.
        root: ``event``, ``document`` or ``other``.
        keys: its keys.
        element: of a list, or None.
        json: what a string contains as JSON, or None.
        kinds: votes for ``string``, ``number``, ``boolean``, ``list``, ``object``, ``date``.
        values: constants that it is compared with, in order.
        bounds: numbers that it is compared with by ``<`` and ``>``.
        defaults: constants that take its place when it is missing.
        pattern: a regular expression that it is tested with, or None.
        tested: whether the code asks if it is true.
        reads: the conditions under which it is read.
        lines: where it is read.
    """

    def __init__(self, name: str, parent: Shape | None = None, root: str = OTHER) -> None:
        self.name = name
        self.parent = parent
        self.root: str = parent.root if parent is not None else root
        self.keys: dict[str, Shape] = {}
        self.element: Shape | None = None
        self.json: Shape | None = None
        self.kinds: Counter[str] = Counter()
        self.values: dict[Any, None] = {}
        self.bounds: dict[float, None] = {}
        self.defaults: dict[Any, None] = {}
        self.pattern: str | None = None
        self.tested = False
        self.reads: set[Guards] = set()
        self.equal_to: Shape | None = None  # the next one on the way to `group`

    def key(self, name: str) -> Shape:
        """Return the value of a key."""
        found = self.keys.get(name)
        if found is None:
            found = self.keys[name] = Shape(name, self)
        return found

    def item(self) -> Shape:
        """Return the value of an element of the list."""
        if self.element is None:
            self.element = Shape(_singular(self.name), self)
        return self.element

    def content(self) -> Shape:
        """Return what it contains as JSON."""
        if self.json is None:
            self.json = Shape(self.name, self)
        return self.json

    def vote(self, kind: str, weight: int = 2) -> None:
        """Note that it is used as a value of this kind."""
        self.kinds[kind] += weight

    def compare_with(self, value: Any) -> None:
        """Note a constant that it is compared with."""
        if value is None or value == "" or isinstance(value, bool):
            self.tested = True
        if value is None or value == "":
            return
        self.values.setdefault(value)
        self.vote(kind_of_value(value))

    def is_with(self, other: Shape) -> None:
        """Note that it is compared with another value, so that both may be equal."""
        first, second = self.group, other.group
        if first is not second:
            second.equal_to = first

    @property
    def group(self) -> Shape:
        """One of the values that are equal to it, the same for all of them."""
        at = self
        while at.equal_to is not None:
            at = at.equal_to
        return at

    @property
    def path(self) -> str:
        """How the code reads it, such as ``data.items[].id``."""
        if self.parent is None:
            return ""
        before = self.parent.path
        if self.parent.element is self:
            return f"{before}[]"
        if self.parent.json is self:
            return before
        return f"{before}.{self.name}" if before else self.name

    def inside(self) -> Iterator[Shape]:
        """Yield it and all that is in it."""
        yield self
        for each in (*self.keys.values(), self.element, self.json):
            if each is not None:
                yield from each.inside()

    def __repr__(self) -> str:
        return f"<Shape {self.path or self.name}>"


def kind_of_value(value: Any) -> str:
    """Return the kind of a constant."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, (list, tuple)):
        return "list"
    return "object" if isinstance(value, dict) else "string"


def _singular(name: str) -> str:
    for suffix, rest in (("List", ""), ("ies", "y"), ("s", "")):
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name[: -len(suffix)] + rest
    return name

"""What a variable may hold while the code is read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from .shape import Guards, Shape, kind_of_value
from .tree import Expr, Lambda


class Scope:
    """Variables of a function or a module."""

    def __init__(self, outer: Scope | None = None) -> None:
        self.names: dict[str, Value] = {}
        self.outer = outer

    def get(self, name: str) -> Value:
        """Return what a variable holds, None when it is not known."""
        at: Scope | None = self
        while at is not None:
            if name in at.names:
                return at.names[name]
            at = at.outer
        return None

    def owner(self, name: str) -> Scope:
        """Return the scope that has the variable, or this one."""
        at: Scope | None = self
        while at is not None:
            if name in at.names:
                return at
            at = at.outer
        return self


@dataclass(frozen=True, eq=False)
class Known:
    """A constant."""

    value: Any


@dataclass(eq=False)
class Dict:
    """An object that the code makes."""

    items: dict[str, Value]
    spread: Value = None  # what it takes its other keys from


@dataclass(frozen=True, eq=False)
class List:
    """A list: what its elements may be, and the first ones where the code writes them."""

    element: Value
    items: tuple[Value, ...] = ()


@dataclass(frozen=True, eq=False)
class Function:
    """A function with the scope that it was made in."""

    node: Lambda
    scope: Scope
    this: Value = None


@dataclass(frozen=True, eq=False)
class Choice:
    """An item of an object that a value selects: ``handlers[event.action]``."""

    by: Shape
    of: Dict


@dataclass(frozen=True, eq=False)
class Several:
    """One of several values."""

    values: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Special:
    """Something of the SDK or of a library, such as ``cloud``, ``db``, ``query``."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Condition:
    """A query operator with its arguments: ``_.gt(3)``."""

    name: str
    args: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Query:
    """A query of a collection that the code runs.

    Attributes:
        collection: its name, or the value that is the name.
        where: conditions, each by field.
        guards: under which it runs.
    """

    collection: str | Shape
    where: tuple[Dict, ...]
    guards: Guards


Value: TypeAlias = "Shape | Known | Dict | List | Function | Choice | Several | Special | Condition | None"


def one_of(*values: Value) -> Value:
    """Return a value that is one of several."""
    flat: list[Value] = []
    for each in values:
        for one in each.values if isinstance(each, Several) else (each,):
            if one is not None and not any(one is other for other in flat):
                flat.append(one)
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else Several(tuple(flat[:8]))


def shapes_in(value: Value) -> list[Shape]:
    """Return the shapes that a value may be."""
    return [each for each in (value.values if isinstance(value, Several) else (value,)) if isinstance(each, Shape)]


def element(of: Value, index: int | None = None) -> Value:
    """Return what an element of a value may be; the one at an index where the code says which."""
    if isinstance(of, Several):
        return one_of(*(element(each, index) for each in of.values))
    if isinstance(of, List) and index is not None and index < len(of.items):
        return of.items[index]
    if isinstance(of, Shape):
        of.vote("list", 1)
        return of.item()
    return of.element if isinstance(of, List) else None


def default(shape: Shape, value: Value) -> None:
    """Note what takes the place of a value that is missing."""
    if isinstance(value, Known):
        if value.value is not None:
            shape.defaults.setdefault(value.value)
            shape.vote(kind_of_value(value.value))
    elif isinstance(value, (List, Dict)):
        shape.vote("list" if isinstance(value, List) else "object")


class Reading(Protocol):
    """What reads the program, as calls and operators see it; `reader.Reader` is one."""

    event: Shape
    caller: Shape
    env: str

    def value(self, node: Expr, scope: Scope) -> Value:
        """Return what an expression may be."""

    def get(self, of: Value, key: str) -> Value:
        """Return a property of a value."""

    def call(self, function: Value, args: Sequence[Value]) -> Value:
        """Return what a function of the program returns."""

    def imported(self, name: str) -> Value:
        """Return a module by its name."""

    def under(self, shape: Shape, value: object) -> AbstractContextManager[None]:
        """Return a context in which a value is known."""

    def document(self, collection: str | Shape) -> Shape:
        """Return what is read of the documents of a collection."""

    def add_query(self, collection: str | Shape, where: Sequence[Value]) -> None:
        """Note a query."""

"""A program as a small tree, the same for JavaScript and Python: what is read, compared, called and stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, eq=False)
class Name:
    """A variable, also as the target of an assignment."""

    id: str


@dataclass(frozen=True, eq=False)
class Const:
    """A literal; None for null, undefined and None."""

    value: Any


@dataclass(frozen=True, eq=False)
class Get:
    """A property, an attribute or an item: ``of.key``, ``of[key]``."""

    of: Expr
    key: Expr


@dataclass(frozen=True, eq=False)
class Call:
    """A call; `is_new` for ``new``."""

    function: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...] = ()
    is_new: bool = False


@dataclass(frozen=True, eq=False)
class Op:
    """An operator with JavaScript's name, ``===`` being ``==``; ``text`` for what makes a string."""

    name: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, eq=False)
class Record:
    """An object literal or a dict, also as a pattern; the key None spreads, or takes the rest."""

    items: tuple[tuple[str | Expr | None, Expr], ...]


@dataclass(frozen=True, eq=False)
class Items:
    """A list or a tuple, also as a pattern."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, eq=False)
class Default:
    """A target with a default value."""

    target: Expr
    value: Expr


@dataclass(frozen=True, eq=False)
class Lambda:
    """A function."""

    params: tuple[Expr, ...]
    body: tuple[Statement, ...]
    name: str = ""


@dataclass(frozen=True, eq=False)
class Assign:
    """An assignment, also as an expression; `declares` for a declaration, after which the name means something else."""

    target: Expr
    value: Expr
    declares: bool = False


@dataclass(frozen=True, eq=False)
class Pattern:
    """A regular expression."""

    source: str


Expr: TypeAlias = "Name | Const | Get | Call | Op | Record | Items | Default | Lambda | Assign | Pattern"


@dataclass(frozen=True, eq=False)
class If:
    """A condition with both branches."""

    test: Expr
    yes: tuple[Statement, ...]
    no: tuple[Statement, ...] = ()


@dataclass(frozen=True, eq=False)
class Switch:
    """A switch or a match; a case without values is the default."""

    subject: Expr
    cases: tuple[tuple[tuple[Expr, ...], tuple[Statement, ...]], ...]


@dataclass(frozen=True, eq=False)
class Loop:
    """A loop; `target` takes the elements of `over`."""

    target: Expr | None
    over: Expr | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, eq=False)
class Block:
    """Statements one after the other: a block, a try with its handlers."""

    body: tuple[Statement, ...]


@dataclass(frozen=True, eq=False)
class Return:
    """A return or a throw: what follows is not reached."""

    value: Expr


@dataclass(frozen=True, eq=False)
class Def:
    """A declared function."""

    name: str
    function: Lambda


@dataclass(frozen=True, eq=False)
class Class:
    """A class with its methods."""

    name: str
    methods: tuple[tuple[str, Expr], ...]


Statement: TypeAlias = "If | Switch | Loop | Block | Return | Def | Class | Expr"


@dataclass(frozen=True)
class Module:
    """A file.

    Attributes:
        body: its statements.
        exports: names that it exports itself, by the name inside; Python modules export all their names.
    """

    body: tuple[Statement, ...]
    exports: dict[str, str] = field(default_factory=dict)


NONE = Const(None)


def text_part(part: Expr, before: str, after: str) -> Expr:
    """Return a part of a string; what stands around it may tell that it is a date or a time of day."""
    if before[-1:] in ("T", " ") and after.startswith(":00"):
        return Op("matching", (part, Const(r"^\d\d:\d\d$")))
    return Op("matching", (part, Const(r"^\d{4}-\d\d-\d\d$"))) if re.match(r"T(\d|$)", after) else part


def names(target: Expr) -> list[str]:
    """Return the variables that a target assigns."""
    if isinstance(target, Name):
        return [target.id]
    if isinstance(target, Default):
        return names(target.target)
    if isinstance(target, (Record, Items)):
        items = [each[1] for each in target.items] if isinstance(target, Record) else target.items
        return [name for each in items for name in names(each)]
    return [name for each in target.operands for name in names(each)] if isinstance(target, Op) else []

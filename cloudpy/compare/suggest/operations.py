"""Operators while the code is read: comparisons, defaults, arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from .shape import kind_of_value
from .tree import Const, Op, text_part
from .values import Dict, Known, List, Reading, Scope, Special, Value, default, element, one_of, shapes_in

_COMPARED = {"==", "!=", "<", ">", "<=", ">="}
_NUMERIC = {"-", "*", "/", "%", "**"}


def value(reader: Reading, node: Op, scope: Scope) -> Value:
    """Return what an operator gives, and note what it tells about its operands."""
    name = node.name
    values = [reader.value(each, scope) for each in node.operands]
    if name in _COMPARED:
        _compare(name, *values)
        return None
    if name in ("||", "??"):
        for shape in shapes_in(values[0]):
            shape.tested = True
            for known in (each for each in values[1:] if isinstance(each, (Known, Dict, List))):
                default(shape, known)
        _alike(values)
        return one_of(*(each for each in values if not (isinstance(each, Known) and each.value is None)))
    if name == "&&":
        for value in values[:-1]:
            for shape in shapes_in(value):
                shape.tested = True
        return values[-1]
    if name == "?:":
        for shape in shapes_in(values[0]):
            shape.tested = True
        _alike(values[1:])
        return one_of(*values[1:])
    if name in _NUMERIC or name == "u-":
        for shape in (each for value in values for each in shapes_in(value)):
            shape.vote("number")
        return Special("number")
    if name == "+":
        _tell_time(reader, node, scope)
        for value, other in (values, values[::-1]) if len(values) == 2 else ():
            kind = kind_of_value(other.value) if isinstance(other, Known) else ""
            for shape in shapes_in(value):
                if kind in ("string", "number"):
                    shape.vote(kind, 1)
        return None
    if name == "!":
        for shape in shapes_in(values[0]):
            shape.tested = True
        return None
    if name == "...":
        for shape in shapes_in(values[0]):
            shape.vote("list", 1)
        return element(values[0])
    if name == "matching":
        for shape in shapes_in(values[0]):
            shape.vote("string")
            shape.pattern = shape.pattern or next(each.value for each in values if isinstance(each, Known))
        return None
    if name == "default":
        return one_of(reader.get(values[0], "default"), values[0])
    return values[-1] if name == "," else None


def _tell_time(reader: Reading, node: Op, scope: Scope) -> None:
    """Note what ``date + "T" + time + ":00"`` tells about both."""
    left, after = node.operands[0], node.operands[-1]
    if not isinstance(after, Const) or not isinstance(after.value, str):
        return
    *sums, part = left.operands if isinstance(left, Op) and left.name == "+" else (left,)
    last = sums[-1].operands[-1] if sums and isinstance(sums[-1], Op) else None
    before = last.value if isinstance(last, Const) and isinstance(last.value, str) else ""
    made = text_part(part, before, after.value)
    if made is not part:
        reader.value(made, scope)


def _compare(name: str, left: Value, right: Value) -> None:
    for one, other in ((left, right), (right, left)):
        for shape in shapes_in(one):
            if isinstance(other, Known):
                if name in ("==", "!="):
                    shape.compare_with(other.value)
                elif isinstance(other.value, (int, float)) and not isinstance(other.value, bool):
                    shape.bounds.setdefault(other.value)
                    shape.vote("number")
            elif isinstance(other, Special) and other.kind in ("number", "date"):
                shape.vote(other.kind, 1)
            for same in shapes_in(other):
                if name in ("==", "!="):
                    shape.is_with(same)
                else:
                    same.vote("number", 1)


def _alike(values: Sequence[Value]) -> None:
    """Note that the code takes one of several values where the first one is missing, so that they may be equal."""
    shapes = [shape for value in values for shape in shapes_in(value)]
    for each in shapes[1:]:
        if not each.keys and not shapes[0].keys:
            shapes[0].is_with(each)

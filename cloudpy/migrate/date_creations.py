"""What is written to make, ask and change a Date, where Python has a plain form for it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from .nodes import arguments_of, field, is_called, string_value, strip, text_of
from .syntax import Node

# A method of Date -> what follows a datetime
_PARTS = {
    "FullYear": ".year",
    "Month": ".month - 1",
    "Date": ".day",
    "Day": ".isoweekday() % 7",
    "Hours": ".hour",
    "Minutes": ".minute",
    "Seconds": ".second",
    "Milliseconds": ".microsecond // 1000",
}
LOCAL = {f"get{name}": code for name, code in _PARTS.items()}
UTC = {f"getUTC{name}": code for name, code in _PARTS.items()}
ISO = {"toISOString", "toJSON"}
NUMBER = {"getTime", "valueOf"}
# Those that nothing but a date has
DOCUMENT_METHODS = LOCAL.keys() | UTC.keys() | {"toISOString", "getTime"}
COMPARED = {"<", ">", "<=", ">=", "-"}
_FIXED = re.compile(r"[\d_\s.*+()-]+")
# What a setter sets: the part, its name in `replace`, in `timedelta`, and the last value that every date takes
_SET = {
    "Date": ("day", "days", 28),
    "Hours": ("hour", "hours", 23),
    "Minutes": ("minute", "minutes", 59),
    "Seconds": ("second", "seconds", 59),
    "Milliseconds": ("microsecond", "milliseconds", 999),
}
_TIME = re.compile(r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?(?:[+-](?:0\d|1[0-4]):\d\d)?")
# Strings that Python and Node read as the same time
_CONSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|[+-]0\d:00)?)?", re.ASCII)
_CLOCK = ["Hours", "Minutes", "Seconds", "Milliseconds"]
CLOCK_PARTS = ["hour", "minute", "second", "microsecond"]


class Form(NamedTuple):
    """How a date is made, or changed.

    Attributes:
        kind: ``now``, ``step`` (of `base`, or of now, by `values`), ``copy``, ``day`` (a time of the day of `base`),
            ``number`` (of milliseconds), ``text`` (an ISO string); for a setter ``replace`` (with `values`), ``step``
            or ``year``.
        needs: what has to be known of the zone.
        may_fail: whether it may raise an error that Node does not have.
    """

    kind: str
    needs: set[str]
    base: Node | None = None
    values: tuple[str | Node, ...] = ()
    sign: str = "+"
    may_fail: bool = False


def is_fixed(node: Node) -> bool:
    """Whether it is a calculation with numbers alone."""
    return _FIXED.fullmatch(text_of(node)) is not None


def needs_of(name: str, args: list[Node]) -> set[str] | None:
    """Return what a method that asks a date needs; None for one that has no plain form."""
    if args:
        return None
    if name in NUMBER:
        return {"number"}
    return {"parts"} if name in LOCAL else {"utc"} if name in UTC or name in ISO else None


def asked(node: Node, *names: str) -> Node | None:
    """Return the date of ``date.getTime()``, or of another method without arguments."""
    node = strip(node)
    callee = strip(field(node, "function")) if node.type == "call_expression" else node
    if callee.type != "member_expression" or not is_called(callee) or arguments_of(node) or "?." in text_of(callee):
        return None
    return strip(field(callee, "object")) if text_of(field(callee, "property")) in names else None


def _is_name(node: Node | None, name: str) -> bool:
    return node is not None and (node.type == "identifier" or _is_made_now(node)) and text_of(node) == name


def _is_made_now(node: Node) -> bool:
    """Whether it is ``new Date()``."""
    return node.type == "new_expression" and text_of(field(node, "constructor")) == "Date" and not arguments_of(node)


def form_of(made: Node) -> Form | None:
    """Return how ``new Date(…)`` makes a date; None for what has no plain form."""
    args = arguments_of(made)
    if any(each.type == "spread_element" for each in args):
        return None
    if not args:
        return Form("now", set())
    if len(args) > 1:
        return _day(args)
    value = strip(args[0])
    if value.type == "identifier":
        return Form("copy", set(), value)
    if value.type == "string":
        return Form("text", {"zone"}, values=(value,)) if _is_time(string_value(value)) else None
    if is_day_and_time(value):
        return Form("text", {"zone"}, values=(value,), may_fail=True)
    base = asked(value, *NUMBER)
    if base is not None and base.type == "identifier":
        return Form("copy", set(), base)
    return _step(value) or (
        Form("number", {"number"}, values=(value,), may_fail=not is_fixed(value)) if is_number(value) else None
    )


def _is_time(written: str) -> bool:
    try:
        is_known = _CONSTANT.fullmatch(written) is not None
        return is_known and datetime.fromisoformat(written.replace("Z", "+00:00")).year > 99
    except ValueError:
        return False


def is_day_and_time(node: Node) -> bool:
    """Whether an expression is something, and a time of the day after it: ``day + 'T00:00:00'``."""
    if node.type == "template_string":
        parts = [each for each in node.named_children if each.type == "template_substitution"]
        is_one = len(parts) == 1 and text_of(node).startswith("`${")
        return is_one and _TIME.fullmatch(text_of(node)[len(text_of(parts[0])) + 1 : -1]) is not None
    if node.type != "binary_expression" or text_of(field(node, "operator")) != "+":
        return False
    left, right = field(node, "left"), field(node, "right")
    is_one = left.type in ("identifier", "member_expression") and right.type == "string"
    return is_one and _TIME.fullmatch(string_value(right)) is not None


def _step(value: Node) -> Form | None:
    """Return the form of ``new Date(date.getTime() + 1000)`` and of ``new Date(Date.now() + 1000)``."""
    if value.type != "binary_expression":
        return None
    sign, left, right = text_of(field(value, "operator")), strip(field(value, "left")), field(value, "right")
    if sign not in ("+", "-"):
        return None
    may_fail = not is_fixed(right)
    if _is_now(left):
        return Form("step", set(), None, (right,), sign, may_fail)
    base = asked(left, *NUMBER)
    if base is not None and base.type == "identifier":
        return Form("step", set(), base, (right,), sign, may_fail)
    inner = _step(left)
    if inner is None or inner.sign != "+" or sign != "+":
        return None
    return inner._replace(values=(*inner.values, right), may_fail=inner.may_fail or may_fail)


def _is_now(node: Node) -> bool:
    base = asked(node, *NUMBER)
    return text_of(node) == "Date.now()" or (base is not None and _is_made_now(base))


def is_number(node: Node) -> bool:
    """Whether an expression is a number, whatever is in it."""
    node = strip(node)
    if node.type == "number" or text_of(node) == "Date.now()":
        return True
    if node.type == "binary_expression":
        sign = text_of(field(node, "operator"))
        sides = field(node, "left"), field(node, "right")
        return sign in ("*", "-", "/", "%") or (sign == "+" and all(map(is_number, sides)))
    name = text_of(field(node, "function")) if node.type == "call_expression" else ""
    return name in ("Number", "parseInt", "Number.parseInt", "parseFloat") or asked(node, "getTime") is not None


def _day(args: list[Node]) -> Form | None:
    """Return the form of ``new Date(date.getFullYear(), date.getMonth(), date.getDate())``, with a time or without."""
    base = asked(args[0], "getFullYear")
    if base is None or not (base.type == "identifier" or _is_made_now(base)) or len(args) > 7:
        return None
    name = text_of(base)
    months = _moved(args[1], name, "getMonth")
    day = text_of(strip(args[2])) if len(args) > 2 else "1"
    first = "1" if day in ("0", "1") else ""
    days = _moved(args[2], name, "getDate") if not first else ("-", "1") if day == "0" else ("", None)
    if months is None or days is None or (months[1] is not None and (not first or text_of(months[1]) != "1")):
        return None
    clock: list[str | Node] = []
    may_fail = isinstance(days[1], Node) and not is_fixed(days[1])
    for part, each in zip(_CLOCK, [*args[3:], None, None, None, None], strict=False):
        if each is None:
            clock.append("0")
        elif _is_name(asked(each, f"get{part}"), name):
            clock.append("")
        elif text_of(strip(each)).isdigit() and int(text_of(strip(each))) <= _SET[part][2]:
            clock.append(text_of(strip(each)))
        elif part != "Milliseconds":
            clock.append(each)
            may_fail = True
        else:
            return None
    month = months[0] if months[1] is not None else ""
    named = base if base.type == "identifier" else None
    return Form("day", {"parts"}, named, (first, month, days[1] or "", *clock), days[0], may_fail)


def _moved(node: Node, name: str, method: str) -> tuple[str, Node | None] | None:
    """Return sign and number of ``date.getDate() + 7``; no number for the part itself."""
    node = strip(node)
    if _is_name(asked(node, method), name):
        return "", None
    if node.type != "binary_expression" or text_of(field(node, "operator")) not in ("+", "-"):
        return None
    sign = text_of(field(node, "operator"))
    return (sign, field(node, "right")) if _is_name(asked(field(node, "left"), method), name) else None


def setter_of(call: Node) -> Form | None:
    """Return how a statement like ``date.setDate(date.getDate() + 7)`` changes a date; None without a plain form."""
    callee, args = strip(field(call, "function")), arguments_of(call)
    owner, name = strip(field(callee, "object")), text_of(field(callee, "property"))
    if owner.type != "identifier" or not args or any(each.type == "spread_element" for each in args):
        return None
    part = name.removeprefix("set").removeprefix("UTC")
    needs = {"utc only"} if name.startswith("setUTC") else {"parts"}
    getter = "get" + name.removeprefix("set")
    moved = _moved(args[0], text_of(owner), getter) if len(args) == 1 else None
    if name == "setTime":
        step = moved if moved is not None and moved[1] is not None else None
        if step is None or step[1] is None:
            return None
        return Form("step", set(), owner, ("milliseconds", step[1]), step[0], not is_fixed(step[1]))
    if moved is not None and moved[1] is not None and (part in _SET or part == "FullYear"):
        if part == "FullYear":
            return Form("year", needs, owner, (moved[1],), moved[0], may_fail=True)
        return Form("step", needs, owner, (_SET[part][1], moved[1]), moved[0], not is_fixed(moved[1]))
    names = _CLOCK[_CLOCK.index(part) :] if part in _CLOCK else [part] if part == "Date" else []
    texts = [text_of(strip(each)) for each in args]
    if not names or len(args) > len(names) or not all(each.isdigit() for each in texts):
        return None
    values = []
    for each, text in zip(names, texts, strict=False):
        if int(text) > _SET[each][2] or (each == "Date" and text == "0"):
            return None
        values.append(f"{_SET[each][0]}={int(text) * (1000 if each == 'Milliseconds' else 1)}")
    return Form("replace", needs, owner, tuple(values))

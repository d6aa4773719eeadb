"""Dates as datetimes, where all that becomes of them has a plain form in Python."""

from __future__ import annotations

from collections.abc import Callable

from .code import ADD, ATOM, COMPARE, MUL, ORDERED, Py, call
from .context import Context, Part
from .date_creations import CLOCK_PARTS, COMPARED, DOCUMENT_METHODS, ISO, LOCAL, NUMBER, UTC, Form, setter_of
from .jstypes import is_open
from .nodes import arguments_of, field, string_value, strip, text_of
from .syntax import Node

_NOW_UTC = "datetime.now(timezone.utc)"
_ISO_TEXT = '.isoformat(timespec="milliseconds").replace("+00:00", "Z")'
NOW = Py("int(time.time() * 1000)")


class PlainDates(Part):
    """Write dates as datetimes where all that becomes of them is seen."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        plain = {
            "new_expression": self.made,
            "call_expression": self._call,
            "binary_expression": self._binary,
            "subscript_expression": self._first_part,
        }
        for kind, write in plain.items():
            context.expressions[kind] = self._or_else(write, context.expressions[kind])

    def _or_else(self, write: Callable[[Node], Py | None], other: Callable[[Node], Py]) -> Callable[[Node], Py]:
        def either(node: Node) -> Py:
            code = write(node)
            return code if code is not None else other(node)

        return either

    def _zone(self, node: Node) -> str:
        return self.types.dates.zone(node)

    def _zone_of_document(self, owner: Node, name: str) -> str:
        """Return ``document`` for what a method of dates is called on, where all dates are datetimes."""
        is_date = self.module.has_datetimes and name in DOCUMENT_METHODS and is_open(self.type_of(owner))
        return "document" if is_date and self.types.facts.is_loud(owner) else ""

    def made(self, node: Node) -> Py | None:
        """Write ``new Date(…)``; None for what needs ``js.Date``."""
        zone = self._zone(node)
        form = self.types.dates.form(node) if zone else None
        if form is None:
            return None
        now = {"naive": "datetime.now()", "local": "datetime.now().astimezone()"}.get(zone, _NOW_UTC)
        if form.kind == "now":
            return Py(now)
        if form.kind == "number":
            assert isinstance(form.values[0], Node)
            code = f"datetime.fromtimestamp({self.expr(form.values[0]).at(MUL)} / 1000"
            return Py(f"{code}, timezone.utc)" if zone == "utc" else f"{code})" + ".astimezone()" * (zone == "local"))
        if form.kind == "any":
            assert isinstance(form.values[0], Node)
            made = call("js.to_datetime", self.expr(form.values[0]))
            return made if zone == "utc" else Py(f"{made}.astimezone()")
        if form.kind == "text":
            return self._of_text(form, zone)
        base = Py(now) if form.base is None else self.expr(form.base)
        if form.kind == "copy":
            return base
        return self._moved(base, form, "milliseconds", form.values) if form.kind == "step" else self._day_at(base, form)

    def _of_text(self, form: Form, zone: str) -> Py:
        value = form.values[0]
        assert isinstance(value, Node)
        shift = ".astimezone(timezone.utc)" if zone == "utc" else ".astimezone()"
        if form.may_fail:
            return Py(f"datetime.fromisoformat({self.expr(value)}){shift}")
        text = string_value(value).replace("Z", "+00:00")
        if "T" in text:
            is_utc = zone == "utc" and text.endswith("+00:00")
            return Py(f'datetime.fromisoformat("{text}")' + ("" if is_utc else shift))
        year, month, day = map(int, text.split("-"))
        return Py(f"datetime({year}, {month}, {day}, tzinfo=timezone.utc)" + ("" if zone == "utc" else shift))

    def _moved(self, base: Py, form: Form, unit: str, values: tuple[str | Node, ...]) -> Py:
        codes = [self.expr(each) for each in values if isinstance(each, Node)]
        amount = str(codes[0]) if len(codes) == 1 else " + ".join(each.at(ADD + 1) for each in codes)
        return Py(f"{base.at(ADD)} {form.sign} timedelta({unit}={amount})", ADD)

    def _day_at(self, base: Py, form: Form) -> Py:
        """Write ``new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, 0, 0, 0)``."""
        first, month, step, *clock = form.values
        parts = ["day=1"] if first else []
        for name, value in zip(CLOCK_PARTS, clock, strict=True):
            code = str(self.expr(value)) if isinstance(value, Node) else value
            if code:
                parts.append(f"{name}={int(code) * 1000 if name == 'microsecond' else code}")
        text = f"{base.at(ATOM)}.replace({', '.join(parts)})"
        if month:
            shift = "+ timedelta(days=32)" if month == "+" else "- timedelta(days=1)"
            text = f"({text} {shift}).replace(day=1)"
        if not step:
            return Py(text)
        return Py(f"{text} {form.sign} timedelta(days={self.expr(step) if isinstance(step, Node) else step})", ADD)

    def _changed(self, call: Node) -> Py | None:
        """Write ``date.setDate(date.getDate() + 7)``, a statement, as one that puts a new date into the variable."""
        callee = strip(field(call, "function"))
        if callee.type != "member_expression" or not text_of(field(callee, "property")).startswith("set"):
            return None
        owner = strip(field(callee, "object"))
        form = setter_of(call) if self._zone(owner) else None
        if form is None:
            return None
        name = self.expr(owner)
        if form.kind == "replace":
            return Py(f"{name} = {name}.replace({', '.join(map(str, form.values))})")
        amount = form.values[-1]
        assert isinstance(amount, Node)
        code = self.expr(amount)
        if form.kind == "year":
            return Py(f"{name} = {name}.replace(year={name}.year {form.sign} {code.at(ADD + 1)})")
        return Py(f"{name} {form.sign}= timedelta({form.values[0]}={code})")

    def _call(self, node: Node) -> Py | None:
        callee, args = strip(field(node, "function")), arguments_of(node)
        if text_of(callee) == "Date.now" and not args and self.names.root.find("Date") is None:
            return NOW
        return self._changed(node) or self._called(node) or self._day(node)

    def _method(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write a method of a date that is a datetime; None for any other value."""
        zone = "" if args else self._zone(owner) or self._zone_of_document(owner, name)
        if zone and strip(owner).type == "member_expression":
            zone = "document"  # what is read from a key may be of a document, too
        if not zone or name not in LOCAL.keys() | UTC.keys() | ISO | NUMBER:
            return None
        if name in NUMBER:
            if strip(owner).type == "new_expression" and not arguments_of(strip(owner)):
                return NOW
            whole = "int" if zone != "document" and self.types.dates.is_of_clock(owner) else "round"
            return Py(f"{whole}({self.expr(owner).at(ATOM)}.timestamp() * 1000)")
        code = self.expr(owner).at(ATOM)
        if name in LOCAL:
            part = LOCAL[name]
            code += ".astimezone()" if zone == "document" else ""
        else:
            code += "" if zone == "utc" else ".astimezone(timezone.utc)"
            part = UTC.get(name, _ISO_TEXT)
        level = ADD if " - " in part else MUL if " " in part and name not in ISO else ATOM
        return Py(code + part, level)

    def _binary(self, node: Node) -> Py | None:
        """Write the comparison or the difference of two dates that both are datetimes."""
        sign, sides = text_of(field(node, "operator")), [field(node, each) for each in ("left", "right")]
        zones = [self._zone(each) for each in sides] if sign in COMPARED else []
        if self.module.has_datetimes and any(zones) and self.types.facts.is_loud(node):
            zones = [
                zone or ("document" if is_open(self.type_of(side)) else "")
                for zone, side in zip(zones, sides, strict=True)
            ]
        if not zones or not all(zones) or (zones[0] == "naive") != (zones[1] == "naive"):
            return self._month(node)
        left, right = (self.expr(each) for each in sides)
        if sign == "-":
            return Py(f"({left.at(ADD)} - {right.at(ADD + 1)}) // timedelta(milliseconds=1)", MUL)
        level = ORDERED if any(map(self.types.dates.may_be_invalid, sides)) else COMPARE
        return Py(f"{left.at(COMPARE + 1)} {sign} {right.at(COMPARE + 1)}", level)

    def _month(self, node: Node) -> Py | None:
        """Write ``date.getMonth() + 1``."""
        left, right = strip(field(node, "left")), field(node, "right")
        if text_of(right) != "1" or text_of(field(node, "operator")) != "+" or left.type != "call_expression":
            return None
        code = self._called(left)
        return Py(code.text.removesuffix(" - 1")) if code is not None and code.text.endswith(".month - 1") else None

    def _day(self, node: Node) -> Py | None:
        """Write ``date.toISOString().slice(0, 10)``, and the like."""
        callee, args = strip(field(node, "function")), [text_of(each) for each in arguments_of(node)]
        name = text_of(callee.child_by_field_name("property")) if callee.type == "member_expression" else ""
        if name not in ("slice", "substring", "substr") or args != ["0", "10"]:
            return None
        return self._day_of(strip(field(callee, "object")))

    def _first_part(self, node: Node) -> Py | None:
        """Write ``date.toISOString().split('T')[0]``."""
        call = strip(field(node, "object"))
        if text_of(field(node, "index")) != "0" or call.type != "call_expression":
            return None
        callee, args = strip(field(call, "function")), [text_of(each) for each in arguments_of(call)]
        if callee.type != "member_expression" or text_of(field(callee, "property")) != "split":
            return None
        if args not in (["'T'"], ['"T"']):
            return None
        return self._day_of(strip(field(callee, "object")))

    def _day_of(self, call: Node) -> Py | None:
        callee = strip(field(call, "function")) if call.type == "call_expression" else call
        if callee.type != "member_expression" or text_of(field(callee, "property")) != "toISOString":
            return None
        code = self._called(call)
        return None if code is None else Py(f'{code.text.removesuffix(_ISO_TEXT)}.strftime("%Y-%m-%d")')

    def _called(self, call: Node) -> Py | None:
        callee = strip(field(call, "function"))
        if callee.type != "member_expression":
            return None
        return self._method(field(callee, "object"), text_of(field(callee, "property")), arguments_of(call))

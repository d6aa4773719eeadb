"""Dates that can be datetimes: made of the present time, with uses that Python has a plain form for."""

from __future__ import annotations

import re
from collections.abc import Callable

from .code import ADD, ATOM, COMPARE, MUL, Py
from .context import Context, Part
from .jstypes import DATABASE
from .nodes import arguments_of, field, is_target, maybe_field, strip, text_of
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
_LOCAL = {f"get{name}": code for name, code in _PARTS.items()}
_UTC = {f"getUTC{name}": code for name, code in _PARTS.items()}
_ISO = {"toISOString", "toJSON"}
_NUMBER = {"getTime", "valueOf"}
_COMPARED = {"<", ">", "<=", ">=", "-"}
_FIXED = re.compile(r"[\d_\s.*+()-]+")
_NOW_UTC = "datetime.now(timezone.utc)"
_ISO_TEXT = '.isoformat(timespec="milliseconds").replace("+00:00", "Z")'
NOW = Py("int(time.time() * 1000)")


class PlainDates(Part):
    """Write dates as datetimes where all that becomes of them is seen."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._zones: dict[int, str] = {}
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

    def made(self, node: Node) -> Py | None:
        """Write ``new Date()``, or that of a time that is reckoned from now; None for what needs ``js.Date``."""
        zone = self._zone(node)
        if not zone:
            return None
        steps = self._steps(node)
        if steps is None:
            return Py({"naive": "datetime.now()", "local": "datetime.now().astimezone()"}.get(zone, _NOW_UTC))
        base, sign, step = steps
        start = _NOW_UTC if base is None else str(self.expr(base))
        before = "utc" if base is None else self._zone(self._creation(base) or base)
        if zone == "utc" and before != "utc":
            start += ".astimezone(timezone.utc)"
        elif before == "naive":
            start += ".astimezone()"
        code = Py(f"{start} {sign} timedelta(milliseconds={self.expr(step)})", ADD)
        return code if zone == "utc" else Py(f"({code}).astimezone()")

    def _call(self, node: Node) -> Py | None:
        callee, args = strip(field(node, "function")), arguments_of(node)
        if text_of(callee) == "Date.now" and not args and self.names.root.find("Date") is None:
            return NOW
        return self._called(node) or self._day(node)

    def _method(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write a method of a date that is a datetime; None for any other value."""
        creation = None if args else self._creation(owner)
        zone = self._zone(creation) if creation is not None else ""
        if not zone:
            return None
        if name in _NUMBER:
            if strip(owner).type == "new_expression" and not arguments_of(strip(owner)):
                return NOW
            return Py(f"int({self.expr(owner).at(ATOM)}.timestamp() * 1000)")
        code = self.expr(owner).at(ATOM)
        if name in _LOCAL:
            part = _LOCAL[name]
        else:
            code += "" if zone == "utc" else ".astimezone(timezone.utc)"
            part = _UTC.get(name, _ISO_TEXT)
        level = ADD if " - " in part else MUL if " " in part and name not in _ISO else ATOM
        return Py(code + part, level)

    def _binary(self, node: Node) -> Py | None:
        """Write the comparison or the difference of two dates that both are datetimes."""
        sign, sides = text_of(field(node, "operator")), [field(node, each) for each in ("left", "right")]
        dates = [self._creation(each) for each in sides]
        zones = [self._zone(each) for each in dates if each is not None]
        if sign not in _COMPARED or len(zones) < 2 or not all(zones) or (zones[0] == "naive") != (zones[1] == "naive"):
            return self._month(node)
        left, right = (self.expr(each) for each in sides)
        if sign == "-":
            return Py(f"({left.at(ADD)} - {right.at(ADD + 1)}) // timedelta(milliseconds=1)", MUL)
        return Py(f"{left.at(COMPARE + 1)} {sign} {right.at(COMPARE + 1)}", COMPARE)

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

    # ---- which dates are datetimes

    def _creation(self, node: Node) -> Node | None:
        """Return the ``new Date()`` that a value is: itself, or that of a constant."""
        node = strip(node)
        if node.type == "new_expression":
            return node
        variable = self.names.of.get(node.id)
        if variable is None or not variable.is_constant or variable.value is None or variable.patterned:
            return None
        value = strip(variable.value)
        return value if value.type == "new_expression" and variable.kind in ("const", "let") else None

    def _zone(self, node: Node) -> str:
        """Return ``utc``, ``local`` or, where the zone does not show, ``naive``; empty for what is no datetime."""
        if node.id not in self._zones:
            self._zones[node.id] = ""  # while it is looked at
            needs = self._needs(node) if self._is_known(node) else None
            if needs is not None:
                local = "naive" if needs <= {"parts"} else "local"
                self._zones[node.id] = local if "parts" in needs else "utc"
        return self._zones[node.id]

    def _is_known(self, node: Node) -> bool:
        is_date = node.type == "new_expression" and text_of(field(node, "constructor")) == "Date"
        if not is_date or self.module.tests_dates or self.names.root.find("Date") is not None:
            return False
        return not arguments_of(node) or self._steps(node) is not None

    def _steps(self, node: Node) -> tuple[Node | None, str, Node] | None:
        """Return date, sign and milliseconds of ``new Date(date.getTime() + 1000)``; no date for ``Date.now()``."""
        args = arguments_of(node)
        value = strip(args[0]) if len(args) == 1 else None
        if value is None or value.type != "binary_expression":
            return None
        sign, left, step = text_of(field(value, "operator")), strip(field(value, "left")), field(value, "right")
        if sign not in ("+", "-") or not _FIXED.fullmatch(text_of(step)) or left.type != "call_expression":
            return None
        callee = strip(field(left, "function"))
        if text_of(callee) == "Date.now":
            return None, sign, step
        if callee.type != "member_expression" or text_of(field(callee, "property")) not in _NUMBER:
            return None
        base = strip(field(callee, "object"))
        creation = self._creation(base)
        if creation is None or not self._zone(creation):
            return None
        return (base if base.type == "identifier" else None), sign, step

    def _needs(self, node: Node) -> set[str] | None:
        """Return what the uses of a date need: the parts of its clock, UTC, a zone; None if one is not known."""
        around = node.parent
        while around is not None and around.type == "parenthesized_expression":
            node, around = around, around.parent
        if around is None:
            return None
        if around.type == "variable_declarator" and field(around, "value").id == node.id:
            variable = self.names.of.get(field(around, "name").id)
            if variable is None or self._creation(field(around, "name")) is None:
                return None
            needs: set[str] = set()
            for read in variable.reads:
                found = self._needs(read)
                if found is None:
                    return None
                needs |= found
            return needs
        if around.type == "member_expression" and field(around, "object").id == node.id:
            return self._needs_of_method(around)
        if around.type == "binary_expression":
            return {"number"} if text_of(field(around, "operator")) in _COMPARED else None
        return {"zone"} if self._is_kept(node, around) else None

    def _needs_of_method(self, member: Node) -> set[str] | None:
        name, call = text_of(field(member, "property")), member.parent
        if call is None or call.type != "call_expression" or field(call, "function").id != member.id:
            return None
        if arguments_of(call) or "?." in text_of(member):
            return None
        if name in _NUMBER:
            return {"number"}
        return {"parts"} if name in _LOCAL else {"utc"} if name in _UTC or name in _ISO else None

    def _is_kept(self, node: Node, around: Node) -> bool:
        """Whether it goes into the database, or into an object under a key that the program never reads."""
        if around.type == "assignment_expression":
            target = field(around, "left")
            is_key = target.type == "member_expression" and field(around, "right").id == node.id
            return is_key and self._is_unread(text_of(field(target, "property")))
        if around.type == "pair":
            key = text_of(field(around, "key")).strip("'\"")
        elif node.type == "shorthand_property_identifier":
            key, around = text_of(node), node
        else:
            return around.type == "arguments" and self._is_sent(around)
        return self._is_unread(key) or self._goes_to_database(around)

    def _is_unread(self, key: str) -> bool:
        return key.isidentifier() and key not in self.module.read_keys

    def _goes_to_database(self, part: Node) -> bool:
        """Whether an object literal is an argument of a method of the database."""
        at = part.parent
        while at is not None and at.type in ("object", "pair", "array", "parenthesized_expression"):
            at = at.parent
        return at is not None and at.type == "arguments" and self._is_sent(at)

    def _is_sent(self, arguments: Node) -> bool:
        call = arguments.parent
        callee = maybe_field(call, "function") if call is not None and call.type == "call_expression" else None
        if callee is None or callee.type != "member_expression" or is_target(callee):
            return False
        type_ = self.type_of(field(callee, "object"))
        return bool(type_) and type_ <= DATABASE

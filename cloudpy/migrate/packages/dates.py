"""What the packages of days have in common: dayjs, and moment."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..code import ADD, ATOM, COMPARE, MUL, Py, call, quoted
from ..diagnostics import Untranslated
from ..jstypes import NIL, NUMBERS, WHOLE, js_type
from ..nodes import field, strip, text_of
from ..syntax import Node
from .date_format import Piece, formatted, has_words
from .date_kinds import PARTS, UTC, literal
from .package import Package

_UNITS = {
    "M": "month", "y": "year", "w": "week", "d": "day", "D": "date", "h": "hour", "m": "minute", "s": "second",
    "ms": "millisecond", "Q": "quarter",
}  # fmt: skip
_KNOWN = {*_UNITS.values(), "isoweek"}
DELTAS = {"week": "weeks", "day": "days", "hour": "hours", "minute": "minutes", "second": "seconds"}
DELTAS |= {"millisecond": "milliseconds"}
_GETTERS = {
    "year": Py("{}.year"),
    "month": Py("{}.month - 1", ADD),
    "date": Py("{}.day"),
    "day": Py("{}.isoweekday() % 7", MUL),
    "hour": Py("{}.hour"),
    "minute": Py("{}.minute"),
    "second": Py("{}.second"),
    "millisecond": Py("{}.microsecond // 1000", MUL),
}
_MIDNIGHT = ("hour", "minute", "second", "microsecond")
_FITTING = {"hour": 24, "minute": 60, "second": 60}
# Zones that have no summer time: their clocks can be reckoned with
_ZONES = {
    f"Asia/{city}"
    for city in "Shanghai Chongqing Hong_Kong Macau Taipei Tokyo Seoul Singapore Kuala_Lumpur Bangkok Jakarta Manila "
    "Ho_Chi_Minh Kolkata Dubai Urumqi Yangon Dhaka Karachi".split()
}
_ZONE_RISK = "dates are reckoned in UTC, or in a zone without summer time: China has had none since 1992"
_ZONE = re.compile(r"\.(?:tz|utcOffset)\((?:[^()]*,)?\s*([^(),]+)\)")
_COARSE = {"add", "subtract", "startOf", "endOf", "clone", "tz", "utc", "local", "utcOffset"}


class Days(Package):
    """Write methods of days; in Python they are datetimes with a zone."""

    name = ""  # of the package, and of the type of its days
    helper = ""  # that makes a day of any value
    pieces: Callable[[str], list[Piece]]

    # ---- days

    def day(self, node: Node) -> Py:
        """Write a value as a day: what is one already as it is."""
        if self._is_day(node):
            return self.expr(node)
        return call(f"js.{self.helper}", self.expr(node))

    def _is_day(self, node: Node) -> bool:
        type_ = self.type_of(node)
        return bool(type_) and type_ <= {self.name, "invalid", "zoned"}

    def is_sure(self, node: Node) -> bool:
        """Whether it is a day, and a valid one."""
        type_ = self.type_of(node)
        return bool(type_) and type_ <= {self.name, "zoned"}

    def owner(self, node: Node) -> Py:
        """Write the day that a method is called on."""
        if self.type_of(node) & NIL and "invalid" in self.type_of(node):
            raise Untranslated("a day that may be invalid, and may be null or undefined")
        return self.expr(node)

    def now(self, node: Node, zone: str = "") -> Py:
        """Write the present time; as Python has it where nobody sees more than its milliseconds."""
        if self.is_only_shown(node):
            return Py(f"datetime.now({zone})")
        if zone and zone != "timezone.utc":
            return Py(f"js.{self.helper}().astimezone({zone})")
        return Py(f"js.{self.helper}({'utc=True' if zone else ''})")

    def is_only_shown(self, node: Node) -> bool:
        """Whether a new day is only moved by whole units, and shown: its microseconds do not count."""
        parent = node.parent
        while parent is not None and parent.type == "parenthesized_expression":
            node, parent = parent, parent.parent
        if parent is None:
            return False
        if parent.type == "variable_declarator" and field(parent, "value").id == node.id:
            variable = self.names.of.get(field(parent, "name").id)
            return (
                variable is not None
                and variable.is_constant
                and bool(variable.reads)
                and all(self.is_only_shown(read) for read in variable.reads)
            )
        around = parent.parent
        if parent.type != "member_expression" or around is None or around.type != "call_expression":
            return False
        if strip(field(around, "function")).id != parent.id or field(parent, "object").id != node.id:
            return False
        name = text_of(field(parent, "property"))
        arguments = around.child_by_field_name("arguments")
        given = [strip(each) for each in arguments.named_children] if arguments is not None else []
        if name == "format":
            pattern = self.constant(given[0]) if len(given) == 1 else None
            return pattern is not None and not {"Z", "X", "x"} & {token for token, _ in type(self).pieces(pattern)}
        if name in PARTS:
            return not given and name != "millisecond"
        if name in _COARSE:
            return not any(self.type_of(each) - js_type("lit nat int") - js_type("ascii str") for each in given) and (
                self.is_only_shown(around)
            )
        return False

    def zone(self, node: Node) -> str:
        """Write a time zone that the source names.

        Raises:
            Untranslated: it is not in the source, or its clocks are put forward in summer.
        """
        name = self.constant(node)
        if literal(node) in UTC:
            return "timezone.utc"
        if name not in _ZONES:
            raise Untranslated("a time zone that has summer time, or is not written in the source")
        return f"ZoneInfo({quoted(name or '')})"

    def offset(self, node: Node) -> str:
        """Write the zone of an offset that the source names."""
        text = text_of(node)
        if node.type == "string":
            found = re.fullmatch(r"([+-])(\d\d):?(\d\d)?", literal(node) or "")
            minutes = (int(found[2]) * 60 + int(found[3] or 0)) * (-1 if found[1] == "-" else 1) if found else None
        else:
            number = int(text) if re.fullmatch(r"-?\d{1,4}", text) else None
            minutes = number * 60 if number is not None and abs(number) <= 16 else number
        if minutes is None or abs(minutes) >= 1440:
            raise Untranslated("utcOffset with an offset that is not written in the source")
        if not minutes:
            return "timezone.utc"
        whole = f"hours={minutes // 60}" if minutes % 60 == 0 else f"minutes={minutes}"
        return f"timezone(timedelta({whole}))"

    def unit(self, node: Node | None) -> str:
        """Return the name of a unit that the source names.

        Raises:
            Untranslated: it is not in the source, or not known.
        """
        if node is None:
            return "millisecond"
        name = literal(node)
        if name is None:
            raise Untranslated("a unit of time that is not written in the source")
        known = _UNITS.get(name) or name.lower().removesuffix("s")
        if known not in _KNOWN:
            raise Untranslated(f"the unit of time {name}")
        return known

    # ---- methods

    def check_language(self, node: Node, loaded: str = "") -> bool:
        """Check that a language is one for the whole program, and that its words are loaded.

        Raises:
            Untranslated: it is neither zh-cn nor en, or not the only one.
        """
        language = literal(node)
        is_chinese = "zh-cn" in self.module.date_settings
        if language not in ("zh-cn", "en") or is_chinese != (language == "zh-cn"):
            raise Untranslated(f"{self.name}.locale with a language other than zh-cn and en, or with both")
        if is_chinese and loaded not in self.module.text:
            raise Untranslated(f"{self.name}.locale without a require of {loaded}: it has no effect")
        return True

    def note_zone(self, node: Node, name: str) -> None:
        """Note once in a file what days are reckoned by."""
        known = any(each.why == _ZONE_RISK for each in self.context.caveats)
        if name in ("add", "subtract", "startOf", "endOf", "diff", "set", *PARTS) and not known:
            self.caveat(node, _ZONE_RISK)

    def common_method(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write a method that dayjs and moment have in common and that changes nothing."""
        if any(each.type == "spread_element" for each in args):
            raise Untranslated(f"a spread in {name}")
        if name in ("isBefore", "isAfter", "isSame", "isSameOrBefore", "isSameOrAfter") and 1 <= len(args) <= 2:
            return self._compared(owner, name, args)
        if name == "isBetween" and 2 <= len(args) <= 4:
            unit = self.unit(args[2]) if len(args) > 2 and text_of(args[2]) not in ("null", "undefined") else ""
            ends = literal(args[3]) if len(args) > 3 else "()"
            if ends not in ("()", "[]", "[)", "(]"):
                raise Untranslated("isBetween with ends that are not written in the source")
            more = [quoted(unit or "millisecond"), quoted(ends)] if unit or ends != "()" else []
            first = self._first("week") if unit == "week" else []
            return call("js.is_between", self.owner(owner), self.day(args[0]), self.day(args[1]), *more, *first)
        if name == "diff" and 1 <= len(args) <= 3:
            return self._difference(owner, args)
        if name in _GETTERS and not args:
            getter = _GETTERS[name]
            return Py(getter.text.format(self.owner(owner).at(ATOM)), getter.level)
        if name in ("hours", "minutes", "seconds", "milliseconds", "years", "months", "dates", "days") and not args:
            return None  # moment's plurals, which dayjs has not
        if name == "isValid" and not args:
            return call("isinstance", self.owner(owner), "datetime")
        if name == "valueOf" and not args:
            return call("js.milliseconds", self.owner(owner))
        if name == "unix" and not args:
            code = self.owner(owner)
            if self.is_sure(owner):
                return call("math.floor", call(f"{code.at(ATOM)}.timestamp"))
            return call("js.floor", Py(f"js.milliseconds({code}) / 1000", MUL))
        if name == "toDate" and not args:
            return call("js.Date", self.owner(owner))
        if name == "toISOString" and not args:
            return call("js.iso_text", self.owner(owner))
        if name == "daysInMonth" and not args:
            return call("js.days_in_month", self.owner(owner))
        if name == "isoWeekday" and not args and self.is_sure(owner):
            return call(f"{self.owner(owner).at(ATOM)}.isoweekday")
        if name in ("quarter", "isoWeek", "isoWeekday", "dayOfYear") and not args and not self.is_sure(owner):
            return call("js.number_of_day", self.owner(owner), quoted(name))
        if name == "quarter" and not args:
            return Py(f"({self.owner(owner).at(ATOM)}.month + 2) // 3", MUL)
        if name == "isoWeek" and not args:
            return Py(f"{self.owner(owner).at(ATOM)}.isocalendar()[1]")
        if name == "dayOfYear" and not args:
            return Py(f"{self.owner(owner).at(ATOM)}.timetuple().tm_yday")
        if name == "utcOffset" and not args and self.is_sure(owner):
            return Py(f"{self.owner(owner).at(ATOM)}.utcoffset() // timedelta(minutes=1)", MUL)
        return None

    def moved(self, owner: Py, sign: str, args: list[Node], *, is_sure: bool) -> Py:
        """Write a day some time later (``+``) or earlier (``-``)."""
        if not 1 <= len(args) <= 2 or args[0].type == "object":
            raise Untranslated("add and subtract with something else than a number and a unit")
        unit = self.unit(args[1] if len(args) == 2 else None)
        type_, code = self.type_of(args[0]), self.expr(args[0])
        is_whole = bool(type_) and type_ <= WHOLE
        if unit == "date":
            raise Untranslated("add with the unit D")
        if is_whole and unit in DELTAS:
            return Py(f"{owner.at(ADD)} {sign} timedelta({DELTAS[unit]}={code})", ADD)
        if is_whole and is_sure and unit in ("month", "year", "quarter"):
            months = {"month": 1, "quarter": 3, "year": 12}[unit]
            count = code if months == 1 else Py(f"{months} * {code.at(MUL + 1)}", MUL)
            if code.text.isdecimal():
                count = Py(str(int(code.text) * months))
            return call("js.add_months", owner, Py(f"-{count.at(ATOM)}", 10) if sign == "-" else count)
        amount = code
        if sign == "-":
            negative = bool(type_) and type_ <= NUMBERS
            amount = Py(f"-{code.at(ATOM)}", 10) if negative else call("js.neg", code)
        return call("js.add_time", owner, amount, quoted(unit))

    def bound(self, owner: Py, name: str, unit: str, *, is_simple: bool) -> Py:
        """Write ``startOf(unit)`` or ``endOf(unit)``."""
        is_start = name == "startOf"
        if unit == "millisecond":
            return owner
        if is_start and unit in ("year", "month", "day", "date", "hour", "minute", "second"):
            kept = {"year": 0, "month": 0, "day": 0, "date": 0, "hour": 1, "minute": 2, "second": 3}[unit]
            parts = ["month=1"] if unit == "year" else []
            parts += ["day=1"] if unit in ("year", "month") else []
            parts += [f"{each}=0" for each in _MIDNIGHT[kept:]]
            return call(f"{owner.at(ATOM)}.replace", *parts)
        if not is_start and unit in ("day", "date"):
            return call(f"{owner.at(ATOM)}.replace", "hour=23", "minute=59", "second=59", "microsecond=999000")
        return call("js.start_of" if is_start else "js.end_of", owner, quoted(unit), *self._first(unit))

    def _check_words(self) -> None:
        if "language" in self.module.date_settings:
            raise Untranslated(f"words or weeks of a language, where {self.name}.locale sets more than zh-cn")

    def _first(self, unit: str) -> list[str]:
        if unit == "week":
            self._check_words()
        return ["first=1"] if unit == "week" and "zh-cn" in self.module.date_settings else []

    def part_set(self, owner: Py, unit: str, value: Node, *, is_sure: bool) -> Py:
        """Write ``set(unit, value)``."""
        type_ = self.type_of(value)
        if unit in ("week", "quarter", "isoweek"):
            raise Untranslated(f"set with the unit {unit}")
        if value.type == "number" and type_ == js_type("lit"):
            number = int(text_of(value))
            if number < _FITTING.get(unit, 0) or (unit == "date" and 1 <= number <= 28):
                return call(f"{owner.at(ATOM)}.replace", f"{'day' if unit == 'date' else unit}={number}")
        return call("js.set_time", owner, quoted(unit), self.expr(value))

    def _compared(self, owner: Node, name: str, args: list[Node]) -> Py:
        unit = self.unit(args[1]) if len(args) == 2 and text_of(args[1]) not in ("null", "undefined") else "millisecond"
        left, right = self.owner(owner), self.day(args[0])
        signs = {"isBefore": "<", "isAfter": ">", "isSame": "==", "isSameOrBefore": "<=", "isSameOrAfter": ">="}
        sign = signs[name]
        if unit == "millisecond":
            return Py(f"{left.at(COMPARE + 1)} {sign} {right.at(COMPARE + 1)}", COMPARE)
        if unit in ("day", "date") and "zones" not in self.module.date_settings:
            return Py(f"{left.at(ATOM)}.date() {sign} {right.at(ATOM)}.date()", COMPARE)
        if name == "isSame":
            return call("js.is_same", left, right, quoted(unit), *self._first(unit))
        bound = "endOf" if name in ("isBefore", "isSameOrAfter") else "startOf"
        edge = self.bound(left, bound, unit, is_simple=False)
        return Py(f"{edge.at(COMPARE + 1)} {sign} {right.at(COMPARE + 1)}", COMPARE)

    def _difference(self, owner: Node, args: list[Node]) -> Py:
        unit = self.unit(args[1]) if len(args) > 1 and text_of(args[1]) != "undefined" else "millisecond"
        left, right = self.owner(owner), self.day(args[0])
        is_exact = len(args) == 3 and args[2].type != "false"
        if is_exact and args[2].type != "true":
            raise Untranslated("diff whose third argument is not written in the source")
        if unit not in ("millisecond", "second", "minute", "hour"):
            self._check_zones(owner, args[0])
        by_clock = unit in ("day", "week") and "zones" in self.module.date_settings
        if unit in DELTAS and self.is_sure(owner) and self.is_sure(args[0]) and not is_exact and not by_clock:
            between = f"({left.at(ADD)} - {right.at(ADD + 1)})"
            if unit == "millisecond":
                return Py(f"{between} // timedelta(milliseconds=1)", MUL)
            return call("int", Py(f"{between} / timedelta({DELTAS[unit]}=1)", MUL))
        return call("js.days_between", left, right, quoted(unit), *(["exact=True"] if is_exact else []))

    def _check_zones(self, owner: Node, other: Node) -> None:
        types = [self.type_of(owner), self.type_of(other) if self._is_day(other) else js_type(self.name)]
        types = [type_ - js_type("invalid") for type_ in types]
        zones = set(_ZONE.findall(self.module.text))
        if "zoned" in types[0] | types[1] and (types != [js_type("zoned")] * 2 or len(zones) > 1):
            raise Untranslated("diff in days or more between two time zones: dayjs takes now one clock, now the other")

    def shown(self, owner: Node, pieces: list[Piece]) -> Py | None:
        """Write a day in a pattern of the source; None if Python has no short way."""
        if has_words(pieces):
            self._check_words()
        if has_words(pieces) and "zh-cn" in self.module.date_settings:
            return None
        return formatted(self.owner(owner), pieces, may_be_invalid=not self.is_sure(owner))

"""moment: days that their methods change. A change is an assignment in Python, where nobody else has the same day."""

from __future__ import annotations

import re

from ..code import ADD, ATOM, COMPARE, Py, call, quoted
from ..diagnostics import Untranslated
from ..jstypes import TEXTS, WHOLE
from ..nodes import arguments_of, field, has_value, required, strip, text_of
from ..syntax import Node
from ..variables import Variable
from .date_format import Piece
from .date_kinds import PARTS, is_sure_text, literal
from .dates import DELTAS, Days

_TOKENS = re.compile(
    r"(\[[^\[]*\])|(\\)?([Hh]mm(?:ss)?|Mo|MM?M?M?|Do|DDDo|DD?D?D?|ddd?d?|do?|w[o|w]?|W[o|W]?|Qo?|N{1,5}|YYYYYY|YYYYY|YYYY"
    r"|YY|y{2,4}|yo?|gg(?:ggg?)?|GG(?:GGG?)?|e|E|a|A|hh?|HH?|kk?|mm?|ss?|S{1,9}|x|X|zz?|ZZ?|LTS|LT|LL?L?L?|l{1,4})",
)
_KNOWN = set("YYYY YY M MM MMM MMMM D DD d dd ddd dddd H HH h hh a A m mm s ss SSS Z ZZ".split())
_PLURALS = {f"{name}s": name for name in PARTS if name not in ("day", "date")}
_CHANGING = {"add", "subtract", "startOf", "endOf", "set", "utc", "local", "tz", "utcOffset"}
_ASKING = {"isBefore", "isAfter", "isSame", "isSameOrBefore", "isSameOrAfter", "isBetween", "diff"}


def pieces_of(pattern: str) -> list[Piece]:
    """Return the pieces of a pattern of moment.

    Raises:
        Untranslated: a token that is rare.
    """
    pieces: list[Piece] = []
    at = 0
    for found in _TOKENS.finditer(pattern):
        pieces.append(("", pattern[at : found.start()]))
        if found[1]:
            pieces.append(("", found[1][1:-1]))
        elif found[2] or found[3] not in _KNOWN:
            raise Untranslated(f"{found[0]} in a pattern of moment")
        else:
            pieces.append((found[3], ""))
        at = found.end()
    return [piece for piece in [*pieces, ("", pattern[at:])] if piece != ("", "")]


class Moment(Days):
    """Write moment and moment-timezone as datetime and zoneinfo."""

    sources = frozenset({"moment", "moment-timezone"})
    kinds = frozenset({"moment"})
    name = "moment"
    helper = "moment"
    pieces = staticmethod(pieces_of)

    def setting(self, source: str, path: str, args: list[Node]) -> bool:
        if path in ("locale/zh-cn", "locale.zh-cn"):
            return True
        if path == "locale" and len(args) == 1:
            return self.check_language(args[0])
        return False

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        if any(each.type == "spread_element" for each in args):
            raise Untranslated("a spread in a call of moment")
        if path == "" and len(args) <= 1:
            return self.now(node) if not args else self.day(args[0])
        if path == "" and len(args) == 2 and is_sure_text(args[0], self.name):
            patterns = {10: "YYYY-MM-DD", 16: "YYYY-MM-DD HH:mm", 19: "YYYY-MM-DD HH:mm:ss"}
            if literal(args[1]) == patterns.get(len(literal(args[0]) or "")):
                return self.day(args[0])
        if path == "" and len(args) > 1:
            raise Untranslated("moment with a pattern to parse a string by; Python has datetime.strptime")
        if path == "utc" and len(args) <= 1:
            return self.now(node, "timezone.utc") if not args else call("js.moment", self.expr(args[0]), "utc=True")
        if path == "unix" and len(args) == 1 and self.type_of(args[0]) <= WHOLE and self.type_of(args[0]):
            return call("js.moment", f"{self.expr(args[0]).at(10)} * 1000")
        if path == "tz" and 1 <= len(args) <= 2:
            if len(args) == 1:
                return self.now(node, self.zone(args[0])) if self.type_of(args[0]) <= TEXTS else None
            return call("js.moment_in", self.expr(args[0]), self.zone(args[1]))
        if path == "isMoment" and len(args) == 1 and self.is_sure(args[0]):
            return Py("True")
        return None

    def method(self, owner: Node, name: str, args: list[Node], node: Node) -> Py | None:
        name = _PLURALS.get(name, name)
        if name in ("isoWeekday", "isoWeek", "quarter", "dayOfYear") and not self.is_sure(owner):
            raise Untranslated(f"{name} of a day that may be invalid")
        if name in ("toISOString", "toJSON") and not args:
            return call("js.json_text", self.owner(owner))
        if name == "isBetween" and len(args) in (2, 3, 4):
            return self._between(owner, args)
        self.note_zone(node, name)
        code = self.common_method(owner, name, args)
        if code is not None:
            return Py(code.text.replace("js.days_between(", "js.moments_between(", 1), code.level)
        if name == "clone" and not args:
            return self.owner(owner)
        if name == "format" and len(args) <= 1:
            return self._formatted(owner, args)
        changed = self._changed(owner, name, args)
        return self._assigned(owner, changed, node) if changed is not None else None

    def _between(self, owner: Node, args: list[Node]) -> Py:
        unit = self.unit(args[2]) if len(args) > 2 and text_of(args[2]) not in ("null", "undefined") else "millisecond"
        ends = literal(args[3]) if len(args) > 3 else "()"
        by_day = unit in ("day", "date") and "zones" not in self.module.date_settings
        if ends not in ("()", "[]", "[)", "(]") or (unit != "millisecond" and not by_day):
            raise Untranslated("isBetween of moment with this unit, or with ends that are not written in the source")
        days = [self.day(args[0]), self.owner(owner), self.day(args[1])]
        low, day, high = (f"{each.at(ATOM)}.date()" if by_day else each.at(COMPARE + 1) for each in days)
        return Py(f"{low} {'<' if ends[0] == '(' else '<='} {day} {'<' if ends[1] == ')' else '<='} {high}", COMPARE)

    def _formatted(self, owner: Node, args: list[Node]) -> Py:
        is_chinese = "zh-cn" in self.module.date_settings
        if not args:
            return call("js.format_day", self.owner(owner))
        pattern = self.constant(args[0])
        if pattern is None:
            raise Untranslated("format of moment with a pattern that is not written in the source")
        pieces = pieces_of(pattern)
        if is_chinese and any(token in ("a", "A") for token, _ in pieces):
            raise Untranslated("a or A in a pattern of moment in Chinese")
        code = self.shown(owner, pieces)
        if code is not None:
            return code
        if any("]" in text for _, text in pieces):
            raise Untranslated("a bracket in a pattern of moment")
        written = "".join(token or (f"[{text}]" if re.search("[A-Za-z]", text) else text) for token, text in pieces)
        return call("js.format_day", self.owner(owner), quoted(written), *(["chinese=True"] if is_chinese else []))

    # ---- changes

    def _changed(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write the day that a method makes of its owner; None for a method that is not known."""
        code = self.owner(owner)
        if name in ("add", "subtract"):
            return self._added(code, owner, "+" if name == "add" else "-", args)
        if name in ("startOf", "endOf") and len(args) == 1:
            return self.bound(code, name, self.unit(args[0]), is_simple=False)
        if (name in PARTS and len(args) == 1) or (name == "set" and len(args) == 2):
            unit, value = (name, args[0]) if name != "set" else (self.unit(args[0]), args[1])
            result = self.part_set(code, unit, value, is_sure=self.is_sure(owner))
            if ".replace(" not in result.text[len(code.text) :]:
                raise Untranslated(f"{unit} of moment, set to a number that is not written in the source")
            return result
        if name in ("utc", "local") and not args:
            return call(f"{code.at(ATOM)}.astimezone", *(["timezone.utc"] if name == "utc" else []))
        if name == "tz" and len(args) == 1:
            return call(f"{code.at(ATOM)}.astimezone", self.zone(args[0]))
        if name == "utcOffset" and len(args) == 1:
            return call(f"{code.at(ATOM)}.astimezone", self.offset(args[0]))
        return None

    def _added(self, code: Py, owner: Node, sign: str, args: list[Node]) -> Py:
        if len(args) != 2:
            raise Untranslated("add and subtract with something else than a number and a unit")
        unit, type_ = self.unit(args[1]), self.type_of(args[0])
        if type_ and type_ <= WHOLE:
            return self.moved(code, sign, args, is_sure=True)
        count = call("js.whole", self.expr(args[0]))
        if unit in DELTAS:
            return Py(f"{code.at(ADD)} {sign} timedelta({DELTAS[unit]}={count})", ADD)
        months = {"month": "", "quarter": "3 * ", "year": "12 * "}.get(unit)
        if months is None:
            raise Untranslated(f"the unit of time {unit}")
        return call("js.add_months", code, f"{'-' if sign == '-' else ''}{months}{count}")

    def _assigned(self, owner: Node, changed: Py, node: Node) -> Py:
        """Write a change: as it is for a new day, as an assignment for one in a variable."""
        root = self._root(owner)
        if self._is_new(root):
            return changed
        variable = self.names.of.get(root.id) if root.type == "identifier" else None
        if variable is None or not self._is_alone(variable) or self.context.in_lambda:
            raise Untranslated("a method that changes a day of moment which may be in other places, too")
        within = self.context.within[-1] if self.context.within else self.module.root
        if variable.scope.function.node.id != within.id or self._is_kept(node) or self._is_read_beside(variable, root):
            raise Untranslated("a method that changes a day of moment which may be in other places, too")
        if owner.id != root.id:  # the change before it is an assignment already
            changed = Py(changed.text.replace(f"({variable.python} := ", "(", 1), changed.level)
        return Py(f"({variable.python} := {changed})")

    def _is_read_beside(self, variable: Variable, root: Node) -> bool:
        """Whether a day is read elsewhere in the statement that changes it, before the change or after it."""
        at = root
        while at.parent is not None and not at.type.endswith(("_statement", "_declaration")):
            at = at.parent
        return any(at.start_byte <= read.start_byte < at.end_byte and read.id != root.id for read in variable.reads)

    def _is_new(self, node: Node) -> bool:
        """Whether a day was made just here."""
        if node.type != "call_expression":
            return False
        callee = strip(field(node, "function"))
        if callee.type == "member_expression" and text_of(field(callee, "property")) == "clone":
            return True
        first = callee
        while first.type == "member_expression":
            first = strip(field(first, "object"))
        source = self.module.source_of(first)[0] if first.type == "identifier" else required(first)
        return source in self.sources

    def _is_alone(self, variable: Variable) -> bool:
        """Whether a variable has a new day, which no other variable, object or function gets."""
        values = [variable.value, *(value for sign, value in variable.writes if sign == "=")]
        if variable.kind not in ("const", "let", "var") or variable.inside or variable.patterned:
            return False
        if any(sign != "=" for sign, _ in variable.writes):
            return False
        if not all(value is not None and self._is_new(self._root(value)) for value in values):
            return False
        return all(self._is_asked(read) for read in variable.reads)

    def _is_asked(self, node: Node) -> bool:
        """Whether a day is only asked, changed or returned where it is read."""
        parent = node.parent
        if parent is None:
            return False
        if parent.type == "return_statement":
            return has_value(parent)
        if parent.type == "member_expression":
            around = parent.parent
            return field(parent, "object").id == node.id and around is not None and around.type == "call_expression"
        if parent.type != "arguments" or parent.parent is None or parent.parent.type != "call_expression":
            return False
        callee = strip(field(parent.parent, "function"))
        if callee.type == "member_expression":
            return text_of(field(callee, "property")) in _ASKING
        return self.module.source_of(callee)[0] in self.sources

    def _is_kept(self, node: Node) -> bool:
        """Whether what a change gives, the day itself, is kept under another name."""
        parent = node.parent
        while parent is not None and parent.type == "parenthesized_expression":
            node, parent = parent, parent.parent
        if parent is None or parent.type == "expression_statement":
            return False
        return not self._is_asked(node)

    def _root(self, node: Node) -> Node:
        """Return the day that a chain of changes begins with."""
        node = strip(node)
        while node.type == "call_expression":
            callee = strip(field(node, "function"))
            if callee.type != "member_expression":
                break
            name, owner = text_of(field(callee, "property")), strip(field(callee, "object"))
            is_part = _PLURALS.get(name, name) in PARTS and bool(arguments_of(node))
            if (name not in _CHANGING and not is_part) or self.module.source_of(owner)[0] in self.sources:
                break
            node = owner
        return node

"""dayjs: days that are never changed, each method gives a new one."""

from __future__ import annotations

import re

from ..code import ATOM, Py, call, quoted
from ..diagnostics import Untranslated
from ..jstypes import TEXTS, js_type
from ..nodes import child_nodes, field, required, strip, text_of
from ..syntax import Node
from .date_format import dayjs_pieces
from .date_kinds import PARTS, is_sure_text, literal
from .dates import Days

_PLUGINS = {
    "utc", "timezone", "isBetween", "isSameOrBefore", "isSameOrAfter", "weekday", "quarterOfYear", "isoWeek",
    "dayOfYear", "customParseFormat", "advancedFormat", "localizedFormat", "duration", "relativeTime", "weekOfYear",
    "minMax", "isToday", "isLeapYear", "localeData",
}  # fmt: skip
# What the plugins advancedFormat and localizedFormat give a meaning to
_ADVANCED = re.compile(r"\[[^\]]+]|(Q|wo|ww?|WW?|zzz?|z|gggg|GGGG|Do|X|x|kk?|S(?!SS))")
_LOCALIZED = re.compile(r"\[[^\]]+]|(LTS?|l{1,4}|L{1,4})")


class Dayjs(Days):
    """Write dayjs as datetime and zoneinfo."""

    sources = frozenset({"dayjs"})
    kinds = frozenset({"dayjs", "zoned"})
    name = "dayjs"
    helper = "day"
    pieces = staticmethod(dayjs_pieces)

    def setting(self, source: str, path: str, args: list[Node]) -> bool:
        if path in ("locale/zh-cn", "locale/zh-cn.js", "locale/en"):
            return True
        if path == "extend" and len(args) == 1:
            plugin = required(args[0]) or self.module.source_of(args[0])[0]
            name = plugin.removeprefix("dayjs/plugin/").removesuffix(".js").removesuffix("/index")
            if name not in _PLUGINS:
                raise Untranslated(f"the plugin {name or text_of(args[0])} of dayjs")
            return True
        if path == "locale" and len(args) == 1:
            return self.check_language(args[0], "dayjs/locale/zh-cn")
        if path == "tz.setDefault" and len(args) == 1:
            self.zone(args[0])
            return True
        return False

    def value(self, source: str, path: str, node: Node) -> Py | None:
        if path.startswith(("plugin/", "locale/")):
            raise Untranslated(f"{path} of dayjs is used elsewhere than in dayjs.extend")
        return None

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        if any(each.type == "spread_element" for each in args):
            raise Untranslated("a spread in a call of dayjs")
        if path == "" and len(args) <= 1:
            return self.now(node) if not args else self.day(args[0])
        if path == "" and len(args) <= 3:
            return self._parsed(args, node)
        if path == "utc" and len(args) <= 1:
            return self.now(node, "timezone.utc") if not args else call("js.day", self.expr(args[0]), "utc=True")
        if path == "unix" and len(args) == 1:
            seconds = self.expr(args[0])
            is_whole = self.type_of(args[0]) <= js_type("lit nat int") and bool(self.type_of(args[0]))
            return call("js.day", f"{seconds.at(10)} * 1000" if is_whole else f"js.mul({seconds}, 1000)")
        if path == "tz" and len(args) <= 2:
            return self._zoned(args, node)
        return None

    def _parsed(self, args: list[Node], node: Node) -> Py:
        """Write ``dayjs(text, pattern)``; without the plugin that reads patterns, dayjs ignores them."""
        if "customParseFormat" in self.module.date_settings:
            pattern = literal(args[1])
            is_plain = pattern in ("YYYY-MM-DD", "YYYY-MM-DD HH:mm:ss", "YYYY-MM-DD HH:mm")
            if is_plain and is_sure_text(args[0], self.name) and len(literal(args[0]) or "") == len(pattern or ""):
                return self.day(args[0])
            raise Untranslated("dayjs with a pattern to parse a string by; Python has datetime.strptime")
        type_ = self.type_of(args[1])
        if not (type_ and type_ <= TEXTS):
            raise Untranslated("dayjs with options")
        return self.day(args[0])

    def _zoned(self, args: list[Node], node: Node) -> Py:
        zone = self.zone(args[1]) if len(args) == 2 else self._default_zone()
        if not args or text_of(args[0]) == "undefined":
            return self.now(node, zone)
        type_ = self.type_of(args[0])
        if type_ and type_ <= TEXTS:
            return Py(f"{call('js.day', self.expr(args[0]), 'utc=True')}.replace(tzinfo={zone})")
        if type_ and not type_ & TEXTS:
            return Py(f"{self.day(args[0]).at(ATOM)}.astimezone({zone})")
        return call("js.day_in", self.expr(args[0]), zone)

    def _default_zone(self) -> str:
        for node in _calls(self.module.root):
            if text_of(node.child_by_field_name("function")).endswith(".tz.setDefault"):
                args = [strip(each) for each in child_nodes(node.child_by_field_name("arguments"))]
                if len(args) == 1:
                    return self.zone(args[0])
        raise Untranslated("tz without a time zone")

    def method(self, owner: Node, name: str, args: list[Node], node: Node) -> Py | None:
        self.note_zone(node, name)
        code = self.common_method(owner, name, args)
        if code is not None:
            return code
        if name == "format" and len(args) <= 1:
            return self._formatted(owner, args)
        if name in ("add", "subtract"):
            sign = "+" if name == "add" else "-"
            return self.moved(self.owner(owner), sign, args, is_sure=self.is_sure(owner))
        if name in ("startOf", "endOf") and len(args) == 1:
            return self.bound(self.owner(owner), name, self.unit(args[0]), is_simple=False)
        if name in PARTS and len(args) == 1:
            return self.part_set(self.owner(owner), name, args[0], is_sure=self.is_sure(owner))
        if name == "set" and len(args) == 2:
            return self.part_set(self.owner(owner), self.unit(args[0]), args[1], is_sure=self.is_sure(owner))
        if name == "clone" and not args:
            return self.owner(owner)
        if name == "toJSON" and not args and self.is_sure(owner):
            return call("js.iso_text", self.owner(owner))
        return self._in_zone(owner, name, args)

    def _in_zone(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        now = self._now_of(owner)
        if name == "utc" and not args:
            zone = "timezone.utc"
        elif name == "local" and not args:
            zone = ""
        elif name == "tz" and len(args) <= 1:
            zone = self.zone(args[0]) if args else self._default_zone()
        elif name == "utcOffset" and len(args) == 1:
            if "zoned" in self.type_of(owner):
                raise Untranslated("utcOffset of a day that is in another zone already: dayjs reckons it wrong")
            zone = self.offset(args[0])
        else:
            return None
        if now:
            return Py(f"datetime.now({zone})")
        return call(f"{self.owner(owner).at(ATOM)}.astimezone", *([zone] if zone else []))

    def _now_of(self, owner: Node) -> bool:
        return str(self.expr(owner)) == "datetime.now()"

    def _formatted(self, owner: Node, args: list[Node]) -> Py:
        settings = self.module.date_settings
        pattern = self.constant(args[0]) if args else None
        if not args and "zones" not in settings and self.is_sure(owner):
            return call(f"{self.owner(owner).at(ATOM)}.isoformat", 'timespec="seconds"')
        more = ["chinese=True"] if "zh-cn" in settings else []
        if pattern is None and args:
            if settings & {"advancedFormat", "localizedFormat"}:
                raise Untranslated("format with a pattern that is not written in the source, and plugins for patterns")
            return call("js.format_day", self.owner(owner), self.expr(args[0]), *more)
        pattern = pattern or ""
        for plugin, tokens in (("advancedFormat", _ADVANCED), ("localizedFormat", _LOCALIZED)):
            found = next((each[1] for each in tokens.finditer(pattern) if each[1]), "")
            if plugin in settings and found:
                raise Untranslated(f"{found} in a pattern of dayjs")
        code = self.shown(owner, dayjs_pieces(pattern)) if pattern else None
        if code is not None:
            return code
        return call("js.format_day", self.owner(owner), *([quoted(pattern)] if pattern else []), *more)


def _calls(node: Node) -> list[Node]:
    found = [node] if node.type == "call_expression" and text_of(field(node, "function")).endswith("setDefault") else []
    return [*found, *(each for child in node.named_children for each in _calls(child))]

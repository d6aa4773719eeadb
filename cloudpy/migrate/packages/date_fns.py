"""date-fns: functions of js.py on Dates, which they never change; patterns become strftime where it does the same."""

from __future__ import annotations

import re

from ...errors import NotTranslated
from ..code import ATOM, COMPARE, Py, call, quoted
from ..diagnostics import Untranslated
from ..jsruntime.date_forms import date_tokens
from ..jsruntime.values import RangeError
from ..jstypes import js_type
from ..nodes import arguments_of, child_nodes, field, strip, text_of
from ..syntax import Node
from .date_fns_names import FUNCTIONS, WEEKS, date_function
from .date_format import Piece, formatted
from .package import Package

# Token of date-fns -> that of dayjs, for what Python writes itself
_TOKENS = {
    "yyyy": "YYYY", "y": "YYYY", "yy": "YY", "MM": "MM", "M": "M", "MMM": "MMM", "MMMM": "MMMM", "dd": "DD", "d": "D",
    "HH": "HH", "H": "H", "hh": "hh", "h": "h", "mm": "mm", "m": "m", "ss": "ss", "s": "s", "SSS": "SSS", "a": "A",
    "aa": "A", "aaa": "a", "E": "ddd", "EE": "ddd", "EEE": "ddd", "EEEE": "dddd", "EEEEEE": "dd",
}  # fmt: skip
_WORDS = {"MMM", "MMMM", "a", "aa", "aaa", "E", "EE", "EEE", "EEEE", "EEEEEE"}
_ISO = {"complete": "yyyy-MM-dd'T'HH:mm:ssXXX", "date": "yyyy-MM-dd", "time": "HH:mm:ssXXX"}
# Functions of js.py that need no argument but the date, or the two of a sort
_HANDED = re.compile(r"js\.\w+(?=\(\{0}(?:, \{1})?\)$)")


class DateFns(Package):
    """Write the functions of date-fns."""

    sources = frozenset({"date-fns"})

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        name = date_function(path)
        function = FUNCTIONS.get(name)
        if function is None:
            return None
        if "setDefaultOptions" in self.module.text:
            raise Untranslated("date-fns where setDefaultOptions changes what it gives")
        options = self._options(name, args[function.takes :])
        args = args[: function.takes]
        if name == "format":
            return self._formatted(args, options)
        if name == "formatISO":
            return self._iso(args, options)
        values = self.plain_arguments(f"{name} of date-fns", args, function.takes, function.takes)
        more = []
        if name in WEEKS:
            first = self._first(options)
            more = [f"first={first}"] if first else []
        elif name == "eachDayOfInterval" and options.keys() == {"step"}:
            step = text_of(options["step"])
            if not re.fullmatch(r"[1-9]\d*", step):
                raise Untranslated(f"options of {name} of date-fns")
            more = [f"step={step}"]
        elif options:
            raise Untranslated(f"options of {name} of date-fns")
        code = function.code
        if "{date}" in code:
            is_sure = self.type_of(args[0]) == js_type("date")
            date = values[0].at(ATOM) if is_sure else f"js.to_date({values[0]})"
            return Py(code.replace("{date}", date), COMPARE if " " in code else ATOM)
        if more:
            code = f"{code[:-1]}, {more[0]})"
        head, *rest = re.split(r"(\{[01]})", code)
        written = [str(values[int(each[1])]) if re.fullmatch(r"\{[01]}", each) else each for each in rest]
        return Py("".join([head, *written]))

    def value(self, source: str, path: str, node: Node) -> Py | None:
        function = FUNCTIONS.get(date_function(path))
        parent = node.parent
        if function is None or parent is None or parent.type != "arguments" or parent.parent is None:
            return None
        found = _HANDED.match(function.code)
        callee = text_of(parent.parent.child_by_field_name("function"))
        is_sort = callee.endswith(".sort")
        if found is None or function.takes != (2 if is_sort else 1) or "setDefaultOptions" in self.module.text:
            return None
        return Py(found[0])

    def _options(self, name: str, args: list[Node]) -> dict[str, Node]:
        """Return the options in an object of the source: name -> value."""
        if not args or (len(args) == 1 and text_of(args[0]) == "undefined"):
            return {}
        given = strip(args[0])
        pairs = [each for each in child_nodes(given) if each.type != "comment"] if given.type == "object" else []
        if len(args) > 1 or given.type != "object" or any(each.type != "pair" for each in pairs):
            raise Untranslated(f"options of {name} of date-fns")
        return {text_of(field(each, "key")): strip(field(each, "value")) for each in pairs}

    def _is_chinese(self, options: dict[str, Node]) -> bool:
        """Whether the language is zh-CN; English is the other one that is translated."""
        if "locale" not in options:
            return False
        source, what = self.module.source_of(options["locale"])
        language = source.removeprefix("date-fns/").removeprefix("locale").strip("/").removesuffix("/index.js")
        names = {language.replace("-", ""), what.replace("default", "")} - {""}
        if not source.startswith("date-fns/locale") or names not in ({"zhCN"}, {"enUS"}):
            raise Untranslated("a language of date-fns other than zhCN and enUS")
        return names == {"zhCN"}

    def _first(self, options: dict[str, Node]) -> int:
        if not options.keys() <= {"weekStartsOn", "locale"}:
            raise Untranslated("options of a week of date-fns")
        first = 1 if self._is_chinese(options) else 0
        if "weekStartsOn" not in options:
            return first
        number = text_of(options["weekStartsOn"])
        if not re.fullmatch("[0-6]", number):
            raise Untranslated("options of a week of date-fns")
        return int(number)

    def _formatted(self, args: list[Node], options: dict[str, Node]) -> Py:
        values = self.plain_arguments("format of date-fns", args, 2, 2)
        if not options.keys() <= {"locale", "weekStartsOn"}:
            raise Untranslated("options of format of date-fns")
        chinese = self._is_chinese(options)
        pattern = self.constant(args[1])
        if pattern is None:
            return call("js.format_date", *values, *(["chinese=True"] if chinese else []))
        return self._shown(args[0], values[0], pattern, chinese)

    def _iso(self, args: list[Node], options: dict[str, Node]) -> Py:
        values = self.plain_arguments("formatISO of date-fns", args, 1, 1)
        form = self.constant(options["representation"]) if "representation" in options else "complete"
        if not options.keys() <= {"representation"} or form not in _ISO:
            raise Untranslated("options of formatISO of date-fns")
        return self._shown(args[0], values[0], _ISO[form], False)

    def _shown(self, date: Node, value: Py, pattern: str, chinese: bool) -> Py:
        try:
            pieces = date_tokens(pattern, chinese)
        except (NotTranslated, RangeError) as error:
            raise Untranslated(f"this pattern of date-fns: {error}") from None
        if all(not token or (token in _TOKENS and not (chinese and token in _WORDS)) for token, _ in pieces):
            plain: list[Piece] = [(_TOKENS.get(token, ""), text) for token, text in pieces]
            is_new = date.type == "new_expression" and not arguments_of(date)
            is_now = is_new and text_of(field(date, "constructor")) == "Date"
            now = Py("datetime.now()") if is_now else call("js.datetime_of", value)
            code = formatted(now, plain, may_be_invalid=False)
            if code is not None:
                return code
        return call("js.format_date", value, quoted(pattern), *(["chinese=True"] if chinese else []))

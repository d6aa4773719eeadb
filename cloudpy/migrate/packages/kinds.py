"""What the functions of npm packages give, and what the methods of such values give: one table for all packages."""

from __future__ import annotations

from collections.abc import Callable

from ..catalog import CLIENTS
from ..jstypes import ANY, CALLED, NIL, NOTHING, JsType, js_type
from ..module import Module
from ..nodes import arguments_of, field, has, required, string_value, strip, text_of
from ..requires import SDK
from ..syntax import Node
from . import date_fns_names, tables
from .date_kinds import DATE_UTILS, STATES, Result, day_methods, dayjs_methods, made, made_in_zone
from .entry import Entry
from .lodash_names import ALIASES, RESULTS

_LODASH_ALIASES = {name: RESULTS[other] for name, other in ALIASES.items()}
# Package -> function, with dots, or "" for the package itself -> what a call gives
CALLS: dict[str, dict[str, Result]] = {
    "lodash": {**RESULTS, **_LODASH_ALIASES},
    "lodash-es": {**RESULTS, **_LODASH_ALIASES},
    **{f"lodash.{name.lower()}": {"": result} for name, result in RESULTS.items()},
    **dict.fromkeys(["http", "https"], dict.fromkeys(["get", "request"], js_type("request"))),
    "date-fns": dict(date_fns_names.RESULTS),
    "silly-datetime": {"format": js_type("str")},
    "dateformat": {"": js_type("str")},
    **{
        name: {**dict.fromkeys(["", "utc", "tz", "unix"], made("moment")), "isMoment": js_type("bool")}
        for name in ("moment", "moment-timezone")
    },
    "dayjs": {
        **dict.fromkeys(["", "utc"], made("dayjs")),
        "tz": made_in_zone,
        "unix": made("dayjs"),
        "isDayjs": js_type("bool"),
    },
}
# Package -> class, with dots, or "" for the package itself -> what ``new`` gives
NEW: dict[str, dict[str, Result]] = {"tcb-router": {"": js_type("router")}}
# Word of a type -> method of such values -> what a call gives
METHODS: dict[str, dict[str, Result]] = {
    "router": {"use": js_type("undef"), "router": js_type("undef"), "serve": js_type("promise")},
    "moment": day_methods("moment"),
    **dict.fromkeys(["dayjs", "zoned"], dayjs_methods()),
}
# Word of a type -> property of such values -> what it is
PROPERTIES: dict[str, dict[str, JsType]] = {}


_ASCII_FORMS = ("hex", "base64", "base64url")


def _encoded(place: int) -> Result:
    """Return what gives bytes, or a string where the argument at `place` is an encoding."""

    def result(call: Node, of: Callable[[Node], JsType]) -> JsType:
        args = arguments_of(call)
        if len(args) <= place:
            return js_type("bytes")
        if args[place].type != "string":
            return js_type("str bytes")
        return js_type("ascii" if string_value(args[place]) in _ASCII_FORMS else "str")

    return result


def _words(words: str) -> JsType:
    return ANY if words == "any" else js_type(words)


def _typed(words: str) -> Result:
    return _encoded(int(words)) if words.isdecimal() else _words(words) if words else ANY


def _result_of(entry: Entry) -> Result:
    return js_type("promise") if entry.awaits else _typed(entry.result)


for _all, _of_tables in ((CALLS, tables.FUNCTIONS), (NEW, tables.CLASSES), (METHODS, tables.METHODS)):
    for _name, _entries in _of_tables.items():
        _all.setdefault(_name, {}).update({key: _result_of(entry) for key, entry in _entries.items()})

PROPERTIES |= {name: {key: _words(words) for key, words in keys.items()} for name, keys in tables.MEMBERS.items()}


def package_of(source: str) -> tuple[str, str]:
    """Return the package that `source` is of, and the path in it: ``lodash`` and ``get`` for ``lodash/get``."""
    source = source.removeprefix("node:")
    parts = source.split("/")
    count = 2 if source.startswith("@") else 1
    return "/".join(parts[:count]), "/".join(parts[count:])


def is_translated(package: str) -> bool:
    """Whether anything of a package is translated; of others no value ever comes to be."""
    return package in CALLS or package in NEW or package in CLIENTS


def joined(*parts: str) -> str:
    """Return a path in a package: the parts with dots between them, without ``default``, which is the package."""
    return ".".join(part for part in ".".join(parts).split(".") if part not in ("", "default"))


def package_path(module: Module, node: Node) -> tuple[str, str]:
    """Return the npm package that a callee is of, and the path in it with dots; two empty texts for none."""
    path: list[str] = []
    while node.type == "member_expression" and not has(node, "optional_chain"):
        path.insert(0, text_of(field(node, "property")))
        node = strip(field(node, "object"))
    source, what = module.source_of(node) if node.type == "identifier" or required(node) else ("", "")
    if text_of(node) in ("URL", "URLSearchParams") and module.names.of.get(node.id) is None:
        return "url", joined(text_of(node), *path)
    if not source or source == SDK or source.startswith("."):
        return "", ""
    package, within = package_of(source)
    return package, joined(within, what, *path)


def call_type(module: Module, call: Node, of: Callable[[Node], JsType]) -> JsType | None:
    """Return what a call of a package, or of a method of its values, gives; None for any other call."""
    callee = strip(field(call, "function"))
    package, path = package_path(module, callee)
    if package:
        return _result(CALLS.get(package, {}).get(path), call, of)
    if callee.type != "member_expression":
        is_page = callee.type == "identifier" and of(callee) == js_type("dom")
        return js_type("nodes") if is_page else None
    name, owner = text_of(field(callee, "property")), of(field(callee, "object"))
    if (
        "date-utils" in module.date_settings
        and name in DATE_UTILS
        and (name == "toFormat" or (owner and owner - NIL == js_type("date")))
    ):
        return DATE_UTILS[name]
    words = owner - NIL - STATES
    if not words or not words <= METHODS.keys():
        return None
    result: JsType = NOTHING
    for word in words:
        result |= _result(METHODS[word].get(text_of(field(callee, "property"))), call, of) or CALLED
    return result


def awaited_type(module: Module, call: Node, of: Callable[[Node], JsType]) -> JsType | None:
    """Return what the promise of a call resolves to; None if it is not known."""
    callee = strip(field(call, "function"))
    package, path = package_path(module, callee)
    entry = tables.FUNCTIONS.get(package, {}).get(path)
    if not package and callee.type == "member_expression":
        words = of(field(callee, "object")) - NIL
        word = next(iter(words)) if len(words) == 1 else ""
        entry = tables.METHODS.get(word, {}).get(text_of(field(callee, "property")))
    if entry is None or not entry.awaits:
        return None
    result = _typed(entry.awaits)
    return result(call, of) if callable(result) else result


def callback_type(module: Module, function: Node, place: int, of: Callable[[Node], JsType]) -> JsType | None:
    """Return what a function that is handed to a package gets at a place; None if that is not known."""
    arguments = function.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    if call is None or call.type != "call_expression":
        return None
    callee = strip(field(call, "function"))
    package, path = package_path(module, callee)
    is_loop = callee.type == "member_expression" and text_of(field(callee, "property")) in ("each", "map", "filter")
    if is_loop and of(field(callee, "object")) == js_type("nodes"):
        return js_type("lit") if place == 0 else js_type("node") if place == 1 else CALLED
    if place:
        return None
    if package in ("http", "https") and path in ("get", "request"):
        return js_type("reply")
    is_listener = callee.type == "member_expression" and text_of(field(callee, "property")) == "on"
    return js_type("str bytes") if is_listener and of(field(callee, "object")) == js_type("reply") else None


def new_type(module: Module, call: Node, of: Callable[[Node], JsType]) -> JsType | None:
    """Return what ``new`` of a class of a package gives; None if it is not known."""
    package, path = package_path(module, field(call, "constructor"))
    return _result(NEW.get(package, {}).get(path), call, of)


def property_type(type_: JsType, name: str) -> JsType | None:
    """Return what a property of a value of a package is; None if the value is, or may be, something else."""
    words = type_ - NIL
    if not words or not words <= PROPERTIES.keys():
        return None
    result: JsType = NOTHING
    for word in words:
        result |= PROPERTIES[word].get(name, CALLED)
    return result


def _result(result: Result | None, call: Node, of: Callable[[Node], JsType]) -> JsType | None:
    return result(call, of) if callable(result) else result

"""Calls: of the program's functions, of methods that tell the kind of a value, and of what both languages come with."""

from __future__ import annotations

import re

from . import queries
from .shape import Shape
from .tree import Call, Const, Get, Name
from .values import (
    Choice,
    Dict,
    Function,
    Known,
    List,
    Reading,
    Scope,
    Several,
    Special,
    Value,
    default,
    element,
    one_of,
    shapes_in,
)

_STRING = {
    "trim", "split", "toLowerCase", "toUpperCase", "replace", "replaceAll", "charAt", "charCodeAt", "padStart",
    "padEnd", "substring", "substr", "startsWith", "endsWith", "match", "search", "localeCompare", "trimEnd",
    "strip", "lower", "upper", "startswith", "endswith", "encode", "rstrip", "lstrip", "matchAll", "test",
}  # fmt: skip
_LIST = {
    "map", "forEach", "filter", "push", "join", "reduce", "find", "findIndex", "some", "every", "sort", "flatMap",
    "splice", "unshift", "pop", "shift", "reverse", "append", "extend", "entries",
}  # fmt: skip
_NUMBER = {"toFixed", "toPrecision"}
_DATE = {
    "getTime", "getFullYear", "getMonth", "getDate", "getDay", "getHours", "getMinutes", "getSeconds", "setFullYear",
    "setMonth", "setDate", "setHours", "setMinutes", "setSeconds", "setTime", "toISOString", "toDateString", "toDate",
    "toLocaleDateString", "toLocaleTimeString", "toUTCString", "getMilliseconds", "getTimezoneOffset", "isoformat",
    "timestamp", "strftime",
}  # fmt: skip
_TEXT_OF_DATE = re.compile(r"time|date|day|_?at$", re.IGNORECASE)  # the name of a value with toLocaleString
_EITHER = {"slice", "indexOf", "includes", "concat", "toString", "toLocaleString"}
_CALLBACKS = {"map", "forEach", "filter", "find", "findIndex", "some", "every", "flatMap", "sort", "then", "reduce"}
_SAME = {"filter", "sort", "slice", "reverse", "concat", "strip", "trim", "splice", "toLowerCase", "toUpperCase"}
_KEYS = {"keys": 0, "values": 0, "entries": 0, "assign": 1, "items": 0}
# Methods that every value has; asking for one reads no key
INBORN = _STRING | _LIST | _NUMBER | _DATE | _EITHER | {"then", "catch", "finally", "hasOwnProperty", "get", "items"}
_BASE64 = "^(?:[A-Za-z0-9+/]{4})+$"
_NUMBERS = {"Number", "parseInt", "parseFloat", "int", "float"}


def call(reader: Reading, node: Call, scope: Scope) -> Value:
    """Return what a call may return, and note what it tells."""
    function = node.function
    args = [reader.value(each, scope) for each in node.args]
    named = {name: reader.value(each, scope) for name, each in node.keywords}
    if isinstance(function, Name):
        result, known = _of_name(reader, function.id, args, scope)
        if known:
            return result
    if isinstance(function, Get):
        key = function.key.value if isinstance(function.key, Const) else None
        of = reader.value(function.of, scope)
        if isinstance(key, str):
            if isinstance(function.of, Name) and (of is None or (isinstance(of, Special) and of.kind == "module")):
                result, known = _of_object(function.of.id, key, args)
                if known:
                    return result
            result, known = _method(reader, of, key, args, named)
            if known:
                return result
    target = reader.value(function, scope)
    if node.is_new and isinstance(target, Special) and target.kind == "class":
        return _made(reader, target, args)
    if isinstance(target, (Special, Function, Choice, Several)):
        several = target.values if isinstance(target, Several) else (target,)
        results = [
            queries.called(reader, each, args, named) if isinstance(each, Special) else reader.call(each, args)
            for each in several
        ]
        return one_of(*results)
    for each in args:  # a callback of something unknown
        if isinstance(each, Function):
            reader.call(each, [])
    return None


def _of_name(reader: Reading, name: str, args: list[Value], scope: Scope) -> tuple[Value, bool]:
    first = args[0] if args else None
    if name == "require" and isinstance(first, Known) and isinstance(first.value, str):
        return reader.imported(first.value), True
    if scope.get(name) is not None:
        return None, False
    if name in _NUMBERS:
        for shape in shapes_in(first):
            shape.vote("number")
        return one_of(first, Special("number")), True
    if name in ("String", "str"):
        return first, True
    if name in ("Boolean", "bool"):
        for shape in shapes_in(first):
            shape.tested = True
        return None, True
    if name == "len":
        for shape in shapes_in(first):
            shape.vote("length", 1)
        return Special("number"), True
    if name == "Object" and not isinstance(first, Shape):
        return Dict({}), True
    if name == "Date":
        for shape in shapes_in(first):
            shape.vote("date")
        return Special("date"), True
    if name in ("isinstance", "decodeURIComponent", "encodeURIComponent"):
        for shape in shapes_in(first):
            shape.vote("string", 1)
        return first, True
    return None, False


def _of_object(name: str, key: str, args: list[Value]) -> tuple[Value, bool]:
    first = args[0] if args else None
    if (name, key) in (("JSON", "parse"), ("json", "loads")):
        made = []
        for shape in shapes_in(first):
            shape.vote("string", 1)
            made.append(shape.content())
        return one_of(*made), True
    if name in ("JSON", "json"):
        return None, True
    if name == "re" and isinstance(first, Known):
        for shape in shapes_in(args[1] if len(args) > 1 else None):
            shape.vote("string")
            shape.pattern = str(first.value)
        return None, True
    if (name, key) == ("base64", "b64decode") or (name == "Buffer" and _is_base64(args)):
        for shape in shapes_in(first):
            shape.vote("string")
            shape.pattern = _BASE64
        return None, True
    if name in ("Math", "math"):
        for shape in (each for value in args for each in shapes_in(value)):
            shape.vote("number")
        return Special("number"), True
    if name in ("Number", "Array", "Date"):
        for shape in shapes_in(first):
            shape.vote({"Number": "number", "Array": "list", "Date": "date"}[name], 2 if key != "from" else 1)
        return first if name == "Array" else Special("number"), True
    if name == "Object" and key in _KEYS:
        for shape in shapes_in(first):
            shape.vote("object")
        if key == "assign":
            made_dict = Dict({})
            for each in args:
                if isinstance(each, Dict):
                    made_dict.items.update(each.items)
                made_dict.spread = one_of(made_dict.spread, each.spread if isinstance(each, Dict) else each)
            return made_dict, True
        return List(None if key == "keys" else element(first)), True
    if name == "Promise" and key in ("all", "allSettled", "race", "resolve"):
        return first, True
    return None, False


def _is_base64(args: list[Value]) -> bool:
    return len(args) > 1 and isinstance(args[1], Known) and args[1].value == "base64"


def _method(reader: Reading, of: Value, key: str, args: list[Value], named: dict[str, Value]) -> tuple[Value, bool]:
    if isinstance(of, Several):
        found = [_method(reader, each, key, args, named) for each in of.values]
        known = [value for value, is_known in found if is_known]
        return one_of(*known), bool(known)
    if key in ("catch", "finally") and not (isinstance(of, Special) and of.kind == "query"):
        for each in args:
            reader.call(each, [])
        return of, True
    if key == "then" or (key in _CALLBACKS and isinstance(of, (Shape, List))):
        if isinstance(of, Shape) and key != "then":
            of.vote("list")
        taken = of if key == "then" else element(of)
        first = args[1] if len(args) > 1 else None
        values = [first, taken] if key == "reduce" else [taken, taken if key == "sort" else None]
        results = [reader.call(each, values) for each in args if each is not None]
        if key in ("then", "map", "flatMap"):
            return (one_of(*results) if key == "then" else List(one_of(*results))), True
        return (element(of) if key in ("find", "reduce") else of), True
    if isinstance(of, Special) and of.kind == "pattern" and key in ("test", "exec"):
        for shape in shapes_in(args[0] if args else None):
            shape.vote("string")
            shape.pattern = of.data["source"]
        return None, True
    if isinstance(of, List):
        if key in ("push", "append"):
            return None, True
        for shape in shapes_in(args[0] if args else None) if key in ("includes", "indexOf") else ():
            for value in of.element.values if isinstance(of.element, Several) else (of.element,):
                if isinstance(value, Known):
                    shape.compare_with(value.value)
        return (of if key in _SAME else None), True
    if isinstance(of, Shape):
        return _of_shape(reader, of, key, args)
    return None, False


def _of_shape(reader: Reading, of: Shape, key: str, args: list[Value]) -> tuple[Value, bool]:
    if key == "get" and args and isinstance(args[0], Known) and isinstance(args[0].value, str):  # of a dict
        made = reader.get(of, args[0].value)
        for shape in shapes_in(made) if len(args) > 1 else ():
            default(shape, args[1])
        return one_of(made, *args[1:]), True
    for kind, names in (("string", _STRING), ("list", _LIST), ("number", _NUMBER), ("date", _DATE)):
        if key in names:
            of.vote(kind)
    if key == "toLocaleString":
        of.vote("date" if _TEXT_OF_DATE.search(of.name) else "number")
    if key in ("includes", "indexOf") and shapes_in(args[0] if args else None):
        for shape in shapes_in(args[0]):
            of.vote("list", 1)
            of.item().is_with(shape)
    if key == "split":
        return List(None), True
    return (of if key in _SAME else None), key in INBORN


def _made(reader: Reading, target: Special, args: list[Value]) -> Value:
    node, scope = target.data["node"], target.data["scope"]
    this = Dict({})
    for name, method in node.methods:
        value = reader.value(method, scope)
        this.items[name] = Function(value.node, value.scope, this) if isinstance(value, Function) else value
    for name in ("constructor", "__init__"):
        reader.call(this.items.get(name), args)
    return this

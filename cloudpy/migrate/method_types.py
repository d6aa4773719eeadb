"""The types of what methods give: of strings, lists and dates, and of the objects of the database."""

from __future__ import annotations

from .contents import Contents
from .heap import PAIR
from .jstypes import (
    CALLED,
    COLLECTION_RESULTS,
    COLLECTIONS,
    HOSTS,
    JSON,
    LISTS,
    METHOD_RESULTS,
    NIL,
    NOTHING,
    NUMBERS,
    PART_OF,
    QUERY_STEPS,
    SENT,
    TEXTS,
    JsType,
    js_type,
)
from .nodes import arguments_of, is_async
from .syntax import Node

# Methods that strings and lists have, beside those of METHOD_RESULTS
_OTHERS = {"entries", "keys", "values", "copyWithin", "reduceRight", "matchAll", "codePointAt", "toLocaleString"}
_OTHERS |= {"propertyIsEnumerable", "isPrototypeOf", "toExponential"}


class MethodTypes(Contents):
    """The types of what methods give."""

    def step_type(self, type_: JsType, name: str) -> JsType:
        """Return the kind of ``owner.name(…)`` for an object of the database; nothing where it has no such method."""
        if type_ == js_type("cmd"):
            return type_
        result = NOTHING
        for each in type_:
            if name in SENT.get(each, {}):
                result |= js_type("promise")
            elif each == "stages":
                result |= js_type("stages")
            else:
                result |= QUERY_STEPS.get(each, {}).get(name, NOTHING)
        return result

    def method_type(self, owner: Node, name: str, node: Node) -> JsType:
        type_ = self.of(owner)
        part = self.part_of_now(owner, name)
        if part:
            return part
        if name == "then" or name == "catch" or name == "finally":
            return js_type("promise")
        if self.module.has_own_method(name) and not type_ <= TEXTS | LISTS | NUMBERS:
            return CALLED
        if not type_ and not self.facts.is_settled:
            return NOTHING
        if name == "slice" or name == "concat":
            return self._joined_or_cut(type_, name)
        if name == "reduce":
            args = arguments_of(node)
            targets = self.targets(args[0]) if args else []
            if targets and not any(is_async(function) for _, function in targets):
                result = self.of(args[1]) if len(args) > 1 else self.items(type_, self.sites(owner))
                for types, function in targets:
                    result |= types.returned(function)
                return result
        if type_ and type_ <= COLLECTIONS | NIL and name in COLLECTION_RESULTS:
            return COLLECTION_RESULTS[name]
        if name == "get" and type_ - NIL == {"map"}:
            return self.of_map(owner, PAIR) | {"undef"}
        if name in ("find", "findLast", "pop", "shift", "at"):
            return self.items(type_ - TEXTS if name != "at" else type_, self.sites(owner)) | js_type("undef")
        if name in ("sort", "reverse", "fill") and type_ & LISTS:
            return type_ & LISTS  # all else has no such method: an error
        if name == "toString" and not self.module.is_cloud(owner):
            return js_type("ascii") if type_ and type_ <= NUMBERS else js_type("str")
        if name == "filter" and type_ and type_ <= LISTS:
            return self._part(type_)
        of_dates = "date" in type_ and name.startswith(("get", "set", "to", "valueOf"))
        if name not in METHOD_RESULTS.keys() | _OTHERS and not of_dates and type_ and type_ <= JSON | {"date"}:
            return self.json  # it has no such method: an error
        if name in ("update", "digest") and type_ and type_ <= HOSTS:
            return js_type("str bytes")
        return METHOD_RESULTS.get(name, CALLED)

    def _joined_or_cut(self, type_: JsType, name: str) -> JsType:
        """Return the kind of ``concat`` and ``slice``: of what has no such method, it is an error."""
        if not type_ <= JSON | LISTS | NUMBERS | js_type("ascii obj date"):
            return js_type("str arr bytes")
        lists = self._part(type_ & LISTS) if name == "slice" else js_type("arr") if type_ & LISTS else NOTHING
        return lists | (js_type("str") if type_ & TEXTS else NOTHING) or js_type("str arr")

    def _part(self, type_: JsType) -> JsType:
        """Return the kind of a new list of some of the items of a list; of a string, a string."""
        return frozenset(PART_OF.get(each, each) for each in type_)

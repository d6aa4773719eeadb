"""Results of calls of the SDK: what their keys hold."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from .date_uses import is_shown
from .jstypes import DATABASE, NIL, NOTHING, SENT, JsType, js_type
from .module import Module
from .nodes import arguments_of, child_nodes, field, maybe_field, parameters_of, passed_to, strip, text_of
from .syntax import Node
from .variables import Names, Variable

_PARTS_OF_NOW = {f"get{each}" for each in ("FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Time")}
_PARTS_OF_NOW |= {"getMilliseconds", "valueOf"} | {each.replace("get", "getUTC") for each in _PARTS_OF_NOW}

# A time that is reckoned from now
_SOON = re.compile(r"Date\.now\(\) *[-+] *[\d_ .*+()-]+")

# Calls of the SDK that are no calls of the database
_CODE = {"buffer": js_type("bytes"), "contentType": js_type("ascii")}
_OF_SDK = {
    "uploadFile": {"fileID": js_type("str"), "statusCode": js_type("lit")},
    "downloadFile": {"fileContent": js_type("bytes"), "statusCode": js_type("lit")},
    "getTempFileURL": {"fileList": js_type("recs")},
    "deleteFile": {"fileList": js_type("recs")},
    **dict.fromkeys(("openapi.wxacode.get", "openapi.wxacode.getUnlimited", "openapi.wxacode.createQRCode"), _CODE),
}

# The place of the parameter of a callback that gets the items of a list
_ITEM_OF = {**dict.fromkeys(("forEach", "map", "filter", "flatMap", "some", "every", "find"), 0), "reduce": 1}


class Results(ABC):
    """Finds the calls of the SDK whose results values are."""

    module: Module
    names: Names

    @abstractmethod
    def of(self, node: Node | None) -> JsType:
        """Return what `node` can be."""

    @abstractmethod
    def is_datetime(self, node: Node) -> bool:
        """Whether a Date is written as a datetime."""

    @abstractmethod
    def is_valid_datetime(self, node: Node) -> bool:
        """Whether a Date is written as a datetime, and surely is no invalid date."""

    def sent(self, node: Node) -> dict[str, JsType] | None:
        """Return the keys of what a call of the SDK gives when it is awaited; None for all else."""
        callee = strip(field(node, "function")) if node.type == "call_expression" else node
        if callee.type != "member_expression" or node.type != "call_expression":
            return None
        if self.module.is_cloud_call(node):
            return _OF_SDK.get(text_of(callee).partition(".")[2])
        type_ = self.of(field(callee, "object")) - NIL  # of null there is an error, no result
        if not type_ or not type_ <= DATABASE:
            return None
        return SENT.get("".join(type_), {}).get(text_of(field(callee, "property")))

    def result(self, node: Node) -> dict[str, JsType] | None:
        """Return the keys of a value that is the result of a call of the SDK; None for all else."""
        node = strip(node)
        if node.type == "await_expression":
            return self.sent(self._made(strip(child_nodes(node)[0])))
        variable = self.names.of.get(node.id)
        if variable is None or any(how != "=" for how, _ in variable.writes):
            return None
        item = self.awaited_item(variable)
        if item is not None:
            return self.sent(item)
        if variable.kind in ("const", "let", "var") and not variable.patterned:
            values = [strip(each) for _, each in variable.writes]
            values += [strip(variable.value)] if variable.value is not None else []
            match = [self.result(each) if each.type == "await_expression" else None for each in values]
            return match[0] if match and all(each == match[0] for each in match) else None
        if not variable.is_constant:
            return None
        if variable.kind == "parameter" and not variable.patterned:
            name, owner = passed_to(variable.scope.node)
            if name == "then":
                return self.sent(strip(owner)) if owner is not None else None
            parameters = parameters_of(variable.scope.node)
            place = next((at for at, each in enumerate(parameters) if each.id == variable.node.id), -1)
            return self.of_all(owner) if owner is not None and place == _ITEM_OF.get(name) else None
        return None

    def accumulated(self, node: Node) -> dict[str, JsType] | None:
        """Return the keys of what ``reduce`` begins with, which its first parameter is at first, or other results."""
        variable = self.names.of.get(strip(node).id)
        if variable is None or variable.kind != "parameter" or variable.patterned or not variable.is_constant:
            return None
        name, owner = passed_to(variable.scope.node)
        first = parameters_of(variable.scope.node)[:1]
        if name != "reduce" or owner is None or not first or first[0].id != variable.node.id:
            return None
        arguments = variable.scope.node.parent
        return self.of_all(owner) if arguments is not None and len(child_nodes(arguments)) == 1 else None

    def of_all(self, node: Node) -> dict[str, JsType] | None:
        """Return the keys of each item of ``await Promise.all(promises)``, if they are results of one call."""
        node = strip(node)
        variable = self.names.of.get(node.id)
        if variable is not None and variable.is_constant and variable.value is not None and not variable.patterned:
            node = strip(variable.value)
        call = strip(child_nodes(node)[0]) if node.type == "await_expression" else node
        if call.type != "call_expression" or text_of(field(call, "function")) != "Promise.all" or call.id == node.id:
            return None
        args = arguments_of(call)
        made = [] if len(args) != 1 else self.promises_in(strip(args[0]))
        match = [self.sent(strip(child_nodes(each)[0]) if each.type == "await_expression" else each) for each in made]
        return match[0] if match and all(each == match[0] for each in match) else None

    @abstractmethod
    def promises_in(self, node: Node) -> list[Node]:
        """Return the calls whose promises are the items of a list of this file; empty where they are not known."""

    def _made(self, promise: Node) -> Node:
        """Return the call that makes a promise, by the name of a constant, too."""
        variable = self.names.of.get(promise.id)
        if variable is None or variable.value is None or not variable.is_constant or variable.patterned:
            return promise
        return strip(variable.value)

    def awaited_item(self, variable: Variable) -> Node | None:
        """Return what ``b`` is in ``const [a, b] = await Promise.all([…])``: the second item."""
        pattern = variable.node.parent
        declarator = pattern.parent if pattern is not None and pattern.type == "array_pattern" else None
        value = maybe_field(declarator, "value") if declarator is not None else None
        if pattern is None or value is None or not variable.is_constant:
            return None
        before = [each for each in pattern.children if each.start_byte < variable.node.start_byte]
        return self.item_of_all(value, sum(each.type == "," for each in before))

    def item_of_all(self, value: Node, place: int) -> Node | None:
        """Return the item at a place of the list in ``await Promise.all([…])``."""
        if value.type != "await_expression":
            return None
        call = strip(child_nodes(value)[0])
        if call.type != "call_expression" or text_of(field(call, "function")) != "Promise.all":
            return None
        given = arguments_of(call)
        items = child_nodes(given[0]) if len(given) == 1 and given[0].type == "array" else []
        if place >= len(items) or any(each.type == "spread_element" for each in items[: place + 1]):
            return None
        return strip(items[place])

    def is_result(self, node: Node) -> bool:
        """Whether a value is the result of a call of the SDK, which is never empty."""
        node = strip(node)
        if self.of(node) != js_type("rec"):
            return False
        if node.type == "await_expression":
            call = strip(child_nodes(node)[0])
            return call.type == "call_expression" and (self.module.is_cloud_call(call) or bool(self.sent(call)))
        variable = self.names.of.get(node.id)
        if variable is None or variable.kind not in ("const", "let", "var"):
            return False
        if self.awaited_item(variable) is not None:
            return bool(self.result(node))
        if variable.patterned:
            return False
        values = [each for how, each in variable.writes if how == "="] + [variable.value]
        is_plain = len(values) == len(variable.writes) + 1 and values[-1] is not None
        return is_plain and all(
            each is not None and strip(each).type == "await_expression" and self.is_result(each) for each in values
        )

    def part_of_now(self, owner: Node, name: str) -> JsType:
        """Return the kind of ``new Date().getMonth()`` and the like, nothing for any other call."""
        if name not in _PARTS_OF_NOW or self.of(owner) != js_type("date"):
            return NOTHING
        is_number = self._is_now(owner) or self.is_valid_datetime(owner)
        if not is_number and not (self.is_datetime(owner) and self._is_shown(owner)):
            return NOTHING
        if name in ("getTime", "valueOf"):
            return js_type("nat" if self._is_now(owner) else "int")  # before 1970 it is negative
        return js_type("lit")

    def _is_shown(self, owner: Node) -> bool:
        """Whether the part of a date may be NaN where it is used."""
        method = owner.parent
        call = method.parent if method is not None else None
        return call is not None and call.type == "call_expression" and is_shown(call, self.module, set())

    def _is_now(self, node: Node) -> bool:
        """Whether it is a ``new Date()`` that nobody changes: a date that is valid, and not long ago."""
        node = strip(node)
        variable = self.names.of.get(node.id)
        if variable is None:
            values = ", ".join(map(text_of, arguments_of(node))) if node.type == "new_expression" else "?"
            return not values or _SOON.fullmatch(values) is not None
        if not variable.is_constant or variable.value is None or variable.patterned:
            return False
        uses = [read.parent for read in variable.reads]
        asked = all(
            use is not None
            and use.type == "member_expression"
            and not text_of(field(use, "property")).startswith("set")
            for use in uses
        )
        return (asked or not self.module.changes_dates) and self._is_now(variable.value)

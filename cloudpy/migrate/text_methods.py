"""Methods of strings as Python's own: where they do the same, or raise where Node gives another value."""

from __future__ import annotations

import re

from . import traits
from .code import ATOM, COMPARE, MUL, TERNARY, UNARY, Py, call
from .context import Part
from .jstypes import LISTS, NIL, NUMBERS, READABLE, TEXT_OWNERS, TEXTS, JsType, js_type
from .nodes import string_value, text_of
from .syntax import Node

_ALONE = {
    "trim": "strip",
    "trimStart": "lstrip",
    "trimEnd": "rstrip",
    "trimLeft": "lstrip",
    "trimRight": "rstrip",
    "toUpperCase": "upper",
    "toLowerCase": "lower",
    "toLocaleUpperCase": "upper",
    "toLocaleLowerCase": "lower",
}
_LONGEST_FILLING = 5  # digits of a length
# Base of ``Math.random().toString(base)`` -> how many digits there are at most after the point, but for small numbers
_RANDOM_DIGITS = {10: 17, 16: 14, 32: 12, 36: 12}
_RANDOM_BASE = re.compile(r"Math\.random\(\)\.toString\((\d*)\)")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class TextMethods(Part):
    """Write the methods of strings."""

    def method(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write a method as Python's own; None where that is not known to do the same."""
        if name in ("slice", "substring", "substr") and (made := self._random_text(owner, name, args)) is not None:
            return made
        type_ = self.type_of(owner)
        if not type_ or not type_ <= TEXT_OWNERS:
            return None
        if name in _ALONE and not args:
            if name.startswith("trim") and traits.reads_files(self.module.text):
                return None
            return call(f"{self.expr(owner).at(ATOM)}.{_ALONE[name]}")
        if name in ("startsWith", "endsWith") and len(args) == 1 and self._is_searched(owner, args[0]):
            return call(f"{self.expr(owner).at(ATOM)}.{name.lower()}", self.expr(args[0]))
        if name == "split" and len(args) == 1 and self._is_separator(owner, args[0]):
            return call(f"{self.expr(owner).at(ATOM)}.split", self.expr(args[0]))
        if name in ("replace", "replaceAll") and len(args) == 2 and args[1].type == "string" == args[0].type:
            if not string_value(args[0]) or "$" in string_value(args[1]):
                return None
            once = [Py("1")] if name == "replace" else []
            return call(f"{self.expr(owner).at(ATOM)}.replace", *self.arguments(args), *once)
        if name in ("substring", "substr") and type_ - NIL == {"ascii"}:
            return self.cut(owner, name, args)  # of undefined, brackets raise as JavaScript does
        return self._of_text(owner, name, args) if type_ <= TEXTS else None

    def _of_text(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write a method of what surely is a string."""
        code, type_ = self.expr(owner), self.type_of(owner)
        if name == "includes" and len(args) == 1 and self._is(args[0], TEXTS):
            if self.is_pure(owner) or self.is_pure(args[0]):
                return Py(f"{self.expr(args[0]).at(COMPARE + 1)} in {code.at(COMPARE + 1)}", COMPARE)
            return None
        if name == "toString" and not args:
            return code
        if name == "repeat" and len(args) == 1 and self._is(args[0], js_type("lit")) and args[0].type == "number":
            return Py(f"{code.at(MUL)} * {self.expr(args[0]).at(UNARY)}", MUL)
        if not type_ <= {"ascii"}:
            return None
        if name in ("padStart", "padEnd") and self._is_filling(args):
            return call(f"{code.at(ATOM)}.{'rjust' if name == 'padStart' else 'ljust'}", *self.arguments(args))
        return self.cut(owner, name, args)

    def cut(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write ``owner[start:end]`` of a list, or of a string whose characters are single units."""
        type_ = self.type_of(owner)
        may_be = NIL if self.plain_to_read(owner) != READABLE else NIL | NUMBERS | {"bool"}
        if not args or len(args) > 2 or not type_ & (LISTS | {"ascii"}) or not type_ <= may_be | LISTS | {"ascii"}:
            return None
        numbers = [_whole(each) for each in args]
        if name == "slice" and all(self._is(each, js_type("lit nat int")) for each in args):
            places = [self.expr(each).at(TERNARY) for each in args]
        elif name == "substring" and None not in numbers and numbers == sorted(numbers, key=lambda each: each or 0):
            places = [text_of(each) for each in args]
        elif name == "substr" and None not in numbers:
            places = [str(sum(each or 0 for each in numbers[: at + 1])) for at in range(len(numbers))]
        else:
            return None
        if name != "slice" and type_ - NIL != {"ascii"}:
            return None
        start = places[0] if places[0] != "0" or len(places) == 1 else ""
        return Py(f"{self.expr(owner).at(ATOM)}[{':'.join([start, *places[1:]])}{':' if len(places) == 1 else ''}]")

    def _random_text(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write ``Math.random().toString(36).slice(2, 8)``, some random digits; None for what is not that."""
        base = _RANDOM_BASE.fullmatch(re.sub(r"\s", "", text_of(owner)))
        radix = int(base[1] or 10) if base is not None else 0
        if radix not in _RANDOM_DIGITS or not 1 <= len(args) <= 2:
            return None
        numbers = [_whole(each) for each in args]
        if numbers[0] != 2 or numbers[-1] is None:  # behind "0.": compare gives both the same digits
            return None
        end = _RANDOM_DIGITS[radix] + 2
        if len(args) == 2:
            end = min(end, numbers[-1] + (2 if name == "substr" else 0))
        if end <= 2:
            return None
        return Py(f'"".join(random.choices("{_DIGITS[:radix]}", k={end - 2}))')

    def _is(self, node: Node, types: JsType) -> bool:
        return bool(self.type_of(node)) and self.type_of(node) <= types

    def _is_searched(self, owner: Node, part: Node) -> bool:
        """Whether Python searches for what JavaScript searches for; what is no string raises, where nothing catches."""
        return self._is(part, TEXTS) or (self.plain_to_read(owner) == READABLE and self._is(part, TEXT_OWNERS))

    def _is_separator(self, owner: Node, node: Node) -> bool:
        """Whether Python splits at it as JavaScript does: an empty string raises, where nothing catches."""
        if node.type == "string":
            return bool(string_value(node))
        return self._is(node, TEXTS) and self.plain_to_read(owner) == READABLE

    def _is_filling(self, args: list[Node]) -> bool:
        """Whether Python pads with it as JavaScript does: to a length in the source, with one character."""
        filler = string_value(args[1]) if len(args) == 2 and args[1].type == "string" else " "
        is_plain = _whole(args[0]) is not None and len(text_of(args[0])) <= _LONGEST_FILLING
        return is_plain and len(filler) == 1 and filler.isascii() and (len(args) == 1 or args[1].type == "string")


def _whole(node: Node) -> int | None:
    """Return an integer of the source, without a sign."""
    return int(text_of(node)) if node.type == "number" and text_of(node).isdecimal() else None

"""Random whole JavaScript functions, out of the templates in programs.txt.

A line of that file is a template. ``%num`` is a hole for an expression of the section ``num``, ``%var.num`` for a
variable of that kind, ``%let.num`` for one that may be assigned, ``%pick(a, b)`` for one of the texts. ``$x:num``
declares a fresh variable for the holes after it; ``$$x:num`` for the statements after it, too; later ``$x`` or ``$$x``
of the same line are the same name. What stands behind ``=>`` in the section ``top`` is added to the named sections.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_PART = re.compile(
    r"%pick\((?P<choices>[^)]*)\)|%(?P<how>var|let)\.(?P<of>[a-z]+)|%(?P<hole>[a-z]+)\b"
    r"|(?P<sign>\$\$?)(?P<name>[a-zA-Z]\w*)(?::(?P<kind>[a-z]+))?"
)
_NESTED = {"stmt", "block", "body"}
_GROWING = re.compile(r"%var\.\w+\.(?:push|unshift|splice\(1, 0)|%let\.text \+=|%let\.num \*=")
# Equal only under a condition: a program with one of them is not compared, so that most have none
_CONDITIONAL = re.compile(r"localeCompare|Math\.(?:cbrt|hypot|pow)|\*\* 2|toLocaleString\(\)")
# Where an expression has no room to grow any more
_LEAVES = {"num": ["1", "2", "event.n"], "small": ["2"], "text": ["'a'", "event.s"], "flag": ["true", "event.flag"],
           "nums": ["[3, 1, 2]", "event.list"], "texts": ["['b', 'a']"], "list": ["[1, 'a']"], "obj": ["event.o"],
           "items": ["event.items"], "item": ["{ id: 1, name: 'a', n: 2 }"], "map": ["new Map([['a', 1]])"],
           "set": ["new Set([1, 'a'])"], "any": ["null", "event.x", "1"], "stmt": ["log.push(0)"]}  # fmt: skip
EVENTS: list[dict[str, Any]] = [
    {"n": 2, "s": "b", "flag": True, "list": [3, 1, 2], "o": {"n": 1, "k": {"k": "abc"}, "s": "t"}, "x": "a",
     "items": [{"id": 1, "name": "b", "n": 2}, {"id": 2, "name": "a", "n": 1}, {"id": 3, "name": "b", "n": 0}]},
    {"n": 1.5, "s": "a1-b22", "flag": False, "list": [10, 9, 1], "o": {"2": "two", "b": None, "1": "one"}, "x": None,
     "items": [{"id": 7, "name": "é😀", "n": -1}]},
    {"n": -7, "s": "", "flag": 0, "list": [], "o": {}, "x": [1, "a"], "items": []},
    {"n": "12", "s": "12px", "flag": "no", "list": [1, None, "a", {}], "o": {"k": [1]}, "x": {"name": "x", "k": 0},
     "items": [{"id": 1}, {"name": None, "n": "3"}]},
    {"n": None, "s": None, "list": None, "o": None, "x": False, "items": None},
    {"n": True, "s": ["x"], "flag": [], "list": "abc", "o": "text", "x": 0, "items": {"a": 1}},
    {"n": {}, "s": 5, "flag": {}, "list": {"0": 1}, "o": [1, {"n": 2}], "x": "", "items": [None, 3, "s"]},
    {},
]  # fmt: skip


# Messages of the engine's own errors differ in Python
SAID = "const said = e => String(e.message).startsWith('own') ? e.message : e.name"


class _NoneLeftError(Exception):
    """No variable of the kind is there."""


@dataclass
class _Variable:
    name: str
    kind: str
    may_be_assigned: bool


@dataclass
class _Block:
    variables: list[_Variable] = field(default_factory=list)


@cache
def _templates() -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (Path(__file__).parent / "programs.txt").read_text("utf-8").splitlines():
        if line.startswith("## "):
            current = sections.setdefault(line[3:].partition(":")[0], [])
        elif line:
            current.append(line)
    return sections


class _Maker:
    def __init__(self, chance: random.Random, size: int) -> None:
        self.chance = chance
        self.left = size
        plain = chance.random() < 0.8
        self.sections = {
            name: [line for line in lines if not (plain and _CONDITIONAL.search(line))]
            for name, lines in _templates().items()
        }
        self.blocks = [_Block()]
        self.loops = 0
        self.count = 0
        self.in_function = 0
        # of the templates that are being filled, until their declaration has ended
        self.waiting: list[tuple[_Variable, re.Match[str]]] = []

    def program(self) -> str:
        """Return a whole file."""
        top = [self._top() for _ in range(self.chance.randrange(3))]
        body = [line for _ in range(self.chance.randrange(2, 8)) for line in self._statement()]
        shown = [each.name for each in self.blocks[0].variables if not each.name.startswith("event.")]
        body.append(f"return {{ {', '.join(['log', *dict.fromkeys(shown)])} }}")
        head = "\n".join([SAID, *top])
        main = "\n".join(["exports.main = async (event) => {", "const log = [];", *(f"{line};" for line in body), "}"])
        return f"{head}\n{main}\n"

    def _top(self) -> str:
        template, uses = self._split_top()
        names: dict[str, str] = {}
        kept, self.left = self.left, min(self.left, 8)
        self.in_function += 1
        text = self._filled(template, names, 1)
        for name, value in (("items|list", "[]"), ("o", "({})"), (r"\w+", "'b'")):  # there is no event yet
            text = re.sub(rf"event\??\.(?:{name})\b", value, text)
        self.in_function -= 1
        self.left = kept
        for use in uses:
            section, _, written = use.partition(": ")
            written = re.sub(r"\$\$(\w+)", lambda part: names.get(part[0], part[0]), written)
            self.sections[section.strip()] += [written.strip()] * max(3, len(self.sections[section.strip()]) // 8)
        return text

    def _split_top(self) -> tuple[str, list[str]]:
        line = self.chance.choice(self.sections["top"])
        at = re.search(r" => (?=(?:num|text|flag|any|list|stmt): )", line)
        assert at is not None, line
        return line[: at.start()], re.split(r" \| (?=(?:num|text|flag|any|list|stmt): )", line[at.end() :])

    def _statement(self) -> list[str]:
        return [self._one("stmt", 0)]

    def _one(self, section: str, depth: int) -> str:
        """Return a filled template of a section."""
        self.left -= 1
        for _ in range(30):
            room = depth < 6 and self.left > 0
            lines = self.sections[section] if room or section not in _LEAVES else _LEAVES[section]
            template = self.chance.choice(lines)
            if "await " in template and self.in_function:
                continue
            if self.loops and (_GROWING.search(template) or (self.loops > 1 and "%body" in template)):
                continue
            if self.loops and section == "stmt" and re.match(r"(?:async )?function|var |fs\$\$", template):
                continue
            known = [len(block.variables) for block in self.blocks]
            try:
                return self._filled(template, {}, depth)
            except _NoneLeftError:
                for block, size in zip(self.blocks, known, strict=True):
                    del block.variables[size:]
        return self.chance.choice(_LEAVES.get(section, ["log.push(0)"]))

    def _filled(self, template: str, names: dict[str, str], depth: int) -> str:
        in_function = "=>" in template or "function" in template
        is_loop = "%body" in template
        self.in_function += in_function
        self.blocks.append(_Block())
        outer: list[_Variable] = []
        try:
            return _PART.sub(lambda part: self._part(part, names, depth, outer, is_loop), template)
        finally:
            self.waiting = [each for each in self.waiting if each[1].string is not template]
            self.blocks.pop()
            self.blocks[-1].variables += outer
            self.in_function -= in_function

    def _part(
        self, part: re.Match[str], names: dict[str, str], depth: int, outer: list[_Variable], is_loop: bool
    ) -> str:
        for variable, declared in list(self.waiting):
            if declared.string is part.string and re.search("[;{)]", part.string[declared.end() : part.start()]):
                self.blocks[-1].variables.append(variable)
                self.waiting.remove((variable, declared))
        if part["choices"] is not None:
            return str(self.chance.choice(part["choices"].split(", ")))
        if part["how"]:
            return self._variable(part["of"], must_assign=part["how"] == "let")
        if part["hole"]:
            if part["hole"] not in self.sections:
                return str(part[0])
            text = self._hole(part["hole"], depth)
            is_body = part["hole"] not in _NESTED and part.string[: part.start()].endswith("=> ")
            is_owner = part.string[part.end() :].startswith(".")
            return f"({text})" if (is_body and text[0] == "{") or (is_owner and text[-1].isdigit()) else text
        key = part["sign"] + part["name"]
        if key not in names:
            self.count += 1
            names[key] = f"{part['name']}{self.count}"
        if part["kind"]:
            before = part.string[: part.start()]
            assignable = not is_loop and part["sign"] == "$$" and not re.search(r"const [^;]*$", before)
            variable = _Variable(names[key], part["kind"], assignable)
            if part["sign"] == "$$":
                outer.append(variable)
            else:
                self.waiting.append((variable, part))
        return names[key]

    def _hole(self, name: str, depth: int) -> str:
        if name not in _NESTED:
            return self._one(name, depth + 1)
        self.loops += name == "body"
        self.blocks.append(_Block())
        try:
            return self._one(name, depth + 1)
        finally:
            self.blocks.pop()
            self.loops -= name == "body"

    def _variable(self, kind: str, *, must_assign: bool) -> str:
        found = [
            each.name
            for block in self.blocks
            for each in block.variables
            if each.kind == kind and (each.may_be_assigned or not must_assign)
        ]
        if not found:
            raise _NoneLeftError
        return self.chance.choice(found)


def program(chance: random.Random, size: int = 40) -> str:
    """Return a file with ``exports.main``; `size` limits how many templates it is made of."""
    return _Maker(chance, size).program()

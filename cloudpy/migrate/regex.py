"""Regular expressions: the part of JavaScript's that Python can express."""

from __future__ import annotations

import re

from . import traits
from .code import ATOM, COMPARE, Py, call, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import JSON, LISTS, NUMBERS, TEXTS, js_type
from .matches import keeps_position, regex_flags
from .nodes import arguments_of, child_nodes, field, joined_units, string_value, strip, text_of
from .pattern_tests import is_alike_for_all
from .syntax import Node

_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_SOLID = (
    r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe"
    r"\uff00-\U0010ffff"
)
# All characters there are, as people write them in brackets
_ANYTHING = re.compile(r"\[(?:\\s\\S|\\S\\s|\\d\\D|\\D\\d|\\w\\W|\\W\\w)\]")
_NO_LINE = r"[^\n\r\u2028\u2029]"
# What has a meaning in a pattern, beside what follows a backslash
_SIGNS = re.compile(r"[\\^$.*+?()\[\]{}|]")
# A pattern that takes at least one character wherever it matches: a character or a set, maybe several times
_TAKING = re.compile(r"(?:\[(?:\\.|[^\]\\])+\]|\\[wdtnrfvWD]|[^\\^$.*+?()\[\]{}|])\+?(?:[^\\^$.*+?()\[\]{}|])*")
# A set that leaves out some characters: what it takes of the others is taken in all units that they consist of
_EACH = re.compile(r"\[\^(?:\\.|[^\]\\])+\]\+?|\\[WD]\+?")
_NAMED = re.compile(r"\(\?<([A-Za-z_]\w*)>")


class Regexes(Part):
    """Write regular expression literals, and the methods that take them."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        context.expressions["regex"] = self.regex

    def regex(self, node: Node) -> Py:
        if not _is_used_where_it_stands(node):
            raise Untranslated("a regular expression that is stored or passed on")
        pattern, flags = _parts(node)
        written, options, _ = translate(pattern, flags)
        return self._kept(node, Py(f"re.compile({raw(written)}, {options})"), flags)

    def made(self, node: Node) -> Py:
        """Write ``new RegExp(text, flags)``; what its text is made of is seen when it runs."""
        flags, args = regex_flags(node), arguments_of(node)
        if flags is None or not self.type_of(args[0]) or "regex" in self.type_of(args[0]):
            raise Untranslated("new RegExp in this form")
        if not _is_used_where_it_stands(node):
            raise Untranslated("a regular expression that is stored or passed on")
        if args[0].type == "string" and string_value(args[0]):
            written, options, _ = translate(joined_units(string_value(args[0])), flags)
            return self._kept(node, Py(f"re.compile({raw(written)}, {options})"), flags)
        more = ["ignore_case=True"] if "i" in flags else []
        return self._kept(node, call("js.pattern_of", self.expr(args[0]), *more), flags)

    def _kept(self, node: Node, code: Py, flags: str) -> Py:
        """Write a pattern so that it keeps the place where it stopped, if the program asks it to go on there."""
        declarator = node.parent
        if declarator is None or declarator.type != "variable_declarator":
            if "y" in flags:
                raise Untranslated("a regular expression with the flag y that is no constant")
            return code
        if not keeps_position(self, field(declarator, "name")):
            return code
        return call("js.Scanner", code, *(["is_sticky=True"] if "y" in flags else []))

    def _pattern(self, node: Node, name: str) -> Py:
        """Write what the helper for the method `name` takes: a pattern of Python."""
        code = self.expr(node)
        if node.type != "identifier" or not keeps_position(self, node):
            return code
        if name == "matchAll":
            raise Untranslated("matchAll with a regular expression that exec or test are called of, too")
        return Py(f"{code}.pattern" if name in ("search", "split") else f"{code}.restarted()")

    def flags_of(self, node: Node) -> str | None:
        """Return the flags of what is surely a regular expression; None when that is not sure."""
        node = strip(node)
        variable = self.variable_of(node) if node.type == "identifier" else None
        if variable is not None and variable.is_constant and variable.value is not None:
            node = variable.value
        return regex_flags(node)

    def call(self, owner: Node, name: str, args: list[Node]) -> Py:
        """Write a call with a regular expression as owner or as first argument."""
        pattern = owner if self.type_of(owner) == js_type("regex") else args[0] if args else owner
        flags = self.flags_of(pattern)
        if flags is None:
            raise Untranslated(f"{name} with a regular expression that is not a literal")
        if pattern is owner:
            return self._own(pattern, flags, name, args)
        code = self.expr(owner)
        if "y" in flags:
            raise Untranslated(f"{name} with a regular expression with the flag y")
        if name in ("replace", "replaceAll") and len(args) == 2:
            if name == "replaceAll" and "g" not in flags:
                raise Untranslated("replaceAll without the flag g is an error")
            plain = self._substituted(code, pattern, flags, args[1])
            if plain is not None:
                return plain
            new = [self._pattern(pattern, name), self.expr(args[1])]
            return call("js.substitute", code, *new, *([] if "g" in flags else ["1"]))
        if name == "split" and len(args) <= 2:
            return call("js.split_by", code, self._pattern(pattern, name), *self.arguments(args[1:]))
        if name == "match" and len(args) == 1:
            return call("js.match_each" if "g" in flags else "js.match", code, self._pattern(pattern, name))
        if name == "matchAll" and len(args) == 1 and "g" in flags:
            return call("js.match_all", code, self._pattern(pattern, name))
        if name == "search" and len(args) == 1:
            return call("js.search", code, self._pattern(pattern, name))
        raise Untranslated(f"{name} with a regular expression in this form")

    def _substituted(self, code: Py, pattern: Node, flags: str, new: Node) -> Py | None:
        """Write ``text.replace(pattern, "new")`` as Python's own; what is no string raises there, too."""
        literal = strip(pattern)
        if literal.type != "regex" or new.type != "string" or re.search(r"[$\\]", string_value(new)):
            return None
        if self.module.has_own_method("replace"):
            return None
        source = _parts(literal)[0]
        word = re.sub(r"\\(?=[^\w\s])", "", source)
        is_word = len(word) == len(re.sub(r"\\(.)", r"\1", source)) and set(flags) <= set("gms")
        if is_word and not _SIGNS.search(re.sub(r"\\[^\w\s]", "", source)):
            return call(f"{code.at(ATOM)}.replace", Py(quoted(word)), self.expr(new), *([] if "g" in flags else ["1"]))
        written, options, simple = translate(*_parts(literal))
        is_wide = _EACH.fullmatch(written) and "g" in flags and not string_value(new)
        if not (simple or is_wide) or not _TAKING.fullmatch(written):
            return None
        written, options = self._short(written, options)
        more = [*([] if "g" in flags else ["count=1"]), *([f"flags={options}"] if options else [])]
        return call("re.sub", Py(raw(written)), self.expr(new), code, *more)

    def _short(self, pattern: str, options: str) -> tuple[str, str]:
        """Return a pattern with the short form for blanks, and without the options that it does not need."""
        if options != "re.ASCII" or re.search(r"\\[wdbWDB]", pattern):
            return pattern, options
        if not traits.reads_files(self.module.text):
            pattern = pattern.replace(f"[{_SPACE}]", r"\s").replace(_SPACE, r"\s")
        return pattern, ""

    def _own(self, pattern: Node, flags: str, name: str, args: list[Node]) -> Py:
        if name not in ("test", "exec") or len(args) != 1:
            raise Untranslated(f"{name} of a regular expression")
        code = self.expr(args[0])
        if strip(pattern).type != "regex" and keeps_position(self, strip(pattern)):
            return call(f"{self.expr(pattern)}.{name}", code)
        if name == "exec":
            is_text = self.type_of(args[0]) and self.type_of(args[0]) <= TEXTS
            return call("js.match", code if is_text else call("js.text", code), self.expr(pattern))
        plain = self._tested(pattern, args[0], code)
        return plain if plain is not None else call("js.matches", self.expr(pattern), code)

    def _tested(self, pattern: Node, value: Node, code: Py) -> Py | None:
        """Write ``pattern.test(value)`` as Python's own; None where the text of the value may be another one."""
        literal, type_ = self._literal(pattern), self.type_of(value)
        if literal is None or not type_:
            return None
        written, options, simple = translate(*_parts(literal))
        is_text = type_ <= TEXTS
        if not simple or not (type_ <= JSON | LISTS | NUMBERS | TEXTS):
            return None
        if not is_text and not is_alike_for_all(written, ignores_case="IGNORECASE" in options):
            return None
        searched = code if is_text else call("str", code)
        if literal.id != strip(pattern).id:
            return Py(f"{self.expr(pattern).at(ATOM)}.search({searched}) is not None", COMPARE)
        written, options = self._short(written, options)
        more = f", {options}" if options else ""
        return Py(f"re.search({raw(written)}, {searched}{more}) is not None", COMPARE)

    def _literal(self, pattern: Node) -> Node | None:
        """Return the literal that a pattern is, by the name of a constant, too."""
        node = strip(pattern)
        variable = self.variable_of(node) if node.type == "identifier" else None
        if variable is not None and variable.is_constant and variable.value is not None and not variable.patterned:
            node = strip(variable.value)
        return node if node.type == "regex" else None


_TAKERS = {"match", "matchAll", "replace", "replaceAll", "search", "split"}


def _is_used_where_it_stands(node: Node) -> bool:
    """Whether a literal is a variable's value, the owner of a method, or the argument of a string method."""
    while node.parent is not None and node.parent.type == "parenthesized_expression":
        node = node.parent
    parent = node.parent
    if parent is None or parent.type in ("variable_declarator", "member_expression"):
        return parent is not None
    function = parent.parent.child_by_field_name("function") if parent.type == "arguments" and parent.parent else None
    taker = function.child_by_field_name("property") if function is not None else None
    return taker is not None and text_of(taker) in _TAKERS


def _parts(node: Node) -> tuple[str, str]:
    parts = child_nodes(node)
    return text_of(parts[0]), text_of(parts[1]) if len(parts) > 1 else ""


def raw(pattern: str) -> str:
    """Write a raw literal."""
    if '"' not in pattern:
        return f'r"{pattern}"'
    return f"r'{pattern}'" if "'" not in pattern else repr(pattern)


def translate(pattern: str, flags: str) -> tuple[str, str, bool]:
    """Return Python's pattern, its options, and whether it can only match characters up to U+FFFF.

    Raises:
        Untranslated: Python's syntax cannot express it, or gives it another meaning.
    """
    if set(flags) - set("gimsuy"):
        raise Untranslated(f"a regular expression with the flags {flags}")
    if "u" in flags and ("." in pattern or "^" in pattern or not pattern.isascii() or "\\" in pattern):
        raise Untranslated("a regular expression with the flag u, which counts characters differently")
    if any(each > "\uffff" or ("i" in flags and _has_case(each)) for each in pattern):
        raise Untranslated("a regular expression with characters that Python compares differently")
    result, simple = _Writer(pattern, "m" in flags, "s" in flags, "i" in flags).written()
    try:
        re.compile(result, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise Untranslated(f"a regular expression that Python cannot compile: {error}") from None
    return result, "re.ASCII | re.IGNORECASE" if "i" in flags else "re.ASCII", simple


def _has_case(letter: str) -> bool:
    """Whether a letter beyond ASCII is capital or small."""
    return not letter.isascii() and letter.lower() != letter.upper()


def _may_be_empty(pattern: str) -> bool:
    """Whether a pattern may match nothing; of one in JavaScript's own syntax it is not known."""
    try:
        return re.compile(pattern).fullmatch("") is not None
    except re.error:
        return False


class _Group:
    """A group that is kept.

    Attributes:
        is_sure: whether it has matched wherever the pattern is behind it.
        inside: what is in it, when it is closed.
    """

    def __init__(self, name: str, is_sure: bool) -> None:
        self.name = name
        self.is_sure = is_sure
        self.inside: str | None = None


class _Writer:
    def __init__(self, pattern: str, many_lines: bool, dot_all: bool, ignores_case: bool) -> None:
        self.pattern = pattern
        self.many_lines = many_lines
        self.dot_all = dot_all
        self.simple = True
        self.ignores_case = ignores_case
        self.groups: list[_Group] = []

    def written(self) -> tuple[str, bool]:
        """Return the whole pattern."""
        out, at, text = [], 0, self.pattern
        depth: list[tuple[int, _Group | None]] = []
        while at < len(text):
            each = text[at]
            if each == "\\":
                piece, at = self._escape(at, False)
                out.append(piece)
                continue
            if each == "[":
                piece, at = self._set(at)
                out.append(piece)
                continue
            if each == "(":
                named = _NAMED.match(text, at)
                if named:
                    out.append(f"(?P<{named[1]}>")
                    at = named.end()
                else:
                    head = next(
                        (head for head in ("(?:", "(?=", "(?!", "(?<=", "(?<!") if text.startswith(head, at)), "("
                    )
                    out.append(head)
                    at += len(head)
                is_kept = named or out[-1] == "("
                group = _Group(named[1] if named else "", not depth) if is_kept else None
                self.groups += [group] if group is not None else []
                depth.append((at, group))
                continue
            if each == "|" and not depth:
                for group in self.groups:  # what is in another branch has not matched
                    group.is_sure = False
            if each == ")":
                if not depth:
                    raise Untranslated("a regular expression with an unbalanced parenthesis")
                start, closed = depth.pop()
                rest, inside = text[at + 1 : at + 2], text[start:at]
                if closed is not None:
                    closed.inside = inside
                    closed.is_sure &= not (rest and rest in "*?{")
                if (rest and rest in "*+{") or rest == "?":
                    if re.search(r"(?<!\\)\((?!\?[:=!<])", inside):
                        raise Untranslated("a group inside a repeated group, which JavaScript resets in each round")
                    if rest != "?" and (
                        not re.sub(r"[^\\\w]?[*?]", "", inside) or (closed is not None and _may_be_empty(inside))
                    ):
                        raise Untranslated("a repeated group that may be empty")
            elif each == ".":
                self.simple = False
                out.append("[\\s\\S]" if self.dot_all else _NO_LINE)
                at += 1
                continue
            elif each == "$":
                out.append(r"(?=[\n\r\u2028\u2029]|\Z)" if self.many_lines else r"\Z")
                at += 1
                continue
            elif each == "^" and self.many_lines:
                out.append(r"(?<![^\n\r\u2028\u2029])")
                at += 1
                continue
            elif each == "{" and not re.match(r"\{\d+(?:,\d*)?\}", text[at:]):
                each = "\\{"
            elif each in "+" and at and text[at - 1] in "*+?}" and text[at - 2 : at - 1] != "\\":
                raise Untranslated("two quantifiers in a row")
            out.append(each)
            at += 1
        return "".join(out), self.simple

    def _escape(self, at: int, in_set: bool) -> tuple[str, int]:
        each = self.pattern[at + 1]
        if each == "s":
            return (_SPACE if in_set else f"[{_SPACE}]"), at + 2
        if each in "SDW":
            self.simple = False
            if each == "S":
                return (_SOLID if in_set else f"[^{_SPACE}]"), at + 2
        if each in "dwDWnrtfv0" or each == "b" or (each == "B" and not in_set):
            if each == "0" and self.pattern[at + 2 : at + 3].isdigit():
                raise Untranslated("an octal escape")
            return ("\\x08" if each == "b" and in_set else "\\x00" if each == "0" else f"\\{each}"), at + 2
        if each.isdigit() or (each == "k" and not in_set):
            return self._reference(at, in_set)
        if each in "uxcpPk":
            size = {"u": 4, "x": 2}.get(each, 0)
            digits = self.pattern[at + 2 : at + 2 + size]
            if (
                not size
                or not re.fullmatch(f"[0-9a-fA-F]{{{size}}}", digits)
                or (digits[:1].lower() == "d" and size == 4 and digits[1:2] in "89abcdefABCDEF")
            ):
                raise Untranslated(f"\\{each} in a regular expression")
            return f"\\{each}{digits}", at + 2 + size
        if each.isalpha():
            return each, at + 2
        return (each if each in "/\"'@%,:;=<>!`_#" or each == " " else f"\\{each}"), at + 2

    def _reference(self, at: int, in_set: bool) -> tuple[str, int]:
        """Write a reference to a group: where that has not matched, it is empty in JavaScript, and fails in Python."""
        found = re.compile(r"\\(?:([1-9])(?!\d)|k<(\w+)>)").match(self.pattern, at)
        names = [str(number) for number in range(1, len(self.groups) + 1)]
        names = [group.name for group in self.groups] if found is not None and found[2] else names
        name = (found[1] or found[2]) if found is not None else ""
        group = self.groups[names.index(name)] if not in_set and name in names else None
        if group is None or group.inside is None or not group.is_sure or found is None:
            raise Untranslated("a reference to a group")
        if self.ignores_case and not re.fullmatch(r"[a-zA-Z0-9|]*", group.inside):
            raise Untranslated("a reference to a group, without regard to case")
        return (f"(?P={name})" if found[2] else f"\\{name}"), found.end()

    def _set(self, at: int) -> tuple[str, int]:
        if whole := _ANYTHING.match(self.pattern, at):
            self.simple = False
            return r"[\s\S]", whole.end()
        out, at = ["["], at + 1
        if self.pattern[at : at + 1] == "^":
            out.append("^")
            self.simple = False
            at += 1
        if self.pattern[at : at + 1] == "]":
            raise Untranslated("empty brackets")
        while self.pattern[at] != "]":
            each = self.pattern[at]
            if each == "\\":
                piece, at = self._escape(at, True)
                out.append(piece)
                continue
            out.append(f"\\{each}" if each in "[&~|" else each)
            at += 1
        return "".join(out) + "]", at + 1

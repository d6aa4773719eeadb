"""One chain of promises, written as statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as made

from .callbacks import (
    Unfit,
    begins_chain,
    cannot_throw,
    comments_after,
    comments_between,
    comments_of,
    declared_in,
    grouped,
    has_functions,
    identifiers,
    is_in_try,
    is_safe,
    may_be_promise,
    names_in,
    parts_of,
    sets,
    settled,
)
from .nodes import FUNCTIONS, always_ends, arguments_of, child_nodes, field, optional_links, returns, strip, text_of
from .syntax import Node

METHODS = {"then", "catch", "finally"}
_PRINTS = re.compile(r"console\.\w+")


@dataclass
class Use:
    """What becomes of the value of a chain.

    Attributes:
        before: what goes before the value: ``return``, ``x =``; empty for a value that nobody uses.
        names: the names that are assigned.
        is_declared: Whether the chain is the first value of its name.
        is_end: Whether the function ends after it.
    """

    before: str
    names: set[str] = made(default_factory=set)
    is_declared: bool = False
    is_end: bool = False

    @property
    def is_return(self) -> bool:
        return self.before == "return "

    def of(self, value: str) -> str:
        """Write a statement that uses a value."""
        if not self.before and value:
            return f";({value});"  # the line before may have no semicolon
        if self.is_return and value in ("", "undefined"):
            return "" if self.is_end else "return;"
        return f"{self.before}{value or 'undefined'};" if self.before else ""


@dataclass
class Facts:
    """What a file has: the names in it, and those of its async functions."""

    taken: set[str]
    asyncs: set[str]

    def fresh(self, *names: str) -> str:
        """Return a name that the file does not have."""
        for name in (f"{each}{number}" for number in ("", *range(2, 100)) for each in names):
            if name not in self.taken:
                self.taken.add(name)
                return name
        raise Unfit


class ChainWriter:
    """Writes one chain.

    Attributes:
        links: the name of each method of the chain, and its call.
        catching: the links from the first ``catch`` or ``finally`` on.
        statements: what is written so far.
        value: what the chain gives so far; `tail`: the comments after it.
        has_left: Whether the statements return by themselves.
    """

    def __init__(self, chain: Node, facts: Facts) -> None:
        self.facts = facts
        self.links: list[tuple[str, Node]] = []
        at = chain
        while at.type == "call_expression":
            callee = strip(field(at, "function"))
            if callee.type != "member_expression" or text_of(field(callee, "property")) not in METHODS:
                break
            self.links.insert(0, (text_of(field(callee, "property")), at))
            at = field(callee, "object")
        self.base = at
        names = [name for name, _ in self.links]
        count = names.count("then")
        self.catching = self.links[count:]
        is_common = names in (["then"] * count + rest for rest in ([], ["catch"], ["finally"], ["catch", "finally"]))
        if not is_common or any(len(arguments_of(call)) != 1 for _, call in self.links):
            raise Unfit
        if optional_links(chain):
            raise Unfit
        self.declared: list[set[str]] = []
        self.used: list[set[str]] = [names_in(self.base)]
        self.statements, self.tail, self.has_left = "", "", False
        self.value = f"await {grouped(self.base)}"

    def run(self, use: Use) -> None:
        """Write what the callbacks of ``then`` do."""
        calls = [call for name, call in self.links if name == "then"]
        for call in calls:
            self._then(call, use, is_last=call is calls[-1])
        for at, names in enumerate(self.declared):
            # no part may see the names of another
            if names & set().union(*self.used[: at + 1], *self.used[at + 2 :], use.names):
                raise Unfit

    def guarded(self, use: Use) -> str:
        """Write a chain that catches, with what becomes of its value."""
        first = ""
        if not cannot_throw(self.base, self.facts.asyncs):
            name = self.facts.fresh("request", "pending", "promise")
            first, self.value = f"const {name} = {self.base.text}; ", f"await {name}"
        before = self.catching[0][1]
        before = field(strip(field(before, "function")), "object")
        self.run(use)
        text = f"{first}try {{ {self.statements}{'' if self.has_left else use.of(self.value)}{self.tail}"
        for name, call in self.catching:
            function = arguments_of(call)[0]
            head = comments_between(before, parts_of(function)[1] if function.type in FUNCTIONS else function)
            write = self._catch if name == "catch" else self._finally
            text += f" }} {write(function, use, head)}{comments_after(function, call)}"
            before = call
        return f"{text} }}"

    def _then(self, call: Node, use: Use, *, is_last: bool) -> None:
        function = arguments_of(call)[0]
        previous = field(strip(field(call, "function")), "object")
        value, self.tail = f"{self.value}{self.tail}", comments_after(function, call)
        if function.type == "identifier":
            self.value = f"await {function.text}({value}{comments_between(previous, function)})"
            self.declared.append(set())
            self.used.append({function.text})
            return
        if _PRINTS.fullmatch(function.text):
            self.statements += f"{function.text}({value}{comments_between(previous, function)}); "
            self.value = "undefined" if use.before or not is_last else ""
            self.declared.append(set())
            self.used.append(set())
            return
        parameter, body = parts_of(function)
        name = parameter.text if parameter is not None and parameter.type == "identifier" else ""
        if body.type != "statement_block" and name:
            spots = [each for each in identifiers(body) if each.text == name]
            if len(spots) == 1 and spots[0].start_byte == body.start_byte and begins_chain(spots[0]):
                value = f"({value}{comments_between(previous, body)}){body.text[len(name) :]}"
                self.value = f"await {value}" if may_be_promise(body, name) else value
                self.declared.append(set())
                self.used.append(names_in(body) - {name})
                return
        names = names_in(parameter) if parameter is not None else set()
        is_same = is_last and use.is_declared and names == use.names == {name} and not has_functions(body)
        if parameter is None:
            self.statements += f"{Use('').of(value)}{comments_between(previous, body)} "
        else:
            opening = f"{comments_between(previous, parameter)}{comments_between(parameter, body)}"
            kind = "" if is_same else "let " if sets(body, names) else "const "
            self.statements += f"{kind}{parameter.text} = {value};{opening} "
            names = set() if is_same else names
        self.declared.append(names | declared_in(body))
        self.used.append(names | names_in(body))
        if body.type != "statement_block":
            self.value = settled(body, name)
            if not use.before and is_last and is_safe(body):
                self.value = ""
            return
        may_leave = is_last and use.is_return
        is_used = bool(use.before) or not is_last
        before, self.value, after = _block(body, name, may_leave=may_leave, is_used=is_used, is_end=use.is_end)
        self.has_left = may_leave or (is_same and self.value == name)
        self.statements += before
        self.tail = after + self.tail

    def _catch(self, function: Node, use: Use, head: str) -> str:
        if function.type == "identifier" or _PRINTS.fullmatch(function.text):
            name = self.facts.fresh("error", "err", "failure")
            if function.type != "identifier":
                return f"catch ({name}) {{ {head}{function.text}({name}); {use.of('')}"
            return f"catch ({name}) {{ {head}{use.of(f'await {function.text}({name})')}"
        parameter, body = parts_of(function)
        names = declared_in(body) | (names_in(parameter) if parameter is not None else set())
        if names & use.names:
            raise Unfit
        opening = f"catch{'' if parameter is None else f' ({parameter.text})'} {{ {head}"
        if body.type != "statement_block":
            value = settled(body, "") if use.before or not is_safe(body) else ""
            return f"{opening}{use.of(value) if value else ''}"
        before, value, after = _block(body, "", may_leave=use.is_return, is_used=bool(use.before), is_end=use.is_end)
        return f"{opening}{before}{'' if use.is_return else use.of(value)}{after}"

    def _finally(self, function: Node, _: Use, head: str) -> str:
        if function.type == "identifier":
            return f"finally {{ {head}await {function.text}();"
        parameter, body = parts_of(function)
        if parameter is not None or (body.type == "statement_block" and returns(body)):
            raise Unfit
        if body.type != "statement_block":
            return f"finally {{ {head}{Use('').of(settled(body, ''))}"
        return f"finally {{ {head}{_block(body, '', may_leave=False, is_used=False)[0]}"


def _block(body: Node, parameter: str, *, may_leave: bool, is_used: bool, is_end: bool = False) -> tuple[str, str, str]:
    """Return the statements of a callback, the value that it gives, and the comments after it.

    With `may_leave` the callback is the end of the function around: what it returns, that function returns; with
    `is_end` nothing follows.
    """
    source, start, end = body.source, body.start_byte + 1, body.end_byte - 1
    statements, found = child_nodes(body), returns(body)
    if any(each.type.endswith(("function_declaration", "class_declaration")) for each in statements):
        raise Unfit
    if may_leave:
        text, at = "", start
        for value in (strip(each) for statement in found for each in child_nodes(statement)):
            if may_be_promise(value, parameter):
                if is_in_try(value, body):
                    raise Unfit
                text += f"{source[at : value.start_byte].decode()}await {grouped(value)}"
                at = value.end_byte
        text += source[at:end].decode()
        is_whole = is_end or (statements and always_ends(statements[-1]))
        return (text if is_whole else f"{_ended(text)} return;"), "", ""
    if len(found) > 1 or (found and found[0] is not statements[-1]):
        raise Unfit
    nothing = "undefined" if is_used else ""
    if not found:
        return _ended(source[start:end].decode()), nothing, ""
    before, given = source[start : found[0].start_byte].decode(), child_nodes(found[0])
    after = comments_of(source[given[0].end_byte if given else found[0].end_byte : end].decode())
    if not given or not (is_used or not is_safe(given[0])):
        return before, nothing, after
    return before, settled(given[0], parameter), after


def _ended(text: str) -> str:
    """Return statements that others can follow in the same line."""
    return text if text.rstrip()[-1:] in (";", "") else f"{text};"

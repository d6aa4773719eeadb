"""Which lines of a draft can run: those that are reached without passing a place that is not translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .diagnostics import MARK

_REST = re.compile(r"[\"'\\].*")  # of a message: from what is written in another way in a string
_PLACE = re.compile(r'(?:NotTranslated|todo)\(\s*["\']((?:[^":\\]|\\.)+):(\d+): ([^"\'\\]*)')


@dataclass(frozen=True)
class Mark:
    """A place that is left to a person, in a draft.

    Attributes:
        file: path of the draft's file.
        line: of the comment, from 1.
        why: one line.
        source: of the Node function, and `source_line`; empty and 0 where the draft does not say it.
        lines: of the source, which stand in the comment.
    """

    file: str
    line: int
    why: str
    source: str
    source_line: int
    lines: int


@dataclass(frozen=True)
class Reach:
    """What of a draft can run.

    Attributes:
        runs: lines of code that are reached without passing a mark.
        blocked: lines after a mark, which are not.
        marked: lines of the source that are marks.
        starts: whether ``main`` does anything before it stops at a mark.
    """

    runs: int
    blocked: int
    marked: int
    starts: bool

    @property
    def percent(self) -> float:
        """The percentage of lines that can run; 100 only if nothing is left."""
        total = self.runs + self.blocked + self.marked
        if not self.blocked + self.marked:
            return 100.0
        return min(99.9, round(100 * self.runs / total, 1)) if total else 0.0


def marks(files: Mapping[str, str]) -> list[Mark]:
    """Return the marks in the files of a draft, in the order of the lines."""
    found = []
    for name, text in files.items():
        lines = text.splitlines()
        for index, line in enumerate(lines):
            if line.lstrip().startswith(MARK):
                end = index + 1
                while end < len(lines) and lines[end].lstrip().startswith("#") and MARK not in lines[end]:
                    end += 1
                place = _PLACE.search("\n".join(lines[end : end + 4]))
                if place is not None and place[3] != _REST.sub("", line.strip()[len(MARK) :]):
                    place = None  # of another mark: this one raises nothing
                source, number = (place[1], int(place[2])) if place else ("", 0)
                found.append(Mark(name, index + 1, line.strip()[len(MARK) :], source, number, end - index - 1))
    return found


def reach(files: Mapping[str, str], entry: str = "index.py") -> Reach:
    """Return how much of a draft can run.

    Args:
        files: path -> text of its Python files, without tests and ``js.py``.
        entry: the file that has ``main``.
    """
    trees = {}
    for name, text in files.items():
        try:
            trees[name] = ast.parse(text)
        except SyntaxError:
            return Reach(0, sum(_is_code(line) for line in text.splitlines()), 0, False)
    dead = _dead(trees)
    runs = blocked = 0
    for name, tree in trees.items():
        code = {number for number, line in enumerate(files[name].splitlines(), 1) if _is_code(line)} - _passive(tree)
        walk = _Walk(dead[name])
        walk.block(tree.body)
        runs += len(walk.runs & code)
        blocked += len((walk.blocked - walk.runs) & code)
    marked = sum(each.lines for each in marks(files))
    return Reach(runs, blocked, marked, "main" not in dead.get(entry, {"main"}))


def _passive(tree: ast.Module) -> set[int]:
    """Return the lines that do nothing by themselves: imports, heads of functions and classes, docstrings."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= _lines(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found |= _head(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found |= _lines(node)
    return found


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _dead(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Return the names of each file whose use stops at a mark: functions, values, and what is imported of them."""
    dead: dict[str, set[str]] = {name: set() for name in trees}
    modules = {name.removesuffix(".py").replace("/", "."): name for name in trees}
    grown = True
    while grown:
        grown = False
        for name, tree in trees.items():
            before = len(dead[name])
            for node in tree.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    if _Walk(dead[name]).block(node.body):
                        dead[name].add(node.name)
                elif isinstance(node, ast.Assign) and _is_todo(node.value):
                    dead[name] |= {target.id for target in node.targets if isinstance(target, ast.Name)}
                elif isinstance(node, ast.ImportFrom) and node.module in modules:
                    theirs = dead[modules[node.module]]
                    dead[name] |= {alias.asname or alias.name for alias in node.names if alias.name in theirs}
            grown |= len(dead[name]) > before
    return dead


def _is_todo(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "js.todo"


class _Walk:
    """A walk through blocks: `runs` and `blocked` are numbers of lines."""

    def __init__(self, dead: set[str]) -> None:
        self.dead = dead
        self.runs: set[int] = set()
        self.blocked: set[int] = set()

    def block(self, body: list[ast.stmt]) -> bool:
        """Go through statements. Return whether they surely end at a mark."""
        for index, node in enumerate(body):
            if self._statement(node):
                for after in body[index + 1 :]:
                    self.blocked |= _lines(after)
                return True
            if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
                return False  # what follows is not reached in the source either
        return False

    def _statement(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Raise) and node.exc is not None and "NotTranslated" in ast.unparse(node.exc)[:30]:
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.runs |= _head(node)
            self.block(node.body)
            return False
        if any(self._is_dead(each) for each in _evaluated(node)):
            self.blocked |= _lines(node)
            return True
        self.runs |= _head(node)
        ends = [self.block(body) for body in _blocks(node)]
        if isinstance(node, ast.If):
            return len(ends) == 2 and all(ends)
        if isinstance(node, ast.Try):
            self._handlers(node)
            return (bool(ends) and ends[0]) or (bool(node.finalbody) and ends[-1])
        return isinstance(node, ast.With | ast.AsyncWith) and ends[0]

    def _handlers(self, node: ast.Try) -> None:
        for handler in node.handlers:
            self.runs.add(handler.lineno)
            self.block(handler.body)

    def _is_dead(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self.dead


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    if isinstance(node, ast.Match):
        return [case.body for case in node.cases]
    blocks = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [block for block in blocks if block]


def _head(node: ast.stmt) -> set[int]:
    """Return the lines of a statement without its blocks."""
    inner = {line for block in _blocks(node) for each in block for line in _lines(each)}
    inner |= {line for handler in getattr(node, "handlers", ()) for each in handler.body for line in _lines(each)}
    return _lines(node) - inner


def _lines(node: ast.stmt) -> set[int]:
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    return set(range(first, (node.end_lineno or node.lineno) + 1))


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the names that a statement surely reads or calls when it runs, without its blocks."""
    for field, value in ast.iter_fields(node):
        if field in ("body", "orelse", "finalbody", "handlers", "cases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.Lambda) or not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.Name):
                yield child
            elif isinstance(child, ast.BoolOp):
                yield from _evaluated(ast.Expr(child.values[0]))
            elif isinstance(child, ast.IfExp):
                yield from _evaluated(ast.Expr(child.test))
            elif isinstance(child, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                yield from _evaluated(ast.Expr(child.generators[0].iter))
            else:
                yield from _evaluated(child)

"""What the Python of the target does not know yet."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterator

from .finding import Finding
from .meaning import Meaning, Thing
from .source import Source

# What came with which version, of what people do use in functions.
_NEWER = {
    "tomllib": (3, 11),
    "asyncio.TaskGroup": (3, 11),
    "asyncio.Runner": (3, 11),
    "asyncio.timeout": (3, 11),
    "asyncio.timeout_at": (3, 11),
    "datetime.UTC": (3, 11),
    "enum.StrEnum": (3, 11),
    "typing.Self": (3, 11),
    "typing.Never": (3, 11),
    "typing.assert_never": (3, 11),
    "typing.LiteralString": (3, 11),
    "typing.NotRequired": (3, 11),
    "typing.Required": (3, 11),
    "hashlib.file_digest": (3, 11),
    "contextlib.chdir": (3, 11),
    "typing.override": (3, 12),
    "itertools.batched": (3, 12),
    "calendar.Month": (3, 12),
    "warnings.deprecated": (3, 13),
    "copy.replace": (3, 13),
    "typing.ReadOnly": (3, 13),
    "typing.TypeIs": (3, 13),
}


def findings(sources: list[Source], meaning: Meaning, python: tuple[int, int]) -> Iterator[Finding]:
    """Syntax (errors) and parts of the standard library (warnings) that are newer than `python`."""
    target = f"Python {python[0]}.{python[1]}"
    for source in sources:
        for line, what, since in sorted({*_syntax(source), *_quotes(source)}):
            if since > python:
                text = f"{what} came with Python {since[0]}.{since[1]}; {target} cannot read this file"
                yield Finding(source.name, line, "error", "python", text)
        for line, name, since in sorted(set(_library(source, meaning))):
            if since > python:
                text = f"{name} came with Python {since[0]}.{since[1]}, and is not there in {target}"
                yield Finding(source.name, line, "warning", "python", text)


def _syntax(source: Source) -> Iterator[tuple[int, str, tuple[int, int]]]:
    for node in source.nodes():
        line = getattr(node, "lineno", 0)
        kind = type(node).__name__  # by name: an older Python lacks the classes
        if kind == "TryStar":
            yield line, "except*", (3, 11)
        elif kind == "TypeAlias":
            yield line, "the type statement", (3, 12)
        elif kind == "TemplateStr":
            yield line, "a t-string", (3, 14)
        elif getattr(node, "type_params", None):
            yield line, "a list of type parameters", (3, 12)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            starred = any(isinstance(item, ast.Starred) for item in node.slice.elts)
            if starred:
                yield line, "* in an index", (3, 11)


def _quotes(source: Source) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """f-strings that hold their own quotes, a backslash or a comment in a replacement field."""
    if sys.version_info < (3, 12):  # it could not have read them itself
        return
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source.text).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    open_quotes: list[str] = []
    for token in tokens:
        name = tokenize.tok_name[token.type]
        if name in ("FSTRING_START", "STRING", "COMMENT") and open_quotes:
            quote = token.string.lstrip("rRbBuUfFtT")[:3]
            quote = quote if quote in ('"""', "'''") else quote[:1]
            if name == "COMMENT" or quote in open_quotes or (name == "STRING" and "\\" in token.string):
                what = "a comment" if name == "COMMENT" else "a backslash" if quote not in open_quotes else "its quotes"
                yield token.start[0], f"an f-string with {what} inside of {{}}", (3, 12)
        if name == "FSTRING_START":
            quote = token.string.lstrip("rRfF")
            open_quotes.append(quote)
        elif name == "FSTRING_END" and open_quotes:
            open_quotes.pop()


def _library(source: Source, meaning: Meaning) -> Iterator[tuple[int, str, tuple[int, int]]]:
    for node in source.nodes():
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in _NEWER and not _is_guarded(node, source):
                    yield node.lineno, alias.name, _NEWER[alias.name]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                name = node.module if node.module in _NEWER else name
                if name in _NEWER and not _is_guarded(node, source):
                    yield node.lineno, name, _NEWER[name]
        elif isinstance(node, ast.Attribute):
            for value in meaning.of(node, source.scopes[node]):
                if isinstance(value, Thing) and value.name in _NEWER and not _is_guarded(node, source):
                    yield node.lineno, value.name, _NEWER[value.name]


def _is_guarded(node: ast.AST, source: Source) -> bool:
    """Whether it stands in a try, or in an if: whoever wrote that knows that it may not be there."""
    around = source.parent(node)
    while around is not None:
        if isinstance(around, ast.Try | ast.If):
            return True
        around = source.parent(around)
    return False

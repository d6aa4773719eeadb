"""The standard library of another Python than the one that runs, on Linux."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from .finding import Finding
from .resolver import ExternalName, Resolver
from .source import Source

# Module -> the first version without it
REMOVED = dict.fromkeys("asynchat asyncore distutils imp smtpd".split(), (3, 12)) | dict.fromkeys(
    "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap nis nntplib ossaudiodev pipes sndhdr spwd sunau"
    " telnetlib uu xdrlib".split(),
    (3, 13),
)
OTHER_SYSTEMS = {
    "_scproxy": "macOS",
    **dict.fromkeys(("_winapi", "msilib", "msvcrt", "winreg", "winsound"), "Windows"),
}
# Added after the oldest Python that cloudpy supports
ADDED = frozenset(["tomllib"])
# No other module of the standard library imports these: a file of that name hides them from few.
RARE = frozenset(
    "antigravity bdb cgi cgitb chunk cmd code codeop colorsys cProfile crypt curses doctest ensurepip filecmp"
    " fileinput ftplib graphlib idlelib imaplib mailbox mailcap modulefinder nntplib pdb pipes plistlib poplib"
    " profile pstats pyclbr sched shelve smtpd smtplib sndhdr statistics sunau symtable tabnanny telnetlib test"
    " this timeit tkinter trace turtle turtledemo venv wave webbrowser wsgiref xdrlib xmlrpc zipapp".split()
)
# Loaded before any file is searched for: a file of that name is never imported.
BUILT_IN = frozenset(sys.builtin_module_names)
# Names that functions use -> the version that added them; ruff does not know them
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


def has(module: str, python: tuple[int, int]) -> bool:
    """Whether `module` is in the standard library of `python`; `findings` reports modules that are too new."""
    if module in REMOVED:
        return python < REMOVED[module]
    return (module in sys.stdlib_module_names or module in ADDED) and module not in OTHER_SYSTEMS


def findings(sources: list[Source], resolver: Resolver, python: tuple[int, int]) -> Iterator[Finding]:
    """Yield a warning for each name of the standard library that is newer than `python`."""
    for source in sources:
        for line, name in sorted(set(_newer_names(source, resolver))):
            since = _NEWER[name]
            if since > python:
                text = f"{name} was added in Python {since[0]}.{since[1]}; Python {python[0]}.{python[1]} lacks it"
                yield Finding(source.name, line, "warning", "python", text)


def _newer_names(source: Source, resolver: Resolver) -> Iterator[tuple[int, str]]:
    for node in source.nodes():
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Attribute):
            values = resolver.of(node, source.scopes[node])
            names = [value.name for value in values if isinstance(value, ExternalName)]
        else:
            continue
        for name in names:
            if name in _NEWER and not _is_guarded(node, source):
                yield node.lineno, name


def _is_guarded(node: ast.AST, source: Source) -> bool:
    """Whether it is inside a try or an if: the code is prepared for a missing name."""
    around = source.parent(node)
    while around is not None:
        if isinstance(around, ast.Try | ast.If):
            return True
        around = source.parent(around)
    return False

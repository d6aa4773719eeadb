"""Collect the messages of the command line into the Chinese catalogue, keeping what is translated.

    python scripts/messages.py    (make messages)

Messages are the help of each command, the errors of the packages in `ERRORS`, the findings of ``cloudpy check``, what
is passed to ``translated()``, and click's own. An f-string becomes a template: ``no folder {path}``.
"""

from __future__ import annotations

import ast
import errno
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cloudpy.cli import ELSEWHERE, SUBCOMMANDS  # noqa: E402
from cloudpy.cli import main as command  # noqa: E402
from cloudpy.cli.localized_command import help_messages  # noqa: E402
from cloudpy.i18n import po  # noqa: E402
from cloudpy.migrate.counterparts import PACKAGES  # noqa: E402

PACKAGE = ROOT / "cloudpy"
# Names of callables whose first string is shown -> the files in which they count.
ERRORS = {
    "translated": "**/*.py",
    "ClickException": "cli/*.py",
    "UsageError": "cli/*.py",
    "BadParameter": "cli/*.py",
    "fail": "cli/*.py",
    "_say": "cli/run.py",
    "Finding": "check/*.py",
    "_finding": "check/*.py",
    "LoadError": "{runtime,check,cli,compare}/*.py",
    "ResultError": "runtime/**/*.py",
    "_refuse": "runtime/encode.py",
    "NoFunction": "migrate/*.py",
    "notice": "devserver/*.py",
    "problem": "devserver/*.py",
    "PackageError": "package/*.py",
    "append": "{package/build,migrate/draft}.py",
    "DotenvError": "runner/*.py",
    "LocalDataError": "local/*.py",
    "error": "local/{data,schema,located_yaml,responses}.py",
    "Missing": "migrate/*.py",
    "Occupied": "migrate/*.py",
    "Unreadable": "migrate/*.py",
    "SyntaxProblem": "migrate/*.py",
    "Untranslated": "migrate/**/*.py",
    "untranslated": "migrate/**/*.py",
    "Todo": "migrate/*.py",
    "todo": "migrate/*.py",
    "Caveat": "migrate/*.py",
    "caveat": "migrate/**/*.py",
    "Kept": "migrate/update.py",
    "Conflict": "migrate/{merge,update}.py",
    "SdkCall": "migrate/draft.py",
    "UnusableError": "{cli,compare}/*.py",
    "Difference": "compare/*.py",
}
# The position of the text among the arguments, if it is not the first
TEXTS = {
    "Unreadable": 3, "SyntaxProblem": 2, "todo": 1, "Todo": 3, "Caveat": 2, "caveat": 1, "Kept": 2, "Conflict": 2,
    "SdkCall": 3, "Difference": 3, "Finding": 4, "_finding": 2, "LocalDataError": 2, "error": 1, "ResultError": 1,
    "_refuse": 2,
}  # fmt: skip
# Functions here return messages, or parts of them
RETURNED = (
    "check/*.py",
    "compare/{project,diff}.py",
    "package/{build,entry_point,user_files}.py",
    "runner/outcome.py",
    "runtime/trace.py",
    "_wire/suggest.py",
    "migrate/update.py",
)
# Constants with messages -> their file
CONSTANTS = {"_HINTS": "runtime/encode.py", "_ATTRIBUTE_HINTS": "runtime/encode.py", "_TOO_LARGE": "runtime/encode.py"}
CONSTANTS |= {"_STATES": "migrate/report_text.py", "_MANY": "migrate/report_text.py"}
CONSTANTS |= {"DATE_TEXT": "migrate/diagnostics.py", "POWER_RISK": "migrate/diagnostics.py"}
CONSTANTS |= {
    "CAVEATS": "migrate/packages/tables.py",
    "CHANGED": "migrate/conflicts.py",
    "GONE": "migrate/conflicts.py",
    "unsupported": "migrate/class_info.py",
    "_OTHER_ORDER": "compare/comparison.py",
}
# Put together from parts: the severities and the counts of cloudpy check
BUILT = ["error", "warning", "hint"]
BUILT += [f"{{number}} {noun}{end}" for noun in ("function", "error", "warning", "hint") for end in ("", "s")]
BUILT += ["made", "changed", "the package {name}"]  # of cloudpy migrate
BUILT += ["{name} is not translated; Python has {python}", "{name} is not translated; no counterpart is known"]
BUILT += sorted({each.python for each in PACKAGES.values() if " " in each.python})
KINDS = ["a mapping", "a list", "a string", "true or false", "nothing", "the number {value}", "a boolean", "a number"]
KINDS += ["a string, in quotes", "the event", "the data", "standard input", "the result cannot be sent: {error}"]
# Causes that Python and the system name
NUMBERS = (errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOSPC, errno.EADDRINUSE)
CAUSES = [os.strerror(number) for number in NUMBERS]
CAUSES += ["Expecting value", "Expecting property name enclosed in double quotes", "Extra data"]
CAUSES += ["Expecting ',' delimiter", "Expecting ':' delimiter", "Unterminated string starting at"]
CAUSES += ["Illegal trailing comma before end of object", "Illegal trailing comma before end of array"]
CAUSES += ["invalid syntax"]
# No messages for users: parts of code, units, what click tells programmers, and commands that nobody calls
_NOT_SHOWN = re.compile(
    r"<| --httpFn|import \{|from \{absolute\} import|\{value\} [kM]B|passed on"
    r"|%\(prog|\(dyn|Argument|Boolean opt|Choice\(|Confirm|Could not det|Couldn't|Dep|Name|No opt|Shell|Show the ver"
)
_MAX_DEPTH = 4  # of names that stand for a text


def collect() -> dict[str, str]:
    """Return each message and where it is: a command, or a file relative to the package."""
    found: dict[str, str] = {}
    for message, place in [*_help_messages(), *_source_messages(), *_click_messages()]:
        if not _NOT_SHOWN.match(message) or place.startswith("cloudpy"):
            found.setdefault(message, place)
    found.update(dict.fromkeys(BUILT, "cli/check.py"))
    found.update(dict.fromkeys(KINDS, "local/located_yaml.py kind_of, cli/event.py"))
    found.update(dict.fromkeys(CAUSES, "the causes of errors"))
    found.update(dict.fromkeys(ELSEWHERE.values(), "cli/__init__.py ELSEWHERE"))
    return found


def _help_messages() -> Iterator[tuple[str, str]]:
    for name, text in SUBCOMMANDS.items():
        yield text, f"cloudpy/cli/__init__.py SUBCOMMANDS {name}"
    with click.Context(command) as context:
        yield from help_messages(command, "cloudpy")
        for name in SUBCOMMANDS:
            subcommand = command.get_command(context, name)
            if subcommand is not None:
                yield from help_messages(subcommand, f"cloudpy {name}")


def _source_messages() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        names = {name for name, pattern in ERRORS.items() if _matches(path, pattern)}
        source = path.read_text("utf-8")
        is_returned = any(_matches(path, each) for each in RETURNED)
        constants = {name for name, pattern in CONSTANTS.items() if _matches(path, pattern)}
        if not any(f"{name}(" in source for name in names) and not is_returned and not constants:
            continue
        tree = ast.parse(source)
        functions = _functions(tree)
        place = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(tree):
            name, scope = _called(node), functions.get(node, tree)
            index = TEXTS.get(name, 0)
            if name in names and isinstance(node, ast.Call) and len(node.args) > index:
                shown = node.args[index : index + (2 if name == "Untranslated" else 1)]  # what it is, and its kind
                texts = [
                    text for one in shown for text in (*_texts(one, scope, _MAX_DEPTH), *_parts_of(one, scope, tree))
                ]
            elif isinstance(node, ast.Return) and node.value and is_returned:
                texts = [text for text in _texts(node.value, scope, _MAX_DEPTH) if " " in text]
                texts += _parts_of(node.value, scope, tree)
            elif isinstance(node, ast.Assign) and _assigned_to(node.targets[0]) in constants:
                texts = _texts(node.value, scope, _MAX_DEPTH)
            else:
                continue
            yield from ((text, place) for text in texts if po.has_words(text))


def _matches(path: Path, pattern: str) -> bool:
    head, brace, tail = pattern.partition("{")
    names, _, end = tail.partition("}")
    patterns = [head + name + end for name in names.split(",")] if brace else [pattern]
    return any(path in PACKAGE.glob(each) for each in patterns)


def _functions(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Return each node -> the innermost function around it."""
    owners: dict[ast.AST, ast.AST] = {}
    for function in ast.walk(tree):  # outer ones first
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            owners.update((node, function) for node in ast.walk(function))
    return owners


def _assigned_to(target: ast.AST) -> str:
    return getattr(target, "id", "") or getattr(target, "attr", "")


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _texts(node: ast.expr, scope: ast.AST, depth: int) -> list[str]:
    """Return the templates that an expression can be; empty if it is no text that stands in the source."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return [_template(values)]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_texts(body, scope, depth), *_texts(orelse, scope, depth)]
        case ast.Dict(values=values) | ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            return [text for value in values for text in _texts(value, scope, depth)]
        case ast.ListComp(elt=value):
            return _texts(value, scope, depth)
        case ast.BinOp(op=ast.Add(), left=left, right=right) if _is_list(left) or _is_list(right):
            return [*_texts(left, scope, depth), *_texts(right, scope, depth)]
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            lefts, rights = _texts(left, scope, depth) or ["{text}"], _texts(right, scope, depth) or ["{text}"]
            return [one + other for one in lefts for other in rights]
        case ast.Starred(value=value) if depth:
            return _texts(value, scope, depth - 1)
        case ast.Name(id=name) if depth:
            return [text for value in _assigned(name, scope) for text in _texts(value, scope, depth - 1)]
    return []


def _is_list(node: ast.expr) -> bool:
    return isinstance(node, (ast.List, ast.ListComp)) or (isinstance(node, ast.IfExp) and _is_list(node.body))


def _parts_of(node: ast.expr, scope: ast.AST, module: ast.Module) -> list[str]:
    """Return the texts of the variables in f-strings: a hint, a cause."""
    names = {
        each.value.id
        for each in ast.walk(node)
        if isinstance(each, ast.FormattedValue) and isinstance(each.value, ast.Name)
    }
    called = {_called(each.value) for each in ast.walk(node) if isinstance(each, ast.FormattedValue)}
    returned = [
        text
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef) and function.name in called
        for each in ast.walk(function)
        if isinstance(each, ast.Return) and each.value
        for text in (*_texts(each.value, function, _MAX_DEPTH), *_parts_of(each.value, function, module))
        if " " in text
    ]
    if isinstance(node, ast.Name):
        return [text for value in _assigned(node.id, scope) for text in _parts_of(value, scope, module)]
    values = [value for name in sorted(names) for value in (*_assigned(name, scope), *_assigned(name, module))]
    return returned + [text for value in values for text in _texts(value, scope, _MAX_DEPTH) if " " in text]


def _template(values: list[ast.expr]) -> str:
    """Return the template of an f-string: each value has the name of its variable or attribute."""
    names: dict[str, str] = {}  # the name -> the expression
    parts = []
    for value in values:
        if isinstance(value, ast.FormattedValue):
            inner, code = value.value, ast.dump(value)
            name = (getattr(inner, "id", "") or getattr(inner, "attr", "") or "value").strip("_").lower()
            while names.setdefault(name, code) != code:
                name += "_"
            parts.append(f"{{{name}}}")
        else:
            parts.append(str(getattr(value, "value", "")))
    return "".join(parts)


def _assigned(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == name for target in node.targets):
            yield node.value


def _click_messages() -> Iterator[tuple[str, str]]:
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        if path.stem in ("termui", "_termui_impl", "_winconsole", "testing"):  # prompts: no command asks
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in ("_", "ngettext"):
                yield from ((str(each.value), "click") for each in node.args[:2] if isinstance(each, ast.Constant))


def main() -> int:
    """Rewrite the catalogue; name what is not translated."""
    messages = collect()
    known = po.read(po.CATALOGUE)
    po.CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    entries = [(place, message, known.get(message, "")) for message, place in messages.items()]
    po.write(po.CATALOGUE, sorted(entries))
    missing = [f"{place}: {message}" for place, message, translation in sorted(entries) if not translation]
    print(*missing, f"{len(entries)} messages, {len(missing)} without Chinese", sep="\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

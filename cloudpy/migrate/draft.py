"""The Python draft of one Node function: all its files, and what is to be said of them."""

from __future__ import annotations

import codecs
import gc
import json
import posixpath
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from dataclasses import field as made
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..i18n import translated
from .bundle import bundle, has_helper
from .date_programs import settle_dates
from .diagnostics import Caveat, Todo
from .held_values import held_values
from .inference import infer
from .jstypes import Handed, handed_to
from .module import Module
from .nodes import field, line_of, strip, text_of
from .program import CODE, read_program
from .requires import SDK
from .scaffold import first_test, local_yaml, requirements
from .syntax import Node, SyntaxProblem
from .translator import Translator

_NO_MAIN = """\
def main(event, context):
    # TODO(migrate): {why}
    raise NotTranslated("{file}:1: {why}")
"""
_MAIN = re.compile(r"^(?:(?:async )?def main\(|main = )", re.MULTILINE)
_HANDLER = re.compile(r"exports\.main\b|export (?:const|async function|function) main\b|exports *= *\{[^}]*\bmain\b")
_FRAMES = 5_000  # a tree of MAX_DEPTH levels is walked in several frames a level
# What a file knows of the program
_OF_MODULES = ["handles_dates", "date_settings", "makes_dates", "makes_instances", "tests_dates", "changes_dates"]
_OF_MODULES += ["changes_zone", "read_keys"]
_LEFT = {"node_modules", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "tsconfig.json"}
_LEFT |= {"events", "test", "tests", "__tests__", "compare.yaml"}


class NoFunction(Exception):
    """A folder that holds no Node function; the message says what was looked for."""


class Unreadable(Exception):
    """A function with a file that cannot be read.

    Attributes:
        name: of the function's folder.
        file: relative to that folder.
        line: from 1.
        why: what was expected there, and what was found.
    """

    def __init__(self, name: str, file: str, line: int, why: str) -> None:
        super().__init__(f"{name}/{file}:{line}: {why}")
        self.name = name
        self.file = file
        self.line = line
        self.why = why


@dataclass(frozen=True)
class ProgramTraits:
    """What holds for all files of a function, because one of them does it: see `Module`.

    ``one | other`` holds for a file of both; they set date packages up in the same way.
    """

    handles_dates: bool = False
    date_settings: frozenset[str] = frozenset()
    makes_dates: bool = False
    makes_instances: bool = False
    throws_values: bool = False
    tests_dates: bool = False
    changes_dates: bool = False
    read_keys: frozenset[str] = frozenset()
    handed: Handed = frozenset()
    date_uses: frozenset[str] = frozenset()
    changes_zone: bool = False

    def __or__(self, other: ProgramTraits) -> ProgramTraits:
        both = {each.name: getattr(self, each.name) | getattr(other, each.name) for each in fields(self)}
        return ProgramTraits(**both | {"date_settings": self.date_settings})


@dataclass
class SdkCall:
    """A use of the SDK in the Node source: what is called, where, and whether cloudpy has it."""

    name: str
    file: str
    line: int
    state: str


@dataclass
class Draft:
    """What comes of one function.

    Attributes:
        name: of the folder.
        files: path -> content.
        lines: of the source: ``translated``, ``marked``, ``untouched`` (comments and blank lines).
        packages: npm packages, ``known`` and ``unknown``.
        notes: what else is to be known of it.
        folder: of the Node function.
        sources: path of a translated file -> its source, relative to `folder`.
        reads: path of a translated file -> paths of the JSON files that it reads.
        helpers: names in ``js.py`` that it uses; `attributes`: names that it uses of their methods.
        event: that its test begins with.
        code: the translated files, those that functions share among them.
        texts: path of a translated file -> the text of its source.
        traits: of the whole function, which all its files are translated by.
    """

    name: str
    files: dict[str, bytes] = made(default_factory=dict)
    todos: list[Todo] = made(default_factory=list)
    caveats: list[Caveat] = made(default_factory=list)
    calls: list[SdkCall] = made(default_factory=list)
    lines: dict[str, int] = made(default_factory=dict)
    packages: dict[str, list[str]] = made(default_factory=dict)
    notes: list[str] = made(default_factory=list)
    folder: Path = Path()
    sources: dict[str, str] = made(default_factory=dict)
    reads: dict[str, list[str]] = made(default_factory=dict)
    helpers: set[str] = made(default_factory=set)
    attributes: set[str] = made(default_factory=set)
    event: Any = None
    code: dict[str, str] = made(default_factory=dict)
    texts: dict[str, str] = made(default_factory=dict)
    traits: ProgramTraits = ProgramTraits()

    @property
    def percent(self) -> float:
        """The percentage of code lines that are translated."""
        code = self.lines["translated"] + self.lines["marked"]
        return 100.0 if not code else round(100 * self.lines["translated"] / code, 1)


def entry_of(folder: Path) -> str:
    """Return the file that holds ``exports.main``.

    Raises:
        NoFunction: the folder has no function.
    """
    try:
        args = json.loads((folder / "package.json").read_text("utf-8")).get("main", "")
    except (OSError, ValueError, AttributeError):
        args = ""
    for name in (args, "index.js", "index.ts", "index.mjs", "index.cjs"):
        if name and isinstance(name, str) and (folder / name).is_file():
            return posixpath.normpath(name)
    raise NoFunction(f"{folder} holds no index.js or index.ts, and no package.json that names a main file")


def functions_in(folder: Path) -> list[Path]:
    """Return the functions that are meant by `folder`: itself, or those in it.

    Raises:
        NoFunction: the folder has no function.
    """
    try:
        entry_of(folder)
        return [folder]
    except NoFunction:
        functions = _inner_functions(folder, is_project=True)
        if functions:
            return functions
        raise


def _inner_functions(folder: Path, *, is_project: bool) -> list[Path]:
    functions: list[Path] = []
    doubtful: list[Path] = []
    for inner in sorted(folder.iterdir()):
        if not inner.is_dir() or inner.is_symlink() or inner.name in _LEFT or inner.name.startswith("."):
            continue
        try:
            entry = entry_of(inner)
        except NoFunction:
            functions += _inner_functions(inner, is_project=False)
            continue
        if _HANDLER.search((inner / entry).read_text("utf-8", "replace")):
            functions.append(inner)
        elif is_project:  # below, a page of the mini program has an index.js, too
            doubtful.append(inner)
    functions += [inner for inner in doubtful if not _is_required(inner, functions)]
    return sorted(functions) if is_project else functions


def _is_required(folder: Path, functions: list[Path]) -> bool:
    """Whether functions require files of a folder beside them: it holds what they share."""
    required = re.compile(rf"""['"]\.\./(?:\.\./)*{re.escape(folder.name)}(?:/[^'"]*)?['"]""")
    paths = (path for function in functions for path in function.rglob("*") if path.suffix in CODE)
    own = (path for path in paths if "node_modules" not in path.parts and path.is_file())
    return any(required.search(path.read_text("utf-8", "replace")) for path in own)


def draft(
    folder: Path,
    *,
    sync: bool = False,
    keep_names: bool = False,
    common: Mapping[str, ProgramTraits] = MappingProxyType({}),
) -> Draft:
    """Return the draft of the function in `folder`; nothing is written.

    Args:
        folder: Of the function.
        sync: Whether to write for ``cloudpy.sync``.
        keep_names: Whether variables and functions keep their names; they are written in snake case otherwise.
        common: Texts of files that several functions have, and what these do.

    Raises:
        NoFunction: the folder has no function.
        Unreadable: a file cannot be read, or is not JavaScript.
    """
    entry = entry_of(folder)
    name = folder.resolve().name
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    collects = gc.isenabled()
    gc.disable()  # it would look through the nodes of the syntax trees again and again, for half of the time
    try:
        return _drafted(folder, entry, sync, keep_names, common)
    except SyntaxProblem as error:
        raise Unreadable(name, error.file, error.line, error.why) from None
    except RecursionError:
        raise Unreadable(name, entry, 1, "its functions call each other too deeply to be looked through") from None
    except OSError as error:
        path = Path(error.filename or folder / entry)
        file = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
        raise Unreadable(name, file, 1, f"it cannot be read: {error.strerror or error}") from None
    finally:
        sys.setrecursionlimit(limit)
        if collects:
            gc.enable()


def _drafted(folder: Path, entry: str, sync: bool, keep_names: bool, common: Mapping[str, ProgramTraits]) -> Draft:
    program = read_program(folder, entry, keep_names=keep_names)
    modules = program.modules
    result = Draft(folder.resolve().name, lines={"translated": 0, "marked": 0, "untouched": 0}, folder=folder)
    traits = ProgramTraits(
        any(module.handles_dates for module in modules.values()),
        frozenset().union(*(module.date_settings for module in modules.values())),
        any(module.handles_dates or module.makes_dates for module in modules.values()),
        any(module.makes_instances for module in modules.values()),
        tests_dates=any(module.tests_dates for module in modules.values()),
        changes_dates=any(module.changes_dates for module in modules.values()),
        read_keys=frozenset().union(*(module.read_keys for module in modules.values())),
        changes_zone=any(module.changes_zone for module in modules.values()),
    )
    code: dict[str, str] = {}
    helpers, attributes = result.helpers, result.attributes
    for module in modules.values():
        known = traits | common.get(module.text, traits)
        module.handed = handed_to(module.text, known.handed)
        module.meets_values = known.throws_values
        for trait in _OF_MODULES:
            setattr(module, trait, getattr(known, trait))
    types = infer(modules.values())
    result.traits = replace(
        traits,
        date_uses=settle_dates(types, {each: common[each.text].date_uses for each in types if each.text in common}),
        throws_values=any(each.facts.throws_values for each in types.values()),
        handed=frozenset().union(*(each.handed() for each in types.values())),
    )
    for name, module in modules.items():
        translator = Translator(types[module], sync=sync)
        path = "index.py" if name == entry else module.python.replace(".", "/") + ".py"
        code[path] = translator.file()
        result.sources[path], result.texts[path] = name, module.text
        result.reads[path] = sorted(target for target, file in program.data.items() if file in module.read_files)
        result.todos += translator.todos
        result.caveats += translator.caveats
        helpers |= translator.helpers
        attributes |= translator.attributes
        result.calls += list(_calls(module))
        _count(module, translator.todos, result.lines)
    if "main" not in modules[entry].exports or not _MAIN.search(code["index.py"]):
        todo = Todo(entry, 1, 1, "there is no exports.main that is seen here")
        result.todos.insert(0, todo)
        own, no_main = code["index.py"], _NO_MAIN.format(file=entry, why=translated(todo.why))
        line = "from cloudpy.errors import NotTranslated"
        code["index.py"] = f"{'' if line in own else line}\n{own}\n\n{no_main}"
    result.code = dict(code)
    if has_helper(helpers):
        helpers |= {kind for module in modules.values() for kind in held_values(module)}
        code["js.py"] = bundle(helpers, attributes)
    result.files = {path: text.encode() for path, text in code.items()}
    for path, source in program.data.items():
        result.files[path] = (folder / source).read_bytes()
    _others(folder, result)
    _settings(result)
    text, *packages = requirements(_packages(folder, modules), code.values())
    result.packages = dict(zip(("known", "unknown"), packages, strict=True))
    result.files["requirements.txt"] = text.encode()
    apis = [call.name.removeprefix("openapi.") for call in result.calls if call.name.startswith("openapi.")]
    result.files["local.yaml"] = local_yaml(apis).encode()
    result.event = _first_event(folder)
    result.files["test_index.py"] = first_test(result.event).encode()
    result.todos.sort(key=lambda mark: (mark.file, mark.line))
    return result


def _calls(module: Module) -> Iterator[SdkCall]:
    from ..contracts import names

    def walk(node: Node) -> Iterator[SdkCall]:
        if node.type == "call_expression":
            callee = strip(field(node, "function"))
            source, name = module.source_of(callee) if callee.type == "identifier" else ("", "")
            if callee.type == "member_expression" and module.is_cloud(callee) and "(" not in text_of(callee):
                name = text_of(callee).partition(".")[2]
            elif source != SDK:
                name = ""
            if name:
                state = "in cloudpy"
                if name.startswith("openapi.") and name.removeprefix("openapi.") not in names():
                    state = "no such API is known"
                elif name.split(".")[0] == "ai":
                    state = "in cloudpy, not translated"
                yield SdkCall(name, module.file, line_of(node), state)
        for child in node.named_children:
            yield from walk(child)

    return walk(module.root)


def _count(module: Module, todos: list[Todo], lines: dict[str, int]) -> None:
    covered: set[int] = set()
    for todo in todos:
        covered |= set(range(todo.line, todo.line + todo.lines))
    for number, line in enumerate(module.text.splitlines(), 1):
        bare_line = line.strip()
        if not bare_line or bare_line.startswith(("//", "/*", "*")):
            lines["untouched"] += 1
        else:
            lines["marked" if number in covered else "translated"] += 1


def _packages(folder: Path, modules: dict[str, Module]) -> list[str]:
    try:
        args = json.loads((folder / "package.json").read_text("utf-8")).get("dependencies", {})
    except (OSError, ValueError, AttributeError):
        args = {}
    used_ones = [source for module in modules.values() for source, _ in module.requires.values() if source[0] != "."]
    return sorted({*(args if isinstance(args, dict) else {}), *used_ones})


def _others(folder: Path, result: Draft) -> None:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        parts = name.split("/")
        if any(part in _LEFT or part.startswith(".") for part in parts) or not path.is_file():
            continue
        if not name.endswith((*CODE, ".map")) and name not in result.files:
            result.files[name] = path.read_bytes()


def _settings(result: Draft) -> None:
    """Replace a config.json that is not a JSON object: Node never reads it, cloudpy reads its permissions."""
    args = result.files.get("config.json")
    if args is None:
        return
    try:
        if isinstance(json.loads(args.decode("utf-8-sig")), dict):
            result.files["config.json"] = args.removeprefix(codecs.BOM_UTF8)
            return
    except (ValueError, RecursionError):
        pass
    called = sorted({call.name.removeprefix("openapi.") for call in result.calls if call.name.startswith("openapi.")})
    result.files["config.json.old"] = args
    result.files["config.json"] = (json.dumps({"permissions": {"openapi": called}}, indent=2) + "\n").encode()
    result.notes.append("config.json is no JSON object: it is config.json.old now, and a new one lists what is called")


def _first_event(folder: Path) -> Any:
    for path in sorted((folder / "events").glob("*.json")):
        try:
            result = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(result, dict):
            return result.get("event", {})
    return {}

"""Events read from files: YAML or JSON, one or a list of them, or JSON lines; or a folder of such files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

from ..local import LocalDataError, located_yaml
from ..local.located_yaml import Document
from . import rules
from .case import Case, case_of

_LINES = (".jsonl", ".ndjson")
_SUFFIXES = (".yaml", ".yml", ".json", *_LINES)
_OTHERS = {rules.NAME, "local.yaml", "config.json", "package.json", "package-lock.json"}
_LIST = "events"


def read(path: str) -> list[Case]:
    """The cases in a file, or in all files of a folder, in the order of their names; no two have the same name.

    Raises:
        LocalDataError: a file cannot be used, naming file, line and key; or there is no event in it.
    """
    found = [case for file in _files(path) for case in _cases(file)]
    if not found:
        raise LocalDataError(path, 0, "there is no event in it")
    seen: dict[str, int] = {}
    for index, case in enumerate(found):
        seen[case.name] = seen.get(case.name, 0) + 1
        if seen[case.name] > 1:
            found[index] = replace(case, name=f"{case.name} ({seen[case.name]})")
    return found


def of_function(cases: list[Case], names: tuple[str, ...], wanted: str | None, path: str) -> list[Case]:
    """Those of a recording that are the function's: that of `wanted`, or of one of `names`, or of the only one.

    Raises:
        LocalDataError: there are several functions, and none is known to be meant.
    """
    recorded = {case.function for case in cases if case.function}
    if wanted is not None:
        found = [case for case in cases if case.function == wanted]
        if not found:
            raise LocalDataError(path, 0, f"no event is of the function {wanted!r}; there are {_listed(recorded)}")
        return found
    if len(recorded) <= 1:
        return cases
    meant = recorded & set(names)
    if len(meant) != 1:
        raise LocalDataError(path, 0, f"has events of {_listed(recorded)}; say which with --function NAME")
    return [case for case in cases if not case.function or case.function in meant]


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none that say of which they are"


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    names = sorted(name for name in os.listdir(path) if name.endswith(_SUFFIXES) and name not in _OTHERS)
    if not names:
        raise LocalDataError(path, 0, f"holds no file whose name ends in {', '.join(_SUFFIXES)}")
    return [os.path.join(path, name) for name in names]


def _cases(path: str) -> Iterator[Case]:
    content = located_yaml.content(path)
    stem = os.path.splitext(os.path.basename(path))[0]
    if path.endswith(_LINES):
        for number, line in enumerate(content.splitlines(), 1):
            if line.strip():
                value = _json(line, path, number)
                if not isinstance(value, dict):
                    raise LocalDataError(path, number, f"must hold a mapping, holds {located_yaml.kind(value)}")
                yield case_of(Document(path, value, {(): number}), f"{stem}:{number}")
    elif path.endswith(".json"):
        value = _json(content, path, 1)
        document = Document(path, value if isinstance(value, dict) else {_LIST: value}, {(): 1})
        if not isinstance(value, (dict, list)):
            raise LocalDataError(path, 1, f"must hold a mapping, or a list of them, holds {located_yaml.kind(value)}")
        try:
            yield from list(_parts(document, stem))
        except LocalDataError as error:
            _where(document, content, stem, error)
    else:
        yield from _parts(located_yaml.parse(content, path, list_under=_LIST), stem)


def _parts(document: Document, stem: str) -> Iterator[Case]:
    several = document.value.get(_LIST)
    if document.value.keys() != {_LIST} or not isinstance(several, list):
        yield case_of(document, stem)
        return
    for index, value in enumerate(several):
        if not isinstance(value, dict):
            raise document.error((_LIST, index), f"must be a mapping, is {located_yaml.kind(value)}")
        yield case_of(document.part((_LIST, index)), f"{stem}[{index}]")


def _where(document: Document, content: bytes, stem: str, error: LocalDataError) -> NoReturn:
    """Raises the error anew, with its line: JSON is YAML as well, as far as lines go."""
    try:
        lines = located_yaml.parse(content, document.path, list_under=_LIST)
    except LocalDataError:
        raise error from None
    list(_parts(document.with_lines_of(lines), stem))
    raise error


def _json(content: bytes, path: str, line: int) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise LocalDataError(path, line + content.count(b"\n", 0, error.start), "is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise LocalDataError(path, line + error.lineno - 1, f"is no JSON: column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise LocalDataError(path, line, "nests too deep") from None
    except ValueError as error:
        raise LocalDataError(path, line, f"is no JSON: {error}") from None


def _refuse(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not allowed")

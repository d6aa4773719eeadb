"""cloudbaserc.json of a project: add its functions, and leave the rest of the file as it is, comments included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .errors import PackageError

NAME = "cloudbaserc.json"
ROOT = "dist"  # functionRoot of a new file
# Settings that a package needs; all others are the user's
_NEEDED = ("type", "handler", "runtime", "installDependency")
_COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,:]*")
_Edit = tuple[int, int, str]  # start, end, what replaces that


def function_root(project: Path) -> Path:
    """Return the folder that CloudBase's CLI uploads functions from.

    Raises:
        PackageError: the file cannot be read.
    """
    path = project / NAME
    if not path.is_file():
        return project / ROOT
    settings = _parsed(path, _masked(path.read_text("utf-8-sig")))
    return project / str(settings.get("functionRoot") or "functions")


def merge(project: Path, functions: Sequence[dict[str, Any]]) -> bool:
    """Add functions to the file of `project`, creating it if necessary. Return whether anything was changed.

    Of a function that the file has, only the settings that the package needs are changed.

    Raises:
        PackageError: the file cannot be read.
        OSError: it cannot be written.
    """
    path = project / NAME
    if not path.is_file():
        settings = {"version": "2.0", "envId": "", "functionRoot": ROOT, "functions": list(functions)}
        path.write_text(json.dumps(settings, ensure_ascii=False, indent=2) + "\n", "utf-8")
        return True
    text = path.read_text("utf-8-sig")
    merged = merged_text(path, text, functions)
    if merged != text:
        path.write_text(merged, "utf-8", newline="")
    return merged != text


def merged_text(path: Path, text: str, functions: Sequence[dict[str, Any]]) -> str:
    """Return `text` with the functions.

    Args:
        path: for error messages.
        text: JSON, with or without comments.
        functions: entries with ``name``.

    Raises:
        PackageError: the text is invalid.
    """
    masked = _masked(text)
    settings = _parsed(path, masked)
    listed = settings.get("functions", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise PackageError(f'{path}: "functions" must be a list of objects')
    spans = {key: span for key, *span in _members(masked, masked.index("{"))}
    edits: list[_Edit] = []
    known, items = {}, []
    if "functions" in spans:
        items = list(_items(masked, spans["functions"][0]))
        known = {each.get("name"): start for each, (start, _) in zip(listed, items, strict=True)}
    added = []
    for function in functions:
        if function["name"] in known:
            edits += _changes(masked, known[function["name"]], function)
        else:
            added.append(_indented(function, "    "))
    if added:
        edits.append(_insertion(masked, spans, items, added))
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def _changes(text: str, start: int, function: dict[str, Any]) -> Iterator[_Edit]:
    """Yield the edits that set what the package needs in the object at `start`."""
    members = list(_members(text, start))
    spans = {key: (begin, end) for key, begin, end in members}
    for name in _NEEDED:
        if name not in function:
            continue
        value = json.dumps(function[name])
        if name not in spans:
            yield members[-1][2], members[-1][2], f',\n      "{name}": {value}'
        elif json.loads(text[slice(*spans[name])]) != function[name]:
            yield *spans[name], value


def _insertion(text: str, spans: dict[str, list[int]], items: list[tuple[int, int]], added: list[str]) -> _Edit:
    """Return the edit that adds objects to the list of functions."""
    block = ",\n".join(added)
    if items:
        return items[-1][1], items[-1][1], f",\n{block}"
    if "functions" in spans:
        start, end = spans["functions"]
        return start, end, f"[\n{block}\n  ]"
    first = text.index("{") + 1
    end = max((span[1] for span in spans.values()), default=first)
    return end, end, f'{"," if spans else ""}\n  "functions": [\n{block}\n  ]'


def _members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield (key, start, end of its value) of the object at `start`."""
    place = _next(text, start + 1)
    while text[place] != "}":
        key, end = _DECODER.raw_decode(text, place)
        begin = _next(text, end)
        _, end = _DECODER.raw_decode(text, begin)
        yield key, begin, end
        place = _next(text, end)


def _items(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each item of the list at `start`."""
    place = _next(text, start + 1)
    while text[place] != "]":
        _, end = _DECODER.raw_decode(text, place)
        yield place, end
        place = _next(text, end)


def _next(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _masked(text: str) -> str:
    """Return `text` with spaces for comments, so that places stay the same."""
    return _COMMENTS.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), text)


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{path} is not JSON: {error}; correct it, nothing was changed") from None
    if not isinstance(settings, dict):
        raise PackageError(f"{path} must be a JSON object; nothing was changed")
    return settings


def _indented(value: dict[str, Any], indent: str) -> str:
    return "\n".join(indent + line for line in json.dumps(value, ensure_ascii=False, indent=2).splitlines())

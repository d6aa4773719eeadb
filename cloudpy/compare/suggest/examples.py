"""Example values: by what the code does with a value, by what it is equal to, and by its name."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .shape import DOCUMENT, EVENT, Guards, Shape

CALLER, OTHER_USER = "o-local-user", "o-someone-else"
DATE = "2025-12-30T08:30:00Z"  # shortly before the time of an event
Case = Mapping[Shape, Any]

# By a part of the name in lower case; the first that fits
_BY_NAME: tuple[tuple[str, Any], ...] = (
    (r"fileid|file_id|avatar|image|img|pic|cover|poster", "cloud://local.6c6f-local/pictures/one.png"),
    (r"phone|mobile", "13800138000"),
    (r"mail", "li.lei@example.com"),
    (r"url|link", "https://example.com/a?b=1"),
    (r"openid", CALLER),
    (r"page$|pageno|page_?num|page_?index|current", 1),
    (r"size|limit", 10),
    (r"skip|offset|index|idx", 0),
    (r"price|amount|fee|money|balance|cost|income|expense|profit|salary", 19.9),
    (r"count|num|total|score|age|quantity|qty|stock|points|level|sort|order$", 3),
    (r"^is[A-Z_]|^has[A-Z_]|^can[A-Z_]|enabled|deleted|finished|done", True),
    (r"timestamp", 1767000000000),
    (r"month", "2025-12"),
    (r"date|day", "2025-12-30"),
    (r"time", "2025-12-30 08:30"),
    (r"list$|ids$|items|array|tags|images|users|members", []),
    (r"name|user", "李雷"),
    (r"title|subject", "买牛奶"),
    (r"content|text|message|msg|remark|desc|comment|note|keyword", "明天 9:00 见 👋"),
    (r"path|page", "pages/index/index"),
    (r"data|info|detail|params|query|filter|options", {}),
)
_CANDIDATES = (
    "13800138000", "li.lei@example.com", "2025-12-30", "08:30", "abc123", "123456", "1", "李雷", "https://example.com/a",
    "110101199003074514", "#ff8800", "A1", "cloud://local.6c6f-local/a.png", "2025-12-30 08:30:00", "abc", "12.50",
    "5L2g5aW9",
)  # fmt: skip
WRONG: Mapping[str, Sequence[Any]] = {
    "string": (7, ["a", "b"], {"a": 1}, True),
    "number": ("7", "seven", [3], -1),
    "boolean": ("false", 0, "yes"),
    "list": ("text", {"a": 1}, 3, [None]),
    "object": ("text", [1], 3),
    "date": ("no date", 1767000000000, {}),
    "": (7, ["a"], {"a": 1}, False),
}
EMPTY: Mapping[str, Any] = {"string": "", "number": 0, "boolean": False, "list": [], "object": {}, "": ""}


class Examples:
    """Example values for what a function reads.

    Args:
        shapes: all of them, so that those that are equal get equal values.
        caller: stands for the caller's openid.
        ways: the conditions under which queries run.
    """

    def __init__(self, shapes: Sequence[Shape], caller: Shape, ways: Iterable[Guards] = ()) -> None:
        # What ends the function early: the rest of the code is read under its opposite
        every = [*ways, *(guards for shape in shapes for guards in shape.reads)]
        self._avoided = {(guard.shape, guard.value) for guards in every for guard in guards if not guard.equal}
        self._groups: dict[Shape, list[Shape]] = {}
        for each in (*shapes, caller):
            self._groups.setdefault(each.group, []).append(each)
        self._caller = caller

    def kind(self, shape: Shape) -> str:
        """Return the kind of a value, empty when the code does not tell."""
        if shape.keys or shape.element is not None:
            return "object" if shape.keys else "list"
        votes: Counter[str] = Counter()
        for each in self._same(shape):
            votes.update(each.kinds)
        has_length = votes.pop("length", 0)
        if not votes:
            return _kind(example_of(shape.name, "")) if has_length else ""
        best = votes.most_common(1)[0][0]
        return "string" if best == "object" and not shape.keys and votes["string"] else best

    def value(self, shape: Shape, case: Case) -> Any:
        """Return a value for `shape` in a case, as JSON, or as Extended JSON in a document."""
        if shape in case:
            return case[shape]
        if shape.json is not None:
            return json.dumps(self.value(shape.json, case), ensure_ascii=False)
        same = self._same(shape)
        kind = self.kind(shape)
        if kind == "list":
            return [self.value(shape.element, case)] if shape.element is not None else ["红", "green"]
        if shape.keys:
            return {key: self.value(each, case) for key, each in shape.keys.items() if is_read(each, case)}
        if self._caller in same:
            return CALLER
        for each in same:
            if each in case:
                return case[each]
        for each in (shape, *same):
            for known in each.values:
                if len(each.values) > 1 or (each, known) not in self._avoided:
                    return known
        for each in same:
            if each.name == "_id" and each.parent is not None and each.parent.root == DOCUMENT:
                return f"{each.parent.name}-1"
        patterns = [each.pattern for each in same if each.pattern]
        if patterns:
            return _matching(patterns[0])
        for each in same:
            for default in filter(None, each.defaults):
                return default
        bounds = [bound for each in same for bound in each.bounds]
        if kind == "number" and bounds:
            return bounds[0] + 1
        if kind == "date":
            return {"$date": DATE} if shape.root == DOCUMENT else DATE
        return example_of(shape.name, kind)

    def _same(self, shape: Shape) -> list[Shape]:
        return self._groups.get(shape.group, [shape])


def is_read(shape: Shape, case: Case) -> bool:
    """Whether a value, or something in it, is read in a case."""
    if shape.root != EVENT:
        return True
    return any(possible(guards, case) for each in shape.inside() for guards in each.reads)


def possible(guards: Guards, case: Case) -> bool:
    """Whether conditions may hold in a case."""
    for each in guards:
        if each.shape.root != EVENT:
            continue
        if each.shape in case:
            if (case[each.shape] == each.value) != each.equal:
                return False
        elif each.equal:
            return False
    return True


def _matching(pattern: str) -> str:
    try:
        found = re.compile(pattern)
        return next((each for each in _CANDIDATES if found.search(each)), _CANDIDATES[0])
    except re.error:
        return _CANDIDATES[0]


def example_of(name: str, kind: str) -> Any:
    """Return a value for a key by its name, of a kind if that is known."""
    for pattern, value in _BY_NAME:
        is_word = "[A-Z" in pattern
        if re.search(pattern, name if is_word else name.lower()) and kind in ("", _kind(value)):
            return value
    return {"number": 3, "boolean": True, "object": {}, "string": name or "text", "": name or "text"}.get(kind, name)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "list" if isinstance(value, list) else "object" if isinstance(value, dict) else "string"

"""Events for a function: one for each way through its code, and variations of what each way reads."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any

from ...i18n import translated
from . import fixtures
from .examples import EMPTY, OTHER_USER, WRONG, Case, Examples, example_of, is_read, possible
from .reader import Reader
from .shape import EVENT, Shape

MAX_CASES = 30
_UNHEARD = "something else"  # of no case
_MISSING = object()


@dataclass(frozen=True)
class Event:
    """A proposed event.

    Attributes:
        purpose: what it is for, one line.
        event: what the mini program sends.
        openid: who calls, empty for the first user.
        collections: documents that this event starts with instead, by collection.
    """

    purpose: str
    event: dict[str, Any]
    openid: str = ""
    collections: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """Events for a function, and what they need.

    Attributes:
        events: each with another purpose.
        collections: documents by collection, in Extended JSON.
        env: the environment that the function names, or empty.
    """

    events: list[Event]
    collections: dict[str, list[dict[str, Any]]]
    env: str


def propose(reader: Reader, count: int) -> Proposal:
    """Return at most `count` events for a function that was read; each case gets its share."""
    examples = Examples(fixtures.shapes(reader), reader.caller, (query.guards for query in reader.queries))
    documents = fixtures.collections(reader, examples)
    builder = _Builder(reader, examples, documents)
    ways = [{each.purpose: each for each in islice(builder.events(case), count)} for case in builder.cases()]
    events: dict[str, Event] = {}
    for one in (each for turn in zip_longest(*(way.values() for way in ways)) for each in turn if each is not None):
        if len(events) < count:
            events.setdefault(one.purpose, one)
    order = {purpose: (at, turn) for at, way in enumerate(ways) for turn, purpose in enumerate(way)}
    return Proposal(sorted(events.values(), key=lambda each: order[each.purpose]), documents, reader.env)


class _Builder:
    def __init__(self, reader: Reader, examples: Examples, documents: dict[str, list[dict[str, Any]]]) -> None:
        self._reader = reader
        self._examples = examples
        self._documents = documents

    def cases(self) -> list[Case]:
        """Return the values that select a way through the code, each with those that it needs."""
        found: dict[frozenset[tuple[Shape, Any]], None] = {}
        every = [
            *(guards for each in fixtures.shapes(self._reader) for guards in each.reads),
            *(query.guards for query in self._reader.queries),
        ]
        for guards in sorted(every, key=len):
            chosen = frozenset(
                (guard.shape, guard.value) for guard in guards if guard.equal and guard.shape.root == EVENT
            )
            if len({shape for shape, _ in chosen}) == len(chosen):
                found.setdefault(chosen)
        for shape in self._reader.event.inside():  # cases that read nothing
            for value in shape.values if len(shape.values) > 1 else ():
                guards = next((each for each in sorted(shape.reads, key=len)), ())
                chosen = frozenset((each.shape, each.value) for each in guards if each.equal) | {(shape, value)}
                found.setdefault(chosen)
        cases: list[Case] = [dict(each) for each in found]
        by = [case for case in cases if len(case) == 1]
        if by:
            shape = next(iter(by[0]))
            if isinstance(by[0][shape], str):
                cases.append({shape: _UNHEARD})
                cases.remove({})
        return sorted(cases, key=len)[:MAX_CASES] or [{}]

    def events(self, case: Case) -> Iterator[Event]:
        """Yield the events of a case, the most telling ones first."""
        name = ", ".join(f"{shape.path} = {_shown(value)}" for shape, value in case.items()) or translated(
            "as the code reads it"
        )
        base = self._examples.value(self._reader.event, case)
        base = base if isinstance(base, dict) else {}
        for shape, value in case.items():
            _put(base, shape, value)
        yield Event(name, base)
        keys = [
            each for each in self._reader.event.inside() if each.parent and each not in case and is_read(each, case)
        ]
        ways = [
            self._missing(name, base, keys),
            self._documents_changed(name, base, case),
            self._other_values(name, base, keys),
            self._others(name, base),
        ]
        for turn in zip_longest(*ways):
            yield from (each for each in turn if each is not None)

    def _missing(self, name: str, base: dict[str, Any], keys: list[Shape]) -> Iterator[Event]:
        for shape in keys:
            if shape.parent is not None and shape.parent.element is shape:
                continue
            yield from _changed(name, base, shape, _MISSING)
        for shape in keys:
            yield from _changed(name, base, shape, None)

    def _other_values(self, name: str, base: dict[str, Any], keys: list[Shape]) -> Iterator[Event]:
        ways = []
        for shape in keys:
            kind = self._examples.kind(shape)
            empty = [EMPTY[kind]] if kind in EMPTY else []
            near = [number for bound in shape.bounds for number in (bound, bound - 1, bound + 1)]
            other = [example_of(shape.name, kind)] if shape.values and kind == "string" else []
            ways.append([*shape.values, *empty, *near, *other, *WRONG[kind]])
        for turn in zip_longest(*ways, fillvalue=_MISSING):
            for shape, value in zip(keys, turn, strict=True):
                if value is not _MISSING:
                    yield from _changed(name, base, shape, value)

    def _others(self, name: str, base: dict[str, Any]) -> Iterator[Event]:
        yield Event(f"{name}: {translated('by someone else')}", base, openid=OTHER_USER)
        yield Event(f"{name}: {translated('an empty event')}", {})

    def _documents_changed(self, name: str, base: dict[str, Any], case: Case) -> Iterator[Event]:
        used: dict[str, Shape] = {}
        for query in self._reader.queries:
            collection = fixtures.collection_name(query.collection, self._examples)
            if collection in self._documents and possible(query.guards, case):
                used[collection] = self._reader.document(query.collection)
        for collection in used:
            none = translated(f"no document in {collection}")
            yield Event(f"{name}: {none}", base, collections={collection: []})
        ways = [list(self._fields_changed(collection, shape)) for collection, shape in used.items()]
        for what, collection, documents in (one for turn in zip_longest(*ways) for one in turn if one is not None):
            yield Event(f"{name}: {what}", base, collections={collection: documents})

    def _fields_changed(self, collection: str, shape: Shape) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
        fields = [each for each in shape.inside() if each.parent and each.reads and each.name != "_id"]
        for each in fields:
            kind = self._examples.kind(each)
            ways: list[Any] = [_MISSING, *each.values, None]
            ways += [number for bound in each.bounds for number in (bound, bound - 1)]
            ways += [EMPTY[kind]] if kind in EMPTY else []
            ways += WRONG[kind][:1]
            for value in ways:
                documents = copy.deepcopy(self._documents[collection])
                done = [_put(document, each, value) for document in documents]
                if any(done):
                    yield _said(f"{collection}.{each.path}", value), collection, documents


def _changed(name: str, base: dict[str, Any], shape: Shape, value: Any) -> Iterator[Event]:
    event = copy.deepcopy(base)
    if _put(event, shape, value):
        yield Event(f"{name}: {_said(shape.path, value)}", event)


def _put(root: Any, shape: Shape, value: Any) -> bool:
    """Put a value where `shape` is in a value; return whether something changed."""
    steps: list[str | int] = []
    at = shape
    while at.parent is not None:
        if at.parent.json is at:
            return False
        steps.insert(0, 0 if at.parent.element is at else at.name)
        at = at.parent
    for step in steps[:-1]:
        try:
            root = root[step]
        except (KeyError, IndexError, TypeError):
            return False
    last = steps[-1] if steps else ""
    if isinstance(root, list) and isinstance(last, int) and root and value is not _MISSING:
        root[last] = value
        return True
    if not isinstance(root, dict) or isinstance(last, int):
        return False
    if value is _MISSING:
        return root.pop(last, _MISSING) is not _MISSING
    if last in root and root[last] == value and type(root[last]) is type(value):
        return False
    root[last] = copy.deepcopy(value)
    return True


def _said(key: str, value: Any) -> str:
    return translated(f"without {key}") if value is _MISSING else f"{key} = {_shown(value)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

"""Brings the keys of a value to the names of its view, and tells which keys the view does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._suggest import alike

Fold = Callable[[str], str]
View = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key that the view does not know: in the object at `where` (its path), which may still take `open_names`."""

    where: str
    key: str
    open_names: tuple[str, ...]
    known: tuple[str, ...]

    def meant(self, cutoff: float) -> str | None:
        """The name that the key is probably a misspelling of, among those not given yet."""
        found = alike(self.key, self.open_names, cutoff)
        return found[0] if found else None


def join(where: str, key: str) -> str:
    """The path of `key` in the object at `where`."""
    return f"{where}.{key}" if where else key


def renamed(seen: View, value: Any, fold: Fold) -> Any:
    """`value` with every key that folds to a name of the view written as that name.

    Two spellings of one name: the one written as the view has it wins, as the SDK's conversion does it.
    """
    if isinstance(value, Mapping):
        properties: Mapping[str, View] = seen.get("properties", {})
        free = seen.get("additionalProperties")
        by_fold = {fold(name): name for name in properties}
        made: dict[str, Any] = {}
        for given, each in sorted(value.items(), key=lambda item: item[0] in properties):
            name = by_fold.get(fold(str(given)), str(given))
            member = properties.get(name) or (free if isinstance(free, Mapping) else None)
            made[name] = renamed(member, each, fold) if member else each
        return made
    if isinstance(value, list | tuple):
        items: View = seen.get("items", {})
        return [renamed(items, each, fold) for each in value] if items else list(value)
    return value


def unknowns(seen: View, value: Any, where: str = "") -> Iterator[Unknown]:
    """The keys in `value` (already renamed) that the view does not know, the outer ones first."""
    if isinstance(value, Mapping):
        properties: Mapping[str, View] = seen.get("properties", {})
        free = seen.get("additionalProperties")
        if free is None and (properties or not where):
            open_names = tuple(name for name in properties if name not in value)
            for key in value:
                if key not in properties:
                    yield Unknown(where, key, open_names, tuple(properties))
        for key, each in value.items():
            member = properties.get(key) or (free if isinstance(free, Mapping) else None)
            if member:
                yield from unknowns(member, each, join(where, key))
    elif isinstance(value, list) and "items" in seen:
        for position, each in enumerate(value):
            yield from unknowns(seen["items"], each, f"{where}[{position}]")

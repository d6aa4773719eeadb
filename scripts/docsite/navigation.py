"""The navigation of mkdocs.yml, in which ``folder/*`` stands for the pages of a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def expanded(nav: list[Any], names: list[str]) -> list[Any]:
    """Return a navigation with every ``folder/*`` replaced by the pages of that folder, its index first.

    A name without a page is left out.
    """
    done: list[Any] = []
    for item in nav:
        if isinstance(item, Mapping):
            inside = {
                title: below if isinstance(below, str) else expanded(below, names) for title, below in item.items()
            }
            done += [{title: below} for title, below in inside.items() if below]
        elif item.endswith("/*"):
            found = [name for name in names if name.rpartition("/")[0] == item[:-2] and name not in nav]
            done += sorted(found, key=lambda name: (not name.endswith("/index.md"), name.lower()))
        elif item in names:
            done.append(item)
    return done


def pages(nav: list[Any]) -> Iterator[str]:
    """Yield the pages of a navigation."""
    for item in nav:
        if isinstance(item, Mapping):
            for below in item.values():
                yield from pages([below] if isinstance(below, str) else below)
        else:
            yield item

"""The hook of mkdocs.yml: MkDocs reads an assembled folder, with the pages that are generated from the source."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import event_priority

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".site" / "docs"
sys.path.insert(0, str(ROOT / "scripts"))

from docsite import source  # noqa: E402  (its folder is put on the path above)


@event_priority(100)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Assemble the pages, and put the names of those that a ``*`` of the navigation stands for in its place."""
    if Path(config.docs_dir) == FOLDER:  # the next language of the same build
        return config
    source.assemble(FOLDER)
    config.watch.append(config.docs_dir)
    config.docs_dir = str(FOLDER)
    names = [path.relative_to(FOLDER / "zh").as_posix() for path in (FOLDER / "zh").rglob("*.md")]
    config.nav = expanded(config.nav or [], sorted(names))
    forgotten = set(names) - set(flat(config.nav))
    if forgotten:
        raise ConfigurationError(f"mkdocs.yml: nav does not name {', '.join(sorted(forgotten))}")
    return config


def expanded(nav: list[Any], names: list[str]) -> list[Any]:
    """Return a navigation with every ``folder/*`` replaced by the pages of that folder, its index first.

    A name without a page is left out; a page that no name stands for is an error.
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


def flat(nav: list[Any]) -> Iterator[str]:
    """Yield the pages of a navigation."""
    for item in nav:
        if isinstance(item, Mapping):
            for below in item.values():
                yield from flat([below] if isinstance(below, str) else below)
        else:
            yield item


def on_page_content(html: str, **_: Any) -> str:
    """Remove the ``::`` that docstrings put before their examples."""
    return re.sub(r"::(?=</p>)", ":", re.sub(r"<p>::</p>\n?", "", html))

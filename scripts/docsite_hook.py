"""The hook of mkdocs.yml: MkDocs reads an assembled folder, with the pages that are generated from the source."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import event_priority

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".site" / "docs"
sys.path.insert(0, str(ROOT / "scripts"))

from docsite import navigation, source  # noqa: E402  (their folder is put on the path above)


@event_priority(100)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Assemble the pages, and put the names of those that a ``*`` of the navigation stands for in its place."""
    if Path(config.docs_dir) == FOLDER:  # the next language of the same build
        return config
    source.assemble(FOLDER)
    config.watch.append(config.docs_dir)
    config.docs_dir = str(FOLDER)
    names = [path.relative_to(FOLDER / "zh").as_posix() for path in (FOLDER / "zh").rglob("*.md")]
    config.nav = navigation.expanded(config.nav or [], sorted(names))
    forgotten = set(names) - set(navigation.pages(config.nav))
    if forgotten:
        raise ConfigurationError(f"mkdocs.yml: nav does not name {', '.join(sorted(forgotten))}")
    return config


def on_page_content(html: str, **_: Any) -> str:
    """Remove the ``::`` that docstrings put before their examples."""
    return re.sub(r"::(?=</p>)", ":", re.sub(r"<p>::</p>\n?", "", html))

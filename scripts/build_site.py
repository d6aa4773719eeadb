"""Build the documentation site into .site/html, strictly and in both languages, and check its links.

``python scripts/build_site.py --links`` checks a site that is built.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / ".site" / "html"
_REFERENCE = re.compile(r"<(\w+)\b[^>]*?\s(?:href|src)=(?:\"([^\"]*)\"|([^\s>\"]+))[^>]*>")
_ID = re.compile(r"\s(?:id|name)=(?:\"([^\"]*)\"|([^\s>\"]+))")
# Links that the reader follows may lead to other hosts; whatever the browser loads by itself may not.
_LOADED = ("img", "link", "script", "iframe", "source", "video", "audio")
_WITHOUT_ADDRESS = {"404.html"}  # its links are absolute: a server shows it at any address


def build() -> bool:
    """Build the site; any warning is an error."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": "ignore"}
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--quiet",
        "--strict",
        "--config-file",
        str(ROOT / "mkdocs.yml"),
    ]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def broken(site: Path) -> Iterator[str]:
    """Yield each link that leads nowhere, and each thing that would be loaded from another host."""
    for page in sorted(site.rglob("*.html")):
        where = page.relative_to(site).as_posix()
        if where in _WITHOUT_ADDRESS:
            continue
        for tag, quoted, bare in dict.fromkeys(_REFERENCE.findall(page.read_text("utf-8"))):
            problem = _problem(site, page, tag, html.unescape(quoted or bare))
            if problem:
                yield f"{where}: {problem}"


def _problem(site: Path, page: Path, tag: str, link: str) -> str:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https") or parts.netloc:
        return f"<{tag}> loads {link} from another host" if tag in _LOADED else ""
    if parts.scheme:
        return ""
    target = page
    if parts.path:
        target = Path(os.path.normpath(page.parent / unquote(parts.path)))
        if parts.path.endswith("/") or target.is_dir():
            target /= "index.html"
    if not target.is_relative_to(site) or not target.is_file():
        return f"{link} leads nowhere"
    anchor = unquote(parts.fragment)
    if anchor and not anchor.startswith("__") and target.suffix == ".html" and anchor not in _anchors(target):
        return f"{link} has no such anchor"
    return ""


@cache
def _anchors(page: Path) -> frozenset[str]:
    return frozenset(html.unescape(quoted or bare) for quoted, bare in _ID.findall(page.read_text("utf-8")))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", action="store_true", help="only check the links of .site/html")
    arguments = parser.parse_args()
    begun = time.monotonic()
    if not arguments.links and not build():
        return 1
    wrong = list(broken(SITE))
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    pages = {page.relative_to(SITE).as_posix() for page in SITE.rglob("index.html")}
    english = sum(page.startswith("en/") for page in pages)
    print(
        f"{len(pages)} pages ({len(pages) - english} zh, {english} en), {len(wrong)} broken links, "
        f"{time.monotonic() - begun:.0f} s: {SITE.relative_to(ROOT)}/index.html"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

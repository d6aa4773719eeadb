"""The folder that MkDocs reads: written pages, prepared for the site, and generated ones."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from . import (
    api_pages,
    cli_pages,
    error_pages,
    example_pages,
    python_pages,
    reference_page,
    schema_pages,
)
from .markdown import LANGUAGES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_GENERATORS = (
    api_pages.pages,
    cli_pages.pages,
    error_pages.pages,
    example_pages.pages,
    python_pages.pages,
    reference_page.pages,
    schema_pages.pages,
)
# Pages for readers of the repository, whose place the generated ones take.
_LEFT_OUT = {"apis.md"}
# What a page of docs/en links to outside of its folder -> the page of the site.
_ELSEWHERE = {
    "README.md": "index.md",
    "README.zh-CN.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security-policy.md",
    "config.json.example": "reference/config-json.md",
    "apis.md": "apis/index.md",
}
# English pages that are kept in the root of the repository.
_ROOT = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
_ENGLISH_ONLY = {"changelog.md", "security-policy.md"}
_NO_CHINESE = '!!! note ""\n    本页只有英文。\n'
_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”]")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_DIRECTIVE = re.compile(r"^ *<!-- .*? -->\n", re.MULTILINE)
_FENCE = re.compile(r"^( *)(```+)(\w*)(?: +(\S+))?$")
_FILE = re.compile(r"^ *<!-- file: (\S+) -->$")


def generated(language: str) -> dict[str, str]:
    """Return path -> text of the generated pages of a language."""
    made: dict[str, str] = {}
    for pages in _GENERATORS:
        made |= pages(language)
    return made


def written(language: str) -> dict[str, str]:
    """Return path -> text of the pages in ``docs/LANGUAGE``, as they are in the repository."""
    folder = DOCS / language
    found = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.md"))}
    if language == "en":
        found |= {_ELSEWHERE[name]: (ROOT / name).read_text("utf-8") for name in _ROOT}
    return {name: text for name, text in found.items() if name not in _LEFT_OUT}


def site(language: str) -> dict[str, str]:
    """Return path -> text of all pages of a language, as MkDocs reads them.

    Raises:
        ValueError: a page is written and generated, too.
    """
    made, own = generated(language), written(language)
    both = sorted(made.keys() & own.keys())
    if both:
        raise ValueError(f"docs/{language}: {', '.join(both)} would be generated, too; remove one of the two")
    english = written("en")
    names = {*made, *english}
    for name in english.keys() - own.keys():
        title, _, rest = english[name].partition("\n")
        rest = re.sub(r"(\]\([\w./-]+)#[^)]*\)", r"\1)", rest)  # the anchors of Chinese pages are others
        own[name] = f"{title}\n\n{_NO_CHINESE}{rest}"
    pages = made | {name: prepared(text, name, language, names) for name, text in own.items()}
    return {**pages, "index.md": f"---\nhide: [navigation]\n---\n\n{pages['index.md']}"}


def without_twin() -> list[str]:
    """Return the pages that are there in one language alone."""
    return sorted((written("en").keys() ^ written("zh").keys()) - _ENGLISH_ONLY)


def assemble(folder: Path) -> None:
    """Write the pages of all languages and the images to `folder`; unchanged files are left alone."""
    wanted: dict[Path, bytes] = {}
    for language in LANGUAGES:
        for name, text in site(language).items():
            wanted[folder / language / name] = text.encode()
    for part in ("images", "javascripts", "schemas"):
        for path in (DOCS / part).rglob("*"):
            if path.is_file():
                wanted[folder / part / path.relative_to(DOCS / part)] = path.read_bytes()
    for path in [*folder.rglob("*")]:
        if path.is_file() and path not in wanted:
            path.unlink()
    for path, content in wanted.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def prepared(text: str, name: str, language: str, names: set[str]) -> str:
    """Return a written page as the site shows it.

    Comments for the tests are removed, the file that a block is becomes its title, and links lead to pages of the site.

    Args:
        text: the page.
        name: its path in the folder of its language.
        language: zh or en.
        names: the pages of the site in this language.
    """
    lines: list[str] = []
    title, inside = "", ""
    for line in text.splitlines():
        fence = _FENCE.match(line)
        if inside:
            inside = "" if fence and fence[2] == inside and not fence[3] else inside
        elif fence:
            inside = fence[2]
            title = fence[4] or title
            line = f"{fence[1]}{fence[2]}{fence[3]}" + (f' title="{title}"' if title else "")
            title = ""
        elif found := _FILE.match(line):
            title = found[1]
            continue
        elif _DIRECTIVE.fullmatch(line + "\n"):
            continue
        else:
            line = _LINK.sub(lambda link: _linked(link[1], name, language, names), line)
        lines.append(line)
    return _joined(lines) + "\n"


def _joined(lines: list[str]) -> str:
    """Return lines as one text; a line that breaks between Chinese characters goes on without a space."""
    text, inside = "", False
    for line in lines:
        fence = line.lstrip().startswith("```")
        goes_on = not inside and not fence and _CHINESE.match(line.lstrip()) and text and _CHINESE.match(text[-1])
        text += line.lstrip() if goes_on else f"\n{line}" if text else line
        inside ^= fence
    return text


def _linked(link: str, name: str, language: str, names: set[str]) -> str:
    """Return the end of a link, ``](…)``, as it is on the site."""
    if re.match(r"[a-z]+:|#", link):
        return f"]({link})"
    path, _, anchor = link.partition("#")
    root = next((file for file in _ROOT if _ELSEWHERE[file] == name and not (DOCS / language / name).exists()), None)
    here = Path(root) if root else Path("docs", language, name)
    target = os.path.normpath(here.parent / path).replace(os.sep, "/")
    own = f"docs/{language}/"
    other = re.fullmatch(r"docs/(en|zh)/(.*)", target)
    page = _ELSEWHERE.get(target.removeprefix(own))
    if other:
        page = page or _ELSEWHERE.get(other[2], other[2])
    elif target.startswith("examples/"):
        example = target.split("/")[1]
        page = "examples/index.md" if example.endswith(".md") else f"examples/{example}.md"
        anchor = ""
    elif target.startswith("docs/"):  # images
        return f"]({os.path.relpath(target.removeprefix('docs/'), Path(language, name).parent)})"
    if page is None or page not in names:
        page, anchor = "index.md", ""
    if page not in names:
        return f"]({link})"
    return f"]({os.path.relpath(page, Path(name).parent)}{'#' + anchor if anchor else ''})"


def remove(folder: Path) -> None:
    """Remove an assembled folder."""
    shutil.rmtree(folder, ignore_errors=True)

"""A Markdown page as its readers and its tests see it: blocks of code, headings, links.

An HTML comment on the line before a block says what it is:

- ``<!-- file: steps/index.py -->``: a file of the reader's, written there
- ``<!-- output -->``: what the block before it prints; ``…`` stands for any text
- ``<!-- background -->``: a command that goes on running, in a terminal of its own
- ``<!-- inside: async -->``, ``<!-- inside: sync -->``: lines out of a handler of that face
- ``<!-- folder: cloudpy -->``: where the text says the reader is by now, seen from where the page began
- ``<!-- notebook -->``: a cell of IPython or Jupyter, which may await
- ``<!-- twin -->``: a program that prints what the block before it prints
- ``<!-- windows -->``: the commands of the block before, as cmd and PowerShell take them
- ``<!-- drawing -->``: nothing that runs
- ``<!-- drawing: translated -->``: the same, with words of the page's own language in the second column

The pages of a folder ``tutorial`` are read in a row, by one reader in one folder: ``index.md`` first, then by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").glob("*.md")),
]
_FENCE = re.compile(r"^( *)```(.*)$")
_COMMENT = re.compile(r"^ *<!-- (.+?) -->$")
_DIRECTIVES = ("file", "output", "background", "inside", "folder", "notebook", "twin", "windows", "drawing")
_REMARK = {"python": "#", "sh": "#", "yaml": "#", "js": "//"}


@dataclass(frozen=True)
class Block:
    """One fenced block: where it begins, its language, its text, and what its comments say of it."""

    line: int
    language: str
    text: str
    directives: dict[str, str]

    def says(self, name: str) -> bool:
        return name in self.directives

    @property
    def code(self) -> str:
        """The text without remarks, which are written in the page's own language."""
        if self.directives.get("drawing") == "translated":
            return "\n".join(re.split(r"(?<=\w) {2,}", line)[0] for line in self.text.splitlines())
        mark = _REMARK.get(self.language)
        if mark is None:
            return self.text
        lines = [re.sub(rf"(^|\s+){mark} .*$", "", line) for line in self.text.splitlines()]
        return "\n".join(line for line in lines if line.strip())


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found: list[Block] = []
    directives: dict[str, str] = {}
    opened: tuple[int, str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None:
            comment = _COMMENT.match(line)
            if fence:
                opened, lines = (number, fence[2].strip(), fence[1]), []
            elif comment:
                name, _, value = comment[1].partition(":")
                if name in _DIRECTIVES:
                    directives[name] = value.strip()
            elif line.strip():
                directives = {}
        elif fence and not fence[2]:
            begun, language, indent = opened
            body = "".join(f"{line.removeprefix(indent)}\n" for line in lines)
            found.append(Block(begun, language, body, directives))
            opened, directives = None, {}
        else:
            lines.append(line)
    assert opened is None, f"the block of line {opened and opened[0]} has no end"
    return found


def prose(text: str) -> str:
    """The page without its blocks of code, whose lines are no headings and hold no links."""
    return re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)


def reads(names: list[str]) -> list[tuple[str, ...]]:
    """The pages by reader: each alone, but those of a tutorial in a row."""
    rows: dict[str, list[str]] = {}
    for name in names:
        folder = Path(name).parent
        rows.setdefault(folder.as_posix() if folder.name == "tutorial" else name, []).append(name)
    return [tuple(sorted(row, key=lambda name: (not name.endswith("/index.md"), name))) for row in rows.values()]


def headings(text: str) -> list[tuple[int, str]]:
    """Level and title of each heading."""
    return [(len(mark), title) for mark, title in re.findall(r"^(#{1,6}) (.+)$", prose(text), re.MULTILINE)]


def anchors(text: str) -> set[str]:
    """What ``#…`` may name in a page, as GitHub makes it out of the headings."""
    titles = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for _, title in headings(text)]
    return set(titles) | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def links(text: str) -> list[str]:
    """Where the page's links lead."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(text)))

"""Print the structure of the code in figures: files, lines, packages, imports, words that are out.

    python scripts/structure.py [ROOT]

ROOT is the root of a checkout, by default this one, so that two states of the code can be compared.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

# Words that the style page in CONTRIBUTING.md replaces; `tests/test_style.py` keeps them out.
WORDS = (
    "anew",
    "whoever",
    "whatever it",
    "mend",
    "mends",
    "mended",
    "take up",
    "takes up",
    "taken up",
    "comes of it",
    "came of it",
    "is none",
    "are none",
    "is no more",
    "a text",
    "whole number",
    "whole numbers",
    "patience",
    "crew",
    "fleet",
    "siblings",
    "neighbours",
    "of ours",
    "of theirs",
    "lets know",
    "stands in the",
    "stands in a",
    "held against",
    "left out",
    "is told",
    "are told",
    "was told",
    "the door",
    "its door",
    "doors",
    "the faces",
    "both faces",
    "the room",
    "the rooms",
)
# "is None" is Python; "a text message" is one of WeChat's kinds of messages.
ALLOWED = r"(?i:is|are) None\b|(?i:a text) (?:message|stream|field)\b"
PATTERN = re.compile(rf"(?<![\w-])(?!{ALLOWED})(?i:{'|'.join(map(re.escape, WORDS))})(?![\w-])")


def modules(package: Path) -> dict[str, Path]:
    """Return the modules of a package by their dotted names."""
    names = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        names[".".join(parts).removesuffix(".__init__")] = path
    return names


def imports(path: Path, root: Path, known: set[str]) -> set[str]:
    """Return what a file imports, early, late and for types alone: modules among `known`, libraries by their names."""
    package = path.relative_to(root).parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (*package[: len(package) - node.level + 1], *filter(None, [node.module])) if node.level else ()
            prefix = ".".join(base) or node.module or ""
            full = [f"{prefix}.{alias.name}" for alias in node.names]
            names.update(name if name in known else prefix for name in full)
    return names


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of nodes that reach one another, each sorted."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []

    def visit(node: str) -> Iterator[list[str]]:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for target in sorted(graph[node] - {node}):
            if target not in order:
                yield from visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], order[target])
        if lowest[node] == order[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                yield sorted(group)

    return [group for node in graph if node not in order for group in visit(node)]


def levels(graph: dict[str, set[str]]) -> int:
    """Return the length of the longest chain of imports; the nodes of a cycle are one level."""
    group_of = {node: group[0] for group in cycles(graph) for node in group}
    depth: dict[str, int] = {}

    def of(node: str) -> int:
        if node not in depth:
            members = [name for name in graph if group_of.get(name, name) == node]
            below = {group_of.get(target, target) for name in members for target in graph[name]} - {node}
            depth[node] = 1 + max(map(of, below), default=0)
        return depth[node]

    return max(of(group_of.get(node, node)) for node in graph)


def top(module: str) -> str:
    """Return the package or module directly below `cloudpy` that `module` belongs to."""
    return module.split(".")[1] if "." in module else "__init__"


def words(text: str) -> list[str]:
    """Return the words in `text` that the style page replaces, in order."""
    return [found[0].lower() for found in PATTERN.finditer(text)]


def prose(path: Path) -> str:
    """Return what a file says in English: a page whole, of code the comments and the strings of several words."""
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        return source
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    comments = re.findall(r"(?:^|\s)#\s(.*)$", source, re.MULTILINE)
    return "\n".join([*(text for text in texts if isinstance(text, str) and " " in text), *comments])


def main(root: Path) -> None:
    package = root / "cloudpy"
    paths = modules(package)
    sources = {name: path.read_text("utf-8") for name, path in paths.items()}
    graph = {name: imports(path, root, set(paths)) & set(paths) for name, path in paths.items()}
    folders: dict[str, set[str]] = {}
    for name, targets in graph.items():
        folders.setdefault(top(name), set()).update(top(target) for target in targets)
    folders.pop("__main__")  # it only starts the command
    folders = {name: targets - {name} for name, targets in folders.items()}
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    loose = [path.stem for path in package.glob("_*.py") if not path.stem.startswith("__")]
    rows = {
        "Python files of the package": len(paths),
        "lines": sum(source.count("\n") for source in sources.values()),
        "files of more than 400 lines": sum(source.count("\n") > 400 for source in sources.values()),
        "private modules at the top": len(loose),
        "packages at the top": sum(path.is_dir() and (path / "__init__.py").exists() for path in package.iterdir()),
        "levels of imports between packages": levels(folders),
        "imports between packages": sum(map(len, folders.values())),
        "cycles between packages": len(cycles(folders)),
        "modules in cycles": sum(map(len, cycles(graph))),
        "words that are out, in code": sum(len(words(prose(path))) for path in paths.values()),
        "words that are out, in docs": sum(len(words(prose(path))) for path in pages),
        "lines of README.md": (root / "README.md").read_text("utf-8").count("\n"),
    }
    for title, figure in rows.items():
        print(f"{title:40} {figure:>7,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)

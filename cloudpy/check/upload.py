"""What goes up with the code: the libraries it asks for, and how large it all is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import requirements_file
from .finding import Finding
from .folder import Folder
from .source import Source

REQUIREMENTS = requirements_file.NAME
DISTRIBUTION = "wx-cloudpy"
# bytes, unpacked and with layers, in the millions that the page's MB are taken for: 配额限制说明 of SCF
# (cloud.tencent.com/document/product/583/11637)
MAX_CODE = 500_000_000
_LARGE = MAX_CODE // 2


def findings(folder: Folder, sources: list[Source]) -> Iterator[Finding]:
    """Whether what the code needs is asked for, and whether it fits."""
    yield from _requirements(folder, sources)
    yield from _size(folder)


def parts(folder: Folder) -> list[tuple[str, int]]:
    """The entries at the top of the folder, with the bytes of each, largest first."""
    sizes: dict[str, int] = {}
    for name in folder.files():
        top = name.partition("/")[0]
        sizes[top] = sizes.get(top, 0) + (folder.path / name).stat().st_size
    return sorted(sizes.items(), key=lambda item: (-item[1], item[0]))


def size_text(size: int) -> str:
    """Bytes for people: ``310 B``, ``12 kB``, ``3.4 MB``."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _requirements(folder: Folder, sources: list[Source]) -> Iterator[Finding]:
    uses = any(name.split(".")[0] == "cloudpy" for source in sources for name in _imports(source))
    path = folder.path / REQUIREMENTS
    if not uses or (folder.path / "cloudpy").is_dir():
        return
    if not path.is_file():
        how = f"write one with the line {DISTRIBUTION}, which `cloudpy package` installs"
        yield Finding(REQUIREMENTS, 0, "warning", "requirements", f"there is no {REQUIREMENTS}; {how}")
        return
    try:
        lines = requirements_file.read(folder.path)
    except requirements_file.RequirementsError as error:
        yield Finding(error.file, error.number, "error", "requirements", str(error))
        return
    named = {line.distribution: line for line in lines if line.distribution}
    if DISTRIBUTION in named:
        return
    if "cloudpy" in named:
        text = f"cloudpy is another project there; write {DISTRIBUTION}"
        yield Finding(named["cloudpy"].file, named["cloudpy"].number, "error", "requirements", text)
    else:
        yield Finding(
            REQUIREMENTS, 1, "error", "requirements", f"the code imports cloudpy; add the line {DISTRIBUTION}"
        )


def _imports(source: Source) -> Iterator[str]:
    for node in source.nodes():
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def _size(folder: Folder) -> Iterator[Finding]:
    entries = parts(folder)
    total = sum(size for _, size in entries)
    if total > _LARGE:
        largest = ", ".join(f"{name} {size_text(size)}" for name, size in entries[:3])
        text = f"the folder holds {size_text(total)}; the platform takes {size_text(MAX_CODE)}. Largest: {largest}"
        yield Finding(".", 0, "error" if total > MAX_CODE else "hint", "size", text)

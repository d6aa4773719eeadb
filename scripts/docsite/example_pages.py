"""The examples of the repository as pages, since the address of the repository is not known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .markdown import Text, fence

ROOT = Path(__file__).parents[2]
FOLDER = "examples"
_LANGUAGES = {".py": "python", ".js": "js", ".json": "json", ".yaml": "yaml", ".txt": "text", ".sh": "sh"}
_TITLE = Text("Examples", "示例")
_INTRO = Text(
    "Whole functions with their settings, mock data and tests: the folder `examples` of the repository.",
    "完整的云函数，带配置、mock 数据和测试，即仓库中的 `examples` 目录。",
)
_FILES = Text("Files", "文件")


def names() -> list[str]:
    """Return the folders of the examples."""
    return sorted(path.name for path in (ROOT / FOLDER).iterdir() if path.is_dir() and any(path.rglob("*.*")))


def pages(language: str) -> dict[str, str]:
    """Return a page for each example, and their index."""
    lines = [f"# {_TITLE.of(language)}\n\n{_INTRO.of(language)}\n"]
    lines += [f"- [{name}]({name}.md)" for name in names()]
    made = {f"{FOLDER}/index.md": "\n".join(lines) + "\n"}
    return made | {f"{FOLDER}/{name}.md": "\n".join(_example(name, language)) for name in names()}


def _example(name: str, language: str) -> Iterator[str]:
    yield f"# {name}\n"
    folder = ROOT / FOLDER / name
    yield f"## {_FILES.of(language)}\n"
    for path in sorted(folder.rglob("*")):
        if path.suffix in _LANGUAGES and not {"node_modules", "__pycache__", ".cloudpy"} & set(path.parts):
            relative = path.relative_to(folder).as_posix()
            yield fence(_LANGUAGES[path.suffix], path.read_text("utf-8"), f"{FOLDER}/{name}/{relative}")

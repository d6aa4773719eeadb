"""The layout changes no meaning: the syntax tree of each file is the same before and after, and each file compiles."""

from __future__ import annotations

import ast
import random
import shutil
from pathlib import Path

import pytest

from cloudpy.check import ruff
from cloudpy.migrate import draft, format_files, formatter
from cloudpy.migrate.bundle import bundle, everything, helpers
from tests.migrate.both import Snippet, module, translate

FUNCTIONS = Path(__file__).parent / "functions"
SOURCES = Path(__file__).parent / "sources"
DRAFTS = [*sorted(FUNCTIONS.iterdir()), *(SOURCES / name for name in ("typed", "levels", "module"))]
NAMES = ["event.active", "memberIsActive", "event.kindOfTheMember", "event.list", "count", "event.user.name"]
TESTS = [
    "{} === 'honorary-member'", "{} !== 'ordinary-member'", "!{}", "{}", "{} > 10", "{} == null", "{}.length >= 3",
    "typeof {} === 'string'", "Array.isArray({})", "{} instanceof Date", "['a', 'b'].includes({})",
]  # fmt: skip


def unchanged(files: dict[str, str], folder: Path) -> list[str]:
    """Format all files in one go. Return the names of those whose meaning differs then."""
    paths = {}
    for name, text in files.items():
        compile(text, name, "exec")
        paths[name] = folder / name.replace("/", "__")
        paths[name].write_text(text, "utf-8")
    assert format_files(list(paths.values()))
    differing = []
    for name, path in paths.items():
        formatted = path.read_text("utf-8")
        compile(formatted, name, "exec")
        if ast.dump(ast.parse(formatted)) != ast.dump(ast.parse(files[name])):
            differing.append(name)
    return differing


@pytest.mark.once()
@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
def test_every_draft_means_the_same_after_the_layout(sync: bool, tmp_path: Path) -> None:
    files = {
        f"{source.name}/{name}": content.decode()
        for source in DRAFTS
        for name, content in draft(source, sync=sync).files.items()
        if name.endswith(".py")
    }
    assert len(files) > 3 * len(DRAFTS) and unchanged(files, tmp_path) == []


@pytest.mark.once()
def test_every_helper_means_the_same_after_the_layout(tmp_path: Path) -> None:
    files = {f"{name}.py": bundle({name}, set()) for name in helpers()}
    files["all.py"] = everything()
    assert len(files) >= 150 and unchanged(files, tmp_path) == []


def condition(chance: random.Random, depth: int) -> str:
    """A condition of JavaScript, in parentheses or not, wider than a line more often than not."""
    if depth == 0 or chance.random() < 0.1:
        return chance.choice(TESTS).format(chance.choice(NAMES))
    one, other = condition(chance, depth - 1), condition(chance, depth - 1)
    way = chance.randrange(6)
    if way < 4:
        return f"({one} {chance.choice(['&&', '||'])} {other})"
    return f"!({one})" if way == 4 else f"({one} ? {other} : {condition(chance, depth - 1)})"


@pytest.mark.once()
@pytest.mark.parametrize("seed", range(2))
def test_random_conditions_mean_the_same_after_the_layout(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    files = {}
    for number in range(150):
        long = condition(chance, chance.randrange(2, 5))
        way = chance.choice(["if ({}) return 'allowed'", "return {}", "const found = event.items[{}]; return found"])
        piece = Snippet(str(number), module(f"const memberIsActive = event.active, count = 1; {way.format(long)}"), [])
        translate(piece)
        files[f"condition_{number}.py"] = piece.python
    assert unchanged(files, tmp_path) == []
    assert sum(max(map(len, text.splitlines())) > formatter.WIDTH for text in files.values()) > 50


def test_where_there_is_no_ruff_nothing_is_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    path = tmp_path / "index.py"
    path.write_text("def  main( event,context ):\n  return ( event )\n", "utf-8")
    assert not format_files([path])
    assert path.read_text("utf-8") == "def  main( event,context ):\n  return ( event )\n"


def test_who_calls_is_not_asked_for_where_nobody_reads_it() -> None:
    piece = Snippet("caller", module(
        "const wxContext = cloud.getWXContext()\ncloud.getWXContext()\n"
        "if (event.a) { const unused = cloud.getWXContext() }\nreturn event.b",
        "const cloud = require('wx-server-sdk')\n",
    ), [])  # fmt: skip
    translate(piece)
    assert "getWXContext" not in piece.python
    assert piece.marks == []

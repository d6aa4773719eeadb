"""Long, deep and huge sources: the work grows with the source, and what is too deep is marked, with file and line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cloudpy.migrate import Unreadable, draft
from tests.migrate.both import Snippet, module, translate

HEAD = "const cloud = require('wx-server-sdk')\ncloud.init()\nexports.main = async (event) => {\n"
DEEP = {
    "a sum of 300": "return " + "+".join(["event.a"] * 300),
    "a sum of 150 texts": "return '' + " + "+".join(["event.a"] * 150),
    "500 else if": "if (event.a===0) return 0\n" + "".join(f"else if (event.a==={i}) return {i}\n" for i in range(500)),
    "500 cases": "switch (event.a) {" + "".join(f"case {i}: return {i}\n" for i in range(500)) + "}",
    "150 nested if": "if (event.a) {" * 150 + "return 1" + "}" * 150,
    "60 nested try": "try {" * 60 + "event.x=1" + "} catch (e) { throw e }" * 60,
    "30 nested loops": "for (const x of event.a) {" * 30 + "event.x=1" + "}" * 30,
    "500 nested objects": "return " + "{a:" * 500 + "1" + "}" * 500,
    "2000 parentheses": "return " + "(" * 2000 + "1" + ")" * 2000,
    "1000 chained calls": "return event" + ".a()" * 1000,
    "300 || in each other": "return " + "(" * 120 + "event.a" + " || 1).b" * 120,
    "100 && as a value": "return " + " && ".join(f"event.a{i}" for i in range(100)),
    "a number of 6000 digits": "return " + "9" * 6000,
    "a large count in a pattern": "return /a{99999999999}/.test(event.a)",
    "200 nested functions": "return " + "() => " * 200 + "1",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_deep_is_translated_or_marked(name: str, tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text(f"{HEAD}{DEEP[name]}\n}}\n")
    limit = sys.getrecursionlimit()
    try:
        made = draft(tmp_path)
    except Unreadable as error:
        assert str(error).startswith(f"{tmp_path.name}/index.js:")
        return
    finally:
        assert sys.getrecursionlimit() == limit
    for path, content in made.files.items():
        if path.endswith(".py"):
            compile(content, path, "exec")
    assert all(mark.line for mark in made.todos)


def python_of(body: str) -> str:
    piece = Snippet("0", module(body), [])
    translate(piece)
    assert piece.marks == []
    return piece.python


@pytest.mark.parametrize("sign", ["||", "&&", "??"])
def test_a_chain_is_written_once(sign: str) -> None:
    def length(terms: int) -> int:
        return len(python_of("return " + f" {sign} ".join(f"event.name{n:03d}" for n in range(terms))))

    step = length(11) - length(10)
    assert length(60) - length(10) == 50 * step
    calls = [
        len(python_of("return " + f" {sign} ".join(f"event.f{n:03d}()" for n in range(each)))) for each in (20, 40)
    ]
    assert calls[1] < 2.5 * calls[0]


@pytest.mark.once()
def test_many_statements_cost_what_they_cost(tmp_path: Path) -> None:
    """Counted in calls of Python's functions, which no other work on the machine changes."""

    def calls(statements: int) -> int:
        (tmp_path / "index.js").write_text(
            HEAD + "".join(f"const a{n} = event.b{n}\n" for n in range(statements)) + "}\n"
        )
        count = 0

        def see(frame: object, what: str, argument: object) -> None:
            nonlocal count
            count += what == "call"

        sys.setprofile(see)
        try:
            draft(tmp_path)
        finally:
            sys.setprofile(None)
        return count

    calls(10)  # what is read once
    one, two, four = calls(300), calls(600), calls(1200)
    assert four - two < 2.1 * (two - one)

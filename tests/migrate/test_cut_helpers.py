"""What is cut from ``js.py`` is never missed: with the values that a program may hold, it does what the whole does."""

from __future__ import annotations

import copy
import random
import types
from pathlib import Path
from typing import Any

import pytest

from cloudpy.errors import CloudSDKError, NotTranslated
from cloudpy.migrate import draft
from cloudpy.migrate.bundle import bundle, everything

# Helpers of values, and how many they take
TAKES = {
    "add": 2, "array": 1, "clone": 1, "concat": 2, "delete": 2, "either": 2, "entries": 1, "equal": 2, "flat": 1,
    "get": 2, "greater": 2, "has": 2, "has_own": 2, "includes": 2, "index_of": 2, "iterate": 1, "join": 1,
    "join_all": 2, "keys": 1, "keys_in": 1, "kind_of": 1, "length": 1, "less_equal": 2, "maybe": 2, "member": 2,
    "message": 1, "mul": 2, "number": 1, "object_is": 2, "parse_int": 1, "parse_json": 1, "plain": 1, "put": 3,
    "rest_of": 2, "round_half_up": 1, "same": 2, "slice_of": 2, "sort": 1, "split": 2, "spread": 1, "stack": 1,
    "starts_with": 2, "stringify": 1, "sub": 2, "substring": 2, "text": 1, "to_fixed": 1, "trim": 1, "truthy": 1,
    "typeof": 1, "upper": 1, "values": 1,
}  # fmt: skip
KEYS = ["a", "name", "message", "errCode", "code", "length", "0", "01", "-1", "中", 0, 1, 1.0, -1, 1.5, None, True]
TEXTS = [
    "",
    "a",
    "0",
    " 12 ",
    "-0",
    "1e3",
    "0x1f",
    "Infinity",
    "1.5.2",
    "a,b",
    "😀b",
    "\ud83d",
    '{"a": [1, 2.0]}',
    "NaN",
]
NUMBERS = [0, -0.0, 1, -7, 1.0, 0.5, 1e-7, 1e21, 2**53 + 1, float("nan"), float("inf"), True, False]
ERRORS = [ValueError("m"), KeyError("k"), Exception(), CloudSDKError(-1, "m"), NameError("n")]


def any_value(chance: random.Random, others: list[Any], depth: int = 2) -> Any:
    """A value of JSON, or with one of `others` in it."""
    way = chance.randrange(9 if depth else 6)
    if way == 0 and others:
        return chance.choice(others)
    if way < 6:
        return chance.choice([chance.choice(TEXTS), chance.choice(NUMBERS), None, [], {}])
    if way == 6:
        return [any_value(chance, others, depth - 1) for _ in range(chance.randrange(3))]
    names = chance.sample(["a", "name", "2", "1", "code", "length"], chance.randrange(4))
    return {name: any_value(chance, others, depth - 1) for name in names}


def loaded(code: str) -> types.ModuleType:
    module = types.ModuleType("js")
    exec(compile(code, "js.py", "exec"), module.__dict__)
    return module


def shown(value: Any) -> str:
    """A value as text: errors as what they hold, functions without their place."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {shown(item)}' for key, item in value.items())}}}"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}({value.args}, {shown(vars(value))})"
    if hasattr(value, "__next__"):
        return shown(list(value))
    return value.__name__ if callable(value) else repr(value)


def outcome(js: types.ModuleType, name: str, args: list[Any]) -> str:
    """What a helper gives or raises, and what it has made of what it was given."""
    given = [copy.deepcopy(each) for each in args]
    try:
        result = shown(getattr(js, name)(*given))
    except NotTranslated:
        return "not translated"
    except Exception as error:
        assert not isinstance(error, NameError), f"{name}: {error}"
        result = f"{type(error).__name__}: {error}"
    return f"{result} of {shown(given)}"


@pytest.mark.parametrize("seed", range(40))
def test_what_is_cut_does_what_the_whole_does(seed: int, whole: types.ModuleType) -> None:
    chance = random.Random(seed)
    names = set(chance.sample(sorted(TAKES), chance.choice([1, 2, 3, 8])))
    kinds = set(chance.sample(["error.any", "bytes.any", "stringify.2", "parse_json.2"], chance.randrange(4)))
    code = bundle(names | kinds | {"number.position"}, set())
    cut = loaded(code)
    foreign = [*ERRORS, b"bytes"]
    held = [*(ERRORS if "error.any" in kinds else []), *([b"bytes"] if "bytes.any" in kinds else [])]
    for _ in range(150):
        name = chance.choice(sorted(names))
        others = foreign if chance.random() < 0.3 else held
        args = [any_value(chance, others) for _ in range(TAKES[name])]
        if name in ("get", "has", "has_own", "delete", "maybe", "put"):
            args[1] = chance.choice(KEYS)
        elif name in ("member", "rest_of"):
            args[1] = chance.choice(["a", "code", "errCode"])
        one, other = outcome(whole, name, args), outcome(cut, name, args)
        is_loud = other == "not translated" and any(shown(each) in shown(args) for each in foreign)
        assert one == other or (is_loud and others is foreign), f"{name} of {args}\n{code}"


@pytest.mark.parametrize(
    "made",
    ["e.toString()", "e?.toString()", "String(e)", "`${e}`", "'' + e", "(e || 'x') + ''", "[e].join()", "text(e)"],
)
def test_an_error_that_becomes_a_text_has_its_branch(made: str, tmp_path: Path) -> None:
    body = f"try {{ return await event.a() }} catch (e) {{ return {{ ok: false, error: {made} }} }}"
    (tmp_path / "index.js").write_text(f"const text = v => v + ''\nexports.main = async (event) => {{ {body} }}")
    assert b"isinstance(value, Exception)" in draft(tmp_path).files["js.py"]


@pytest.mark.parametrize(
    ("call", "is_any"),
    [
        ("event.a.slice(-4)", False),
        ("event.a.substring(1, 3)", False),
        ("event.a.slice(event.n)", True),
        ("event.a.substring(0, event.n)", True),
        ("event.a.indexOf('b')", False),
        ("event.a.indexOf('b', event.n)", True),
        ("event.a.splice(event.n, 1)", True),
        ("event.a.toFixed(2)", False),
        ("event.a.toFixed(101)", True),
        ("event.a.toFixed(event.n)", True),
    ],
)
def test_a_position_is_made_a_number_unless_the_code_has_it(call: str, is_any: bool, tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text(f"exports.main = async (event) => {call}")
    made = draft(tmp_path)
    assert "js.py" in made.files, made.code["index.py"]
    assert (b" = number(" in made.files["js.py"]) == is_any, made.code["index.py"]


def test_a_draft_of_one_file_has_no_branch_for_modules(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text("exports.main = async (event) => event[event.key]")
    assert b'"module"' not in draft(tmp_path).files["js.py"]
    (tmp_path / "own.js").write_text("exports.a = 1")
    (tmp_path / "index.js").write_text("const own = require('./own')\nexports.main = async (event) => own[event.key]")
    assert b'"module"' in draft(tmp_path).files["js.py"]


@pytest.fixture(scope="module")
def whole() -> types.ModuleType:
    return loaded(everything())


def test_a_draft_without_helpers_has_no_js_py_whatever_its_keys_are(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text(
        "const cloud = require('wx-server-sdk'); cloud.init(); const db = cloud.database()\n"
        "exports.main = async (event) => {\n"
        "  await db.runTransaction(async t => { await t.collection('a').add({ data: { sort: 1, a: undefined } }) })\n"
        "  return { find: 'hex' }\n}\n",
        "utf-8",
    )
    made = draft(tmp_path)
    assert made.helpers - {"UNDEFINED"}, "what js.py would deal with is noted"
    assert "js.py" not in made.files
    assert "import js" not in made.code["index.py"]

"""Keys and items read and written in plain Python give what Node gives, or raise: for values of all JSON's kinds."""

from __future__ import annotations

import random
import shutil
from typing import Any

import pytest

from tests.migrate.both import InPython, Snippet, equal, in_node, module, translate
from tests.seeds import seed

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
KEYS = ["a", "b", "k", "n", "name", "_id", "0", "1", "message"]
# A copy of which the translator knows nothing
HEAD = "const any = structuredClone(event);"
# Written without a helper that reads or writes keys
PLAIN = [
    "return any.a",
    "return any.a.k",
    "return any.a.k.n",
    "return [any._id, any.name, any.message]",
    "const { k, n } = any; return [k, n]",
    "any.a.k = 1; return any",
    "any.a.k = any.b; any.n = any.a.n; return any",
    "any.a.name = 'x'; return any.a.name",
    "any.a = { k: any.b }; any.a.n = 2; return any",
    "if (any.a) { any.a.n = any.a.n || 3 } return any",
    "return (any.a || {}).k",
    "return [any].map(each => each.a)",
    "const T = { a: 1, b: null, k: { n: 2 } }; return [T[String(any.n)], T[`${event.b}`]]",
    "const T = { a: { n: 1 }, b: null }; return T[String(event.b)].n",
    "const key = String(event.b); return event.a[key]",
    "const key = String(event.b); return [any.a[key], any[key]]",
    "const seen = {}; for (const key of ['a', String(any.b)]) { seen[key] = (seen[key] || 0) + 1 } return seen",
    "const key = `k${event.n}`; any.a[key] = any.b; event[key] = 1; return [any, event[key]]",
    "const r = []; for (const key in event.a) { r.push(event[key]) } return r",
    "const out = []; for (var i = 0; i < event.a.length; i++) { out.push(event.a[i].k) } return out",
    "const out = []; let i; for (i = 0; i < event.a.length; i++) { event.a[i].z = i } return event.a",
    "const out = []; for (let i = 0; i < any.a.length; i++) { out.push(any.a[i].k) } return out",
    "return any.a[0].k",
    "const l = 'abc,d'.split(event.b || 'b'); let r = ''; for (var i = 0; i < l.length; i++) { r = l[i] } return r",
    "const l = [any.a, any.b, 3]; const r = []; let i = 0; while (i < 3) { const v = l[i]; r.push(v); i++ } return r",
]
_HELPERS = ("js.get(", "js.member(", "js.put(")


def value(chance: random.Random, depth: int = 3) -> Any:
    """Return a random value of any kind that JSON has, mostly objects and lists."""
    kind = chance.randrange(9 if depth else 4)
    if kind == 0:
        return chance.choice(["", "a", "b", "0", "k", "é😀z", "😀"])
    if kind == 1:
        return chance.choice([None, True, False])
    if kind == 2:
        return chance.choice([0, 1, -1, 1.5, 3])
    if kind == 3:
        return chance.choice([[], {}, ""])
    if kind < 6:
        return [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {key: value(chance, depth - 1) for key in chance.sample(KEYS, chance.randrange(6))}


def events(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [{}, {"a": {}}, *({"a": value(chance), "b": value(chance), "n": value(chance, 0)} for _ in range(150))]


def outcomes(codes: list[str], seed: int) -> list[tuple[Snippet, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each piece on each event: what Node gives, and Python."""
    pieces = [Snippet(code, module(f"{HEAD} {code}"), events(seed)) for code in codes]
    node = in_node(pieces)
    for piece in pieces:
        translate(piece)
    with InPython() as python:
        return [
            (piece, event, one, other)
            for piece in pieces
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True)
        ]


def differs(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether Python went on with something else than Node."""
    return "value" in other and not ("value" in one and equal(one["value"], other["value"]))


def is_plain(code: str) -> bool:
    """Whether it uses no helper for keys and items."""
    return not any(each in code for each in _HELPERS)


@pytest.mark.parametrize("code", PLAIN)
def test_keys_and_items_need_no_helper(code: str) -> None:
    piece = Snippet(code, module(f"{HEAD} {code}"), [])
    translate(piece)
    assert piece.marks == []
    assert is_plain(piece.python), piece.python


def test_keys_and_items_give_what_node_gives_or_raise() -> None:
    number = seed()
    told = [
        f"{number} {piece.id} {event}\nNode {one}\nPython {other}\n{piece.python}"
        for piece, event, one, other in outcomes(PLAIN, number)
        if differs(one, other)
    ]
    assert told == [], "\n".join(told[:3])


def test_objects_read_and_written_are_no_errors() -> None:
    codes = [each for each in PLAIN if ".length" not in each]  # an object has no length in JavaScript
    given = [{"a": {"k": {"n": 1}, "n": 2}, "b": "k", "n": 0, "_id": "x"}]
    pieces = [Snippet(code, module(f"{HEAD} {code}"), given) for code in codes]
    node = in_node(pieces)
    with InPython() as python:
        for piece in pieces:
            translate(piece)
            found = zip(node[piece.id], python.outcomes(piece), strict=True)
            told = [other for one, other in found if "value" in one and "value" not in other]
            assert told == [], piece.python


@pytest.mark.parametrize("code", ["return any.a.k", "any.a.k = 1; return any", "return any.a"])
def test_where_errors_are_hidden_helpers_read_and_write(code: str) -> None:
    hidden = f"try {{ {code} }} catch (e) {{ return 'none' }}"
    piece = Snippet(code, module(f"{HEAD} {hidden}"), [])
    translate(piece)
    assert not is_plain(piece.python)
    told = [each[:1] + each[2:] for each in outcomes([hidden], 1) if differs(each[2], each[3])]
    assert told == []


def test_errors_keep_their_own_properties() -> None:
    code = "const f = (err, res) => err ? err.code : res; return f(Object.assign(new Error('x'), { code: 5 }), 1)"
    piece = Snippet("errors", f"exports.main = async event => {{ {code} }}", [{}])
    translate(piece)
    with InPython() as python:
        assert [each["value"] for each in python.outcomes(piece)] == [5]


def test_inherited_names_are_keys_like_any_other() -> None:
    code = "const T = { a: 1 }; return T[String(event.b)] || 'none'"
    piece = Snippet("inherited", module(code), [{"b": "constructor"}, {"b": "toString"}, {"b": "a"}])
    translate(piece)
    with InPython() as python:
        assert [each["value"] for each in python.outcomes(piece)] == ["none", "none", 1]

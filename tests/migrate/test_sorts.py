"""Sorts by a key give the order that Node gives, or raise: for keys of all kinds that JSON has."""

from __future__ import annotations

import json
import random
import shutil
from typing import Any

import pytest

from tests.migrate.both import InPython, Snippet, equal, in_node, module, translate

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
# Written without a helper
PLAIN = [
    "event.rows.sort((a, b) => b.n - a.n); return event.rows",
    "event.rows.sort((a, b) => a.n - b.n); return event.rows",
    "return event.rows.sort((x, y) => (y.n || 0) - (x.n || 0))",
    "const rows = event.rows.sort((a, b) => { return a.n - b.n }); return [rows, event.rows]",
    "return event.rows.filter(r => r.n).sort((a, b) => b.n - a.n).slice(0, 3)",
    "return event.rows.map(r => ({ n: Number(r.n), m: r.m })).sort((a, b) => a.n - b.n)",
    "return event.rows.map((r, i) => ({ i, size: i % 3 })).sort((a, b) => b.size - a.size)",
    "const rows = event.rows.sort((a, b) => a.price - b.price); return rows",
    "event.rows.sort((a, b) => b.price - a.price); return event.rows",
    "return [3, 1, 2].sort((a, b) => a - b)",
]
# Kept: there is no key, a date may be there, a list that something else has is sorted in the middle
KEPT = [
    "event.rows.sort((a, b) => a.n - a.m); return event.rows",
    "event.rows.sort((a, b) => a.n < b.n ? 1 : -1); return event.rows",
    "event.rows.sort((a, b) => b.createTime - a.createTime); return event.rows",
    "return [event.rows, event.rows.sort((a, b) => b.n - a.n)]",
    "event.rows.sort((a, b) => f(b.n) - f(a.n)); function f (n) { return n }; return event.rows",
    "return event.a.b.sort((a, b) => b - a)",
]
VALUES = [0, 1, -1, 2, 2.5, 10, 9, 1e21, "10", "9", "9.5", "", "x", None, True, False, [], [3], {}, ...]


def _rows(chance: random.Random) -> Any:
    if chance.randrange(12) == 0:
        return chance.choice([None, "text", {"a": 1}, 3, []])
    kinds = chance.sample(VALUES, 3) if chance.randrange(2) else [1, 2, 10, 0.5, 9, ...]
    made = [{"n": chance.choice(kinds), "price": chance.choice(kinds), "m": at} for at in range(chance.randrange(7))]
    return [{key: value for key, value in each.items() if value is not ...} for each in made]


def _is_the_same(one: Any, other: Any, event: dict[str, Any]) -> bool:
    """Whether both are equal; in any order where a key is missing or no number, of which no order is defined."""
    if equal(one, other):
        return True
    rows = event["rows"] if isinstance(event.get("rows"), list) else []
    keys = [row.get(key) for row in rows if isinstance(row, dict) for key in ("n", "price")]
    has_order = all(isinstance(key, int | float) and not isinstance(key, bool) for key in keys)
    return not has_order and _items(one) == _items(other)


def _items(value: Any) -> list[str]:
    """What is in it, in no order."""
    return sorted(json.dumps(json.loads(json.dumps(value), parse_int=float), sort_keys=True))


def _different(codes: list[str], seed: int) -> list[str]:
    chance = random.Random(seed)
    events = [{}, *({"rows": _rows(chance)} for _ in range(150))]
    pieces = [Snippet(f"{at}", module(code), events) for at, code in enumerate(codes)]
    for piece in pieces:
        translate(piece)
        assert piece.marks == []
    node = in_node(pieces)
    with InPython() as python:
        return [
            f"{event}: Node {one}, Python {other}\n{piece.source}\n{piece.python}"
            for piece in pieces
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True)
            if "value" in other and not ("value" in one and _is_the_same(one["value"], other["value"], event))
        ]


@pytest.mark.parametrize("seed", [1, 2])
def test_sorts_by_a_key_are_equal_or_raise(seed: int) -> None:
    different = _different(PLAIN, seed)
    assert different == [], "\n".join(different[:3])


def test_sorts_by_a_key_need_no_helper() -> None:
    for code in PLAIN:
        piece = Snippet("1", module(code), [])
        translate(piece)
        assert "js.sort" not in piece.python, piece.python


def test_what_has_no_key_keeps_its_function() -> None:
    for code in KEPT:
        piece = Snippet("1", module(code), [])
        translate(piece)
        assert "js.sort" in piece.python, piece.python
    different = _different(KEPT, 3)
    assert different == [], "\n".join(different[:3])
    caught = [f"try {{ {code} }} catch (e) {{ return 'caught' }}" for code in PLAIN]
    different = _different(caught, 4)
    assert different == [], "\n".join(different[:3])

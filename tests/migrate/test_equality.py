"""``===`` and ``==`` in Python's signs give what Node gives, but for what docs/en/translating.md lists."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.migrate.both import VALUES, InPython, Snippet, equal, in_node, module, translate
from tests.seeds import seed

FORMS = [
    "return [event.a === 0, event.a !== 1, 1 === event.a, event.a === -1]",
    "return [event.a == 0, event.a != 1, 10 == event.a, event.a == -1]",
    "return [event.a == '', event.a != '', event.a == 'b', event.a != 'abc']",
    "return [event.a == '0', event.a != '10', event.a == '-1']",
    "switch (event.a) { case 0: return 'none'; case 1: case 3: return 1; case 'b': return 'b'; default: return 0 }",
    "const x = event.a; if (x == 1) return 'one'; else if (x == 0) return 'none'; return x == ''",
    "const row = { n: event.a }; return [row.n === 1, row.n == 1, !(row.n === 0), !(row.n == '1')]",
    "return [event.id === event.b, event.user.openId !== event.b, (event.name || '') === (event.b || '')]",
    "return [typeof event.a === 'number', typeof event.a !== 'number', typeof event.a != 'string']",
    "const { a } = event; return [a && typeof a === 'object' ? 1 : 2, !a || typeof a !== 'object']",
    "const a = event.a || null; return [typeof a === 'object', typeof a !== 'object']",
    "const a = event.a || []; return [typeof a.length === 'number', typeof a === 'number' && a > 1]",
    "const a = event.a || new Date(0); return { day: typeof a === 'object' && a.getTime ? 'date' : 'none' }",
    "return (event.list || []).filter(each => each.id === event.id).length",
]


def _events(chance: random.Random) -> list[dict[str, Any]]:
    values = [*VALUES, 7, "7", 0.5, -1, "-1", "1", "Ä"]
    events: list[dict[str, Any]] = [{}, *({"a": value} for value in values)]
    names = [each for each in values if not isinstance(each, (bool, list, dict))]  # of what a name says is a string
    for _ in range(60):
        one, other = chance.choice(names), chance.choice(values)
        if isinstance(other, bool) and one == other:
            other = one  # that Python takes them for equal is listed
        both = {"id": one, "name": one, "user": {"openId": one}, "b": chance.choice([one, other])}
        events.append({**both, "list": [{"id": chance.choice([one, each])} for each in chance.sample(names, 4)]})
    return events


def test_they_give_what_node_gives() -> None:
    number = seed()
    events = _events(random.Random(number))
    pieces = [Snippet(code, module(code), events) for code in FORMS]
    node = in_node(pieces)
    with InPython() as python:
        for piece in pieces:
            translate(piece)
            assert piece.marks == []
            assert "js.same(" not in piece.python
            assert "js.equal(" not in piece.python
            assert "js.typeof(" not in piece.python
            assert "js.is_number(" not in piece.python
            for event, one, other in zip(events, node[piece.id], python.outcomes(piece), strict=True):
                if "stricter" not in other and ("value" in one or "value" in other):
                    assert ("value" in one) == ("value" in other), (number, piece.id, event, one, other)
                    assert equal(one["value"], other["value"]), (number, piece.id, event, one, other)


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("return event.a == 7", {"a": " 7 "}),
        ("return event.a == 7", {"a": "07"}),
        ("return event.a == 7", {"a": [7]}),
        ("return event.a == 'b'", {"a": ["b"]}),
        ("return event.status == 0", {"status": []}),
        ("return event.id === event.b", {"id": 1, "b": True}),
    ],
)
def test_what_python_takes_for_another_value_is_listed(code: str, event: dict[str, Any]) -> None:
    piece = Snippet("one", module(code), [event])
    node = in_node([piece])["one"]
    translate(piece)
    with InPython() as python:
        assert python.outcomes(piece)[0]["value"] is not node[0]["value"]


def test_what_nothing_says_is_a_string_is_compared_by_a_helper() -> None:
    for code in ["return event.a === event.b", "return event.a == event.b", "return event.a == '1.50'"]:
        piece = Snippet("one", module(code), [])
        translate(piece)
        assert "js.same(" in piece.python or "js.equal(" in piece.python

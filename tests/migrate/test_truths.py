"""Conditions on values of all kinds are those of Node: plain where no list or dict of the program may be empty."""

from __future__ import annotations

import pytest

from tests.migrate.both import VALUES, InPython, Snippet, equal, in_node, module, translate

OF = "const of = x => (x ? 1 : 2); exports.main = async (event) => "
# Pairs of a program, and whether it is written without a helper
FORMS = [
    (f"{OF}[of(event.a), event.a || 'none', !event.a, event.a && 1]", True),
    (f"{OF}[of(JSON.parse(JSON.stringify([event.a]))[0]), of(null)]", True),
    (f"{OF}[of((event.list || [event.a]).find(x => x === event.a)), of('')]", True),
    (f"{OF}[of(event.a), of(Number(event.a)), Number(event.a) || 3]", False),
    (f"{OF}[of({{ k: event.a }}), of({{ k: event.a }}.k), of([1])]", True),
    ("const o = { k: 1 }; o.m = event.a; const x = event.b ? o : event.a; return x ? 1 : 2", True),
    (f"{OF}[of(event.a), of([])]", False),
    (f"{OF}[of(event.a), of(event.b || NaN)]", False),
    (f"{OF}[of(event.a), of({{ ...event.a }})]", False),
    (f"{OF}[of(event.a), of(Object.keys(event))]", False),
    (f"{OF}[of(event.a), of('a,b'.split('').filter(x => x === event.a))]", False),
    (f"{OF}{{ const l = [1]; l.pop(); return [of(event.a), of(l)] }}", False),
    (f"{OF}{{ const o = {{ k: 1 }}; delete o.k; return [of(event.a), of(o)] }}", False),
    (f"{OF}{{ const o = {{}}; o.list = event.a ? [] : 1; return [of(event.a), of(o.list)] }}", False),
    (f"{OF}{{ try {{ throw new Error('own') }} catch (e) {{ return [of(e.list), of(event.a)] }} }}", False),
    ("const l = event.b ? [] : [event.a]; return [l && l.length > 0 ? 1 : 2, !l || l.length === 0 ? 3 : 4]", True),
    ("const put = (o, k) => { o[k] = [] }; put(event, 'a'); return [event.a ? 1 : 2, event.b || 3]", False),
]


@pytest.mark.filterwarnings("ignore")
def test_they_give_what_node_gives() -> None:
    events = [{}, *({"a": value} for value in VALUES), {"a": [], "b": 1}, {"a": {}, "b": 0}]
    pieces = [Snippet(code, code if "exports." in code else module(code), events) for code, _ in FORMS]
    node = in_node(pieces)
    with InPython() as python:
        for piece, (code, is_plain) in zip(pieces, FORMS, strict=True):
            translate(piece)
            assert piece.marks == []
            assert ("js.truthy(" not in piece.python and "js.either(" not in piece.python) == is_plain, piece.python
            for event, one, other in zip(events, node[piece.id], python.outcomes(piece), strict=True):
                if other.keys().isdisjoint({"stricter", "refused"}):
                    assert ("value" in one) == ("value" in other), (code, event, one, other)
                    assert "value" not in one or equal(one["value"], other["value"]), (code, event, one, other)

"""Python's own signs give what JavaScript's do, or raise: forms of arithmetic and comparison on values of all kinds."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from tests.migrate.both import VALUES, InPython, Snippet, equal, in_node, module, translate
from tests.seeds import seed

_HELPERS = re.compile(
    r"js\.(?:sub|mul|add|div|rem|neg|less|less_equal|greater|greater_equal|floor|ceil|trunc|round_half_up|largest|smallest)\("
)
PLAIN = [
    "return event.a - event.b",
    "return (event.a - 1) * (event.b - 1)",
    "return event.a + 1",
    "return { sum: event.a + event.b }",
    "let sum = 0; sum = (event.a || 0) + event.b; return { sum }",
    "return Math.abs(Date.now() - event.a) > 5",
    "const { a } = event; return Math.abs(a - event.b)",
    "return 2 + event.b",
    "let total = 0; total += event.a; total -= event.b; return total",
    "return [event.a, event.b].reduce((sum, x) => sum + x, 0)",
    "return event.a * 0.85",
    "return event.a * event.b - 1",
    "return -event.a",
    "return Math.round(event.a * 100)",
    "return (event.a * 100).toFixed(2)",
    "return Math.floor(event.a / 7)",
    "return Math.ceil((event.a + event.b) / 3)",
    "return Math.trunc(event.a)",
    "return event.a % 3 === 0",
    "return event.a < 3",
    "return event.a >= 1.5",
    "return 0 > event.b",
    "return event.a <= 'b'",
    "return event.a + event.b > 3",
    "return event.a * event.b <= 3",
    "return (event.a - event.b) / 2 > event.b - 1",
    "const area = event.a * event.b; return area > 3 ? area - 1 : 0",
    "const size = event.b || 20; return Math.ceil((event.a - 1) / size)",
    "return event.b > 0 ? (event.a / event.b).toFixed(1) : ''",
    "const x = event.a || 1; return { most: Math.max(x - 1, 0), least: Math.min(5, Math.round(x)) }",
    "let t = 3; t -= event.a || 0; t++; return Math.max(0, Math.min(100, t))",
    "return Math.max(0, (event.a || 0) + (event.b || 0))",
    "const { a: score, b } = event; const best = { score: b }; return [score < best.score, best.score >= score]",
    "const scoreA = event.a, b = event.b; return { is: scoreA > b, min: b <= scoreA }",
    "return { half: event.a / 4, sum: event.a / 4 + event.b / 2, text: `${event.a / 2}` + event.b / 3 }",
    "const n = event.b || 0; if (n === 0) return 0; return [event.a / n, Math.round(event.a / n * 100) / 100]",
    "const n = event.b; if (!n || n < 1) return 0; return (event.a || 0) / n",
    "const n = event.b; return n === 0 || !n ? 0 : Math.min(7, (event.a || 2) / n)",
    "return (event.a - 1) / Math.max(1, (event.b || 0) + 1)",
    "event.a++; return event.a",
    "event.a -= event.b; return event",
    "event.a += 1; return event",
]
CAREFUL = [
    "return event.a * event.b",
    "return event.a * 100",
    "return event.a < event.b",
    "return Math.min(event.a || 1, event.b || 2)",
    "return [Math.max(3, event.a || 1), Math.max(0, (event.a || 1) * 2)]",
    "return Math.round(7 / event.a)",
    "try { return Math.max(0, (event.a || 0) - 1) } catch (e) { return 'no number' }",
    "return 100 / event.b",
    "return event.a % 3",
    "return 1 / -event.a",
    "let h = 7; for (let i = 0; i < 30; i++) h = h * 31 + i; return h % 1000",
    "let a = 0, b = 1; for (let i = 0; i < 90; i++) { [a, b] = [b, a + b] } return a",
    "try { return event.a + event.b } catch (e) { return 'no sum' }",
    "try { return event.a - 1 } catch (e) { return 'no number' }",
    "try { return [event.a > 1, -event.a, Math.floor(event.a)] } catch (e) { return 'no number' }",
]


def _events(chance: random.Random) -> list[dict[str, Any]]:
    # a string that is repeated two thousand million times before it raises would fill the memory
    values = [value for value in VALUES if value != 2147483648]
    values += [65537, 0.1, 1e15 + 0.5, -2.5, chance.randrange(-(10**6), 10**6), chance.uniform(-1e3, 1e3)]
    ones: list[dict[str, Any]] = [{}, *({"a": value} for value in values)]
    return [{**one, **other} for one in ones for other in [{}, *({"b": value} for value in chance.sample(values, 12))]]


@pytest.mark.once(sample=1)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("forms", [PLAIN, CAREFUL], ids=["plain", "careful"])
def test_they_give_what_node_gives_or_raise(forms: list[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR")  # NaN is sent as null, which is logged
    number = seed()
    events = _events(random.Random(number))
    pieces = [Snippet(code, module(code), events) for code in forms]
    node = in_node(pieces)
    with InPython() as python:
        for piece in pieces:
            translate(piece)
            assert piece.marks == []
            assert bool(_HELPERS.search(piece.python)) == (forms is CAREFUL), piece.python
            outcomes = python.outcomes(piece)
            for event, one, other in zip(events, node[piece.id], outcomes, strict=True):
                if "refused" in other:  # by a helper
                    assert "as a number is not translated" in other["refused"]
                    continue
                if "stricter" in other:
                    assert not (forms is CAREFUL or "value" not in one), (piece.id, event, other)
                    is_needed = any(not isinstance(each, (int, float)) for each in event.values()) or "'b'" in piece.id
                    assert is_needed, (piece.id, event, other)
                    continue
                if isinstance(event.get("a"), list) and isinstance(event.get("b"), list) and "+ event.b" in piece.id:
                    continue  # Python joins two lists; of JavaScript's text of both, nobody has use
                assert ("value" in one) == ("value" in other), (number, piece.id, event, one, other)
                assert "value" not in one or equal(one["value"], other["value"]), (number, piece.id, event, one, other)
            assert any("value" in each for each in outcomes), piece.id

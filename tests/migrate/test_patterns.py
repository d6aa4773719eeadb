"""Regular expressions that are made while the program runs: what Node finds, or an error that says it is not done."""

from __future__ import annotations

import random
import shutil
from typing import Any

import pytest

from tests.migrate.both import InPython, Snippet, in_node, module, same, translate

PARTS = ["a", "b", "ab", "1", " ", "中", "é", "😀", "-", ".", "*", "+", "?", "|", "(", "(?:", ")", "^", "$", "\\d"]
PARTS += ["\\w", "\\W", "\\b", "\\.", "\\(", "\\\\", "[", "]", "{", "2", "A", "\n"]
USES = """const one = new RegExp(event.a); const all = new RegExp(event.a, 'g'); const any = new RegExp(event.a, 'i')
return event.texts.map(t => [one.test(t), any.test(t), t.search(one), t.match(all), t.match(one), t.split(one),
t.replace(one, '<$&$1>'), t.replace(all, '-')])"""


def random_event(chance: random.Random) -> dict[str, Any]:
    source = "".join(chance.choice(PARTS) for _ in range(chance.randrange(1, 6)))
    texts = ["".join(chance.choice("abA1 中é😀-.\n(") for _ in range(chance.randrange(8))) for _ in range(4)]
    return {"a": source, "texts": texts}


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_patterns_of_random_texts_are_equal_or_refused() -> None:
    chance = random.Random(3)
    piece = Snippet("patterns", module(USES), [random_event(chance) for _ in range(400)])
    translate(piece)
    assert piece.marks == []
    node = in_node([piece])[piece.id]
    refused = 0
    with InPython() as python:
        for event, one, other in zip(piece.events, node, python.outcomes(piece), strict=True):
            refused += "refused" in other and "value" in one
            assert "refused" in other or same(one, other), (event, one, other)
    assert refused < 0.2 * len(piece.events), "most of what Node can read is translated"

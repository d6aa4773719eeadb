"""Random whole functions do in Python what they do in Node, or reach a mark."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.migrate.both import InPython, Snippet, equal, in_node, translate
from tests.migrate.programs import EVENTS, SAID, program
from tests.seeds import seed

# What console.log writes in Python's form: docs/en/translating.md says so
_WORDS = re.compile("undefined|true|false|null|-?Infinity|NaN|UNDEFINED|True|False|None|-?inf|nan")
# A mark was reached, or brackets of what is no object raised, or their traceback is in the log: see `both.same`
_LOUD = {"refused", "stricter", "logged"}
_OF_UNDEFINED = "Cannot read properties of undefined"
# The first lines of a program that has nothing of its own at the top
_STATELESS = f"{SAID}\nexports."


@pytest.fixture(autouse=True)
def _shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def alike(node: dict[str, Any], python: dict[str, Any]) -> bool:
    """Whether two outcomes are one: what is printed, the result, or the name of the error; its message if it is own."""
    if not python.keys().isdisjoint(_LOUD):
        return True
    if "value" in node and "value" not in python and python["thrown"][1].startswith(_OF_UNDEFINED):
        return (
            True  # len of an object has counted its keys, and the items were read: it raises, where Node has no length
        )
    if ("value" in node) != ("value" in python):
        return False
    if "value" not in node and node["thrown"][0] == "ReferenceError":
        return True  # a name before its declaration is an error of another kind in Python
    if python.get("kind") == "RecursionError" and "circular structure" in str(node.get("thrown")):
        return True  # a result that contains itself
    printed = "".join(f"{line}\n" for line in node["printed"])
    if _WORDS.sub("?", printed) != _WORDS.sub("?", python["printed"]):
        return False
    if "value" in node:
        return equal(node["value"], python["value"])
    is_own = not node["thrown"][0] or any(each["thrown"][1].startswith("own:") for each in (node, python))
    return bool(node["thrown"] == python["thrown"] if is_own else node["thrown"][0] == python["thrown"][0])


@pytest.mark.once()
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # where what is awaited first fails, in Node too
def test_random_programs_are_equal_or_marked() -> None:
    number, count = seed(), 220
    pieces = [Snippet(f"{number}:{at}", program(random.Random(f"{number}:{at}")), EVENTS) for at in range(count)]
    node = in_node(pieces, may_break=True)
    told, refused = [], 0
    with InPython() as python:
        for piece in pieces:
            if piece.id not in node:
                continue  # no JavaScript
            translate(piece)
            if piece.caveats:
                continue  # the same only under a condition
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True):
                refused += "refused" in other
                if not other.keys().isdisjoint(_LOUD) and not piece.source.startswith(_STATELESS):
                    break  # what the file counts was not counted on, so that later events differ
                if not alike(one, other):
                    told.append(f"{piece.id} {event}\nNode {one}\nPython {other}\n{piece.source}\n{piece.python}")
    assert told == [], "\n".join(told[:3])
    assert len(node) > 0.9 * count
    assert refused < 0.4 * count * len(EVENTS)

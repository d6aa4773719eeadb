"""What the inference says of the kinds of values holds when Node runs the program."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudpy.migrate.inference import Types
from cloudpy.migrate.module import Module
from cloudpy.migrate.syntax import SyntaxProblem
from tests.migrate.both import HERE, Snippet, in_node, snippets
from tests.migrate.kinds import wrong
from tests.migrate.programs import EVENTS, program
from tests.seeds import seed


def _read(pieces: list[Snippet]) -> Iterator[tuple[Snippet, Types]]:
    known = in_node([Snippet(each.id, each.source, []) for each in pieces], may_break=True)
    for each in pieces:
        try:
            types = Types(Module("index.js", each.source))
        except SyntaxProblem:
            continue
        if each.id in known:
            yield each, types


@pytest.mark.once()
def test_the_values_of_random_programs_have_the_kinds_that_are_inferred() -> None:
    number = seed()
    pieces = [Snippet(f"{number}:{at}", program(random.Random(f"{number}:{at}")), EVENTS) for at in range(50)]
    told, checked = wrong(_read(pieces))
    assert told == []
    assert checked > 100 * len(pieces)


@pytest.mark.once()
@pytest.mark.parametrize("path", sorted((HERE / "snippets").glob("*.txt")), ids=lambda path: path.name)
def test_the_values_of_snippets_have_the_kinds_that_are_inferred(path: Path) -> None:
    told, _ = wrong(_read([Snippet(each.id, each.source, each.events[::5]) for each in snippets(path)]))
    assert told == []

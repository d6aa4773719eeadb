from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .faces import FACES, Face


@pytest.fixture(params=FACES, ids=lambda kind: kind.name)
def make_face(request: pytest.FixtureRequest) -> Iterator[Callable[..., Face]]:
    """Makes transports, with options, of one face and then of the other."""
    made: list[Face] = []

    def make(**options: Any) -> Face:
        made.append(request.param(**options))
        return made[-1]

    yield make
    for face in made:
        face.close()


@pytest.fixture
def face(make_face: Callable[..., Face]) -> Face:
    return make_face()

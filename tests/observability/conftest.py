from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.observability.gateway import Caller, calling


@pytest.fixture(params=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    """Calls of one face, then of the other."""
    with calling(request.param) as made:
        yield made

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peer.bench import Bench


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """Fails, never skips, when Node or the package is missing: a fidelity test that did not run shows nothing."""
    bench = Bench()
    yield bench
    bench.stop()

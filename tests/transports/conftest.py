from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .clients import CLIENTS, Client


@pytest.fixture(params=CLIENTS, ids=lambda kind: kind.name)
def make_client(request: pytest.FixtureRequest) -> Iterator[Callable[..., Client]]:
    """Return a function that creates a client of each kind, with options."""
    clients: list[Client] = []

    def make(**options: Any) -> Client:
        clients.append(request.param(**options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()

from __future__ import annotations

import pytest

from cloudpy.local import Backend, EmptyCatalog, User

from .wire_client import Client, Clock

STEPS = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backend(clock: Clock) -> Backend:
    backend = Backend(env="test-env", appid="wxapp", clock=clock, catalog=EmptyCatalog())
    backend.users.add(User("o-alice", unionid="u-alice"))
    backend.users.add("o-bob")
    backend.allow(["cloudbase.getOpenData", "wxacode.get", "security.msgSecCheck", "a.b.c"])
    backend.open_data.add("xxx", STEPS, openid="o-alice")
    return backend


@pytest.fixture
def client(backend: Backend) -> Client:
    return Client(backend)

"""Every API of the contracts, through the Node package and both faces, answered by the local WeChat: all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cloudpy import contracts
from cloudpy.local import Backend, GatewayServer
from tests.peer.bench import Bench

Called = tuple[Bench, dict[str, Any], GatewayServer]


@pytest.fixture(scope="module")
def called(bench: Bench) -> Iterator[Called]:
    backend = Backend()
    backend.allow("all")
    with GatewayServer(backend) as server, bench.variables({**server.environment()}):
        yield bench, bench.instances({"env": backend.env}), server


# In Node the last name of this one is a method of every function, and calls the name before it: see differences.py.
OF_THE_LANGUAGE = {"officialAccount.mpStore.apply"}


@pytest.mark.once(sample=30)
@pytest.mark.parametrize("api", sorted({*contracts.names()} - OF_THE_LANGUAGE))
def test_every_api(called: Called, api: str) -> None:
    bench, instances, server = called
    contract = contracts.get(api)
    assert contract is not None
    theirs, *ours = [
        face.call(instances[face.name], api, (dict(contract.example_params or {}),), None) for face in bench.faces
    ]
    for our in ours:
        assert theirs.agrees(our), f"node {theirs}, ours {our}"
    assert not theirs.failed, f"the local WeChat did not answer: {theirs}"
    assert [call.problems for call in server.backend.calls.of(api)[-3:]] == [()] * 3
    if contract.known and isinstance(ours[0].result, dict):
        assert [] == contracts.check_reply(api, ours[0].result)


@pytest.mark.parametrize("api", ["auth.code2Session", "no.such.api", "tcb.databaseQuery", "wxacode.getUnlimitd"])
def test_what_is_not_for_cloud_call_is_refused(called: Called, api: str) -> None:
    bench, instances, _ = called
    theirs, *ours = [face.call(instances[face.name], api, ({},), None) for face in bench.faces]
    for our in ours:
        assert theirs.agrees(our), f"node {theirs}, ours {our}"
    assert -604100 == theirs.errCode

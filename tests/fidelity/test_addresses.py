"""Where calls go when nothing leads them to a gateway of one's own: the addresses of Tencent's.

Node is given the recorder as its proxy, so that it says where it wants to go; our faces get a transport that only
listens. Nothing leaves the machine.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from cloudpy import _transports
from tests.peer.answers import wechat
from tests.peer.bench import CREDENTIALS, ENV, Bench
from tests.peer.recorder import Answer
from tests.peer.tagging import CURRENT_ENV

OWN = {"env": ENV, **CREDENTIALS}
SCF = {"TENCENTCLOUD": "", "TENCENTCLOUD_RUNENV": "SCF"}
OUTSIDE = {"TENCENTCLOUD": ""}
SHANGHAI = {"TENCENTCLOUD_REGION": "ap-shanghai"}
PLACES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "outside": (OUTSIDE, OWN),
    "outside, in a region": (OUTSIDE, {**OWN, "region": "ap-guangzhou"}),
    "outside, in a region of the variables": ({**OUTSIDE, **SHANGHAI}, OWN),
    "outside, in another region": ({**OUTSIDE, **SHANGHAI}, {**OWN, "region": "ap-guangzhou"}),
    "inside": ({}, OWN),
    "inside, in a region": (SHANGHAI, OWN),
    "inside, in the same region": (SHANGHAI, {**OWN, "region": "ap-shanghai"}),
    "inside, to another region": (SHANGHAI, {**OWN, "region": "ap-guangzhou"}),
    "inside, to a region from none": ({}, {**OWN, "region": "ap-guangzhou"}),
    "in a function": ({**SCF, **SHANGHAI, "SCF_NAMESPACE": "ns"}, OWN),
    "in a function without a region": ({**SCF, "SCF_NAMESPACE": "ns"}, OWN),
    "in a function, its own env": ({**SCF, **SHANGHAI, "SCF_NAMESPACE": "ns"}, {**OWN, "env": CURRENT_ENV}),
    "in a function, no env": ({**SCF, **SHANGHAI, "SCF_NAMESPACE": "ns"}, CREDENTIALS),
    "in Cloud Run": ({**OUTSIDE, **SHANGHAI, "CBR_ENV_ID": "c"}, OWN),
    "in Sumeru": ({**OUTSIDE, "SUMERU_ENV": "formal"}, OWN),
    "outside, no env": (OUTSIDE, CREDENTIALS),
    "outside, the longest env": (OUTSIDE, {**OWN, "env": "e" * 40}),
    "outside, an env too long": (OUTSIDE, {**OWN, "env": "e" * 41}),
    "outside, an env of all letters": (OUTSIDE, {**OWN, "env": "a-z_0-9"}),
    "outside, an env in capitals": (OUTSIDE, {**OWN, "env": "Env"}),
    "outside, an env with a dot": (OUTSIDE, {**OWN, "env": "a.b"}),
    "outside, an env with a space": (OUTSIDE, {**OWN, "env": "a b"}),
    "a context without a URL": ({**OUTSIDE, "TCB_CONTEXT_CNFG": "{}"}, OWN),
    "a broken context": ({**OUTSIDE, "TCB_CONTEXT_CNFG": "{"}, OWN),
}


class Listener:
    """A transport that notes the address and answers without a network."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def send(self, request: _transports.Request, timeout: float) -> _transports.Response:
        self.urls.append(request.url)
        return _transports.Response(200, "OK", {"content-type": "application/octet-stream"}, wechat().body)


class AsyncListener(Listener):
    async def send(self, request: _transports.Request, timeout: float) -> _transports.Response:  # type: ignore[override]
        return super().send(request, timeout)


@pytest.mark.parametrize("name", PLACES)
def test_the_same_address(bench: Bench, name: str) -> None:
    variables, init = PLACES[name]
    ours = []
    with bench.variables({"TCB_CONTEXT_CNFG": None, **variables}):
        listener, async_listener = Listener(), AsyncListener()
        with _transports.override(blocking=listener, asynchronous=async_listener):
            for face in bench.ours:
                assert not face.call(face.instance(init), "a.b", ({},), None).failed
        ours = listener.urls + async_listener.urls

        # With a proxy, plain HTTP shows the whole address; of HTTPS there is only the host, and this answer ends it.
        bench.recorder.answer = Answer(status=502, reason="Bad Gateway", ending="drop connection after")
        bench.recorder.take()
        bench.node.call(
            bench.node.instance({**init, "proxy": f"http://127.0.0.1:{bench.recorder.port}"}), "a.b", ({},), None
        )
        (request,) = bench.recorder.take()
    for url in ours:
        url = re.sub("seqId=.*", "seqId=…", url)
        if request.method == "CONNECT":
            assert url.startswith(f"https://{request.target.removesuffix(':443')}/admin?env=")
        else:
            assert url == re.sub("seqId=.*", "seqId=…", request.target)

"""What may have been carried out is not sent again; through both APIs, over sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cloudpy import _transports
from cloudpy._client.cloud import Cloud, SyncCloud
from cloudpy._transports import pool
from cloudpy._transports.aio import AIOTransport
from cloudpy._transports.blocking import HTTPTransport
from cloudpy.errors import CloudSDKError, TransportError

from .scripted_server import Peer, ScriptedServer, http


def hangs_up_on_the_second_request_of_a_connection(peer: Peer) -> None:
    if peer.read():
        peer.write(http(b""))
        peer.read()


SEND_ONCE: dict[str, Callable[[Any], Any]] = {
    "subscribeMessage.send": lambda cloud: cloud.openapi.subscribeMessage.send(touser="o"),
    "a name that nobody knows": lambda cloud: cloud.openapi.a.b(),
    "callFunction": lambda cloud: cloud.callFunction(name="f"),
    "cloudPay": lambda cloud: cloud.cloudPay.unifiedOrder(body="x"),
    "deleteFile": lambda cloud: cloud.deleteFile(fileList=["cloud://a/b"]),
    "database add": lambda cloud: cloud.database().collection("c").add(data={"a": 1}),
}
REPEATABLE: dict[str, Callable[[Any], Any]] = {
    "cloudbase.getOpenData": lambda cloud: cloud.openapi.cloudbase.getOpenData(cloudidList=["c"]),
    "getOpenData": lambda cloud: cloud.getOpenData(list=["c"]),
    "getTempFileURL": lambda cloud: cloud.getTempFileURL(fileList=["cloud://a/b"]),
    "database get": lambda cloud: cloud.database().collection("c").doc("d").get(),
}


def outcomes(name: str, url: str, *calls: Callable[[Any], Any]) -> list[BaseException | None]:
    """What the calls ended in, made one after the other."""
    options: dict[str, Any] = {"config": None, "env": "e", "secretId": "i", "secretKey": "k", "serviceUrl": url}
    ended: list[BaseException | None] = []

    async def awaited() -> None:
        cloud = Cloud().init(**options)
        for call in calls:
            try:
                await call(cloud)
                ended.append(None)
            except CloudSDKError as error:
                ended.append(error)

    blocking = HTTPTransport()
    with pytest.MonkeyPatch.context() as patch, _transports.override(blocking=blocking, asynchronous=AIOTransport()):
        patch.setattr(pool, "MAX_IDLE_NOT_IDEMPOTENT", 60.0)  # however long the import of a service takes here
        if name == "async":
            asyncio.run(awaited())
        else:
            cloud = SyncCloud().init(**options)
            for call in calls:
                try:
                    call(cloud)
                    ended.append(None)
                except CloudSDKError as error:
                    ended.append(error)
        blocking.close()
    return ended


def first(cloud: Any) -> Any:
    return cloud.openapi.first.call()


@pytest.mark.parametrize("api", ["sync", "async"])
@pytest.mark.parametrize("call", SEND_ONCE.values(), ids=SEND_ONCE)
def test_what_the_gateway_may_have_read_is_not_sent_again(api: str, call: Callable[[Any], Any]) -> None:
    with ScriptedServer(hangs_up_on_the_second_request_of_a_connection) as server:
        ended = outcomes(api, server.url, first, call)
        assert [0, 0] == server.numbers()
        assert isinstance(ended[1], TransportError)


@pytest.mark.parametrize("api", ["sync", "async"])
@pytest.mark.parametrize("call", REPEATABLE.values(), ids=REPEATABLE)
def test_what_is_safe_to_repeat_is_sent_on_a_new_connection(api: str, call: Callable[[Any], Any]) -> None:
    with ScriptedServer(hangs_up_on_the_second_request_of_a_connection) as server:
        outcomes(api, server.url, first, call)
        assert [0, 0, 1] == server.numbers()


@pytest.mark.parametrize("api", ["sync", "async"])
def test_a_loop_closed_by_hand(api: str) -> None:
    """Three loops, each closed without ceremony once the connections are; the sync API closes and goes on as well."""
    with ScriptedServer(lambda peer: [peer.write(http(b"")) for _ in iter(peer.read, None)]) as server:
        options: dict[str, Any] = {"config": None, "env": "e", "secretId": "i", "secretKey": "k"}
        blocking = HTTPTransport()
        with _transports.override(blocking=blocking, asynchronous=AIOTransport()):
            for expected in (1, 2, 3):
                if api == "sync":
                    sync = SyncCloud().init(**options, serviceUrl=server.url)
                    assert 0 == sync.openapi.a.b()["errCode"]
                    sync.close()
                    sync.close()
                else:
                    loop = asyncio.new_event_loop()
                    awaited = Cloud().init(**options, serviceUrl=server.url)
                    assert 0 == loop.run_until_complete(awaited.openapi.a.b())["errCode"]
                    loop.run_until_complete(awaited.aclose())
                    loop.run_until_complete(awaited.aclose())
                    loop.close()
                assert expected == server.connections

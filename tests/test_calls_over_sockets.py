"""Whole calls of both faces over real sockets: what is tried again, what is not, and which error comes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cloudpy import _transports
from cloudpy._client.cloud import Cloud, SyncCloud
from cloudpy._wire import messages
from cloudpy.errors import CallTimeoutError, CloudSDKError, SystemBusyError, TransportError

from .scripted_server import Peer, ScriptedServer, http
from .test_attempts import invoked

Call = Callable[..., dict[str, Any]]


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Iterator[Call]:
    """Makes a getOpenData call, on a transport of the test's own."""
    from cloudpy._transports.aio import AIOTransport
    from cloudpy._transports.blocking import HTTPTransport

    # A connection stays usable, however slow the machine is.
    blocking, loop = HTTPTransport(idle_timeout=60.0), asyncio.new_event_loop()

    def make(url: str, api: str = "cloudbase.getOpenData", **options: Any) -> dict[str, Any]:
        options = {"config": None, "env": "e", "secretId": "i", "secretKey": "k", "serviceUrl": url, **options}
        if request.param == "sync":
            return SyncCloud().init(**options).call(api, {}, {}, _options())
        return loop.run_until_complete(Cloud().init(**options).call(api, {}, {}, _options()))

    with _transports.override(blocking=blocking, asynchronous=AIOTransport(idle_timeout=60.0)):
        yield make
        loop.run_until_complete(loop.shutdown_asyncgens())  # while the transport is there, which keeps its sessions
    blocking.close()
    loop.close()


def _options() -> Any:
    from cloudpy._client.config import DEFAULT

    return DEFAULT


def _wechat(body: bytes) -> bytes:
    return http(messages.encode("CommOpenApiResp", {"resp_data": body, "content_type": "application/json"}))


def _in_turn(*answers: bytes) -> Callable[[Peer], None]:
    left = iter(answers)

    def script(peer: Peer) -> None:
        while peer.read():
            peer.write(next(left))

    return script


OK, BUSY_JSON = _wechat(b'{"errcode":0}'), _wechat(b'{"errcode":-1,"errmsg":"system error"}')


def test_busy_then_fine(call: Call) -> None:
    with ScriptedServer(_in_turn(BUSY_JSON, OK)) as server:
        assert 0 == call(server.url, retries=1)["errCode"]
        assert 2 == len(server.received)


@pytest.mark.parametrize("options", [{"retries": 0}, {"retries": 3, "api": "subscribeMessage.send"}])
def test_busy_is_told_when_it_may_not_be_repeated(call: Call, options: dict[str, Any]) -> None:
    with ScriptedServer(_in_turn(BUSY_JSON)) as server:
        with pytest.raises(SystemBusyError):
            call(server.url, **options)
        assert 1 == len(server.received)


def test_an_errcode_that_is_no_number_is_not_taken_for_busy(call: Call) -> None:
    with ScriptedServer(_in_turn(_wechat(b'{"errcode":{"a":1},"errmsg":"x"}'))) as server:
        with pytest.raises(CloudSDKError) as caught:
            call(server.url, retries=3)
        assert (CloudSDKError, -1) == (type(caught.value), caught.value.errCode)


def test_a_dead_connection_is_replaced_under_the_call(call: Call) -> None:
    def script(peer: Peer) -> None:
        if peer.read():
            peer.write(OK)
        peer.read()  # the second request of a connection is never answered

    with ScriptedServer(script) as server:
        assert [0, 0, 0] == [call(server.url)["errCode"] for _ in range(3)]
        assert [0, 0, 1, 1, 2] == server.numbers()


def test_a_fresh_connection_that_dies_is_an_error_at_once(call: Call) -> None:
    with ScriptedServer(lambda peer: [peer.read()]) as server:
        with pytest.raises(TransportError) as caught:
            call(server.url, retries=3)
        assert 1 == len(server.received)
    expected = "openapi.cloudbase.getOpenData:fail -501001 resource system error. socket hang up"
    assert (-501001, expected, expected) == (caught.value.errCode, caught.value.errMsg, str(caught.value))


def test_a_timeout_has_its_class_and_words(call: Call) -> None:
    with ScriptedServer(lambda peer: [peer.read(), peer.closed_by_client()]) as server:
        with pytest.raises(CallTimeoutError) as caught:
            call(server.url, timeout=0.3)
    assert caught.value.errMsg.startswith("openapi.cloudbase.getOpenData:fail -501001 resource system error. ")
    assert caught.value.errMsg.endswith("timeout")


def test_the_functions_deadline_ends_a_call(call: Call) -> None:
    with ScriptedServer(lambda peer: [peer.read(), peer.closed_by_client()]) as server, invoked(time.monotonic() + 0.3):
        with pytest.raises(CallTimeoutError):
            call(server.url, timeout=800)

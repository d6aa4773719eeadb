"""Names with several addresses, names that take long to look up, and addresses of IPv6."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._transports import TransportFailure, blocking
from cloudpy._transports.address import interleave_families, parse_ip
from tests.once import part

from ..scripted_server import ScriptedServer, echo
from .clients import AsyncClient, Client, flags, request
from .test_failures import full_backlog  # noqa: F401 - a fixture


def found(*ports: int, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
    return [(family, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]


def names_lead_to(monkeypatch: pytest.MonkeyPatch, addresses: list[Any]) -> None:
    """Has every name lead to these addresses, for loops as well, which may ask the system themselves."""

    async def getaddrinfo(*_: object, **__: object) -> list[Any]:
        return addresses

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: addresses)
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_the_next_address_is_tried_when_one_refuses(
    client: Client, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if client.name == "uvloop":
        pytest.skip("its look-ups cannot be replaced")
    with ScriptedServer(echo) as server:
        names_lead_to(monkeypatch, found(closed_port, closed_port, server.port))
        assert client.send("http://three.test/", b"x").body == b"x"
        names_lead_to(monkeypatch, found(closed_port, closed_port))
        with pytest.raises(TransportFailure, match=rf"connect ECONNREFUSED .*:({closed_port}|80)") as caught:
            client.send("http://two.test/", b"x")
        assert flags(caught.value) == {"not_sent": True}


def test_a_silent_address_delays_the_call_and_does_not_end_it(
    client: Client,
    full_backlog: int,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time of the call is too short to wait for a connection in vain, as long as that may take."""
    if client.name == "uvloop":
        pytest.skip("its look-ups cannot be replaced")
    with ScriptedServer(echo) as server:
        names_lead_to(monkeypatch, found(full_backlog, server.port))
        assert client.send("http://two.test/", b"x", timeout=4.0).body == b"x"
        assert server.connections == 1


def test_a_name_that_takes_long_to_look_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    if client.name == "uvloop":
        pytest.skip("its look-ups cannot be replaced")
    go_on = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [go_on.wait(20)])
    try:
        with pytest.raises(TransportFailure) as caught:
            client.send("http://slow.test/", b"x", timeout=0.2)
    finally:
        go_on.set()
    assert ("connect timeout", {"not_sent": True, "timed_out": True}) == (caught.value.cause, flags(caught.value))


def test_tasks_share_one_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    client = AsyncClient()
    with ScriptedServer(echo) as server:

        async def getaddrinfo(_: object, host: str, *__: object, **___: object) -> list[Any]:
            asked.append(host)
            await asyncio.sleep(0)
            return found(server.port)

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)

        async def calls() -> None:
            sent = (client.transport.send(request("http://one.test/", b"%d" % i), 20.0) for i in range(50))
            assert [b"%d" % i for i in range(50)] == [response.body for response in await asyncio.gather(*sent)]

        client.loop.run_until_complete(calls())
        assert ["one.test"] == asked
        client.close()


def test_ipv6(client: Client) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with ScriptedServer(echo, listener) as server:
        assert client.send(f"http://[::1]:{server.port}/", b"x").body == b"x"
        assert f"[::1]:{server.port}" == server.received[0][1].headers["host"]


def test_what_need_not_be_looked_up() -> None:
    assert [(socket.AF_INET, ("10.0.0.1", 80))] == [(info[0], info[4]) for info in parse_ip("10.0.0.1", 80)]
    assert [(socket.AF_INET6, ("fe80::1", 80, 0, 0))] == [(info[0], info[4]) for info in parse_ip("fe80::1", 80)]
    for name in ("localhost", "10.0.0", "1.2.3.4.5", "", "a\0b", "::g", "微信"):
        assert [] == parse_ip(name, 80)


@settings(max_examples=part(200, 20))
@given(st.lists(st.sampled_from([socket.AF_INET, socket.AF_INET6]), max_size=12))
def test_families_take_turns(families: list[socket.AddressFamily]) -> None:
    infos: list[Any] = [(family, socket.SOCK_STREAM, 6, "", ("h", i)) for i, family in enumerate(families)]
    made = interleave_families(infos)
    assert sorted(infos) == sorted(made)
    for family in set(families):  # within each, the order is the system's
        assert [info for info in infos if info[0] == family] == [info for info in made if info[0] == family]
    assert infos[:1] == made[:1]
    rarer = min(families.count(socket.AF_INET), families.count(socket.AF_INET6))
    assert all(made[2 * i][0] != made[2 * i + 1][0] for i in range(rarer))


def test_a_process_that_can_start_no_thread_looks_up_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with ScriptedServer(echo) as server:
        monkeypatch.setattr(blocking._thread, "start_new_thread", refuse)
        transport = blocking.HTTPTransport()
        assert transport.send(request(f"http://localhost:{server.port}/", b"x"), 20.0).body == b"x"
        transport.close()

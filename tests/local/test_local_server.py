"""The local WeChat on a socket: both faces of the SDK, faults, foreign hosts, broken requests, an orderly end."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import cloudpy as cloud
import cloudpy.sync as sync
from cloudpy.local import (
    FAULTS,
    ApiResponse,
    Backend,
    CannedResponse,
    EmptyCatalog,
    GatewayServer,
    User,
    error_response,
    reply_response,
)

DOCUMENTED = {
    "errCode": 0,
    "errMsg": "openapi.cloudbase.getOpenData:ok",
    "dataList": [
        {
            "json": {"cloudID": "xxx", "data": {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}},
            "cloudId": "xxx",
        }
    ],
}


@pytest.fixture
def live() -> Backend:
    """A backend whose clock is the real one, as the SDK's is."""
    backend = Backend(env="test-env", catalog=EmptyCatalog())
    backend.users.add("o-alice")
    backend.allow("all")
    backend.open_data.add("xxx", DOCUMENTED["dataList"][0]["json"]["data"], openid="o-alice")  # type: ignore[index]
    return backend


@pytest.fixture
def server(live: Backend) -> Iterator[GatewayServer]:
    with GatewayServer(live) as server:
        yield server


def use(monkeypatch: pytest.MonkeyPatch, server: GatewayServer, **who: Any) -> None:
    for name, value in server.environment(**who).items():
        monkeypatch.setenv(name, value)


def test_both_faces(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, server)
    blocking = sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    awaited = cloud.Cloud().init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)

    async def several() -> list[dict[str, Any]]:
        calls = [awaited.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]}) for _ in range(20)]
        return list(await asyncio.gather(*calls))

    assert blocking.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]}) == DOCUMENTED
    assert json.dumps(asyncio.run(several())[0]) == json.dumps(DOCUMENTED)
    assert server.backend.calls.total == 21


def test_who_calls_is_in_the_token_and_in_the_context(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = User("o-bob", unionid="u-bob", appid="wxbob", client_ip="10.0.0.7")
    use(monkeypatch, server, user=bob, function="steps", source="wx_devtools")
    context = sync.getWXContext()
    assert context == {
        "CLIENTIP": "10.0.0.7",
        "CLIENTIPV6": "::ffff:10.0.0.7",
        "APPID": "wxbob",
        "OPENID": "o-bob",
        "UNIONID": "u-bob",
        "ENV": "test-env",
        "SOURCE": "wx_devtools",
    }
    face = sync.Cloud().init(env="test-env", config=None)
    found = face.openapi.cloudbase.getOpenData(cloudidList=["xxx"])
    assert found["dataList"][0]["json"]["errCode"] == -601007
    caller = server.backend.calls.of()[0].caller
    assert caller is not None and (caller.user, caller.function) == (bob, "steps")


def test_a_timer(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, server, timer=True)
    assert "OPENID" not in sync.getWXContext()
    assert sync.getWXContext()["SOURCE"] == "wx_trigger"
    face = sync.Cloud().init(env="test-env", config=None)
    assert face.openapi.cloudbase.getOpenData(cloudidList=[])["dataList"] == []
    caller = server.backend.calls.of()[0].caller
    assert caller is not None and caller.user is None


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_reaches_both_faces_and_the_next_call_works(
    server: GatewayServer, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    use(monkeypatch, server)
    server.backend.responses.add("a.b.c", CannedResponse(ApiResponse(fault=fault), times=2))
    server.backend.responses.add("a.b.c", CannedResponse(reply_response({"ok": True})))
    timeout = 0.3 if fault == "timeout" else 15
    blocking = sync.Cloud().init(env="test-env", config=None)
    awaited = cloud.Cloud().init(env="test-env", config=None)
    with pytest.raises(cloud.CloudSDKError) as first:
        blocking.openapi(timeout=timeout).a.b.c()

    async def call() -> dict[str, Any]:
        with pytest.raises(cloud.CloudSDKError) as second:
            await awaited.openapi(timeout=timeout).a.b.c()
        assert (second.value.errCode, type(second.value)) == (first.value.errCode, type(first.value))
        return await awaited.openapi.a.b.c()

    assert asyncio.run(call())["ok"] is True
    assert blocking.openapi.a.b.c()["ok"] is True


def test_a_delay_passes_before_the_answer(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, server)
    server.backend.responses.add("a.b.c", CannedResponse(reply_response({}), delay=600))
    server.backend.responses.add("a.b.c", CannedResponse(error_response(5), delay=0.01))
    face = sync.Cloud().init(env="test-env", config=None)
    with pytest.raises(cloud.CallTimeoutError):
        face.openapi(timeout=0.2).a.b.c()
    with pytest.raises(cloud.CloudSDKError) as found:
        face.openapi.a.b.c()
    assert found.value.errCode == 5


def exchange(server: GatewayServer, raw: bytes, *, whole: bool = True) -> bytes:
    """What comes back for raw bytes. When they are no `whole` request, the end is all there is to wait for."""
    with socket.create_connection((server.host, server.port)) as connection:
        chunks = []
        try:
            connection.sendall(raw)
            if whole:
                chunks.append(connection.recv(65536))
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                chunks.append(chunk)
        except OSError:
            pass
        return b"".join(chunks)


def get(server: GatewayServer, path: str = "/", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(server.host, server.port)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_unknown_path_is_told_in_json(server: GatewayServer) -> None:
    status, headers, body = get(server, "/nothing")
    assert (status, headers["Content-Type"]) == (404, "application/json; charset=utf-8")
    assert "POST /admin" in json.loads(body)["message"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "10.0.0.1", "[::2]"])
def test_foreign_hosts_are_refused(server: GatewayServer, host: str) -> None:
    status, _, body = get(server, "/cgi-bin/token", Host=host)
    assert status == 403
    assert json.loads(body)["code"] == "INVALID_REQUEST_SOURCE"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:9"])
def test_own_hosts_are_taken(server: GatewayServer, host: str) -> None:
    assert get(server, "/cgi-bin/token", Host=host)[0] == 200


def test_a_name_may_be_added(live: Backend) -> None:
    with GatewayServer(live, hosts=["wechat.test"]) as server:
        assert get(server, "/cgi-bin/token", Host="wechat.test:80")[0] == 200


def test_no_other_site_is_let_in(server: GatewayServer) -> None:
    status, headers, _ = get(server, "/cgi-bin/token", Origin="https://evil.example")
    assert status == 403
    assert not [name for name in headers if name.lower().startswith("access-control")]
    raw = exchange(server, b"OPTIONS /admin HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n")
    assert b"403" in raw.partition(b"\r\n")[0]
    assert b"access-control" not in raw.lower()


def test_too_large_is_refused_and_it_keeps_serving(server: GatewayServer) -> None:
    size = 17 * 1024 * 1024
    head = f"POST /admin HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode()
    assert b" 413 " in exchange(server, head + b"x" * size).partition(b"\r\n")[0]
    assert get(server)[0] == 404


def test_what_is_compressed_is_not_unpacked(server: GatewayServer) -> None:
    for name, value in (("Content-Encoding", "gzip"), ("Transfer-Encoding", "gzip, chunked")):
        head = f"POST /admin HTTP/1.1\r\nHost: localhost\r\n{name}: {value}\r\n"
        length = "" if name == "Transfer-Encoding" else "Content-Length: 20\r\n"
        status = int(exchange(server, f"{head}{length}\r\n".encode()).split(b" ", 2)[1])
        assert status in (415, 501)
    assert get(server)[0] == 404


def test_bytes_that_are_no_http_get_4xx_and_it_keeps_serving(server: GatewayServer, capfd: Any) -> None:
    for case in (b"", b"\r\n", b"GET", b"\x16\x03\x01\x02", b"POST /admin HTTP/1.1\r\nContent-Length: 5\r\n\r\n1"):
        assert b"Traceback" not in exchange(server, case, whole=False)
    cases = [b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n"]
    cases.append(b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\n")
    rng = random.Random(4)
    head, tail = (
        b"POST /admin?env=a HTTP/1.1\r\nHost: localhost\r\nX-Timestamp: 1\r\n",
        b"Content-Length: 4\r\n\r\nbody",
    )
    for _ in range(200):
        bent = bytearray(head)
        for _ in range(rng.randrange(1, 6)):
            bent[rng.randrange(len(bent))] = rng.randrange(256)
        cases.append(bytes(bent) + tail)
    for case in cases:
        answer = exchange(server, case)
        assert b"Traceback" not in answer
        if answer:  # a connection full of nonsense may be cut before its answer is read
            assert 400 <= int(answer.split(b" ", 2)[1]) < 500, (case, answer)
    assert get(server)[0] == 404
    assert "Traceback" not in capfd.readouterr().err


def test_a_client_that_leaves_in_the_middle(server: GatewayServer) -> None:
    for _ in range(20):
        with socket.create_connection((server.host, server.port)) as connection:
            connection.sendall(b"POST /admin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    assert get(server)[0] == 404


def test_it_ends_while_calls_hang(live: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    live.responses.add("a.b.c", CannedResponse(ApiResponse(fault="timeout")))
    asked = threading.Event()
    live.responses.add("a.b.c", CannedResponse(None))
    failures: list[cloud.CloudSDKError] = []
    with GatewayServer(live) as server:
        use(monkeypatch, server)
        face = sync.Cloud().init(env="test-env", config=None)

        def call() -> None:
            try:
                face.openapi.a.b.c()
            except cloud.CloudSDKError as failure:
                failures.append(failure)

        original = live.handle
        monkeypatch.setattr(live, "handle", lambda incoming: (original(incoming), asked.set())[0])
        thread = threading.Thread(target=call)
        thread.start()
        asked.wait()
    thread.join()
    assert isinstance(failures[0], cloud.TransportError)
    with pytest.raises(OSError):
        socket.create_connection((server.host, server.port)).close()


def test_port_in_use_is_an_oserror(server: GatewayServer, live: Backend) -> None:
    with pytest.raises(OSError), GatewayServer(live, port=server.port):
        pass


def test_in_a_loop_that_runs(live: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> dict[str, Any]:
        async with GatewayServer(live) as server:
            use(monkeypatch, server)
            face = cloud.Cloud().init(env="test-env", config=None)
            return await face.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})

    assert asyncio.run(main()) == DOCUMENTED


def test_two_side_by_side_know_nothing_of_each_other(live: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    with GatewayServer(live) as one, GatewayServer(Backend(env="test-env", catalog=EmptyCatalog())) as other:
        use(monkeypatch, one)
        monkeypatch.setenv("TCB_CONTEXT_CNFG", other.environment()["TCB_CONTEXT_CNFG"])
        face = sync.Cloud().init(env="test-env", config=None)
        with pytest.raises(cloud.CloudSDKError, match="unknown secret id"):
            face.openapi.a.b.c()


def test_a_function_in_another_process(server: GatewayServer) -> None:
    program = (
        "import json, cloudpy.sync as cloud; cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None);"
        "print(json.dumps(cloud.openapi.cloudbase.getOpenData({'cloudidList': ['xxx']})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **server.environment()}, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == DOCUMENTED

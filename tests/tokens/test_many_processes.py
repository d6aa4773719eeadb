"""Processes that share a token in a real Redis: many at once, a store that dies, a holder of the lease that stops."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

import cloudpy.sync
from cloudpy.local import Backend, GatewayServer
from cloudpy.local.tokens import Tokens
from cloudpy.stores import RedisStore, StoreError
from cloudpy.tokens import ClassicToken, StableToken
from tests.redis_server import RedisServer
from tests.scripted_server import Peer, ScriptedServer, http

APPID = "wx0123456789abcdef"
LIFE = 2.0  # seconds


class CountedTokens(Tokens):
    """Counts how often a token was asked for, and keeps those that were given."""

    def __init__(self, life: float) -> None:
        super().__init__(time.time, secrets.token_bytes, life)
        self.asked: list[float] = []
        self.given: list[str] = []

    def access_token(self, appid: str, *, stable: bool = False, refresh: bool = False) -> tuple[str, int]:
        token, seconds = super().access_token(appid, stable=stable, refresh=refresh)
        self.asked.append(time.time())
        self.given.append(token)
        return token, seconds


@pytest.fixture
def wechat() -> Iterator[GatewayServer]:
    backend = Backend(appid=APPID)
    backend.tokens = CountedTokens(LIFE)
    with GatewayServer(backend) as server:
        yield server


def tokens_of(server: GatewayServer) -> CountedTokens:
    tokens = server.backend.tokens
    assert isinstance(tokens, CountedTokens)
    return tokens


@pytest.mark.once
def test_eight_processes_with_fifty_tasks_each_fetch_a_token_per_expiry(
    wechat: GatewayServer, redis_server: RedisServer
) -> None:
    processes, tasks, calls = 8, 50, 25
    program = [sys.executable, "-m", "tests.tokens.caller_process"]
    command = [*program, wechat.url, redis_server.url, str(tasks), str(calls), str(LIFE)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(processes)]
    printed = [process.communicate()[0] for process in running]
    assert [0] * processes == [process.returncode for process in running]
    outcomes = [json.loads(text) for text in printed]
    assert set().union(*outcomes) <= {"ok", "slow"}, outcomes
    assert sum(sum(one.values()) for one in outcomes) == processes * tasks * calls
    tokens = tokens_of(wechat)
    fetched = len(set(tokens.given))
    seconds = tokens.asked[-1] - tokens.asked[0]
    print(f"{fetched} tokens fetched with {len(tokens.asked)} requests in {seconds:.1f} s")
    # One for each expiry. A busy machine may ask before WeChat thinks that the token ends, and is given the same again.
    assert (fetched - 1) * LIFE * (23 / 24) <= seconds
    assert len(tokens.asked) <= 2 * fetched


def call(cloud: cloudpy.sync.Cloud) -> int:
    return int(cloud.openapi.security.msgSecCheck(content="hello")["errCode"])


@pytest.mark.once
def test_the_store_dies_and_returns(wechat: GatewayServer, redis_server: RedisServer) -> None:
    store = RedisStore(redis_server.url)
    token = StableToken(APPID, "s", store=store)
    cloud = cloudpy.sync.createNewInstance(
        transport="https", access_token=token, serviceUrl=wechat.url, config=None, timeout=60
    )
    assert call(cloud) == 0
    redis_server.kill()
    with pytest.raises(StoreError, match="Redis at 127") as failed:
        while call(cloud) == 0:  # with the token in memory, until that has expired
            pass
    assert failed.value.errCode == -501001
    for _ in range(3):
        with pytest.raises(StoreError):
            call(cloud)
    redis_server.start()
    assert call(cloud) == 0
    assert len(set(tokens_of(wechat).given)) == 2
    store._client.close()


PAUSED = """
import sys
from cloudpy.tokens import ClassicToken, shared
shared.LEASE = 0.5
print(ClassicToken("wx0123456789abcdef", "s", store=sys.argv[2], serviceUrl=sys.argv[1]).get())
"""


def test_a_holder_of_the_lease_that_is_paused_does_no_harm(redis_server: RedisServer) -> None:
    asked, answer = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        while peer.read():
            first = peer.number == 0
            if first:
                asked.set()
                answer.wait()
            body = {"access_token": "of-the-paused" if first else "of-the-other", "expires_in": 7200}
            peer.write(http(json.dumps(body).encode(), "Content-Type: application/json"))

    with ScriptedServer(script) as wechat:
        url = wechat.url.removesuffix("/admin")
        paused = subprocess.Popen(
            [sys.executable, "-c", PAUSED, url, redis_server.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert asked.wait(60)
        paused.send_signal(signal.SIGSTOP)
        answer.set()  # it has the token in its socket, and cannot read it
        store = RedisStore(redis_server.url)
        other = ClassicToken(APPID, "s", store=store, serviceUrl=url)
        assert other.get() == "of-the-other"  # when the lease of the paused one has ended
        paused.send_signal(signal.SIGCONT)
        out, err = paused.communicate()
        assert (out.decode().strip(), err) == ("of-the-other", b"")
        entry = store.get(f"token:{APPID}@{url.removeprefix('http://')}")
        assert entry is not None and entry.value == "of-the-other"
        store._client.close()


def test_a_holder_that_is_killed_delays_the_others_by_its_lease(redis_server: RedisServer) -> None:
    first = threading.Event()

    def script(peer: Peer) -> None:
        while peer.read():
            if peer.number == 0:
                first.set()
                peer.closed_by_client()
                return
            peer.write(http(b'{"access_token": "t", "expires_in": 7200}', "Content-Type: application/json"))

    with ScriptedServer(script) as wechat:
        url = wechat.url.removesuffix("/admin")
        killed = subprocess.Popen([sys.executable, "-c", PAUSED, url, redis_server.url])
        assert first.wait(60)
        killed.kill()
        killed.wait()
        store = RedisStore(redis_server.url)
        assert ClassicToken(APPID, "s", store=store, serviceUrl=url).get() == "t"
        store._client.close()

"""The access token of calls over HTTPS: refreshed once, by one of many, and never seen."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy._client.access_token import TokenSource
from cloudpy.local import Backend, GatewayServer, User


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[GatewayServer]:
    backend = Backend(clock=clock)
    backend.users.add(User("o-alice"))
    backend.open_data.add("cid", {"a": 1}, openid="o-alice", life=None)
    with GatewayServer(backend) as running:
        yield running


class Provider:
    """Fetches a token as a program would, and counts how often it was asked."""

    def __init__(self, server: GatewayServer) -> None:
        self._server = server
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return self._server.backend.tokens.access_token(self._server.backend.users.appid)[0]


def options(server: GatewayServer, token: Any) -> dict[str, Any]:
    return {"transport": "https", "serviceUrl": server.url, "config": None, "access_token": token}


def test_an_expired_token_is_asked_for_once_more(server: GatewayServer, clock: Clock) -> None:
    provider = Provider(server)
    cloud = cloudpy.sync.createNewInstance(options(server, provider))
    call = cloud.openapi.cloudbase.getOpenData
    assert call({"openid": "o-alice", "cloudidList": ["cid"]})["errCode"] == 0
    clock.now += 7201
    assert call({"openid": "o-alice", "cloudidList": ["cid"]})["errCode"] == 0
    assert provider.asked == 2


def test_a_token_that_stays_refused_is_told_after_one_refresh(server: GatewayServer) -> None:
    asked = []

    def provider() -> str:
        asked.append(1)
        return f"wrong-{len(asked)}"

    cloud = cloudpy.sync.createNewInstance(options(server, provider))
    with pytest.raises(cloudpy.CloudSDKError) as caught:
        cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": []})
    assert caught.value.errCode == 40001
    assert "access_token 无效" in caught.value.errMsg
    assert len(asked) == 2
    assert "wrong-" not in f"{caught.value!r}{caught.value}"


def test_a_fixed_token_is_not_asked_for_again(server: GatewayServer) -> None:
    cloud = cloudpy.sync.createNewInstance(options(server, "wrong"))
    with pytest.raises(cloudpy.CloudSDKError) as caught:
        cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": []})
    assert caught.value.errCode == 40001


def test_fifty_tasks_find_it_expired_and_one_asks(server: GatewayServer, clock: Clock) -> None:
    provider = Provider(server)

    async def fetch() -> str:
        await asyncio.sleep(0)
        return provider()

    cloud = cloudpy.createNewInstance(options(server, fetch))

    async def call() -> int:
        found = await cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": ["cid"]})
        return int(found["errCode"])

    async def main() -> None:
        assert [0] * 50 == await asyncio.gather(*(call() for _ in range(50)))
        assert provider.asked == 1
        clock.now += 7201
        assert [0] * 50 == await asyncio.gather(*(call() for _ in range(50)))
        assert provider.asked == 2

    asyncio.run(main())


def test_thirty_threads_find_it_expired_and_one_asks(server: GatewayServer) -> None:
    provider = Provider(server)
    cloud = cloudpy.sync.createNewInstance(options(server, provider))
    codes: list[int] = []
    together = threading.Barrier(30)

    def call() -> None:
        together.wait()
        codes.append(cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": ["cid"]})["errCode"])

    threads = [threading.Thread(target=call) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [0] * 30 == codes
    assert provider.asked == 1


def test_when_the_one_that_asks_is_cancelled_another_takes_over() -> None:
    async def main() -> None:
        asked: list[asyncio.Event] = []

        async def fetch() -> str:
            asked.append(asyncio.Event())
            if len(asked) == 1:
                await asyncio.Event().wait()  # for ever
            return "token"

        source = TokenSource(fetch)
        first = asyncio.create_task(source.get_async())
        while not asked:
            await asyncio.sleep(0)
        second = asyncio.create_task(source.get_async())
        await asyncio.sleep(0)
        first.cancel()
        assert await second == "token"
        assert len(asked) == 2

    asyncio.run(main())


def test_a_failing_callable_fails_the_call_with_its_own_error(server: GatewayServer) -> None:
    def provider() -> str:
        raise LookupError("the vault is shut")

    cloud = cloudpy.sync.createNewInstance(options(server, provider))
    for _ in range(2):
        with pytest.raises(LookupError, match="vault"):
            cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": []})


def test_a_callable_that_raises_stop_iteration_fails_the_awaited_call(server: GatewayServer) -> None:
    async def main() -> None:
        cloud = cloudpy.createNewInstance(options(server, lambda: next(iter([]))))
        with pytest.raises(RuntimeError, match="access_token raised StopIteration"):
            await cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": []})

    asyncio.run(main())


@pytest.mark.parametrize("given", [7, "", ["t"], {"access_token": "t"}])
def test_what_is_no_token_is_refused_at_init(given: Any) -> None:
    with pytest.raises(cloudpy.ConfigError, match="access_token must be a string, a StableToken"):
        cloudpy.createNewInstance(transport="https", access_token=given, config=None)


@pytest.mark.parametrize("answer", [None, 7, "", {"token": "t"}])
def test_what_a_callable_gives_must_be_a_token(answer: Any) -> None:
    with pytest.raises(cloudpy.ConfigError, match="it must give a string or"):
        TokenSource(lambda: answer).get()


def test_an_async_callable_does_not_go_with_the_sync_face() -> None:
    async def fetch() -> str:
        return "t"

    with pytest.raises(cloudpy.ConfigError, match="give a plain one"):
        TokenSource(fetch).get()


def test_a_token_that_is_about_to_end_is_replaced() -> None:
    lives = iter([0, 7200])
    source = TokenSource(lambda: {"access_token": f"t{(life := next(lives))}", "expires_in": life})
    assert source.get() == "t0"
    assert source.get() == "t7200"
    assert source.get() == "t7200"


def test_without_a_token_there_is_a_way_out_in_the_error() -> None:
    cloud = cloudpy.sync.createNewInstance(transport="https", config=None)
    with pytest.raises(cloudpy.ConfigError, match="access_token=…"):
        cloud.openapi.cloudbase.getOpenData({"openid": "o", "cloudidList": []})


def test_in_cloud_run_the_platform_s_token_is_taken(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WX_CLOUDBASE_ACCESSTOKEN", server.backend.tokens.cloudbase_access_token())
    cloud = cloudpy.sync.createNewInstance(transport="https", serviceUrl=server.url, config=None)
    assert cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": ["cid"]})["errCode"] == 0


def test_a_name_without_a_path_is_refused_with_the_nearest() -> None:
    cloud = cloudpy.sync.createNewInstance(transport="cloudrun", config=None)
    with pytest.raises(cloudpy.CloudSDKError, match=r"did you mean 'cloudbase\.getOpenData'") as caught:
        cloud.openapi.cloudbase.getOpenDate({})
    assert caught.value.errCode == -604100


def test_cloud_run_tells_on_whose_behalf_it_calls(server: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.backend.tokenless = True
    cloud = cloudpy.sync.createNewInstance(transport="cloudrun", serviceUrl=server.url, config=None)
    cloud.openapi(appid="wx-other").wxacode.get({"path": "a"})
    monkeypatch.setenv("WX_FROM_APPID", "wx-from")
    cloud.openapi.wxacode.get({"path": "a"})
    cloud.openapi.wxacode.get({"path": "a"})
    calls = server.backend.calls.of("wxacode.get")
    assert ["wx-other", "wx-from", "wx-from"] == [call.appid for call in calls]
    assert [()] * 3 == [call.problems for call in calls]


def test_json_of_open_data_is_an_object_even_when_it_came_as_text(server: GatewayServer) -> None:
    from cloudpy.local import CannedResponse, reply_response

    server.backend.tokenless = True
    text = '{"cloudID":"cid","data":{"stepInfoList":[{"step":1}]}}'
    server.backend.responses.add(
        "cloudbase.getOpenData", CannedResponse(reply_response({"dataList": [{"cloudId": "cid", "json": text}]}))
    )
    cloud = cloudpy.sync.createNewInstance(transport="cloudrun", serviceUrl=server.url, config=None)
    found = cloud.openapi.cloudbase.getOpenData({"openid": "o-alice", "cloudidList": ["cid"]})
    assert found["dataList"][0]["json"] == {"cloudID": "cid", "data": {"stepInfoList": [{"step": 1}]}}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"errcode": 40164, "errmsg": "invalid ip"}, 40164),
        ({"errcode": "40164", "errmsg": "invalid ip"}, 40164),
        ({"errCode": 40164, "errMsg": "invalid ip"}, 40164),
        ({"errcode": "E1", "errmsg": "invalid ip"}, -501007),
    ],
)
def test_an_error_that_wechat_gave_instead_of_a_token(answer: Any, code: int) -> None:
    with pytest.raises(cloudpy.CloudSDKError, match="invalid ip") as failed:
        TokenSource(lambda: answer).get()
    assert failed.value.errCode == code


def test_what_was_sent_for_a_token_is_not_in_its_error() -> None:
    with pytest.raises(cloudpy.CloudSDKError, match="invalid appsecret") as failed:
        TokenSource(lambda: {"errcode": 40125, "errmsg": "invalid appsecret, secret=0123456789abcdef"}).get()
    assert "0123456789abcdef" not in str(failed.value)


def test_many_that_wait_for_a_failing_callable_each_get_its_error_and_nothing_is_left_over() -> None:
    def provider() -> str:
        raise LookupError("the vault is shut")

    left_over: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: left_over.append(context))
        source = TokenSource(provider)
        found = await asyncio.gather(*(source.get_async() for _ in range(5)), return_exceptions=True)
        assert [str(error) for error in found] == ["the vault is shut"] * 5

    asyncio.run(main())
    gc.collect()
    assert left_over == []


@pytest.mark.parametrize("callers", [1, 3])
def test_a_call_ends_in_time_while_its_callable_works(server: GatewayServer, callers: int) -> None:
    ended: list[str] = []

    async def provider() -> str:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append("ended")
        return ""

    async def main() -> list[Any]:
        cloud = cloudpy.createNewInstance({**options(server, provider), "timeout": 0.3})
        calls = [cloud.openapi.cloudbase.getOpenData(openid="o-alice", cloudidList=[]) for _ in range(callers)]
        found: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
        return found

    for error in asyncio.run(main()):
        assert isinstance(error, cloudpy.CallTimeoutError)
        assert "access_token returned no token in time" in error.errMsg
    assert ended


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_that_is_forked_while_a_token_is_fetched_fetches_its_own() -> None:
    program = """
import os, threading
from cloudpy._client.access_token import TokenSource

asked, go_on = threading.Event(), threading.Event()
parent = os.getpid()

def provider():
    if os.getpid() == parent:
        asked.set()
        go_on.wait()
    return f"token-{os.getpid()}"

source = TokenSource(provider)
leader = threading.Thread(target=source.get)
leader.start()
asked.wait()
child = os.fork()
if not child:
    os._exit(0 if source.get() == f"token-{os.getpid()}" else 1)
status = os.waitpid(child, 0)[1]
go_on.set()
leader.join()
print(status, source.get() == f"token-{parent}")
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("0 True\n", "")


def test_who_waits_for_another_s_token_waits_as_long_as_his_call_may(server: GatewayServer) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def provider() -> str:
        asked.set()
        go_on.wait()
        return "t"

    cloud = cloudpy.sync.createNewInstance({**options(server, provider), "timeout": 0.2})
    assert cloud._config is not None
    source = cloud._config.tokens
    assert source is not None
    leader = threading.Thread(target=source.get)
    leader.start()
    asked.wait()
    try:
        with pytest.raises(cloudpy.CallTimeoutError, match="access_token returned no token in time"):
            cloud.openapi.cloudbase.getOpenData(openid="o-alice", cloudidList=[])
    finally:
        go_on.set()
        leader.join()

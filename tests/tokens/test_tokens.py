"""StableToken and ClassicToken in one process, against the local WeChat and against scripted answers."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy.local import Backend, GatewayServer
from cloudpy.stores import FileStore, MemoryStore, StoreError
from cloudpy.tokens import ClassicToken, JsapiTicket, StableToken
from cloudpy.tokens.endpoint import Endpoint
from cloudpy.tokens.jsapi_ticket import signature
from tests.scripted_server import Peer, Received, ScriptedServer, http

APPID = "wx0123456789abcdef"
SECRET = "the-app-secret-0123456789"


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wechat(clock: Clock) -> Iterator[GatewayServer]:
    backend = Backend(appid=APPID, clock=clock)
    backend.tokens.secrets[APPID] = SECRET
    with GatewayServer(backend) as server:
        yield server


def sync_cloud(wechat: GatewayServer, token: Any, **more: Any) -> cloudpy.sync.Cloud:
    return cloudpy.sync.createNewInstance(
        transport="https", access_token=token, serviceUrl=wechat.url, config=None, **more
    )


def check(cloud: Any) -> Any:
    return cloud.openapi.security.msgSecCheck(content="hello")


class Answers:
    """Answers requests for tokens in order, the last one again and again; `before` runs ahead of each answer."""

    def __init__(self, *answers: dict[str, Any], before: Callable[[], object] = lambda: None) -> None:
        self._answers = list(answers)
        self._before = before
        self._lock = threading.Lock()
        self.server = ScriptedServer(self._script)

    def _script(self, peer: Peer) -> None:
        while peer.read():
            self._before()
            with self._lock:
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            peer.write(http(json.dumps(answer).encode(), "Content-Type: application/json"))

    @property
    def url(self) -> str:
        return self.server.url.removesuffix("/admin")

    @property
    def requests(self) -> list[Received]:
        return [request for _, request in self.server.received]

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)


def given(token: str, seconds: float = 7200) -> dict[str, Any]:
    return {"access_token": token, "expires_in": seconds}


@pytest.mark.parametrize("kind", [StableToken, ClassicToken])
def test_calls_of_both_apis_share_one(wechat: GatewayServer, kind: type[StableToken]) -> None:
    token = kind(APPID, SECRET)
    assert check(sync_cloud(wechat, token))["errCode"] == 0
    held = token._token_source(wechat.url).get()

    async def main() -> None:
        cloud = cloudpy.createNewInstance(transport="https", access_token=token, serviceUrl=wechat.url, config=None)
        found = await asyncio.gather(*(check(cloud) for _ in range(20)))
        assert {one["errCode"] for one in found} == {0}
        await cloud.aclose()

    asyncio.run(main())
    asyncio.run(main())  # another loop
    assert token._token_source(wechat.url).get() == held


def test_the_token_itself_for_calls_made_otherwise(wechat: GatewayServer) -> None:
    token = StableToken(APPID, SECRET, serviceUrl=wechat.url)
    held = token.get()
    assert wechat.backend.tokens.check_access_token(held) == 0
    assert asyncio.run(token.aget()) == held
    assert token.get(refused=held) != held
    assert wechat.backend.tokens.check_access_token(held) == 42001


def test_a_process_takes_what_another_one_stored(tmp_path: Path) -> None:
    with Answers(given("t")) as wechat:
        first = StableToken(APPID, SECRET, store=FileStore(tmp_path / "s.json"), serviceUrl=wechat.url)
        second = StableToken(APPID, SECRET, store=f"file:{tmp_path}/s.json", serviceUrl=wechat.url)
        assert first.get() == second.get() == "t"
        assert len(wechat.requests) == 1
        body = json.loads(wechat.requests[0].body)
        assert body == {
            "grant_type": "client_credential",
            "appid": APPID,
            "secret": SECRET,
            "force_refresh": False,
        }
        assert wechat.requests[0].line == "POST /cgi-bin/stable_token HTTP/1.1"


def test_the_two_endpoints_and_two_addresses_share_nothing() -> None:
    store = MemoryStore()
    with Answers(given("a")) as one, Answers(given("b"), given("c")) as other:
        assert StableToken(APPID, SECRET, store=store, serviceUrl=one.url).get() == "a"
        assert StableToken(APPID, SECRET, store=store, serviceUrl=other.url).get() == "b"
        assert ClassicToken(APPID, SECRET, store=store, serviceUrl=other.url).get() == "c"
        assert other.requests[1].line.startswith(f"GET /cgi-bin/token?grant_type=client_credential&appid={APPID}&")


def test_a_refused_token_is_replaced_by_the_one_that_another_process_stored() -> None:
    store = MemoryStore()
    with Answers(given("old"), given("new")) as wechat:
        token = StableToken(APPID, SECRET, store=store, serviceUrl=wechat.url)
        assert token.get() == "old"
        key = next(iter(store._entries))
        store.put(key, "stored", 7200)
        assert token.get(refused="old") == "stored"
        assert len(wechat.requests) == 1


def test_a_refused_token_is_forced_anew_only_if_wechat_gives_it_again() -> None:
    with Answers(given("old"), given("old"), given("new")) as wechat:
        token = StableToken(APPID, SECRET, serviceUrl=wechat.url)
        assert token.get() == "old"
        assert token.get(refused="old") == "new"
        forced = [json.loads(request.body)["force_refresh"] for request in wechat.requests]
        assert forced == [False, False, True]
        assert token.get(refused="old") == "new"
        assert len(wechat.requests) == 3


def test_a_call_with_a_token_that_was_refreshed_elsewhere_succeeds(wechat: GatewayServer) -> None:
    token = StableToken(APPID, SECRET)
    cloud = sync_cloud(wechat, token)
    assert check(cloud)["errCode"] == 0
    for _ in range(3):
        wechat.backend.tokens.access_token(APPID, stable=True, refresh=True)  # by a program without our store
        assert check(cloud)["errCode"] == 0


def test_a_wrong_secret_is_asked_about_once_for_all_that_wait(wechat: GatewayServer) -> None:
    token = StableToken(APPID, "another-secret-9876543210")

    async def main() -> list[Any]:
        cloud = cloudpy.createNewInstance(transport="https", access_token=token, serviceUrl=wechat.url, config=None)
        found: list[Any] = await asyncio.gather(*(check(cloud) for _ in range(50)), return_exceptions=True)
        await cloud.aclose()
        return found

    for error in asyncio.run(main()):
        assert isinstance(error, cloudpy.CloudSDKError) and error.errCode == 40125
        assert "another-secret-9876543210" not in f"{error}{error!r}"


@pytest.mark.parametrize("code", [40125, 40164, 40013, 40243])
def test_a_refusal_of_wechat_s_reaches_all_processes_with_one_request(code: int) -> None:
    store = MemoryStore()
    refusal = {"errcode": code, "errmsg": "refused 1.2.3.4 rid: 66-77"}
    with Answers(refusal, given("t")) as wechat:
        errors = []
        for _ in range(2):  # a token each, as in two processes
            token = StableToken(APPID, SECRET, store=store, serviceUrl=wechat.url)
            for _ in range(3):
                with pytest.raises(cloudpy.CloudSDKError) as failed:
                    token.get()
                errors.append(failed.value)
        assert {error.errCode for error in errors} == {code}
        assert len(wechat.requests) == 1
        assert "rid: 66-77" in errors[0].errMsg and "asked again in" in errors[-1].errMsg
        # with another secret it is another question
        assert StableToken(APPID, "right", store=store, serviceUrl=wechat.url).get() == "t"


def test_a_refusal_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudpy.tokens.shared.REFUSAL_LIFE", 0.01)
    with Answers({"errcode": 40164, "errmsg": "invalid ip"}, given("t")) as wechat:
        token = StableToken(APPID, SECRET, serviceUrl=wechat.url)
        with pytest.raises(cloudpy.CloudSDKError, match="IP whitelist"):
            token.get()
        time.sleep(0.02)
        assert token.get() == "t"


def test_a_busy_wechat_is_asked_again() -> None:
    with Answers({"errcode": -1, "errmsg": "system error"}, given("t")) as wechat:
        assert StableToken(APPID, SECRET, serviceUrl=wechat.url).get() == "t"


@pytest.mark.parametrize("answer", [{}, {"access_token": "t"}, {"access_token": 7, "expires_in": 7200}])
def test_an_answer_without_a_token_is_an_error(answer: dict[str, Any]) -> None:
    with Answers(answer) as wechat, pytest.raises(cloudpy.CloudSDKError, match="lacks access_token or expires_in"):
        StableToken(APPID, SECRET, serviceUrl=wechat.url).get()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b""])
def test_an_answer_that_is_not_wechat_s_is_an_error(body: bytes) -> None:
    def script(peer: Peer) -> None:
        while peer.read():
            peer.write(http(body))

    with ScriptedServer(script) as server, pytest.raises(cloudpy.CloudSDKError, match="not a JSON object"):
        StableToken(APPID, SECRET, serviceUrl=server.url.removesuffix("/admin")).get()


def test_no_answer_is_a_transport_error_that_shows_no_secret() -> None:
    with pytest.raises(cloudpy.TransportError, match="ECONNREFUSED") as failed:
        ClassicToken(APPID, SECRET, serviceUrl="http://127.0.0.1:1").get()
    assert SECRET not in f"{failed.value}{failed.value!r}"


class TestAhead:
    """A token that ends soon is used while one thread fetches the next."""

    @pytest.fixture(autouse=True)
    def _short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cloudpy.tokens.source.AHEAD", 1e6)  # at once, however long it lasts

    def test_callers_never_wait_for_it(self) -> None:
        answer = threading.Event()
        answer.set()
        with Answers(given("old"), given("new"), before=answer.wait) as wechat:
            token = StableToken(APPID, SECRET, serviceUrl=wechat.url)
            assert token.get() == "old"
            answer.clear()
            assert [token.get() for _ in range(5)] == ["old"] * 5
            assert asyncio.run(token.aget()) == "old"
            answer.set()
            while token.get() == "old":
                pass
            assert token.get() == "new"

    def test_one_that_fails_is_logged_and_the_old_one_stays(self, caplog: pytest.LogCaptureFixture) -> None:
        with Answers(given("old"), {"errcode": 45009, "errmsg": "quota"}) as wechat:
            token = StableToken(APPID, SECRET, serviceUrl=wechat.url)
            assert token.get() == "old"
            while not caplog.records:
                assert token.get() == "old"
            assert "ends soon" in caplog.text and "45009" in caplog.text

    def test_a_store_that_fails_in_the_meantime_does_no_harm(self, caplog: pytest.LogCaptureFixture) -> None:
        class Store(MemoryStore):
            broken = False

            def get(self, key: str) -> Any:
                if self.broken:
                    raise StoreError(errMsg="store:fail gone")
                return super().get(key)

        store = Store()
        with Answers(given("old")) as wechat:
            token = StableToken(APPID, SECRET, store=store, serviceUrl=wechat.url)
            assert token.get() == "old"
            store.broken = True
            while not caplog.records:
                assert token.get() == "old"
            assert "store:fail gone" in caplog.text


def test_a_token_that_could_not_be_shared_is_used_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    class Store(MemoryStore):
        def put(self, *_: Any) -> bool:
            raise StoreError(errMsg="store:fail full")

    with Answers(given("t")) as wechat:
        assert StableToken(APPID, SECRET, store=Store(), serviceUrl=wechat.url).get() == "t"
        assert "could not be shared: store:fail full" in caplog.text


def test_who_waits_for_another_process_waits_as_long_as_the_call_may() -> None:
    store = MemoryStore()
    with Answers(given("t")) as wechat:
        token = StableToken(APPID, SECRET, store=store)
        key = token._key(Endpoint(wechat.url))
        assert store.acquire(key, 1000.0)
        cloud = cloudpy.sync.createNewInstance(
            transport="https", access_token=token, serviceUrl=wechat.url, config=None, timeout=0.2
        )
        with pytest.raises(cloudpy.CallTimeoutError, match="another process refreshes it"):
            check(cloud)
        assert wechat.requests == []


def test_a_cancelled_call_leaves_the_next_one_its_token() -> None:
    answer = threading.Event()
    with Answers(given("t"), before=answer.wait) as wechat:
        token = StableToken(APPID, SECRET, serviceUrl=wechat.url)

        async def main() -> None:
            first = asyncio.create_task(token.aget())
            while not wechat.requests:
                await asyncio.sleep(0)
            second = asyncio.create_task(token.aget())
            await asyncio.sleep(0)
            first.cancel()
            answer.set()
            assert await second == "t"
            assert first.cancelled()

        asyncio.run(main())
        assert len(wechat.requests) == 1  # the thread of the first one went on, and shared it


def test_a_forked_child_fetches_none_of_its_own(tmp_path: Path) -> None:
    with Answers(given("t")) as wechat:
        token = StableToken(APPID, SECRET, store=FileStore(tmp_path / "s.json"), serviceUrl=wechat.url)
        assert token.get() == "t"
        child = os.fork()
        if not child:
            os._exit(0 if token.get() == "t" else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert len(wechat.requests) == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("", SECRET), "appid must be a string, got an empty string"),
        ((APPID, None), "secret must be a string, got a NoneType"),
        ((APPID, f"{SECRET}\n"), "secret must be a string, got one with blanks around it"),
    ],
    ids=["empty", "None", "blanks"],
)
def test_wrong_arguments_are_refused_without_showing_the_secret(arguments: Any, words: str) -> None:
    with pytest.raises(cloudpy.ConfigError, match=words) as failed:
        StableToken(*arguments)
    assert SECRET not in str(failed.value)


def test_a_class_in_the_place_of_a_token_is_refused() -> None:
    token: Any = StableToken
    with pytest.raises(TypeError):
        cloudpy.sync.createNewInstance(
            transport="https", access_token=token, serviceUrl="http://127.0.0.1:1", config=None
        ).openapi.security.msgSecCheck(content="a")


def test_nothing_shows_secret_or_token() -> None:
    with Answers(given("the-token-0123456789")) as wechat:
        token = StableToken(APPID, SECRET, serviceUrl=wechat.url)
        token.get()
        ticket = JsapiTicket(token)
        for one in (token, ticket, token._token_source(), token.store):
            assert SECRET not in repr(one) and "the-token-0123456789" not in repr(one)


class TestJsapiTicket:
    def test_it_signs_a_page(self, wechat: GatewayServer) -> None:
        ticket = JsapiTicket(StableToken(APPID, SECRET, serviceUrl=wechat.url))
        for signed in (ticket.sign("https://a.cn/?x=1#top"), asyncio.run(ticket.asign("https://a.cn/?x=1"))):
            expected = signature(ticket.get(), signed["nonceStr"], signed["timestamp"], "https://a.cn/?x=1")
            assert (signed["signature"], signed["appId"]) == (expected, APPID)
        assert asyncio.run(ticket.aget()) == ticket.get()

    @pytest.mark.parametrize("url", ["page?id=secret-1", "/page", "", "//a.cn/", None])
    def test_a_part_of_an_address_is_rejected(self, url: Any) -> None:
        ticket = JsapiTicket(StableToken(APPID, SECRET, serviceUrl="http://127.0.0.1:1"))
        for sign in (ticket.sign, lambda url: asyncio.run(ticket.asign(url))):
            with pytest.raises(cloudpy.ConfigError, match="must begin with http://") as raised:
                sign(url)
            assert "secret-1" not in str(raised.value)

    def test_the_example_that_wechat_publishes(self) -> None:
        """https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html, 附录1"""
        ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
        found = signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value")
        assert found == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"

    def test_a_refused_access_token_is_replaced(self) -> None:
        tickets = {"errcode": 0, "errmsg": "ok", "ticket": "k", "expires_in": 7200}
        answers = (given("old"), {"errcode": 40001, "errmsg": "not latest"}, given("new"), tickets)
        with Answers(*answers) as wechat:
            assert JsapiTicket(StableToken(APPID, SECRET, serviceUrl=wechat.url)).get() == "k"
            assert wechat.requests[-1].line == "GET /cgi-bin/ticket/getticket?access_token=new&type=jsapi HTTP/1.1"

    @pytest.mark.parametrize("arguments", [{"access_token": "t"}, {"type": "other"}], ids=["text", "type"])
    def test_wrong_arguments(self, arguments: Any) -> None:
        with pytest.raises(cloudpy.ConfigError, match="JsapiTicket"):
            JsapiTicket(**{"access_token": StableToken(APPID, SECRET), **arguments})

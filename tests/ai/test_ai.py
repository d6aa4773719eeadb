"""``cloud.ai()`` against the local WeChat, and what the Node package does not have: cancelling, closing, checks."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy._client.services.ai_provider import PROVIDERS
from cloudpy._wire.event_stream import EventStreamParser
from cloudpy.local import Backend, CannedResponse, GatewayServer, error_response, reply_response
from tests.scripted_server import Peer, ScriptedServer, http

SAID: list[dict[str, Any]] = [{"role": "user", "content": "你好"}]
INPUT = {"model": "m", "messages": SAID}


@pytest.fixture(scope="module")
def wechat() -> Iterator[GatewayServer]:
    with GatewayServer(Backend()) as server:
        yield server


def options(wechat: GatewayServer, **more: Any) -> dict[str, Any]:
    backend = wechat.backend
    secrets = {"secretId": backend.secret_id, "secretKey": backend.secret_key}
    return {"env": "local", "serviceUrl": f"{wechat.url}/admin", "config": None, **secrets, **more}


def blocking(wechat: GatewayServer, **more: Any) -> Any:
    return cloudpy.sync.createNewInstance(options(wechat, **more)).ai()


@pytest.mark.parametrize("provider", [*PROVIDERS, "another"])
def test_every_provider_answers_locally(wechat: GatewayServer, provider: str) -> None:
    model = blocking(wechat).createModel(provider)
    assert model.generateText(INPUT)["text"] == "(local WeChat) 你好"
    stream = model.streamText(INPUT)
    assert "".join(stream.textStream) == "(local WeChat) 你好"
    assert stream.messages == [*SAID, {"role": "assistant", "content": "(local WeChat) 你好"}]
    assert stream.usage["total_tokens"] == 18
    assert len(list(stream.dataStream)) >= 5  # from the beginning


def test_canned_answers(wechat: GatewayServer) -> None:
    responses = wechat.backend.responses
    responses.add("ai.deepseek", CannedResponse(error_response(429, "too many"), when={"model": "broken"}))
    responses.add("ai.deepseek", CannedResponse(reply_response({"text": "as said"})))
    responses.add("aibot.bots", CannedResponse(reply_response({"botList": [{"botId": "b"}]})))
    try:
        ai = blocking(wechat)
        assert list(ai.createModel("deepseek").streamText(INPUT).textStream) == ["as s", "aid"]
        assert ai.bot.list()["botList"] == [{"botId": "b"}]
        for call in ("generateText", "streamText"):
            with pytest.raises(cloudpy.CloudSDKError, match="ai:fail 429 too many"):
                getattr(ai.createModel("deepseek"), call)({**INPUT, "model": "broken"})
        assert [call.api for call in wechat.backend.calls][-4:] == [
            "ai.deepseek",
            "aibot.bots",
            "ai.deepseek",
            "ai.deepseek",
        ]
    finally:
        responses.clear()


def test_wrong_credentials_are_refused(wechat: GatewayServer) -> None:
    with pytest.raises(cloudpy.CloudSDKError, match="INVALID_ACCESS_TOKEN") as failed:
        blocking(wechat, secretKey="a-wrong-key-0123").createModel("deepseek").generateText(INPUT)
    assert "a-wrong-key-0123" not in str(failed.value)


def test_many_streams_at_once_in_one_loop_and_the_next(wechat: GatewayServer) -> None:
    async def main() -> None:
        cloud = cloudpy.createNewInstance(options(wechat))

        async def one(number: int) -> str:
            messages = [{"role": "user", "content": f"number {number}"}]
            stream = await cloud.ai().createModel("deepseek").streamText(model="m", messages=messages)
            texts: list[str] = [text async for text in stream.textStream]
            assert await stream.usage == await stream.usage
            return "".join(texts)

        assert await asyncio.gather(*map(one, range(20))) == [f"(local WeChat) number {n}" for n in range(20)]
        await cloud.aclose()

    asyncio.run(main())
    asyncio.run(main())


class Slow:
    """Answers with one event, and the rest when it is told, or when the client has gone."""

    def __init__(self) -> None:
        self.go_on, self.gone = threading.Event(), threading.Event()
        self.server = ScriptedServer(self._script)

    def _script(self, peer: Peer) -> None:
        while request := peer.read():
            if "clientCredential" in request.line:
                peer.write(http(b'{"access_token": "TOKEN"}', "Content-Type: application/json"))
                continue
            peer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            self._event(peer, "one")
            self.go_on.wait()
            while self._event(peer, "two"):
                pass
            self.gone.set()
            return

    @staticmethod
    def _event(peer: Peer, text: str) -> bool:
        event = f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\n".encode()
        return peer.write(b"%x\r\n%s\r\n" % (len(event), event))

    def options(self) -> dict[str, Any]:
        url = self.server.url
        return {"env": "e", "serviceUrl": url, "config": None, "secretId": "AKIDx", "secretKey": "key-0123456789"}


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    with made.server:
        yield made
        made.go_on.set()


def test_the_first_piece_is_there_before_the_second_is_sent(slow: Slow) -> None:
    stream = cloudpy.sync.createNewInstance(slow.options()).ai().createModel("deepseek").streamText(INPUT)
    texts = iter(stream.textStream)
    assert next(texts) == "one"
    slow.go_on.set()
    assert next(texts) == "two"
    stream.close()
    assert slow.gone.wait(30)


def test_a_reader_that_is_cancelled_loses_nothing_and_closing_ends_the_download(slow: Slow) -> None:
    async def main() -> None:
        cloud = cloudpy.createNewInstance(slow.options())
        stream = await cloud.ai().createModel("deepseek").streamText(INPUT)
        texts = stream.textStream
        assert await anext(texts) == "one"
        waiting = asyncio.ensure_future(anext(stream.dataStream))
        assert (await waiting)["choices"][0]["delta"]["content"] == "one"

        async def second() -> Any:
            return await stream._outcome.feed.get(1)

        task = asyncio.create_task(second())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        slow.go_on.set()
        assert await anext(texts) == "two"
        await stream.aclose()
        await cloud.aclose()

    asyncio.run(main())
    assert slow.gone.wait(30)


def test_a_stream_that_is_never_read_to_its_end_does_not_keep_the_program(slow: Slow) -> None:
    async def main() -> None:
        cloud = cloudpy.createNewInstance(slow.options())
        stream = await cloud.ai().createModel("deepseek").streamText(INPUT)
        async for _ in stream.textStream:
            break
        slow.go_on.set()
        await stream.aclose()
        await cloud.aclose()

    asyncio.run(main())
    assert slow.gone.wait(30)


def test_a_stream_that_breaks_off_is_an_error() -> None:
    def script(peer: Peer) -> None:
        while request := peer.read():
            if "clientCredential" in request.line:
                peer.write(http(b'{"access_token": "TOKEN"}', "Content-Type: application/json"))
                continue
            event = b'data: {"choices": [{"delta": {"content": "one"}}]}\n\n'
            peer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(event), event))
            return

    with ScriptedServer(script) as server:
        options = {"env": "e", "serviceUrl": server.url, "config": None, "secretId": "i", "secretKey": "key-0123456789"}
        model = cloudpy.sync.createNewInstance(options).ai().createModel("deepseek")
        texts = iter(model.streamText(INPUT).textStream)
        assert next(texts) == "one"
        with pytest.raises(cloudpy.TransportError):
            next(texts)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"model": "m"}, "messages must be a list"),
        ({"model": "m", "messages": "hello"}, "messages must be a list"),
        ({**INPUT, "maxSteps": 0}, "maxSteps must be an integer above 0"),
        ("hello", "the input must be a dict"),
    ],
    ids=["none", "text", "steps", "string"],
)
def test_wrong_input_is_refused_before_anything_is_sent(wechat: GatewayServer, given: Any, words: str) -> None:
    before = len(wechat.backend.calls)
    for call in ("generateText", "streamText"):
        with pytest.raises(cloudpy.ConfigError, match=words):
            getattr(blocking(wechat).createModel("deepseek"), call)(given)
    assert len(wechat.backend.calls) == before


def test_wrong_names_of_models_bots_and_tools(wechat: GatewayServer) -> None:
    ai = blocking(wechat)
    with pytest.raises(cloudpy.ConfigError, match="name of a provider"):
        ai.createModel("")
    with pytest.raises(cloudpy.ConfigError, match=r"bot\.get\(\) needs botId"):
        ai.bot.get()
    with pytest.raises(cloudpy.ConfigError, match="name and fn"):
        ai.registerFunctionTool({"name": "x"})
    with pytest.raises(cloudpy.CloudSDKError, match="not initialized"):
        cloudpy.sync.Cloud().ai()
    with pytest.raises(AttributeError):
        ai.bot.noSuchMethod()


@pytest.mark.parametrize("name", ["../../admin", "a b", "a?b#c", "你好", "a\r\nX-B: c"])
def test_a_name_leads_to_no_other_path(wechat: GatewayServer, name: str) -> None:
    ai = blocking(wechat)
    assert ai.createModel(name).generateText(INPUT)["text"] == "(local WeChat) 你好"
    assert ai.bot.get(botId=name)
    assert all(call.api.startswith(("ai.", "aibot.")) for call in wechat.backend.calls)
    with pytest.raises(cloudpy.ConfigError, match="is not a name"):
        ai.bot.get(botId="..")


def test_what_json_has_no_form_for_is_named(wechat: GatewayServer) -> None:
    model = blocking(wechat).createModel("deepseek")
    with pytest.raises(cloudpy.CloudSDKError, match=r"\$\.x is a object"):
        model.generateText({**INPUT, "x": object()})
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(cloudpy.CloudSDKError, match="nests too deep"):
        model.streamText({**INPUT, "x": endless})
    with pytest.raises(cloudpy.ConfigError, match="integers above 0"):
        blocking(wechat).bot.getConversation(botId="b", pageNumber="1")


def test_the_list_of_messages_is_not_changed(wechat: GatewayServer) -> None:
    messages = list(SAID)
    blocking(wechat).createModel("deepseek").generateText(model="m", messages=messages)
    assert messages == SAID


def test_a_provider_of_the_program_s_own(wechat: GatewayServer) -> None:
    class Own:
        def __init__(self, req: Any, base: str) -> None:
            self.req, self.base = req, base

        def doGenerate(self, data: Any, options: Any) -> Any:  # noqa: N802
            return self.req({"url": f"{self.base}/deepseek/chat/completions", "data": {**data, "stream": False}})

        def doStream(self, data: Any, options: Any) -> Any:  # noqa: N802
            yield {"choices": [{"delta": {"content": "own"}}]}

    ai = blocking(wechat)
    ai.registerModel("own-of-the-test", Own)
    try:
        model = ai.createModel("own-of-the-test")
        assert model.generateText(INPUT)["text"] == "(local WeChat) 你好"
        stream = model.streamText(INPUT)
        assert list(stream.textStream) == ["own"]
        assert stream.messages[-1] == {"role": "assistant", "content": "own"}
    finally:
        del PROVIDERS["own-of-the-test"]


@pytest.mark.once
@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_events_however_their_bytes_are_divided(size: int) -> None:
    body = "\ufeffdata: 你\r\ndata: 好\r\n\r\nid: 1\rdata: x\r\revent: e\ndata\n\n: no\ndata:y".encode()
    parser = EventStreamParser()
    found = [event for at in range(0, len(body), size) for event in parser.feed(body[at : at + size])]
    assert found == [
        {"type": "event", "data": "你\n好"},
        {"type": "event", "id": "1", "data": "x"},
        {"type": "event", "event": "e", "data": ""},
    ]


class TestRegisterService:
    @pytest.mark.parametrize("api", [cloudpy, cloudpy.sync])
    def test_functions_and_namespaces(self, api: Any) -> None:
        cloud = api.Cloud()
        cloud.registerService(
            {"createService": lambda given: {"name": "a", "getAPIs": lambda: {"add": lambda a, b: a + b}}}
        )
        with pytest.raises(cloudpy.CloudSDKError, match="add:fail not initialized"):
            cloud.add(1, 2)
        cloud.init(env="e", config=None)
        assert cloud.add(1, b=2) == 3
        space = {"namespace": "tools", "apis": {"x": 1}}
        cloud.registerService({"createService": lambda given: {"name": "t", "getNamespace": lambda: space}})
        assert cloud.tools == {"x": 1}
        with pytest.raises(AttributeError):
            _ = cloud.createNewInstance(env="e", config=None).add

    def test_one_that_needs_no_init(self) -> None:
        cloud = cloudpy.Cloud()

        class Provider:
            def createService(self, given: Any) -> Any:  # noqa: N802
                assert given is cloud
                return type(
                    "Service", (), {"name": "n", "initRequired": False, "getAPIs": lambda self: {"one": lambda: 1}}
                )()

        cloud.registerService(Provider())
        assert cloud.one() == 1

    @pytest.mark.parametrize("api", [cloudpy, cloudpy.sync])
    def test_on_the_module(self, api: Any) -> None:
        api.registerService({"createService": lambda c: {"getAPIs": lambda: {"ofTheTest": len}, "initRequired": False}})
        try:
            assert api.ofTheTest("abc") == 3
        finally:
            del api._cloud._registered["ofTheTest"]
        with pytest.raises(AttributeError):
            _ = api.ofTheTest

    @pytest.mark.once
    @pytest.mark.parametrize(
        "provider",
        [
            None,
            {},
            {"createService": lambda c: None},
            {"createService": lambda c: {"getAPIs": lambda: {"openapi": len}}},
            {"createService": lambda c: {"getAPIs": lambda: {"a b": len}}},
            {"createService": lambda c: {"getAPIs": lambda: {"x": 7}}},
        ],
        ids=["None", "empty", "nothing", "taken", "blank", "number"],
    )
    def test_what_is_no_provider_is_refused(self, provider: Any) -> None:
        with pytest.raises(cloudpy.ConfigError, match="registerService:fail"):
            cloudpy.Cloud().registerService(provider)

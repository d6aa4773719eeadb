"""``cloud.ai()`` beside the Node package: the same requests, and the same outcomes of the same answers."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy._client.services.ai_base import BOT_CALLS
from cloudpy._client.services.ai_provider import PROVIDERS
from cloudpy._wire import signature

PEER = Path(__file__).resolve().parents[1] / "peer"
NODE = shutil.which("node")
INIT = {"env": "my-env", "secretId": "AKIDtest", "secretKey": "the-key", "timeout": 5000}
USER = {"role": "user", "content": "你好"}
USAGE = {"completion_tokens": 2, "prompt_tokens": 1, "total_tokens": 3}


class Recorder:
    """Answers requests in order, but those for tokens, and keeps all of them."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, str], list[bytes]]] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                named = {name.lower(): value for name, value in self.headers.items()}
                recorder.requests.append({"method": self.command, "path": self.path, "headers": named, "body": body})
                if self.path == "/auth/v1/token/clientCredential":
                    answer = 200, {"content-type": "application/json"}, [b'{"access_token": "TOKEN"}']
                else:
                    answer = recorder.answers.pop(0)
                self.send_response(answer[0])
                for name, value in answer[1].items():
                    self.send_header(name, value)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for piece in filter(None, answer[2]):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")

            do_GET = do_PATCH = do_DELETE = do_POST  # noqa: N815

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server.server_port)

    def take(self) -> list[dict[str, Any]]:
        taken, self.requests = self.requests, []
        return taken

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    yield made
    made.close()


def whole(value: Any, status: int = 200, **headers: str) -> tuple[int, dict[str, str], list[bytes]]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return status, {"content-type": "application/json", **headers}, [body]


def pieces(*events: Any, size: int = 0, done: bool = True) -> tuple[int, dict[str, str], list[bytes]]:
    texts = [
        event if isinstance(event, str) else f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events
    ]
    body = "".join([*texts, "data: [DONE]\n\n" if done else ""]).encode()
    parts = [body[at : at + size] for at in range(0, len(body), size)] if size else [text.encode() for text in texts]
    return 200, {"content-type": "text/event-stream"}, parts


def said(content: str, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"role": "assistant", "content": content}, **more}]}


def titled(content: str) -> dict[str, Any]:
    return {
        "Choices": [{"Delta": {"Role": "assistant", "Content": content}, "FinishReason": ""}],
        "Usage": {"CompletionTokens": 2, "PromptTokens": 1, "TotalTokens": 3},
    }


def called(name: str, *parts: str) -> list[dict[str, Any]]:
    found = []
    for number, part in enumerate(parts):
        call: dict[str, Any] = {"index": 0, "function": {"arguments": part}}
        if not number:
            call = {**call, "id": "call-1", "type": "function", "function": {"name": name, "arguments": part}}
        found.append(
            {"choices": [{"delta": {"role": "assistant", "content": "", "tool_calls": [call]}}], "usage": USAGE}
        )
    return found


def answered(content: Any, reason: str = "stop", **message: Any) -> dict[str, Any]:
    choice = {"finish_reason": reason, "message": {"role": "assistant", "content": content, **message}}
    return {"id": "x", "choices": [choice], "usage": USAGE}


def tool_answer(name: str, arguments: str = '{"a": 1}') -> dict[str, Any]:
    call = {"id": "call-1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return answered("", "tool_calls", tool_calls=[call])


def chat(provider: str, **more: Any) -> dict[str, Any]:
    return {"provider": provider, "input": {"model": "m", "messages": [USER], **more}}


TOOL = {"name": "weather", "fn": "…", "description": "d", "parameters": {"type": "object"}}
MODEL_TOOL = {"type": "function", "function": {"name": "weather", "description": "d", "parameters": {}}}
HELLO = (said("He"), said("llo"), {**said("", finish_reason="stop"), "usage": USAGE})
ODD_STREAMS: dict[str, tuple[Any, ...]] = {
    "line ends of all kinds": (
        ": remark\r\n\r\n",
        'data: {"choices":[]}\r\r',
        'event: a\ndata: {"choices":\ndata: []}\n\n',
    ),
    "events with names and ids": ('id: 7\nevent: e\nretry: 5\ndata: {"choices": []}\n\n', said("a")),
    "not JSON": ("data: hello\n\n", said("a")),
    "without a space": ('data:{"choices":[{"delta":{"content":"b"}}]}\n\n',),
    "a last event without its end": (said("a"), 'data: {"choices": []}'),
    "done in the middle": (said("a"), "data: [DONE]\n\n", said("never")),
    "no events": (),
    "numbers and null": (
        {"choices": [{"delta": {"content": None}}], "n": 1.5},
        {"choices": [{"delta": {"content": "x"}}]},
    ),
    "two choices": ({"choices": [{"delta": {"content": "a"}}, {"delta": {"content": "b"}}]},),
}

CASES: dict[str, tuple[dict[str, Any], list[tuple[int, dict[str, str], list[bytes]]]]] = {}
for name in [*PROVIDERS, "my-provider"]:
    value: Any = answered("hi")
    stream: tuple[Any, ...] = HELLO
    if name == "hunyuan":
        value = {"Response": {"Choices": [{"FinishReason": "stop", "Message": {"Role": "assistant", "Content": "hi"}}]}}
        stream = (titled("He"), titled("llo"))
    CASES[f"generateText {name}"] = ({"call": "generateText", **chat(name, temperature=0.5)}, [whole(value)])
    CASES[f"streamText {name}"] = ({"call": "streamText", **chat(name, top_p=1)}, [pieces(*stream)])
for size in (1, 2, 3, 7, 64):
    CASES[f"streamText in pieces of {size}"] = (
        {"call": "streamText", **chat("deepseek")},
        [pieces(said("你"), said("好 \u2028 😀"), *HELLO, size=size)],
    )
for name, events in ODD_STREAMS.items():
    CASES[f"streamText: {name}"] = ({"call": "streamText", **chat("deepseek")}, [pieces(*events, size=16, done=False)])
CASES |= {
    "generateText at another path": (
        {"call": "generateText", "options": {"defaultModelSubUrl": "/v2/chat"}, **chat("mine", topP=0.1)},
        [whole(answered("hi"))],
    ),
    "generateText with a tool": (
        {"call": "generateText", "tool": "weather", "steps": True, **chat("deepseek", tools=[MODEL_TOOL])},
        [whole(tool_answer("weather")), whole(answered("it rains"))],
    ),
    "generateText with too many steps": (
        {"call": "generateText", "tool": "weather", "steps": True, **chat("deepseek", maxSteps=2)},
        [whole(tool_answer("weather")), whole(tool_answer("weather"))],
    ),
    "generateText with an unknown tool": (
        {"call": "generateText", **chat("deepseek")},
        [whole(tool_answer("no-such-tool"))],
    ),
    "generateText with arguments that are not JSON": (
        {"call": "generateText", "tool": "weather", **chat("deepseek")},
        [whole(tool_answer("weather", "{"))],
    ),
    "generateText without choices": ({"call": "generateText", **chat("deepseek")}, [whole({"id": "x"})]),
    "streamText with a tool": (
        {"call": "streamText", "tool": "weather", "steps": True, **chat("deepseek", toolChoice="auto")},
        [pieces(*called("weather", '{"a"', ": 1}")), pieces(*HELLO)],
    ),
    "streamText with a tool that is unknown": (
        {"call": "streamText", **chat("deepseek")},
        [pieces(*called("no-such-tool", "{}"))],
    ),
    "streamText with one step": (
        {"call": "streamText", "tool": "weather", "steps": True, **chat("deepseek", maxSteps=1)},
        [pieces(*called("weather", "{}"))],
    ),
}
for name in ("hunyuan-image", "hunyuan-image-v1.9", "hunyuan-image-v3.0-v1.0.4"):
    CASES[f"an image of {name}"] = (
        {"call": "generateImage", "provider": "hunyuan-image", "input": {"model": name, "prompt": "a"}},
        [whole({"data": [{"url": "u"}]})],
    )
PROPS: dict[str, dict[str, Any]] = {
    "list": {"pageSize": 10, "pageNumber": 2, "name": "小 明"},
    "create": {"botInfo": {"name": "n", "botId": "b"}},
    "get": {"botId": "bot-1"},
    "update": {"botId": "bot-1", "botInfo": {"name": "n"}},
    "delete": {"botId": "bot-1"},
    "sendFeedback": {"userFeedback": {"botId": "bot-1", "rating": 5}},
    "createConversation": {"botId": "bot-1", "title": "t"},
    "getConversation": {"botId": "bot-1", "pageSize": 5, "pageNumber": 3, "isDefault": True},
    "deleteConversation": {"botId": "bot-1", "conversationId": "c"},
}
for name, (_, _, streams) in BOT_CALLS.items():
    props = PROPS.get(name, {"botId": "bot-1", "msg": "hi", "sort": "desc"})
    answer = whole({"ok": name})
    if streams:
        answer = pieces(
            {"content": "He", "type": "text"}, 'event: e\nid: 3\ndata: {"content": "llo"}\n\n', {"a": 1}, size=9
        )
    CASES[f"bot.{name}"] = ({"call": "bot", "method": name, "props": props}, [answer])
ERRORS: dict[str, tuple[int, dict[str, str], list[bytes]]] = {
    "code and message": whole({"code": "EXCEED_REQUEST_LIMIT", "message": "too many", "requestId": "r-1"}, 429),
    "of OpenAI's form": whole({"error": {"code": "invalid_model", "message": "no such model"}}, 400),
    "words": whole(b"bad gateway", 502),
    "nothing": whole(b"", 500, **{"x-cloudbase-request-id": "r-2"}),
    "JSON without either": whole({"a": 1}, 404),
    "in a good answer": whole({"code": "FAILED", "message": "no", "requestId": "r-3"}),
}


@pytest.fixture(scope="module")
def of_node(recorder: Recorder) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    """What Node makes of each case: the outcome, and its requests."""
    every = {**CASES, **{f"error: {name}": (_failing(name), [answer]) for name, answer in ERRORS.items()}}
    recorder.answers = [answer for _, answers in every.values() for answer in answers]
    given = json.dumps({"port": recorder.port, "init": INIT, "cases": [case for case, _ in every.values()]})
    assert NODE is not None, "these tests need Node"
    done = subprocess.run([NODE, "ai_driver.js"], cwd=PEER, input=given, capture_output=True, text=True, env={})
    assert done.returncode == 0 and done.stdout, done.stderr
    assert recorder.answers == []
    requests = recorder.take()
    found = {}
    for name, outcome in zip(every, json.loads(done.stdout), strict=True):
        count = 2 * len(every[name][1])
        found[name], requests = (outcome, requests[:count]), requests[count:]
    return found


def _failing(name: str) -> dict[str, Any]:
    # Of an answer that is not a stream, Node tells the status alone.
    return {"call": "generateText" if name == "in a good answer" else "streamText", **chat("deepseek")}


def prepared(case: dict[str, Any], ai: Any) -> tuple[Any, list[Any]]:
    steps: list[Any] = []
    given = json.loads(json.dumps(case))
    if "tool" in case:
        ai.registerFunctionTool({"name": case["tool"], "fn": lambda arguments: {"given": arguments}})
    if "steps" in case:
        given["input"]["onStepFinish"] = steps.append
    return given, steps


async def awaited(cloud: Any, case: dict[str, Any]) -> dict[str, Any]:
    ai = cloud.ai()
    given, steps = prepared(case, ai)
    result: Any
    if case["call"] == "generateText":
        result = await ai.createModel(given["provider"], given.get("options")).generateText(given["input"])
        result["failed"] = result.pop("error", None) is not None
    elif case["call"] == "streamText":
        found = await ai.createModel(given["provider"], given.get("options")).streamText(given["input"])
        data, text = [one async for one in found.dataStream], [one async for one in found.textStream]
        result = {"data": data, "text": text, "messages": await found.messages, "usage": await found.usage}
        result["failed"] = found.error is not None
    elif case["call"] == "generateImage":
        result = await ai.createImageModel(given["provider"]).generateImage(given["input"])
    else:
        result = await getattr(ai.bot, given["method"])(given["props"])
        if hasattr(result, "eventSourceStream"):
            events = [one async for one in result.eventSourceStream]
            data, text = [one async for one in result.dataStream], [one async for one in result.textStream]
            result = {"events": events, "data": data, "text": text}
    return {"result": result, "steps": steps}


def blocking(cloud: Any, case: dict[str, Any]) -> dict[str, Any]:
    ai = cloud.ai()
    given, steps = prepared(case, ai)
    result: Any
    if case["call"] == "generateText":
        result = ai.createModel(given["provider"], given.get("options")).generateText(given["input"])
        result["failed"] = result.pop("error", None) is not None
    elif case["call"] == "streamText":
        found = ai.createModel(given["provider"], given.get("options")).streamText(given["input"])
        result = {"data": list(found.dataStream), "text": list(found.textStream), "messages": found.messages}
        result |= {"usage": found.usage, "failed": found.error is not None}
    elif case["call"] == "generateImage":
        result = ai.createImageModel(given["provider"]).generateImage(given["input"])
    else:
        result = getattr(ai.bot, given["method"])(given["props"])
        if hasattr(result, "eventSourceStream"):
            result = {
                "events": list(result.eventSourceStream),
                "data": list(result.dataStream),
                "text": list(result.textStream),
            }
    return {"result": result, "steps": steps}


def run(api: str, recorder: Recorder, case: dict[str, Any], answers: list[Any]) -> dict[str, Any]:
    options: Any = {**INIT, "timeout": 30, "config": None, "serviceUrl": f"http://127.0.0.1:{recorder.port}/admin"}
    recorder.answers = list(answers)
    if api == "sync":
        return blocking(cloudpy.sync.createNewInstance(options), case)

    async def main() -> dict[str, Any]:
        cloud = cloudpy.createNewInstance(options)
        try:
            return await awaited(cloud, case)
        finally:
            await cloud.aclose()

    return asyncio.run(main())


# What differs from request to request, or says who sends it.
OWN = {"user-agent", "x-client-timestamp", "authorization", "host", "connection", "content-length", "transfer-encoding"}


def seen(request: dict[str, Any]) -> tuple[Any, ...]:
    headers = {name: value for name, value in request["headers"].items() if name not in OWN}
    return request["method"], request["path"], headers, request["body"], request["headers"]["authorization"][:15]


def json_steps(outcome: dict[str, Any]) -> Any:
    return json.loads(json.dumps(outcome, default=str))


@pytest.mark.parametrize("api", ["async", "sync"])
@pytest.mark.parametrize("name", CASES)
def test_requests_and_outcomes_are_those_of_node(
    recorder: Recorder, of_node: dict[str, Any], name: str, api: str
) -> None:
    case, answers = CASES[name]
    expected, requests = of_node[name]
    found = run(api, recorder, case, answers)
    assert [seen(request) for request in requests] == [seen(request) for request in recorder.take()]
    assert expected == json_steps(found)


@pytest.mark.parametrize("api", ["async", "sync"])
@pytest.mark.parametrize("name", ERRORS)
def test_errors_have_the_code_and_the_words_of_node_s(
    recorder: Recorder, of_node: dict[str, Any], name: str, api: str
) -> None:
    expected = of_node[f"error: {name}"][0]["error"]
    with pytest.raises(cloudpy.CloudSDKError) as failed:
        run(api, recorder, _failing(name), [ERRORS[name]])
    recorder.take()
    assert failed.value.api == "ai"
    if name == "in a good answer":  # Node's has the code in its words alone
        assert "FAILED" in expected["message"] and "FAILED no" in failed.value.errMsg
        return
    assert failed.value.errMsg == f"ai:fail {expected['code']} {expected['message']}"
    assert failed.value.requestId == (expected["requestId"] or "")
    with pytest.raises(cloudpy.CloudSDKError) as whole_failed:
        run(api, recorder, {"call": "generateText", **chat("deepseek")}, [ERRORS[name]])
    recorder.take()
    assert whole_failed.value.errMsg == failed.value.errMsg


def test_the_signature_is_node_s(of_node: dict[str, Any]) -> None:
    request = of_node["generateText deepseek"][1][0]
    headers = request["headers"]
    signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    timestamp = int(headers["authorization"].partition("Timestamp=")[2])
    made = signature.cloud_api_authorization(
        method=request["method"],
        url=f"https://{headers['host']}{request['path']}",
        headers=[(name, headers[name]) for name in signed],
        body=request["body"].decode(),
        secret_id=INIT["secretId"],
        secret_key=INIT["secretKey"],
        timestamp=timestamp,
    )
    assert made == headers["authorization"]
    assert headers["host"] == "my-env.api.tcloudbasegateway.com"


@pytest.mark.parametrize("api", ["async", "sync"])
def test_a_refusal_in_the_place_of_a_stream_is_an_error(recorder: Recorder, api: str) -> None:
    """Node gives an empty answer."""
    with pytest.raises(cloudpy.CloudSDKError, match="FAILED no"):
        run(api, recorder, {"call": "streamText", **chat("deepseek")}, [ERRORS["in a good answer"]])
    recorder.take()

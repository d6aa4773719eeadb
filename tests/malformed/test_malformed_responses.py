"""Whatever comes back, a call ends in a plain dict or in a CloudSDKError with an integer code, and soon."""

from __future__ import annotations

import asyncio
import pickle
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpy import _transports
from cloudpy._client.cloud import Cloud, SyncCloud
from cloudpy._client.config import DEFAULT, Options
from cloudpy._transports import Request, Response
from cloudpy._transports.aio import AIOTransport
from cloudpy._transports.blocking import HTTPTransport
from cloudpy._wire import answer, jsontext
from cloudpy._wire.answer import GATEWAY_JSON
from cloudpy.errors import CloudSDKError
from tests.once import part

from ..scripted_server import Peer, ScriptedServer, once
from .responses import DEEP, answers, bodies, message

INIT: dict[str, Any] = {"config": None, "env": "e", "secretId": "i", "secretKey": "k"}
RAW = Options({"convertCase": False})


class CannedResponse:
    """A transport that answers with these bytes."""

    def __init__(self) -> None:
        self.content_type = "application/octet-stream"
        self.body = b""

    def send(self, request: Request, timeout: float) -> Response:
        return Response(200, "OK", {"content-type": self.content_type}, self.body)


def outcome(call: Callable[[], dict[str, Any]]) -> str:
    """What a call ended in; an exception that is none of ours goes through and fails the test."""
    try:
        result = call()
    except CloudSDKError as error:
        assert type(error.errCode) is int and error.errCode != 0
        assert type(error.errMsg) is str and error.errMsg
        assert isinstance(str(error), str) and isinstance(repr(error), str)
        assert error.toJSON() == pickle.loads(pickle.dumps(error)).toJSON()
        return "error"
    assert type(result) is dict
    assert (0, "openapi.cloudbase.getOpenData:ok") == (result["errCode"], result["errMsg"])
    return "result"


def test_there_are_enough_kinds() -> None:
    assert len(dict(bodies())) > 2000
    assert len(dict(answers())) > 200


@pytest.mark.once(sample=2)
@pytest.mark.parametrize("options", [DEFAULT, RAW], ids=["converted", "as they are"])
@pytest.mark.parametrize("content_type", ["application/octet-stream", GATEWAY_JSON])
def test_every_body_ends_in_a_dict_or_our_error(options: Options, content_type: str) -> None:
    canned, cloud = CannedResponse(), SyncCloud().init(**INIT)
    canned.content_type = content_type
    ends = {"result": 0, "error": 0}
    with _transports.override(blocking=canned, asynchronous=AIOTransport()):
        for name, canned.body in bodies():
            try:
                ends[outcome(lambda: cloud.call("cloudbase.getOpenData", {}, {}, options))] += 1
            except Exception as error:
                raise AssertionError(f"{name}: {type(error).__name__}: {error}"[:2000]) from error
    assert ends["result"] > 100
    assert ends["error"] > 1000


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Makes a call over sockets."""
    blocking, loop = HTTPTransport(), asyncio.new_event_loop()

    def make(url: str) -> dict[str, Any]:
        options = {**INIT, "serviceUrl": url, "timeout": 30}
        if request.param == "sync":
            return SyncCloud().init(**options).call("cloudbase.getOpenData", {}, {}, DEFAULT)
        return loop.run_until_complete(Cloud().init(**options).call("cloudbase.getOpenData", {}, {}, DEFAULT))

    with _transports.override(blocking=blocking, asynchronous=AIOTransport()):
        yield make
        loop.run_until_complete(loop.shutdown_asyncgens())  # while the transport is there, which keeps its sessions
    blocking.close()
    loop.close()


def test_every_broken_http_answer_ends_in_a_dict_or_our_error(call: Callable[[str], dict[str, Any]]) -> None:
    kinds = list(answers())
    ends = {"result": 0, "error": 0}
    with ScriptedServer(lambda peer: once(kinds[peer.number][1])(peer)) as server:
        for name, _ in kinds:
            seen = server.connections
            try:
                ends[outcome(lambda: call(server.url))] += 1
            except Exception as error:
                raise AssertionError(f"{name}: {type(error).__name__}: {error}"[:2000]) from error
            assert seen + 1 == server.connections, name
    assert ends["result"] > 10
    assert ends["error"] > 150


def test_an_oversize_answer_is_not_held(call: Callable[[str], dict[str, Any]]) -> None:
    """With the bound at 1 MB, ten times as much is sent in each framing: the peak stays near the bound."""
    piece = b"x" * 65536
    heads = [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n"]
    heads += [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % size for size in (2**24, 2**40, 2**62)]

    def script(peer: Peer) -> None:
        if peer.read():
            peer.write(heads[peer.number])
            while peer.write(piece):  # for ever: what ends it is the client
                pass

    def most() -> int:
        tracemalloc.start()
        try:
            with ScriptedServer(script) as server:
                for _ in heads:
                    with pytest.raises(CloudSDKError) as caught:
                        call(server.url)
                    assert -501001 == caught.value.errCode
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small = {"max_body": 1024 * 1024}
    blocking = HTTPTransport(**small)
    with _transports.override(blocking=blocking, asynchronous=AIOTransport(**small)):
        assert most() < 8 * 1024 * 1024


def test_deep_json_is_refused_whatever_the_depth_of_the_caller() -> None:
    """A function may itself be deep in calls when the answer comes."""

    def deeper(frames: int) -> CloudSDKError | Any:
        if frames:
            return deeper(frames - 1)
        try:
            read = answer.read_message("a", "", message(b"[" * DEEP + b"]" * DEEP))
            return answer.read_result("a", read, True)
        except CloudSDKError as error:
            return error

    for frames in (0, 300, 600):
        error = deeper(frames)
        assert isinstance(error, CloudSDKError)
        assert -601001 == error.errCode


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["errcode", "errmsg", "code"]), inner),
    max_leaves=12,
)


@settings(max_examples=part(400, 50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.sampled_from(["", GATEWAY_JSON, "application/json"]), st.booleans())
def test_any_bytes(body: bytes, content_type: str, convert: bool) -> None:
    try:
        read = answer.read_message("a.b", content_type, body)
        assert type(answer.read_result("a.b", read, convert)) is dict
    except CloudSDKError as error:
        assert type(error.errCode) is int


@settings(max_examples=part(400, 50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything, st.sampled_from(["", "application/json", "text/plain"]), st.booleans(), st.booleans())
def test_any_json(value: Any, content_type: str, convert: bool, inside: bool) -> None:
    body = jsontext.stringify(value).encode("utf-8", "replace")
    try:
        read = answer.read_message("a.b", GATEWAY_JSON, message(body, content_type) if inside else body)
        assert type(answer.read_result("a.b", read, convert)) is dict
    except CloudSDKError as error:
        assert type(error.errCode) is int and error.errCode


@settings(max_examples=part(400, 50), deadline=None)
@given(st.binary(max_size=100) | st.text(max_size=100))
def test_parse_gives_a_value_or_a_value_error(source: bytes | str) -> None:
    try:
        jsontext.parse(source)
    except ValueError:
        pass

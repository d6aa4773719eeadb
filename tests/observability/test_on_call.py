"""cloud.on_call: one record for each call, whatever came of it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy import CallRecord
from cloudpy._client import hooks
from cloudpy.errors import ApiPermissionError, CloudSDKError, ConfigError, SystemBusyError, TransportError

from .gateway import BUSY, HANG_UP, OK, REFUSED, Caller, ScriptedServer, in_turn


def records_of(cloud: Any) -> list[CallRecord]:
    seen: list[CallRecord] = []
    cloud.on_call(seen.append)
    return seen


def test_a_call_that_went_well(caller: Caller) -> None:
    with ScriptedServer(in_turn(OK)) as server:
        cloud = caller.cloud(server.url)
        seen = records_of(cloud)
        caller.does(lambda: cloud.openapi.security.msgSecCheck({"content": "hello"}))
        (record,) = seen
        assert ("openapi.security.msgSecCheck", "security.msgSecCheck") == (record.name, record.api)
        assert (None, 0, 1) == (record.error, record.errCode, record.attempts)
        (_, request) = server.received[0]
        assert len(request.body) == record.request_size
        assert record.response_size > 0
        assert record.request_id in request.line and record.request_id
        assert record.server == server.url.split("/")[2]
        assert 0 < record.duration < 60


def test_each_attempt_counts(caller: Caller) -> None:
    with ScriptedServer(in_turn(BUSY, BUSY, OK)) as server:
        cloud = caller.cloud(server.url, retries=2)
        seen = records_of(cloud)
        caller.does(lambda: cloud.openapi.cloudbase.getOpenData(openid="o"))
        assert [3] == [record.attempts for record in seen]
        assert seen[0].request_size == sum(len(request.body) for _, request in server.received)


@pytest.mark.parametrize(
    ("answer", "kind"), [(REFUSED, CloudSDKError), (BUSY, SystemBusyError), (HANG_UP, TransportError)]
)
def test_a_call_that_failed_has_the_error_that_was_raised(caller: Caller, answer: bytes, kind: type) -> None:
    with ScriptedServer(in_turn(answer)) as server:
        cloud = caller.cloud(server.url)
        seen = records_of(cloud)
        with pytest.raises(kind) as caught:
            caller.does(lambda: cloud.openapi.a.b())
        (record,) = seen
        assert record.error is caught.value
        assert record.errCode == caught.value.errCode  # type: ignore[attr-defined]
        assert record.request_id == caught.value.requestId or caught.value.requestId == ""  # type: ignore[attr-defined]


def test_a_call_that_is_refused_before_it_is_sent_is_one_too(caller: Caller) -> None:
    cloud = caller.cloud("http://127.0.0.1:1/", config={"permissions": {"openapi": ["a.b"]}})
    seen = records_of(cloud)
    with pytest.raises(ApiPermissionError):
        caller.does(lambda: cloud.openapi.a.c())
    with pytest.raises(CloudSDKError, match="one dict or keywords"):
        caller.does(lambda: cloud.openapi.a.b({}, c=1))
    assert [("a.c", -604101, 0, ""), ("a.b", -1, 0, "")] == [
        (record.api, record.errCode, record.attempts, record.server) for record in seen
    ]


@pytest.mark.parametrize("transport", ["https", "cloudrun"])
def test_the_other_transports(caller: Caller, transport: str) -> None:
    from tests.scripted_server import http

    answers = in_turn(http(b'{"errcode":0,"errmsg":"ok"}', "Content-Type: application/json"))
    with ScriptedServer(answers) as server:
        token = {"access_token": "an-access-token"} if transport == "https" else {}
        url = server.url.removesuffix("/admin")
        cloud = caller.cloud(url, transport=transport, **token)
        seen = records_of(cloud)
        caller.does(lambda: cloud.openapi.security.msgSecCheck(content="c", version=2, scene=1, openid="o"))
        assert [("security.msgSecCheck", 0, 1)] == [(one.api, one.errCode, one.attempts) for one in seen]


def test_only_the_calls_of_the_cloud_it_was_given_to(caller: Caller) -> None:
    with ScriptedServer(in_turn(OK)) as server:
        one, other = caller.cloud(server.url), caller.cloud(server.url)
        seen = records_of(one)
        for cloud in (other, one):
            caller.does(lambda cloud=cloud: cloud.openapi.a.b())  # type: ignore[misc]
        assert 1 == len(seen)


def test_taken_away_it_hears_no_more_and_costs_nothing(caller: Caller) -> None:
    with ScriptedServer(in_turn(OK)) as server:
        cloud = caller.cloud(server.url)
        seen: list[CallRecord] = []
        before = hooks._count
        remove = cloud.on_call(seen.append)
        again = cloud.on_call(seen.append)
        caller.does(lambda: cloud.openapi.a.b())
        assert 2 == len(seen)
        remove()
        remove()
        caller.does(lambda: cloud.openapi.a.b())
        assert 3 == len(seen)
        again()
        caller.does(lambda: cloud.openapi.a.b())
        assert 3 == len(seen)
        assert before == hooks._count


def test_as_a_decorator(caller: Caller) -> None:
    with ScriptedServer(in_turn(OK)) as server:
        cloud = caller.cloud(server.url)
        seen = []

        @cloud.on_call  # type: ignore[untyped-decorator]
        def told(record: CallRecord) -> None:
            seen.append(record.api)

        caller.does(lambda: cloud.openapi.a.b())
        told()
        caller.does(lambda: cloud.openapi.a.b())
        assert ["a.b"] == seen


def test_a_callback_that_fails_is_logged_and_breaks_nothing(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with ScriptedServer(in_turn(OK)) as server:
        cloud = caller.cloud(server.url)
        seen: list[CallRecord] = []

        def fails(_: CallRecord) -> None:
            raise ValueError(f"no good: secretKey={cloud._config.secret_key}")

        cloud.on_call(fails)
        cloud.on_call(seen.append)
        assert 0 == caller.does(lambda: cloud.openapi.a.b())["errCode"]
        assert 1 == len(seen)
        (line,) = [one for one in caplog.records if one.name == "cloudpy" and one.levelno == logging.ERROR]
        assert "openapi.a.b" in line.getMessage()
        assert "ValueError: no good" in caplog.text
        assert "example-secret-key" not in caplog.text


async def _async_callback(_: CallRecord) -> None: ...


@pytest.mark.parametrize("callback", [None, "print", 7, _async_callback])
@pytest.mark.parametrize("face", [cloudpy, cloudpy.sync])
def test_what_is_no_callback(face: Any, callback: Any) -> None:
    with pytest.raises(ConfigError, match="plain function"):
        face.Cloud().on_call(callback)


def test_registered_before_init(caller: Caller) -> None:
    with ScriptedServer(in_turn(OK)) as server:
        cloud = type(caller.cloud(server.url))()
        seen = records_of(cloud)
        cloud.init({"config": None, "env": "e", "secretId": "i", "secretKey": "k", "serviceUrl": server.url})
        caller.does(lambda: cloud.openapi.a.b())
        assert 1 == len(seen)


def test_a_call_that_is_cancelled_ended_so() -> None:
    asyncio.run(cancelled())


async def cancelled() -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def script(peer: Any) -> None:
        peer.read()
        loop.call_soon_threadsafe(asked.set)
        peer.closed_by_client()

    with ScriptedServer(script) as server:
        cloud = cloudpy.createNewInstance(config=None, env="e", secretId="i", secretKey="k", serviceUrl=server.url)
        seen = records_of(cloud)
        task = asyncio.create_task(cloud.openapi.a.b())
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (record,) = seen
        assert isinstance(record.error, asyncio.CancelledError)
        assert None is record.errCode


def test_calls_side_by_side_are_told_apart() -> None:
    asyncio.run(side_by_side())


async def side_by_side() -> None:
    with ScriptedServer(in_turn(OK)) as server:
        cloud = cloudpy.createNewInstance(config=None, env="e", secretId="i", secretKey="k", serviceUrl=server.url)
        seen = records_of(cloud)
        await asyncio.gather(*(getattr(cloud.openapi.a, f"b{number}")() for number in range(20)))
        assert {f"a.b{number}" for number in range(20)} == {record.api for record in seen}
        assert {1} == {record.attempts for record in seen}
        assert 20 == len({record.request_id for record in seen})

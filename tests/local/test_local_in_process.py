"""The SDK against a backend in its own process: the same bytes, no socket."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import Any

import pytest

import cloudpy as cloud
import cloudpy.sync as sync
from cloudpy.local import (
    URL,
    ApiResponse,
    Backend,
    CannedResponse,
    EmptyCatalog,
    InProcessTransport,
    connected,
    environment,
    error_response,
    file_response,
    reply_response,
)

from .conftest import STEPS


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Backend:
    backend = Backend(env="test-env", catalog=EmptyCatalog())
    backend.users.add("o-alice")
    backend.allow("all")
    backend.open_data.add("xxx", STEPS, openid="o-alice")
    for name, value in environment(backend, URL).items():
        monkeypatch.setenv(name, value)
    return backend


def both(live: Backend, api: str, **options: Any) -> list[Any]:
    """What both faces make of a call: results or errors."""
    blocking = sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    awaited = cloud.Cloud().init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)

    async def call() -> Any:
        return await getattr(awaited.openapi(timeout=5, **options), api)()

    found: list[Any] = []
    with connected(live):
        for make in (lambda: getattr(blocking.openapi(timeout=5, **options), api)(), lambda: asyncio.run(call())):
            try:
                found.append(make())
            except cloud.CloudSDKError as failure:
                found.append(failure)
    return found


def test_both_faces_and_back_again(live: Backend) -> None:
    face = sync.Cloud().init(env="test-env", config=None)
    with connected(live):
        found = face.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})
    assert found["dataList"] == [{"json": {"cloudID": "xxx", "data": STEPS}, "cloudId": "xxx"}]
    with pytest.raises(cloud.TransportError, match="local"):  # the address leads nowhere else
        face.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        ("refused", cloud.TransportError, "connect ECONNREFUSED local.wechat.invalid"),
        ("reset", cloud.TransportError, "read ECONNRESET"),
        ("timeout", cloud.CallTimeoutError, "request timeout"),
        ("truncated", cloud.TransportError, "aborted"),
        ("http500", cloud.CloudSDKError, "500 Internal Server Error"),
        ("garbage", cloud.CloudSDKError, "unknown wx response received"),
    ],
)
def test_faults(live: Backend, fault: Any, kind: type, told: str) -> None:
    live.responses.add("x", CannedResponse(ApiResponse(fault=fault)))
    for found in both(live, "x"):
        assert type(found) is kind
        assert told in found.errMsg


def test_a_delay_beyond_the_timeout_takes_no_time(live: Backend) -> None:
    live.responses.add("x", CannedResponse(reply_response({}), delay=500))
    assert [type(found) for found in both(live, "x")] == [cloud.CallTimeoutError] * 2


def test_a_delay_within_it_is_slept(live: Backend) -> None:
    slept: list[float] = []
    live.responses.add("x", CannedResponse(reply_response({}), delay=3))
    transport = InProcessTransport(live, sleep=slept.append)
    from cloudpy import _transports

    async_one = _transports.async_transport()
    with _transports.override(blocking=transport, asynchronous=async_one):
        sync.Cloud().init(env="test-env", config=None).openapi.x()
    assert slept == [3]


def test_a_delay_alone_comes_before_the_usual_answer(live: Backend) -> None:
    live.responses.add("x", CannedResponse(None, delay=0.001, times=1))
    live.responses.add("x", CannedResponse(reply_response({"n": 1})))
    assert [found.errCode for found in both(live, "x")[:1]] == [-604100]


def test_results_and_errors_as_from_wechat(live: Backend) -> None:
    live.responses.add("x", CannedResponse(file_response(b"\x89PNG", "image/png"), times=2))
    live.responses.add("x", CannedResponse(error_response(40003), times=2))
    live.responses.add("x", CannedResponse(reply_response({"someKey": {"otherKey": 1}}), times=2))
    picture = {"errCode": 0, "errMsg": "openapi.x:ok", "contentType": "image/png", "buffer": b"\x89PNG"}
    assert both(live, "x") == [picture, picture]
    assert [(found.errCode, found.errMsg) for found in both(live, "x")] == [
        (40003, "openapi.x:fail invalid openid")
    ] * 2
    assert both(live, "x", convertCase=False)[0]["some_key"] == {"other_key": 1}


def test_many_threads_share_one(live: Backend) -> None:
    live.responses.add("x", CannedResponse(reply_response({}), times=400))
    face = sync.Cloud().init(env="test-env", config=None)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(50):
                face.openapi.x()
        except BaseException as failure:
            failures.append(failure)

    with connected(live):
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        with pytest.raises(cloud.CloudSDKError):
            face.openapi.x()
    assert live.calls.total == 401


def test_nothing_heavy_is_imported() -> None:
    program = (
        "import sys, cloudpy.local as local; backend = local.Backend(catalog=local.EmptyCatalog());"
        "print([name for name in ('aiohttp', 'yaml', 'jsonschema', 'click') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"

"""Spans and metrics, read from OpenTelemetry's own exporters in memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import cloudpy
import cloudpy.otel
from cloudpy._client.context import Invocation, invocation
from cloudpy.errors import CloudSDKError, TransportError
from tests.scripted_server import http

from .gateway import BUSY, HANG_UP, OK, REFUSED, Caller, ScriptedServer, in_turn


class Telemetry:
    """What was exported."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader])

    def spans(self) -> list[Any]:
        return list(self.exporter.get_finished_spans())

    def points(self) -> list[Any]:
        data = self.reader.get_metrics_data()
        if data is None:
            return []
        return [
            (metric, point)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
        ]


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    made = Telemetry()
    cloudpy.otel.instrument(tracer_provider=made.tracers, meter_provider=made.meters)
    yield made
    cloudpy.otel.uninstrument()
    made.tracers.shutdown()
    made.meters.shutdown()


def test_a_call_is_a_span_and_a_measurement(caller: Caller, telemetry: Telemetry) -> None:
    with ScriptedServer(in_turn(BUSY, OK)) as server:
        cloud = caller.cloud(server.url, retries=1)
        caller.does(lambda: cloud.openapi.cloudbase.getOpenData(openid="o"))
        port = int(server.url.split("/")[2].rpartition(":")[2])
    (span,) = telemetry.spans()
    assert "openapi.cloudbase.getOpenData" == span.name
    assert trace.SpanKind.CLIENT is span.kind
    assert span.status.is_unset
    attributes = dict(span.attributes)
    assert attributes.pop("cloudpy.request.size") > 0
    assert attributes.pop("cloudpy.response.size") > 0
    assert attributes.pop("cloudpy.request_id")
    common = {
        "rpc.system.name": "wechat_cloud",
        "rpc.method": "openapi.cloudbase.getOpenData",
        "rpc.response.status_code": "0",
        "server.address": "127.0.0.1",
        "server.port": port,
    }
    assert {**common, "cloudpy.attempts": 2} == attributes
    ((metric, point),) = telemetry.points()
    assert ("rpc.client.call.duration", "s") == (metric.name, metric.unit)
    assert common == dict(point.attributes)
    assert 1 == point.count
    assert point.sum > 0


def test_a_call_of_the_database_names_collection_and_operation(caller: Caller, telemetry: Telemetry) -> None:
    answer = http(b'{"code":"DATABASE_REQUEST_FAILED","message":"E11000 dup key: a secret thing","requestId":"r"}')
    with ScriptedServer(in_turn(answer)) as server:
        cloud = caller.cloud(server.url)
        with pytest.raises(CloudSDKError):
            caller.does(lambda: cloud.database().collection("todos").add(data={"_id": "a secret thing"}))
    (span,) = telemetry.spans()
    assert "collection.add" == span.name
    assert ("todos", "add") == (span.attributes["db.collection.name"], span.attributes["db.operation.name"])
    assert "-502001" == span.attributes["error.type"]
    assert "DuplicateIdError" == span.status.description
    assert "secret" not in span.to_json()


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [(REFUSED, "40003", "40003"), (HANG_UP, "cloudpy.errors.TransportError", None), (BUSY, "-1", "-1")],
)
def test_a_call_that_failed(caller: Caller, telemetry: Telemetry, answer: bytes, kind: str, code: str | None) -> None:
    with ScriptedServer(in_turn(answer)) as server:
        cloud = caller.cloud(server.url)
        with pytest.raises(CloudSDKError) as caught:
            caller.does(lambda: cloud.openapi.a.b())
    (span,) = telemetry.spans()
    assert trace.StatusCode.ERROR is span.status.status_code
    assert caught.value.errMsg == span.status.description
    assert kind == span.attributes["error.type"]
    assert code == span.attributes.get("rpc.response.status_code")
    ((_, point),) = telemetry.points()
    assert kind == point.attributes["error.type"]


def test_the_span_that_is_current_is_the_parent(caller: Caller, telemetry: Telemetry) -> None:
    tracer = telemetry.tracers.get_tracer("the user's")
    with ScriptedServer(in_turn(OK)) as server:
        cloud = caller.cloud(server.url)
        inside = []
        cloud.on_call(lambda _: inside.append(trace.get_current_span().get_span_context().span_id))
        with tracer.start_as_current_span("order") as parent:
            caller.does(lambda: cloud.openapi.a.b())
            assert trace.get_current_span() is parent
    call, order = telemetry.spans()
    assert call.parent.span_id == order.context.span_id
    assert [call.context.span_id] == inside


@pytest.mark.parametrize("name", ["TRACEPARENT", "TCB_TRACELOG"])
def test_the_running_function_is_the_parent(caller: Caller, telemetry: Telemetry, name: str) -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    token = invocation.set(Invocation({name: given}, request_id="r-1"))
    try:
        with ScriptedServer(in_turn(OK)) as server:
            cloud = caller.cloud(server.url)
            caller.does(lambda: cloud.openapi.a.b())
    finally:
        invocation.reset(token)
    (span,) = telemetry.spans()
    assert 0x0AF7651916CD43DD8448EB211C80319C == span.context.trace_id
    assert 0xB7AD6B7169203331 == span.parent.span_id
    assert "r-1" == span.attributes["faas.invocation_id"]


@pytest.mark.parametrize("given", ["", "1577153917182_0.1316", "00-0-0-01", "on"])
def test_what_is_no_parent_is_passed_over(
    caller: Caller, telemetry: Telemetry, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TCB_TRACELOG", given)
    with ScriptedServer(in_turn(OK)) as server:
        cloud = caller.cloud(server.url)
        caller.does(lambda: cloud.openapi.a.b())
    (span,) = telemetry.spans()
    assert None is span.parent


def test_side_by_side_and_cancelled(telemetry: Telemetry) -> None:
    asyncio.run(side_by_side(telemetry))


async def side_by_side(telemetry: Telemetry) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def script(peer: Any) -> None:
        request = peer.read()
        if request is not None and peer.number == 0:
            loop.call_soon_threadsafe(asked.set)
            peer.closed_by_client()
            return
        while request is not None:
            peer.write(OK)
            request = peer.read()

    with ScriptedServer(script) as server:
        cloud = cloudpy.createNewInstance(config=None, env="e", secretId="i", secretKey="k", serviceUrl=server.url)
        hanging = asyncio.create_task(cloud.openapi.a.hangs())
        await asked.wait()
        await asyncio.gather(*(cloud.openapi.a.b() for _ in range(5)))
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        assert not trace.get_current_span().get_span_context().is_valid
    spans = {span.name: span for span in telemetry.spans()}
    assert 6 == len(telemetry.spans())
    assert "asyncio.exceptions.CancelledError" == spans["openapi.a.hangs"].attributes["error.type"]


def test_once_and_taken_away(caller: Caller, telemetry: Telemetry) -> None:
    cloudpy.otel.instrument(tracer_provider=telemetry.tracers, meter_provider=telemetry.meters)
    cloud = caller.cloud("http://127.0.0.1:1/admin")
    with pytest.raises(TransportError):
        caller.does(lambda: cloud.openapi.a.b())
    assert 1 == len(telemetry.spans())
    cloudpy.otel.uninstrument()
    cloudpy.otel.uninstrument()
    with pytest.raises(TransportError):
        caller.does(lambda: cloud.openapi.a.b())
    assert 1 == len(telemetry.spans())


def test_without_the_library_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['opentelemetry'] = None\nimport cloudpy\nimport cloudpy.otel"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert "pip install opentelemetry-api" in done.stderr.splitlines()[-1]

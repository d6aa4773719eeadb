"""Cloud calls with secrets in options, variables, parameters, addresses and answers."""

# ruff: noqa: B023 - what a lambda of a loop looks up is used before the loop goes on

from __future__ import annotations

import asyncio
import contextlib
import io
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock
from urllib.parse import quote

import cloudpy
import cloudpy.sync
from cloudpy._client import context
from cloudpy.errors import CallTimeoutError, CloudSDKError, ConfigError, TransportError
from tests.canary.planting import FACES, each_echo, environment, parameters, variables, vars_of
from tests.canary.secrets import Canary
from tests.observability.gateway import calling, wechat
from tests.scripted_server import Peer, ScriptedServer


def calls_on_the_platforms_wire(canary: Canary) -> None:
    for face in FACES:
        with calling(face) as caller, variables(environment(canary)):
            given = {name: canary[name] for name in ("secretId", "secretKey", "sessionToken")}
            each_echo(
                canary,
                caller,
                f"{face} calls",
                lambda cloud: cloud.openapi.a.b(parameters(canary)),
                lambda url: caller.cloud(f"{url}?token={quote(canary['token in serviceUrl'])}", **given),
            )


def calls_with_the_credentials_of_the_platform(canary: Canary) -> None:
    for face in FACES:
        with calling(face) as caller, variables({**environment(canary), "TRIGGER_SRC": "timer"}):
            each_echo(
                canary,
                caller,
                f"{face} timer",
                lambda cloud: cloud.openapi.a.b(),
                lambda url: caller.cloud(url, secretId="", secretKey=""),
            )


def calls_that_go_well_while_everything_is_logged(canary: Canary) -> None:
    for face in FACES:
        with calling(face) as caller, variables(environment(canary)), canary.logs(face):
            fine = wechat(b'{"errcode":0,"errmsg":"ok"}')

            def script(peer: Peer, fine: bytes = fine) -> None:
                while peer.read():
                    peer.write(fine)

            with ScriptedServer(script) as server:
                given = {name: canary[name] for name in ("secretId", "secretKey", "sessionToken")}
                cloud = caller.cloud(server.url, **given)
                cloud.on_call(lambda record: canary.saw("the record", record, vars_of(record)))
                canary.saw("the result", caller.does(lambda: cloud.openapi.a.b(parameters(canary))))
                told = io.StringIO()
                with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
                    cloud.logger().info({"environment": dict(os.environ), "options": given})
                    cloud.logger().error(text=f"with {canary['WX_API_TOKEN']}", error=ValueError(canary["API_TOKEN"]))
                canary.saw("logger()", told.getvalue())


def calls_that_get_no_answer(canary: Canary) -> None:
    for face in FACES:
        with calling(face) as caller, variables(environment(canary)), canary.logs(face):
            given = {name: canary[name] for name in ("secretId", "secretKey", "sessionToken")}
            secret = canary["password in serviceUrl"]
            for url in (
                "http://127.0.0.1:1/admin",
                "http://no-such-host.invalid/admin",
                f"http://me:{quote(secret, safe='')}@127.0.0.1:1/admin",
                f"http://127.0.0.1:port/{quote(secret)}?token={quote(secret)}",
            ):
                with canary.failing(f"{face} {url[:40]}", (TransportError, CloudSDKError)):  # type: ignore[arg-type]
                    cloud = caller.cloud(url, **given)
                    caller.does(lambda cloud=cloud: cloud.openapi.a.b(parameters(canary)))  # type: ignore[misc]

            def silent(peer: Peer) -> None:
                peer.read()
                peer.closed_by_client()

            with ScriptedServer(silent) as server:
                cloud = caller.cloud(server.url, **given, timeout=0.2)
                with canary.failing(f"{face} time-out", CallTimeoutError):
                    caller.does(lambda: cloud.openapi.a.b(parameters(canary)))


def parameters_that_cannot_be_sent(canary: Canary) -> None:
    for face in FACES:
        with calling(face) as caller:
            cloud = caller.cloud("http://127.0.0.1:1/", validate=True, config={"permissions": {"openapi": ["a.b"]}})
            circle: dict[str, Any] = parameters(canary)
            circle["self"] = circle
            for params in (
                circle,
                {**parameters(canary), "f": object()},
                {"secret": object(), **parameters(canary)},
                [canary["appsecret"]],
                canary["appsecret"],
            ):
                with canary.failing(f"{face} parameters", CloudSDKError):
                    caller.does(lambda params=params: cloud.openapi.a.b(params))  # type: ignore[misc]
            with canary.failing(f"{face} permission", CloudSDKError):
                caller.does(lambda: cloud.openapi.a.c(parameters(canary)))
            cloud = caller.cloud("http://127.0.0.1:1/", validate=True)
            with canary.failing(f"{face} contract", CloudSDKError):
                caller.does(lambda: cloud.openapi.security.msgSecCheck(parameters(canary)))


def options_that_are_wrong(canary: Canary) -> None:
    wrong = canary["an option of the wrong type"]
    for cloud in (cloudpy, cloudpy.sync):
        for options in (
            {"secretKey": [wrong]},
            {"secretKey": wrong},
            {"secretId": wrong},
            {"sessionToken": {"token": wrong}},
            {"access_token": wrong},
            {"transport": "https", "access_token": [wrong]},
            {"serviceUrl": f"ftp://me:{quote(wrong, safe='')}@host/?token={quote(wrong)}"},
            {"serviceUrl": {"token": wrong}},
            {"secretkey": wrong},
            {"timeout": {"token": wrong}},
            {"retries": {"token": wrong}},
            {"env": [wrong, {"token": wrong}]},
            {"validate": {"token": wrong}},
            {"transport": {"token": wrong}},
            {"config": [{"token": wrong}]},
            {"region": {"token": wrong}},
        ):
            with canary.failing(f"init({next(iter(options))})", ConfigError):
                cloud.createNewInstance(options)  # type: ignore[arg-type]
            with contextlib.suppress(ConfigError):
                with canary.failing(f"openapi({next(iter(options))})", ConfigError):
                    cloud.Cloud().openapi(options)


def calls_over_https(canary: Canary) -> None:
    for face in FACES:
        with calling(face) as caller, variables(environment(canary)):
            tokens = [canary["access_token of a callable"], canary["access_token after a refresh"]]
            ways: list[Any] = [canary["access_token"], lambda: tokens[0], lambda left=tokens: left[-1]]
            for token in ways:
                each_echo(
                    canary,
                    caller,
                    f"{face} https",
                    lambda cloud: cloud.openapi.security.msgSecCheck(
                        {**parameters(canary), "content": "c", "version": 2, "scene": 1, "openid": "o"}
                    ),
                    lambda url, token=token: caller.cloud(  # type: ignore[misc]
                        url.removesuffix("/admin"), transport="https", access_token=token
                    ),
                )

            def fails() -> str:
                raise ValueError("no token today")

            cloud = caller.cloud("http://127.0.0.1:1", transport="https", access_token=fails)
            with canary.failing(f"{face} token", ValueError):
                caller.does(lambda: cloud.openapi.security.msgSecCheck(content="c"))


def calls_in_cloud_run(canary: Canary) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "cloudbase_access_token")
        path.write_text(canary["token file of Cloud Run"], "utf-8")
        for face in FACES:
            for transport in ("https", "cloudrun", None):
                with (
                    calling(face) as caller,
                    mock.patch.dict(os.environ, {"CBR_ENV_ID": "e"}),
                    mock.patch.object(context, "_access_token_file", context._TokenFile(str(path))),
                ):
                    each_echo(
                        canary,
                        caller,
                        f"{face} Cloud Run {transport}",
                        lambda cloud: cloud.openapi.security.msgSecCheck(content="c", version=2, scene=1, openid="o"),
                        lambda url, transport=transport: caller.cloud(  # type: ignore[misc]
                            url if transport is None else url.removesuffix("/admin"), transport=transport
                        ),
                    )


def tasks_that_are_cancelled(canary: Canary) -> None:
    async def cancelled() -> None:
        given = {name: canary[name] for name in ("secretId", "secretKey", "sessionToken")}
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()

        def silent(peer: Peer) -> None:
            peer.read()
            loop.call_soon_threadsafe(asked.set)
            peer.closed_by_client()

        with ScriptedServer(silent) as server:
            cloud = cloudpy.createNewInstance(env="e", config=None, serviceUrl=server.url, **given)  # type: ignore[arg-type]
            cloud.on_call(lambda record: canary.saw("a cancelled call", record, vars_of(record)))
            task = asyncio.create_task(cloud.openapi.a.b(parameters(canary)))
            await asked.wait()
            task.cancel()
            with canary.failing("a cancelled call", asyncio.CancelledError):
                await task
            canary.saw("a task", task)

    with canary.logs("a cancelled call"):
        asyncio.run(cancelled())


def spans_and_measurements(canary: Canary) -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    import cloudpy.otel

    exporter, tracers, reader = InMemorySpanExporter(), TracerProvider(), InMemoryMetricReader()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider([reader])
    cloudpy.otel.instrument(tracer_provider=tracers, meter_provider=meters)
    try:
        calls_on_the_platforms_wire(canary)
    finally:
        cloudpy.otel.uninstrument()
    canary.saw("spans", *(span.to_json() for span in exporter.get_finished_spans()))
    data = reader.get_metrics_data()
    assert data is not None and exporter.get_finished_spans()
    canary.saw("measurements", data.to_json())
    tracers.shutdown()
    meters.shutdown()

"""What is done with the secrets. A new case is a function in the list at the end, with the secrets it plants."""

# ruff: noqa: B023 - what a lambda of a loop looks up is used before the loop goes on

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock
from urllib.parse import quote, unquote

import cloudpy
import cloudpy.sync
from cloudpy import _context
from cloudpy.errors import CallTimeoutError, CloudSDKError, ConfigError, SystemBusyError, TransportError
from tests.canary.secrets import Canary
from tests.observability.gateway import Caller, calling, wechat
from tests.scripted_server import Peer, Received, ScriptedServer, http
from tests.serve.serving import Serving, post

FACES = ("sync", "async")
VARIABLES = (
    "WX_API_TOKEN",
    "WX_TRIGGER_API_TOKEN_V0",
    "API_TOKEN",
    "TCB_SESSIONTOKEN",
    "TENCENTCLOUD_SECRETID",
    "TENCENTCLOUD_SECRETKEY",
    "TENCENTCLOUD_SESSIONTOKEN",
    "WX_CLOUDBASE_ACCESSTOKEN",
)


@contextlib.contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """These, and the lists that make them count."""
    names = ",".join(values)
    with mock.patch.dict(os.environ, {**values, "WX_CONTEXT_KEYS": names, "TCB_CONTEXT_KEYS": names}):
        yield


def environment(canary: Canary) -> dict[str, str]:
    """Every secret that the platform puts into variables, and two of the user's own."""
    found = {name: canary[name] for name in VARIABLES}
    found["DB_PASSWORD"] = canary["a password of the user's own"]
    found["DATABASE_URL"] = f"mysql://me:{canary['DATABASE_URL']}@host/base"
    return found


# --- answers that say back what was sent --------------------------------------------------------------------------


def everything(request: Received) -> str:
    """All that was sent, as text: plain, unescaped, in base64 as a whole and word by word."""
    body = request.body.decode("utf-8", "replace")
    text = f"{request.line} {request.headers} {body}"
    words = set(re.findall(r"[^\s\"'{}\[\],;&?:]{12,}", text)) | set(re.findall(r"cnry/\w+\+x==", unquote(text)))
    codes = " ".join(base64.b64encode(word.encode()).decode() for word in sorted(words))
    inside = base64.b64encode(text.encode()).decode()
    return f"{text} {unquote(text)} {codes} {' '.join(map(quote, sorted(words)))} {inside}"


def plainly(body: bytes) -> bytes:
    """What WeChat itself answers."""
    return http(body, "Content-Type: application/json")


def echoes(request: Received, wechat: Callable[[bytes], bytes]) -> list[bytes]:
    """Answers of every kind, with all of it in them."""
    told = everything(request)
    text = json.dumps(told)
    gateway = "Content-Type: application/json; charset=utf-8"
    return [
        wechat(f'{{"errcode":40001,"errmsg":{text}}}'.encode()),
        wechat(f'{{"errcode":-1,"errmsg":{text}}}'.encode()),
        wechat(f'{{"errcode":"x","errmsg":{{"in":{text}}}}}'.encode()),
        wechat(told.encode()),  # JSON that is none
        http(f'{{"code":"SYS_ERR","message":{text},"requestId":{text}}}'.encode(), gateway),
        http(f'{{"errcode":1,"errmsg":{text}}}'.encode(), gateway),
        http(f'{{"neither":{text}}}'.encode(), gateway),
        http(f'{{"code":"INVALID_PARAM","message":{text}}}'.encode(), "Content-Type: text/html"),
        http(told.encode(), "Content-Type: text/html"),  # no message of the wire
        http(told.encode(), status="500 Internal Server Error"),
        http(b"", f"Location: /{quote(told)[:2000]}", status="302 Found"),
        told.encode() + b"\r\n\r\n",  # not even HTTP
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-Echo: " + quote(told)[:3000].encode() + b"\r\n\r\nshort",
        b"",
    ]


KINDS = 14


class Echo:
    """Answers each request with the next kind of echo."""

    def __init__(self, wechat: Callable[[bytes], bytes] = wechat) -> None:
        self.kind = 0
        self._wechat = wechat

    def __call__(self, peer: Peer) -> None:
        request = peer.read()
        if request is not None:
            answer = echoes(request, self._wechat)[self.kind]
            if answer:
                peer.write(answer)


def each_echo(
    canary: Canary, caller: Caller, where: str, call: Callable[[Any], Any], make: Callable[[str], Any]
) -> None:
    """The call, answered in every way; what is logged and watched meanwhile is seen too."""
    echo, failed = Echo(wechat if "https" not in where and "cloudrun" not in where else plainly), 0
    with canary.logs(where), ScriptedServer(echo) as server:
        cloud = make(server.url)
        remove = cloud.on_call(lambda record: canary.saw(f"{where}, the record", record, vars_of(record)))
        for kind in range(KINDS):
            echo.kind = kind
            try:
                caller.does(lambda: call(cloud))
            except CloudSDKError as error:
                canary.saw(f"{where}, echo {kind}", error)
                failed += 1
        assert failed >= KINDS - 4, "a few are results over HTTPS"
        remove()
        canary.saw(f"{where}, objects", cloud, cloud._config, cloud.openapi, cloud.openapi.a.b, cloud.logger())
        canary.saw(f"{where}, parts", cloud._watchers, cloud._config.platform, cloud._config.tokens)


def vars_of(thing: Any) -> str:
    return repr({name: getattr(thing, name) for name in type(thing).__slots__})


PARAMETERS: dict[str, str] = {"appsecret": "appsecret", "secret": "midas secret"}


def parameters(canary: Canary) -> dict[str, Any]:
    return {
        **{key: canary[name] for key, name in PARAMETERS.items()},
        "deep": [{"ticket": canary["nested ticket"]}],
        "data": {"user": {"password": canary["password in a query"]}},
    }


# --- the cases ----------------------------------------------------------------------------------------------------


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
                    mock.patch.object(_context, "_access_token_file", _context._TokenFile(str(path))),
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


def an_invocation_with_secrets_in_its_context(canary: Canary) -> None:
    from cloudpy.functions import user_traceback

    told = {
        "WX_API_TOKEN": canary["WX_API_TOKEN of an invocation"],
        "TENCENTCLOUD_SECRETKEY": canary["TENCENTCLOUD_SECRETKEY of an invocation"],
        "TENCENTCLOUD_SECRETID": "AKID",
        "WX_CONTEXT_KEYS": "WX_API_TOKEN,WX_OPENID",
        "WX_OPENID": "o-1",
    }
    echo = Echo()
    with canary.logs("an invocation"), ScriptedServer(echo) as server, calling("sync") as caller:
        cloud = caller.cloud(server.url, secretId="", secretKey="")

        @cloudpy.sync.function
        def main(event: Any, context: Any) -> Any:
            canary.saw("getWXContext", cloud.getWXContext(), _context.invocation.get())
            if event["fails"]:
                return cloud.openapi.a.b()
            try:
                return cloud.openapi.a.b()
            except CloudSDKError as error:
                return error

        for kind in range(KINDS):
            echo.kind = kind
            for form in ("environment", "environ"):
                text = json.dumps(told) if form == "environment" else ";".join(f"{k}={v}" for k, v in told.items())
                context = {"request_id": "r-1", form: text}
                canary.saw("a returned error", json.dumps(main({"fails": False}, context), ensure_ascii=False))
                try:
                    main({"fails": True}, context)
                except CloudSDKError as error:
                    canary.saw("a raised error", error, user_traceback(error))


def recordings_of_the_test_kit(canary: Canary) -> None:
    from cloudpy.testing import LocalWeChat

    with TemporaryDirectory() as folder, variables(environment(canary)), canary.logs("the test kit"):
        path = Path(folder, "recording.jsonl")
        with contextlib.suppress(AssertionError), LocalWeChat(strict=False, reason="canary", openid="o-1") as kit:
            answer = {
                "session_key": canary["session_key in an answer"],
                "list": [{"access_token": canary["access_token in an answer"]}],
            }
            kit.stub("some.login", check=False).reply(**answer)
            kit.stub("some.busy", check=False).error(-1, "busy")
            with kit.record(path) as recording:
                cloud = cloudpy.sync.createNewInstance(env=cloudpy.DYNAMIC_CURRENT_ENV, config=None)
                cloud.openapi.some.login(parameters(canary))
                with canary.failing("the test kit", SystemBusyError):
                    cloud.openapi.some.busy(parameters(canary))
                canary.saw("the test kit", recording, kit)
        canary.saw("the recording", path.read_bytes())


def an_http_function(canary: Canary) -> None:
    inner = {
        "uid": "u",
        "tmpSecret": {"secretId": "AKID", "secretKey": canary["secretKey in x-cloudbase-context"], "token": "t" * 20},
        "accessToken": canary["x-cloudbase-context"],
    }
    headers = {
        "X-Cloudbase-Context": base64.b64encode(json.dumps(inner).encode()).decode(),
        "X-Wx-Source": "wx_client",
        "X-Wx-Openid": "o-1",
        "X-Wx-Cloudbase-Access-Token": canary["x-wx-cloudbase-access-token"],
        "X-Wx-From-Cloudbase-Access-Token": canary["x-wx-from-cloudbase-access-token"],
        "Authorization": f"Bearer {canary['Authorization']}",
        "Cookie": f"session={canary['Cookie']}",
    }
    path = f"/order?token={quote(canary['token in a query'])}"
    with TemporaryDirectory() as folder:
        Path(folder, "index.py").write_text(
            "import cloudpy.sync as cloud\n"
            "cloud.init(env='e', config=None)\n"
            "def main(event, context):\n"
            "    if event.get('raises'): raise ValueError('it broke')\n"
            "    if event.get('calls'): return cloud.openapi.a.b()\n"
            "    return cloud.getWXContext()\n",
            "utf-8",
        )
        own = {**environment(canary), "TCB_CONTEXT_CNFG": '{"URL": "http://127.0.0.1:1/"}'}
        for options in (("--production",), ()):
            with Serving(folder, "--trust-headers", *options, environment=own) as server:
                for number, event in enumerate(({}, {"raises": 1}, {"calls": 1}), 1):
                    answer = server.send(
                        post(json.dumps(event).encode(), {**headers, "X-Request-Id": f"r-{number}"}, path)
                    )
                    canary.saw("an answer", answer.body, repr(answer.headers))
                    server.line("access", requestId=f"r-{number}")
                broken = {**headers, "X-Cloudbase-Context": canary["x-cloudbase-context"] + "!"}
                for data in (
                    post(b"{}", broken, path),
                    post(b"{", headers, path),
                    post(b"{}", {**headers, "Content-Length": "x"}, path),
                    b"GET " + path.encode() + b"\r\n" + canary["Authorization"].encode() + b"\r\n\r\n",
                ):
                    answer = server.send(data)
                    canary.saw("a refusal", answer.body, repr(answer.headers))
            canary.saw("the log of serve", server.text)


def the_local_wechat(canary: Canary) -> None:
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    from cloudpy.local import Backend, GatewayServer

    token, secret = quote(canary["access_token that is none"]), quote(canary["secret of /cgi-bin/token"])
    with canary.logs("the local WeChat"), GatewayServer(Backend(), port=0) as server:
        base = server.url.removesuffix("/admin")
        for path, data in (
            (f"/cgi-bin/token?grant_type=client_credential&appid=wx1&secret={secret}", None),
            (f"/wxa/getopendata?access_token={token}", b"{}"),
            (f"/wxa/getopendata?openid=o&cloudbase_access_token={token}", b'{"cloudid_list": []}'),
            (f"/no/such/page?access_token={token}&secret={secret}", None),
            (f"/admin?token={token}", b"not a form"),
            (f"/admin?env=e&access_token={token}", json.dumps({"wxCloudApiToken": unquote(token)}).encode()),
            ("/", None),
        ):
            headers = {
                "Authorization": f"TC3-HMAC-SHA256 Credential={unquote(token)}",
                "Content-Type": "application/json",
            }
            try:
                with urlopen(Request(base + path, data, headers), timeout=60) as answer:
                    canary.saw(f"the page {path[:12]}", answer.read(), repr(dict(answer.headers)))
            except HTTPError as error:
                canary.saw(f"the page {path[:12]}", error.read(), repr(dict(error.headers)))
        for line in (f"GET / HTTP/1.1\r\n{unquote(token)}\r\n\r\n", f"{unquote(token)}\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
                connection.sendall(line.encode())
                canary.saw("a refusal", connection.recv(65536))
        for face in FACES:
            with calling(face) as caller, variables({"WX_API_TOKEN": canary["WX_API_TOKEN"]}):
                given = {name: canary[name] for name in ("secretId", "secretKey", "sessionToken")}
                cloud = caller.cloud(server.url, **given)
                with canary.failing("the local WeChat", CloudSDKError):
                    caller.does(lambda cloud=cloud: cloud.openapi.a.b(parameters(canary)))  # type: ignore[misc]
        canary.saw("the local WeChat", server, server.url)


def the_commands(canary: Canary) -> None:
    from tests.cli.command import cloudpy as command

    with TemporaryDirectory() as folder:
        place = Path(folder, "order")
        place.mkdir()
        Path(place, "index.py").write_text(
            "import cloudpy.sync as cloud\n"
            f"secretKey = {canary['secret in the code']!r}\n"
            "cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n"
            "def main(event, context):\n"
            "    if event.get('raises'): raise ValueError('it broke')\n"
            "    return cloud.openapi.a.b(secret='s')\n",
            "utf-8",
        )
        Path(place, ".env").write_text(f"API_KEY={canary['secret in .env']}\n", "utf-8")
        settings = {"permissions": {"openapi": ["a.b"]}, "secretKey": canary["secret in config.json"], "triggers": 7}
        Path(place, "config.json").write_text(json.dumps(settings), "utf-8")
        own = {**os.environ, **environment(canary)}
        for arguments in (
            ("run", place),
            ("run", place, "--event", '{"raises": 1}'),
            ("run", place, "--event", json.dumps({"token": canary["password in a query"]})[:-1]),
            ("env", place),
            ("env", place, "--json"),
            ("check", place),
            ("check", place, "--json"),
            ("gateway", "--port", "-1"),
            ("package", place, "--output", Path(folder, "out.zip"), "--offline"),
        ):
            done = command(*arguments, env=own)
            canary.saw(f"cloudpy {arguments[0]}", done.stdout, done.stderr)
            assert "Traceback (most recent call last)" not in done.stderr or "it broke" in done.stderr, done.stderr


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


Case = Callable[[Canary], None]

CASES: list[Case] = [
    calls_on_the_platforms_wire,
    calls_with_the_credentials_of_the_platform,
    calls_that_go_well_while_everything_is_logged,
    calls_that_get_no_answer,
    parameters_that_cannot_be_sent,
    options_that_are_wrong,
    calls_over_https,
    calls_in_cloud_run,
    an_invocation_with_secrets_in_its_context,
    recordings_of_the_test_kit,
    an_http_function,
    the_local_wechat,
    the_commands,
    spans_and_measurements,
    tasks_that_are_cancelled,
]

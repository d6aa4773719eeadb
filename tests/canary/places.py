"""Functions, servers, commands and files that secrets pass through."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, unquote

import cloudpy
import cloudpy.sync
from cloudpy._client import context as _context
from cloudpy.errors import CloudSDKError, SystemBusyError
from tests.canary.planting import FACES, KINDS, Echo, environment, parameters, variables
from tests.canary.secrets import Canary
from tests.observability.gateway import calling
from tests.scripted_server import ScriptedServer
from tests.serve.serving import Serving, post


def an_invocation_with_secrets_in_its_context(canary: Canary) -> None:
    from cloudpy.runtime import user_traceback

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
            form = ("environment", "environ")[kind % 2]
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

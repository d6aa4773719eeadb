"""The calls beside openapi: files, other functions, payments, other accounts; the local cloud, reports, ``cloudid``."""

# ruff: noqa: B023 - what a lambda of a loop looks up is used before the loop goes on

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from cloudpy._wire import messages
from cloudpy.errors import CloudSDKError
from tests.canary.planting import FACES, KINDS, Echo, each_echo, environment, everything, parameters, variables, vars_of
from tests.canary.secrets import Canary
from tests.cli.command import cloudpy as command
from tests.devserver.dev_process import Dev, write
from tests.observability.gateway import calling
from tests.scripted_server import Peer, ScriptedServer, http

JSON = "Content-Type: application/json"


def calls_beside_openapi(canary: Canary) -> None:
    order = {"outTradeNo": "A1", "totalFee": 1}
    midas = {"offerId": "o", "ts": 1, "zoneId": "1", "pf": "android"}
    calls: dict[str, Callable[[Any], Any]] = {
        "callFunction": lambda cloud: cloud.callFunction({"name": "f", "data": parameters(canary)}),
        "callOpenAPI": lambda cloud: cloud.callOpenAPI({"api": "a.b", "data": parameters(canary)}),
        "cloudPay": lambda cloud: cloud.cloudPay.unifiedOrder({**order, **parameters(canary)}),
        "getOpenData": lambda cloud: cloud.getOpenData({"list": ["cid"]}),
        "getTempFileURL": lambda cloud: cloud.getTempFileURL({"fileList": ["cloud://e.b/a"]}),
        "deleteFile": lambda cloud: cloud.deleteFile({"fileList": ["cloud://e.b/a"]}),
        "collection.add": lambda cloud: cloud.database().collection("t").add({"data": parameters(canary)}),
        "collection.get": lambda cloud: cloud.database().collection("t").where(parameters(canary)).get(),
        "document.update": lambda cloud: cloud.database().collection("t").doc("a").update({"data": parameters(canary)}),
        "collection.aggregate": lambda cloud: (
            cloud.database().collection("t").aggregate().match(parameters(canary)).end()
        ),
        "midas": lambda cloud: cloud.openapi.midas.getBalance(
            {**midas, "openid": "o", "appid": "a", "sig": _signature(cloud, canary)}
        ),
    }
    given = {key: canary[key] for key in ("secretId", "secretKey", "sessionToken")}
    for number, (name, call) in enumerate(calls.items()):
        face = FACES[number % 2]  # the steps are the same in both
        with calling(face) as caller, variables(environment(canary)):
            each_echo(canary, caller, f"{face} {name}", call, lambda url: caller.cloud(url, **given))


def _signature(cloud: Any, canary: Canary) -> Any:
    made = cloud.signature({"type": "midas", "secret": canary["midas secret"]})
    canary.saw("a signature", made)
    return made


class _Files:
    """Tells where a file may be put or fetched; that place answers with all that it was sent, in each form."""

    def __init__(self, canary: Canary) -> None:
        self._canary = canary
        self.kind = 0
        self.url = ""

    def __call__(self, peer: Peer) -> None:
        canary, request = self._canary, peer.read()
        if request is None:
            return
        target = f"{self.url}/bucket/a?sign={quote(canary['token in a query'], safe='')}"
        if "/bucket/" in request.line:
            echo = Echo()
            echo.kind = self.kind
            told = everything(request).replace("&", "&amp;").replace("<", "&lt;")
            xml = f"<Error><Code>AccessDenied</Code><Message>{told}</Message><RequestId>{told}</RequestId></Error>"
            answers = [
                http(xml.encode(), "Content-Type: application/xml", status="403 Forbidden"),
                http(xml.replace("AccessDenied", "SignatureDoesNotMatch").encode(), "Content-Type: application/xml"),
                http(told.encode(), "Content-Type: text/html", status="500 Internal Server Error"),
                http(b"", f"Location: /{quote(told)[:2000]}", status="302 Found"),
                told.encode() + b"\r\n\r\n",
                b"",
            ]
            if answers[self.kind]:
                peer.write(answers[self.kind])
        elif b"batchGetDownloadUrl" in request.body:
            listed = [{"fileID": "cloud://e.b/a", "tempFileURL": target, "download_url": target, "code": "SUCCESS"}]
            peer.write(http(json.dumps({"data": {"download_list": listed}, "requestId": "r"}).encode(), JSON))
        else:
            data = {
                "url": target,
                "token": canary["access_token in an answer"],
                "authorization": canary["Authorization"],
                "fileId": "cloud://e.b/a",
                "cosFileId": canary["session_key in an answer"],
            }
            peer.write(http(json.dumps({"data": data, "requestId": "r"}).encode(), JSON))


def files(canary: Canary) -> None:
    for face in FACES:
        answers = _Files(canary)
        with (
            calling(face) as caller,
            variables(environment(canary)),
            canary.logs(f"{face} files"),
            ScriptedServer(answers) as server,
        ):
            answers.url = server.url.removesuffix("/admin")
            cloud = caller.cloud(server.url, **{key: canary[key] for key in ("secretId", "secretKey", "sessionToken")})
            cloud.on_call(lambda record: canary.saw("the record of a file", record, vars_of(record)))
            for answers.kind in range(6):
                with canary.failing(f"{face} upload {answers.kind}", CloudSDKError):
                    caller.does(lambda: cloud.uploadFile({"cloudPath": "a", "fileContent": b"1"}))
                with canary.failing(f"{face} download {answers.kind}", CloudSDKError):
                    if answers.kind == 1:
                        raise CloudSDKError(-1, "what is answered with 200 is the file")
                    caller.does(lambda: cloud.downloadFile({"fileID": "cloud://e.b/a"}))


def credentials_of_another_account(canary: Canary) -> None:
    credentials = {
        "secret_id": canary["secretId"],
        "secret_key": canary["secretKey"],
        "token": canary["sessionToken"],
    }
    message = {"tcb_credentials": credentials, "wx_param": canary["API_TOKEN"].encode()}
    good = http(messages.encode("CommOpenApiResp", {"resp_data": messages.encode("AuthorizationInfo", message)}))
    for face in FACES:
        echo, left = Echo(), [good]

        def script(peer: Peer) -> None:
            if left:
                peer.read()
                peer.write(left.pop())
            else:
                echo(peer)

        with (
            calling(face) as caller,
            canary.logs(f"{face} accounts"),
            ScriptedServer(script) as server,
            variables({**environment(canary), "TCB_CONTEXT_CNFG": json.dumps({"URL": server.url})}),
        ):
            kind = type(caller.cloud(server.url))
            cloud = kind({"resourceAppid": "wx2", "resourceEnv": "e2"})
            caller.does(cloud.init)
            canary.saw("another account", cloud, cloud._config, vars_of(cloud._config))
            for echo.kind in range(KINDS):
                with canary.failing(f"{face} account {echo.kind}", CloudSDKError):
                    caller.does(lambda: cloud.uploadFile({"cloudPath": "a", "fileContent": b"1"}))
                with canary.failing(f"{face} account's init {echo.kind}", CloudSDKError):
                    caller.does(kind({"resourceAppid": "wx2", "resourceEnv": "e2"}).init)


PROGRAM = """\
import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

def main(event, context):
    if event.get("raises"):
        raise ValueError("it broke")
    if event.get("calls"):
        return cloud.callFunction({"name": event["calls"], "data": {"password": event["password"]}})
    file = cloud.uploadFile({"cloudPath": "a", "fileContent": b"1"})
    cloud.downloadFile({"fileID": file["fileID"]})
    return [cloud.openapi.a.b({"secret": event["password"]}), cloud.getWXContext()]
"""


def the_local_cloud(canary: Canary) -> None:
    with TemporaryDirectory() as folder:
        place, record = Path(folder, "project"), Path(folder, "record.jsonl")
        secret = f"API_KEY={canary['secret in .env']}\n"
        config = '{"permissions": {"openapi": ["a.b"]}}'
        for name in ("one", "two"):
            write(place / name, index=PROGRAM, config=config, env=secret)
        write(place, env=secret + "not a line " + canary["secret in .env"] + "\n")
        password = canary["password in a query"]
        with Dev(place, "--record", record, environment=environment(canary)) as dev:
            for event in ({}, {"raises": 1}, {"calls": "two"}, {"calls": "three"}):
                answer = dev.post("one", {**event, "password": password})
                canary.saw("an answer of dev", answer.body, repr(answer.headers))
            answer = dev.request("POST", f"/one?token={quote(password)}", "{}", {"Cookie": canary["Cookie"]})
            canary.saw("a refusal of dev", answer.body)
            canary.saw("the page of dev", dev.request("GET", "/").body, dev.request("GET", "/one").body)
            write(place / "one", index="def main(event, context) return 1\n")
            canary.saw("a broken function", dev.notice("SyntaxError").get("text", ""))
        canary.saw("what dev says", json.dumps(dev.lines), dev.errors)
        canary.saw("the record of dev", record.read_bytes())


def reports(canary: Canary) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        secret = f"secretKey = {canary['secret in the code']!r}\n"
        write(folder / "one", index=secret + PROGRAM, config='{"permissions": {"openapi": ["a.b"]}}')
        write(folder / "two", index=secret + PROGRAM.replace("[cloud.", "[1, cloud."), config='{"permissions": {}}')
        events = folder / "events.json"
        events.write_text('[{"event": {"password": "x"}}, {"event": {"raises": 1, "password": "x"}}]', "utf-8")
        Path(folder, "node").mkdir()
        Path(folder, "node", "index.js").write_text(
            "const cloud = require('wx-server-sdk')\ncloud.init()\n"
            "exports.main = async (event) => { with (event) { return await cloud.openapi.a.b({}) } }\n",
            "utf-8",
        )
        own = {**os.environ, **environment(canary)}
        for arguments in (
            ("compare", folder / "one", folder / "two", "--events", events, "--html", folder / "c.html"),
            ("compare", folder / "one", folder / "two", "--events", events, "--json", "--junit", folder / "c.xml"),
            ("migrate", folder / "node", "--out", folder / "out", "--html", folder / "m.html"),
        ):
            done = command(*arguments, env=own)
            canary.saw(f"cloudpy {arguments[0]}", done.stdout, done.stderr)
            assert "Traceback (most recent" not in done.stderr.replace("Traceback (most recent call last):\\n", "")
        written = [path for path in folder.iterdir() if path.suffix in (".html", ".xml")]
        assert written, done.stderr
        assert [path.name for path in sorted(written)] == ["c.html", "c.xml", "m.html"]
        canary.saw("reports", *(path.read_bytes() for path in written))


def cloudid(canary: Canary) -> None:
    answers = Echo()
    with TemporaryDirectory() as folder, ScriptedServer(answers) as server:
        file = Path(folder, ".env.local")
        for url in (server.url, server.url, "http://127.0.0.1:1/admin", f"ftp://{quote(canary['DATABASE_URL'])}/"):
            values = {"TCB_CONTEXT_CNFG": json.dumps({"URL": url}), "TENCENTCLOUD_SECRETKEY": canary["secretKey"]}
            values["WX_API_TOKEN"] = canary["WX_API_TOKEN"]
            file.write_text("".join(f"{key}={shlex.quote(value)}\n" for key, value in values.items()), "utf-8")
            done = command("cloudid", "--env-file", file, "--data", "{}")
            canary.saw("cloudpy cloudid", done.stdout, done.stderr)
            assert done.returncode and "Traceback" not in done.stderr
            answers.kind = 5

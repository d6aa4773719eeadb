"""What cases share: variables and parameters full of secrets, and a server that says back all that it was sent."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock
from urllib.parse import quote, unquote

from cloudpy.errors import CloudSDKError
from tests.canary.secrets import Canary
from tests.observability.gateway import Caller, wechat
from tests.scripted_server import Peer, Received, ScriptedServer, http

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
        canary.saw(f"{where}, parts", cloud._hooks, cloud._config.platform, cloud._config.tokens)


def vars_of(thing: Any) -> str:
    return repr({name: getattr(thing, name) for name in type(thing).__slots__})


PARAMETERS: dict[str, str] = {"appsecret": "appsecret", "secret": "midas secret"}


def parameters(canary: Canary) -> dict[str, Any]:
    return {
        **{key: canary[name] for key, name in PARAMETERS.items()},
        "deep": [{"ticket": canary["nested ticket"]}],
        "data": {"user": {"password": canary["password in a query"]}},
    }

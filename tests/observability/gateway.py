"""A gateway on loopback that answers as a test says, and calls of either face against it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cloudpy import _transports
from cloudpy._client.cloud import BaseCloud, Cloud, SyncCloud
from cloudpy._transports.aio import AIOTransport
from cloudpy._transports.blocking import HTTPTransport
from cloudpy._wire import messages
from tests.scripted_server import Peer, ScriptedServer, http

SECRETS = {"secretId": "AKIDexample-of-an-id", "secretKey": "example-secret-key"}


def wechat(body: bytes) -> bytes:
    """What the gateway passes on from WeChat."""
    return http(messages.encode("CommOpenApiResp", {"resp_data": body, "content_type": "application/json"}))


OK = wechat(b'{"errcode":0}')
BUSY = wechat(b'{"errcode":-1,"errmsg":"system error"}')
REFUSED = wechat(b'{"errcode":40003,"errmsg":"invalid openid rid: 5f-1"}')
HANG_UP = b""


def in_turn(*answers: bytes) -> Callable[[Peer], None]:
    """A script: each request has the next answer, the last one for ever; b"" breaks off."""
    left = list(answers)

    def script(peer: Peer) -> None:
        while peer.read():
            answer = left.pop(0) if len(left) > 1 else left[0]
            if not answer:
                return
            peer.write(answer)

    return script


class Caller:
    """Makes Clouds of one face and calls with them."""

    def __init__(self, face: str) -> None:
        self.face = face
        self.loop = asyncio.new_event_loop()

    def cloud(self, url: str, **options: Any) -> Any:
        made: BaseCloud = SyncCloud() if self.face == "sync" else Cloud()
        return made.init({"config": None, "env": "e", **SECRETS, "serviceUrl": url, **options})

    def does(self, call: Callable[[], Any]) -> Any:
        """The result of a call, awaited where the face is async."""
        if self.face == "sync":
            return call()

        async def awaited() -> Any:
            return await call()

        return self.loop.run_until_complete(awaited())


@contextmanager
def calling(face: str) -> Iterator[Caller]:
    """A caller whose transports are its own."""
    caller, blocking = Caller(face), HTTPTransport()
    with _transports.override(blocking=blocking, asynchronous=AIOTransport()):
        yield caller
        # while the transport is there, which keeps its sessions
        caller.loop.run_until_complete(caller.loop.shutdown_asyncgens())
    blocking.close()
    caller.loop.close()


__all__ = ["BUSY", "HANG_UP", "OK", "REFUSED", "SECRETS", "Caller", "ScriptedServer", "calling", "in_turn", "wechat"]

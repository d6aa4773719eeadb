"""Over HTTPS, an answer that a proxy or a portal gave or changed is an error, never a result."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from tests.scripted_server import Peer, ScriptedServer, http

REFUSED = b'{"errcode":43101,"errmsg":"user refuse to accept the msg"}'


def send(answer: bytes) -> Any:
    def script(peer: Peer) -> None:
        while peer.read():
            if not peer.write(answer):
                return

    with ScriptedServer(script) as server:
        cloud = cloudpy.sync.createNewInstance(
            transport="https", access_token="t", serviceUrl=server.url.removesuffix("/admin"), config=None
        )
        try:
            return cloud.openapi.subscribeMessage.send(touser="o-alice", templateId="t", data={})
        finally:
            assert len(server.received) == 1
            cloudpy.sync.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http(gzip.compress(REFUSED), "Content-Encoding: gzip", "Content-Type: application/json"), "compressed"),
        (http(b"\x0b", "Content-Encoding: br"), "compressed"),
        (http(b"<html>Sign in</html>", "Content-Type: text/html; charset=utf-8"), "a web page"),
    ],
)
def test_it_is_an_error(answer: bytes, words: str) -> None:
    with pytest.raises(cloudpy.CloudSDKError, match=words) as failed:
        send(answer)
    assert failed.value.errCode == -501001


@pytest.mark.parametrize("headers", [[], ["Content-Encoding: identity", "Content-Type: application/json"]])
def test_wechat_s_own_code_is_seen(headers: list[str]) -> None:
    with pytest.raises(cloudpy.CloudSDKError) as failed:
        send(http(REFUSED, *headers))
    assert failed.value.errCode == 43101


def test_a_picture_stays_a_picture() -> None:
    assert send(http(b"\xff\xd8{", "Content-Type: image/jpeg"))["buffer"] == b"\xff\xd8{"

"""Media that were uploaded can be fetched again, as long as WeChat would keep them."""

from __future__ import annotations

import sys

import pytest

import cloudpy.sync as cloud
from cloudpy.local import URL, Backend, GatewayServer, connected, environment
from cloudpy.local.calls import File
from cloudpy.local.media import LIFE, MediaStore

PNG = b"\x89PNG\r\n\x1a\n and so on"


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backend(clock: Clock) -> Backend:
    backend = Backend(unknown="refuse")
    backend.media = MediaStore(clock)  # a clock of its own: the gateway's must agree with the SDK's
    backend.allow("all")
    return backend


def api_of(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> cloud.Cloud:
    for name, value in environment(backend, URL).items():
        monkeypatch.setenv(name, value)
    return cloud.createNewInstance(env=backend.env, config=None)


def test_an_upload_is_fetched_again_until_it_ends(
    backend: Backend, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(backend):
        service = api_of(backend, monkeypatch).openapi.customerServiceMessage
        uploaded = service.uploadTempMedia({"type": "image", "media": {"contentType": "image/png", "value": PNG}})
        assert uploaded["type"] == "image"
        assert uploaded["createdAt"] == int(clock.now)
        fetched = service.getTempMedia({"mediaId": uploaded["mediaId"]})
        assert (fetched["contentType"], fetched["buffer"]) == ("image/png", PNG)
        clock.now += 3 * 24 * 3600
        with pytest.raises(cloud.CloudSDKError) as caught:
            service.getTempMedia({"mediaId": uploaded["mediaId"]})
        assert caught.value.errCode == 40007


def test_an_id_that_was_never_given_out(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(backend):
        with pytest.raises(cloud.CloudSDKError) as caught:
            api_of(backend, monkeypatch).openapi.officialAccount.media.get({"mediaId": "x"})
    assert caught.value.errCode == -604100


def test_permanent_material_does_not_end(backend: Backend, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(backend):
        material = api_of(backend, monkeypatch).openapi.officialAccount.material
        media = {"contentType": "image/png", "value": PNG}
        uploaded = material.addMaterial({"type": "image", "media": media})
        clock.now += 400 * 24 * 3600
        assert material.get({"mediaId": uploaded["mediaId"]})["buffer"] == PNG


def test_over_https_too(backend: Backend) -> None:
    backend.tokenless = True
    with GatewayServer(backend) as server:
        there = cloud.createNewInstance(transport="cloudrun", serviceUrl=server.url, config=None)
        service = there.openapi.customerServiceMessage
        media = {"contentType": "image/png", "value": PNG}
        uploaded = service.uploadTempMedia({"type": "image", "media": media})
        assert service.getTempMedia({"mediaId": uploaded["mediaId"]})["buffer"] == PNG


def test_expired_media_are_freed_and_stay_invalid(clock: Clock) -> None:
    store = MediaStore(clock)
    value = bytes(1_000_000)
    references = sys.getrefcount(value)
    expired = store.add(File("a.png", "image/png", value))
    lasting = store.add(File("b.png", "image/png", b"b"), life=float("inf"))
    assert sys.getrefcount(value) > references
    clock.now += LIFE
    store.add(File("c.png", "image/png", b"c"))
    assert sys.getrefcount(value) == references
    assert (len(store), store.find(expired), store.find(lasting) is not None) == (2, None, True)
    answer = store.respond("officialAccount.media.get", {"media_id": expired}, {})
    assert answer is not None and answer.errcode == 40007
    assert store.add(File("a.png", "image/png", value)) == expired
    assert store.find(expired) is not None

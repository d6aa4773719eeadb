"""Uploads as a form, which clients before wx-server-sdk 4 make, and folders that cannot be written."""

from __future__ import annotations

import asyncio
import errno
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cloudpy
import cloudpy.sync
from cloudpy.local import Backend, GatewayServer, connected
from cloudpy.local.storage import Upload

from .wire_client import MARK, Clock

Part = tuple[str, bytes]
PATH = "d/名 a+b.txt"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Backend, GatewayServer, Clock]]:
    clock = Clock()
    backend = Backend(storage=tmp_path / "files", clock=clock)
    with GatewayServer(backend) as server:
        yield backend, server, clock


def parts_of(grant: dict[str, str], content: bytes, key: str = PATH) -> list[Part]:
    return [
        ("Signature", grant["authorization"].encode()),
        ("x-cos-security-token", grant["token"].encode()),
        ("x-cos-meta-fileid", grant["cosFileId"].encode()),
        ("key", key.encode()),
        ("file", content),
    ]


def encoded(parts: list[Part]) -> bytes:
    head = '--{}\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'
    return b"".join(head.format(MARK, name).encode() + value + b"\r\n" for name, value in parts) + (
        f"--{MARK}--\r\n".encode()
    )


def post(url: str, body: bytes, kind: str = f"multipart/form-data; boundary={MARK}") -> tuple[int, str]:
    request = urllib.request.Request(url, body, {"Content-Type": kind}, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


@pytest.mark.parametrize("content", [b"", b"x", b"\r\n--\r\n", b"\r\n" * 70_000, bytes(range(256)) * 2000])
def test_a_form_is_stored_as_it_was(served: tuple[Backend, GatewayServer, Clock], content: bytes) -> None:
    backend, server, _ = served
    grant = backend.signed_urls.upload("local", PATH, "id", server.url, "POST")
    assert post(grant["url"], encoded(parts_of(grant, content))) == (204, "")
    stored = backend.storage.open(PATH)
    assert stored is not None
    with stored:
        assert stored.read() == content


def test_a_form_needs_all_that_the_gateway_gave_for_it(served: tuple[Backend, GatewayServer, Clock]) -> None:
    backend, server, clock = served
    grant = backend.signed_urls.upload("local", PATH, "id", server.url, "POST")
    parts = parts_of(grant, b"x")
    for index in range(4):
        without = parts[:index] + parts[index + 1 :]
        assert post(grant["url"], encoded(without))[0] == 403, parts[index]
        wrong = [*parts[:index], (parts[index][0], b"wrong"), *parts[index + 1 :]]
        assert post(grant["url"], encoded(wrong))[0] == 403, parts[index]
    for_put = backend.signed_urls.upload("local", PATH, "id", server.url)
    assert post(for_put["url"], encoded(parts_of(for_put, b"x")))[0] == 403
    assert post(grant["url"].replace(".txt", ".png"), encoded(parts))[0] == 403
    assert post(grant["url"], encoded([*parts, ("key", b"more")]))[0] == 400
    assert post(grant["url"], encoded(parts[:-1]))[0] == 400
    assert post(grant["url"], encoded([("long", b"x" * 10_000), *parts]))[0] == 400
    assert post(grant["url"], encoded([(f"more{index}", b"") for index in range(30)] + parts))[0] == 400
    assert post(grant["url"], b"{}", "application/json")[0] == 400
    assert post(grant["url"], encoded(parts), "multipart/form-data")[0] == 400
    clock.now += 901
    assert post(grant["url"], encoded(parts))[0] == 403
    assert backend.storage.paths() == []
    assert not list((backend.storage.folder).glob(".cloudpy-uploads/*"))


def test_a_damaged_form_is_refused_in_words(served: tuple[Backend, GatewayServer, Clock]) -> None:
    backend, server, _ = served
    grant = backend.signed_urls.upload("local", PATH, "id", server.url, "POST")
    whole = encoded(parts_of(grant, b"content"))

    @given(at=st.integers(0, len(whole) - 1), cut=st.booleans(), byte=st.binary(min_size=1, max_size=3))
    def check(at: int, cut: bool, byte: bytes) -> None:
        status, text = post(grant["url"], whole[:at] if cut else whole[:at] + byte + whole[at + 1 :])
        assert status in (204, 400, 403)
        assert status == 204 or "<Code>" in text

    check()
    if backend.storage.paths():
        assert backend.storage.snapshot()[PATH]["size"] in range(20)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, asynchronous: bool) -> None:
    (tmp_path / "file").write_text("in the way")
    backend = Backend(storage=tmp_path / "file" / "below")
    backend.users.add("o-alice")
    package: Any = cloudpy if asynchronous else cloudpy.sync
    with connected(backend), pytest.raises(cloudpy.CloudSDKError) as failed:
        cloud = package.createNewInstance(
            env="local", config=None, secretId=backend.secret_id, secretKey=backend.secret_key
        )
        called = cloud.uploadFile(cloudPath="a", fileContent=b"x")
        if asynchronous:

            async def wait() -> None:
                await called

            asyncio.run(wait())
    assert "cannot be written: Not a directory" in failed.value.errMsg
    assert str(tmp_path / "file" / "below") in failed.value.errMsg


class FullDisk:
    """A file on a disk that is full."""

    def write(self, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fileno(self) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None: ...


def test_a_full_disk_says_so(
    served: tuple[Backend, GatewayServer, Clock], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    backend, server, _ = served
    begin = backend.storage.begin

    def full(path: str, env: str = "") -> Upload:
        upload = begin(path, env)
        upload._file.close()
        upload._file = FullDisk()  # type: ignore[assignment]
        return upload

    monkeypatch.setattr(backend.storage, "begin", full)
    grant = backend.signed_urls.upload("local", PATH, "id", server.url, "POST")
    for content in (b"x", b""):
        status, text = post(grant["url"], encoded(parts_of(grant, content)))
        assert (status in (400, 500), "No space left on device" in text) == (True, True)
    assert "Traceback" not in caplog.text

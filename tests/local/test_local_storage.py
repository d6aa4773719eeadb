"""Files in the local WeChat: through both faces and through Node, over sockets and without."""

from __future__ import annotations

import asyncio
import base64
import inspect
import io
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy.local import URL, Backend, CannedResponse, GatewayServer, connected, environment, error_response, load
from cloudpy.local.storage import FileStorage, PathError
from tests.peer.storage import node_program

Call = Callable[..., Any]


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["process", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return Backend(storage=tmp_path / "files")


@pytest.fixture(params=["async", "sync"])
def call(
    request: pytest.FixtureRequest, backend: Backend, transport: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Call]:
    """Call a method by name, through one API and one transport."""
    face: Any = cloudpy if request.param == "async" else cloudpy.sync
    cloud = face.createNewInstance(env=cloudpy.DYNAMIC_CURRENT_ENV, config=None)

    def made(name: str, *params: Any, on: Any = None, **keywords: Any) -> Any:
        async def wait() -> Any:
            value = getattr(on or cloud, name)(*params, **keywords)
            return await value if inspect.isawaitable(value) else value

        return asyncio.run(wait())

    made.face = face  # type: ignore[attr-defined]
    if transport == "process":
        for name, value in environment(backend, URL).items():
            monkeypatch.setenv(name, value)
        with connected(backend):
            yield made
    else:
        with GatewayServer(backend) as server:
            for name, value in server.environment().items():
                monkeypatch.setenv(name, value)
            yield made


NAMES = ["a.txt", "photos/2026/中 文 ~%41.png", "x'(1)*!;,:@&=+$#?[]{}.txt", "q" * 200 + "/" + "r" * 200]


@pytest.mark.parametrize("path", NAMES)
def test_a_file_comes_back_as_it_was(call: Call, backend: Backend, path: str) -> None:
    content = bytes(range(256)) * 3
    sent: list[Any] = []
    came: list[Any] = []
    uploaded = call("uploadFile", cloudPath=path, fileContent=content, onProgress=lambda *n: sent.append(n))
    assert uploaded == {"fileID": f"cloud://local.local/{path}", "statusCode": 200, "errMsg": "uploadFile:ok"}
    file_id = uploaded["fileID"]
    found = call("downloadFile", {"fileID": file_id, "onProgress": lambda *n: came.append(n)})
    assert found == {"fileContent": content, "statusCode": 200, "errMsg": "downloadFile:ok"}
    assert sent == came == [(768, 768)]
    assert backend.storage.paths() == [path]
    gone = call("deleteFile", fileList=[file_id, file_id])
    assert [each["status"] for each in gone["fileList"]] == [0, -503003]
    assert backend.storage.paths() == []
    with pytest.raises(cloudpy.CloudSDKError) as caught:
        call("downloadFile", fileID=file_id)
    assert caught.value.errCode == -503003


def test_every_form_of_content_and_of_target(call: Call, tmp_path: Path, backend: Backend) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"from a file")
    target = tmp_path / "target"
    with open(source, "rb") as opened:
        opened.seek(5)
        read, write = os.pipe()
        os.write(write, b"from a pipe")
        os.close(write)
        with os.fdopen(read, "rb") as piped:
            contents: list[tuple[Any, bytes]] = [
                (b"bytes", b"bytes"),
                (bytearray(b"array"), b"array"),
                (memoryview(b"view"), b"view"),
                (source, b"from a file"),
                (opened, b"a file"),
                (io.BytesIO(b"io"), b"io"),
                (piped, b"from a pipe"),
                (b"", b""),
            ]
            for given, wanted in contents:
                file_id = call("uploadFile", cloudPath="a", fileContent=given)["fileID"]
                assert call("downloadFile", fileID=file_id)["fileContent"] == wanted
            assert not opened.closed
    call("uploadFile", cloudPath="a", fileContent=source)
    for to in (target, str(target)):
        target.unlink(missing_ok=True)
        assert "fileContent" not in call("downloadFile", fileID=file_id, to=to)
        assert target.read_bytes() == b"from a file"
    kept = io.BytesIO()
    call("downloadFile", fileID=file_id, to=kept)
    assert kept.getvalue() == b"from a file"


def test_a_download_that_fails_leaves_the_old_file(call: Call, tmp_path: Path, backend: Backend) -> None:
    target = tmp_path / "here" / "target"
    target.parent.mkdir()
    target.write_bytes(b"old")
    with pytest.raises(cloudpy.CloudSDKError):
        call("downloadFile", fileID="cloud://local.local/nothing", to=target)
    file_id = backend.storage.put("a", b"new")
    with pytest.raises(ZeroDivisionError):
        call("downloadFile", fileID=file_id, to=target, onProgress=lambda *_: 1 / 0)
    assert (target.read_bytes(), list(target.parent.iterdir())) == (b"old", [target])


def test_a_callback_that_raises_ends_the_upload_and_nothing_is_there(call: Call, backend: Backend) -> None:
    with pytest.raises(ZeroDivisionError):
        call("uploadFile", cloudPath="a", fileContent=b"x" * 1_000_000, onProgress=lambda *_: 1 / 0)
    assert backend.storage.paths() == []


BAD_PATHS = [
    *("", "/absolute", "a//b", "a/", "../up", "a/../../b", "a/..", "./a", "a\\b", "..\\a", "a\0b", "a\nb", "x" * 851),
    *("%2e%2e/a", "a%2Fb", "a%5cb", "a%00", "\ud800"),
]


@pytest.mark.parametrize("path", BAD_PATHS, ids=ascii)
def test_paths_that_lead_out_or_are_none(backend: Backend, path: str) -> None:
    with pytest.raises(PathError):
        backend.storage.put(path, b"x")
    assert backend.storage.open(path) is None
    assert not backend.storage.delete(path)
    assert backend.storage.find(f"cloud://local.local/{path}") is None


def test_a_refused_path_is_told(call: Call, backend: Backend, tmp_path: Path) -> None:
    with pytest.raises(cloudpy.CloudSDKError, match=r"must not have \. or \.\. as a part") as caught:
        call("uploadFile", cloudPath="../up", fileContent=b"x")
    assert caught.value.errCode == -503001
    assert {entry.name for entry in tmp_path.iterdir()} <= {"files"}


def test_symbolic_links_are_not_followed(backend: Backend, tmp_path: Path) -> None:
    storage = backend.storage
    storage.put("a/b", b"x")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    root = storage.folder / "local"
    (root / "link").symlink_to(outside)
    (root / "direct").symlink_to(outside / "secret")
    for path in ("link/secret", "direct"):
        assert storage.open(path) is None
        assert not storage.delete(path)
    for path in ("link/new", "direct"):
        with pytest.raises(PathError, match="symbolic link"):
            storage.put(path, b"y")
    assert storage.paths() == ["a/b"]
    assert (outside / "secret").read_bytes() == b"secret"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Backend, GatewayServer, Clock]]:
    clock = Clock()
    backend = Backend(storage=tmp_path / "files", clock=clock)
    with GatewayServer(backend) as server:
        yield backend, server, clock


def fetch(url: str, **more: Any) -> tuple[int, bytes, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, **more)) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(), refused.headers


def test_addresses_are_good_for_their_time_and_for_their_file(served: tuple[Backend, GatewayServer, Clock]) -> None:
    backend, server, clock = served
    backend.storage.put("page.html", b"<script>")
    backend.storage.put("other.html", b"other")
    url = backend.signed_urls.download("local", "page.html", 60, server.url)
    status, body, headers = fetch(url)
    assert (status, body, headers["Content-Type"]) == (200, b"<script>", "text/html")
    assert headers["Content-Disposition"].startswith("attachment")
    assert fetch(url, method="HEAD")[:2] == (200, b"")
    tampered = [
        url.replace("page", "other"),
        url.replace("/local/", "/elsewhere/"),
        url.replace("&t=", "&t=9"),
        url.partition("?")[0],
        url.replace("page.html", "%2e%2e/page.html"),
        url.replace("page.html", "../local/page.html"),
        url.replace("page.html", "~2E~2E/page.html"),
        url.replace("page.html", "~FF"),
    ]
    for wrong in tampered:
        assert fetch(wrong)[0] in (400, 403), wrong
    clock.now += 59
    assert fetch(url)[0] == 200
    clock.now += 1
    status, body, _ = fetch(url)
    assert status == 403
    assert b"<Code>AccessDenied</Code>" in body and b"Request has expired" in body
    fresh = backend.signed_urls.download("local", "page.html", 60, server.url)
    backend.storage.delete("page.html")
    status, body, _ = fetch(fresh)
    assert (status, b"<Code>NoSuchKey</Code>" in body) == (404, True)


def test_an_upload_needs_all_that_the_gateway_gave_for_it(served: tuple[Backend, GatewayServer, Clock]) -> None:
    backend, server, clock = served
    grant = backend.signed_urls.upload("local", "a", "cloud://local.local/a", server.url)
    headers = {
        "Signature": grant["authorization"],
        "Authorization": grant["authorization"],
        "x-cos-security-token": grant["token"],
        "x-cos-meta-fileid": grant["cosFileId"],
        "key": "a",
    }
    for name in headers:
        wrong = {**headers, name: "wrong"}
        assert fetch(grant["url"], method="PUT", data=b"x", headers=wrong)[0] == 403, name
    assert fetch(grant["url"].replace("/a", "/b"), method="PUT", data=b"x", headers=headers)[0] == 403
    assert fetch(grant["url"], method="POST", data=b"x", headers=headers)[0] == 400
    assert fetch(grant["url"], method="PATCH", data=b"x", headers=headers)[0] == 405
    assert backend.storage.paths() == []
    assert fetch(grant["url"], method="PUT", data=b"x", headers=headers)[0] == 200
    assert backend.storage.paths() == ["a"]
    clock.now += 901
    status, body, _ = fetch(grant["url"], method="PUT", data=b"y", headers=headers)
    assert (status, b"expired" in body) == (403, True)
    assert backend.storage.snapshot()["a"]["size"] == 1
    assert not list((backend.storage.folder / ".cloudpy-uploads").iterdir())


def test_files_survive_a_restart_and_others_are_not_mixed_up(tmp_path: Path) -> None:
    first = FileStorage(tmp_path / "files", "one")
    first.put("a/b.txt", b"1")
    first.put("a/b.txt", b"22", "two.three/four")
    again = FileStorage(tmp_path / "files", "one")
    assert again.snapshot() == {
        "a/b.txt": {"size": 1, "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"},
        "cloud://two.three/four.local/a/b.txt": {
            "size": 2,
            "sha256": "785f3ec7eb32f30b90cd0fcf3657d388b5ff4297f2f9716ff66e9b69c05ddd09",
        },
    }
    with pytest.raises(PathError, match="is a folder"):
        again.put("a", b"x")
    with pytest.raises(PathError, match=r"'b\.txt' is a file"):
        again.put("a/b.txt/c", b"x")
    assert again.delete("a/b.txt")
    assert not (again.folder / "one").exists()


def test_a_temporary_folder_goes_with_the_storage() -> None:
    storage = FileStorage(None, "e")
    assert storage.snapshot() == {}
    storage.put("a", b"x")
    folder = storage.folder
    assert folder.is_dir()
    storage.close()
    assert not folder.exists()


def test_local_yaml_says_where_files_are_and_what_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "local.yaml").write_text(
        "storage: kept\naccounts: [{appid: wxo, env: shared}]\n"
        "answers:\n  uploadFile:\n"
        "    - error: {errCode: STORAGE_EXCEED_AUTHORITY, errMsg: not today}\n      times: 1\n",
        "utf-8",
    )
    backend = load(tmp_path / "local.yaml")
    for name, value in environment(backend, URL).items():
        monkeypatch.setenv(name, value)
    cloud = cloudpy.sync.createNewInstance(env=cloudpy.DYNAMIC_CURRENT_ENV, config=None)
    with connected(backend):
        with pytest.raises(cloudpy.CloudSDKError, match="not today") as caught:
            cloud.uploadFile(cloudPath="a", fileContent=b"x")
        assert caught.value.errCode == -503002
        cloud.uploadFile(cloudPath="a", fileContent=b"x")
        assert (tmp_path / "kept" / "local" / "a").read_bytes() == b"x"
        assert [call.outcome.split()[0] for call in backend.calls.of("uploadFile")] == ["gateway", "ok"]
        for options, code in (({"resourceAppid": "wxo", "resourceEnv": "other"}, -601012),):
            with pytest.raises(cloudpy.CloudSDKError) as caught:
                cloudpy.sync.Cloud(options).init()
            assert caught.value.errCode == code
        backend.responses.add("deleteFile", CannedResponse(error_response(-503001)))
        with pytest.raises(cloudpy.CloudSDKError) as caught:
            cloud.deleteFile(fileList=["a"])
        assert caught.value.errCode == -503001


def test_another_accounts_files(call: Call, backend: Backend) -> None:
    backend.accounts.share("wxother", "their-env")
    theirs = call.face.Cloud({"resourceAppid": "wxother", "resourceEnv": "their-env"})  # type: ignore[attr-defined]
    with pytest.raises(cloudpy.CloudSDKError, match="init"):
        call("deleteFile", fileList=[], on=theirs)
    assert call("init", on=theirs) is theirs
    call("init", on=theirs)
    file_id = call("uploadFile", cloudPath="a", fileContent=b"theirs", on=theirs)["fileID"]
    assert file_id == "cloud://their-env.local/a"
    assert call("downloadFile", fileID=file_id, on=theirs)["fileContent"] == b"theirs"
    call("uploadFile", cloudPath="a", fileContent=b"ours")
    assert sorted(backend.storage.snapshot()) == ["a", "cloud://their-env.local/a"]
    assert [each["status"] for each in call("deleteFile", fileList=[file_id])["fileList"]] == [-503003]
    assert len(backend.calls.of("getCrossAccountToken")) == 1
    for secret in ("AKIDshared", "secret_key", "mpToken"):
        assert secret not in repr(theirs) + repr(backend.accounts) + repr(backend.calls.of()[0])
    with pytest.raises(cloudpy.CloudSDKError) as caught:
        call("init", on=call.face.Cloud({"resourceAppid": "wxother", "resourceEnv": "not-shared"}))  # type: ignore[attr-defined]
    assert caught.value.errCode == -601012


def test_node_and_python_share_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Backend(storage=tmp_path / "files")
    source = tmp_path / "source.bin"
    source.write_bytes(os.urandom(300_000))
    path = "node/中 文%~.bin"
    file_id = backend.storage.file_id(path)
    theirs = {"resourceAppid": "wxother", "resourceEnv": "their-env"}
    with GatewayServer(backend) as server:
        variables = server.environment()
        _, own, there, urls, gone, wrong = node_program(
            variables,
            ("uploadFile", {"cloudPath": path, "path": str(source)}),
            ("downloadFile", {"fileID": file_id}),
            ("getTempFileURL", {"fileList": [file_id, {"fileID": file_id, "maxAge": 60}, "cloud://local.local/no"]}),
            ("deleteFile", {"fileList": [file_id, "cloud://local.local/no"]}),
            ("uploadFile", {"cloudPath": "../up", "base64": ""}),
        )
        other = node_program(variables, ("uploadFile", {"cloudPath": "a", "base64": "aGk="}), cloud=theirs)
    assert own["result"]["fileID"] == file_id
    assert base64.b64decode(there["result"]["fileContent"]) == source.read_bytes()
    listed = urls["result"]["fileList"]
    assert [(each["status"], each["maxAge"]) for each in listed] == [(0, 86400), (0, 60), (-503003, 86400)]
    assert [each["status"] for each in gone["result"]["fileList"]] == [0, -503003]
    assert "must not have . or .." in wrong["error"]["errMsg"]
    assert [each.get("error") for each in other] == [None, None, None]
    assert list(backend.storage.snapshot()) == ["cloud://their-env.local/a"]

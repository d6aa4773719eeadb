"""Files in the test kit: what a test puts there, and what the function under test leaves."""

from __future__ import annotations

import json

import pytest

import cloudpy.sync as sync
from cloudpy.local.signed_urls import ObjectStorageError
from cloudpy.testing import LocalWeChat, StubError

from .conftest import Write

ASYNC = """
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

async def main(event, context):
    data = (await cloud.downloadFile({"fileID": event["fileID"]}))["fileContent"]
    made = await cloud.uploadFile({"cloudPath": "out/" + event["name"], "fileContent": data.upper()})
    await cloud.deleteFile({"fileList": [event["fileID"]]})
    return made["fileID"]
"""
SYNC = ASYNC.replace("cloudpy as", "cloudpy.sync as").replace("async ", "").replace("await ", "")


@pytest.mark.parametrize("code", [ASYNC, SYNC], ids=["async", "sync"])
def test_a_function_that_works_on_files(kit: LocalWeChat, write: Write, code: str) -> None:
    write("files", code, [])
    file_id = kit.storage.put("in.txt", b"abc")
    assert (file_id in kit.storage, "in.txt" in kit.storage, len(kit.storage)) == (True, True, 1)
    made = kit.invoke("files", {"fileID": file_id, "name": "中.txt"})
    assert made == kit.storage.file_id("out/中.txt")
    assert kit.storage[made] == kit.storage["out/中.txt"] == b"ABC"
    assert list(kit.storage) == ["out/中.txt"]
    assert file_id not in kit.storage
    assert json.loads(json.dumps(kit.storage.snapshot()))["out/中.txt"]["size"] == 3
    assert [call.api for call in kit.calls()] == ["getTempFileURL", "uploadFile", "deleteFile"]
    with pytest.raises(KeyError, match="the storage has out/中"):
        kit.storage["in.txt"]


def test_a_stub_makes_a_file_call_fail(kit: LocalWeChat) -> None:
    kit.stub("uploadFile", check=False).fault("reset").then.error("STORAGE_EXCEED_AUTHORITY", "no")
    app = sync.createNewInstance(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    outcomes = []
    for _ in range(3):
        try:
            outcomes.append(app.uploadFile(cloudPath="a", fileContent=b"x")["statusCode"])
        except sync.CloudSDKError as err:
            outcomes.append(err.errCode)
    assert outcomes[:2] == [-501001, -503002]


def test_what_a_test_may_not_put(kit: LocalWeChat) -> None:
    with pytest.raises(StubError, match="must not have"):
        kit.storage.put("../a", b"")
    with pytest.raises(TypeError, match="encode"):
        kit.storage.put("a", "text")  # type: ignore[arg-type]


def test_addresses_expire_on_the_kits_clock(kit: LocalWeChat) -> None:
    app = sync.createNewInstance(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    file_id = kit.storage.put("a", b"x")
    (listed,) = app.getTempFileURL(fileList=[{"fileID": file_id, "maxAge": 60}])["fileList"]
    target = "/" + listed["tempFileURL"].split("/", 3)[3]
    grants = kit._session.backend.signed_urls
    kit.clock.advance(59)
    assert grants.check_download(target) == ("local", "a")
    kit.clock.advance(1)
    with pytest.raises(ObjectStorageError, match="expired"):
        grants.check_download(target)


def test_files_end_with_the_test() -> None:
    with LocalWeChat() as wechat:
        wechat.storage.put("a", b"x")
        folder = wechat._session.backend.storage.folder
        assert folder.is_dir()
    assert not folder.exists()

"""cloud.on_call hears of the calls beside openapi as well: one record each, on both faces."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from cloudpy.errors import CloudSDKError
from cloudpy.local import Backend, GatewayServer
from cloudpy.local import Caller as Who
from cloudpy.local.function_calls import CallResult

from .gateway import Caller

ORDER = {
    "body": "tea",
    "outTradeNo": "A1",
    "spbillCreateIp": "127.0.0.1",
    "subMchId": "m-1",
    "totalFee": 1,
    "envId": "local",
    "functionName": "paid",
}


class Doubles:
    def call(self, name: str, event: str, caller: Who, timeout: float) -> CallResult:
        return CallResult("2") if name == "doubles" else CallResult(code="FUNCTIONS_EXECUTE_FAIL", message="it broke")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GatewayServer]:
    backend = Backend(storage=tmp_path / "storage")
    backend.allow("all")
    backend.open_data.add("cid", {"a": 1}, openid=backend.users.default.openid)
    backend.storage.put("there.txt", b"12345")
    backend.function_caller = Doubles()
    documents = backend.documents.engine()
    documents.create("todos")
    documents.insert("todos", [{"_id": "a", "title": "a secret thing"}])
    with GatewayServer(backend) as server, mock.patch.dict(os.environ, server.environment()):
        yield server


# each with what is called, and how many requests it takes
CALLS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "callFunction": (lambda cloud: cloud.callFunction({"name": "doubles", "data": {}}), 1),
    "callOpenAPI": (lambda cloud: cloud.callOpenAPI({"api": "security.msgSecCheck", "data": {}}), 1),
    "cloudPay.unifiedOrder": (lambda cloud: cloud.cloudPay.unifiedOrder(ORDER), 1),
    "getOpenData": (lambda cloud: cloud.getOpenData({"list": ["cid"]}), 1),
    "getVoIPSign": (lambda cloud: cloud.getVoIPSign({"groupId": "g", "nonce": "n", "timestamp": 1}), 1),
    "uploadFile": (lambda cloud: cloud.uploadFile({"cloudPath": "a.txt", "fileContent": b"12345"}), 2),
    "downloadFile": (lambda cloud: cloud.downloadFile({"fileID": "cloud://local.local/there.txt"}), 2),
    "getTempFileURL": (lambda cloud: cloud.getTempFileURL({"fileList": ["cloud://local.local/there.txt"]}), 1),
    "collection.count": (lambda cloud: cloud.database().collection("todos").count(), 1),
    "document.get": (lambda cloud: cloud.database().collection("todos").doc("a").get(), 1),
    "createCollection": (lambda cloud: cloud.database().createCollection("new"), 1),
    "startTransaction": (lambda cloud: cloud.database().startTransaction(), 1),
    "deleteFile": (lambda cloud: cloud.deleteFile({"fileList": ["cloud://local.local/there.txt"]}), 1),
}


def made(caller: Caller, server: GatewayServer) -> tuple[Any, list[Any]]:
    backend = server.backend
    given = {"env": "local", "secretId": backend.secret_id, "secretKey": backend.secret_key}
    cloud = caller.cloud(f"{server.url}/admin", **given)
    seen: list[Any] = []
    cloud.on_call(seen.append)
    return cloud, seen


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_went_well(caller: Caller, server: GatewayServer, name: str) -> None:
    call, requests = CALLS[name]
    cloud, seen = made(caller, server)
    caller.does(lambda: call(cloud))
    (record,) = seen
    assert name == record.name
    if name == "callFunction":
        assert "doubles" == record.api
    assert (None, 0, requests) == (record.error, record.errCode, record.attempts)
    assert record.request_size > 0
    assert f"127.0.0.1:{server.port}" == record.server
    assert 0 < record.duration < 60


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("callFunction", lambda cloud: cloud.callFunction({"name": "breaks"})),
        ("uploadFile", lambda cloud: cloud.uploadFile({"cloudPath": "../a.txt", "fileContent": b"1"})),
        ("downloadFile", lambda cloud: cloud.downloadFile({"fileID": "cloud://local.local/no.txt"})),
        ("collection.get", lambda cloud: cloud.database().collection("none").get()),
        ("document.get", lambda cloud: cloud.database().collection("todos").doc("b").get()),
    ],
)
def test_a_call_that_failed(caller: Caller, server: GatewayServer, name: str, call: Callable[[Any], Any]) -> None:
    cloud, seen = made(caller, server)
    with pytest.raises(CloudSDKError) as caught:
        caller.does(lambda: call(cloud))
    (record,) = seen
    assert (name, caught.value.api, 1) == (record.name, record.api, record.attempts)
    assert record.error is caught.value
    assert record.errCode == caught.value.errCode != 0


def test_calls_of_the_database_name_their_collection_and_no_value(caller: Caller, server: GatewayServer) -> None:
    cloud, seen = made(caller, server)
    todos = cloud.database().collection("todos")
    caller.does(lambda: todos.where({"title": "a secret thing"}).update(data={"title": "another"}))
    caller.does(lambda: todos.doc("a").get())
    assert [("collection.update", "todos"), ("document.get", "todos")] == [
        (each.name, each.collection) for each in seen
    ]
    assert ["database.modifyDocument", "database.getDocument"] == [each.api for each in seen]
    assert "secret" not in repr([{name: getattr(each, name) for name in each.__slots__} for each in seen])


def test_what_has_wrong_parameters_is_no_call(caller: Caller, server: GatewayServer) -> None:
    cloud, seen = made(caller, server)
    with pytest.raises(CloudSDKError):
        caller.does(lambda: cloud.uploadFile({"cloudPath": 7, "fileContent": b"1"}))
    with pytest.raises(CloudSDKError):
        caller.does(lambda: cloud.callFunction({"name": 7}))
    with pytest.raises(CloudSDKError):
        caller.does(lambda: cloud.database().collection("todos").add(data={"a": b""}))
    assert [] == seen

"""Every Node package in use against one gateway, side by side: the same calls, the same results."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudpy.local import Backend, Caller, GatewayServer
from cloudpy.local.function_calls import CallResult, not_found

PEER = Path(__file__).parent.parent / "peer"
PROGRAM = Path(__file__).with_name("node_ten_calls.js")
VERSIONS = ("2.4.0", "2.6.3", "3.0.4", "4.0.2")
CALLS = [
    "openData",
    "openDataList",
    "check",
    "code",
    "function",
    "upload",
    "stream",
    "address",
    "download",
    "delete",
    "order",
]
_FRESH = re.compile("[0-9a-f]{16,}|wx[0-9]{10,}[0-9a-f]*|[0-9]{10,}", re.IGNORECASE)  # ids, signatures, times


class Adder:
    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        who = caller.user.openid if caller.user else None
        return CallResult(json.dumps([json.loads(event), who, caller.source])) if name == "add" else not_found()


@pytest.fixture(scope="module")
def backend() -> Iterator[Backend]:
    backend = Backend(env="test-env")
    backend.users.add("o-alice")
    backend.allow("all")
    backend.open_data.add("xxx", {"phone_number": "1380"}, openid="o-alice", life=None)
    backend.function_caller = Adder()
    yield backend
    backend.storage.close()


@pytest.fixture(scope="module")
def server(backend: Backend) -> Iterator[GatewayServer]:
    with GatewayServer(backend) as server:
        yield server


def start(server: GatewayServer, version: str, folder: str, **change: str) -> subprocess.Popen[str]:
    package = PEER / "node_modules" / ("wx-server-sdk" if version == "4.0.2" else f"wx-server-sdk-{version}")
    manifest = package / "package.json"
    found = json.loads(manifest.read_text())["version"] if manifest.is_file() else "none"
    assert found == version, f"tests/peer/node_modules has {found}: run `make peer`"
    command = ["node", str(PROGRAM), str(package), folder]
    environment = {**os.environ, **server.environment(), **change}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    return dict(json.loads(out.splitlines()[-1]))


def comparable(said: dict[str, Any], folder: str) -> Any:
    text = json.dumps({name: said[name] for name in CALLS}, ensure_ascii=False).replace(folder, "FOLDER")
    return json.loads(_FRESH.sub("#", text))


@pytest.mark.once()
def test_ten_calls_through_every_package_side_by_side(server: GatewayServer, backend: Backend) -> None:
    running = {version: start(server, version, f"from-{version}") for version in VERSIONS}
    found = {version: result(process) for version, process in running.items()}
    newest = comparable(found["4.0.2"]["said"], "from-4.0.2")
    assert [newest["openDataList"]["list"][0]["data"], newest["download"]["fileContent"]["data"]] == [
        {"phone_number": "1380"},
        list("内容\r\n".encode()),
    ]
    assert newest["function"]["result"] == [{"a": 1, "名": "值"}, "o-alice", "wx_client,scf"]
    assert [newest["code"]["contentType"], newest["order"]["resultCode"]] == ["image/jpeg", "SUCCESS"]
    assert len(newest["address"]["fileList"][1]["tempFileURL"]) > 40
    for version in VERSIONS:
        said = found[version]["said"]
        assert [name for name in said if "failed" in said[name] or said[name].get("errCode", 0)] == []
        assert comparable(said, f"from-{version}") == newest, version
        assert "FunctionName parameter could not be found." in found[version]["missing"]["failed"], version
        stored = backend.storage.open(f"from-{version}/stream")
        assert stored is not None
        with stored:
            assert stored.read() == PROGRAM.read_bytes(), version


@pytest.mark.once()
@pytest.mark.parametrize("version", VERSIONS)
def test_keys_without_a_user_run_a_function_and_nothing_that_needs_one(server: GatewayServer, version: str) -> None:
    said = result(start(server, version, f"alone-{version}", WX_API_TOKEN=""))["said"]
    assert said["function"]["result"] == [{"a": 1, "名": "值"}, None, "other,scf"]
    assert "-604104" in said["openData"]["failed"]


@pytest.mark.once()
@pytest.mark.parametrize("version", VERSIONS)
def test_another_key_is_refused(server: GatewayServer, version: str) -> None:
    said = result(start(server, version, f"forged-{version}", TENCENTCLOUD_SECRETKEY="guessed"))["said"]
    assert [name for name in CALLS if "failed" not in said[name]] == []
    assert "the signature does not match" in said["openData"]["failed"]

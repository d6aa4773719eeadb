"""The real Node package, unchanged, against the local WeChat."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cloudpy.local import Backend, CannedResponse, EmptyCatalog, GatewayServer, error_response, file_response

PEER = Path(__file__).parent.parent / "peer"


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if not found or not (PEER / "node_modules" / "wx-server-sdk").is_dir():
        pytest.fail("the Node package is not there: install Node.js, then run `make peer`")
    return found


@pytest.fixture
def backend() -> Backend:
    backend = Backend(env="test-env", appid="wxapp", catalog=EmptyCatalog())
    backend.users.add("o-alice")
    backend.allow(["cloudbase.getOpenData", "wxacode.get", "a.b"])
    steps = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}
    backend.open_data.add("xxx", steps, openid="o-alice", life=None)
    return backend


def call(node: str, server: GatewayServer, api: str, params: dict[str, Any], **who: Any) -> dict[str, Any]:
    environment = {**os.environ, "NODE_PATH": str(PEER / "node_modules"), **server.environment(**who)}
    program = Path(__file__).with_name("node_call.js")
    done = subprocess.run(
        [node, str(program), api, json.dumps(params)], env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_the_documented_result(node: str, backend: Backend) -> None:
    with GatewayServer(backend) as server:
        found = call(node, server, "cloudbase.getOpenData", {"cloudidList": ["xxx"]})
    assert json.dumps(found["result"]["dataList"]) == json.dumps(
        [
            {
                "json": {"cloudID": "xxx", "data": {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}},
                "cloudId": "xxx",
            }
        ]
    )
    assert (found["result"]["errCode"], found["result"]["errMsg"]) == (0, "openapi.cloudbase.getOpenData:ok")
    assert found["context"]["OPENID"] == "o-alice"
    assert found["context"]["ENV"] == "test-env"
    assert backend.calls.of()[0].params == {"cloudidList": ["xxx"]}


@pytest.mark.once()
def test_someone_elses_errors_files_and_permissions(node: str, backend: Backend) -> None:
    backend.responses.add("a.b", CannedResponse(error_response(40003)))
    backend.responses.add("wxacode.get", CannedResponse(file_response(b"\x89PNG", "image/png")))
    with GatewayServer(backend) as server:
        theirs = call(node, server, "cloudbase.getOpenData", {"cloudidList": ["xxx"]}, user="o-bob")
        wrong = call(node, server, "a.b", {"some": {"nestedKey": "值"}})
        picture = call(node, server, "wxacode.get", {})
        forbidden = call(node, server, "c.d", {})
    assert theirs["result"]["dataList"][0]["json"]["errCode"] == -601007
    assert wrong["error"] == {"errCode": 40003, "errMsg": "openapi.a.b:fail invalid openid"}
    assert backend.calls.of("a.b")[0].wire == {"some": {"nested_key": "值"}}
    assert picture["result"]["buffer"]["data"] == list(b"\x89PNG")
    assert forbidden["error"] == {"errCode": -604101, "errMsg": "system error: error code: -604101"}


def test_an_environment_whose_id_is_still_a_placeholder(node: str, backend: Backend) -> None:
    # published functions say where to put it; the package escapes it after it has signed it
    backend.env = "填入您的环境ID"
    with GatewayServer(backend) as server:
        found = call(node, server, "cloudbase.getOpenData", {"cloudidList": ["xxx"]})
    assert (found["result"]["errCode"], found["context"]["ENV"]) == (0, "填入您的环境ID")

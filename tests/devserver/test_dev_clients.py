"""Programs outside of ``cloudpy dev`` that call what is in it, with the variables of ``--env-file``."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from .dev_process import Dev, write

PEER = Path(__file__).parent.parent / "peer"
FUNCTION = (
    "import cloudpy as cloud\n\n\ndef main(event, context):\n    return [event['a'], cloud.getWXContext()['OPENID']]\n"
)
NODE = """
const cloud = require('wx-server-sdk')
cloud.init({env: cloud.DYNAMIC_CURRENT_ENV})
;(async () => {
  const {result} = await cloud.callFunction({name: 'adds', data: {a: 1}})
  const {list} = await cloud.getOpenData({list: ['cid-1']})
  const {dataList} = await cloud.openapi.cloudbase.getOpenData({cloudidList: ['cid-1']})
  console.log(JSON.stringify([result, list[0].data, dataList[0].json.data]))
})()
"""
PYTHON = """
import json
import cloudpy.sync as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)
result = cloud.callFunction(name="adds", data={"a": 1})["result"]
opened = cloud.getOpenData(list=["cid-1"])["list"][0]["data"]
again = cloud.openapi.cloudbase.getOpenData(cloudidList=["cid-1"])["dataList"][0]["json"]["data"]
print(json.dumps([result, opened, again]))
"""


@pytest.mark.once()
@pytest.mark.parametrize("client", ["node", "python"])
def test_a_client_outside_calls_what_is_inside(tmp_path: Path, client: str) -> None:
    write(tmp_path, local_yaml="users: [{openid: o-alice}]\nopen_data: {cid-1: {phone: 1}}\n")
    write(tmp_path / "adds", index=FUNCTION)
    file = tmp_path / "client.env"
    with Dev(tmp_path, "--env-file", file) as dev:
        dev.notice(f"variables for other clients written to {file}")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        command = [sys.executable, "-c", PYTHON] if client == "python" else ["node", "-e", NODE]
        done = subprocess.run(
            ["sh", "-c", f'set -a; . "{file}"; set +a; exec "$@"', "sh", *command],
            env={**os.environ, "NODE_PATH": str(PEER / "node_modules")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.splitlines()[-1]) == [[1, "o-alice"], {"phone": 1}, {"phone": 1}]
        quiet = [line for line in dev.lines if line["log"] == "problem"]
    assert quiet == []
    secret = next(line for line in file.read_text().splitlines() if "SECRETKEY" in line).partition("=")[2]
    assert not any(secret in json.dumps(line) for line in dev.lines)


def test_a_function_without_a_config_may_call_nothing_still(tmp_path: Path) -> None:
    asks = (
        "import cloudpy.sync as cloud\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)\n\n\n"
        "def main(event, context):\n    return cloud.openapi.security.msgSecCheck(content='a')\n"
    )
    write(tmp_path / "asks", index=asks)
    with Dev(tmp_path) as dev:
        assert dev.post("asks").json()["errCode"] == -604101

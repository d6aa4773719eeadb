"""The Node package against the local WeChat: the same calls, the same answers as ours."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import cloudpy.sync
from cloudpy.local import Backend, Caller, GatewayServer
from cloudpy.local.function_calls import CallResult, not_found

PEER = Path(__file__).parents[1] / "peer"
SCRIPT = """
const cloud = require('wx-server-sdk')
cloud.init({env: cloud.DYNAMIC_CURRENT_ENV})
const calls = JSON.parse(process.argv[1])
;(async () => {
  const told = []
  for (const [path, params] of calls) {
    const names = path.split('.'), last = names.pop()
    const owner = names.reduce((one, name) => one[name], cloud)
    told.push(await owner[last](params).catch(error => ({failed: error.errMsg})))
  }
  console.log(JSON.stringify(told))
})()
"""
ORDER = {
    "body": "b",
    "outTradeNo": "o",
    "spbillCreateIp": "::1",
    "subMchId": "1",
    "totalFee": 1,
    "envId": "e",
    "functionName": "f",
}
CALLS: list[list[Any]] = [
    ["getOpenData", {"list": ["cid-1", "unknown"]}],
    ["getVoIPSign", {"groupId": "g", "timestamp": 5, "nonce": "n"}],
    ["getCloudCallSign", {"parameterList": ["a"]}],
    ["callFunction", {"name": "add", "data": {"a": 1}}],
    ["callFunction", {"name": "gone"}],
    ["callOpenAPI", {"api": "nothing.known", "data": {}}],
    ["cloudPay.unifiedOrder", ORDER],
    ["cloudPay.queryOrder", {"subMchId": "1", "outTradeNo": "o"}],
    ["cloudPay.queryOrder", {"subMchId": "1", "outTradeNo": "other"}],
]
MADE_UP = ("nonceStr", "prepayId", "payment", "requestID")  # another one in each answer


class Adder:
    def call(self, name: str, event: str, caller: Caller, timeout: float) -> CallResult:
        if name != "add":
            return not_found()
        return CallResult(json.dumps([json.loads(event)["a"] + 1, caller.source]))


def test_node_and_python_are_told_the_same(monkeypatch: Any) -> None:
    backend = Backend()
    backend.function_caller = Adder()
    backend.allow("all")
    backend.open_data.add("cid-1", {"phone_number": "1"}, openid=backend.users.default.openid)
    with GatewayServer(backend) as server:
        variables = server.environment()
        done = subprocess.run(
            ["node", "-e", SCRIPT, json.dumps(CALLS)],
            cwd=PEER,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            check=True,
        )
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        cloud = cloudpy.sync.createNewInstance(env=cloudpy.sync.DYNAMIC_CURRENT_ENV, config=None)
        ours = [told(cloud, path, params) for path, params in CALLS]
    theirs = json.loads(done.stdout.splitlines()[-1])
    assert [[2, "wx_client,scf"], 2] == [theirs[3]["result"], len(theirs[0]["list"])]
    assert [without(each) for each in theirs] == [without(each) for each in ours]


def told(cloud: Any, path: str, params: dict[str, Any]) -> Any:
    target = cloud
    for name in path.split("."):
        target = getattr(target, name)
    try:
        return target(params)
    except cloudpy.sync.CloudSDKError as error:
        return {"failed": error.errMsg}


def without(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in MADE_UP}

"""A Node function with the older package that it pins, compared with its port."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PEER = Path(__file__).parent.parent / "peer" / "node_modules"
NODE = """
const cloud = require('wx-server-sdk')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
exports.main = async ({ text }) => {
  const { OPENID } = cloud.getWXContext()
  const { result } = await cloud.openapi.security.msgSecCheck({ content: text, openid: OPENID, scene: 1, version: 2 })
  const { fileID } = await cloud.uploadFile({ cloudPath: `a/${text}.txt`, fileContent: Buffer.from(text) })
  return { suggest: result.suggest, OPENID, fileID }
}
"""
PYTHON = """
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    text, openid = event["text"], cloud.getWXContext()["OPENID"]
    checked = await cloud.openapi.security.msgSecCheck(content=text, openid=openid, scene=1, version=2)
    uploaded = await cloud.uploadFile(cloudPath=f"a/{text}.txt", fileContent=text.encode())
    return {"suggest": checked["result"]["suggest"], "OPENID": openid, "fileID": uploaded["fileID"]}
"""
CONFIG = '{"permissions": {"openapi": ["security.msgSecCheck"]}}'


@pytest.mark.once()
@pytest.mark.parametrize("version", ["2.6.3", "3.0.4"])
def test_a_port_is_right_whatever_package_the_function_pins(tmp_path: Path, version: str) -> None:
    node, ours = tmp_path / "node", tmp_path / "python"
    (node / "node_modules").mkdir(parents=True)
    (node / "node_modules" / "wx-server-sdk").symlink_to(PEER / f"wx-server-sdk-{version}")
    (node / "index.js").write_text(NODE)
    ours.mkdir()
    (ours / "index.py").write_text(PYTHON)
    for folder in (node, ours):
        (folder / "config.json").write_text(CONFIG)
    (tmp_path / "events.json").write_text(json.dumps([{"event": {"text": text}} for text in ("hi", "字")]))
    done = subprocess.run(
        [sys.executable, "-m", "cloudpy", "compare", str(node), str(ours), "--events", str(tmp_path / "events.json")],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "2 events: all equal" in done.stdout) == (0, True), done.stdout + done.stderr

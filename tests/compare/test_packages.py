"""A Node function with the older package that it pins, compared with its port."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .harness import case, pair, places

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
WITH_PACKAGES = (
    """
const cloud = require('wx-server-sdk')
const xlsx = require('node-xlsx')
const { v4 } = require('uuid')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
exports.main = async ({ rows }) => {
  const fileContent = xlsx.build([{ name: 'one', data: [['a', 'b'], ...rows] }])
  const { fileID } = await cloud.uploadFile({ cloudPath: 'a.xlsx', fileContent })
  return [fileID, v4(), require('uuid')(), Math.random()]
}
""",
    """
import io
import random
import uuid

import cloudpy as cloud
from openpyxl import Workbook

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    book = Workbook()
    book.active.title = "one"
    for row in [["a", "b"], *event["rows"]]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    uploaded = await cloud.uploadFile(cloudPath="a.xlsx", fileContent=file.getvalue())
    return [uploaded["fileID"], str(uuid.uuid4()), str(uuid.uuid4()), random.random()]
""",
)
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


@pytest.mark.once
def test_workbooks_are_compared_by_their_cells_and_uuids_are_the_same(tmp_path: Path) -> None:
    rows = [[1, "x"], [2.5, True], ["", "字 & <"]]
    said = {}
    for name, source in (("same", WITH_PACKAGES[1]), ("other", WITH_PACKAGES[1].replace('"b"]', '"c"]'))):
        folders = tmp_path / "node", tmp_path / name
        for folder, file, text in zip(folders, ("index.js", "index.py"), (WITH_PACKAGES[0], source), strict=True):
            folder.mkdir(exist_ok=True)
            (folder / file).write_text(text)
        running = pair(*folders)
        with running:
            said[name] = places(running.compare(case({"rows": rows})))
    assert {"same": [], "other": ['$state.storage["a.xlsx"].sheets.one.B1']} == said

"""Functions of one project that call each other and keep files, over the wire; and what a changed local.yaml leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cloudpy.devserver import wechat
from cloudpy.local import Caller, User
from cloudpy.runner.discovery import find_functions

from .dev_process import Dev, write

CARD = """\
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

async def main(event, context):
    level = await cloud.callFunction({"name": "level", "data": {"steps": 7}})
    file = await cloud.uploadFile({"cloudPath": "card.txt", "fileContent": b"7"})
    return [level["result"], file["fileID"], event.get("run"), cloud.getWXContext().get("OPEN_DATA_INFO")]
"""
LEVEL = """\
import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

def main(event, context):
    who = cloud.getWXContext()
    return [event["steps"], who["OPENID"], who["SOURCE"], event["userInfo"]["openId"]]
"""
YAML = "users: [{openid: o-alice}, {openid: o-bob}]\nopen_data: {cid-1: {step: 7}}\n"
PERMISSIONS = '{"permissions": {"openapi": []}, "timeout": 60}'


def project(folder: Path) -> Path:
    write(folder, local_yaml=YAML)
    write(folder / "card", index=CARD, config=PERMISSIONS)
    write(folder / "level", index=LEVEL, config=PERMISSIONS)
    return folder


def calls(line: dict[str, Any]) -> list[str]:
    return [call["api"] for call in line["calls"]]


def test_one_calls_another_which_is_shown_under_it_once(tmp_path: Path) -> None:
    with Dev(project(tmp_path)) as dev:
        answer = dev.post("card", {"run": {"cloudID": "cid-1"}}, x_wx_openid="o-bob")
        (level, file, run, info) = answer.json()
        assert [7, "o-bob", "wx_client,scf", "o-bob"] == level
        # someone else's CloudID
        assert {"cloudID": "cid-1", "errCode": -601007} == {key: run[key] for key in ("cloudID", "errCode")}
        assert info is None
        line = dev.said(lambda line: line["log"] == "invocation" and line["function"] == "card")
        called = dev.said(lambda line: line["log"] == "invocation" and line["function"] == "level")
        assert ["callFunction level", "uploadFile"] == calls(line)
        assert line["id"] == called["parent"]
        assert not [line for line in dev.lines if line["log"] not in ("ready", "invocation")]
        answer = dev.post("card", {"run": {"cloudID": "cid-1"}}, x_wx_openid="o-alice")
        assert {"cloudID": "cid-1", "data": {"step": 7}} == answer.json()[2]
        assert ["run"] == json.loads(answer.json()[3])["keys"]
        refused = dev.post("card", {str(n): {"cloudID": "cid-1"} for n in range(6)})
        assert (400, -501007) == (refused.status, refused.json()["errCode"])
    # what was uploaded is there at the next start, out of the way of what is found as a function
    assert b"7" == (tmp_path / ".cloudpy" / "storage" / "local" / "card.txt").read_bytes()
    with Dev(tmp_path, "--storage", tmp_path / "elsewhere") as dev:
        assert file == dev.post("card").json()[1]
    assert (tmp_path / "elsewhere" / "local" / "card.txt").exists()


def test_what_the_local_wechat_has_seen_outlives_a_changed_local_yaml(tmp_path: Path) -> None:
    folders = list(find_functions([str(project(tmp_path))], "index.main")[0].values())
    old = wechat.create(folders, [str(tmp_path)]).backend
    minted = old.open_data.mint({"phone": "1"}, openid="o-alice")
    address = old.signed_urls.download("local", "a.txt", 60, "")
    old.storage.put("a.txt", b"a")
    shared = old.accounts.grant("wx-other", "e-other")
    token = old.tokens.mint(Caller(User("o-alice"), "card"))
    write(tmp_path, local_yaml="users: [{openid: o-alice}]\naccounts: [{appid: wx-2, env: e-2}]\n")
    new = wechat.create(folders, [str(tmp_path)]).backend
    wechat.adopt(new, old)
    alice = new.users.find("o-alice")
    assert [["data"], ["errCode"]] == [
        [key for key in ("data", "errCode") if key in item] for item in new.open_data.look_up([minted, "cid-1"], alice)
    ]
    assert ("local", "a.txt") == new.signed_urls.check_download(address)
    assert ["a.txt"] == new.storage.paths()
    assert new.pay is old.pay
    assert new.tokens.find_caller(token) is not None
    assert shared is not None and shared in new.accounts._grants.values()
    assert (None, True) == (new.accounts.grant("wx-other", "e-other"), bool(new.accounts.grant("wx-2", "e-2")))

"""An invocation again: replayed, as a command, a test, an event; recordings; the state, by the console's API."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from cloudpy.devserver import recordings

from ..cli.command import cloudpy
from .dev_process import Dev, write

pytestmark = pytest.mark.once()

NOTES = """\
import time, datetime, uuid
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

@cloud.function
async def main(event, context):
    db = cloud.database()
    if event.get("fail"):
        raise ValueError("why")
    if event.get("refuse"):
        await cloud.openapi.wxacode.get(path="x")
    notes = db.collection("notes")
    if event.get("clock"):
        return [time.time(), datetime.datetime.now().timestamp()]
    added = await notes.add(data={"title": event["title"], "at": datetime.datetime.now(datetime.timezone.utc)})
    found = await notes.where({"title": event["title"]}).orderBy("at", "asc").get()
    count = await notes.count()
    sums = await notes.aggregate().count("n").end()
    steps = await cloud.openapi.cloudbase.getOpenData(cloudidList=[event["run"]["cloudID"]])
    other = await cloud.callFunction(name="other", data={"n": 2})
    file = await cloud.uploadFile(cloudPath="a.txt", fileContent=b"x")
    urls = await cloud.getTempFileURL(fileList=[file["fileID"], "cloud://local.local/kept.txt"])
    return {"id": added["_id"], "titles": [note["title"] for note in found["data"]], "count": count["total"],
            "sums": sums["list"], "steps": steps["dataList"], "other": other["result"], "openid":
            cloud.getWXContext()["OPENID"], "now": time.time(), "uuid": str(uuid.uuid4()), "file": file["fileID"],
            "urls": urls["fileList"], "run": event["run"], "password": event.get("password")}
"""
OTHER = "def main(event, context):\n    return {'double': event['n'] * 2}\n"
LOCAL = """\
users: [{openid: o-alice}, {openid: o-bob, unionid: u-bob}]
open_data:
  cid-1: {openid: o-bob, data: {steps: 7}}
database: {collections: {notes: [{_id: first, title: old}]}}
"""
EVENT = {"title": "茶", "run": {"cloudID": "cid-1"}}


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("project")
    permissions = {"permissions": {"openapi": ["cloudbase.getOpenData", "wxacode.get"]}}
    write(folder / "functions" / "notes", index=NOTES, config=json.dumps(permissions))
    write(folder / "functions" / "other", index=OTHER)
    write(folder, local_yaml=LOCAL)
    with Dev(folder, "--timeout", "60") as dev:
        dev.folder = folder  # type: ignore[attr-defined]
        yield dev


def api(dev: Dev, method: str, path: str, value: Any = None) -> Any:
    token = dev.said(lambda line: line["log"] == "ready")["console"].partition("token=")[2]
    body = None if method == "GET" else json.dumps({} if value is None else value)
    headers = {"X-Console-Token": token, "Content-Type": "application/json"}
    answer = dev.request(method, f"/_console/api{path}", body, headers)
    assert answer.status == 200, answer.body
    return answer.json()


def refused(dev: Dev, method: str, path: str, value: Any = None) -> str:
    with pytest.raises(AssertionError) as caught:
        api(dev, method, path, value)
    return str(caught.value)


def invoke(dev: Dev, event: Any = EVENT, **headers: str) -> str:
    answer = dev.post("notes", event, **{"x_wx_openid": "o-bob", **headers})
    return answer.headers["x-request-id"]


def run_test(dev: Dev, invocation: str, tmp_path: Path) -> tuple[str, str]:
    """The exported test, and what pytest says of it."""
    test = api(dev, "GET", f"/invocations/{invocation}/test")
    (tmp_path / test["name"]).write_text(test["text"], "utf-8")
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path / test["name"]]
    done = subprocess.run(program, cwd=test["folder"], capture_output=True, encoding="utf-8", timeout=120)
    return test["text"], done.stdout + done.stderr


def test_a_test_of_everything(dev: Dev, tmp_path: Path) -> None:
    text, said = run_test(dev, invoke(dev), tmp_path)
    assert "1 passed" in said, text + said
    assert "'old'" not in text, "only what the invocation has read"
    assert "***" not in text
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "E9,F", "-"]
    subprocess.run(ruff, input=text, encoding="utf-8", check=True, capture_output=True)


@pytest.mark.parametrize("event", [{"fail": True}, {"refuse": True}])
def test_a_test_of_a_failure(event: Any, dev: Dev, tmp_path: Path) -> None:
    if "refuse" in event:
        api(dev, "PUT", "/responses/wxacode.get", {"value": {"error": {"errCode": 45009, "errMsg": "too often"}}})
    text, said = run_test(dev, invoke(dev, event), tmp_path)
    assert "1 passed" in said, text + said
    assert ("ValueError" if "fail" in event else "45009") in text


def test_secrets_become_placeholders(dev: Dev, tmp_path: Path) -> None:
    secret = "hunter2-hunter2-hunter2"
    invocation = invoke(dev, {**EVENT, "password": secret})
    text, said = run_test(dev, invocation, tmp_path)
    assert "SECRET_password" in text and "Fill in: SECRET_password." in text
    assert "1 passed" in said, text + said
    command = api(dev, "GET", f"/invocations/{invocation}/curl?address={quote('http://x')}")["text"]
    event = json.dumps(api(dev, "GET", f"/invocations/{invocation}/compare"))
    assert secret not in text + command + event
    assert "had a secret, which is not kept" in refused(dev, "POST", f"/invocations/{invocation}/replay")


def test_the_test_is_written_into_the_project(dev: Dev) -> None:
    invocation = invoke(dev)
    path = Path(api(dev, "POST", f"/invocations/{invocation}/test")["path"])
    assert "def test_notes(wechat):" in path.read_text()
    assert "exists already" in refused(dev, "POST", f"/invocations/{invocation}/test")
    path.unlink()


def test_again(dev: Dev) -> None:
    invocation = invoke(dev)
    again = api(dev, "POST", f"/invocations/{invocation}/replay")
    assert "result" == again["kind"]
    first, second = (api(dev, "GET", f"/invocations/{one}") for one in (invocation, again["id"]))
    assert (first["event"], "o-bob", "u-bob") == (second["event"], second["openid"], second["unionid"])
    assert invocation != again["id"]
    assert "there is no invocation" in refused(dev, "POST", "/invocations/nowhere/replay")


def test_again_at_the_same_time(dev: Dev) -> None:
    invocation = invoke(dev, {"clock": True})
    started = api(dev, "GET", f"/invocations/{invocation}")["started"]
    one, other = api(dev, "POST", f"/invocations/{invocation}/replay", {"clock": True})["result"]
    assert started <= one <= other < started + 60
    later = api(dev, "POST", f"/invocations/{invocation}/replay")["result"][0]
    assert later > api(dev, "GET", f"/invocations/{invocation}")["result"][0]


def test_as_a_command(dev: Dev) -> None:
    invocation = invoke(dev, {**EVENT, "title": "it's; $(x)"})
    command = api(dev, "GET", f"/invocations/{invocation}/curl?address={quote(dev.url)}")["text"]
    done = subprocess.run(["sh", "-c", f"{command} -s"], capture_output=True, encoding="utf-8", timeout=60)
    assert json.loads(done.stdout)["titles"] == ["it's; $(x)"] * 2
    assert "o-bob" == json.loads(done.stdout)["openid"]


def test_as_an_event_of_compare(dev: Dev, tmp_path: Path) -> None:
    event = api(dev, "GET", f"/invocations/{invoke(dev, {'clock': True})}/compare")
    (tmp_path / "events.json").write_text(json.dumps([event]))
    folder = dev.folder / "functions" / "notes"  # type: ignore[attr-defined]
    done = cloudpy("compare", folder, folder, "--events", tmp_path / "events.json")
    assert "1 events: all equal" in done.stdout or "1 event: " in done.stdout, done.stdout + done.stderr
    assert 0 == done.returncode


def test_a_recording(dev: Dev) -> None:
    assert "我的 1" == api(dev, "POST", "/recordings", {"name": "我的 1"})["current"]
    assert "is being recorded: stop that first" in refused(dev, "POST", "/recordings", {"name": "two"})
    invoke(dev, {"clock": True})
    dev.post("other", {"n": 3})
    invoke(dev, {**EVENT, "password": "hunter2-hunter2"})
    assert {"我的 1"} == {one["name"] for one in api(dev, "POST", "/recordings/stop")["items"]}
    shown = api(dev, "GET", f"/recordings/{quote('我的 1')}")
    assert [("notes", "o-bob"), ("other", "o-alice"), ("notes", "o-bob")] == [
        (one["function"], one["openid"]) for one in shown["items"]
    ]
    assert "hunter2" not in json.dumps(shown)
    played = api(dev, "POST", f"/recordings/{quote('我的 1')}/replay")
    assert ["result", "result", "skipped"] == [one["kind"] for one in played]
    path = recordings.path_of(str(dev.folder), "我的 1")  # type: ignore[attr-defined]
    done = cloudpy("replay", path, "--url", dev.url)
    assert 1 == done.returncode, "one has a secret"
    assert ["notes  o-bob  ", "other  o-alice"] == [line[:14] for line in done.stdout.splitlines()[:2]]
    assert "2 of 3 replayed: 2 ok; 1 skipped" in done.stderr
    assert "is not a name" in refused(dev, "POST", "/recordings", {"name": "../x"})
    api(dev, "DELETE", f"/recordings/{quote('我的 1')}")
    assert [] == api(dev, "GET", "/recordings")["items"]
    assert "nothing is being recorded" in refused(dev, "POST", "/recordings/stop")


def test_a_record_of_the_command_line_is_replayed(tmp_path: Path) -> None:
    write(tmp_path / "other", index=OTHER)
    with Dev(tmp_path, "--record", tmp_path / "r.jsonl", "--timeout", "60") as dev:
        dev.post("other", {"n": 3})
        dev.post("other", {})
        dev.end()
    with Dev(tmp_path, "--timeout", "60") as dev:
        done = cloudpy("replay", tmp_path / "r.jsonl", "--url", dev.url)
        assert 1 == done.returncode
        first, second = done.stdout.splitlines()
        assert first.endswith('{"double": 6}')
        assert "KeyError: 'n'" in second
        assert "2 of 2 replayed: 1 ok, 1 failed" in done.stderr
    done = cloudpy("replay", tmp_path / "r.jsonl", "--url", dev.url)
    assert 1 == done.returncode
    assert "no `cloudpy dev` answers at" in done.stderr
    (tmp_path / "r.jsonl").write_text('{"function": 1}\n')
    done = cloudpy("replay", tmp_path / "r.jsonl")
    assert 2 == done.returncode
    assert "r.jsonl:1 is not a recorded invocation" in done.stderr


def test_the_state(dev: Dev) -> None:
    before = api(dev, "POST", "/state/reset")["counts"]
    assert (2, 1, 1, 0) == tuple(before[name] for name in ("users", "collections", "documents", "files"))
    invoke(dev, EVENT, x_wx_openid="o-bob")
    after = api(dev, "POST", "/state/exports", {"name": "名 1"})
    assert ["名 1"] == [one["name"] for one in after["exports"]]
    assert (2, 1) == (after["counts"]["documents"], after["counts"]["files"])
    assert before == api(dev, "POST", "/state/reset")["counts"]
    assert after["counts"] == api(dev, "POST", f"/state/exports/{quote('名 1')}/import")["counts"]
    assert "there is no export" in refused(dev, "POST", "/state/exports/nowhere/import")
    assert "is not a name" in refused(dev, "POST", "/state/exports", {"name": "../x"})
    assert [] == api(dev, "DELETE", f"/state/exports/{quote('名 1')}")["exports"]

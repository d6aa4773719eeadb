"""What ``cloudpy run`` says about calls, returned errors and temporary URLs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .command import cloudpy

pytestmark = pytest.mark.once(sample=1)

CALLS = """\
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

@cloud.function
async def main(event, context):
    if event.get("file"):
        uploaded = await cloud.uploadFile(cloudPath="a.txt", fileContent=b"content")
        return (await cloud.getTempFileURL(fileList=[uploaded["fileID"]]))["fileList"]
    await cloud.database().createCollection("todos")
    other = await cloud.callFunction(name="other", data={})
    try:
        await cloud.openapi.wxacode.get(path="x")
    except cloud.CloudSDKError as error:
        return error
"""
OTHER = """\
import cloudpy.sync as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)
def main(event, context):
    return cloud.openapi.security.msgSecCheck(content="x", version=2, scene=1, openid="o-local-user")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, code in (("calls", CALLS), ("other", OTHER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.py").write_text(code)
    (tmp_path / "calls" / "config.json").write_text("{}")
    (tmp_path / "other" / "config.json").write_text('{"permissions": {"openapi": ["security.msgSecCheck"]}}')
    return tmp_path / "calls"


def test_the_calls_in_order(folder: Path) -> None:
    done = cloudpy("run", folder, "-v")
    assert 0 == done.returncode
    calls = [line.removeprefix("└ ").split("  ") for line in done.stderr.splitlines() if line.startswith("└")]
    assert [name for name, *_ in calls] == [
        'database.createCollection("todos")',
        "other: security.msgSecCheck",
        "callFunction other",
    ]
    assert ["ok", "ok", "ok"] == [outcome for _, outcome, _ in calls]
    assert all(ms.removesuffix(" ms").isdigit() for *_, ms in calls)
    quiet = cloudpy("run", folder)
    assert "└" not in quiet.stderr
    assert json.loads(quiet.stdout)["errCode"] == json.loads(done.stdout)["errCode"] == -604101


def test_a_returned_error_fails_on_request(folder: Path) -> None:
    done = cloudpy("run", folder, "--fail-on-error")
    assert 1 == done.returncode
    assert -604101 == json.loads(done.stdout)["errCode"]
    assert "cloudpy: the function returned errCode -604101" == done.stderr.splitlines()[-1]
    (folder / "index.py").write_text("def main(event, context): return {'errCode': 0, 'data': []}\n")
    assert 0 == cloudpy("run", folder, "--fail-on-error").returncode


def test_a_temporary_url_is_dead(folder: Path) -> None:
    done = cloudpy("run", folder, "--event", '{"file": true}')
    assert json.loads(done.stdout)[0]["tempFileURL"].startswith("http://127.0.0.1:")
    assert "a temporary URL in the result is dead" in done.stderr
    (folder / "index.py").write_text("def main(event, context): return 'http://127.0.0.1:1/storage/x'\n")
    assert "" == cloudpy("run", folder).stderr


@pytest.mark.parametrize("command", ["run", "check", "env", "package --target scf"])
def test_a_misspelt_folder(command: str, folder: Path) -> None:
    done = cloudpy(*command.split(), "cals", cwd=folder.parent)
    assert 2 == done.returncode
    assert "did you mean 'calls'?" in done.stderr

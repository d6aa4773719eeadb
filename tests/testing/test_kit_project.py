"""A user's project, tested with the kit as users would: pytest in several ways, xdist, unittest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "project"
TESTS = 25
ISSUE = """
def test_steps(wechat):                                    # a local WeChat of its own for each test
    wechat.open_data("cid-1", {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}, openid="o-alice")
    result = wechat.invoke("functions/steps", {"cloudID": "cid-1"}, openid="o-alice")
    assert result["dataList"][0]["json"]["data"]["stepInfoList"][0]["step"] == 1234

def test_busy(wechat):
    wechat.stub("cloudbase.getOpenData").error(-1, "system error")
    assert wechat.invoke("functions/steps", {"cloudID": "cid-1"})["errCode"] == -1
    assert wechat.calls("cloudbase.getOpenData")[0].params == {"cloudidList": ["cid-1"]}
"""
STEPS = """
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

async def main(event, context):
    try:
        return await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})
    except cloud.CloudSDKError as err:
        return err
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # without the variables of the pytest that runs this one
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "project"


ASYNCIO = ("-o", "asyncio_default_fixture_loop_scope=function")


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("more", [(), ("-n", "2"), ("-p", "no:randomly", "--import-mode=importlib")], ids=" ".join)
def test_the_whole_project_passes(project: Path, more: tuple[str, ...]) -> None:
    done = run(project, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *ASYNCIO, *more)
    assert f"{TESTS} passed" in done.stdout.splitlines()[-1], done.stdout


def test_from_another_folder(project: Path) -> None:
    done = run(
        project.parent, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ASYNCIO, "project/test_unittest_style.py"
    )
    assert "4 passed" in done.stdout, done.stdout


def test_unittest_itself(project: Path) -> None:
    done = run(project, "-W", "error", "-m", "unittest", "-q", "test_unittest_style")
    assert re.search(r"Ran 4 tests.*\n\nOK", done.stderr, re.DOTALL), done.stderr


def test_unittest_tells_what_is_wrong(project: Path) -> None:
    (project / "test_wrong.py").write_text(
        """
from cloudpy.testing import WeChatTestCase
class WrongTest(WeChatTestCase):
    def test_unused(self):
        self.wechat.stub("cloudbase.getOpenData").error(-1)
    def test_failed_anyway(self):
        self.wechat.stub("cloudbase.getOpenData").error(-1)
        self.fail("anyway")
""",
        "utf-8",
    )
    done = run(project, "-m", "unittest", "test_wrong")
    assert "FAILED (failures=2)" in done.stderr
    assert 1 == done.stderr.count("was never used")
    assert "AssertionError: anyway" in done.stderr


@pytest.mark.once()
def test_the_two_tests_of_the_readme_in_an_empty_project(tmp_path: Path) -> None:
    (tmp_path / "functions" / "steps").mkdir(parents=True)
    (tmp_path / "functions" / "steps" / "index.py").write_text(STEPS, "utf-8")
    config = tmp_path / "functions" / "steps" / "config.json"
    config.write_text('{"permissions": {"openapi": ["cloudbase.getOpenData"]}}', "utf-8")
    (tmp_path / "test_steps.py").write_text(ISSUE, "utf-8")
    arguments = ("-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider")
    assert "2 passed" in run(tmp_path, *arguments, "-W", "error").stdout

    config.write_text('{"permissions": {"openapi": ["cloudbase.getOpenDat"]}}', "utf-8")
    output = run(tmp_path, *arguments).stdout
    assert "2 failed" in output
    assert 2 <= output.count('it lists "cloudbase.getOpenDat": fix it. Add "cloudbase.getOpenData"')
    config.write_text('{"permissions": {"openapi": ["cloudbase.getOpenData"]}}', "utf-8")

    for right, wrong in (('stub("cloudbase.getOpenData', 'stub("cloudbase.getOpenDat'),):
        (tmp_path / "test_steps.py").write_text(ISSUE.replace(right, wrong), "utf-8")
        output = run(tmp_path, *arguments).stdout
        assert "did you mean 'cloudbase.getOpenData'?" in output
        assert "1 failed, 1 passed" in output


def test_nothing_of_the_kit_is_imported_where_it_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        """
import sys
def test_it():
    heavy = {"aiohttp", "asyncio", "yaml", "jsonschema", "click", "cloudpy.local", "cloudpy.contracts",
             "cloudpy.runtime", "cloudpy.testing.wechat", "cloudpy.sync"}
    assert set() == heavy & set(sys.modules)
    assert "cloudpy.testing.plugin" in sys.modules
""",
        "utf-8",
    )
    arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:anyio")
    done = run(tmp_path, *arguments, "-p", "no:hypothesispytest", "-p", "no:xdist")
    assert "1 passed" in done.stdout, done.stdout


@pytest.mark.once()
def test_strict_markers_know_ours(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n@pytest.mark.wechat(openid='o')\ndef test_it(wechat): pass\n", "utf-8"
    )
    done = run(tmp_path, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", "-p", "no:asyncio")
    assert "1 passed" in done.stdout, done.stdout

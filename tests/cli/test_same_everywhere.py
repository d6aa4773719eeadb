"""What is the same on each machine, in each command and in the cloud: text, time, log, config.json, requirements."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._client.permissions import misplaced
from cloudpy.check import check, requirements
from cloudpy.cli import SUBCOMMANDS, console
from cloudpy.errors import ConfigError
from cloudpy.runner import function_config

from .command import cloudpy, environment

PLAIN = "def main(event, context):\n    return 1\n"


def function(folder: Path, code: str, config: object = None, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.py").write_text(code, "utf-8")
    (folder / "config.json").write_text(json.dumps(config or {"permissions": {"openapi": []}}))
    for name, text in files.items():
        path = folder / name.replace("__", ".").replace("_of_", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


HELP = """
import sys
from cloudpy.cli import main
for words in [[], *([name] for name in sys.argv[1:])]:
    try:
        main([*words, "--help"])
    except SystemExit as error:
        assert not error.code, words
"""


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "gbk", "latin-1"])
def test_help_comes_out_on_any_console(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELP, *SUBCOMMANDS],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert (0, b"") == (done.returncode, done.stderr)
    assert len(SUBCOMMANDS) < done.stdout.count(b"Usage:")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'), max_size=40),
       st.sampled_from(["ascii", "cp1252", "gbk", "utf-8"]))  # fmt: skip
def test_json_stays_json_on_any_console(text: str, encoding: str) -> None:
    console.escape_unencodable()
    data = f'"{text}"'.encode(encoding, "cloudpy_escape")
    assert text == json.loads(data.decode(encoding))


def test_a_path_that_the_console_lacks(tmp_path: Path) -> None:
    folder = function(tmp_path / "步数", PLAIN)
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(
        [sys.executable, "-m", "cloudpy", "check", str(folder)], capture_output=True, env=environment, cwd=tmp_path
    )
    assert 0 == done.returncode, done.stderr
    assert rb"\u6b65\u6570" in done.stdout


HOURS = """
import datetime


def main(event, context):
    there = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    return round((datetime.datetime.now() - there).total_seconds() / 3600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="TZ is POSIX")
def test_the_time_zone_is_that_of_the_cloud(tmp_path: Path) -> None:
    folder = function(tmp_path / "fn", HOURS)
    assert "0\n" == cloudpy("run", folder, env=environment(TZ="Asia/Shanghai")).stdout
    (folder / ".env").write_text("TZ=Asia/Shanghai\n")
    assert "8\n" == cloudpy("run", folder).stdout


LOGS = """
import logging

{configure}

def main(event, context):
    logging.getLogger("mine").info("order %d", 7)
    logging.info("order %d", 8)
    logging.debug("no")
"""


@pytest.mark.parametrize(
    ("configure", "lines"),
    [
        ("", ["INFO:mine:order 7", "INFO:root:order 8"]),
        ("logging.basicConfig(format='%(levelname)s %(message)s')", ["INFO order 7", "INFO order 8"]),
        ("logging.getLogger().setLevel(logging.ERROR)", []),
    ],
)
def test_what_a_function_logs_is_shown(configure: str, lines: list[str], tmp_path: Path) -> None:
    done = cloudpy("run", function(tmp_path, LOGS.format(configure=configure)))
    assert lines == done.stderr.splitlines()


def test_a_call_while_the_function_is_loaded_says_so(tmp_path: Path) -> None:
    code = "import cloudpy.sync as cloud\ncloud.init(env='local')\nCODE = cloud.openapi.wxacode.get(path='a')\n" + PLAIN
    folder = function(tmp_path, code, {"permissions": {"openapi": ["wxacode.get"]}})
    done = cloudpy("run", folder)
    assert (1, "") == (done.returncode, done.stdout)
    assert "the call was made while the function was being loaded" in json.loads(done.stderr)["errMsg"]
    assert [3] == [each.line for each in check(folder).findings if each.code == "loading"]


OTHER = "import cloudpy.sync as cloud\ncloud.init(env='local')\n\ndef main(event, context):\n"


def test_a_function_that_is_called_sees_its_own_env_file(tmp_path: Path) -> None:
    function(tmp_path / "other", "import os\n\ndef main(event, context):\n    return os.environ.get('NAME')\n")
    (tmp_path / "other/.env").write_text("NAME=x\n")
    caller = function(tmp_path / "fn", OTHER + "    return cloud.callFunction(name='other')['result']\n")
    assert '"x"\n' == cloudpy("run", caller).stdout
    (tmp_path / "other/.env").write_text("NAME\n")
    assert "expected NAME=value" in cloudpy("run", caller).stderr


LIB = (
    "import cloudpy.sync as cloud\n\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n\n\n"
    "def ask():\n    return cloud.openapi.wxacode.get(path='a')\n"
)
INDEX = (
    "from lib.deep.wx import ask, cloud\n\ndef main(event, context):\n    try:\n        return bool(ask()['buffer'])\n"
    "    except cloud.CloudSDKError as error:\n        return error\n"
)


def test_permissions_are_the_functions_wherever_init_stands(tmp_path: Path) -> None:
    allowed = {"permissions": {"openapi": ["wxacode.get"]}}
    folder = function(tmp_path / "fn", INDEX, allowed, lib_of_deep_of_wx__py=LIB)
    assert ("true\n", "") == ((done := cloudpy("run", folder)).stdout, done.stderr)
    function(folder, INDEX)
    refused = cloudpy("run", folder)
    assert -604101 == json.loads(refused.stdout)["errCode"]
    assert str(folder / "config.json") in json.loads(refused.stdout)["errMsg"]
    (folder / "config.json").unlink()
    assert f"no config.json in {folder}:" in cloudpy("run", folder).stderr


MISPLACED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"permission": {"openapi": ["a.b"]}}, ("permission", "openapi")),
    ({"premissions": {"openapi": ["a.b"]}}, ("premissions", "openapi")),
    ({"Permissions": {"openapi": ["a.b"]}}, ("Permissions", "openapi")),
    ({"permissions": {"openAPI": ["a.b"]}}, ("permissions", "openAPI")),
    ({"permissions": {"open_api": ["a.b"]}}, ("permissions", "open_api")),
    ({"permissions": {"apis": ["a.b"]}}, ("permissions", "apis")),
    ({"openapi": ["a.b"]}, ("openapi",)),
    ({"permissions": {"openapi": [], "openapis": ["a.b"]}}, ("permissions", "openapis")),
    ({"permissions": {"openapi": ["a.b"]}}, ()),
    ({"permissions": {"openapi": []}, "triggers": [], "other": ["a"]}, ()),
    ({}, ()),
]


@pytest.mark.parametrize(("config", "keys"), MISPLACED)
def test_a_list_under_a_wrong_key_is_named_by_check_and_by_the_refusal(
    config: dict[str, Any], keys: tuple[str, ...], tmp_path: Path
) -> None:
    assert keys == misplaced(config)
    folder = function(tmp_path, INDEX, config, lib_of_deep_of_wx__py=LIB)
    wrong = [each.text for each in check(folder).findings if each.code == "config"]
    words = f"the list under {'.'.join(keys)} is not read"
    assert bool(keys) == any(words in text for text in wrong)


def test_the_refusal_names_the_wrong_key(tmp_path: Path) -> None:
    folder = function(tmp_path, INDEX, {"permission": {"openapi": ["wxacode.get"]}}, lib_of_deep_of_wx__py=LIB)
    refused = json.loads(cloudpy("run", folder).stdout)
    assert "the list under permission.openapi is not read: its place is permissions.openapi" in refused["errMsg"]


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf{}", b'{"timeout": 1, "timeout": 2}', b"{", b"[]", b"\xff", b"1" * 5000]
)
def test_every_command_reads_config_json_as_the_sdk_does(data: bytes, tmp_path: Path) -> None:
    import cloudpy.sync

    folder = function(tmp_path, PLAIN)
    path = folder / "config.json"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        cloudpy.sync.createNewInstance(config=path)
    sentence = caught.value.errMsg.removeprefix("init:fail ")
    assert sentence == function_config.read(str(path)).error
    (finding,) = [each for each in check(folder).findings if each.code == "config"]
    assert sentence == f"{path} {finding.text.removeprefix('config.json ')}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-8"])
def test_requirements_as_pip_reads_them(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    text = f"{mark}wx-cloudpy\r\nidna==3.7  # 中文\r\n"
    function(tmp_path, "import cloudpy\nimport idna\n" + PLAIN)
    (tmp_path / "requirements.txt").write_bytes(text.encode(encoding))
    assert ["wx-cloudpy", "idna==3.7"] == [line.text for line in requirements.read(tmp_path)]
    assert [] == list(check(tmp_path).findings)


def test_a_code_in_quotes_in_local_yaml(tmp_path: Path) -> None:
    answers = 'answers:\n  wxacode.get:\n    - error: {errCode: "40029", errMsg: invalid}\n'
    done = cloudpy("run", function(tmp_path, PLAIN, local__yaml=answers))
    assert 2 == done.returncode
    assert "local.yaml:3" in done.stderr
    assert "expected a number: write 40029, no quotes" in done.stderr

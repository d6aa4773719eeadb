"""``cloudpy run``: results, errors, who calls, with what."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .command import PROGRAMS, cloudpy, environment, run


def test_the_result_alone_is_on_standard_output() -> None:
    done = run("prints")
    assert '{"名": "值\u2028", "n": 1.0}\n' == done.stdout
    assert ["at import", "by print 打印", "by stderr", "by os.write", "by a process"] == done.stderr.splitlines()
    assert 0 == done.returncode


def test_it_is_utf_8_and_in_order_in_any_locale() -> None:
    done = run("prints", env=environment(LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"))
    assert '{"名": "值\u2028", "n": 1.0}\n' == done.stdout
    assert "by stderr\nby os.write\nby a process\n" in done.stderr


def test_pretty_takes_several_lines() -> None:
    assert '{\n  "名": "值\u2028",\n  "n": 1.0\n}\n' == run("prints", "--pretty").stdout


def test_what_the_function_sees() -> None:
    foreign = environment(TENCENTCLOUD_SESSIONTOKEN="of the real cloud", WX_OPENID="o-forged", MY_OWN="kept")
    done = run("tells_environment", "--event", '{"a": [1]}', "--timeout", "2.5", env=foreign)
    assert 0 == done.returncode, done.stderr
    told = json.loads(done.stdout)
    assert {"a": [1], "userInfo": {"appId": "wx1234567890abcdef", "openId": "o-alice"}} == told["event"]
    assert 2500 == told["context"]["time_limit_in_ms"]
    assert "tells_environment" == told["context"]["function_name"]
    assert "env-of-file" == told["context"]["namespace"]
    assert told["context"]["request_id"]
    wx = told["wx"]
    assert ("o-alice", "u-alice", "wx1234567890abcdef") == (wx["OPENID"], wx["UNIONID"], wx["APPID"])
    assert ("env-of-file", "wx_client") == (wx["ENV"], wx["SOURCE"])
    assert {
        "SCF_NAMESPACE": "env-of-file",
        "SCF_FUNCTIONNAME": "tells_environment",
        "WX_OPENID": None,  # whose invocation it will be is not known when the code is loaded
        "MY_OWN": "kept",
    } == told["at_import"]
    assert {**told["at_import"], "WX_OPENID": "o-alice"} == told["in_main"]
    assert told["foreign"] is None
    assert str(PROGRAMS / "tells_environment") == told["folder"]


def test_another_caller() -> None:
    arguments = ["--openid", "o-bob", "--unionid", "u-1", "--appid", "wx-2", "--env", "env-2"]
    told = json.loads(run("tells_environment", *arguments).stdout)
    assert {"appId": "wx-2", "openId": "o-bob"} == told["event"]["userInfo"]
    assert ("o-bob", "u-1", "wx-2", "env-2") == tuple(told["wx"][key] for key in ("OPENID", "UNIONID", "APPID", "ENV"))


def test_an_openid_that_local_yaml_does_not_know_is_taken() -> None:
    assert "o-new" == json.loads(run("tells_environment", "--openid", "o-new").stdout)["wx"]["OPENID"]


def test_a_timer_calls_for_nobody() -> None:
    event = {"Type": "Timer", "TriggerName": "daily", "Time": "2019-02-21T11:49:00Z", "Message": ""}
    told = json.loads(run("tells_environment", "--event", json.dumps(event)).stdout)
    assert event == told["event"]
    assert "timer" == told["trigger"]
    assert "OPENID" not in told["wx"]


def test_the_event_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(b'\xef\xbb\xbf{"name": "\xe5\x90\x8d"}')  # an editor may have put a byte order mark there
    assert "名" == json.loads(run("tells_environment", "--event", f"@{file}").stdout)["event"]["name"]
    done = run("tells_environment", "--event", "-", input='{"name": "名"}')
    assert "名" == json.loads(done.stdout)["event"]["name"]


@pytest.mark.once(sample=2)
@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("{a: 1}", "the event is not JSON: line 1, column 2: Expecting property name"),
        ("{a: 1}", "in a shell it goes into single quotes"),
        ("event.json", "a file is named with @"),
        ("@missing.json", "the event's file 'missing.json' cannot be read: No such file or directory"),
        (f"@{PROGRAMS}", "cannot be read: Is a directory"),
        ("[1]", "must be a JSON object"),
        ("[1]", "is a list"),
        ('"x"', "is a string"),
        ("null", "is null"),
        ("1", "is a number"),
        ('{"a": NaN}', "NaN is not valid in JSON"),
        ("[" * 100_000, "nests too deep"),
        ('{"a": ' + "1" * 5000 + "}", "is not JSON: Exceeds the limit"),
        ("", "the event is not JSON"),
        (
            '{"function": "a", "event": {}, "openid": "o", "unionid": "", "timer": false}',
            "the event is a recording of cloudpy dev: the event is under its key event",
        ),
    ],
)
def test_an_event_that_is_none(event: str, words: str) -> None:
    done = run("tells_environment", "--event", event)
    assert 2 == done.returncode
    assert "" == done.stdout
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_standard_input_that_is_no_event(tmp_path: Path) -> None:
    done = run("tells_environment", "--event", "-", input='{"a":\n 1 1}')
    assert 2 == done.returncode
    assert "standard input is not JSON: line 2, column 4" in done.stderr
    latin = tmp_path / "event.json"
    latin.write_bytes(b'{"a": "\xe9"}')
    assert "event.json is not UTF-8 (byte 7)" in run("tells_environment", "--event", f"@{latin}").stderr
    latin.write_bytes(b'{"a": "' + b"x" * 6 * 1024 * 1024 + b'"}')
    assert "the platform accepts 6 MB" in run("tells_environment", "--event", f"@{latin}").stderr


@pytest.mark.once(sample=2)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument 'DIR'"),
        (["nowhere"], "no folder nowhere"),
        ([__file__], "is a file: expected the function's folder"),
        ([PROGRAMS / "prints", "--timeout", "0"], "0.0 is not in the range 0<x<=900"),
        ([PROGRAMS / "prints", "--timeout", "soon"], "'soon' is not a valid float"),
        ([PROGRAMS / "prints", "--handler", "main"], "expected file.function"),
        ([PROGRAMS / "prints", "--local", "missing.yaml"], "'missing.yaml' does not exist"),
        ([PROGRAMS / "prints", "--config", "missing.json"], "'missing.json' does not exist"),
        ([PROGRAMS / "prints", "--openid", ""], "--openid must not be empty"),
        ([PROGRAMS / "prints", "--evnt", "{}"], "No such option"),  # whether the name is quoted changed with click
        ([PROGRAMS / "prints", "more"], "unexpected extra argument (more)"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: list[object], words: str) -> None:
    done = cloudpy("run", *arguments)
    assert 2 == done.returncode
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_local_yaml(tmp_path: Path) -> None:
    file = tmp_path / "local.yaml"
    file.write_text("users:\n  - openid: 5\n")
    done = run("prints", "--local", file)
    assert 2 == done.returncode
    assert str(file) in done.stderr
    assert "line 2" in done.stderr or ":2" in done.stderr
    assert "Traceback" not in done.stderr


FOREIGN = '{"title": "demo", "runtime": "Python3.6", // a remark\n "tags": []}'


@pytest.mark.parametrize("text", ["{", FOREIGN], ids=["broken", "foreign"])
def test_a_config_json_that_is_none_fails_when_it_is_needed(text: str, tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def main(event, context): return 1")
    (tmp_path / "config.json").write_text(text)
    done = cloudpy("run", tmp_path)
    assert (0, "1\n", "") == (done.returncode, done.stdout, done.stderr)
    call = "cloud.init(env=cloud.DYNAMIC_CURRENT_ENV); return cloud.openapi.a.b({})"
    (tmp_path / "index.py").write_text(f"import cloudpy.sync as cloud\ndef main(event, context): {call}")
    done = cloudpy("run", tmp_path)
    assert 1 == done.returncode
    assert "config.json is not JSON: line 1, column " in json.loads(done.stderr)["errMsg"]
    done = cloudpy("run", tmp_path, "--config", tmp_path / "config.json")
    assert 2 == done.returncode
    assert "config.json is not JSON: line 1, column " in done.stderr


def test_an_exception_shows_the_users_own_code() -> None:
    done = run("raises")
    assert 1 == done.returncode
    assert "" == done.stdout
    index = PROGRAMS / "raises" / "index.py"
    lines = done.stderr.splitlines()
    assert "Traceback (most recent call last):" == lines[0]
    assert f'  File "{index}", line 6, in main' == lines[1]
    assert "KeyError: 'missing'" == lines[-1]
    assert [str(index)] * 2 == [line.split('"')[1] for line in lines if line.startswith('  File "')]


def test_an_exception_at_import() -> None:
    done = run("raises_at_import")
    assert 1 == done.returncode
    assert "ModuleNotFoundError: No module named 'no_such_library_anywhere'" in done.stderr
    assert 1 == done.stderr.count('File "')


def test_a_syntax_error_shows_the_users_line(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def main(event, context)\n    return 1\n")
    done = cloudpy("run", tmp_path)
    assert 1 == done.returncode
    assert 1 == done.stderr.count('File "')
    assert "def main(event, context)" in done.stderr
    assert "SyntaxError: expected ':'" in done.stderr


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "index.py in {} has no main; it defines no function at all"),
        ("def mian(event, context): pass", "it defines mian: rename one, or name the handler, as in index.mian"),
        ("main = 1", "index.main is an int, not a function"),
        ("def main(event): pass", "index.main takes 1 parameter (event); the platform calls it with two"),
        (None, "no index.py in {}; the folder holds no .py file at all"),
    ],
)
def test_a_function_that_cannot_be_loaded(tmp_path: Path, source: str | None, words: str) -> None:
    if source is not None:
        (tmp_path / "index.py").write_text(source)
    done = cloudpy("run", tmp_path)
    assert 1 == done.returncode
    assert done.stderr.startswith("cloudpy: ")
    assert words.format(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr


def test_an_sdk_error_that_is_raised() -> None:
    done = run("raises_sdk_error")
    assert 1 == done.returncode
    assert "" == done.stdout
    error = {"errCode": 40003, "errMsg": "openapi.cloudbase.getOpenData:fail invalid openid"}
    assert error == json.loads(done.stderr)


def test_an_sdk_error_that_is_returned_is_a_result(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(
        "import cloudpy.sync as cloud\n"
        "cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n"
        "def main(event, context):\n"
        "    try:\n"
        "        return cloud.openapi.cloudbase.getOpenData(cloudidList=['xxx'])\n"
        "    except cloud.CloudSDKError as err:\n"
        "        return err\n"
    )
    # no config.json: the SDK warns where it looked, and the local WeChat refuses as the cloud does
    done = cloudpy("run", tmp_path)
    assert 0 == done.returncode
    assert -604101 == json.loads(done.stdout)["errCode"]
    assert f"no config.json in {tmp_path}" in done.stderr
    granted = tmp_path / "granted.json"
    granted.write_text('{"permissions": {"openapi": ["cloudbase.getOpenData"]}}')
    assert 0 == json.loads(cloudpy("run", tmp_path, "--config", granted).stdout)["errCode"]
    (tmp_path / "config.json").write_text('{"permissions": {"openapi": []}}')
    done = cloudpy("run", tmp_path)
    assert 0 == done.returncode
    assert "Nothing was sent" in json.loads(done.stdout)["errMsg"]


def test_another_handler() -> None:
    assert '{"read": ""}\n' == run("odd_streams", "--handler", "index.reads").stdout


def test_files_named_as_ours_do_not_stand_in_for_ours() -> None:
    done = run("shadows")
    assert (0, '"fine"\n') == (done.returncode, done.stdout), done.stderr


def test_a_relative_folder_and_the_function_named_after_it() -> None:
    done = cloudpy("run", ".", cwd=PROGRAMS / "tells_environment")
    assert "tells_environment" == json.loads(done.stdout)["context"]["function_name"]


def test_the_current_folder_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = f"import os, sys; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); from cloudpy.cli import main; main()"
    command = [sys.executable, "-c", program, "run", "."]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    assert 2 == done.returncode, done.stderr
    assert "the folder . cannot be found: No such file or directory" in done.stderr


def test_a_call_while_the_code_is_loaded_reaches_nothing(tmp_path: Path) -> None:
    # as on the platform, where there is no invocation yet; and never out to the real cloud
    (tmp_path / "config.json").write_text('{"permissions": {"openapi": ["cloudbase.getOpenData"]}}')
    (tmp_path / "index.py").write_text(
        "import cloudpy.sync as cloud\n"
        "cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n"
        "cloud.openapi.cloudbase.getOpenData(cloudidList=['xxx'])\n"
        "def main(event, context): return 1\n"
    )
    foreign = environment(TENCENTCLOUD_SECRETID="of-the-real-cloud", TENCENTCLOUD_SECRETKEY="its-key")
    done = cloudpy("run", tmp_path, env=foreign)
    assert 1 == done.returncode
    message = json.loads(done.stderr)["errMsg"]
    assert "missing secretId or secretKey" in message and "make it in main()" in message
    (tmp_path / "index.py").write_text("import cloudpy\ncloudpy.init(evn='x')\ndef main(event, context): return 1\n")
    done = cloudpy("run", tmp_path)
    assert (
        "init:fail unknown option 'evn'; did you mean 'env'?" == json.loads(done.stderr)["errMsg"]
    )  # init() may be there


def test_a_file_comes_as_a_buffer(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"permissions": {"openapi": ["wxacode.getUnlimited"]}}')
    (tmp_path / "local.yaml").write_text(
        "answers:\n  wxacode.getUnlimited:\n    buffer: !!binary AP8=\n    contentType: image/png\n"
    )
    (tmp_path / "index.py").write_text(
        "import cloudpy as cloud\n"
        "cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n"
        "def main(event, context): return cloud.openapi.wxacode.getUnlimited(scene='a')\n"
    )
    result = json.loads(cloudpy("run", tmp_path).stdout)
    assert ("image/png", {"type": "Buffer", "data": [0, 255]}) == (result["contentType"], result["buffer"])


def test_the_project_has_a_local_yaml(tmp_path: Path) -> None:
    folder = tmp_path / "functions" / "steps"
    folder.mkdir(parents=True)
    (folder / "index.py").write_text(
        "import cloudpy.sync as cloud\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n"
        "def main(event, context):\n    link = cloud.openapi.urllink.generate(path='a')['urlLink']\n"
        "    found = cloud.database().collection('users').get()['data']\n"
        "    return [cloud.getWXContext()['OPENID'], link, [each['name'] for each in found]]\n"
    )
    project = (
        "users: [{openid: o-all}]\npermissions: [urllink.generate]\nanswers: {urllink.generate: {urlLink: of all}}\n"
        "database: {collections: {users: [{name: Ann}]}}\n"
    )
    (tmp_path / "functions" / "local.yaml").write_text(project)
    assert json.loads(cloudpy("run", folder).stdout) == ["o-all", "of all", ["Ann"]]
    (folder / "local.yaml").write_text("users: [{openid: o-own}]\nanswers: {urllink.generate: {urlLink: own}}\n")
    assert json.loads(cloudpy("run", folder).stdout) == ["o-own", "own", ["Ann"]]
    (folder / "config.json").write_text('{"permissions": {"openapi": []}}')
    refused = cloudpy("run", folder)
    assert refused.returncode == 1 and "-604101" in refused.stderr, refused.stderr


def test_a_local_yaml_above_the_root_of_the_project_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "app" / "cloud" / "steps"
    folder.mkdir(parents=True)
    (folder / "index.py").write_text(
        "import cloudpy.sync as cloud\ndef main(event, context): return cloud.getWXContext()['OPENID']\n"
    )
    (tmp_path / "local.yaml").write_text("users: [{openid: o-above}]\n")
    (tmp_path / "app" / "pyproject.toml").touch()
    assert json.loads(cloudpy("run", folder).stdout) != "o-above"
    (tmp_path / "app" / "local.yaml").write_text("users: [{openid: o-root}]\n")
    assert json.loads(cloudpy("run", folder).stdout) == "o-root"

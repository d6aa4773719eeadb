"""What is said of a function, finding by finding."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cloudpy.check import check
from cloudpy.runtime.cron import cron_error

from .folders import API, function, rows, texts, write

CLEAN = """
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

@cloud.function
async def main(event, context):
    return await cloud.openapi.cloudbase.getOpenData(cloudidList=[event["cloudID"]])
"""


def body(*lines: str, module: str = "cloudpy") -> str:
    """An async handler with these lines, the first of them on line 4."""
    joined = "\n".join(f"    {line}" for line in lines)
    return f"import {module} as cloud; cloud.init()\n@cloud.function\nasync def main(event, context):\n{joined}\n"


def test_a_clean_function(tmp_path: Path) -> None:
    assert [] == rows(check(function(tmp_path, CLEAN)))


def test_a_missing_permission_is_told_once_with_the_line_to_add(tmp_path: Path) -> None:
    twice = CLEAN + "    await cloud.openapi.cloudbase.getOpenData(cloudidList=['x'])\n"
    report = check(function(tmp_path, twice, []))
    assert [("index.py", 7, "error", "permission")] == rows(report)
    assert f'add "{API}" to permissions.openapi in config.json' in texts(report)


def test_without_config_json_it_says_what_to_write(tmp_path: Path) -> None:
    report = check(write(tmp_path, {"index.py": CLEAN, "requirements.txt": "wx-cloudpy"}))
    assert [("index.py", 7, "error", "permission")] == rows(report)
    assert f'{{"permissions": {{"openapi": ["{API}"]}}}}' in texts(report)


def test_permissions_that_nothing_needs(tmp_path: Path) -> None:
    report = check(function(tmp_path, CLEAN, [API, "wxacode.getUnlimited", "wxacode.getUnlimted"]))
    assert [
        ("config.json", 5, "hint", "unused-permission"),
        ("config.json", 6, "warning", "permission-name"),
    ] == rows(report)
    assert "did you mean 'wxacode.getUnlimited'" in texts(report)


def test_a_permission_written_as_in_code(tmp_path: Path) -> None:
    report = check(function(tmp_path, CLEAN, [f"openapi.{API}"]))
    assert f"did you mean {API!r}?" in texts(report)
    assert 1 == report.count("error")


@pytest.mark.parametrize(
    ("api", "code", "words"),
    [
        ("cloudbase.getOpendata", "unknown-api", "did you mean 'cloudbase.getOpenData'"),
        ("nothing.alikeAtAll", "unknown-api", "`cloudpy api list`"),
        ("auth.code2Session", "refused-api", "does not offer"),
    ],
)
def test_names_that_cannot_be_called(api: str, code: str, words: str, tmp_path: Path) -> None:
    report = check(function(tmp_path, body(f"return await cloud.openapi.{api}()"), []))
    assert [("index.py", 4, "error", code)] == rows(report)
    assert words in texts(report)


def test_an_api_that_only_the_user_knows_of(tmp_path: Path) -> None:
    report = check(function(tmp_path, body("return await cloud.openapi.brandNew.zzz()"), ["brandNew.zzz"]))
    assert [("index.py", 4, "warning", "unknown-api")] == rows(report)


@pytest.mark.parametrize(
    "config", ["{", '{"permissions": {"openapi": "all"}}', '{"permissions": {}, "permissions": {}}']
)
def test_an_unusable_config(config: str, tmp_path: Path) -> None:
    folder = function(tmp_path, CLEAN)
    (folder / "config.json").write_text(config)
    assert [("config.json", 1, "error", "config")] == rows(check(folder))


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["cloud.openapi.cloudbase.getOpenData(cloudidList=[])"], 4),
        (["return cloud.openapi.cloudbase.getOpenData(cloudidList=[])"], 4),
        (["r = cloud.openapi.cloudbase.getOpenData(cloudidList=[])", "return r['dataList']"], 4),
        (["return cloud.openapi.cloudbase.getOpenData(cloudidList=[])['dataList']"], 4),
        (["return cloud.openapi.cloudbase.getOpenData(cloudidList=[]).get('a')"], 4),
        (["print(cloud.openapi.cloudbase.getOpenData(cloudidList=[]))"], 4),
        (["r = cloud.openapi.cloudbase.getOpenData(cloudidList=[])", "return r"], 4),
    ],
)
def test_a_call_that_nobody_awaits(lines: list[str], line: int, tmp_path: Path) -> None:
    report = check(function(tmp_path, body(*lines)))
    assert ("index.py", line, "error", "await") in rows(report)
    assert "write await cloud.openapi.cloudbase.getOpenData(…)" in texts(report)


@pytest.mark.parametrize(
    "lines",
    [
        ["r = cloud.openapi.cloudbase.getOpenData(cloudidList=['x'])", "return await r"],
        ["import asyncio", "return await asyncio.gather(cloud.openapi.cloudbase.getOpenData(cloudidList=['x']))"],
        [
            "import asyncio",
            "all = [cloud.openapi.cloudbase.getOpenData(cloudidList=[x]) for x in event]",
            "return await asyncio.gather(*all)",
        ],
        [
            "import asyncio",
            "t = asyncio.create_task(cloud.openapi.cloudbase.getOpenData(cloudidList=['x']))",
            "return await t",
        ],
        ["return (await cloud.openapi.cloudbase.getOpenData(cloudidList=['x']))['dataList']"],
        [
            "r = cloud.openapi.cloudbase.getOpenData(cloudidList=['x'])",
            "async with limit:",
            "    await asyncio.wait(r)",
        ],
    ],
)
def test_calls_that_are_awaited_later(lines: list[str], tmp_path: Path) -> None:
    assert [] == rows(check(function(tmp_path, body(*lines))))


def test_a_sync_handler_may_hand_its_call_back(tmp_path: Path) -> None:
    code = "import cloudpy as cloud\n\ndef main(event, context):\n    return cloud.openapi.cloudbase.getOpenData()\n"
    assert "await" not in {code for *_, code in rows(check(function(tmp_path, code)))}


def test_a_sync_handler_that_drops_its_call(tmp_path: Path) -> None:
    code = (
        "import cloudpy as cloud\ndef main(event, context):\n    cloud.openapi.cloudbase.getOpenData(cloudidList=[])\n"
    )
    report = check(function(tmp_path, code))
    assert ("index.py", 3, "error", "await") in rows(report)
    assert "make main an async def" in texts(report)


def test_await_of_the_blocking_api(tmp_path: Path) -> None:
    call = "return await cloud.openapi.cloudbase.getOpenData(cloudidList=['x'])"
    report = check(function(tmp_path, body(call, module="cloudpy.sync")))
    assert [("index.py", 4, "error", "await")] == rows(report)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["import time", "time.sleep(1)"], "await asyncio.sleep"),
        (["from time import sleep as nap", "nap(1)"], "nap() blocks"),
        (["import requests", "requests.get('http://x')"], "await asyncio.to_thread(requests.get, …)"),
    ],
)
def test_waiting_that_blocks(lines: list[str], words: str, tmp_path: Path) -> None:
    report = check(function(tmp_path, body(*lines), [], requirements__txt="wx-cloudpy\nrequests\n"))
    assert [("index.py", 5, "hint", "blocking")] == rows(report)
    assert words in texts(report)


def test_blocking_is_fine_where_nothing_else_waits(tmp_path: Path) -> None:
    code = "import time\nimport cloudpy\n\ndef main(event, context):\n    time.sleep(1)\n"
    assert [] == rows(check(function(tmp_path, code, [])))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{'cloudidList': 'x'}", "'cloudidList' must be a list of strings"),
        ("cloudidList=[1]", "cloudidList[0]"),
        ("{'cloudIdLst': [x]}", "did you mean 'cloudidList'?"),
        ("", "'cloudidList' is missing"),
    ],
)
def test_literal_parameters(given: str, words: str, tmp_path: Path) -> None:
    report = check(function(tmp_path, body("x = 1", f"return await cloud.openapi.cloudbase.getOpenData({given})")))
    assert [("index.py", 5, "warning", "parameter")] == rows(report)
    assert words in texts(report)


@pytest.mark.parametrize(
    "given", ["event", "{'cloudidList': event}", "**event", "{**event}", "cloudidList=[event['x']]"]
)
def test_parameters_that_only_show_when_the_code_runs(given: str, tmp_path: Path) -> None:
    assert [] == rows(check(function(tmp_path, body(f"return await cloud.openapi.cloudbase.getOpenData({given})"))))


def test_a_file_whose_bytes_only_show_when_the_code_runs(tmp_path: Path) -> None:
    call = "return await cloud.openapi.security.imgSecCheck(media={})"
    upload = "{'contentType': 'image/png', 'value': event['image']}"
    api = ["security.imgSecCheck"]
    assert [] == rows(check(function(tmp_path / "a", body(call.format(upload)), api)))
    assert ["parameter"] == [each[3] for each in rows(check(function(tmp_path / "b", body(call.format("'x'")), api)))]


def test_parameters_in_wechats_own_spelling(tmp_path: Path) -> None:
    call = "await cloud.openapi(convertCase=False).cloudbase.getOpenData({{'{}': ['x']}})"
    assert [] == rows(check(function(tmp_path / "a", body(call.format("cloudid_list")))))
    assert 1 == check(function(tmp_path / "b", body(call.format("cloudidList")))).count("warning")


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("def handler(event, context): ...", 0, "it defines handler"),
        ("x = 1", 0, "it defines no function"),
        ("def main(event): ...", 1, "takes 1 parameter (event)"),
        ("def main(): ...", 1, "takes 0 parameters"),
        ("@cloud.function\ndef main(event): ...", 2, "takes 1 parameter (event)"),
        ("def main(a, b, c): ...", 1, "takes 3 parameters (a, b, c)"),
        ("def main(event, context, *, db): ...", 1, "needs db as keyword"),
    ],
)
def test_handlers_that_cannot_be_called(code: str, line: int, words: str, tmp_path: Path) -> None:
    report = check(function(tmp_path, code + "\nimport cloudpy\n", []))
    assert [("index.py", line, "error", "handler")] == rows(report)
    assert words in texts(report)


@pytest.mark.parametrize(
    "code",
    [
        "def main(event, context, more=None): ...",
        "def main(*all): ...",
        "from lib import *",
        "main = lambda event, context: 1",
        "import functools\n@functools.cache\ndef main(x): ...",
    ],
)
def test_handlers_that_can_be_called(code: str, tmp_path: Path) -> None:
    assert [] == rows(check(function(tmp_path, code, [], **{"lib.py": "def main(event, context): ...\n"})))


PLAIN = CLEAN.replace("@cloud.function", "")
UPLOADED = {
    "nothing says where it runs": {},
    "cloudpy installed beside it": {"cloudpy/__init__.py": ""},
    "a library installed beside it": {"x-1.0.dist-info/RECORD": ""},
    "settings in the folder": {
        "cloudbaserc.json": {"functions": [{"name": "steps", "runtime": "Python3.10", "handler": "index.main"}]}
    },
    "settings of another function": {
        "../cloudbaserc.json": {"functions": [{"name": "other", "runtime": "Python3.10"}]}
    },
    "settings that cannot be read": {"cloudbaserc.json": "{"},
    "settings of another form": {"cloudbaserc.json": {"functions": [1]}},
    "settings of the project": {"../../cloudbaserc.json": {"functions": [{"name": "steps", "runtime": "Python3.9"}]}},
}
PACKAGED = {
    "the package's entry": {"cloudpy_entry.py": "", "cloudpy/__init__.py": ""},
    "settings that name the entry": {
        "../cloudbaserc.json": {
            "functions": [{"name": "steps", "runtime": "Python3.10", "handler": "cloudpy_entry.main"}]
        }
    },
    "an HTTP function": {
        "../cloudbaserc.json": {"functions": [{"name": "steps", "runtime": "Python3.10", "type": "HTTP"}]}
    },
    "its bootstrap file": {"scf_bootstrap": ""},
    "an image": {"Dockerfile": ""},
}


@pytest.mark.parametrize("files", UPLOADED.values(), ids=UPLOADED)
def test_an_async_handler_that_nobody_would_await(files: dict[str, object], tmp_path: Path) -> None:
    folder = write(function(tmp_path / "project/functions/steps", PLAIN), files)
    assert [("index.py", 6, "error", "handler")] == rows(check(folder))
    assert "@cloud.function" in texts(check(folder))
    assert [] == rows(check(folder, packaged=True))
    (folder / "index.py").write_text(CLEAN)
    assert [] == rows(check(folder))


@pytest.mark.parametrize("files", PACKAGED.values(), ids=PACKAGED)
def test_an_async_handler_that_somebody_awaits(files: dict[str, object], tmp_path: Path) -> None:
    folder = write(function(tmp_path / "project/functions/steps", PLAIN), files)
    assert [] == rows(check(folder))


def test_another_handler(tmp_path: Path) -> None:
    folder = write(tmp_path, {"app.py": "def run(event, context): ...\n"})
    assert [("index.py", 0, "error", "handler")] == rows(check(folder))
    assert [] == rows(check(folder, handler_name="app.run"))


@pytest.mark.parametrize("code", ["def main(event, context:\n", "def main(e, c):\n    await x\n", "x = '\0'\n"])
def test_code_that_cannot_be_read(code: str, tmp_path: Path) -> None:
    (finding,) = check(function(tmp_path, code, [])).findings
    assert ("index.py", "error", "syntax") == (finding.file, finding.severity, finding.code)


@pytest.mark.parametrize(
    ("code", "since", "python"),
    [
        ("import tomllib", "3.11", (3, 10)),
        ("from datetime import UTC", "3.11", (3, 10)),
        ("import asyncio\nx = asyncio.TaskGroup", "3.11", (3, 10)),
        pytest.param(
            "try: ...\nexcept* ValueError: ...",
            "3.11",
            (3, 10),
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="this Python cannot read it"),
        ),
        pytest.param(
            "type X = int",
            "3.12",
            (3, 11),
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python cannot read it"),
        ),
        pytest.param(
            'x = {}\ny = f"{x["a"]}"',
            "3.12",
            (3, 11),
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python cannot read it"),
        ),
    ],
)
def test_newer_than_the_target(code: str, since: str, python: tuple[int, int], tmp_path: Path) -> None:
    folder = function(tmp_path, f"{code}\ndef main(event, context): ...\n", [])
    report = check(folder, python=python)
    assert ["python"] == [each.code for each in report.findings]
    assert f"added in Python {since}" in texts(report)
    assert [] == rows(check(folder, python=(3, 13)))


def test_newer_parts_that_are_tried_for(tmp_path: Path) -> None:
    code = "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\ndef main(event, context): ...\n"
    assert [] == rows(check(function(tmp_path, code, [])))


KEY = "Zx8" * 11


@pytest.mark.parametrize(
    "line",
    [
        f"SECRET_KEY = '{KEY}'",
        f"cloud.init(secretId='{KEY}', secretKey=key)",
        f"settings = {{'AppSecret': '{KEY}'}}",
        f"os.environ.get('PASSWORD', '{KEY}')",
        f"os.environ['MY_API_KEY'] = '{KEY}'",
        f"x = 'AKID{KEY[:32]}'",
        f"pem = '-----BEGIN PRIVATE KEY-----{KEY}'",
        f"SETTINGS = {{'数据库密码': '{KEY}'}}",
        "HOOK = 'https://qyapi.weixin.qq.com/send?key=0123abcd-45ef-6789-abcd-0123456789ab'",
    ],
)
def test_keys_in_the_code(line: str, tmp_path: Path) -> None:
    code = f"import os, cloudpy as cloud\n{line}\ndef main(event, context): ...\n"
    report = check(function(tmp_path, code, []))
    assert [("index.py", 2, "error", "secret")] == rows(report)
    assert KEY[:9] not in texts(report)


@pytest.mark.parametrize(
    "line",
    [
        "SECRET_KEY = os.environ['SECRET_KEY']",
        "SECRET_KEY = ''",
        "SECRET_KEY = 'your-secret-key'",
        "APP_SECRET = '<app secret>'",
        "PASSWORD = 'xxxxxxxx'",
        "HELP = {'password': 'the password of the user'}",
        "LABELS = {'密码': '请输入六位数字的密码', 'password': '请输入六位数字的密码'}",
    ],
)
def test_names_without_keys(line: str, tmp_path: Path) -> None:
    assert [] == rows(check(function(tmp_path, f"import os\n{line}\ndef main(event, context): ...\n", [])))


def test_keys_in_other_files(tmp_path: Path) -> None:
    files = {"settings/prod.yaml": f"a: 1\nid: AKID{KEY[:32]}\n", ".env": "A=1\n"}
    report = check(function(tmp_path, CLEAN, **files))
    assert [(".env", 0, "warning", "secret"), ("settings/prod.yaml", 2, "error", "secret")] == rows(report)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("aiohttp\n", 1, "add the line wx-cloudpy"),
        ("aiohttp\ncloudpy==0.3\n", 2, "another project"),
    ],
)
def test_requirements(text: str, line: int, words: str, tmp_path: Path) -> None:
    report = check(function(tmp_path, CLEAN, requirements__txt=text))
    assert [("requirements.txt", line, "error", "requirements")] == rows(report)
    assert words in texts(report)


@pytest.mark.parametrize("text", ["WX_CloudPy >= 0.1\n", "wx-cloudpy[otel]\n", "# all\n\nwx.cloudpy==0.1.0\n"])
def test_requirements_that_will_do(text: str, tmp_path: Path) -> None:
    assert [] == rows(check(function(tmp_path, CLEAN, requirements__txt=text)))


def test_no_requirements(tmp_path: Path) -> None:
    folder = function(tmp_path, CLEAN)
    (folder / "requirements.txt").unlink()
    assert [("requirements.txt", 0, "warning", "requirements")] == rows(check(folder))


@pytest.mark.parametrize(("size", "severity"), [(501_000_000, "error"), (300_000_000, "hint")])
def test_a_folder_that_is_too_large(size: int, severity: str, tmp_path: Path) -> None:
    folder = function(tmp_path, CLEAN)
    with open(folder / "model.bin", "wb") as file:
        file.truncate(size)  # takes no room on the disk
    report = check(folder)
    assert [(".", 0, severity, "size")] == rows(report)
    assert f"model.bin {size / 1e6:.1f} MB" in texts(report)


def test_triggers(tmp_path: Path) -> None:
    good = {"name": "daily", "type": "timer", "config": "0 0 2 * * * *"}
    folder = function(tmp_path, CLEAN)
    config = {"permissions": {"openapi": [API]}, "triggers": [good]}
    assert [] == rows(check(write(folder, {"config.json": config})))
    config["triggers"] = [{**good, "config": "0 2 * * *"}]
    report = check(write(folder, {"config.json": config}))
    assert [("config.json", 11, "error", "trigger")] == rows(report)
    assert "0 0 2 * * * *" in texts(report)
    config["triggers"] = [good, {"name": "1", "type": "cron", "config": "* * * * * * *"}]
    report = check(write(folder, {"config.json": config}))
    assert 3 == report.count("error")
    assert "allows one per function" in texts(report)


@pytest.mark.parametrize(
    "cron",
    [
        "0 0 2 1 * * *",
        "*/5 * * * * * *",
        "0 0,30 9-18 * JAN-MAR mon-fri 2026-2030",
        "0 0 0 31 12 0 2099",
        "0 0/10 8 * * FRI-MON *",
    ],
)
def test_cron_expressions(cron: str) -> None:
    assert "" == cron_error(cron)


@pytest.mark.parametrize(
    "cron", ["0 0 2 * * *", "60 * * * * * *", "* * 24 * * * *", "* * * 0 * * *", "5-2 * * * * * *", "*/0 * * * * * *",
             "a * * * * * *", "* * * * * 7 *", "", None, 5]
)  # fmt: skip
def test_cron_expressions_that_are_none(cron: object) -> None:
    assert cron_error(cron)

"""Small functions that cannot start, or misbehave, in the cloud: each is told; and right ones, of which none is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cloudpy.sync
from cloudpy.check import check, public_api

from .folders import rows, write

HEAD = "import cloudpy as cloud\n\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n\n\n@cloud.function\n"
SYNC = "import cloudpy.sync as cloud\n\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n\n\n"
DEF = "def main(event, context):\n"
ADEF = "async def main(event, context):\n"
OK = DEF + "    return event\n"
CALL = "cloud.openapi.wxacode.get(path='a')"
APIS = ["wxacode.get"]


def files(code: str, needs: str = "wx-cloudpy\n", **others: str) -> dict[str, object]:
    """A function's files; ``lib_of_a__py`` is lib/a.py."""
    apis = APIS if "wxacode" in code + "".join(others.values()) else []
    named = {re.sub(r"__(py|txt)$", r".\1", name.replace("_of_", "/")): text for name, text in others.items()}
    return {
        "index.py": code,
        "config.json": {"permissions": {"openapi": apis}},
        **({"requirements.txt": needs} if needs else {}),
        **named,
    }


# what -> (files, file, line, code of the finding)
WRONG: dict[str, tuple[dict[str, object], str, int, str]] = {
    "a library nobody asks for": (files("import requests\n" + OK), "index.py", 1, "import"),
    "a library without requirements": (files("import requests\n" + OK, ""), "index.py", 1, "import"),
    "a library by its other name": (files("from PIL import Image\n" + OK), "index.py", 1, "import"),
    "a library asked for by a comment": (files("import requests\n" + OK, "# requests\n"), "index.py", 1, "import"),
    "a library for another Python": (
        files("import click\n" + OK, "click ; python_version < '3.8'\n"), "index.py", 1, "import"
    ),
    "a library for another system": (
        files("import click\n" + OK, "click ; sys_platform == 'win32'\n"), "index.py", 1, "import"
    ),
    "a library that a helper imports": (
        files(OK + "def helper():\n    import requests\n"), "index.py", 4, "import"
    ),
    "a library deep inside": (
        files("from lib import a\n" + OK, lib_of_a__py="import requests\n"), "lib/a.py", 1, "import"
    ),
    "a library in the handler": (files(DEF + "    import requests\n"), "index.py", 2, "import"),
    "the library of a test": (files("import pytest\n" + OK), "index.py", 1, "import"),
    "the project as a package": (files("from functions.steps.helper import x\n" + OK), "index.py", 1, "import"),
    "the test kit": (files("from cloudpy.testing import LocalWeChat\n" + OK), "index.py", 1, "import"),
    "a module of Windows": (files("import winreg\n" + OK), "index.py", 1, "import"),
    "a relative import in the entry": (
        files("from .helper import X\n" + OK, helper__py="X = 1\n"), "index.py", 1, "import"
    ),
    "a dot alone in the entry": (files("from . import helper\n" + OK, helper__py=""), "index.py", 1, "import"),
    "a relative import in a file beside it": (
        files("import a\n" + OK, a__py="from .b import X\n", b__py="X = 1\n"), "a.py", 1, "import"
    ),
    "a relative import out of the folder": (
        files("import lib.a\n" + OK, lib_of_a__py="from ...shared import x\n"), "lib/a.py", 1, "import"
    ),
    "a file that is not there": (files("from lib import b\n" + OK, lib_of_a__py=""), "index.py", 1, "import"),
    "a name that a file lacks": (files("from helper import Y\n" + OK, helper__py="X = 1\n"), "index.py", 1, "import"),
    "a module that a package lacks": (
        files("import lib.b\n" + OK, lib_of___init____py="", lib_of_a__py=""), "index.py", 1, "import"
    ),
    "random": (files(OK, random__py="X = 1\n"), "random.py", 0, "hidden-module"),
    "a package named json": (files(OK, json_of___init____py=""), "json/__init__.py", 0, "hidden-module"),
    "aiohttp": (files("import aiohttp\n" + OK, "wx-cloudpy\naiohttp\n", aiohttp__py=""), "aiohttp.py", 0,
                "hidden-module"),
    "cloudpy": (files(OK, cloudpy__py=""), "cloudpy.py", 0, "hidden-module"),
    "time": (files(OK, time__py=""), "time.py", 0, "hidden-module"),
    "callFunction without await": (
        files(HEAD + ADEF + "    cloud.callFunction(name='a', data={})\n"), "index.py", 8, "await"
    ),
    "uploadFile, used as its answer": (
        files(HEAD + ADEF + "    r = cloud.uploadFile(cloudPath='a', fileContent=b'')\n    return r['fileID']\n"),
        "index.py", 8, "await",
    ),
    "deleteFile as the result": (
        files(HEAD + ADEF + "    return cloud.deleteFile(fileList=[])\n"), "index.py", 8, "await"
    ),
    "cloudPay without await": (
        files(HEAD + ADEF + "    cloud.cloudPay.closeOrder(outTradeNo='1')\n"), "index.py", 8, "await"
    ),
    "cloudPay with options": (
        files(HEAD + ADEF + "    cloud.cloudPay(appid='wx1').closeOrder(outTradeNo='1')\n"), "index.py", 8, "await"
    ),
    "an instance's call": (
        files(HEAD.replace("@", "other = cloud.createNewInstance()\n@") + ADEF + "    other.getOpenData(list=[])\n"),
        "index.py", 9, "await",
    ),
    "a list of calls as the result": (
        files(HEAD + ADEF + "    return [save(n) for n in event]\n\n\nasync def save(n):\n    pass\n"),
        "index.py", 8, "await",
    ),
    "a function of one's own": (
        files(HEAD + ADEF + "    save(event)\n\n\nasync def save(event):\n    pass\n"), "index.py", 8, "await"
    ),
    "one imported": (
        files("from lib import save\n" + DEF + "    save(event)\n", lib__py="async def save(event):\n    pass\n"),
        "index.py", 3, "await",
    ),
    "a method": (
        files("class Job:\n    async def go(self):\n        pass\n    def run(self):\n        self.go()\n\n"
              + DEF + "    Job().run()\n"),
        "index.py", 5, "await",
    ),
    "a method of a new object": (
        files("class Job:\n    async def go(self):\n        pass\n\n" + DEF + "    Job().go()\n"),
        "index.py", 6, "await",
    ),
    "asyncio.sleep": (
        files(HEAD + ADEF + "    import asyncio\n    asyncio.sleep(1)\n"), "index.py", 9, "await"
    ),
    "coroutines in the result": (
        files(HEAD + ADEF + "    return {'a': cloud.callFunction(name='a')}\n"), "index.py", 8, "await"
    ),
    "an operation of the database": (
        files(HEAD + ADEF + "    db = cloud.database()\n    db.collection('a').add(data={})\n"), "index.py", 9, "await"
    ),
    "a query of the database, used as its answer": (
        files(HEAD.replace("@", "db = cloud.database()\n@") + ADEF
              + "    return db.collection('a').where({}).limit(1).get()['data']\n"),
        "index.py", 9, "await",
    ),
    "an operation of a transaction": (
        files(HEAD + ADEF + "    t = await cloud.database().startTransaction()\n    t.commit()\n"),
        "index.py", 9, "await",
    ),
    "a method that a collection lacks": (
        files(SYNC + DEF + "    return cloud.database().collection('a').find({})\n"), "index.py", 7, "name"
    ),
    "a query while loading": (
        files(SYNC + "ALL = cloud.database().collection('a').get()\n" + OK), "index.py", 6, "loading"
    ),
    "await of the blocking API": (
        files(SYNC + "@cloud.function\n" + ADEF + "    return await cloud.callFunction(name='a')\n"),
        "index.py", 8, "await",
    ),
    "a handler that nobody awaits": (
        files(HEAD.replace("@cloud.function\n", "") + ADEF + "    return 1\n"), "index.py", 6, "handler"
    ),
    "milliseconds": (files("import cloudpy as cloud\ncloud.init(timeout=5000)\n" + OK), "index.py", 2, "option"),
    "an option misspelt": (files("import cloudpy as cloud\ncloud.init(envv='a')\n" + OK), "index.py", 2, "option"),
    "an option as in Node, misspelt": (
        files("import cloudpy as cloud\ncloud.init({'envs': 'a'})\n" + OK), "index.py", 2, "option"
    ),
    "retries as a text": (files("import cloudpy as cloud\ncloud.init(retries='3')\n" + OK), "index.py", 2, "option"),
    "a key without its pair": (
        files("import cloudpy as cloud\ncloud.createNewInstance(secretId='a')\n" + OK), "index.py", 2, "option"
    ),
    "openapi's milliseconds": (
        files(SYNC + DEF + "    cloud.openapi(timeout=3000).wxacode.get(path='a')\n"), "index.py", 7, "option"
    ),
    "no init": (files("import cloudpy.sync as cloud\n" + DEF + f"    {CALL}\n"), "index.py", 3, "init"),
    "no init of the database": (
        files("import cloudpy.sync as cloud\n" + DEF + "    cloud.database().collection('a').get()\n"),
        "index.py", 3, "init",
    ),
    "no init of a call beside openapi": (
        files("import cloudpy.sync as cloud\n" + DEF + "    cloud.callFunction(name='a')\n"), "index.py", 3, "init"
    ),
    "a name that is not there": (files(SYNC + DEF + "    cloud.callFuncton(name='a')\n"), "index.py", 7, "name"),
    "a name that is not there, imported": (
        files("from cloudpy import CloudID\n" + OK), "index.py", 1, "name"
    ),
    "a name that an instance lacks": (
        files("import cloudpy.sync as cloud\nother = cloud.createNewInstance()\nother.nothing()\n" + OK),
        "index.py", 3, "name",
    ),
    "a call while loading": (files(SYNC + f"CODE = {CALL}\n" + OK), "index.py", 6, "loading"),
    "a call while loading, by a function": (
        files(SYNC + f"def load():\n    return {CALL}\n\n\nCODE = load()\n" + OK), "index.py", 7, "loading"
    ),
    "a call while a class is made": (
        files(SYNC + f"class A:\n    def __init__(self):\n        self.x = {CALL}\n\n\nA()\n" + OK),
        "index.py", 8, "loading",
    ),
    "the caller, while loading": (files(SYNC + "WHO = cloud.getWXContext()\n" + OK), "index.py", 6, "loading"),
}  # fmt: skip

RIGHT: dict[str, dict[str, object]] = {
    "nothing of the SDK": files(OK, ""),
    "the standard library": files("import json, os.path, datetime\nfrom urllib import request\n" + OK),
    "a library asked for": files("import click\n" + OK, "wx-cloudpy\nclick>=8\n"),
    "one with hashes": files("import click\n" + OK, "click==8.1 --hash=sha256:00 \\\n  --hash=sha256:11\n"),
    "one by its other name": files("from PIL import Image\nimport yaml\n" + OK, "Pillow\nPyYAML==6.0\n"),
    "one that is not installed": files("import acme_tools\n" + OK, "acme-tools\n"),
    "one that resembles": files("import acme\n" + OK, "python-acme>=1\n"),
    "one that another needs": files("import yarl\n" + OK, "aiohttp\n"),
    "one in another file": files("import click\n" + OK, "-r base.txt\n", base__txt="click\n"),
    "one from an address": files("import acme\n" + OK, "https://example.com/x-1.0-py3-none-any.whl\n"),
    "one from a folder": files("import acme\n" + OK, "-e ./acme\n"),
    "one with an extra and a marker": files("import click\n" + OK, "click[x] ; python_version >= '3.10'\n"),
    "one that is suppressed": files(
        "import contextlib\n\nwith contextlib.suppress(ImportError):\n    import orjson\n" + OK
    ),
    "a list of calls that is gathered": files(
        "import asyncio\n" + HEAD + ADEF + "    return await asyncio.gather(*[save(n) for n in event])\n"
        "\n\nasync def save(n):\n    pass\n"
    ),
    "one that is tried for": files("try:\n    import orjson as json\nexcept ImportError:\n    import json\n" + OK),
    "one for types": files("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mypy\n" + OK),
    "one when run by hand": files(OK + "if __name__ == '__main__':\n    import rich\n    rich.print(main({}, {}))\n"),
    "another way of Python 2": files("import sys\nPY2 = sys.version_info[0] == 2\nif PY2:\n    import urlparse\n" + OK),
    "a script beside it": files(OK, upload__py="import fabric\n"),
    "one installed beside it": files("import acme\n" + OK, acme_of___init____py=""),
    "a module of C": files("import fast\n" + OK) | {"fast.cpython-310-x86_64-linux-gnu.so": ""},
    "files": files("import a\nfrom b import X, f\nfrom lib.c import *\n" + OK, a__py="", b__py="X = 1\ndef f(): ...\n",
                   lib_of_c__py=""),
    "a package": files("from lib import a, B\n" + OK, lib_of___init____py="from .b import B\n", lib_of_a__py="",
                       lib_of_b__py="class B: ...\n"),
    "relative imports in a package": files("import lib.deep.a\n" + OK, lib_of_b__py="X = 1\n",
                                           lib_of_deep_of_a__py="from ..b import X\nfrom . import c\n",
                                           lib_of_deep_of_c__py=""),
    "names that are made": files("from lib import anything\n" + OK, lib__py="def __getattr__(name): ...\n"),
    "names of globals()": files("from lib import anything\n" + OK, lib__py="globals()['anything'] = 1\n"),
    "names as usual": files(OK, config__py="", utils__py="", models__py="", main__py="", app__py="", common__py=""),
    "json in a package": files("from lib import json\n" + OK, lib_of_json__py=""),
    "a folder of data named email": files(OK) | {"email/welcome.html": ""},
    "awaited": files(HEAD + ADEF + f"    await cloud.callFunction(name='a')\n    return await {CALL}\n"),
    "gathered": files("import asyncio\n" + HEAD + ADEF + "    calls = [save(x) for x in event]\n"
                      "    return await asyncio.gather(*calls, save(1))\n\n\nasync def save(x): ...\n"),
    "awaited later": files(HEAD + ADEF + "    a = cloud.uploadFile(cloudPath='a', fileContent=b'')\n"
                           "    return await a\n"),
    "a task": files("import asyncio\n" + HEAD + ADEF + "    task = asyncio.create_task(save())\n    return await task\n"
                    "\n\nasync def save(): ...\n"),
    "run": files("import asyncio\n" + DEF + "    return asyncio.run(save())\n\n\nasync def save(): ...\n"),
    "an async generator": files(HEAD + ADEF + "    return [x async for x in each()]\n\n\nasync def each():\n"
                                "    yield 1\n"),
    "handed back": files(HEAD + ADEF + "    return await later()\n\n\nasync def save(): ...\ndef later():\n"
                         "    return save()\n"),
    "a context": files("from contextlib import asynccontextmanager\n" + HEAD + ADEF + "    async with lock():\n"
                       "        return 1\n\n\n@asynccontextmanager\nasync def lock():\n    yield\n"),
    "a method awaited": files("class Job:\n    async def go(self):\n        return await self.next()\n"
                              "    async def next(self): ...\n\n\n" + HEAD + ADEF + "    return await Job().go()\n"),
    "the blocking API": files(SYNC + DEF + f"    cloud.callFunction(name='a')\n    return {CALL}\n"),
    "the database": files(HEAD.replace("@", "db = cloud.database()\n_ = db.command\nusers = db.collection('users')\n@")
                          + ADEF + "    await users.doc('a').update(data={'n': _.inc(1)})\n    found = await"
                          " users.where({'n': _.gt(1)}).orderBy('n', 'desc').limit(5).get()\n"
                          "    return found['data'], (await users.aggregate().match({}).end())['list']\n"),
    "the database without await": files(SYNC + "db = cloud.database()\n\n\n" + DEF
                                        + "    db.collection('a').add(data={})\n"
                                        "    return db.collection('a').doc('b').get()['data']\n"),
    "a transaction": files(HEAD + ADEF + "    t = await cloud.database().startTransaction()\n"
                           "    await t.collection('a').doc('b').set(data={})\n    await t.commit()\n"),
    "the caller without init": files("import cloudpy.sync as cloud\n" + DEF + "    return cloud.getWXContext()\n"),
    "options": files("import cloudpy as cloud\ncloud.init(env='a', timeout=5, retries=2)\n" + OK),
    "options as in Node": files("import cloudpy as cloud\ncloud.init({'env': 'a', 'traceUser': True})\n" + OK),
    "options of the environment": files("import os, cloudpy as cloud\nMORE = {}\ncloud.init(secretId=os.environ['ID'],"
                                        " secretKey='x', **MORE)\n" + OK),
    "openapi's options": files(SYNC + DEF + "    return cloud.openapi(timeout=3, appid=event['a'])"
                               ".wxacode.get(path='a')\n"),
    "an instance": files("import cloudpy.sync as cloud\nmine = cloud.createNewInstance(env='a')\n" + DEF
                         + f"    return mine.{CALL.removeprefix('cloud.')}\n"),
    "init in another file": files("from lib.wx import cloud\n" + DEF + f"    return {CALL}\n",
                                  lib_of_wx__py="import cloudpy.sync as cloud\ncloud.init()\n"),
    "names of the SDK": files(SYNC + DEF + "    cloud.logger().info({'a': 1})\n    try:\n        return cloud.version\n"
                              "    except cloud.CloudSDKError:\n        return cloud.getWXContext()\n"),
    "a library of the SDK": files("import cloudpy.otel\n" + OK, "wx-cloudpy[otel]\n"),
    "objects made while loading": files(SYNC + "class A:\n    def call(self):\n        return " + CALL
                                        + "\n\n\nONE = A()\n" + DEF + "    return ONE.call()\n"),
    "another handler": files(HEAD + ADEF + f"    return await {CALL}\n", cloudpy_entry__py=""),
}  # fmt: skip


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_start_is_told(what: str, tmp_path: Path) -> None:
    content, file, line, code = WRONG[what]
    findings = rows(check(write(tmp_path / "fn", content)))
    assert (file, line, code) in [(found, at, kind) for found, at, severity, kind in findings if severity != "hint"]


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("what", RIGHT)
def test_nothing_is_told_of_what_is_right(what: str, tmp_path: Path) -> None:
    assert [] == rows(check(write(tmp_path / "fn", RIGHT[what])))


def test_the_tables_are_as_large_as_is_claimed() -> None:
    assert len(WRONG) >= 40 <= len(RIGHT)


@pytest.mark.parametrize("name", ["database", "CloudID", "brandNew"])
def test_a_name_is_right_as_soon_as_the_sdk_has_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, files(f"import cloudpy.sync as cloud\nimport cloudpy\nX = cloud.{name}\n" + OK))
    monkeypatch.delattr(cloudpy.sync, name, raising=False)
    assert [("index.py", 3, "error", "name")] == rows(check(folder))
    monkeypatch.setattr(cloudpy.sync, name, object(), raising=False)
    assert [] == rows(check(folder))


@pytest.mark.parametrize("face", ["async", "sync"])
def test_no_public_name_is_reported(face: public_api.Face, tmp_path: Path) -> None:
    lines = [f"import {public_api.MODULES[face]} as cloud", "cloud.init()"]
    lines += [f"{name} = cloud.{name}" for name in public_api.names(face)]
    assert [] == rows(check(write(tmp_path, files("\n".join(lines) + "\n" + OK))))


def test_which_names_return_coroutines() -> None:
    awaited = {name for name in public_api.names("async") if public_api.is_awaited(name)}
    assert {"callFunction", "uploadFile", "downloadFile", "deleteFile", "getTempFileURL", "getOpenData"} <= awaited
    assert not awaited & {
        "init",
        "createNewInstance",
        "getWXContext",
        "logger",
        "signature",
        "on_call",
        "CloudSDKError",
    }
    assert public_api.is_awaited("cloudPay.unifiedOrder")
    assert not public_api.is_awaited("cloudPay")

"""Which APIs a function calls, in the many ways that the SDK can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudpy.check import check

from .folders import API, called, function, rows

# what every right function has besides
INIT = "import cloudpy\nimport cloudpy.sync\ncloudpy.init()\ncloudpy.sync.init()\n"
ASYNC = "@cloudpy.function\nasync def main(event, context):\n    "
SYNC = "def main(event, context):\n    "
ONE = "cloudbase.getOpenData({'cloudidList': ['x']})"

WAYS = {
    "the module": f"import cloudpy as cloud\n{ASYNC}return await cloud.openapi.{ONE}\n",
    "its own name": f"import cloudpy\n{ASYNC}return await cloudpy.openapi.{ONE}\n",
    "openapi": f"from cloudpy import openapi\n{ASYNC}return await openapi.{ONE}\n",
    "openapi renamed": f"from cloudpy import openapi as api\n{ASYNC}return await api.{ONE}\n",
    "everything": f"from cloudpy import *\n{ASYNC}return await openapi.{ONE}\n",
    "sync": f"import cloudpy.sync as cloud\n{SYNC}return cloud.openapi.{ONE}\n",
    "sync in full": f"import cloudpy.sync\n{SYNC}return cloudpy.sync.openapi.{ONE}\n",
    "sync from": f"from cloudpy import sync\n{SYNC}return sync.openapi.{ONE}\n",
    "sync openapi": f"from cloudpy.sync import openapi\n{SYNC}return openapi.{ONE}\n",
    "a short name": f"import cloudpy as cloud\napi = cloud.openapi.cloudbase\n{SYNC}return api.{ONE[10:]}\n",
    "the API itself": "import cloudpy as cloud\nask = cloud.openapi.cloudbase.getOpenData\n"
    f"{SYNC}return ask({{'cloudidList': ['x']}})\n",
    "options": f"import cloudpy as cloud\n{ASYNC}return await cloud.openapi(appid='wx1').{ONE}\n",
    "Node's options": f"import cloudpy as cloud\n{ASYNC}return await cloud.openapi({{'appid': 'wx1'}}).{ONE}\n",
    "an instance": "import cloudpy as cloud\nmine = cloud.createNewInstance(env='e')\n"
    f"{ASYNC}return await mine.openapi.{ONE}\n",
    "what init gives": f"import cloudpy\ncloud = cloudpy.init(env='e')\n{ASYNC}return await cloud.openapi.{ONE}\n",
    "a class": f"from cloudpy import Cloud\ncloud = Cloud().init()\n{ASYNC}return await cloud.openapi.{ONE}\n",
    "getattr": f"import cloudpy as cloud\nNAME = 'getOpenData'\n{ASYNC}return await getattr(cloud.openapi.cloudbase, "
    "NAME)({'cloudidList': ['x']})\n",
    "handed on": "import asyncio, cloudpy.sync as cloud\n"
    f"{ASYNC}return await asyncio.to_thread(cloud.openapi.cloudbase.getOpenData, cloudidList=['x'])\n",
    "a default": f"import cloudpy as cloud\n{ASYNC}return await ask()\n"
    f"async def ask(api=cloud.openapi):\n    return await api.{ONE}\n",
    "a parameter": f"import cloudpy as cloud\n{ASYNC}return await ask(cloud)\n"
    f"async def ask(sdk):\n    return await sdk.openapi.{ONE}\n",
    "self": f"import cloudpy as cloud\n{ASYNC}return await Steps(cloud.openapi).ask()\n"
    "class Steps:\n    def __init__(self, api):\n        self.api = api\n"
    f"    async def ask(self):\n        return await self.api.{ONE}\n",
    "a function of one's own": "import cloudpy as cloud\ndef api():\n    return cloud.openapi.cloudbase\n"
    f"{ASYNC}return await api().getOpenData(cloudidList=['x'])\n",
    "one of two": "try:\n    import cloudpy as cloud\nexcept ImportError:\n    import cloudpy.sync as cloud\n"
    f"{SYNC}return cloud.openapi.{ONE}\n",
    "inside": f"{ASYNC}import cloudpy as cloud\n    return await cloud.openapi.{ONE}\n",
    "a table": f"import cloudpy as cloud\nTABLE = {{'steps': cloud.openapi.cloudbase.getOpenData}}\n{ASYNC}"
    "return await TABLE[event['what']](cloudidList=['x'])\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_call(way: str, tmp_path: Path) -> None:
    folder = function(tmp_path, INIT + WAYS[way])
    assert {API} == {api for api, _, _ in called(folder)}
    assert [] == rows(check(folder))


def test_other_files_of_the_function(tmp_path: Path) -> None:
    folder = function(
        tmp_path,
        """
        from lib.sdk import cloud
        from lib import steps

        async def main(event, context):
            return await steps.ask()
        """,
        **{
            "lib/__init__.py": "",
            "lib/sdk.py": "import cloudpy as cloud\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n",
            "lib/steps.py": "from .sdk import cloud as sdk\n\n\nasync def ask():\n"
            "    return await sdk.openapi.cloudbase.getOpenData(cloudidList=['x'])\n",
        },
    )
    assert [(API, "lib/steps.py", 5)] == called(folder)


def test_names_that_are_not_the_sdk(tmp_path: Path) -> None:
    code = """
    import boto3 as cloud

    class openapi:
        pass

    def main(event, context):
        cloud.openapi.cloudbase.getOpenData()
        openapi.cloudbase
        return event.openapi.a.b()
    """
    assert [] == called(function(tmp_path, code))


def test_a_name_of_an_inner_function_hides_the_sdk(tmp_path: Path) -> None:
    code = """
    import cloudpy as cloud

    def main(event, context):
        cloud = event
        return cloud.openapi.a.b()
    """
    assert [] == called(function(tmp_path, code))


def test_what_is_installed_beside_the_code_and_tests_are_not_the_users(tmp_path: Path) -> None:
    call = "import cloudpy as cloud\nx = cloud.openapi.no.such()\n"
    folder = function(
        tmp_path,
        "def main(event, context): ...\n",
        [],
        **{
            "vendored/__init__.py": call,
            "vendored-1.0.dist-info/RECORD": "vendored/__init__.py,,\n",
            "test_index.py": call,
            "tests/helper.py": call,
            ".venv/lib/x.py": call,
            "own/pyvenv.cfg": "",
            "own/x.py": call,
        },
    )
    assert [] == called(folder)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("await getattr(cloud.openapi, event['api'])()", "getattr() on cloud.openapi"),
        ("await getattr(cloud.openapi.cloudbase, event['api'])()", "getattr() on cloud.openapi.cloudbase"),
        ("await helpers.ask(cloud)", "cloud is passed to helpers.ask()"),
        ("await helpers.ask(api=cloud.openapi.wxacode)", "cloud.openapi.wxacode is passed to helpers.ask()"),
    ],
)
def test_names_that_show_when_the_code_runs(line: str, words: str, tmp_path: Path) -> None:
    head = "import cloudpy as cloud, helpers; cloud.init()\n@cloud.function\nasync def main(event, context):\n"
    code = f"{head}    return {line}\n"
    report = check(function(tmp_path, code, requirements__txt="wx-cloudpy\nhelpers\n"))
    assert [("index.py", 4, "hint", "unseen")] == rows(report)  # and the permission may be for what is not seen
    assert words in report.findings[0].text


def test_code_that_is_made_of_itself_comes_to_an_end(tmp_path: Path) -> None:
    code = """
    import cloudpy as cloud
    a = b
    b = a.openapi or a
    def f(x=None):
        return f(x.openapi)
    cloud = cloud.init() or cloud
    def main(event, context):
        return f(cloud).a(b.c)
    """
    check(function(tmp_path, code))

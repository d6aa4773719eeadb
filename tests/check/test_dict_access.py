"""Attributes of results and events, which are dicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudpy.check import check

from .folders import function, texts

ALLOWED = ["wxacode.get", "cloudbase.getOpenData"]
HEAD = """\
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
async def main(event, context):
"""
SYNC = HEAD.replace("cloudpy as", "cloudpy.sync as").replace("@cloud.function\nasync def", "def")
WRONG = {
    "a name": (
        "    r = await cloud.getOpenData(list=['a'])\n    return r.list\n",
        'a result is a dict: write r["list"]',
    ),
    "at once": (
        "    return (await cloud.callFunction(name='a')).result\n",
        """a result is a dict: write (await cloud.callFunction(name='a'))["result"]""",
    ),
    "openapi": ("    r = await cloud.openapi.wxacode.get(path='a')\n    return r.errCode\n", 'write r["errCode"]'),
    "a document": (
        "    db = cloud.database()\n    r = await db.collection('a').limit(2).get()\n    return r.data\n",
        'write r["data"]',
    ),
    "inside": (
        "    r = await cloud.getOpenData(list=['a'])\n    first = r['list'][0]\n    return first.data\n",
        'what is in a result is a dict: write first["data"]',
    ),
    "in a loop": (
        "    r = await cloud.getOpenData(list=['a'])\n    return [each.data for each in r['list']]\n",
        'write each["data"]',
    ),
    "the context": ("    return cloud.getWXContext().OPENID\n", 'write cloud.getWXContext()["OPENID"]'),
    "the event": ("    return event.name\n", 'the event is a dict: write event["name"]'),
}
GET = "    r = await cloud.getOpenData(list=['a'])\n"
RIGHT = {
    "methods of dicts": f"{GET}    return r.get('list'), r.keys(), event.get('a')\n",
    "methods of what is inside": f"{GET}    r['list'].append(1)\n    return r['a'].upper()\n",
    "another value, too": f"{GET}    if event:\n        r = Other(r)\n    return r.list\n",
    "a parameter": f"    def inner(r):\n        return r.list\n\n{GET}    return inner(r)\n",
    "an event of another function": "    def inner(event):\n        return event.name\n\n    return inner\n",
    "a transaction": "    t = await cloud.database().startTransaction()\n    return await t.commit()\n",
}


@pytest.mark.parametrize("what", WRONG)
def test_an_attribute_of_a_dict_is_an_error(what: str, tmp_path: Path) -> None:
    code, expected = WRONG[what]
    report = check(function(tmp_path / "async", HEAD + code, ALLOWED))
    found = [each for each in report.findings if each.code == "attribute"]
    assert [expected in each.text for each in found] == [True], texts(report)
    assert ["error"] == [each.severity for each in found]
    assert (HEAD + code).splitlines()[found[0].line - 1].strip().startswith(("return", "first")), found
    plain = code.replace("await ", "")
    assert [each.code for each in check(function(tmp_path / "sync", SYNC + plain, ALLOWED)).findings].count(
        "attribute"
    ) == 1


@pytest.mark.parametrize("what", RIGHT)
def test_what_may_have_the_attribute_is_no_error(what: str, tmp_path: Path) -> None:
    code = "class Other:\n    def __init__(self, r):\n        self.list = r\n\n\n"
    report = check(function(tmp_path, code + HEAD + RIGHT[what], ALLOWED))
    assert not [each for each in report.findings if each.code == "attribute"], texts(report)


def test_an_event_that_something_else_makes_is_not_looked_at(tmp_path: Path) -> None:
    text = HEAD.replace("@cloud.function\n", "def parsed(f):\n    return f\n\n\n@parsed\n@cloud.function\n")
    assert "attribute" not in [
        each.code for each in check(function(tmp_path, text + "    return event.name\n")).findings
    ]

"""A test that freezes the time: the kit's answers do not mind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from freezegun import freeze_time

from cloudpy.testing import LocalWeChat

API = "security.msgSecCheck"
PROGRAM = """\
import datetime
import cloudpy{dot} as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

{word}def main(event, context):
    answer = {wait}cloud.openapi.security.msgSecCheck(content="a", version=2, scene=1, openid="o")
    return [str(datetime.date.today()), answer["result"]["suggest"]]
"""


@pytest.fixture(params=["async", "sync"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    words = {"dot": "", "word": "async ", "wait": "await "}
    if request.param == "sync":
        words = {"dot": ".sync", "word": "", "wait": ""}
    (tmp_path / "index.py").write_text(PROGRAM.format(**words))
    (tmp_path / "config.json").write_text(json.dumps({"permissions": {"openapi": [API]}}))
    return str(tmp_path)


def still(moment: str) -> Any:
    return time_machine.travel(moment, tick=False)


@pytest.mark.parametrize("freeze", [freeze_time, still, time_machine.travel])
@pytest.mark.parametrize("transport", ["memory", "http"])
def test_around_the_kit_and_around_each_call(freeze: Callable[[str], Any], transport: Any, folder: str) -> None:
    with freeze("2020-02-29 12:00:00"), LocalWeChat(transport=transport) as wechat:
        wechat.stub(API).reply(result={"suggest": "pass"})
        assert ["2020-02-29", "pass"] == wechat.invoke(folder, {})
    with LocalWeChat(transport=transport) as wechat:
        wechat.stub(API).reply(result={"suggest": "pass"}).times(2)
        for year in (2030, 1999):
            with freeze(f"{year}-02-28 12:00:00"):
                assert [f"{year}-02-28", "pass"] == wechat.invoke(folder, {})


def test_a_patched_clock(folder: str) -> None:
    with LocalWeChat() as wechat, mock.patch("time.time", return_value=1e9):
        wechat.stub(API).reply(result={"suggest": "pass"})
        assert "pass" == wechat.invoke(folder, {})[1]

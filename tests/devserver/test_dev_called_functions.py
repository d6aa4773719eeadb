"""A function that another one calls by name: its caller's user, its own permissions, its own process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cloudpy.devserver.cloud import LocalCloud
from cloudpy.devserver.registry import FunctionRegistry, Options
from cloudpy.devserver.reporter import ConsoleReporter
from cloudpy.local import Caller, User
from cloudpy.local.function_calls import CallResult, FunctionCaller

from .dev_process import write

TELLS = """\
import cloudpy.sync as cloud
import os

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)

def main(event, context):
    if event.get("how") == "raise":
        raise ValueError("from within")
    if event.get("how") == "loop":
        while True:
            pass
    if event.get("how") == "open":
        return cloud.openapi.cloudbase.getOpenData({"cloudidList": ["cid-1"]})["dataList"]
    return [event, cloud.getWXContext(), context["function_name"]]
"""


class Cloud:
    def __init__(self, folder: Path, **options: Any) -> None:
        self.stream = io.StringIO()
        self.reporter = ConsoleReporter(as_json=True, stream=self.stream)
        self.registry = FunctionRegistry(Options((str(folder),), **options), self.reporter)
        self.registry.start()
        self.cloud = LocalCloud(self.registry, self.reporter)
        self.cloud.connect()

    @property
    def caller(self) -> FunctionCaller:
        caller = self.cloud.backend.function_caller
        assert caller is not None
        return caller

    def said(self) -> list[dict[str, Any]]:
        """All that was said, once it has ended."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def end(self) -> None:
        self.cloud.close()
        self.reporter.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Cloud]]:
    begun: list[Cloud] = []

    def start(**options: Any) -> Cloud:
        begun.append(Cloud(tmp_path.resolve(), **options))
        return begun[-1]

    write(tmp_path, local_yaml="env: e-1\nusers: [{openid: o-alice}]\nopen_data: {cid-1: {a: 1}}\n")
    write(tmp_path / "tells", index=TELLS, config='{"permissions": {"openapi": ["cloudbase.getOpenData"]}}')
    write(tmp_path / "quick", index="def main(event, context):\n    return 1\n", config='{"timeout": 0.5}')
    write(tmp_path / "slow", index=TELLS, config='{"timeout": 0.5}')
    yield start
    for cloud in begun:
        cloud.end()


def caller(openid: str = "o-bob", function: str = "quick", source: str = "wx_client,scf") -> Caller:
    return Caller(User(openid, unionid="u-1", appid="wx1"), function, source)


def test_it_sees_the_user_at_the_root_and_the_chain_of_sources(start: Callable[..., Cloud]) -> None:
    cloud = start()
    ran = cloud.caller.call("tells", '{"a": 1}', caller(), 60)
    assert ("", "") == (ran.code, ran.message)
    event, context, name = json.loads(ran.result)
    assert {"a": 1, "userInfo": {"appId": "wx1", "openId": "o-bob"}} == event
    wanted = {"OPENID": "o-bob", "UNIONID": "u-1", "APPID": "wx1", "SOURCE": "wx_client,scf", "ENV": "e-1"}
    assert wanted.items() <= context.items()
    assert "tells" == name
    # as nobody: a timer is at the root
    event, context, _ = json.loads(cloud.caller.call("tells", "", Caller(None, "quick", "wx_trigger,scf"), 60).result)
    assert {"userInfo": {"appId": "wx00000000000local"}} == event
    assert "OPENID" not in context and "wx_trigger,scf" == context["SOURCE"]


def test_its_permissions_are_its_own(start: Callable[..., Cloud]) -> None:
    ran = start().caller.call("tells", '{"how": "open"}', caller("o-alice"), 60)
    assert [{"a": 1}] == [item["json"]["data"] for item in json.loads(ran.result)], ran


def test_what_goes_wrong_has_the_gateways_codes(start: Callable[..., Cloud]) -> None:
    call = start().caller.call
    raised = call("tells", '{"how": "raise"}', caller(), 60)
    assert ("FUNCTIONS_EXECUTE_FAIL", "user code exception caught: ValueError: from within") == (
        raised.code,
        raised.message,
    )
    assert "FUNCTIONS_EXECUTE_FAIL" == call("slow", '{"how": "loop"}', caller(), 60).code
    assert "SERVER_TIMEOUT" == call("tells", '{"how": "loop"}', caller(), 0.3).code
    missing = call("tell", "{}", caller(), 60)
    assert ("FUNCTION_NOT_FOUND", True) == (missing.code, "quick, slow, tells" in missing.message)
    assert ["INVALID_PARAM"] * 3 == [call("quick", event, caller(), 60).code for event in ("{", "[1]", "[" * 100_000)]


def test_many_at_once_are_never_mixed_up(start: Callable[..., Cloud]) -> None:
    cloud = start(instances=2)
    with ThreadPoolExecutor(10) as threads:
        rans = list(
            threads.map(lambda n: cloud.caller.call("tells", json.dumps({"n": n}), caller(f"o-{n}"), 60), range(30))
        )
    told = [json.loads(ran.result) for ran in rans]
    assert [(n, f"o-{n}") for n in range(30)] == [(event["n"], context["OPENID"]) for event, context, _ in told]


def test_a_chain_that_never_ends_is_told(start: Callable[..., Cloud]) -> None:
    cloud = start(instances=2, timeout=60.0)
    with ThreadPoolExecutor(3) as threads:
        loops = [threads.submit(cloud.caller.call, "tells", '{"how": "loop"}', caller(), 2.0) for _ in range(3)]
        codes = [loop.result().code for loop in loops]
    assert ["SERVER_TIMEOUT"] * 3 == codes


ITSELF = """\
import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)

def main(event, context):
    if not event["n"]:
        return 0
    return 1 + cloud.callFunction(name="itself", data={"n": event["n"] - 1})["result"]
"""


def test_one_that_calls_itself_needs_no_more_instances_than_there_may_be(
    start: Callable[..., Cloud], tmp_path: Path
) -> None:
    write(tmp_path / "itself", index=ITSELF)
    cloud = start(instances=1, timeout=60.0)
    assert CallResult("3") == cloud.caller.call("itself", '{"n": 3}', caller(), 60)
    assert 1 == len(cloud.registry.functions["itself"].pool.pids())  # the others ended when they were idle


def test_one_that_calls_itself_without_end_is_told(
    start: Callable[..., Cloud], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloudpy.runner.pool._MAX_NESTED", 2)
    write(tmp_path / "itself", index=ITSELF)
    ran = start(instances=1, timeout=60.0).caller.call("itself", '{"n": 1000}', caller(), 60)
    assert "FUNCTIONS_EXECUTE_FAIL" == ran.code
    assert "does it call itself without end?" in ran.message


def test_the_called_one_is_shown_with_who_called(start: Callable[..., Cloud]) -> None:
    cloud = start()
    assert CallResult("1") == cloud.caller.call("quick", "{}", Caller(None, "tells", "wx_trigger,scf", "id-1"), 60)
    cloud.end()
    (line,) = [line for line in cloud.said() if line["log"] == "invocation"]
    assert ("quick", "function", "id-1", "result") == (line["function"], line["how"], line["parent"], line["outcome"])

"""init and its kin: what they change and what they leave."""

from __future__ import annotations

from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from tests.peer.answers import wechat
from tests.peer.bench import CREDENTIALS, Bench, assert_same_request
from tests.peer.tagging import untag


@pytest.fixture
def fresh(bench: Bench) -> dict[str, Any]:
    """Each side as a new process has it, before init."""
    bench.peer.module("fresh")
    return {"node": "fresh", "async": cloudpy.Cloud(), "sync": cloudpy.sync.Cloud()}


def each_init(bench: Bench, instances: dict[str, Any], method: str, **options: Any) -> None:
    options = {**CREDENTIALS, **options}
    assert "error" not in bench.peer.walk(instances["node"], method, [options])
    for name in ("async", "sync"):
        getattr(instances[name], method)({"config": None, **options})


def test_a_call_before_init_is_refused(bench: Bench, fresh: dict[str, Any]) -> None:
    with bench.variables():
        exchanges = bench.ask(fresh, "a.b", {}, answer=wechat())
    assert [(exchange.outcome.errCode, exchange.requests) for exchange in exchanges] == [(-1, [])] * 3


def test_the_context_needs_no_init(bench: Bench, fresh: dict[str, Any]) -> None:
    with bench.variables({"WX_CONTEXT_KEYS": "WX_OPENID", "WX_OPENID": "o", "TCB_ENV": "e"}):
        assert [face.context(fresh[face.name]).result for face in bench.faces] == [{"OPENID": "o", "ENV": "e"}] * 3


def test_init_sets_the_env(bench: Bench, fresh: dict[str, Any]) -> None:
    with bench.variables():
        each_init(bench, fresh, "init", env="one")
        assert_same_request(exchanges := bench.ask(fresh, "a.b", {}, answer=wechat()))
    assert exchanges[0].request.fields["envName"] == b"one"


def test_a_second_init_changes_nothing(bench: Bench, fresh: dict[str, Any]) -> None:
    with bench.variables():
        each_init(bench, fresh, "init", env="one")
        each_init(bench, fresh, "init", env="two")
        assert_same_request(exchanges := bench.ask(fresh, "a.b", {}, answer=wechat()))
    assert exchanges[0].request.fields["envName"] == b"one"


def test_update_config_does_not_reach_cloud_calls(bench: Bench, fresh: dict[str, Any]) -> None:
    with bench.variables():
        each_init(bench, fresh, "init", env="one")
        each_init(bench, fresh, "updateConfig", env="two")
        assert_same_request(exchanges := bench.ask(fresh, "a.b", {}, answer=wechat()))
    assert exchanges[0].request.fields["envName"] == b"one"


def test_a_new_instance_stands_alone(bench: Bench, fresh: dict[str, Any]) -> None:
    with bench.variables():
        each_init(bench, fresh, "init", env="one")
        others = bench.instances({"env": "two", **CREDENTIALS})
        for instances, env in ((others, b"two"), (fresh, b"one")):
            assert_same_request(exchanges := bench.ask(instances, "a.b", {}, answer=wechat()))
            assert exchanges[0].request.fields["envName"] == env


@pytest.mark.parametrize("half", [{"secretId": "x"}, {"secretKey": "x"}])
def test_half_a_credential_is_refused_at_once(bench: Bench, half: dict[str, str]) -> None:
    answer = bench.peer.instance("half", half)
    assert answer["error"]["message"] == "secretId and secretKey must be a pair"
    for face in bench.ours:
        with pytest.raises(cloudpy.ConfigError, match="secretId and secretKey must be a pair"):
            face.instance(half)


def test_sdk_version(bench: Bench) -> None:
    """`version` is that of the package itself; the wire says whose wire it is."""
    theirs = untag(bench.peer.walk("module", "version")["result"])
    with bench.variables():
        exchanges = bench.ask(bench.instances(), "a.b", {}, answer=wechat())
    assert {exchange.request.header("X-SDK-Version") for exchange in exchanges} == {f"wx-server-sdk/{theirs}"}

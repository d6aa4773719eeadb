"""The listed differences in what is sent: what Node does, and what we do."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from google.protobuf.message import DecodeError

import cloudpy
import cloudpy.sync
from tests.fidelity.differences import shows
from tests.peer import signature
from tests.peer.answers import wechat
from tests.peer.bench import CREDENTIALS, ENV, SECRET_ID, SECRET_KEY, Bench, Exchange, assert_same_request
from tests.peer.recorder import Answer
from tests.peer.tagging import UNDEFINED

Exchanges = tuple[Exchange, list[Exchange]]


def ask(bench: Bench, *params: Any, init: dict[str, Any] | None = None, **how: Any) -> Exchanges:
    """Node's exchange, and ours."""
    with bench.variables(how.pop("variables", None)):
        node, *ours = bench.ask(bench.instances(init), how.pop("api", "a.b"), *params, answer=wechat(), **how)
    return node, ours


@shows("user agent")
def test_user_agent(bench: Bench) -> None:
    node, ours = ask(bench, {})
    assert (node.request.header("User-Agent") or "").startswith("tcb-node-sdk/")
    assert {our.request.header("User-Agent") for our in ours} == {f"cloudpy/{cloudpy.version}"}


@shows("transfer encoding")
def test_transfer_encoding(bench: Bench) -> None:
    node, ours = ask(bench, {})
    assert (node.request.header("Transfer-Encoding"), node.request.header("Content-Length")) == ("chunked", None)
    for our in ours:
        assert our.request.header("Transfer-Encoding") is None
        assert our.request.header("Content-Length") == str(len(our.request.body))


@shows("no metadata probe")
def test_no_metadata_probe(bench: Bench) -> None:
    node, ours = ask(bench, {}, variables={"TENCENTCLOUD": None})
    assert set(node.outcome.lookups) == {"metadata.tencentyun.com"}
    # What Node then says of itself is the same.
    assert_same_request([node, *ours])
    assert node.request.header("X-TCB-Source") == ",unknown"


@shows("names that tools look up")
def test_names_that_tools_look_for(bench: Bench) -> None:
    with bench.variables():
        instances = bench.instances()
        bench.recorder.take()
        bench.recorder.answer = wechat()
        assert not bench.node.call(instances["node"], "a._b", ({},), None).failed
        assert 1 == len(bench.recorder.take())
        for face in bench.ours:
            with pytest.raises(AttributeError, match="_b"):
                face.call(instances[face.name], "a._b", ({},), None)
        assert [] == bench.recorder.take()


@shows("stale connection")
def test_stale_connection(bench: Bench) -> None:
    with bench.variables():
        instances = bench.instances()
        for api, attempts in (("security.msgSecCheck", 2), ("a.b", 1)):
            bench.ask(instances, api, {}, answer=wechat())
            node, *ours = bench.ask(instances, api, {}, answer=Answer(ending="close"))
            assert len(node.requests) == 1
            for our in ours:
                connections = {request.connection for request in our.requests}
                assert attempts == len(our.requests) == len(connections), "again only where it is idempotent"


@shows("call before init")
def test_call_before_init(bench: Bench) -> None:
    bench.peer.module("fresh")
    with bench.variables():
        instances = {"node": "fresh", "async": cloudpy.Cloud(), "sync": cloudpy.sync.Cloud()}
        node, *ours = bench.ask(instances, "a.b", {}, answer=wechat())
    assert node.outcome.errMsg.startswith("Cloud API isn't enabled, please call init first\n请先调用 init ")
    for our in ours:
        assert our.outcome.errMsg.startswith("openapi.a.b:fail not initialized")
    assert [exchange.outcome.errCode for exchange in (node, *ours)] == [-1, -1, -1]


@shows("missing credentials")
def test_missing_credentials(bench: Bench) -> None:
    node, ours = ask(bench, {}, init={"env": ENV})
    assert "Credential=undefined/" in (node.request.header("Authorization") or "")
    assert "missing secretId or secretKey" in node.outcome.unhandled[0]
    for our in ours:
        assert (our.requests, our.outcome.errCode) == ([], -501007)
        assert "missing secretId or secretKey of tencent cloud" in our.outcome.errMsg


@shows("env of several services")
def test_env_of_several_services(bench: Bench) -> None:
    node, ours = ask(bench, {}, init={"env": {"default": "one", "database": "two"}, **CREDENTIALS})
    assert (node.requests, node.outcome.errCode) == ([], -501001)
    assert {our.request.fields["envName"] for our in ours} == {b"one"}


@shows("env that breaks the query")
@pytest.mark.parametrize(
    ("env", "theirs", "escaped"), [("a#b", "a", "a%23b"), ("a\tb", "ab", "a%09b"), ("a\nb", "ab", "a%0Ab")]
)
def test_env_that_breaks_the_query(bench: Bench, env: str, theirs: str, escaped: str) -> None:
    node, ours = ask(bench, {}, init={"env": env, **CREDENTIALS})
    assert node.request.query.split("&")[0] == f"env={theirs}"
    for our in ours:
        assert our.request.query.startswith(f"env={escaped}&seqId=")
        assert our.request.fields["envName"] == node.request.fields["envName"] == env.encode()


@shows("signature of unusual queries")
@pytest.mark.parametrize("env", ["名字", "a|b", "a\\b", "a{b}", "a^b", "a`b", "\ud800"])
def test_signature_of_odd_queries(bench: Bench, env: str) -> None:
    node, ours = ask(bench, {}, init={"env": env, **CREDENTIALS})
    with pytest.raises(AssertionError, match="wrong signature"):
        signature.check(node.request, SECRET_ID, SECRET_KEY)
    # Everything else is the same, the request line too.
    assert_same_request([node, *ours], node_signs_rightly=False)


@shows("lone surrogate in a key")
def test_lone_surrogate_in_a_key(bench: Bench) -> None:
    node, ours = ask(bench, {"\ud800": 1})
    with pytest.raises(DecodeError):
        node.request.pairs()
    assert [our.request.pairs() for our in ours] == [{"\ufffd": (b"1", "", "")}] * 2

    node, ours = ask(bench, {"k" * 40 + "\ud800": 1})
    assert_same_request([node, *ours])


@shows("key __proto__")
def test_key_proto(bench: Bench) -> None:
    node, ours = ask(bench, {"__proto__": {"x": 1}, "n": {"__proto__": 2}})
    assert {key: value for key, (value, *_) in node.request.pairs().items()} == {"x": b"1", "n": b"{}"}
    for our in ours:
        pairs = {key: value for key, (value, *_) in our.request.pairs().items()}
        assert pairs == {"__proto__": b'{"x":1}', "n": b'{"__proto__":2}'}


@shows("parameters that are not an object")
@pytest.mark.parametrize("params", [5, True, "ab", [1], b"ab"], ids=repr)
def test_parameters_that_are_no_object(bench: Bench, params: Any) -> None:
    node, ours = ask(bench, params)
    assert (node.outcome.failed, len(node.requests)) == (False, 1)
    for our in ours:
        assert (our.outcome.failed, our.requests) == (True, [])
        assert "parameters are one dict or keywords" in our.outcome.errMsg


@shows("values that JSON cannot represent")
def test_values_without_a_form_in_json(bench: Bench) -> None:
    day = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    node, ours = ask(bench, {"d": day})
    for each in (node, *ours):
        assert each.request.pairs()["d"][0] == b'"2020-01-01T00:00:00.000Z"'
    with bench.variables():
        instances = bench.instances()
        for face in bench.faces[1:]:
            bench.recorder.take()
            # of which nobody knows the time zone
            outcome = face.call(instances[face.name], "a.b", ({"d": day.replace(tzinfo=None)},), None)
            assert (outcome.failed, bench.recorder.take()) == (True, [])
            assert "parameter d is a datetime" in outcome.errMsg

    # undefined leaves a pair out, even one that another key would have given; whoever means that leaves the key out.
    with bench.variables():
        outcome = bench.node.call(
            bench.node.instance({"env": ENV, **CREDENTIALS}), "a.b", ({"a_b": 1, "aB": UNDEFINED},), None
        )
    assert not outcome.failed
    assert bench.recorder.take()[-1].pairs() == {}


@shows("invalid options")
@pytest.mark.parametrize(
    ("options", "taken_by_node"), [(5, False), ("x", False), ([], False), ({"unknown": 1}, True), ({"appid": 5}, False)]
)
def test_options_that_are_wrong(bench: Bench, options: Any, taken_by_node: bool) -> None:
    node, ours = ask(bench, {}, options=options)
    assert node.outcome.failed is not taken_by_node
    for our in ours:
        assert (our.outcome.errCode, our.requests) == (-501007, [])


@shows("names that belong to the language")
def test_names_of_the_language(bench: Bench) -> None:
    node, ours = ask(bench, {}, api="a.name.b")
    assert "is not a function" in node.outcome.message or "not a function" in node.outcome.message
    assert {our.request.fields["apiName"] for our in ours} == {b"a.name.b"}

    node, ours = ask(bench, {}, api="a.call")
    assert node.request.fields["apiName"] == b"a"
    assert {our.request.fields["apiName"] for our in ours} == {b"a.call"}

    with bench.variables(), pytest.raises(AttributeError):
        bench.ours[0].call(bench.ours[0].instance({"env": ENV, **CREDENTIALS}), "a.__proto__", ({},), None)

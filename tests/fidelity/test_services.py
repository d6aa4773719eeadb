"""Random calls of the services beside openapi: no difference that nobody listed. More of them, and the next ones after
those: CLOUDPY_FIDELITY_EXAMPLES=6000 CLOUDPY_FIDELITY_FROM=100000 python -m pytest tests/fidelity/test_services.py
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from tests.fidelity.differences import shows
from tests.fidelity.service_cases import Case, make
from tests.fidelity.service_differences import explained
from tests.once import part
from tests.peer.answers import JSON_ERROR, wechat
from tests.peer.bench import CREDENTIALS, ENV, Bench, Exchange
from tests.peer.faces import Outcome, _of_node
from tests.peer.recorder import Answer
from tests.peer.storage import FILE, Platform, _ours, ask
from tests.peer.tagging import CURRENT_ENV

EXAMPLES = int(os.environ.get("CLOUDPY_FIDELITY_EXAMPLES") or part(600, 60))
FIRST = int(os.environ.get("CLOUDPY_FIDELITY_FROM") or 0)
UPLOAD = {"cloudPath": "a", "fileContent": FILE}
THEIRS = {"resourceAppid": "wxother", "resourceEnv": "other-env", **CREDENTIALS}
FUNCTION: list[Any] = ["callFunction", [{"name": "f"}]]


@contextmanager
def deep() -> Iterator[None]:
    """Answers may nest deeper than the usual limit: that is for the tested code to cope with, not for a comparison."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def exchanges(bench: Bench, case: Case) -> list[Exchange]:
    """What each makes of a case; the first is Node's."""
    bench.recorder.choose = case.choose(bench.recorder.url.removesuffix("/admin"))
    found = []
    try:
        with bench.variables(case.variables):
            for face in bench.faces:
                bench.recorder.take()
                with deep() if face is bench.node else nullcontext():
                    outcome = one(bench, face, case)
                found.append(Exchange(face.name, outcome, bench.recorder.take()))
    finally:
        bench.recorder.choose = None
    return found


def one(bench: Bench, face: Any, case: Case) -> Outcome:
    if face is bench.node:
        if case.account is None:
            return face.walk(face.instance(case.init), case.steps)
        made = _of_node(bench.peer.account("account", case.account))
        return made if made.failed else face.walk("account", case.steps)
    steps = [[_ours(value) for value in step] if isinstance(step, list) else step for step in case.steps]
    if case.account is None:
        return face.walk(face.instance(_ours(case.init)), steps)
    outcome, cloud = account(face, case.account)
    return outcome if cloud is None else face.walk(cloud, steps)


def account(face: Any, options: dict[str, Any]) -> tuple[Outcome, Any]:
    """What came of init(), and the Cloud if anything did."""
    made: list[Any] = []

    async def initialised() -> None:
        cloud = face._module.Cloud(_ours(options))
        waiting = cloud.init()
        if inspect.isawaitable(waiting):
            await waiting
        made.append(cloud)

    outcome = face._outcome(initialised())
    return outcome, made[0] if made else None


@pytest.mark.once()
def test_random_calls_differ_where_it_is_listed_alone(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")
    names: Counter[str] = Counter()
    for number in range(FIRST, FIRST + EXAMPLES):
        case = make(number)
        node, *ours = exchanges(bench, case)
        with deep():
            for each in ours:
                name = explained(case, node, each)
                assert name, f"case {number}: {case}\nnode: {node}\n{each.face}: {each}"
                names[name] += 1
    assert names["same"] > EXAMPLES * 2 * 0.35, names


def walk(bench: Bench, *steps: Any, answer: Answer, **variables: str | None) -> tuple[Outcome, Outcome]:
    """Node's, and ours, which is the same in both APIs."""
    with bench.variables(variables):
        node, first, second = bench.walk(bench.instances(), *steps, answer=answer)
    assert first.outcome == second.outcome
    return node.outcome, first.outcome


def asked(bench: Bench, platform: Platform, name: str, params: dict[str, Any]) -> list[Exchange]:
    with bench.variables():
        return ask(bench, platform, bench.instances(), name, params)


@shows("invalid gateway address")
@pytest.mark.parametrize("url", ["nonsense", "127.0.0.1/admin", 5, "http://", ["a"], "ftp://h/admin"])
def test_gateways_that_are_no_address(bench: Bench, url: Any) -> None:
    for steps in (FUNCTION, ["openapi", "a", "b", [{}]], ["deleteFile", [{"fileList": ["a"]}]]):
        node, ours = walk(bench, *steps, answer=wechat(), TCB_CONTEXT_CNFG=json.dumps({"URL": url}))
        assert (node.failed, ours.failed, ours.errCode) == (True, True, -501007)
        assert "TCB_CONTEXT_CNFG must be" in ours.errMsg
    assert bench.recorder.take() == []


@shows("deeply nested responses")
def test_payments_that_nest_deep(bench: Bench) -> None:
    _, ours = walk(bench, "cloudPay", "refund", [{}], answer=Answer(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))
    assert (ours.errCode, ours.errMsg) == (-601001, "refund:fail the answer nests too deep")


@shows("results that are not a string")
def test_results_that_are_no_text(bench: Bench) -> None:
    answer = Answer(b'{"data":{"response_data":[5]},"requestId":"r"}', JSON_ERROR)
    node, ours = walk(bench, *FUNCTION, answer=answer)
    assert (node.result["result"], ours.result["result"]) == (5, [5])


@shows("incomplete upload credentials")
@pytest.mark.parametrize("name", ["fileId", "token", "authorization", "cosFileId"])
@pytest.mark.parametrize("value", [None, 5, "中"])
def test_permissions_that_lack_something(bench: Bench, name: str, value: Any) -> None:
    platform = Platform(bench.recorder.url)
    if (name, value) == ("fileId", "中"):
        return  # an id may well be that
    granted = platform._metadata({"path": "a"})
    granted["data"][name] = value
    platform.metadata = granted
    _, *ours = asked(bench, platform, "uploadFile", UPLOAD)
    for each in ours:
        assert (each.outcome.errCode, [request.method for request in each.requests]) == (-501001, ["POST"])
        assert f"the gateway named no {name} for the upload" in each.outcome.errMsg


@shows("files that are not objects")
@pytest.mark.parametrize(("name", "key"), [("deleteFile", "delete_list"), ("getTempFileURL", "download_list")])
def test_files_that_are_no_objects(bench: Bench, name: str, key: str) -> None:
    platform = Platform(bench.recorder.url)
    platform.listed = platform.deleted = lambda _: {"data": {key: [5]}}
    node, *ours = asked(bench, platform, name, {"fileList": ["a"]})
    assert [(file["status"], file["errMsg"]) for file in node.outcome.result["fileList"]] == [(0, "ok")]
    assert [(each.outcome.errCode, f"{key} must hold objects, got 5" in each.outcome.errMsg) for each in ours] == [
        (-501001, True)
    ] * 2
    platform.listed = platform.deleted = lambda _: {"data": {key: "none"}}
    for each in asked(bench, platform, name, {"fileList": ["a"]}):
        assert each.outcome.failed


@shows("URLs with a password")
def test_addresses_with_a_password(bench: Bench) -> None:
    platform = Platform(bench.recorder.url)
    granted = platform._metadata({"path": "a"})
    granted["data"]["url"] = granted["data"]["url"].replace("://", "://user:word@")
    platform.metadata = granted
    node, *ours = asked(bench, platform, "uploadFile", UPLOAD)
    assert node.requests[1].header("authorization")
    for each in ours:
        assert len(each.requests) == 1 and "named no address" in each.outcome.errMsg
        assert "word" not in each.outcome.errMsg.replace("words", "")


@shows("current environment of another Cloud")
def test_the_current_environment_of_another_cloud(bench: Bench) -> None:
    options = {"resourceEnv": "other-env", "env": CURRENT_ENV, **CREDENTIALS}
    variables = {"TCB_ENV": "current", "TCB_CONTEXT_KEYS": "TCB_ENV"}
    case = Case(0, "callFunction", FUNCTION, {}, options, dict(variables), Answer(b"{}", JSON_ERROR))
    envs = [each.requests[0].values["envName"] for each in exchanges(bench, case)]
    assert envs == ["", "current", "current"]


def test_a_cloud_with_an_environment_of_its_own_takes_no_other(bench: Bench) -> None:
    options = {"resourceEnv": "other-env", "env": "own", **CREDENTIALS}
    steps = ["deleteFile", [{"fileList": ["a"], "config": {"env": "elsewhere"}}]]
    case = Case(0, "deleteFile", steps, {}, options, {}, Answer(b'{"data":{"delete_list":[]}}', JSON_ERROR))
    assert [each.requests[0].values["envName"] for each in exchanges(bench, case)] == ["own"] * 3


@shows("failed init of another account")
def test_a_failed_init_of_another_account(bench: Bench) -> None:
    for grant in (Answer(b"", status=500, reason="No"), wechat(b"", "", error_code=-601012)):
        case = Case(0, "callFunction", FUNCTION, {}, THEIRS, {}, Answer(), grant=grant)
        node, *ours = exchanges(bench, case)
        assert [each.outcome.failed for each in (node, *ours)] == [True] * 3
        assert node.outcome.errCode == ours[0].outcome.errCode == ours[1].outcome.errCode
        assert all(str(each.outcome.errMsg).partition(" | ")[0] for each in ours)
    assert "getCrossAccountToken:fail" not in str(exchanges(bench, case)[0].outcome.errMsg)


def test_call_open_api_of_another_account_is_not_sent(bench: Bench) -> None:
    from tests.fidelity.test_accounts import granted

    steps = ["callOpenAPI", [{"api": "a.b"}]]
    case = Case(0, "callOpenAPI", steps, {}, THEIRS, {}, Answer(), grant=granted())
    for each in exchanges(bench, case):
        assert each.outcome.failed and "invalid config: getCrossAccountInfo" in each.outcome.errMsg
        assert len(each.requests) == 1, "the question for the permission alone"


@pytest.mark.parametrize("token", [None, "", "session"])
def test_a_session_token_travels_as_it_is_set(bench: Bench, token: str | None) -> None:
    variables = {
        "TENCENTCLOUD_SECRETID": "AKIDvar",
        "TENCENTCLOUD_SECRETKEY": "var",
        "TENCENTCLOUD_SESSIONTOKEN": token,
    }
    for steps in (FUNCTION, ["openapi", "a", "b", [{}]]):
        with bench.variables(variables):
            found = bench.walk(bench.instances({"env": ENV}), *steps, answer=wechat())
        sent = [
            each.request.fields.get("sessionToken") if each.request.parts else each.request.values.get("sessionToken")
            for each in found
        ]
        wanted = token if token is None or steps is FUNCTION else token.encode()
        assert sent == [wanted] * 3


def test_init_after_update_config_is_what_counts(bench: Bench) -> None:
    bench.peer.module("updated")
    clouds: dict[str, Any] = {"node": "updated", "async": cloudpy.Cloud(), "sync": cloudpy.sync.Cloud()}
    early, late = {"env": "early", "secretId": "AKIDearly", "secretKey": "early"}, {"env": "late", **CREDENTIALS}
    platform = Platform(bench.recorder.url)
    with bench.variables():
        for name, cloud in clouds.items():
            if name == "node":
                bench.peer.walk("updated", "updateConfig", [early])
                bench.peer.walk("updated", "init", [late])
            else:
                cloud.updateConfig(early)
                cloud.init({**late, "config": None})
        found = ask(bench, platform, clouds, "deleteFile", {"fileList": ["a"]})
    assert [each.requests[0].values["envName"] for each in found] == ["late"] * 3
    assert len({each.requests[0].header("authorization").partition("/")[0] for each in found}) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("more", ["1e400", "[" * 1500 + "]" * 1500, '"a"'])
def test_an_error_keeps_its_code_whatever_stands_beside_it(bench: Bench, more: str) -> None:
    answer = Answer(b'{"code":"EXCEED_REQUEST_LIMIT","message":"slow down","more":%b}' % more.encode(), JSON_ERROR)
    for steps in (
        FUNCTION,
        ["openapi", "a", "b", [{}]],
        ["cloudPay", "refund", [{}]],
        ["deleteFile", [{"fileList": []}]],
    ):
        node, ours = walk(bench, *steps, answer=answer)
        assert ours.errCode == -501003 and "slow down" in ours.errMsg
        assert node.failed and "slow down" in node.errMsg


def test_control_characters_are_for_openapi_alone(bench: Bench) -> None:
    raw = b'{"a":"x\ny"}'
    _, ours = walk(bench, "openapi", "a", "b", [{}], answer=wechat(raw))
    assert ours.result["a"] == "x\ny"
    inner = json.dumps(raw.decode())
    answer = Answer(b'{"data":{"response_data":%b},"requestId":"r"}' % inner.encode(), JSON_ERROR)
    node, ours = walk(bench, *FUNCTION, answer=answer)
    assert node.result["result"] == ours.result["result"] == raw.decode()
    for steps in (FUNCTION, ["cloudPay", "refund", [{}]]):
        node, ours = walk(bench, *steps, answer=Answer(raw, JSON_ERROR))
        assert node.failed and ours.failed

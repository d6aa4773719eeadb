"""A Cloud for the resources of another account: the same requests as Node's, and the same outcomes."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cloudpy
import cloudpy.sync
from tests.fidelity.differences import shows
from tests.peer import oracle
from tests.peer.answers import wechat
from tests.peer.bench import Bench, Exchange
from tests.peer.faces import Outcome
from tests.peer.recorded import Recorded
from tests.peer.recorder import Answer
from tests.peer.storage import Platform, assert_same_requests, node_program

OWN = {"TENCENTCLOUD_SECRETID": "AKIDown", "TENCENTCLOUD_SECRETKEY": "own", "TENCENTCLOUD_SESSIONTOKEN": "session"}
THEIRS = {"resourceAppid": "wxother", "resourceEnv": "other-env"}
DELETE = ("deleteFile", {"fileList": ["a"]})
SDKError = cloudpy.CloudSDKError


def granted(
    secret_id: str = "AKIDtheirs", secret_key: str = "theirs", token: str = "t", proof: bytes = b"\0wx"
) -> Answer:
    credentials = {"secret_id": secret_id, "secret_key": secret_key, "token": token}
    data = oracle.build("AuthorizationInfo", tcb_credentials=credentials, wx_param=proof)
    return wechat(data, "application/octet-stream")


def outcome(found: dict[str, Any]) -> Outcome:
    if "error" in found:
        return Outcome(failed=True, **{name: found["error"].get(name) for name in ("errCode", "errMsg", "message")})
    return Outcome(result=found["result"])


def ours(make: Callable[[], Any], calls: tuple[Any, ...]) -> list[Outcome]:
    async def program() -> list[Outcome]:
        outcomes: list[Outcome] = []

        async def note(value: Any) -> None:
            try:
                result = value()
                result = await result if inspect.isawaitable(result) else result
                outcomes.append(
                    Outcome(result=None if isinstance(result, cloudpy.Cloud | cloudpy.sync.Cloud) else result)
                )
            except SDKError as error:
                outcomes.append(Outcome(failed=True, errCode=error.errCode, errMsg=error.errMsg, message=str(error)))

        made: list[Any] = []
        await note(lambda: made.append(make()))
        if made:
            await note(made[0].init)
            for name, params in calls:
                target = made[0].openapi.a.b if name == "openapi" else getattr(made[0], name)
                await note(lambda target=target, params=params: target(params))
        return outcomes

    return asyncio.run(program())


def programs(bench: Bench, options: dict[str, Any], *calls: Any, token: Answer, **more: str) -> list[Any]:
    """The same program by each: its requests, and what came of each step; the first is Node's."""
    platform = Platform(bench.recorder.url)

    def choose(request: Recorded) -> Answer:
        return token if request.fields.get("apiName") == b"getCrossAccountToken" else platform(request)

    bench.recorder.choose = choose
    found = []
    try:
        with bench.variables({**OWN, **more}):
            variables = {"TCB_CONTEXT_CNFG": json.dumps({"URL": bench.recorder.url}), **OWN, **more}
            bench.recorder.take()
            theirs = [outcome(each) for each in node_program(variables, *calls, cloud=options)]
            found.append((Exchange("node", Outcome(), bench.recorder.take()), theirs))
            for face, kind in (("async", cloudpy.Cloud), ("sync", cloudpy.sync.Cloud)):
                outcomes = ours(lambda kind=kind: kind(options), calls)  # type: ignore[misc]
                found.append((Exchange(face, Outcome(), bench.recorder.take()), outcomes))
    finally:
        bench.recorder.choose = None
    return found


def parted(found: list[Any]) -> None:
    """The question for the permission is signed with our own keys, all that follows with theirs."""
    first = [Exchange(each.face, each.outcome, each.requests[:1]) for each, _ in found]
    rest = [Exchange(each.face, each.outcome, each.requests[1:]) for each, _ in found]
    assert_same_requests(first, secret_id="AKIDown", secret_key="own")
    assert_same_requests(rest, secret_id="AKIDtheirs", secret_key="theirs")
    calls = [each.requests[0].call() for each, _ in found]
    assert calls[0] == calls[1] == calls[2]


def test_the_resources_of_another_account(bench: Bench) -> None:
    calls = (DELETE, ("deleteFile", {"fileList": ["b"], "config": {"env": "elsewhere"}}))
    found = programs(bench, THEIRS, *calls, token=granted(), TCB_ENV="own-env")
    parted(found)
    assert found[0][1] == found[1][1] == found[2][1]
    asked = found[1][0].requests[0]
    assert asked.fields["envName"] == b"own-env"
    assert (asked.call().token_data.resource_appid, asked.call().token_data.resource_env) == ("wxother", "other-env")
    sent = json.loads(found[1][0].requests[2].body)
    assert (sent["envName"], sent["sessionToken"]) == ("other-env", "t")


def test_an_own_environment_of_its_own(bench: Bench) -> None:
    found = programs(bench, {**THEIRS, "env": "asks-from"}, DELETE, token=granted(), TCB_ENV="own-env")
    parted(found)
    assert found[1][0].requests[0].fields["envName"] == b"asks-from"


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    proof=st.binary(min_size=1, max_size=70),
    env=st.from_regex("[A-Za-z0-9_-]{1,20}", fullmatch=True),
)
def test_random_proofs(bench: Bench, proof: bytes, env: str) -> None:
    options = {"resourceAppid": "wx中", "resourceEnv": env}
    parted(programs(bench, options, DELETE, token=granted(proof=proof)))


def test_only_an_environment_and_no_account(bench: Bench) -> None:
    """Node takes it for a Cloud of the own account, and passes the resourceEnv over; so do we, with a warning."""
    found = programs(
        bench, {"resourceEnv": "other-env"}, DELETE, token=granted(), SCF_NAMESPACE="own-env", TENCENTCLOUD_RUNENV="SCF"
    )
    assert_same_requests([each for each, _ in found], secret_id="AKIDown", secret_key="own")
    assert found[0][1] == found[1][1] == found[2][1]
    assert json.loads(found[1][0].requests[0].body)["envName"] == "own-env"


@shows("cloud calls of another account")
def test_another_accounts_cloud_makes_no_cloud_calls(bench: Bench) -> None:
    found = programs(bench, THEIRS, ("openapi", {}), token=granted())
    for exchange, outcomes in found:
        assert len(exchange.requests) == 1
        assert (outcomes[-1].errCode, outcomes[-1].failed) == (-501007, True)
        assert outcomes[-1].errMsg.startswith(
            "openapi.a.b:fail -501007 invalid parameters. invalid config: getCrossAccountInfo"
        )


@shows("missing resourceEnv")
def test_a_missing_resource_env(bench: Bench) -> None:
    found = programs(bench, {"resourceAppid": "wxother"}, token=granted())
    codes = [[each.errCode for each in outcomes] for _, outcomes in found]
    assert codes == [[None], [-501007], [-501007]]
    assert all("missing resourceEnv" in outcomes[0].message for _, outcomes in found)


def test_a_permission_that_is_refused(bench: Bench) -> None:
    found = programs(bench, THEIRS, DELETE, token=wechat(b"", error_code=-601012))
    for exchange, outcomes in found:
        assert len(exchange.requests) == 1
        assert [each.errCode for each in outcomes] == [None, -601012, -1]
        assert "error code: -601012" in outcomes[1].errMsg


@shows("tokens without credentials")
@pytest.mark.parametrize("data", [b"", b"\x12\x01x"])
def test_an_answer_without_credentials(bench: Bench, data: bytes) -> None:
    with bench.variables(OWN):
        bench.recorder.answer = wechat(data, "application/octet-stream")
        with pytest.raises(SDKError) as caught:
            cloudpy.sync.Cloud(THEIRS).init()
    assert caught.value.errCode == -601001
    assert "no credentials" in caught.value.errMsg

"""Every API of the contracts returns its sample at both endpoints."""

from __future__ import annotations

from typing import Any

import pytest

import cloudpy.sync as sync
from cloudpy import contracts
from cloudpy.local import URL, Backend, connected, environment
from cloudpy.local.http import router
from cloudpy.local.http.message import HttpRequest

NAMES = [name for name in contracts.names() if name != "cloudbase.getOpenData"]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    backend = Backend(env="test-env")
    backend.allow("all")
    backend.users.add("o-alice")
    for name, value in environment(backend, URL).items():
        monkeypatch.setenv(name, value)
    return backend


UPLOADS = {
    "customerServiceMessage.uploadTempMedia",
    "officialAccount.material.addMaterial",
    "officialAccount.media.upload",
}


def sample(api: str, params: dict[str, Any]) -> dict[str, Any]:
    made = contracts.sample_reply(api, params)
    result = {"contentType": made.content_type, "buffer": made.body} if made.json is None else made.json
    return {"errCode": 0, "errMsg": f"openapi.{api}:ok", **result}


def test_every_name_through_the_gateway(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    face = sync.Cloud().init(env="test-env", config=None)
    with connected(backend):
        for name in NAMES:
            contract = contracts.get(name)
            assert contract is not None
            call: Any = face.openapi
            for word in name.split("."):
                call = getattr(call, word)
            result = call(dict(contract.example_params or {}))
            seen = backend.calls.of()[-1]
            assert seen.problems == (), name  # an example is no mistake, also after its way over the wire
            if name in UPLOADS:  # kept under an id of its own: test_local_media.py
                assert seen.answered_from == "media"
            else:
                assert sample(name, seen.params) == result
                assert seen.answered_from == "sample"
    assert not caplog.records


def test_every_path_of_https_is_answered(backend: Backend) -> None:
    backend.tokenless = True
    for name in NAMES:
        contract = contracts.get(name)
        assert contract is not None
        method = contract.method or "POST"
        answer = router.handle(
            backend, HttpRequest(method, contract.path, [("Content-Type", "application/json")], b"{}")
        )
        assert answer.status == 200, name
        assert b'"errcode":4' not in answer.body[:20], (name, answer.body)
        answered = contracts.get(backend.calls.of()[-1].api)  # several share a path
        assert answered is not None and answered.path == contract.path


def test_a_path_of_two_is_the_mini_programs_first(backend: Backend) -> None:
    backend.tokenless = True
    router.handle(backend, HttpRequest("GET", "/wxaapi/newtmpl/getcategory", [], b""))
    assert backend.calls.of()[0].api == "subscribeMessage.getCategory"


def test_what_wechat_does_not_offer_is_refused_with_its_reason(
    backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    face = sync.Cloud().init(env="test-env", config=None)
    with connected(backend), pytest.raises(sync.CloudSDKError) as found:
        face.openapi.auth.code2Session()
    assert found.value.errCode == -604100
    assert "does not offer" in caplog.text


def test_a_misspelt_parameter_is_told(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    face = sync.Cloud().init(env="test-env", config=None)
    with connected(backend), pytest.raises(sync.CloudSDKError):
        face.openapi.cloudbase.getOpenData({"cloudIDList": ["x"]})
    assert "cloudidList" in caplog.text
    assert backend.calls.of()[0].problems


def test_a_query_string_holds_numbers_too(backend: Backend) -> None:
    backend.tokenless = True
    target = "/wxa/getopendata?openid=123"
    router.handle(backend, HttpRequest("POST", target, [], b'{"cloudid_list": []}'))
    assert backend.calls.of()[0].params["openid"] == "123"  # an openid is a text whatever it looks like

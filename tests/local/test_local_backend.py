"""Permissions, sources, unknown APIs, the record of calls: what the backend decides at every endpoint."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from cloudpy import local
from cloudpy.local import Backend, CannedResponse, EmptyCatalog, error_response, reply_response

from .wire_client import Client, Clock


class Known(EmptyCatalog):
    """A knowledge of two APIs."""

    def names(self) -> Collection[str]:
        return ("wxacode.get", "security.msgSecCheck")

    def sample(self, api: str, params: Mapping[str, Any]) -> tuple[str, bytes] | None:
        return {"wxacode.get": ("image/jpeg", b"\xff\xd8")}.get(api)

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        return ("wxacode.get: parameter 'path' is missing",) if api == "wxacode.get" and not params else ()

    def refusal(self, api: str) -> str | None:
        return "only over HTTPS" if api == "a.b.c" else None


def test_nothing_is_allowed_without_config(backend: Backend, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    backend.allow(None)
    answer = client.call(params={"cloudidList": ["xxx"]})
    assert (answer["error_code"], answer["resp_data"]) == (-604101, b"")
    assert '{"permissions": {"openapi": ["cloudbase.getOpenData"]}}' in caplog.text


def test_what_is_not_listed_is_refused(backend: Backend, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    backend.allow(["wxacode.get"])
    assert client.call()["error_code"] == -604101
    assert 'add "cloudbase.getOpenData" to permissions.openapi' in caplog.text


def test_permissions_are_each_functions_own(backend: Backend) -> None:
    backend.allow(["a.b.c"], function="own")
    own, other = Client(backend, function="own"), Client(backend, function="other")
    assert own.call()["error_code"] == -604101
    assert other.call(params={"cloudidList": []})["error_code"] == 0
    backend.allow("all", function="own")
    assert own.call(params={"cloudidList": []})["error_code"] == 0


@pytest.mark.parametrize("token", ["", "nonsense", "bm90IG91cnM=", "名", None])
def test_without_a_token_of_ours_the_source_is_illegal(client: Client, token: str | None) -> None:
    assert client.call(change={"wxCloudApiToken": token})["error_code"] == -604104


def test_tokens_of_another_run_are_not_ours(backend: Backend, clock: Clock) -> None:
    other = Backend(env="test-env", clock=clock, catalog=EmptyCatalog())
    client = Client(backend)
    client.token = Client(other).token
    assert client.call()["error_code"] == -604104


def test_a_bent_token_is_none_of_ours(backend: Backend, client: Client) -> None:
    token = client.token
    assert token.endswith("=") and not token.endswith("==")
    assert "o-alice" not in token
    for index in range(0, len(token) - 1, 7):
        bent = token[:index] + ("A" if token[index] != "A" else "B") + token[index + 1 :]
        found = backend.tokens.find_caller(bent)
        # Characters of the event id and the padding are not sealed: they change nothing of who calls.
        assert found is None or found == backend.tokens.find_caller(token)


def test_a_containers_access_token_is_a_source(backend: Backend, client: Client, clock: Clock) -> None:
    access = backend.tokens.cloudbase_access_token()
    how: dict[str, Any] = {"change": {"wxCloudApiToken": "", "wxCloudbaseAccesstoken": access}}
    assert client.call(params={"cloudidList": []}, **how)["error_code"] == 0
    clock.advance(1801)
    assert client.call(params={"cloudidList": []}, **how)["error_code"] == -604104


def test_unknown_api_is_refused_and_the_nearest_named(
    backend: Backend, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    backend.catalog = Known()
    backend.allow("all")
    assert client.call("wxacode.gett")["error_code"] == -604100
    assert "did you mean 'wxacode.get'?" in caplog.text
    caplog.clear()
    assert client.call("a.b.c")["error_code"] == -604100
    assert "only over HTTPS" in caplog.text


def test_sample_unless_told_to_refuse(backend: Backend, client: Client) -> None:
    backend.catalog = Known()
    answer = client.call("wxacode.get", {"path": "p"})
    assert (answer["content_type"], answer["resp_data"]) == ("image/jpeg", b"\xff\xd8")
    assert backend.calls.of()[-1].answered_from == "sample"
    backend.unknown = "refuse"
    assert client.call("wxacode.get", {"path": "p"})["error_code"] == -604100
    assert client.call("security.msgSecCheck")["error_code"] == -604100


def test_a_canned_answer_goes_before_any_knowledge(backend: Backend, client: Client) -> None:
    backend.catalog = Known()
    backend.responses.add("a.b.c", CannedResponse(reply_response({"x": 1})))
    assert client.call("a.b.c")["json"] == {"errcode": 0, "errmsg": "ok", "x": 1}


def test_problems_are_logged_and_recorded_but_nothing_is_refused(
    backend: Backend, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    backend.catalog = Known()
    assert client.call("wxacode.get")["error_code"] == 0
    assert backend.calls.of()[0].problems == ("wxacode.get: parameter 'path' is missing",)
    assert "parameter 'path' is missing" in caplog.text


def test_record_of_a_call(backend: Backend, clock: Clock) -> None:
    client = Client(backend, user="o-bob", function="steps", source="wx_devtools")
    pairs = [
        {"key": "cloudid_list", "value": b'["xxx",12345678901234567890]'},
        {"key": "im_g", "value": b"\x89PNG", "filename": "im_g.png"},
    ]
    client.call("a.b.c", pairs=pairs, change={"cgiName": "commrpcv2"})
    (call,) = backend.calls.of("a.b.c")
    assert call.wire == {"cloudid_list": ["xxx", 12345678901234567890]}
    assert call.params == {
        "cloudidList": ["xxx", 12345678901234567890],
        "imG": {"contentType": "image/png", "value": b"\x89PNG"},
    }
    assert (call.files["im_g"].filename, call.files["im_g"].value) == ("im_g.png", b"\x89PNG")
    assert call.caller is not None and call.caller.user is not None
    assert (call.caller.user.openid, call.caller.function, call.caller.source) == ("o-bob", "steps", "wx_devtools")
    assert (call.version, call.endpoint, call.at) == ("v2", "gateway", clock())
    assert call.outcome == "refused -604100 API not found"
    assert call.fields == {"action": "wx.openApi", "apiName": "a.b.c", "cgiName": "commrpcv2", "envName": "test-env"}


def test_secrets_are_in_no_record_log_or_repr(
    backend: Backend, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.call()
    client.call(change={"wxCloudApiToken": "canary-token", "sessionToken": "canary-session"})
    client.send(secret_key="canary-key")
    request = client.request()
    seen = caplog.text + repr((backend, list(backend.calls), backend.tokens, backend.users, request))
    for secret in (client.token, "canary", backend.secret_key, backend.secret_id):
        assert secret not in seen


def test_log_of_calls_forgets_the_oldest() -> None:
    backend = Backend(remember=3, catalog=EmptyCatalog())
    backend.allow("all")
    backend.responses.add("a.b.c", CannedResponse(error_response(1)))
    client = Client(backend)
    for number in range(5):
        client.call("a.b.c", {"n": number})
    assert [call.params["n"] for call in backend.calls] == [2, 3, 4]
    assert (len(backend.calls), backend.calls.total) == (3, 5)
    backend.calls.clear()
    assert not backend.calls.of()


@pytest.mark.once
@pytest.mark.parametrize(("old", "new"), sorted(local._RENAMED.items()))
def test_an_old_name_warns_and_still_works(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"cloudpy.local.{old} is now cloudpy.local.{new}"):
        assert getattr(local, old) is getattr(local, new)

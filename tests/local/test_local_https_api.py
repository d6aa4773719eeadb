"""The HTTPS API: getopendata over snake_case and access tokens, and the tokens themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cloudpy._wire import form
from cloudpy.local import ApiResponse, Backend, CannedResponse, error_response, file_response, reply_response
from cloudpy.local.catalog import EmptyCatalog, Route
from cloudpy.local.http import router
from cloudpy.local.http.message import HttpRequest, HttpResponse

from .conftest import STEPS
from .wire_client import Clock

PATH = "/wxa/getopendata"


def post(
    backend: Backend,
    body: Any = None,
    *,
    path: str = PATH,
    method: str = "POST",
    token: str | None = "good",
    kind: str = "access_token",
    content_type: str = "application/json",
    **query: str,
) -> HttpResponse:
    if token == "good":
        token = backend.tokens.access_token("wxapp")[0]
        token = backend.tokens.cloudbase_access_token() if kind == "cloudbase_access_token" else token
    if token is not None:
        query[kind] = token
    target = path + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return router.handle(backend, HttpRequest(method, target, [("Content-Type", content_type)], content))


def read(answer: HttpResponse) -> dict[str, Any]:
    assert answer.status == 200
    return dict(json.loads(answer.body))


@pytest.mark.parametrize("kind", ["access_token", "cloudbase_access_token"])
def test_known_id(backend: Backend, kind: str) -> None:
    assert read(post(backend, {"cloudid_list": ["xxx"]}, kind=kind, openid="o-alice")) == {
        "errcode": 0,
        "errmsg": "ok",
        "data_list": [{"cloud_id": "xxx", "json": {"cloudID": "xxx", "data": STEPS}}],
    }


def test_someone_elses_in_its_place(backend: Backend) -> None:
    found = read(post(backend, {"cloudid_list": ["xxx"]}, openid="o-bob"))
    assert found["data_list"][0]["json"]["errCode"] == -601007


@pytest.mark.parametrize("query", [{}, {"openid": "o-nobody"}, {"openid": ""}])
def test_unknown_openid(backend: Backend, query: dict[str, str]) -> None:
    assert read(post(backend, {"cloudid_list": ["xxx"]}, **query))["errcode"] == 40003


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"cloudid_list=xxx", b"\xff", b"[" * 100_000, b"5"])
def test_a_body_that_is_no_json_object(backend: Backend, body: bytes) -> None:
    assert read(post(backend, body, openid="o-alice"))["errcode"] == 47001


def test_tokens_bad_missing_and_expired(backend: Backend, clock: Clock) -> None:
    body = {"cloudid_list": ["xxx"]}
    good = backend.tokens.access_token("wxapp")[0]
    assert read(post(backend, body, token="invented", openid="o-alice"))["errcode"] == 40001
    assert read(post(backend, body, token=good, kind="cloudbase_access_token", openid="o-alice"))["errcode"] == 40001
    assert read(post(backend, body, token=None, openid="o-alice"))["errcode"] == 41001
    assert read(post(backend, body, token="", openid="o-alice"))["errcode"] == 41001
    clock.advance(7199)
    assert read(post(backend, body, token=good, openid="o-alice"))["errcode"] == 0
    clock.advance(1)
    assert read(post(backend, body, token=good, openid="o-alice"))["errcode"] == 42001


def test_cloudbase_token_lives_half_an_hour(backend: Backend, clock: Clock) -> None:
    token = backend.tokens.cloudbase_access_token()
    clock.advance(1800)
    found = read(post(backend, {"cloudid_list": []}, token=token, kind="cloudbase_access_token", openid="o-alice"))
    assert found["errcode"] == 42001


def test_without_token_where_the_platform_adds_it(backend: Backend) -> None:
    backend.tokenless = True
    assert read(post(backend, {"cloudid_list": ["xxx"]}, token=None, openid="o-alice"))["errcode"] == 0


def test_wrong_method(backend: Backend) -> None:
    assert read(post(backend, method="GET", openid="o-alice"))["errcode"] == 43002


def test_busy_is_provoked_and_permissions_are_not_asked(backend: Backend) -> None:
    backend.allow(None)
    backend.responses.add("cloudbase.getOpenData", CannedResponse(error_response(-1), times=1))
    body = {"cloudid_list": ["xxx"]}
    assert read(post(backend, body, openid="o-alice")) == {"errcode": -1, "errmsg": "system error"}
    assert read(post(backend, body, openid="o-alice"))["errcode"] == 0
    call = backend.calls.of()[0]
    assert (call.endpoint, call.params) == ("https", {"openid": "o-alice", "cloudidList": ["xxx"]})
    assert "access_token" not in repr(call)


class Routes(EmptyCatalog):
    def routes(self, path: str) -> Sequence[Route]:
        return {
            "/wxa/get": [Route("some.get", "GET", {"begin_date": "number", "full": "boolean"})],
            "/wxa/upload": [Route("some.upload", "POST", {}), Route("other.upload", "POST", {})],
        }.get(path, [])


def test_other_paths_are_known_to_the_contracts(backend: Backend) -> None:
    backend.catalog = Routes()
    backend.responses.add("some.get", CannedResponse(lambda params: {"got": params}))
    found = read(post(backend, path="/wxa/get", method="GET", begin_date="20260101", full="true", name="7"))
    assert found["got"] == {"begin_date": 20260101, "full": True, "name": "7"}
    assert read(post(backend, path="/wxa/get", begin_date="1"))["errcode"] == 43001


def test_of_several_behind_a_path_the_one_with_an_answer(backend: Backend) -> None:
    backend.catalog = Routes()
    backend.responses.add("other.upload", CannedResponse(reply_response({"n": 1}), when={"k": 1}))
    backend.responses.add("some.upload", CannedResponse(reply_response({"n": 2})))
    assert [read(post(backend, {"k": k}, path="/wxa/upload"))["n"] for k in (2, 1)] == [2, 2]
    backend.responses.clear("some.upload")
    assert read(post(backend, {"k": 1}, path="/wxa/upload"))["n"] == 1


def test_of_several_behind_a_path_the_one_whose_parameters_fit(backend: Backend) -> None:
    class Picky(Routes):
        def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
            return () if (api == "other.upload") == ("other" in params) else ("wrong",)

    backend.catalog = Picky()
    for body in ({"other": 1}, {"some": 1}):
        post(backend, body, path="/wxa/upload")
    assert [call.api for call in backend.calls] == ["other.upload", "some.upload"]


def test_a_file_in_a_form(backend: Backend) -> None:
    backend.catalog = Routes()
    backend.responses.add("some.upload", CannedResponse(file_response(b"\x01", "image/png")))
    body = form.encode([("type", "image"), ("media", b"\x89PNG")], "mark")
    content_type = "multipart/form-data; boundary=mark"
    answer = post(backend, body, path="/wxa/upload", content_type=content_type)
    assert (answer.body, dict(answer.headers)["Content-Type"]) == (b"\x01", "image/png")
    call = backend.calls.of()[0]
    assert call.wire == {"type": "image"}
    assert call.files["media"].value == b"\x89PNG"
    assert read(post(backend, b"x", path="/wxa/upload", content_type=content_type))["errcode"] == 47001


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (error_response(-604103), {"errcode": -604103, "errmsg": "call open API system error"}),
        (error_response("SYS_ERR", "m"), {"errcode": -1, "errmsg": "m"}),
        (reply_response({"someKey": 1}), {"errcode": 0, "errmsg": "ok", "some_key": 1}),
    ],
)
def test_canned_answers_here(backend: Backend, answer: ApiResponse, found: dict[str, Any]) -> None:
    backend.responses.add("cloudbase.getOpenData", CannedResponse(answer))
    assert read(post(backend, {}, openid="o-alice")) == found


def token(backend: Backend, **query: str) -> dict[str, Any]:
    given = {"grant_type": "client_credential", "appid": "wxapp", "secret": "s", **query}
    return read(post(backend, path="/cgi-bin/token", method="GET", token=None, **given))


def test_access_token_and_the_one_before_it(backend: Backend, clock: Clock) -> None:
    first, second = token(backend), token(backend)
    assert first["expires_in"] == 7200
    assert first["access_token"] != second["access_token"]
    body = {"cloudid_list": []}
    for seconds, code in ((0, 0), (299, 0), (1, 42001)):  # the older one holds five minutes longer
        clock.advance(seconds)
        assert read(post(backend, body, token=first["access_token"], openid="o-alice"))["errcode"] == code
    assert read(post(backend, body, token=second["access_token"], openid="o-alice"))["errcode"] == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "wxother"}, 40013),
        ({"secret": ""}, 41004),
    ],
)
def test_token_asked_for_wrongly(backend: Backend, query: dict[str, str], code: int) -> None:
    assert token(backend, **query)["errcode"] == code


def test_stable_token(backend: Backend, clock: Clock) -> None:
    def stable(**more: Any) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": "wxapp", "secret": "s", **more}
        return read(post(backend, body, path="/cgi-bin/stable_token", token=None))

    first = stable()
    clock.advance(100)
    again = stable()
    assert (again["access_token"], again["expires_in"]) == (first["access_token"], 7100)
    token(backend)  # the other kind leaves it alone
    clock.advance(400)
    assert stable()["access_token"] == first["access_token"]
    fresh = stable(force_refresh=True)
    assert fresh["access_token"] != first["access_token"]
    clock.advance(7200)
    assert stable()["access_token"] != fresh["access_token"]
    assert read(post(backend, b"{", path="/cgi-bin/stable_token", token=None))["errcode"] == 47001
    assert read(post(backend, path="/cgi-bin/stable_token", method="GET", token=None))["errcode"] == 43002


def test_a_million_tokens_do_not_fill_the_memory(backend: Backend, clock: Clock) -> None:
    for _ in range(5_000):
        backend.tokens.access_token("wxapp")
        backend.tokens.cloudbase_access_token()
    assert len(backend.tokens._access) <= 1001


def test_unknown_path_is_told(backend: Backend) -> None:
    answer = post(backend, {}, path="/wxa/nothing")
    assert answer.status == 404
    assert "/admin" in json.loads(answer.body)["message"]

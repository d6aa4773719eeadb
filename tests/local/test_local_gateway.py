"""The endpoint ``/admin`` rejects wrong signatures, fields and values, and nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cloudpy._wire import form, form_reader, messages
from cloudpy.local import Backend, CannedResponse, error_response
from cloudpy.local.http import router
from cloudpy.local.http.message import HttpRequest

from .wire_client import HOST, MARK, Client, Clock, answer_of, error_of

ASKED = {"cloudidList": ["xxx"]}


def refused(client: Client, **how: Any) -> str:
    found = error_of(client.send(params=ASKED, **how))
    assert found["code"] == "SIGN_PARAM_INVALID", found
    return str(found["message"])


def test_a_proper_request_is_answered(client: Client) -> None:
    answer = client.call(params=ASKED)
    assert (answer["content_type"], answer["error_code"], answer["http_code"]) == ("application/json", 0, 200)


@pytest.mark.parametrize("name", ["Authorization", "Host", "User-Agent", "X-SDK-Version", "X-Timestamp"])
def test_a_missing_header_is_refused(client: Client, name: str) -> None:
    refused(client, headers={name: None})


@pytest.mark.parametrize("name", ["Host", "User-Agent", "X-SDK-Version", "X-Timestamp"])
def test_a_changed_header_is_refused(client: Client, name: str) -> None:
    refused(client, headers={name: "1790000001" if name == "X-Timestamp" else "other"})


def test_an_unsigned_header_may_say_anything(client: Client) -> None:
    answer_of(client.send(params=ASKED, headers={"Accept": "x", "X-Signature-Expires": "600"}))


def test_case_of_signed_headers_and_of_their_values_does_not_matter(client: Client) -> None:
    answer_of(client.send(params=ASKED, headers={"User-Agent": None, "USER-AGENT": "TEST/1 mixed-CASE"}))


def test_a_bit_flipped_anywhere_in_the_signature_is_refused(client: Client) -> None:
    right = client.request(params=ASKED).headers["authorization"]
    start = right.index("Signature=") + len("Signature=")
    for index in range(start, len(right)):
        wrong = right[:index] + ("0" if right[index] != "0" else "1") + right[index + 1 :]
        assert "does not match" in refused(client, headers={"Authorization": wrong})


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer x", "TC3-HMAC-SHA256 Credential=a/b/tcb/tc3_request, SignedHeaders=host, Signature=0", "\udc80", "名"],
)
def test_another_authorization_is_refused(client: Client, authorization: str) -> None:
    refused(client, headers={"Authorization": authorization})


@pytest.mark.parametrize("age", [601.0, 1e6, -602.0, -1e6])
def test_stale_and_early_clocks_are_refused(client: Client, age: float) -> None:
    assert "s off" in refused(client, age=age)


@pytest.mark.parametrize("age", [600.0, 1.0, 0.0, -600.0])
def test_clocks_within_ten_minutes_are_taken(client: Client, age: float) -> None:
    answer_of(client.send(params=ASKED, age=age))


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "9" * 400, "１７９０００００００"])
def test_a_timestamp_that_is_none(client: Client, stamp: str) -> None:
    assert "X-Timestamp" in refused(client, headers={"X-Timestamp": stamp})


def test_unknown_secret_id_and_wrong_key(client: Client) -> None:
    assert "unknown secret id" in refused(client, secret_id="AKIDother")
    assert "does not match" in refused(client, secret_key="other")


def test_replayed_with_another_body(client: Client) -> None:
    other = client.request(params={"cloudidList": ["yyy"]})
    assert "does not match" in refused(client, body=other.body)


def test_replayed_later(client: Client, clock: Clock) -> None:
    request = client.request(params=ASKED)
    answer_of(router.handle(client.backend, request))
    clock.advance(600)
    assert "s off" in error_of(router.handle(client.backend, request))["message"]


def test_a_field_added_or_left_out_after_signing(client: Client) -> None:
    parts = form_reader.decode(client.request(params=ASKED).body, f"multipart/form-data; boundary={MARK}")
    fields: list[tuple[str, str | bytes]] = [
        (part.name, part.value if part.content_type else part.value.decode()) for part in parts
    ]
    assert "SignedParams" in refused(client, body=form.encode([*fields, ("more", "x")], MARK))
    assert "SignedParams" in refused(client, body=form.encode(fields[1:], MARK))
    answer_of(client.send(params=ASKED, body=form.encode([*fields, ("more", "")], MARK)))  # empty is not signed


def test_a_signature_that_covers_less_is_refused(client: Client) -> None:
    right = client.request(params=ASKED).headers["authorization"]
    less = right.replace("content-type;host;", "host;")
    assert "content-type" in refused(client, headers={"Authorization": less})
    twice = right.replace("host;", "host;host;")
    assert "each name once" in refused(client, headers={"Authorization": twice})
    fewer = right.replace("SignedParams=action;", "SignedParams=")
    assert "SignedParams must have 'action'" in refused(client, headers={"Authorization": fewer})
    none = right.replace("SignedParams=", "").replace("action;apiname;envname;requestdata;wxcloudapitoken, ", "")
    refused(client, headers={"Authorization": none})


def test_another_date_in_the_scope(client: Client) -> None:
    right = client.request(params=ASKED).headers["authorization"]
    scope = right.partition("Credential=")[2].partition(",")[0]
    for wrong in (scope.replace("/tcb/", "/scf/"), scope.replace("202", "203", 1), "x/y"):
        refused(client, headers={"Authorization": right.replace(scope, wrong)})


def test_the_address_is_signed(client: Client) -> None:
    refused(client, sent_target="/admin?env=test-env&seqId=1_2")


def test_headers_that_count_may_be_there_once(client: Client) -> None:
    request = client.request(params=ASKED)
    doubled = HttpRequest("POST", request.target, [*request.headers.items(), ("host", HOST)], request.body)
    answer = router.handle(client.backend, doubled)
    assert (answer.status, error_of(answer)["code"]) == (400, "INVALID_PARAM")


@pytest.mark.parametrize(
    ("env", "query"),
    [
        ("test-env", "env=other&seqId=1"),
        ("test-env", "env=test-env&env=test-env"),
        ("test-env", "env="),
        ("", "env=test-env"),
    ],
)
def test_env_is_the_same_twice(client: Client, env: str, query: str) -> None:
    found = error_of(client.send(params=ASKED, change={"envName": env}, target=f"/admin?{query}"))
    assert found["code"] == "INVALID_PARAM"


@pytest.mark.parametrize("query", ["&eventId=1&seqId=1", "seqId=1", ""])
def test_env_in_the_address_may_be_left_out(client: Client, query: str) -> None:
    answer_of(client.send(params=ASKED, target=f"/admin?{query}"))
    found = error_of(client.send(params=ASKED, change={"envName": "other"}, target=f"/admin?{query}"))
    assert found["code"] == "INVALID_ENV"


@pytest.mark.parametrize(
    ("env", "query"), [("other", "other"), ("名", "%E5%90%8D"), ("a b", "a%20b"), ("a%20b", "a%20b")]
)
def test_unknown_env(client: Client, env: str, query: str) -> None:
    found = error_of(client.send(params=ASKED, change={"envName": env}, target=f"/admin?env={query}"))
    assert found["code"] == "INVALID_ENV"
    assert env in found["message"] and "'test-env'" in found["message"]


def test_no_env_is_the_default_one(client: Client) -> None:
    answer_of(client.send(params=ASKED, change={"envName": ""}, target="/admin?env=&seqId=1"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"action": "wx.nothing"}, "action must be wx.openApi"),
        ({"action": None}, "action must be wx.openApi"),
        ({"action": "wx.api"}, "requestData is not a JSON object"),
        ({"action": "wx.wxPayApi"}, "apiOptions and requestData must be octet streams"),
        ({"action": "functions.invokeFunction"}, "function_name is missing"),
        ({"apiName": ""}, "apiName is missing"),
        ({"apiName": None}, "apiName is missing"),
        ({"apiName": "a.b\nforged line of the log"}, "invalid API name"),
        ({"apiName": "a.\x1b[31mb"}, "invalid API name"),
        ({"requestData": None}, "requestData must be an octet stream"),
        ({"requestData": "text"}, "requestData must be an octet stream"),
        ({"requestData": b"\xff"}, "not a CommApiData message"),
        ({"requestData": messages.encode("CommApiData", {"api_type": 2})}, "is not one of ApiGetOpenDataByCloudId"),
        ({"requestData": messages.encode("CommApiData", {"api_type": 1})}, "INNER_API"),
    ],
)
def test_fields_that_are_missing_or_wrong(client: Client, change: dict[str, Any], told: str) -> None:
    found = error_of(client.send(params=ASKED, change=change))
    assert found["code"] == "INVALID_PARAM"
    assert told in found["message"]


def test_a_pair_that_is_no_json(client: Client) -> None:
    found = error_of(client.send(pairs=[{"key": "k", "value": b"{"}]))
    assert (found["code"], found["message"]) == (
        "INVALID_PARAM",
        "parameter 'k' is not JSON, or has an unpaired surrogate",
    )


@pytest.mark.parametrize("value", [b"[" * 100_000, b"9" * 5000, b"1e999", b"NaN"])
def test_json_that_takes_parsers_apart(client: Client, value: bytes) -> None:
    assert error_of(client.send(pairs=[{"key": "k", "value": value}]))["code"] == "INVALID_PARAM"


def test_a_field_there_twice(client: Client) -> None:
    fields: list[tuple[str, str | bytes]] = [("action", "wx.openApi"), ("action", "wx.openApi")]
    assert error_of(client.send(fields=fields))["message"].endswith("must have each name once")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "multipart/form-data"}, None),
        ({"Content-Type": "multipart/form-data; boundary=other"}, None),
        ({"Content-Type": "text/plain"}, None),
        ({"Content-Type": None}, None),
        ({"Content-Type": "application/json"}, None),
        ({"Content-Type": "application/json"}, b"[1]"),
        ({}, b""),
        ({}, b"--" + MARK.encode()),
        ({}, b"--%b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--%b--\r\n" % (MARK.encode(), MARK.encode())),
        (
            {},
            b'--%b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--%b--' % (MARK.encode(), MARK.encode()),
        ),
    ],
)
def test_bodies_that_are_no_form(client: Client, headers: dict[str, str | None], body: bytes | None) -> None:
    answer = client.send(params=ASKED, headers=headers, body=body)
    assert answer.status == 400
    assert error_of(answer)["code"] == "INVALID_PARAM"


def test_a_form_cut_short_anywhere(client: Client) -> None:
    whole = client.request(params=ASKED).body
    for end in range(0, len(whole) - 4, 13):
        assert client.send(params=ASKED, body=whole[:end]).status == 400


def test_a_json_body_is_checked_and_then_not_answered_yet(client: Client) -> None:
    answer = client.send(headers={"Content-Type": "application/json"}, body=b'{"action":"wx.api","x":{"y":1}}')
    assert error_of(answer)["code"] == "SIGN_PARAM_INVALID"


@pytest.mark.parametrize("method", ["GET", "PUT", "post"])
def test_other_methods(client: Client, method: str) -> None:
    assert client.send(params=ASKED, method=method).status == 405


def test_more_than_is_taken(client: Client) -> None:
    found = error_of(client.send("a.b.c", {"k": "x" * 6 * 1024 * 1024}))
    assert found["code"] == "EXCEED_MAX_PAYLOAD_SIZE"
    assert answer_of(client.send("a.b.c", {"k": "x" * 5 * 1024 * 1024}))["error_code"] == -604100


def test_the_gateways_own_errors_can_be_canned(backend: Backend, client: Client) -> None:
    backend.responses.add("a.b.c", CannedResponse(error_response("EXCEED_REQUEST_LIMIT", "slow down")))
    found = error_of(client.send("a.b.c"))
    assert (found["code"], found["message"]) == ("EXCEED_REQUEST_LIMIT", "slow down")


def test_a_program_that_fails_ends_nothing(backend: Backend, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    def broken(params: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError("mistake in a canned answer")

    backend.responses.add("a.b.c", CannedResponse(broken))
    answer = client.send("a.b.c")
    assert answer.status == 500
    assert b"mistake" not in answer.body
    assert "mistake in a canned answer" in caplog.text
    answer_of(client.send(params=ASKED))


def test_random_damage_is_answered_and_never_obeyed(client: Client) -> None:
    rng = random.Random(20261122)
    right = client.request(params=ASKED)
    for _ in range(600):
        body = bytearray(right.body)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(body))
            match rng.randrange(3):
                case 0:
                    body[at] ^= 1 << rng.randrange(8)
                case 1:
                    del body[at : at + rng.randrange(1, 40)]
                case _:
                    body[at:at] = rng.randbytes(rng.randrange(1, 20))
        answer = router.handle(client.backend, HttpRequest("POST", right.target, right.headers.items(), bytes(body)))
        assert answer.status in (200, 400)
        found = error_of(answer) if dict(answer.headers)["Content-Type"] != "application/octet-stream" else None
        if found is None:  # damage to what is not signed: the lines around the fields, an empty field
            assert client.backend.calls.of()[-1].params == ASKED
    answer_of(router.handle(client.backend, right))


def test_signed_damage_is_answered(client: Client) -> None:
    rng = random.Random(3)
    pairs = [{"key": "cloudid_list", "value": b'["xxx"]'}, {"key": "f", "value": b"\x00", "filename": "f.png"}]
    data = messages.encode("CommApiData", {"api_type": 0, "openapi_data": {"pairs": pairs}, "appid": "wx"})
    for _ in range(600):
        bent = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            bent[rng.randrange(len(bent))] = rng.randrange(256)
        assert client.send(data=bytes(bent)).status == 200

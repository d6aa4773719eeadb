"""Half a surrogate pair from a client: the request is refused in words, wherever it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._wire import jsontext, signature
from cloudpy.local import Backend
from cloudpy.local.http import cloudids, router
from cloudpy.local.http.message import HttpRequest, HttpResponse, parse_json

from .wire_client import HOST, Client

HALF = "\ud800"
ACTIONS: list[dict[str, Any]] = [
    {"action": "functions.invokeFunction", "function_name": "f", "request_data": "{}"},
    {"action": "wx.api", "apiName": "a.b", "requestData": "{}"},
    {"action": "storage.getUploadMetadata", "path": "a", "method": "put"},
    {"action": "storage.batchGetDownloadUrl", "file_list": [{"fileid": "a", "max_age": 1}]},
    {"action": "storage.batchDeleteFile", "fileid_list": ["a"]},
]


def asked(backend: Backend, fields: dict[str, Any]) -> HttpResponse:
    """The answer to these fields as a JSON body, signed as a client signs them."""
    target, stamp = f"/admin?env={backend.env}&seqId=1", int(backend.clock()) - 1
    headers = [("Host", HOST), ("Content-Type", "application/json")]
    authorization = signature.authorization(
        method="post",
        url=f"http://{HOST}{target}",
        headers=headers,
        fields=[
            (name, value if isinstance(value, str) else jsontext.stringify(value, quote=jsontext.quote_plainly))
            for name, value in fields.items()
        ],
        secret_id=backend.secret_id,
        secret_key=backend.secret_key,
        timestamp=stamp,
    )
    headers += [("Authorization", authorization), ("X-Timestamp", str(stamp))]
    return router.handle(backend, HttpRequest("POST", target, headers, json.dumps(fields).encode()))


@pytest.mark.parametrize("fields", ACTIONS, ids=lambda fields: str(fields["action"]))
def test_in_a_field(fields: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    backend = Backend()
    whole = {**fields, "envName": backend.env, "wxCloudApiToken": Client(backend).token}
    for name, value in whole.items():
        for wrong in (f"{value}{HALF}", [HALF], {"fileid": HALF}, [{"fileid": HALF}]):
            answer = asked(backend, {**whole, name: wrong})
            assert (answer.status, json.loads(answer.body)["code"]) == (400, "INVALID_PARAM")
            assert "an unpaired surrogate" in json.loads(answer.body)["message"]
    assert list(backend.calls) == [] and "Traceback" not in caplog.text


def test_inside_the_json_of_a_field() -> None:
    backend = Backend()
    token = {"envName": backend.env, "wxCloudApiToken": Client(backend).token}
    for fields, name in ((ACTIONS[0], "request_data"), (ACTIONS[1], "requestData")):
        answer = asked(backend, {**fields, **token, name: json.dumps({"a": [HALF]})})
        assert json.loads(answer.body)["code"] == "INVALID_PARAM"
    assert list(backend.calls) == []


def test_in_a_parameter_of_a_call(client: Client) -> None:
    for value in (json.dumps(HALF), json.dumps({HALF: 1}), json.dumps([[HALF]])):
        answer = client.send("a.b.c", pairs=[{"key": "k", "value": value.encode()}])
        assert "parameter 'k'" in json.loads(answer.body)["message"]


def test_over_https_and_in_what_makes_cloudids() -> None:
    backend = Backend(tokenless=True)
    body = json.dumps({"cloudid_list": [HALF]}).encode()
    answer = router.handle(backend, HttpRequest("POST", "/wxa/getopendata", [("Host", HOST)], body))
    assert json.loads(answer.body)["errcode"] == 47001
    body = json.dumps({"openid": HALF, "data": {}}).encode()
    headers = [("Host", HOST), (cloudids.HEADER, cloudids.signature(backend.secret_key, body))]
    assert router.handle(backend, HttpRequest("POST", cloudids.PATH, headers, body)).status == 400
    assert list(backend.users) == []


@given(
    st.recursive(
        st.text(st.characters(), max_size=6) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=3)
        ),
    )
)
def test_what_is_taken_can_be_written_again(value: Any) -> None:
    text = json.dumps(value)
    try:
        taken = parse_json(text)
    except ValueError:
        with pytest.raises(UnicodeEncodeError):
            jsontext.stringify(value).encode()
    else:
        assert taken == json.loads(text)
        jsontext.stringify(taken).encode()

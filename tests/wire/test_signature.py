"""The signature, against examples whose results the original package gave."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._wire import authorization, signature

SECRET = {"secret_id": "AKIDEXAMPLE000000000000000000000000", "secret_key": "SecretKeyExample0000000000000000"}
URL = "https://myenv-1a2b3c.tcb-api.tencentcloudapi.com/admin?env=myenv-1a2b3c&seqId=18c9e7f0000_1"
COMMON = [
    ("Host", "myenv-1a2b3c.tcb-api.tencentcloudapi.com"),
    ("User-Agent", "tcb-node-sdk/3.17.2"),
    ("X-Client-Timestamp", "1700000001000"),
    ("X-SDK-Version", "wx-server-sdk/4.0.2"),
]
FORM_HEADERS = [
    *COMMON,
    ("Content-Type", "multipart/form-data; boundary=--------------------------0123"),
    ("X-TCB-Source", "wx_client,scf"),
    ("X-TCB-Region", "ap-shanghai"),
]
FORM_FIELDS: list[tuple[str, str | bytes]] = [
    ("action", "wx.openApi"),
    ("apiName", "/wxa/getwxacodeunlimit"),
    ("requestData", bytes.fromhex("080112050a03ff0080")),
    ("envName", "myenv-1a2b3c"),
    ("wxCloudApiToken", "TOKEN=="),
]


def sign(**changes: Any) -> str:
    given: dict[str, Any] = {"method": "post", "url": URL, "headers": FORM_HEADERS, "fields": FORM_FIELDS, **SECRET}
    return signature.authorization(**{**given, "timestamp": 1700000000, **changes})


def test_the_worked_example_of_a_form() -> None:
    assert (
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE000000000000000000000000/2023-11-14/tcb/tc3_request,"
        " SignedParams=action;apiname;envname;requestdata;wxcloudapitoken,"
        " SignedHeaders=content-type;host;user-agent;x-client-timestamp;x-sdk-version;x-tcb-region;x-tcb-source,"
        " Signature=6539cd66e6db95fbdbbf92e9aea2c6243a80ed80c1e42fa4cd3c78654b807b03"
    ) == sign()
    payload, _ = signature.payload_hash(FORM_FIELDS)
    assert "391751723f49ed9eb08810096989b274d77fb4dd974f46d59c65a606c9e0092b" == payload


def test_the_worked_example_of_json_parameters() -> None:
    fields = [
        ("action", "functions.invokeFunction"),
        ("function_name", "hello"),
        ("request_data", '{"a":1,"名":"值"}'),
        ("envName", "myenv-1a2b3c"),
        *[
            (name, "")
            for name in ("wxCloudApiToken", "wxCloudbaseAccesstoken", "tcb_sessionToken", "crossAuthorizationToken")
        ],
    ]
    headers = [*COMMON, ("Content-Type", "application/json"), ("X-TCB-Source", ",unknown")]
    assert sign(fields=fields, headers=headers).endswith(
        "SignedParams=action;envname;function_name;request_data,"
        " SignedHeaders=content-type;host;user-agent;x-client-timestamp;x-sdk-version;x-tcb-source,"
        " Signature=fa777333dab21275c8edc459f51eb0e734531dc3711bc36afaddfcb8d733fdde"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"secret_key": "other"},
        {"timestamp": 1700000001},
        {"timestamp": 1700000000 + 86400},
        {"method": "get"},
        {"url": URL + "0"},
        {"url": URL.replace("/admin", "/Admin")},
        {"headers": [*FORM_HEADERS, ("X-More", "1")]},
        {"fields": [*FORM_FIELDS, ("more", "1")]},
        {"fields": [*FORM_FIELDS[:4], ("wxCloudApiToken", "TOKEN=")]},
    ],
)
def test_everything_that_is_signed_changes_the_signature(change: dict[str, Any]) -> None:
    assert sign()[-64:] != sign(**change)[-64:]


def test_order_and_empty_fields_do_not_matter() -> None:
    assert sign() == sign(headers=FORM_HEADERS[::-1], fields=[("tcb_sessionToken", ""), *FORM_FIELDS[::-1]])


def test_the_kept_key_is_of_this_secret_and_day() -> None:
    """Signing for another account or day in between leaves no trace."""
    first = sign()
    sign(secret_key="other")
    sign(timestamp=1700000000 - 86400)
    assert first == sign()


def test_headers_are_trimmed_lowered_and_sorted_but_for_the_content_type() -> None:
    given = [("X-A", " \t\ufeffB C\u3000"), ("Content-Type", "Text/Plain")]
    assert [("content-type", "Text/Plain"), ("x-a", "b c")] == signature.canonical_headers(given)
    assert [("content-type", "multipart/form-data")] == signature.canonical_headers([FORM_HEADERS[4]])


def test_what_is_not_utf_8_in_the_environment_can_be_signed() -> None:
    assert sign(headers=[*FORM_HEADERS, ("X-TCB-Tracelog", "a\udcff")]) != sign()
    assert sign(secret_key="k\udcff") != sign()


@given(st.binary())
def test_bytes_are_hashed_as_they_are(data: bytes) -> None:
    payload, names = signature.payload_hash([("B", data), ("a", " x ")])
    assert hashlib.sha256(b"&a=x\r\n&b=" + data + b"\r\n").hexdigest() == payload
    assert ["a", "b"] == names


def test_a_header_is_taken_apart_again() -> None:
    parts = authorization.parse(sign())
    assert parts is not None
    assert ("AKIDEXAMPLE000000000000000000000000", "2023-11-14/tcb/tc3_request") == (parts.secret_id, parts.scope)
    assert ["action", "apiname", "envname", "requestdata", "wxcloudapitoken"] == parts.params
    assert sign()[-64:] == parts.signature
    for broken in ("", "Bearer x", sign()[:-1], sign() + "0", sign().replace("Signature=", "Signature=Z")):
        assert authorization.parse(broken) is None

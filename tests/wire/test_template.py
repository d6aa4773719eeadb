"""A template's requests, compared with the general functions of form and signature."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._transports.http1 import encode
from cloudpy._transports.message import EncodedRequest, Request
from cloudpy._wire import form, form_reader, signature
from cloudpy._wire.template import RequestTemplate

texts = st.text(st.characters(codec="utf-8"), max_size=20)
ascii_texts = st.text("abcXYZ019-_=. ", max_size=20)
headers = st.dictionaries(
    st.sampled_from(["User-Agent", "X-TCB-Source", "X-SDK-Version", "X-TCB-Tracelog", "X-TCB-Region"]), ascii_texts
)
fields = st.dictionaries(
    st.sampled_from(["action", "apiName", "envName", "requestData", "wxCloudApiToken", "sessionToken", "empty"]),
    st.one_of(texts, st.binary(max_size=60)),
)
urls = st.sampled_from(["http://127.0.0.1:80/admin", "https://e.tcb-api.tencentcloudapi.com/admin", "http://h/a?b=c&"])
times = st.floats(min_value=1e9, max_value=2e9)
SECRET = {"secret_id": "an id", "secret_key": "a key"}
UNSIGNED = ("Authorization", "X-Signature-Expires", "X-Timestamp")


def check_signature(
    url: str, sent: tuple[str, list[tuple[str, str]], bytes], signed_fields: list[tuple[str, str | bytes]], now: float
) -> dict[str, str]:
    sent_url, sent_headers, _ = sent
    assert sent_url == (f"{url}env=e&seqId=1" if "?" in url else f"{url}?env=e&seqId=1")
    by_name = dict(sent_headers)
    # a client's own headers are those above the signature
    signed = [(name, value) for name, value in sent_headers if name not in UNSIGNED]
    timestamp = int(now) - 1
    assert by_name["Authorization"] == signature.authorization(
        method="post", url=sent_url, headers=signed, fields=signed_fields, timestamp=timestamp, **SECRET
    )
    assert by_name["X-Timestamp"] == str(timestamp)
    assert by_name["X-Client-Timestamp"] == str(int(now * 1000))
    return by_name


@given(url=urls, fields=fields, data=st.binary(max_size=60), own_headers=headers, now=times)
def test_a_form_is_signed_and_written_as_any_request(
    url: str, fields: dict[str, str | bytes], data: bytes, own_headers: dict[str, str], now: float
) -> None:
    template = RequestTemplate(url, list(own_headers.items()), **SECRET)
    fields = {**fields, "requestData": b""}
    sent_url, head, body = template.form(list(fields.items()), "requestData").render(data, "env=e&seqId=1", now)
    sent = EncodedRequest("POST", sent_url, (url.partition("://")[0], template.host, "", ""), head, body)
    expected = list({**fields, "requestData": data}.items())
    boundary = check_signature(url, (sent_url, sent.headers, body), expected, now)["Content-Type"].partition("y=")[2]
    assert body == form.encode(expected, boundary)
    # as the general functions write the same request
    assert (sent.address, head) == encode(Request("POST", sent_url, sent.headers, body))


@given(url=urls, body=st.dictionaries(texts, texts), own_headers=headers, more=ascii_texts, now=times)
def test_json_is_signed_and_written_as_any_request(
    url: str, body: dict[str, str], own_headers: dict[str, str], more: str, now: float
) -> None:
    template = RequestTemplate(url, list(own_headers.items()), **SECRET)
    sent = template.json(body, "env=e&seqId=1", now, [("X-More", more)])
    assert check_signature(url, sent, list(body.items()), now)["X-More"] == more
    assert json.loads(sent[2]) == body


def test_a_value_that_contains_the_boundary_gets_another_one() -> None:
    template = RequestTemplate("http://h/admin", [], **SECRET).form([("requestData", b"")], "requestData")

    def sent(data: bytes) -> tuple[str, list[form_reader.Part]]:
        url, head, body = template.render(data, "q", 1e9)
        content_type = dict(EncodedRequest("POST", url, ("http", "h", "", ""), head, body).headers)["Content-Type"]
        return content_type, form_reader.decode(body, content_type)

    first, _ = sent(b"x")
    data = f"\r\n--{first.partition('=')[2]}--\r\n".encode()
    second, (part,) = sent(data)
    assert first != second
    assert data == part.value


@pytest.mark.parametrize("url, headers", [("http://h/a\nb", []), ("http://h/", [("X-TCB-Source", "a\r\nX: y")])])
def test_a_line_break_is_refused(url: str, headers: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="line break"):
        RequestTemplate(url, headers, **SECRET).form([("requestData", b"")], "requestData")

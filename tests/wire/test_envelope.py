"""An envelope's requests, held against the general functions of form and signature, which know of no shortcut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cloudpy._wire import form, signature
from cloudpy._wire.envelope import Envelope

texts = st.text(st.characters(codec="utf-8"), max_size=20)
ascii_texts = st.text("abcXYZ019-_=. ", max_size=20)
headers = st.dictionaries(
    st.sampled_from(["User-Agent", "X-TCB-Source", "X-SDK-Version", "X-TCB-Tracelog", "X-TCB-Region"]), ascii_texts
)
tokens = st.dictionaries(
    st.sampled_from(["wxCloudApiToken", "wxCloudbaseAccesstoken", "tcb_sessionToken", "sessionToken"]), texts
)


@given(
    url=st.sampled_from(
        ["http://127.0.0.1:80/admin", "https://e.tcb-api.tencentcloudapi.com/admin", "http://h/a?b=c&"]
    ),
    env=texts,
    lead=st.sampled_from([["action", "apiName"], ["action", "apiName", "cgiName"]]),
    values=st.lists(texts, min_size=3, max_size=3),
    close=texts,
    given_headers=headers,
    given_tokens=tokens,
    data=st.binary(max_size=60),
    now=st.floats(min_value=1e9, max_value=2e9),
)
def test_it_is_signed_and_written_as_any_request(
    url: str,
    env: str,
    lead: list[str],
    values: list[str],
    close: str,
    given_headers: dict[str, str],
    given_tokens: dict[str, str],
    data: bytes,
    now: float,
) -> None:
    before = list(zip(lead, values, strict=False))
    behind = list(given_tokens.items())
    secret = {"secret_id": "an id", "secret_key": "a key"}
    envelope = Envelope(
        url=url,
        env=env,
        lead=before,
        close=[("crossAuthorizationToken", close)],
        headers=list(given_headers.items()),
        **secret,
    )
    sent_url, sent_headers, body = envelope.seal(data, behind, "env=e&seqId=1", now)
    assert sent_url == (f"{url}env=e&seqId=1" if "?" in url else f"{url}?env=e&seqId=1")

    fields = [*before, ("requestData", data), ("envName", env), *behind, ("crossAuthorizationToken", close)]
    by_name = dict(sent_headers)
    mark = by_name["Content-Type"].partition("boundary=")[2]
    assert body == form.encode(fields, mark)

    # what a client's own headers are: those above the signature
    signed = [(name, value) for name, value in sent_headers if name not in UNSIGNED]
    timestamp = int(now) - 1
    assert by_name["Authorization"] == signature.authorization(
        method="post", url=sent_url, headers=signed, fields=fields, timestamp=timestamp, **secret
    )
    assert by_name["X-Timestamp"] == str(timestamp)
    assert by_name["X-Client-Timestamp"] == str(int(now * 1000))


UNSIGNED = ("Authorization", "X-Signature-Expires", "X-Timestamp")


def test_data_with_the_boundary_in_it_does_not_fit() -> None:
    envelope = Envelope(url="http://h/admin", env="e", lead=[], close=[], headers=[], secret_id="i", secret_key="k")
    _, headers, _ = envelope.seal(b"data", [], "q", 1e9)
    mark = dict(headers)["Content-Type"].partition("boundary=")[2]
    assert envelope.fits(b"data")
    assert not envelope.fits(f"--{mark}--".encode())

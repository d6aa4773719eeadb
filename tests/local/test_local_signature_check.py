"""Requests signed as clients before wx-server-sdk 4 sign them, and what becomes of them when anything is changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cloudpy._wire import signature
from cloudpy.local.http.message import HttpRequest
from cloudpy.local.http.signature_check import SignatureError, check

NOW = 1_790_000_000
ID, KEY = "AKIDlocal", "key"
HOST = "127.0.0.1:1234"
TARGET = "/admin?&eventId=1_2_3&seqId=1"
Fields = dict[str, str | bytes]

names = st.from_regex(r"\A[a-zA-Z][a-zA-Z_]{0,11}\Z").filter(str.isascii)
values = st.one_of(st.text(max_size=8), st.sampled_from(["", " ", "\n"]), st.binary(max_size=8))
fields_ = st.dictionaries(names, values, min_size=1, max_size=6).filter(
    lambda fields: len({name.lower() for name in fields}) == len(fields)
)


def signed(fields: Fields, order: Any) -> HttpRequest:
    """A request whose header names all fields, also those without a value, in an order of the client's."""
    listed = order(sorted(name.lower() for name in fields))
    covered = dict(signature.covered_fields(fields.items()))
    payload = signature.fields_hash((name, covered[name]) for name in listed if name in covered)
    date = signature.utc_date(NOW)
    proof = signature.sign(
        method="post",
        url=f"http://{HOST}{TARGET}",
        header_lines=["content-type:application/json", f"host:{HOST}"],
        signed_headers="content-type;host",
        payload=payload,
        secret_key=KEY,
        date=date,
        timestamp=NOW,
    )
    authorization = (
        f"{signature.ALGORITHM} Credential={ID}/{date}/tcb/tc3_request, SignedParams={';'.join(listed)},"
        f" SignedHeaders=content-type;host, Signature={proof}"
    )
    headers = {
        "Host": HOST,
        "Content-Type": "application/json",
        "X-Timestamp": str(NOW),
        "Authorization": authorization,
    }
    return HttpRequest("POST", TARGET, headers.items(), b"")


def accepted(request: HttpRequest, fields: Fields) -> bool:
    try:
        check(request, fields.items(), secret_id=ID, secret_key=KEY, now=NOW)
    except SignatureError:
        return False
    return True


@given(fields=fields_, order=st.sampled_from([list, lambda listed: list(reversed(listed))]))
def test_empty_fields_may_be_named_in_any_order(fields: Fields, order: Any) -> None:
    assert accepted(signed(fields, order), fields)


@given(fields=fields_, more=names, value=values, data=st.data())
def test_no_value_can_be_added_changed_moved_or_removed(fields: Fields, more: str, value: Any, data: Any) -> None:
    request = signed(fields, list)
    meant = dict(signature.covered_fields(fields.items()))
    changed = dict(fields)
    at = data.draw(st.sampled_from(sorted(fields)))
    match data.draw(st.sampled_from(["add", "change", "move", "remove"])):
        case "add":
            changed[more] = value
        case "change":
            changed[at] = value
        case "move":
            changed[more] = changed.pop(at)
        case _:
            del changed[at]
    assume(dict(signature.covered_fields(changed.items())) != meant)
    assert not accepted(request, changed)


def test_what_is_wrong_is_named() -> None:
    request = signed({"action": "a", "token": ""}, list)
    for fields, words in [
        ({"action": "a", "token": "", "more": "x"}, "SignedParams must have 'more'"),
        ({"action": "a"}, "SignedParams must not have 'token'"),
        ({"action": "a", "token": "x"}, "does not match"),
        ({"action": "a", "token": "", "\ud800": "x"}, "SignedParams must have"),
    ]:
        with pytest.raises(SignatureError, match=words):
            check(request, fields.items(), secret_id=ID, secret_key=KEY, now=NOW)

"""Refused uploads: every form of the storage's XML is understood, and nothing that is none counts as done."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cloudpy.sync
from cloudpy._client.services.storage import StorageError
from cloudpy._transports import Request, Response, override

words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
spaces = st.sampled_from(["", " ", "\n  "])


@given(
    code=words,
    message=words,
    space=spaces,
    namespace=st.sampled_from(["", ' xmlns="http://x"', ' a="<b>"'.replace("<", "&lt;").replace(">", "&gt;")]),
    head=st.sampled_from(["", "<?xml version='1.0' encoding='utf-8' ?>\n", "\n<!-- it broke -->", "\ufeff"]),
    form=st.sampled_from(["escaped", "cdata", "numbers"]),
)
def test_every_form_of_an_error(code: str, message: str, space: str, namespace: str, head: str, form: str) -> None:
    def text(value: str) -> str:
        if form == "cdata" and "]]>" not in value:
            return f"<![CDATA[{value}]]>"
        return escape(value) if form == "escaped" else "".join(f"&#{ord(letter)};" for letter in value)

    body = (
        f"{head}<Error{namespace}>{space}<Code{space}>{text(code)}</Code>{space}<Message>{text(message)}</Message>"
        f"<RequestId>r</RequestId><Code>second</Code></Error>{space}"
    )
    refusal = StorageError(body.encode())
    assert (refusal.is_error, refusal.code, refusal.ids, refusal.problem) == (True, code.strip(), "r", "")
    assert refusal.message.startswith(f"[{code.strip()}]: {message.strip()}")


ERROR = b"<Error><Code>AccessDenied</Code><Message>m</Message></Error>"


@pytest.mark.parametrize("end", range(1, len(ERROR)))
def test_cut_anywhere_it_is_no_upload(end: int) -> None:
    assert StorageError(ERROR[:end]).problem


@pytest.mark.parametrize("body", [b"", b"  \n", b"<Ok/>", b"<A><Error><Code>x</Code></Error></A>"])
def test_what_is_no_refusal(body: bytes) -> None:
    refusal = StorageError(body)
    assert (refusal.is_error, refusal.problem) == (False, "")


@pytest.mark.parametrize("body", [b"<Error/>", b"<Error></Error>", b"<x:Error xmlns:x='u'/>", b"<Error>words</Error>"])
def test_an_error_that_says_nothing_is_one(body: bytes) -> None:
    assert StorageError(body).is_error


BOMB = (
    '<!DOCTYPE a [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]><Error><Code>&a11;</Code></Error>"
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Error/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Error><Code>&x;</Code></Error>',
        b"<Error><Code>" + b"x" * 3_000_000 + b"</Code></Error>",
        b"<a>" * 200_000,
        b"<Error" + b" a='1'" * 2 + b"/>",
        b'<?xml version="1.0" encoding="nonsense"?><Error/>',
        b"\xff\xfe\x00",
    ],
)
def test_hostile_xml_expands_and_reads_nothing(body: bytes) -> None:
    refusal = StorageError(body)
    assert refusal.is_error or refusal.problem
    assert len(refusal.message) < 20_000 and "root:" not in refusal.message


class Storage:
    """A gateway that permits an upload, and a storage that answers it with `body`."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body

    def send(self, request: Request, timeout: float) -> Response:
        if request.method == "PUT":
            return Response(self.status, "", {}, self.body)
        granted: Any = (
            b'{"data":{"url":"http://h/a","token":"t","authorization":"p","fileId":"cloud://a","cosFileId":"c"}}'
        )
        return Response(200, "OK", {"content-type": "application/json"}, granted)


@pytest.mark.parametrize("status", [200, 204, 403, 500])
@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (
            b'<Error xmlns="http://x"><Code>AccessDenied</Code><Message>m</Message></Error>',
            -503001,
            "[AccessDenied]: m",
        ),
        (
            b"<Error ><Code>SignatureDoesNotMatch</Code><Message>m</Message></Error>",
            -501001,
            "[SignatureDoesNotMatch]: m",
        ),
        (b"<Error><Code>AccessDenied</Code><Mess", -503001, "the storage answered"),
        (b"<Error><Code></Code><Message>m</Message></Error>", -503001, "[]: m"),
        (b"words", -503001, "the storage answered"),
    ],
)
def test_no_refused_upload_counts_as_done(status: int, body: bytes, code: int, words: str) -> None:
    cloud = cloudpy.sync.createNewInstance(
        env="e", config=None, secretId="i", secretKey="k", serviceUrl="http://h/admin"
    )
    with override(blocking=Storage(status, body), asynchronous=None), pytest.raises(cloudpy.CloudSDKError) as failed:
        cloud.uploadFile(cloudPath="a", fileContent=b"x")
    assert (failed.value.errCode, words in failed.value.errMsg) == (code, True)

"""The multipart form, there and back."""

from __future__ import annotations

import email
import email.policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._wire import form, form_reader
from cloudpy._wire.form import FormError
from tests.once import part

names = st.text("abcXYZ_019", min_size=1, max_size=12)
fields = st.lists(
    st.tuples(names, st.text(st.characters(exclude_categories=["Cs"])) | st.binary()), min_size=1, max_size=8
)


@settings(max_examples=part(400, 80), deadline=None)
@given(fields)
def test_what_is_encoded_decodes_the_same(given: list[tuple[str, str | bytes]]) -> None:
    mark = form.boundary()
    parts = form_reader.decode(form.encode(given, mark), f"multipart/form-data; boundary={mark}")
    expected = [(name, value.encode() if isinstance(value, str) else value) for name, value in given]
    assert expected == [(part.name, part.value) for part in parts]
    kinds = ["" if isinstance(value, str) else "application/octet-stream" for _, value in given]
    assert kinds == [part.content_type for part in parts]


def test_another_parser_reads_it_too() -> None:
    """Python's own for mail, which shares nothing with ours."""
    mark = form.boundary()
    body = form.encode([("action", "wx.openApi"), ("empty", ""), ("data", bytes(range(256)))], mark)
    head = f"Content-Type: multipart/form-data; boundary={mark}\r\n\r\n".encode()
    parts = list(email.message_from_bytes(head + body, policy=email.policy.HTTP).iter_parts())  # type: ignore[attr-defined]
    assert ["action", "empty", "data"] == [part.get_param("name", header="content-disposition") for part in parts]
    assert "wx.openApi" == parts[0].get_payload()
    assert "application/octet-stream" == parts[2].get_content_type()


def test_boundaries_differ() -> None:
    assert 1000 == len({form.boundary() for _ in range(1000)})


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x"],
)
def test_no_form_without_its_content_type(content_type: str) -> None:
    with pytest.raises(FormError):
        form_reader.decode(form.encode([("a", "b")], "x"), content_type)


@settings(max_examples=part(300, 60), deadline=None)
@given(
    st.binary(max_size=60) | st.lists(st.sampled_from([b"--x", b"--", b"\r\n", b'name="a"', b":", b"x"])).map(b"".join)
)
def test_any_body_is_a_form_or_a_form_error(body: bytes) -> None:
    try:
        form_reader.decode(body, "multipart/form-data; boundary=x")
    except FormError:
        pass


def test_a_body_cut_anywhere_is_a_form_error() -> None:
    body = form.encode([("a", "1"), ("b", b"2")], "xyz")
    for end in range(len(body) - 2):  # without the last line break it is whole
        with pytest.raises(FormError):
            form_reader.decode(body[:end], "multipart/form-data; boundary=xyz")


def test_names_filenames_and_types_are_read() -> None:
    head = (
        b'--x \r\ncontent-disposition: form-data; NAME="a\\"b"; filename="f;name=c.txt"\r\nContent-Type: text/x\r\n\r\n'
    )
    part, other = form_reader.decode(
        head + b'1\r\n--x\r\nContent-Disposition: form-data; filename="f"; name="b"\r\n\r\n\r\n--x--end',
        'multipart/form-data; charset=utf-8; boundary="x"',
    )
    assert ('a\\"b', "f;name=c.txt", "text/x", b"1") == (part.name, part.filename, part.content_type, part.value)
    assert ("b", "f", "", b"") == (other.name, other.filename, other.content_type, other.value)


def test_a_boundary_that_begins_with_the_boundary_is_an_error() -> None:
    with pytest.raises(FormError, match="line break"):
        form_reader.decode(
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n--xy\r\n\r\n--x--', f"{form.KIND}; boundary=x"
        )


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_fields_are_limited(count: int) -> None:
    body = form.encode([("a", "1")] * count, "x")
    kind = f"{form.KIND}; boundary=x"
    assert count == len(form_reader.decode(body, kind, max_parts=count))
    with pytest.raises(FormError, match=f"at most {count - 1} fields"):
        form_reader.decode(body, kind, max_parts=count - 1)


@settings(max_examples=part(300, 60), deadline=None)
@given(
    st.binary(max_size=60) | st.lists(st.sampled_from([b"--x", b"--", b"\r\n", b'name="a"', b":", b"x"])).map(b"".join)
)
def test_the_server_and_the_gateway_read_a_form_alike(body: bytes) -> None:
    from cloudpy.runtime.adapters.body import event_of
    from cloudpy.runtime.adapters.message import Request
    from cloudpy.runtime.errors import RequestRejected

    kind = f"{form.KIND}; boundary=x"
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + body
    try:
        names = [part.name for part in form_reader.decode(body, kind)]
    except FormError:
        names = None
    try:
        event = event_of(Request("POST", "/", [("content-type", kind)], body))
    except RequestRejected as rejected:
        assert names is None or rejected.message.startswith("the text is not in"), rejected
    else:
        assert names is not None
        assert set(event) == set(names)

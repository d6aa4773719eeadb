"""Our codec against Google's, which knows nothing of ours: the descriptors are built here from the same schema."""

from __future__ import annotations

import random
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError as GoogleDecodeError
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpy._wire import messages
from cloudpy._wire.messages import SCHEMA
from cloudpy._wire.protobuf import Codec, DecodeError
from tests.once import part

KINDS = {"string": 9, "bytes": 12, "uint32": 13, "int32": 5, "enum": 5, "bool": 8}  # an enum decodes as an int32


def _google(schema: dict[str, Any]) -> dict[str, type[Message]]:
    file = descriptor_pb2.FileDescriptorProto(name="wire.proto", package="wire", syntax="proto3")
    for name, fields in schema.items():
        message = file.message_type.add(name=name)
        for number, (field, kind, repeated) in fields.items():
            described = message.field.add(name=field, number=number, label=3 if repeated else 1)
            if kind in KINDS:
                described.type = KINDS[kind]
            else:
                described.type, described.type_name = 11, f".wire.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"wire.{name}")) for name in schema}


GOOGLE = _google(SCHEMA)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "bytes": st.binary(max_size=12),
    "uint32": st.integers(0, 2**32 - 1),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "enum": st.integers(0, 6),
    "bool": st.booleans(),
}


def values(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any value of a message, with any of its fields left out."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for field, kind, repeated in SCHEMA[name].values():
        one = SCALARS[kind] if kind in SCALARS else values(kind)
        fields[field] = st.lists(one, max_size=3) if repeated else one
    return st.fixed_dictionaries({}, optional=fields)


def fill(message: Message, name: str, value: dict[str, Any]) -> Message:
    for field, kind, repeated in SCHEMA[name].values():
        if field not in value:
            continue
        if kind in KINDS:
            if repeated:
                getattr(message, field).extend(value[field])
            else:
                setattr(message, field, value[field])
        elif repeated:
            for item in value[field]:
                fill(getattr(message, field).add(), kind, item)
        else:
            getattr(message, field).SetInParent()
            fill(getattr(message, field), kind, value[field])
    return message


def read(message: Message, name: str) -> dict[str, Any]:
    """A message of Google's in the form in which ours come."""
    out: dict[str, Any] = {}
    for field, kind, repeated in SCHEMA[name].values():
        value = getattr(message, field)
        if kind in KINDS:
            out[field] = list(value) if repeated else value
        elif repeated:
            out[field] = [read(item, kind) for item in value]
        else:
            out[field] = read(value, kind) if message.HasField(field) else None
    return out


@pytest.mark.parametrize("name", SCHEMA)
def test_google_reads_what_we_write(name: str) -> None:
    @settings(max_examples=part(60, 20), deadline=None)
    @given(values(name))
    def check(value: dict[str, Any]) -> None:
        expected = read(fill(GOOGLE[name](), name, value), name)
        assert expected == read(GOOGLE[name].FromString(messages.encode(name, value)), name)

    check()


@pytest.mark.parametrize("name", SCHEMA)
def test_we_read_what_google_writes(name: str) -> None:
    @settings(max_examples=part(60, 20), deadline=None)
    @given(values(name))
    def check(value: dict[str, Any]) -> None:
        message = fill(GOOGLE[name](), name, value)
        assert read(message, name) == messages.decode(name, message.SerializeToString())

    check()


def agree(name: str, data: bytes) -> bool:
    """Compares the two on any bytes, and tells whether ours accepted them.

    Meant differences, both ways:
    - ours decodes a text that is not UTF-8 with replacement (as the Node package does); Google's refuses it;
    - ours refuses a known field in a foreign wire type; Google's passes over it as unknown.
    """
    try:
        ours = messages.decode(name, data)
    except DecodeError as error:
        try:
            GOOGLE[name].FromString(data)
        except GoogleDecodeError:
            return False
        assert "in wire type" in str(error), f"Google's takes {data!r}, ours says {error}"
        return False
    try:
        theirs = GOOGLE[name].FromString(data)
    except GoogleDecodeError as error:
        assert "UTF-8" in str(error), f"Google's refuses {data!r}, ours reads {ours!r}"
        return True
    if "\ufffd" not in repr(ours):
        assert read(theirs, name) == ours
    return True


@settings(max_examples=part(1500, 200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SCHEMA)), st.binary(max_size=40))
def test_any_bytes_are_read_alike(name: str, data: bytes) -> None:
    agree(name, data)


def _varint(number: int, padding: int = 0) -> bytes:
    out = bytearray()
    while number > 0x7F or padding:
        if number <= 0x7F:
            padding -= 1
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(draw: random.Random, name: str, depth: int = 0) -> tuple[int, bytes]:
    """One field of a wire that is nearly right: known or unknown number, any wire type, odd varints."""
    number, wire, tag = _tag(draw, name)
    return number, tag + _content(draw, name, number, wire, depth)


def _tag(draw: random.Random, name: str) -> tuple[int, int, bytes]:
    fields = SCHEMA[name]
    number = draw.choice([*fields, *fields, draw.randrange(0, 30), draw.choice([2**29 - 1, 2**29, 2**32 + 1])])
    kind = fields[number][1] if number in fields else ""
    wire = draw.choice([0 if kind in KINDS and kind not in ("string", "bytes") else 2] * 8 + [0, 1, 2, 3, 4, 5, 6, 7])
    return number, wire, _varint(number << 3 | wire, draw.choice([0] * 20 + [1, 5]))


def _content(draw: random.Random, name: str, number: int, wire: int, depth: int) -> bytes:
    kind = SCHEMA[name][number][1] if number in SCHEMA[name] else ""
    if wire == 0:
        value = draw.choice([0, 1, 127, 128, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1, 2**64, 2**70])
        return _varint(value, draw.choice([0] * 10 + [1, 3, 9]))
    if wire in (1, 5):
        return draw.randbytes(8 if wire == 1 else 4)
    if wire == 3:
        inner = _message(draw, name, draw.randrange(3), depth + 1) if depth < 4 else b""
        return inner + _varint(draw.choice([number] * 9 + [number + 1]) << 3 | 4)
    if wire == 2:
        if kind and kind not in KINDS and depth < 4:
            body = _message(draw, kind, draw.randrange(4), depth + 1)
        else:
            body = draw.choice(
                [b"", b"ok", "微信".encode(), b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", draw.randbytes(5)]
            )
        length = len(body) if draw.random() < 0.95 else draw.choice([len(body) + 1, 2**31, 2**32 - 1, 2**63, 0])
        return _varint(length, draw.choice([0] * 10 + [1, 4, 6])) + body
    return b""


def _message(draw: random.Random, name: str, count: int, depth: int = 0) -> bytes:
    """Some fields; none that holds one message comes twice (see the last test)."""
    out, single = (
        [],
        {number for number, (_, kind, repeated) in SCHEMA[name].items() if kind in SCHEMA and not repeated},
    )
    seen: set[int] = set()
    for _ in range(count):
        number, field = _field(draw, name, depth)
        if number not in seen:
            out.append(field)
        if number in single:
            seen.add(number)
    return b"".join(out)


def test_wires_that_are_nearly_right_are_read_alike() -> None:
    draw = random.Random(20261122)
    names = sorted(SCHEMA)
    taken = 0
    for _ in range(20_000):
        name = draw.choice(names)
        taken += agree(name, _message(draw, name, draw.randrange(1, 5)))
    assert 3_000 < taken < 17_000  # of both kinds enough


def test_an_answer_cut_or_flipped_anywhere_is_read_alike() -> None:
    whole = messages.encode(
        "CommOpenApiResp",
        {
            "resp_data": b'{"errcode":0,"a":"\xe5\xbe\xae"}',
            "content_type": "application/json",
            "error_code": -604101,
            "http_code": 200,
            "headers": [{"key": "a", "value": "b"}, {"key": "c"}],
            "svrkit_error_code": 1,
        },
    )
    outcomes = {agree("CommOpenApiResp", whole[:end]) for end in range(len(whole))}
    assert {True, False} == outcomes
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        agree("CommOpenApiResp", bytes(flipped))


@pytest.mark.parametrize("depth, fine", [(1, True), (50, True), (98, True), (120, False), (100_000, False)])
def test_groups_are_skipped_as_deep_as_google_skips_them(depth: int, fine: bool) -> None:
    data = b"\x7b" * depth + b"\x7c" * depth
    assert fine == agree("HttpHeader", data)


def test_a_foreign_wire_type_is_refused() -> None:
    with pytest.raises(DecodeError, match="field key in wire type 0"):
        messages.decode("HttpHeader", b"\x08\x01")
    assert read(GOOGLE["HttpHeader"].FromString(b"\x08\x01"), "HttpHeader") == {"key": "", "value": ""}


def test_a_text_that_is_not_utf_8_is_read_with_replacement() -> None:
    assert {"key": "a\ufffd", "value": ""} == messages.decode("HttpHeader", b"\x0a\x02a\xff")


def test_absent_and_none_fields_are_left_out_and_defaults_written() -> None:
    assert b"" == messages.encode("HttpHeader", {"key": None})
    assert b"\x0a\x00" == messages.encode("HttpHeader", {"key": ""})
    assert bytes.fromhex("08001200") == messages.encode("CommApiData", {"api_type": 0, "openapi_data": {}})


def test_lone_surrogates_become_the_replacement_character() -> None:
    assert messages.encode("HttpHeader", {"key": "a\ud800b\ud83d\ude00"}) == b"\x0a\x09a\xef\xbf\xbdb\xf0\x9f\x98\x80"


def test_a_later_message_replaces_an_earlier_one_of_the_same_field() -> None:
    """Google's merges the two; nobody writes such an answer, and the Node package keeps the last as well."""
    codec = Codec(
        {"Inner": {1: ("a", "uint32", False), 2: ("b", "uint32", False)}, "Outer": {1: ("in", "Inner", False)}}
    )
    assert {"in": {"a": 0, "b": 2}} == codec.decode("Outer", b"\x0a\x02\x08\x01\x0a\x02\x10\x02")
